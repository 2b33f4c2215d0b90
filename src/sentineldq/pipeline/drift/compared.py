"""What a comparison of two windows came to, for reports and for the command line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from sentineldq.drift.model import Comparison, Window
from sentineldq.drift.settings import Severity


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two: where its rows are from.

    window: what was asked for, or of data given by path the span of its events. hours: stored ones that were read (0
    for data given by path). left_out: hours of the window that feedback masks.
    """

    source: str
    window: Window = Window()
    rows: int = 0
    hours: int = 0
    left_out: int = 0


class Heat(msgspec.Struct, frozen=True, kw_only=True):
    """Drift over time: the worst score of each column in each window; None where it could not be tested.

    The last window is the current one; the others are parts of the baseline, each held against the time before it.
    rows: of each window.
    """

    windows: list[Window]
    scores: Mapping[str, list[float | None]]
    rows: list[int] = []


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """Two windows of a dataset compared.

    comparison: None where there was nothing to compare; `reason` says why, in a sentence. notes: what a reader should
    know about the windows. heat: where it was asked for and hours are stored.
    """

    dataset: str
    baseline: Side
    current: Side
    comparison: Comparison | None = None
    reason: str | None = None
    notes: list[str] = []
    heat: Heat | None = None
    made_at: datetime | None = None

    @property
    def worst(self) -> Severity | None:
        """The highest severity found; None without a finding."""
        return self.comparison.worst if self.comparison else None
