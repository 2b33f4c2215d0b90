"""Finding things by a part of their name: datasets, alerts and runs at once, as somebody types."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from sentineldq.server.security.principal import Viewer
from sentineldq.server.standing import Level, Standing, standings
from sentineldq.server.state import Here
from sentineldq.store import alerts, runs

router = APIRouter(prefix="/search", tags=["search"])


class FoundDataset(BaseModel):
    """A dataset whose name, description, owner or tag has the text in it."""

    name: str
    layer: Literal["silver", "gold"]
    health: Level


class FoundAlert(BaseModel):
    """An alert whose title or dataset has the text in it."""

    alert_id: str
    title: str
    dataset: str | None
    severity: str
    status: str
    opened_at: datetime


class FoundRun(BaseModel):
    """A run whose pipeline has the text in its name, or whose id begins with it."""

    run_id: str
    pipeline: str
    status: str
    started_at: datetime


class Found(BaseModel):
    """A few of each kind, the nearest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "datasets": [{"name": "events", "layer": "silver", "health": "healthy"}],
                    "alerts": [],
                    "runs": [
                        {
                            "run_id": "20261120T120000-1f3a5c7e",
                            "pipeline": "events",
                            "status": "succeeded",
                            "started_at": "2026-11-20T12:00:00Z",
                        }
                    ],
                }
            ]
        }
    )

    datasets: list[FoundDataset]
    alerts: list[FoundAlert]
    runs: list[FoundRun]


@router.get("", summary="Find datasets, alerts and runs")
def search(
    _: Viewer,
    here: Here,
    q: Annotated[str, Query(min_length=1, max_length=200, description="Part of a name or a title.")],
    limit: Annotated[int, Query(ge=1, le=20, description="At most so many of each kind.")] = 6,
) -> Found:
    """What has a text in its name, a few of each kind."""
    datasets = sorted(
        (place, name, one) for name, one in standings(here).items() if (place := _place(one, q)) is not None
    )
    return Found(
        datasets=[
            FoundDataset(name=name, layer=one.dataset.layer, health=one.level)  # type: ignore[arg-type]
            for _, name, one in datasets[:limit]
        ],
        alerts=[
            FoundAlert(**{name: getattr(one, name) for name in FoundAlert.model_fields})
            for one in alerts.search(here.store, text=q, limit=limit)
        ],
        runs=[
            FoundRun(**{name: getattr(one, name) for name in FoundRun.model_fields})
            for one in runs.search(here.store, project=here.project.name, text=q, limit=limit)
        ],
    )


def _place(one: Standing, text: str) -> int | None:
    """How near a dataset is to a text: its name is it, begins with it, has it, another word has; None: not at all."""
    wanted, name = text.casefold(), one.dataset.name.casefold()
    if name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    if wanted in name:
        return 2
    words = (*one.dataset.owners, *one.dataset.tags, one.dataset.description)
    return 3 if any(wanted in word.casefold() for word in words) else None
