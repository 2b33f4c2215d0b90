"""Points in, verdicts out."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

Status = Literal["normal", "anomaly", "warming up", "masked", "gap"]
"""`gap`: the point holds no number. `masked`: an incident or a holiday covers it. Neither is judged or learned."""

Answer = Literal["false_positive", "expected_change", "incident"]
"""What people say of an interval afterwards."""


class Point(NamedTuple):
    """One measurement; not-a-number stands for a measurement that failed. A time without a zone is UTC."""

    at: datetime
    value: float


class Interval(NamedTuple):
    """From `since` up to, not including, `until`."""

    since: datetime
    until: datetime


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said of the points from `since` up to, not including, `until`.

    false_positive: they were good; the band widens until it holds them. expected_change: the series lives on another
    level from here on. incident: they were bad; nothing is learned from them.
    """

    since: datetime
    until: datetime
    answer: Answer


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One point, judged by what came before it.

    expected, low, high: the band, None before there is one, and on a side that is not watched. score: 0 (as expected)
    to 1 (surely anomalous); 0.5 is where an anomaly begins. alert: the part of the score that is news: the like of this
    has not been seen before. It is 0 while an incident lasts that has already been told.
    """

    at: datetime
    value: float
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    score: float = 0.0
    alert: float = 0.0
    status: Status
    reason: str = ""
