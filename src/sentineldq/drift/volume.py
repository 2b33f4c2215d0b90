"""Volume: the rows of a window against what the same hours had before.

The season is the median of each hour of the week (of the day, while less than three weeks are known). Past windows of
the same length, slid by an hour, show by how much rows usually miss the season; the median and the median absolute
deviation of that are not moved by a few bad days. Below three weeks the spread reaches to the 5 % and the 95 % quantile
where those are further, so that weekends, which the season does not know yet, are part of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import numpy.typing as npt

from sentineldq.drift.judge import drift_of, score_of
from sentineldq.drift.model import Drift, Test, Window, untested
from sentineldq.drift.settings import LEVELS, Settings

Floats = npt.NDArray[np.float64]
HOUR = timedelta(hours=1)
DAY, WEEK = 24, 168
SEASONS = 3
"""Seasons that are known before one is used."""
BLOCKS = 3
"""Windows of the past that are needed, at least."""
FLOOR = 0.05
"""The least spread of a window's rows, as a share: what is steadier is not told from a change of a tenth."""
OUTER = 1.645
"""Of a normal variable, the 95 % quantile in deviations."""
NORMAL = 1.4826
"""Of a normal variable, the deviation over the median absolute deviation."""


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """The rows a window should have: the middle, and one deviation of it; `season` in hours (1: none is known)."""

    rows: float
    deviation: float
    season: int
    windows: int


def volume(
    history: Sequence[tuple[datetime, int]],
    current: Window,
    *,
    settings: Settings | None = None,
    dataset: str = "dataset",
) -> list[Drift]:
    """The finding of a window whose rows are not what the hours before let expect; none while too little is known.

    history: rows per hour (start of the hour, UTC, any order; an hour that is missing had none), the window's own among
    them. current: start and end of the window.
    """
    chosen = settings or Settings()
    test = volume_test(history, current, settings=chosen)
    return [drift_of(test, dataset)] if test.status == "drift" else []


def volume_test(
    history: Sequence[tuple[datetime, int]], current: Window, *, settings: Settings | None = None
) -> Test:
    """The test behind `volume`, whatever came of it."""
    chosen = settings or Settings()
    if current.start is None or current.end is None:
        return untested(None, "z_score", "the window has no start or no end", drift_type="volume")
    past, now = _hours(history, current.start, current.end)
    expected = expect(past, now.size, current.start)
    if expected is None:
        return untested(None, "z_score", f"{past.size} hours are known before it", drift_type="volume")
    if expected.rows < chosen.testing.expected:
        note = f"{expected.rows:.0f} rows are expected, {chosen.testing.expected:.0f} needed"
        return untested(None, "z_score", note, drift_type="volume")
    rows = float(now.sum())
    z = (rows - expected.rows) / expected.deviation
    levels = chosen.levels("z_score") or LEVELS["z_score"]
    return Test(
        field_name=None,
        metric_name="z_score",
        drift_type="volume",
        statistic=z,
        effect=abs(z),
        threshold=levels.info,
        levels=levels,
        score=score_of(abs(z), levels),
        status="drift" if abs(z) >= levels.info else "same",
        baseline_value={"rows": expected.rows, "deviation": expected.deviation, "season": expected.season},
        current_value={"rows": rows},
        baseline_rows=int(past.sum()),
        current_rows=int(rows),
        message=_words(rows, expected, z),
    )


def expect(past: Floats, length: int, start: datetime) -> Expected | None:
    """The rows of the `length` hours from `start`, from the rows of the hours right before; None while too few."""
    if length < 1 or past.size < max(BLOCKS * length, DAY):
        return None
    season = next((hours for hours in (WEEK, DAY) if past.size >= SEASONS * hours), 1)
    first = int(_utc(start).timestamp() // 3600) - past.size
    phase = (first + np.arange(past.size + length)) % season
    usual = np.array([np.median(past[phase[: past.size] == at]) for at in range(season)])[phase]
    ahead = float(usual[past.size :].sum())
    sums, seasonal = _slid(past, length), _slid(usual[: past.size], length)
    known = seasonal > 0
    if not known.any() or ahead <= 0:
        return None
    ratios = sums[known] / seasonal[known]
    centre = float(np.median(ratios))
    spread = NORMAL * float(np.median(np.abs(ratios - centre)))
    if season < WEEK:
        low, high = np.quantile(ratios, [0.05, 0.95])
        spread = max(spread, float(high - centre) / OUTER, float(centre - low) / OUTER)
    # a median of few seasons is itself uncertain: pi / 2 times as much as a mean
    spread *= math.sqrt(1 + math.pi / 2 * season / past.size)
    rows = ahead * centre
    deviation = max(ahead * spread, math.sqrt(max(rows, 1.0)), FLOOR * rows)
    return Expected(rows=rows, deviation=deviation, season=season, windows=past.size // length)


def _hours(history: Sequence[tuple[datetime, int]], start: datetime, end: datetime) -> tuple[Floats, Floats]:
    """Rows per hour before the window and in it; hours that are missing have none."""
    opening = _utc(start).replace(minute=0, second=0, microsecond=0)
    length = max(1, math.ceil((_utc(end) - opening) / HOUR))
    places = [(int((_utc(at) - opening) // HOUR), rows) for at, rows in history]
    before = max((-place for place, _ in places), default=0)
    counts = np.zeros(max(before, 0) + length)
    for place, rows in places:
        if place < length:
            counts[place + max(before, 0)] += rows
    return counts[: max(before, 0)], counts[max(before, 0) :]


def _slid(hours: Floats, length: int) -> Floats:
    """Sums of `length` hours on end, from every hour on."""
    total = np.concatenate([[0.0], np.cumsum(hours)])
    return np.asarray(total[length:] - total[:-length], dtype=np.float64)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _words(rows: float, expected: Expected, z: float) -> str:
    percent = 100 * (rows / expected.rows - 1) if expected.rows else 0.0
    season = {WEEK: "by hour of the week", DAY: "by hour of the day"}.get(expected.season, "without a season")
    return (
        f"{rows:,.0f} rows where {expected.rows:,.0f} are expected ({percent:+.1f} %, "
        f"{z:+.1f} deviations of {expected.deviation:,.0f}, {season})"
    )
