"""Distinct keys: of one column its own sketch, of several a sketch of their hashes mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sentineldq.profiles import murmur
from sentineldq.profiles.distinct import Distinct, Union
from sentineldq.profiles.gather import Gather
from sentineldq.profiles.text import layout

_PRIME = np.uint64(0x9E3779B97F4A7C15)
BLOCK = 1 << 14

Words = npt.NDArray[np.uint64]


class Keys:
    """The key of a dataset. Rows with a null in it have no key."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = tuple(columns)
        self._union = Union()
        self._keyed = 0

    def take(self, batch: pa.RecordBatch) -> None:
        """The keys of a chunk; nothing where it lacks a column of the key."""
        if len(self._columns) < 2 or any(name not in batch.schema.names for name in self._columns):
            return
        arrays = [batch.column(name) for name in self._columns]
        whole = np.ones(batch.num_rows, np.bool_)
        for array in arrays:
            if array.null_count:
                whole &= array.is_valid().to_numpy(zero_copy_only=False)
        if not whole.all():
            arrays = [array.filter(pa.array(whole)) for array in arrays]
        self._keyed += len(arrays[0])
        for start in range(0, len(arrays[0]), BLOCK):
            mixed = np.zeros(len(arrays[0][start : start + BLOCK]), np.uint64)
            for array in arrays:
                mixed = mixed * _PRIME + _hashes(array[start : start + BLOCK])
            self._union.take_hashes(*murmur.of_words(mixed))

    def done(self, columns: Mapping[str, Gather]) -> tuple[Distinct | None, int]:
        """The distinct keys, and the rows that have one; None without a key."""
        if len(self._columns) == 1:
            found = columns.get(self._columns[0])
            return (found.union.done(), found.rows - found.nulls) if found else (None, 0)
        return (self._union.done(), self._keyed) if self._columns else (None, 0)


def _hashes(array: pa.Array) -> Words:
    """The low word of each value's hash: of its 8 bytes, else of its text."""
    kind = array.type
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        numbers = array.cast(pa.uint64() if kind == pa.uint64() else pa.int64()).to_numpy(
            zero_copy_only=False
        )
        return murmur.of_words(numbers.view(np.uint64))[0]
    if pa.types.is_temporal(kind) and not pa.types.is_time32(kind) and not pa.types.is_date32(kind):
        return murmur.of_words(array.view(pa.int64()).to_numpy(zero_copy_only=False).view(np.uint64))[0]
    texts = array if pa.types.is_large_string(kind) else pc.cast(array, pa.large_string())
    return murmur.of_texts(*layout(texts))[0]
