"""KLL sketches of few distinct values, laid out at once instead of fed value by value.

A value kept at level h of a sketch stands for 2^h values: one that occurs 5 times is kept at the levels 0 and 2. So
nothing is lost and nothing is random, as long as all of it fits. The bytes are those of Apache DataSketches.
"""

from __future__ import annotations

import struct
from functools import cache

import datasketches
import numpy as np
import numpy.typing as npt

_NARROWEST = 8
"""Values that any level has room for: DataSketches' m."""


def of_counts(
    values: npt.NDArray[np.float64], counts: npt.NDArray[np.int64], k: int
) -> datasketches.kll_doubles_sketch | None:
    """The exact sketch of distinct finite values that each occur `counts` times; None where it has no room for them."""
    levels = int(counts.max()).bit_length()
    order = np.argsort(values)
    values, counts = values[order], counts[order]
    kept = (counts >> np.arange(levels)[:, None]) & 1 == 1
    sizes = kept.sum(axis=1)
    room = _room(k, levels) - int(sizes.sum())
    if room < 0:
        return None
    starts = np.cumsum(sizes) - sizes + room
    head = struct.pack("<4BHBxQHBx", 5, 1, 15, 0, k, _NARROWEST, int(counts.sum()), k, levels)
    bounds = struct.pack("<2d", values[0], values[-1])
    items = np.broadcast_to(values, kept.shape)[kept]
    image = head + starts.astype("<u4").tobytes() + bounds + items.astype("<f8").tobytes()
    return datasketches.kll_doubles_sketch.deserialize(image)


@cache
def _room(k: int, levels: int) -> int:
    """The values that a sketch of so many levels may keep: k at the top, two thirds of it at each level below."""
    return sum(max(_NARROWEST, (2 * k * 2**depth // 3**depth + 1) // 2) for depth in range(levels))
