"""What is gathered of one column, chunk by chunk."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from sentineldq.profiles import moments
from sentineldq.profiles.distinct import Union
from sentineldq.profiles.frequent import Frequent
from sentineldq.profiles.model import KINDS, Column, Kind, sortable
from sentineldq.profiles.moments import Moments
from sentineldq.profiles.quantiles import Ranker
from sentineldq.profiles.tally import Tally

KEPT_PATTERNS = 32
LENGTH_K = 64
"""Of the sketch of lengths: a rank error of 4.8 % (two-sided)."""

HOURS = 168
MOST_PARTS = 64

Bound = int | float | str


class Numbers:
    """Moments and quantiles of one series of numbers."""

    def __init__(self, k: int | None = None) -> None:
        self._moments: list[Moments] = []
        self._ranker = Ranker(k) if k else Ranker()

    def take(self, values: npt.NDArray[np.float64]) -> None:
        """Finite values."""
        if len(values):
            self._add(moments.of_values(values))
            self._ranker.take(values)

    def weigh(self, values: npt.NDArray[np.float64], counts: npt.NDArray[np.int64]) -> None:
        """Finite distinct values with their counts."""
        if len(values):
            self._add(moments.of_counts(values, counts))
            self._ranker.weigh(values, counts)

    def _add(self, part: Moments) -> None:
        self._moments.append(part)
        if len(self._moments) >= MOST_PARTS:
            self._moments = [moments.add(self._moments)]

    @property
    def moments(self) -> Moments | None:
        return moments.add(self._moments) if self._moments else None

    @property
    def ranker(self) -> Ranker:
        return self._ranker


class Gather:
    """One column as it grows. `hidden`: nothing is kept that shows a value."""

    def __init__(self, path: str, *, hidden: bool = False) -> None:
        self.path = path
        self.hidden = hidden
        self.kind: Kind = "null"
        self.types: Counter[str] = Counter()
        self.rows = 0
        self.nulls = 0
        self.empties = 0
        self.trues: int | None = None
        self.union = Union()
        self.numbers = Numbers()
        self.lengths = Numbers(LENGTH_K)
        self.tally = Tally()
        self.patterns = Tally()
        self.words = Tally()
        self.low: Bound | None = None
        self.high: Bound | None = None
        self.rhythm: npt.NDArray[np.int64] | None = None
        self.span: tuple[int, int] | None = None

    def widen(self, kind: Kind) -> None:
        """The kind of one more chunk; bounds are those of the most general kind alone."""
        if KINDS.index(kind) > KINDS.index(self.kind):
            self.kind, self.low, self.high = kind, None, None

    def bound(self, kind: Kind, low: Bound, high: Bound) -> None:
        """The least and greatest value of a chunk."""
        if kind != self.kind or self.hidden:
            return
        lows = [bound for bound in (self.low, low) if bound is not None]
        highs = [bound for bound in (self.high, high) if bound is not None]
        self.low = min(lows, key=lambda bound: sortable(bound, kind))
        self.high = max(highs, key=lambda bound: sortable(bound, kind))

    def stretch(self, low: int, high: int) -> None:
        """The first and last moment of a chunk, microseconds since 1970."""
        self.span = (low, high) if self.span is None else (min(low, self.span[0]), max(high, self.span[1]))

    def beat(self, hours: npt.NDArray[np.int64]) -> None:
        """168 counts by hour of week."""
        self.rhythm = hours if self.rhythm is None else self.rhythm + hours

    def entity(self, kept: int) -> Frequent | None:
        """Rows per value, more of them than the column itself keeps."""
        return self.tally.done(kept)

    def done(self) -> Column:
        """The column as gathered so far."""
        scalar = self.kind not in {"list", "struct", "null"}
        shown = not self.hidden
        return Column(
            path=self.path,
            kind=self.kind,
            types={name: count for name, count in sorted(self.types.items()) if count},
            rows=self.rows,
            nulls=self.nulls,
            empties=self.empties,
            trues=self.trues if shown else None,
            distinct=self.union.done() if scalar and self.kind != "boolean" else None,
            moments=self.numbers.moments if shown else None,
            low=self.low,
            high=self.high,
            quantiles=self.numbers.ranker.done() if shown else None,
            frequent=self.tally.done() if shown else None,
            lengths=self.lengths.moments,
            length_quantiles=self.lengths.ranker.done(),
            patterns=self.patterns.done(KEPT_PATTERNS) if shown else None,
            words=self.words.done() if shown else None,
            rhythm=None if self.rhythm is None or not shown else tuple(self.rhythm.tolist()),
        )
