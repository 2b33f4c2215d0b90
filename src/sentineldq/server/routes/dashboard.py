"""The project at a glance: how it is, how it was, what happened, and whether the server itself is well."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from sqlalchemy import text

from sentineldq.errors import SentinelError
from sentineldq.server.answers.dashboard import ActivityOut, Overview, Since, SystemStatus, Trend, Trends
from sentineldq.server.answers.datasets import QualityOut
from sentineldq.server.catalog import pick
from sentineldq.server.dataset import shown
from sentineldq.server.page import Cursor, Limit, Page, decode_cursor, paged
from sentineldq.server.problems import RequestError
from sentineldq.server.security.principal import Viewer
from sentineldq.server.standing import LEVELS, Standing, standings
from sentineldq.server.state import Here, State
from sentineldq.server.trends import trends as trends_of
from sentineldq.store import activity, tallies
from sentineldq.store.activity import Entry
from sentineldq.version import __version__

router = APIRouter(prefix="/dashboard", tags=["dashboard"])

WORST = 10
STARTED = datetime.now(UTC)
BEGUN = time.monotonic()


@router.get("/overview", summary="The project at a glance")
def overview(_: Viewer, here: Here) -> Overview:
    """Health, score, freshness, alerts, records by the hour, and what changed since yesterday."""
    known = standings(here)
    hours = trends_of(here, grain="hour", count=48)
    return here.cache.get(
        "overview", lambda: _overview(here, list(known.values()), hours), version=(known, hours)
    )


@router.get("/trends", summary="Records and findings over time")
def trends(
    _: Viewer,
    here: Here,
    grain: Literal["hour", "day"] = "day",
    count: Annotated[
        int, Query(ge=1, le=366, description="So many hours or days, with the present one.")
    ] = 30,
    dataset: Annotated[str | None, Query(max_length=500)] = None,
) -> Trends:
    """What came, what was refused and what was found, by the hour or the day."""
    name = None if dataset is None else pick(here, dataset).name
    return Trends(grain=grain, dataset=name, items=trends_of(here, grain=grain, count=count, dataset=name))


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
        store=_store(here),
        lake=here.cache.get("lake", lambda: _lake(here), fresh=2, longest=5),
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


def _overview(here: State, known: Sequence[Standing], hours: Sequence[Trend]) -> Overview:
    levels = Counter(one.level for one in known)
    worst = sorted(
        (one for one in known if one.level in {"warning", "critical"}),
        key=lambda one: (-LEVELS.index(one.level), one.dataset.name),
    )
    alerts = [alert for one in known for alert in one.alerts]
    since = _since(hours)
    return Overview(
        at=datetime.now(UTC),
        project=here.project.name,
        simulated=here.project.simulated,
        health=max((one.level for one in known), key=LEVELS.index, default="unknown"),
        datasets={str(level): levels[level] for level in LEVELS if levels[level]},
        score=since.score,
        freshness=dict(Counter(one.freshness.status if one.freshness else "unmeasured" for one in known)),
        alerts=dict(Counter(alert.status for alert in alerts)),
        severities=dict(Counter(alert.severity for alert in alerts)),
        pipelines=dict(
            Counter(one.run.status if one.run else "never" for one in known if one.dataset.pipeline)
        ),
        flow=[
            QualityOut(**{name: getattr(hour, name) for name in QualityOut.model_fields})
            for hour in hours[-24:]
        ],
        since_yesterday=since,
        worst=[shown(one) for one in worst[:WORST]],
    )


def _since(hours: Sequence[Trend]) -> Since:
    """Both halves of two days of hours, held against each other."""
    before, now = hours[:-24], hours[-24:]
    found: dict[str, float | None] = {}
    for name in ("rows", "quarantined", "findings", "alerts", "drifts"):
        found[name] = sum(getattr(hour, name) for hour in now)
        found[f"{name}_before"] = sum(getattr(hour, name) for hour in before)
    for end in ("", "_before"):
        rows, refused = found[f"rows{end}"], found[f"quarantined{end}"]
        found[f"score{end}"] = round(1 - (refused or 0) / rows, 6) if rows else None
    return Since(**found)  # type: ignore[arg-type]


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


def _store(here: State) -> str:
    try:
        with here.store.read() as connection:
            connection.execute(text("SELECT 1"))
    except SentinelError:
        return "does not answer"
    return "ok"


def _lake(here: State) -> str:
    try:
        here.lake.names()
    except SentinelError:
        return "does not answer"
    return "ok"
