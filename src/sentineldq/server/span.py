"""A span of time that is asked for: so many days up to now, or from one moment to another."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Query

from sentineldq.server.moment import Moment
from sentineldq.server.problems import RequestError
from sentineldq.store import flow
from sentineldq.store.flow import Grain

AHEAD = timedelta(minutes=5)
"""How far the clock of another process may be ahead: what it has just written belongs to now."""

INSTANT = timedelta(microseconds=1)

MOST = 366
"""Days that a span has at most, unless a route allows other."""

Since = Annotated[
    Moment | None,
    Query(description="From when on, with its offset: 2026-11-20T10:00:00Z. Goes before `days`."),
]
Until = Annotated[Moment | None, Query(description="Until when, itself left out; now, unless given.")]


@dataclass(frozen=True, kw_only=True)
class Span:
    """From `since` to before `until`. days: where it was asked for as so many up to now."""

    since: datetime
    until: datetime
    days: int | None = None

    def times(self, grain: Grain) -> list[datetime]:
        """The beginnings of its hours or days, oldest first; of days up to now the present one is the last."""
        step = flow.LENGTH[grain]
        last = flow.floor(min(self.until - INSTANT, datetime.now(UTC)), grain)
        if self.days is not None:
            count = round(timedelta(days=self.days) / step)
        else:
            count = max((last - flow.floor(self.since, grain)) // step, 0) + 1
        return [last - step * back for back in reversed(range(count))]


def spans(*, usual: int, most: int) -> Callable[..., Span]:
    """What reads a span from a request: of `usual` days where none is asked for, and never of more than `most`."""

    def read(
        days: Annotated[int, Query(ge=1, le=most, description="So many days up to now.")] = usual,
        since: Since = None,
        until: Until = None,
    ) -> Span:
        return between(since, until, days=days, most=most)

    return read


def between(since: datetime | None, until: datetime | None, *, days: int, most: int) -> Span:
    """The span from one moment to another; one that is not given follows from the days. Raises RequestError."""
    now = datetime.now(UTC)
    end = now + AHEAD if until is None else min(until, now + AHEAD)
    start = min(end, now) - timedelta(days=days) if since is None else since
    if start >= end:
        raise RequestError(422, "since: the span ends before it begins", hint="`since` comes before `until`")
    if end - AHEAD - start > timedelta(days=most):
        raise RequestError(422, f"since: a span has at most {most} days", hint="ask for a part of it")
    return Span(since=start, until=end, days=days if since is None and until is None else None)
