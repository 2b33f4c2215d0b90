"""Drift over time: the test of today, made for every window before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from sentineldq.drift.compare import compare
from sentineldq.drift.model import Comparison, Window
from sentineldq.drift.settings import Override, Settings
from sentineldq.pipeline.drift.compared import Compared, Heat
from sentineldq.profiles.merge import merge
from sentineldq.profiles.model import Profile

MOST = 30
"""Windows before the current one."""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How a dataset is compared: the settings, and what its contract says of single columns."""

    settings: Settings
    overrides: Mapping[str, Override]


def heat_of(
    hours: Mapping[datetime, Profile], compared: Compared, comparison: Comparison, rules: Rules
) -> Heat:
    """Hold every part of the baseline, as long as the current window, against the rest of the baseline.

    `hours` are those of the baseline; what feedback masks is not among them. The last row is the comparison itself.
    """
    windows = tiles(compared.baseline.window, compared.current.window)
    parts = [merge([hour for at, hour in hours.items() if _inside(at, window)]) for window in windows]
    before, after = _sums(parts), _sums(parts[::-1])
    rows = []
    for at, part in enumerate(parts):
        rest = merge([before[at], after[len(parts) - 1 - at]])
        found = compare(
            rest, part, dataset=compared.dataset, settings=rules.settings, overrides=rules.overrides
        )
        rows.append(_tested(found))
    rows.append(_tested(comparison))
    paths = dict.fromkeys([*comparison.baseline.columns, *comparison.current.columns])
    scores = {path: [row.get(path) for row in rows] for path in paths}
    return Heat(windows=[*windows, compared.current.window], scores=scores)


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


def _tested(comparison: Comparison) -> dict[str, float]:
    """The scores of the columns that were tested."""
    made = {test.field_name for test in comparison.tests if test.status != "not enough data"}
    return {path: score for path, score in comparison.scores.items() if path in made}
