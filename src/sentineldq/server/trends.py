"""Records and findings over time; hours and days that are over are counted once, the present one again and again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sentineldq.server.answers.dashboard import Trend
from sentineldq.server.state import State
from sentineldq.store import flow
from sentineldq.store.flow import Flow, Found, Grain

LONGEST = 300.0
"""Seconds for which the counts of what is over are kept: what is written down late shows by then."""

AHEAD = timedelta(minutes=5)
"""How far the clock of another process may be ahead."""


def trends(here: State, *, grain: Grain, count: int, dataset: str | None = None) -> list[Trend]:
    """The last `count` hours or days with the present one, oldest first, none left out."""
    step = flow.LENGTH[grain]
    present = flow.floor(datetime.now(UTC), grain)
    first = present - step * (count - 1)
    key = ("trends", grain, count, dataset)
    past = here.cache.get(
        (*key, "past"),
        lambda: _span(here, first, present, grain, dataset),
        version=present,
        longest=LONGEST,
    )
    version = (present, here.feed.version("batches", "findings", "alerts", "drift"))
    now = here.cache.get(
        (*key, "now"),
        lambda: _span(here, present, present + step + AHEAD, grain, dataset),
        version=version,
    )
    return [
        past.get(at) or now.get(at) or trend(at) for at in (first + step * place for place in range(count))
    ]


def trend(at: datetime, came: Flow | None = None, found: Found | None = None) -> Trend:
    """An hour or a day; noughts where nothing came or was found."""
    rows = came.rows if came else 0
    return Trend(
        at=at,
        rows=rows,
        accepted=came.silver if came else 0,
        quarantined=came.quarantined if came else 0,
        duplicates=came.duplicates if came else 0,
        dropped=came.dropped if came else 0,
        score=round(1 - came.quarantined / rows, 6) if came and rows else None,
        findings=found.findings if found else 0,
        alerts=found.alerts if found else 0,
        drifts=found.drifts if found else 0,
    )


def _span(
    here: State, since: datetime, until: datetime, grain: Grain, dataset: str | None
) -> dict[datetime, Trend]:
    came = flow.records(here.store, since=since, until=until, grain=grain, dataset=dataset)
    found = flow.found(here.store, since=since, until=until, grain=grain, dataset=dataset)
    by_time = {one.at: one for one in came}, {one.at: one for one in found}
    moments = {*by_time[0], *by_time[1]}
    return {at: trend(at, by_time[0].get(at), by_time[1].get(at)) for at in moments}
