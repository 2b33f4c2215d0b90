"""Freshness: how old the newest event of each dataset is, against what its contract promises."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from sentineldq.server.catalog import catalog_of, pick
from sentineldq.server.page import Cursor, Limit, Page, decode_cursor, paged
from sentineldq.server.security.principal import Viewer
from sentineldq.server.span import MOST, Span, spans
from sentineldq.server.state import Here
from sentineldq.store import freshness
from sentineldq.store.freshness import Freshness

router = APIRouter(prefix="/freshness", tags=["freshness"])

Status = Literal["pass", "warn", "fail", "error", "skip"]


class FreshnessOut(BaseModel):
    """A measurement. age_seconds: at measured_at; allowed_seconds: null where the contract promises nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dataset": "events",
                    "table": "silver.events",
                    "status": "pass",
                    "age_seconds": 241.0,
                    "allowed_seconds": 900.0,
                    "last_event_at": "2026-11-20T11:55:59Z",
                    "last_commit_at": "2026-11-20T11:59:30Z",
                    "measured_at": "2026-11-20T12:00:00Z",
                }
            ]
        }
    )

    dataset: str
    table: str
    status: Status
    age_seconds: float | None
    allowed_seconds: float | None
    last_event_at: datetime | None
    last_commit_at: datetime | None
    measured_at: datetime


@router.get("", summary="Freshness of all datasets")
def list_freshness(
    _: Viewer,
    here: Here,
    status: Annotated[list[Status] | None, Query(description="Any of these.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[FreshnessOut]:
    """The newest measurement of each dataset of the project, by name; none of one that was never measured."""
    names = {one.main: name for name, one in catalog_of(here).items()}
    version = here.feed.version("freshness")
    current = here.cache.get("freshness", lambda: freshness.current(here.store), version=version)
    chosen = [one for one in current if one.dataset in names and (not status or one.status in status)]
    after = decode_cursor(cursor, str)
    rows = [one for one in chosen if after is None or one.dataset > str(after[0])]
    return paged(
        rows,
        limit,
        item=lambda one: shown(one, names[one.dataset]),
        place=lambda one: (one.dataset,),
        total=len(chosen),
    )


@router.get("/{dataset}", summary="Freshness of a dataset over time")
def history(
    dataset: str,
    _: Viewer,
    here: Here,
    span: Annotated[Span, Depends(spans(usual=7, most=MOST))],
    limit: Limit = 200,
    cursor: Cursor = None,
) -> Page[FreshnessOut]:
    """The measurements of a dataset, newest first."""
    found = pick(here, dataset)
    after = decode_cursor(cursor, datetime)
    rows = freshness.history(
        here.store,
        dataset=found.main,
        since=span.since,
        before=after[0] if after else span.until,  # type: ignore[arg-type]
        limit=limit + 1,
    )
    return paged(rows, limit, item=lambda one: shown(one, found.name), place=lambda one: (one.measured_at,))


def shown(one: Freshness, name: str) -> FreshnessOut:
    """A measurement as it is answered."""
    return FreshnessOut(**{**vars(one), "dataset": name, "table": one.dataset})
