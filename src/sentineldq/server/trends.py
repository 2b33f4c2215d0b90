"""Records and findings over time; hours and days that are over are counted once, the present one again and again."""

from __future__ import annotations

from datetime import UTC, datetime

from sentineldq.server.answers.dashboard import Trend
from sentineldq.server.span import AHEAD
from sentineldq.server.state import State
from sentineldq.store import flow
from sentineldq.store.flow import Flow, Found, Grain

LONGEST = 300.0
"""Seconds for which the counts of what is over are kept: what is written down late shows by then."""


def trends(
    here: State, *, grain: Grain, count: int, dataset: str | None = None, last: datetime | None = None
) -> list[Trend]:
    """So many hours or days, oldest first, none left out; the last is the present one, or that of a moment before."""
    step = flow.LENGTH[grain]
    present = flow.floor(datetime.now(UTC), grain)
    end = present if last is None else min(flow.floor(last, grain), present)
    first = end - step * (count - 1)
    key = ("trends", grain, count, dataset, end)
    past = here.cache.get(
        (*key, "past"),
        lambda: _span(here, first, min(end + step, present), grain, dataset),
        version=present,
        longest=LONGEST,
    )
    now = _now(here, present, grain, dataset) if end == present else {}
    return [
        past.get(at) or now.get(at) or trend(at) for at in (first + step * place for place in range(count))
    ]


def _now(here: State, present: datetime, grain: Grain, dataset: str | None) -> dict[datetime, Trend]:
    version = (present, here.feed.version("batches", "findings", "alerts", "drift"))
    return here.cache.get(
        ("trends", grain, dataset, "now"),
        lambda: _span(here, present, present + flow.LENGTH[grain] + AHEAD, grain, dataset),
        version=version,
    )


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
