"""Quantiles of numbers: the KLL sketch of Apache DataSketches.

Karnin, Lang, Liberty: Optimal Quantile Approximation in Streams (FOCS 2016). The bytes are the library's own form of
`KllDoublesSketch`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import datasketches
import msgspec
import numpy as np
import numpy.typing as npt

from sentineldq.profiles import levels

K = 160
"""Rank error 1.7 % (one-sided), 2.0 % (two-sided) at 99 %; at most 4 KB."""

STEP = 16
"""Of a sorted block every 16th value is kept, with weight 16: an error of at most 16 ranks in a block."""

BLOCK = 1 << 16

SMALL = 1 << 10
"""Values that are fed one by one, even where few are distinct."""

FEW = 1 << 9
"""Distinct values that may fit into a sketch as they are."""


class Quantiles(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """Sketches of parts of the data, merged when they are first asked."""

    parts: tuple[bytes, ...]

    @cached_property
    def sketch(self) -> datasketches.kll_doubles_sketch:
        """The sketch of DataSketches: not to be changed."""
        first, *others = self.parts
        merged = datasketches.kll_doubles_sketch.deserialize(first)
        for part in others:
            merged.merge(datasketches.kll_doubles_sketch.deserialize(part))
        return merged

    @property
    def image(self) -> bytes:
        """The sketch as DataSketches writes it."""
        return self.parts[0] if len(self.parts) == 1 else bytes(self.sketch.serialize())

    @property
    def count(self) -> int:
        return int(self.sketch.n)

    @property
    def error(self) -> float:
        """Normalised rank error, two-sided, at 99 %; 0 while all values are kept."""
        return float(self.sketch.normalized_rank_error(True)) if self.sketch.is_estimation_mode() else 0.0

    def at(self, ranks: Sequence[float]) -> list[float]:
        """The values below or at which the given shares (0 to 1) of all values lie; NaN of no values."""
        if self.sketch.is_empty():
            return [float("nan")] * len(ranks)
        return [self._at(rank) for rank in ranks]

    def _at(self, rank: float) -> float:
        if rank <= 0 or rank >= 1:  # the ends are known exactly
            return float(self.sketch.get_min_value() if rank <= 0 else self.sketch.get_max_value())
        return float(self.sketch.get_quantile(rank, True))

    def ranks(self, points: Sequence[float]) -> list[float]:
        """The share of values at or below each point; NaN of no values."""
        if self.sketch.is_empty():
            return [float("nan")] * len(points)
        return [float(self.sketch.get_rank(float(point), True)) for point in points]


def of_image(image: bytes) -> Quantiles:
    """The quantiles of a sketch of DataSketches."""
    return Quantiles((image,))


def add(parts: Sequence[Quantiles]) -> Quantiles | None:
    """All parts as one; None of none."""
    images = tuple(image for part in parts for image in part.parts)
    return Quantiles(images) if images else None


class Ranker:
    """Builds a sketch from blocks of finite values, weighted or not."""

    def __init__(self, k: int = K) -> None:
        self._k = k
        self._single = datasketches.kll_doubles_sketch(k)
        self._coarse = datasketches.kll_doubles_sketch(k)

    def take(self, values: npt.NDArray[np.float64]) -> None:
        """Values as they come; of a long row of them every 16th of a sorted block, which is quicker."""
        full = len(values) // BLOCK * BLOCK
        for start in range(0, full, BLOCK):
            block = np.sort(values[start : start + BLOCK])
            chosen = block[STEP // 2 :: STEP].copy()
            chosen[0], chosen[-1] = block[0], block[-1]  # least and greatest stay what they are
            self._coarse.update(chosen)
        if full < len(values):
            self._single.update(np.array(values[full:]))  # the library takes no read-only arrays

    def weigh(self, values: npt.NDArray[np.float64], counts: npt.NDArray[np.int64]) -> None:
        """Distinct values with their counts: bit by bit, the sketch so far being doubled at each."""
        if not len(values):
            return
        total = int(counts.sum())
        if total > SMALL and len(values) <= FEW and (exact := levels.of_counts(values, counts, self._k)):
            self._single.merge(exact)
        elif total <= BLOCK:
            self._single.update(np.repeat(values, counts))
        else:
            self._single.merge(_weighted(values, counts, self._k))

    def done(self) -> Quantiles | None:
        """The sketch of all; None of nothing."""
        if self._coarse.is_empty():
            return None if self._single.is_empty() else of_image(bytes(self._single.serialize()))
        whole = datasketches.kll_doubles_sketch.deserialize(self._single.serialize())
        coarse = datasketches.kll_doubles_sketch.deserialize(self._coarse.serialize())
        whole.merge(_doubled(coarse, STEP.bit_length() - 1))
        return of_image(bytes(whole.serialize()))


def _doubled(sketch: datasketches.kll_doubles_sketch, times: int) -> datasketches.kll_doubles_sketch:
    for _ in range(times):
        sketch.merge(datasketches.kll_doubles_sketch.deserialize(sketch.serialize()))
    return sketch


def _weighted(
    values: npt.NDArray[np.float64], counts: npt.NDArray[np.int64], k: int
) -> datasketches.kll_doubles_sketch:
    sketch = datasketches.kll_doubles_sketch(k)
    for bit in reversed(range(int(counts.max()).bit_length())):
        _doubled(sketch, 1)
        chosen = values[(counts >> bit) & 1 == 1]
        if len(chosen):
            sketch.update(chosen)
    return sketch
