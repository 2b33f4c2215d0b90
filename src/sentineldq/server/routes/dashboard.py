"""The project at a glance: how it is, how it was, what happened, and whether the server itself is well."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from sentineldq.server.answering import lake_of, store_of
from sentineldq.server.answers.dashboard import (
    ActivityOut,
    Attention,
    Changed,
    Overview,
    SystemStatus,
    Trends,
)
from sentineldq.server.attention import attention as attention_of
from sentineldq.server.catalog import pick
from sentineldq.server.page import Cursor, Limit, Page, decode_cursor, paged
from sentineldq.server.problems import RequestError
from sentineldq.server.security.principal import Viewer
from sentineldq.server.span import Since, Until, between
from sentineldq.server.standing import DAY, standings
from sentineldq.server.state import Here
from sentineldq.server.trends import trends as trends_of
from sentineldq.server.yesterday import changed
from sentineldq.server.yesterday import overview as overview_of
from sentineldq.store import activity, flow, tallies
from sentineldq.store.activity import Entry
from sentineldq.version import __version__

router = APIRouter(prefix="/dashboard", tags=["dashboard"])

MOST = 366
STARTED = datetime.now(UTC)
BEGUN = time.monotonic()


@router.get("/overview", summary="The project at a glance")
def overview(_: Viewer, here: Here) -> Overview:
    """Health, score, freshness, alerts, records by the hour, and what changed since yesterday."""
    known = standings(here)
    hours = trends_of(here, grain="hour", count=24)
    return here.cache.get("overview", lambda: overview_of(here, known, hours), version=(known, hours))


@router.get("/attention", summary="What needs somebody")
def attention(_: Viewer, here: Here) -> Attention:
    """Critical alerts and warnings that wait, the worst first; one that another explains is told there."""
    return here.cache.get("attention", lambda: attention_of(here), version=here.feed.version("alerts"))


@router.get("/changes", summary="What is otherwise than yesterday")
def changes(_: Viewer, here: Here) -> Changed:
    """What became different in the last 24 hours: alerts, contracts, failed runs, drift, datasets that are late."""
    version = here.feed.version("alerts", "batches", "drift", "freshness", "runs")
    return here.cache.get("changes", lambda: changed(here, datetime.now(UTC) - DAY), version=version)


@router.get("/trends", summary="Records and findings over time")
def trends(
    _: Viewer,
    here: Here,
    grain: Literal["hour", "day"] = "day",
    count: Annotated[
        int, Query(ge=1, le=MOST, description="So many hours or days, with the present one.")
    ] = 30,
    dataset: Annotated[str | None, Query(max_length=500)] = None,
    since: Since = None,
    until: Until = None,
) -> Trends:
    """What came, what was refused and what was found, by the hour or the day; `since` goes before `count`."""
    name = None if dataset is None else pick(here, dataset).name
    step = flow.LENGTH[grain]
    last = until and until - timedelta(microseconds=1)
    if since is not None:
        span = between(since, until, days=1, most=MOST)
        last = min(span.until - timedelta(microseconds=1), datetime.now(UTC))
        count = (flow.floor(last, grain) - flow.floor(span.since, grain)) // step + 1
        if count > MOST:
            raise RequestError(
                422, f"since: {count} {grain}s are too many", hint=f"at most {MOST} are answered"
            )
    items = trends_of(here, grain=grain, count=max(count, 1), dataset=name, last=last)
    return Trends(grain=grain, dataset=name, items=items)


@router.get("/recent-activity", summary="What happened lately")
def recent_activity(_: Viewer, here: Here, limit: Limit = 50, cursor: Cursor = None) -> Page[ActivityOut]:
    """Runs, findings and what became of alerts, newest first."""
    after = decode_cursor(cursor, datetime, str, str)
    if after is not None and after[1] == "alert" and not str(after[2]).isdigit():
        raise RequestError(400, "the cursor is not understood", hint="take `next_cursor` as it is")
    rows = activity.recent(
        here.store,
        project=here.project.name,
        before=after,  # type: ignore[arg-type]
        limit=limit + 1,
    )
    return paged(rows, limit, item=_activity, place=lambda row: (row.at, row.kind, row.key))


@router.get("/system-status", summary="How the server is")
def system_status(_: Viewer, here: Here) -> SystemStatus:
    """Whether the store and the lake answer, what runs, and what waits."""
    known = standings(here)
    counted = here.cache.get("tallies", lambda: tallies.read(here.store), fresh=2, longest=5)
    return SystemStatus(
        version=__version__,
        started_at=STARTED,
        uptime_seconds=round(time.monotonic() - BEGUN, 1),
        store=store_of(here),
        lake=here.cache.get("lake", lambda: lake_of(here), fresh=2, longest=5),
        database=here.store.engine.dialect.name,
        running=sorted(
            one.dataset.pipeline or name
            for name, one in known.items()
            if one.run is not None and one.run.status == "running"
        ),
        jobs=counted.jobs,
        deliveries=counted.deliveries,
        listeners=len(here.feed.listeners),
    )


def _activity(one: Entry) -> ActivityOut:
    return ActivityOut(
        at=one.at,
        kind=one.kind,
        id=one.id,
        dataset=one.dataset,
        what=one.what,
        severity=one.level,
        title=one.title,
    )
