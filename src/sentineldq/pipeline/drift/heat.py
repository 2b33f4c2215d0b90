"""Drift over time: the test of today, made for every window before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sentineldq.drift.compare import compare
from sentineldq.drift.model import Comparison, Window
from sentineldq.drift.settings import Override, Settings
from sentineldq.pipeline.drift.compared import Heat
from sentineldq.profiles.merge import merge
from sentineldq.profiles.model import Profile

MOST = 30
"""Windows before the current one."""


def heat_of(
    hours: Mapping[datetime, Profile],
    baseline: Window,
    current: Window,
    comparison: Comparison,
    *,
    settings: Settings,
    overrides: Mapping[str, Override],
) -> Heat:
    """Hold every part of the baseline, as long as the current window, against the rest of the baseline.

    `hours` are those of the baseline; what feedback masks is not among them. The last row is the comparison itself.
    """
    windows = tiles(baseline, current)
    parts = [merge([hour for at, hour in hours.items() if _inside(at, window)]) for window in windows]
    before, after = _sums(parts), _sums(parts[::-1])
    rows = []
    for at, part in enumerate(parts):
        rest = merge([before[at], after[len(parts) - 1 - at]])
        rows.append(_scores(rest, part, settings, overrides) if part.rows and rest.rows else {})
    rows.append(_tested(comparison))
    paths = dict.fromkeys([*comparison.baseline.columns, *comparison.current.columns])
    return Heat(windows=[*windows, current], scores={path: [row.get(path) for row in rows] for path in paths})


def tiles(baseline: Window, current: Window) -> list[Window]:
    """The parts of a baseline, counted back from its end: as long as the current window, longer where they are many."""
    if baseline.start is None or baseline.end is None or current.start is None or current.end is None:
        return []
    length = current.end - current.start
    whole = baseline.end - baseline.start
    step = length * max(1, -(-(whole // length) // MOST))
    number = int(whole / step)
    return [
        Window(start=baseline.end - step * at, end=baseline.end - step * (at - 1))
        for at in range(number, 0, -1)
    ]


def _inside(hour: datetime, window: Window) -> bool:
    return window.start is not None and window.end is not None and window.start <= hour < window.end


def _sums(parts: Sequence[Profile]) -> list[Profile]:
    """What is before each part, added up."""
    found, total = [], Profile()
    for part in parts:
        found.append(total)
        total = merge([total, part])
    return found


def _scores(
    baseline: Profile, current: Profile, settings: Settings, overrides: Mapping[str, Override]
) -> Mapping[str, float]:
    return _tested(compare(baseline, current, settings=settings, overrides=overrides))


def _tested(comparison: Comparison) -> dict[str, float]:
    """The scores of the columns that were tested."""
    made = {test.field_name for test in comparison.tests if test.status != "not enough data"}
    return {path: score for path, score in comparison.scores.items() if path in made}
