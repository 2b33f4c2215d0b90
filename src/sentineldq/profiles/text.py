"""Texts, binaries and lists of a chunk."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sentineldq.profiles import murmur, patterns
from sentineldq.profiles.counted import few
from sentineldq.profiles.gather import Gather
from sentineldq.profiles.murmur import Bytes, Integers
from sentineldq.profiles.number import BLOCK, crowd

LONGEST_SHOWN = 256
"""Characters of a text that is kept as least, greatest or frequent value; longer ones are cut."""


def take_list(gather: Gather, values: pa.Array) -> None:
    """Lists without nulls: how long they are; their members are a column of their own."""
    gather.widen("list")
    gather.types["array"] += len(values)
    lengths = pc.list_value_length(values).to_numpy(zero_copy_only=False).astype(np.int64)
    gather.empties += int((lengths == 0).sum())
    _lengths(gather, lengths, None)


def take_binary(gather: Gather, values: pa.Array) -> None:
    """Binaries without nulls: lengths in bytes, and how many distinct ones."""
    gather.widen("binary")
    gather.types["binary"] += len(values)
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    data, starts, lengths = layout(values.cast(pa.large_binary()))
    gather.empties += int((lengths == 0).sum())
    _lengths(gather, lengths, None)
    _hash(gather, data, starts, lengths)


def take_text(gather: Gather, values: pa.Array) -> None:
    """Texts without nulls."""
    gather.widen("text")
    gather.types["string"] += len(values)
    counted = few(values)
    values, counts = (values, None) if counted is None else counted
    values = _plain(values)
    data, starts, lengths = layout(values)
    ascii_ = not (data & 0x80).any()
    sizes = lengths if ascii_ else pc.utf8_length(values).to_numpy(zero_copy_only=False).astype(np.int64)
    _lengths(gather, sizes, counts)
    gather.empties += _empties(values, data, starts, lengths, counts)
    lows = _hash(gather, data, starts, lengths)
    if gather.hidden or not len(values):
        return
    bounds = pc.min_max(values)
    gather.bound("text", _shown(bounds["min"].as_py()), _shown(bounds["max"].as_py()))
    if counts is None:
        crowd(gather, lows, values, _texts)
    else:
        gather.tally.take(counts, lambda places: _texts(values.take(pa.array(places))))
    _shapes(gather, values, (data, starts, lengths), counts)


def layout(values: pa.Array) -> tuple[Bytes, Integers, Integers]:
    """The bytes of all texts, and where each starts and how long it is; PADDING bytes follow."""
    _, offsets, data = values.buffers()
    wide = np.int64 if str(values.type).startswith("large") else np.int32
    if offsets is None or not len(values):
        return np.zeros(murmur.PADDING, np.uint8), np.empty(0, np.int64), np.empty(0, np.int64)
    ends = np.frombuffer(offsets, wide)[values.offset : values.offset + len(values) + 1].astype(np.int64)
    first, last = int(ends[0]), int(ends[-1])
    if data is None:
        return np.zeros(murmur.PADDING, np.uint8), np.zeros(len(values), np.int64), np.diff(ends)
    if data.size - last >= murmur.PADDING:
        return (
            np.frombuffer(data, np.uint8, last - first + murmur.PADDING, first),
            ends[:-1] - first,
            np.diff(ends),
        )
    padded = np.zeros(last - first + murmur.PADDING, np.uint8)
    padded[: last - first] = np.frombuffer(data, np.uint8, last - first, first)
    return padded, ends[:-1] - first, np.diff(ends)


def _plain(values: pa.Array) -> pa.Array:
    """Texts as one buffer of characters with offsets."""
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return values
    return values.cast(pa.large_string())


def _lengths(gather: Gather, sizes: Integers, counts: Integers | None) -> None:
    """Lengths are few, so that they are counted before they are summed."""
    if not len(sizes):
        return
    if int(sizes.max()) < max(1024, len(sizes)):
        found = np.bincount(sizes, counts).astype(np.int64)
        lengths = np.flatnonzero(found)
        gather.lengths.weigh(lengths.astype(np.float64), found[lengths])
    elif counts is None:
        gather.lengths.take(sizes.astype(np.float64))
    else:
        gather.lengths.weigh(sizes.astype(np.float64), counts)


def _empties(
    values: pa.Array, data: Bytes, starts: Integers, lengths: Integers, counts: Integers | None
) -> int:
    """Texts that are empty or all blanks: of those that are not empty only such are read that begin with one."""
    ones = np.ones(len(lengths), np.int64) if counts is None else counts
    empty = lengths == 0
    found = int(ones[empty].sum())
    firsts = data[starts]
    doubtful = np.flatnonzero(~empty & ((firsts <= 32) | (firsts >= 0x80)))
    if len(doubtful):
        blank = pc.equal(pc.utf8_trim_whitespace(values.take(pa.array(doubtful))), "")
        found += int(ones[doubtful[blank.to_numpy(zero_copy_only=False)]].sum())
    return found


def _hash(gather: Gather, data: Bytes, starts: Integers, lengths: Integers) -> npt.NDArray[np.uint16]:
    """Hash all texts but empty ones, which DataSketches leaves out; the low 16 bits of the hashes."""
    lows = np.zeros(len(starts), np.uint16)
    for start in range(0, len(starts), BLOCK):
        part = slice(start, start + BLOCK)
        low, high = murmur.of_texts(data, starts[part], lengths[part])
        lows[part] = low.astype(np.uint16)
        if (full := lengths[part] > 0).all():
            gather.union.take_hashes(low, high)
        else:
            gather.union.take_hashes(low[full], high[full])
    return lows


def _shapes(
    gather: Gather, values: pa.Array, places: tuple[Bytes, Integers, Integers], counts: Integers | None
) -> None:
    """Patterns and words, of a sample where there are many texts."""
    data, starts, lengths = places
    rows, weights, sampled = _sample(len(starts), counts)
    starts, lengths = starts[rows], lengths[rows]
    seen, inside = patterns.heads(data, starts, lengths)
    gather.patterns.add(patterns.tallied(patterns.shapes(seen, inside), weights, sampled=sampled))
    if not patterns.is_prose(seen, inside, lengths):
        return
    step = max(1, len(rows) // patterns.READ)
    read = rows[::step]
    texts = values.take(pa.array(read)).to_pylist()
    gather.words.add(patterns.words(texts, weights[::step] * step, sampled=sampled or step > 1))


def _sample(size: int, counts: Integers | None) -> tuple[npt.NDArray[np.intp], Integers, bool]:
    """Places to look at, how many values each stands for, and whether some were left out.

    Of weighted values, those at evenly spaced ranks.
    """
    if size <= patterns.SAMPLE:
        weights = np.ones(size, np.int64) if counts is None else counts
        return np.arange(size), weights, False
    total = size if counts is None else int(counts.sum())
    ranks = (np.arange(patterns.SAMPLE) * total) // patterns.SAMPLE
    weights = np.diff(np.append(ranks, total))
    places = ranks if counts is None else np.searchsorted(np.cumsum(counts), ranks, side="right")
    return places, weights, True


def _texts(values: pa.Array) -> list[str]:
    return [_shown(value) for value in values.to_pylist()]


def _shown(value: str) -> str:
    return value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 1] + "…"
