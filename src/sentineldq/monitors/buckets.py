"""Hours and days of event time: which are over, and those in which nothing came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

SILENT = 48
"""Buckets after the last one with rows that are counted as empty; then freshness alone speaks of the silence."""


def grain(starts: Iterable[datetime]) -> timedelta:
    """A day where every bucket begins at midnight (UTC) and there are at least two, else an hour."""
    found = list(starts)
    daily = len(found) > 1 and all(one.hour == one.minute == 0 for one in found)
    return DAY if daily else HOUR


def whole(rows: Mapping[datetime, int], *, until: datetime, settle: timedelta) -> list[tuple[datetime, int]]:
    """Rows of each bucket that is over, oldest first, with 0 for those between in which nothing came.

    rows: by the bucket's beginning. until: now. settle: how long after its end a bucket is left to late records.
    """
    if not rows:
        return []
    step = grain(rows)
    end = min(until - settle, max(rows) + (SILENT + 1) * step)
    found, at = [], min(rows)
    while at + step <= end:
        found.append((at, rows.get(at, 0)))
        at += step
    return found
