"""Distinct values of a chunk with their counts, where there are few of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

SMALL = 2048
"""Values of a chunk that are always counted one by one."""

SAMPLE = 1024
"""Values looked at to tell whether a chunk has few distinct ones: fewer than half of these."""

Integers = npt.NDArray[np.int64]


def few(values: pa.Array) -> tuple[pa.Array, Integers] | None:
    """Distinct values and their counts, without nulls; None where there are many."""
    if pa.types.is_dictionary(values.type):
        return _coded(values)
    if len(values) > SMALL:
        sample = values.take(pa.array(np.linspace(0, len(values) - 1, SAMPLE).astype(np.int64)))
        if pc.count_distinct(sample).as_py() >= SAMPLE // 2:
            return None
    if pa.types.is_integer(values.type) and (dense := _dense(values)) is not None:
        return dense
    found = pc.value_counts(values)
    return found.field(0), found.field(1).to_numpy()


def _dense(values: pa.Array) -> tuple[pa.Array, Integers] | None:
    """Integers within a narrow span: counted by their distance from the least."""
    if len(values) <= SMALL:
        return None
    bounds = pc.min_max(values)
    low, high = bounds["min"].as_py(), bounds["max"].as_py()
    if high - low >= len(values) // 4 or high > np.iinfo(np.int64).max:
        return None
    numbers = values.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)  # narrow ones would overflow
    counts = np.bincount(numbers - low, minlength=high - low + 1)
    places = np.flatnonzero(counts)
    return pa.array(places + low, pa.int64()).cast(values.type), counts[places]


def _coded(values: pa.DictionaryArray) -> tuple[pa.Array, Integers]:
    """What is dictionary-encoded is counted already, but for entries that occur twice in the dictionary."""
    codes = values.indices.drop_null().to_numpy(zero_copy_only=False)
    counts = np.bincount(codes.astype(np.int64, copy=False), minlength=len(values.dictionary))
    used = np.flatnonzero(counts)
    entries = values.dictionary.take(pa.array(used))
    counts = counts[used]
    if entries.null_count:
        valid = entries.is_valid().to_numpy(zero_copy_only=False)
        entries, counts = entries.drop_null(), counts[valid]
    coded = entries.dictionary_encode()
    if len(coded.dictionary) == len(entries):
        return entries, counts
    codes = coded.indices.to_numpy()
    return coded.dictionary, np.bincount(codes, counts, len(coded.dictionary)).astype(np.int64)
