"""Drift over time: the test of today, made for every window before it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

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
    """Hold every part of the baseline, as long as the current window, against the time before it.

    That is as long as the baseline, so far as there are hours of it: `hours` are those of the baseline and of as much
    time before; what feedback masks is not among them. The last window is the current one.
    """
    known, tested = compared.baseline.window, compared.current.window
    windows = tiles(known, tested)
    if known.start is None or known.end is None:
        return Heat(windows=[], scores={})
    length = known.end - known.start
    earlier = tiles(Window(start=known.start - length, end=known.start), tested)
    parts = [(window, _of(hours, window)) for window in (*earlier, *windows)]
    rows = []
    tested_parts = parts[len(earlier) :]
    for window, part in tested_parts:
        before = merge([other for span, other in parts if _precedes(span, window, length)])
        found = compare(
            before, part, dataset=compared.dataset, settings=rules.settings, overrides=rules.overrides
        )
        rows.append(_tested(found))
    rows.append(_tested(comparison))
    paths = dict.fromkeys([*comparison.baseline.columns, *comparison.current.columns])
    scores = {path: [row.get(path) for row in rows] for path in paths}
    sizes = [part.rows for _, part in tested_parts] + [comparison.current.rows]
    return Heat(windows=[*windows, tested], scores=scores, rows=sizes)


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


def _of(hours: Mapping[datetime, Profile], window: Window) -> Profile:
    """The hours of a window, added up."""
    if window.start is None or window.end is None:
        return Profile()
    return merge([profile for at, profile in hours.items() if window.start <= at < window.end])


def _precedes(span: Window, window: Window, length: timedelta) -> bool:
    """Whether a span lies in the time before a window."""
    if span.start is None or window.start is None:
        return False
    return window.start - length <= span.start < window.start


def _tested(comparison: Comparison) -> dict[str, float]:
    """The scores of the columns that were tested."""
    made = {test.field_name for test in comparison.tests if test.status != "not enough data"}
    return {path: score for path, score in comparison.scores.items() if path in made}
