"""Series to watch, the same on every run."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sentineldq.monitors.anomaly import Point, Verdict

START = datetime(2024, 1, 1, tzinfo=UTC)
"""A Monday."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def series(
    shape: Callable[[datetime], float],
    count: int,
    *,
    step: timedelta = HOUR,
    noise: float = 1.0,
    seed: int = 1,
) -> list[Point]:
    """A shape with normal noise on it."""
    chance = random.Random(seed)
    times = [START + index * step for index in range(count)]
    return [Point(at, shape(at) + chance.gauss(0, noise)) for at in times]


def flat(at: datetime) -> float:
    return 100.0


def daily(at: datetime) -> float:
    """High at 15, low at 3."""
    return 100 + 40 * math.sin(2 * math.pi * (at.hour + at.minute / 60 - 9) / 24)


def weekly(at: datetime) -> float:
    """As `daily`, and nearly nothing at weekends."""
    return 10.0 if at.weekday() >= 5 else daily(at)


def changed(
    points: list[Point], change: Callable[[Point], float], since: datetime, until: datetime
) -> list[Point]:
    return [Point(one.at, change(one)) if since <= one.at < until else one for one in points]


def anomalies(verdicts: list[Verdict]) -> list[datetime]:
    return [one.at for one in verdicts if one.status == "anomaly"]
