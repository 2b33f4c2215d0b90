"""The shape of texts: classes of characters, and the words of prose."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sentineldq.profiles.frequent import Counts, counted
from sentineldq.profiles.murmur import Bytes, Integers

SEEN = 64
"""Bytes of a text that its pattern is made of."""

RUN = 4
"""Characters of one class in a row that are written out; more are written once with a `+`."""

SAMPLE = 1024
"""Texts looked at in a chunk with more distinct ones: evenly spaced, each standing for those around it."""

READ = 512
"""Texts, and characters of each, that are read for words."""

PROSE = 3
"""Blanks that half of the texts must have, for the column to be prose."""

_DOUBT = 2.58 / 2  # 99 %, of a share of one half: the widest there is

_WORD = re.compile(r"\w+")


def _classes() -> Bytes:
    table = np.arange(256, dtype=np.uint8)
    table[ord("A") : ord("Z") + 1] = ord("A")
    table[ord("a") : ord("z") + 1] = ord("a")
    table[ord("0") : ord("9") + 1] = ord("9")
    table[9:14] = ord(" ")
    table[0x80:] = ord("u")
    return table


_CLASSES = _classes()


def shapes(data: Bytes, starts: Integers, lengths: Integers) -> pa.Array:
    """The pattern of each text: `A` upper case, `a` lower case, `9` digits, `u` beyond ASCII, others themselves."""
    sizes = np.minimum(lengths, SEEN)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    firsts = np.cumsum(sizes) - sizes
    places = np.arange(int(sizes.sum())) - firsts[rows] + starts[rows]
    found = data[places]
    whole = (found & 0xC0) != 0x80  # of a character beyond ASCII the first byte alone counts
    classes, rows = _CLASSES[found[whole]], rows[whole]
    begins = np.ones(len(classes), np.bool_)
    begins[1:] = (classes[1:] != classes[:-1]) | (rows[1:] != rows[:-1])
    begin = np.flatnonzero(begins)
    runs = np.diff(np.append(begin, len(classes)))
    long = runs > RUN
    widths = np.where(long, 2, runs)
    written = np.repeat(classes[begin], widths)
    written[(np.cumsum(widths) - 1)[long]] = ord("+")
    totals = np.bincount(rows[begin], widths, len(sizes)).astype(np.int32)
    offsets = np.concatenate([[0], np.cumsum(totals, dtype=np.int32)]).astype(np.int32)
    buffers = [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(written.tobytes())]
    return pa.StringArray.from_buffers(len(sizes), buffers[1], buffers[2])


def tallied(values: pa.Array, weights: Integers, *, sampled: bool) -> Counts:
    """Counts of texts that stand for `weights` values each; of a sample with the doubt it leaves (99 %)."""
    coded = values.dictionary_encode()
    counts = np.bincount(coded.indices.to_numpy(zero_copy_only=False), weights, len(coded.dictionary)).astype(
        np.int64
    )
    total = int(counts.sum())
    doubt = int(np.ceil(total * _DOUBT / np.sqrt(len(values)))) if sampled and len(values) else 0
    over = [doubt] * len(counts) if doubt else []
    return counted(total, doubt, coded.dictionary.to_pylist(), counts.tolist(), over)


def is_prose(data: Bytes, starts: Integers, lengths: Integers) -> bool:
    """Whether half of the texts have the blanks of a sentence in their first SEEN bytes."""
    if not len(starts) or np.median(lengths) < 2 * PROSE + 1:
        return False
    sizes = np.minimum(lengths, SEEN)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    places = np.arange(int(sizes.sum())) - (np.cumsum(sizes) - sizes)[rows] + starts[rows]
    blanks = np.bincount(rows[data[places] == ord(" ")], minlength=len(sizes))
    return bool(np.median(blanks) >= PROSE)


def words(texts: list[str], weights: npt.NDArray[np.int64], *, sampled: bool) -> Counts:
    """Words in lower case, of texts that stand for `weights` values each."""
    found: Counter[str] = Counter()
    for text, weight in zip(texts, weights.tolist(), strict=True):
        for word in _WORD.findall(text[:READ].lower()):
            found[word] += weight
    total = found.total()
    doubt = int(np.ceil(total * _DOUBT / np.sqrt(len(texts)))) if sampled and texts else 0
    over = [doubt] * len(found) if doubt else []
    return counted(total, doubt, list(found), list(found.values()), over)
