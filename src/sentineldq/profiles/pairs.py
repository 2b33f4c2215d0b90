"""Pairwise correlation of numeric columns, mergeable: co-moments over the rows that have both values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Floats = npt.NDArray[np.float64]
WIDEST = 16
"""Columns correlated: the first 16 numeric ones of the schema, not inside lists, 120 pairs."""

MOST_PARTS = 64
BLOCK = 1 << 14


class Pairs(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """Sums per pair: count, means of both, squares of both around them, products.

    names: of columns. table: rows of float64 (first, second, count, mean, mean, m2, m2, product), first < second.
    """

    names: tuple[str, ...]
    table: bytes

    @property
    def sums(self) -> Floats:
        return np.frombuffer(self.table, "<f8").reshape(-1, 8)

    @cached_property
    def correlations(self) -> dict[tuple[str, str], float]:
        """Pearson's r by pair of names; without pairs of which one does not vary or that have less than 2 rows."""
        found = {}
        for first, second, count, _, _, left, right, product in self.sums.tolist():
            if count > 1 and left > 0 and right > 0:
                r = product / (math.sqrt(left) * math.sqrt(right))
                found[self.names[int(first)], self.names[int(second)]] = max(-1.0, min(1.0, r))
        return found


def of_arrays(columns: Sequence[tuple[str, pa.Array]]) -> Pairs | None:
    """Pairs of numeric columns of equal length, taken block by block."""
    columns = sorted(columns, key=lambda column: column[0])
    names = [name for name, _ in columns]
    rows = len(columns[0][1]) if columns else 0
    parts = []
    for start in range(0, rows, BLOCK):
        blocks = [_floats(array.slice(start, BLOCK)) for _, array in columns]
        if part := of_columns(names, np.stack(blocks), np.isfinite(blocks)):
            parts.append(part)
    return add(parts)


def _floats(array: pa.Array) -> Floats:
    """Numbers as float64, null as NaN."""
    if pa.types.is_decimal(array.type):
        array = array.cast(pa.float64())
    found: Floats = array.to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
    return found


def of_columns(names: Sequence[str], values: Floats, present: npt.NDArray[np.bool_]) -> Pairs | None:
    """Pairs of a block: `values` and `present` are (columns, rows); values not present are ignored."""
    size = len(names)
    if size < 2 or not values.shape[1]:
        return None
    if present.all():
        return _of_whole(tuple(names), values)
    mask = present.astype(np.float64)
    counts_of = mask.sum(axis=1)
    with np.errstate(all="ignore"):
        centre = np.where(present, values, 0.0).sum(axis=1) / np.maximum(counts_of, 1)
        shifted = np.where(present, values - centre[:, None], 0.0)
        counts = mask @ mask.T
        sums = shifted @ mask.T  # of the row's column, over rows that have both
        squares = (shifted * shifted) @ mask.T
        products = shifted @ shifted.T
        first, second = np.triu_indices(size, 1)
        n = counts[first, second]
        safe = np.maximum(n, 1)
        a, b = sums[first, second] / safe, sums[second, first] / safe
        rows = np.stack(
            [
                first.astype(np.float64),
                second.astype(np.float64),
                n,
                a + centre[first],
                b + centre[second],
                np.maximum(squares[first, second] - n * a * a, 0),
                np.maximum(squares[second, first] - n * b * b, 0),
                products[first, second] - n * a * b,
            ],
            axis=1,
        )
    return _pairs(tuple(names), rows[n > 0])


def _of_whole(names: tuple[str, ...], values: Floats) -> Pairs:
    """Pairs of a block without gaps."""
    with np.errstate(all="ignore"):
        means = values.mean(axis=1)
        shifted = values - means[:, None]
        products = shifted @ shifted.T
        first, second = np.triu_indices(len(names), 1)
        squares = np.diagonal(products)
        rows = np.stack(
            [
                first.astype(np.float64),
                second.astype(np.float64),
                np.full(len(first), float(values.shape[1])),
                means[first],
                means[second],
                squares[first],
                squares[second],
                products[first, second],
            ],
            axis=1,
        )
    return _pairs(names, rows)


def add(parts: Sequence[Pairs]) -> Pairs | None:
    """All parts as one (Chan's formula over pairs of the same names)."""
    if len(parts) < 2:
        return parts[0] if parts else None
    names = tuple(sorted({name for part in parts for name in part.names}))
    rows = np.concatenate([_renamed(part, names) for part in parts])
    keys, where = np.unique(rows[:, 0] * len(names) + rows[:, 1], return_inverse=True)
    size = len(keys)

    def total(values: Floats) -> Floats:
        return np.bincount(where, values, size).astype(np.float64)

    _, _, n, a, b, left, right, product = rows.T
    with np.errstate(all="ignore"):
        count = total(n)
        mean_a, mean_b = total(n * a) / count, total(n * b) / count
        da, db = a - mean_a[where], b - mean_b[where]
        merged = np.stack(
            [
                keys // len(names),
                keys % len(names),
                count,
                mean_a,
                mean_b,
                total(left + n * da * da),
                total(right + n * db * db),
                total(product + n * da * db),
            ],
            axis=1,
        )
    return _pairs(names, merged)


def _renamed(part: Pairs, names: tuple[str, ...]) -> Floats:
    """The rows with the places of `names`, the smaller one first."""
    places = np.array([names.index(name) for name in part.names], np.float64)
    rows = part.sums.copy()
    if not len(rows):
        return rows
    first, second = places[rows[:, 0].astype(int)], places[rows[:, 1].astype(int)]
    rows[:, 0], rows[:, 1] = first, second
    swapped = first > second
    rows[swapped] = rows[swapped][:, [1, 0, 2, 4, 3, 6, 5, 7]]
    return rows


def _pairs(names: tuple[str, ...], rows: Floats) -> Pairs:
    return Pairs(names, rows.astype("<f8").tobytes())
