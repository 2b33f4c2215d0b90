"""Mean, spread and shape of numbers, mergeable without loss.

Sums of powers of the distance from the mean, merged pairwise: Chan, Golub, LeVeque (1979) for two parts, Pébay
(SAND2008-6212) for the third and fourth power. Exact up to rounding, in any order of merging.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
BLOCK = 1 << 13
"""Values taken at a time, so that what is between two steps stays in the processor's cache."""


class Moments(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`count` finite values, their mean, and the sums of the 2nd to 4th power of their distance from it."""

    count: int = 0
    mean: float = 0.0
    m2: float = 0.0
    m3: float = 0.0
    m4: float = 0.0

    @property
    def sum(self) -> float:
        return self.mean * self.count

    @property
    def variance(self) -> float:
        """Of the sample (count - 1); NaN below two values."""
        return self.m2 / (self.count - 1) if self.count > 1 else math.nan

    @property
    def deviation(self) -> float:
        return math.sqrt(self.variance) if self.count > 1 else math.nan

    @property
    def skew(self) -> float:
        """sqrt(n) m3 / m2^1.5; NaN where all values are equal."""
        spread = self.m2**1.5 if self.count else 0.0
        return math.sqrt(self.count) * self.m3 / spread if spread > 0 else math.nan

    @property
    def kurtosis(self) -> float:
        """In excess of the normal distribution: n m4 / m2^2 - 3; NaN where all values are equal."""
        spread = self.m2 * self.m2
        return self.count * self.m4 / spread - 3 if spread > 0 else math.nan

    def __add__(self, other: Moments) -> Moments:
        return add([self, other])


def add(parts: Iterable[Moments]) -> Moments:
    """All parts as one: distances are taken from the common mean at once, so that order matters little."""
    filled = [part for part in parts if part.count]
    if len(filled) < 2:
        return filled[0] if filled else Moments()
    table = np.array([(part.count, part.mean, part.m2, part.m3, part.m4) for part in filled])
    return _joined(table, sum(part.count for part in filled))


def _joined(table: Floats, count: int) -> Moments:
    """Rows of (count, mean, m2, m3, m4) as one."""
    n, means, m2, m3, m4 = table.T
    with np.errstate(over="ignore", invalid="ignore"):
        base = means[0]
        mean = base + float((n * ((means - base) / count)).sum())
        d = means - mean
        square = d * d
        return Moments(
            count,
            float(mean),
            float((m2 + n * square).sum()),
            float((m3 + 3 * d * m2 + n * square * d).sum()),
            float((m4 + 4 * d * m3 + 6 * square * m2 + n * square * square).sum()),
        )


def of_values(values: Floats) -> Moments:
    """Moments of finite values."""
    blocks = [_block(values[start : start + BLOCK]) for start in range(0, len(values), BLOCK)]
    return add(blocks)


def _block(values: Floats) -> Moments:
    with np.errstate(over="ignore", invalid="ignore"):
        base = float(values[0])
        d = values - base
        shift = float(d.mean())
        d -= shift
        square = d * d
        return Moments(
            len(values),
            base + shift,
            float(square.sum()),
            float(np.dot(square, d)),
            float(np.dot(square, square)),
        )


def of_counts(values: Floats, counts: npt.NDArray[np.int64]) -> Moments:
    """Moments of finite distinct values, each with how often it occurs."""
    total = int(counts.sum())
    if not total:
        return Moments()
    n = counts.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        base = float(values[0])
        d = values - base
        shift = float((n * d).sum()) / total
        d -= shift
        square = d * d
        weighted = n * square
        return Moments(
            total,
            base + shift,
            float(weighted.sum()),
            float((weighted * d).sum()),
            float((weighted * square).sum()),
        )
