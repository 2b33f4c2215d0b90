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

Flags = npt.NDArray[np.bool_]

_WORD = re.compile(r"\w+")


def _classes() -> bytes:
    table = np.arange(256, dtype=np.uint8)
    table[ord("A") : ord("Z") + 1] = ord("A")
    table[ord("a") : ord("z") + 1] = ord("a")
    table[ord("0") : ord("9") + 1] = ord("9")
    table[9:14] = ord(" ")
    table[0x80:] = ord("u")
    return table.tobytes()


_CLASSES = _classes()


def heads(data: Bytes, starts: Integers, lengths: Integers) -> tuple[Bytes, Flags]:
    """The first SEEN bytes of each text, a row for each, and which of them are the text's."""
    if len(data) < SEEN:
        data = np.concatenate([data, np.zeros(SEEN - len(data), np.uint8)])
    last = len(data) - SEEN
    seen = _windows(data)[np.minimum(starts, last)]
    late = np.flatnonzero(starts > last)  # fewer bytes follow than are looked at
    if len(late):
        ending = np.concatenate([data[last:], np.zeros(SEEN, np.uint8)])
        seen[late] = _windows(ending)[starts[late] - last]
    return seen, np.arange(SEEN) < lengths[:, None]


def _windows(data: Bytes) -> Bytes:
    """The SEEN bytes from each place on."""
    found: Bytes = np.ndarray((len(data) - SEEN + 1, SEEN), np.uint8, data.data, 0, (1, 1))
    return found


def shapes(seen: Bytes, inside: Flags) -> pa.Array:
    """The pattern of each text: `A` upper case, `a` lower case, `9` digits, `u` beyond ASCII, others themselves."""
    if ((seen >= 0x80) & inside).any():
        seen, inside = _characters(seen, inside)
    size = seen.size
    classes = np.frombuffer(seen.tobytes().translate(_CLASSES), np.uint8)
    again = np.zeros(size, np.bool_)  # of the class of the one before
    np.equal(classes[1:], classes[:-1], out=again[1:])
    again &= inside.reshape(-1)
    again[::SEEN] = False
    twice = again[1:] & again[:-1]
    fifth = np.zeros(size + 3, np.bool_)  # in a run at its fifth place, or a later one
    np.logical_and(twice[3:], twice[1:-2], out=fifth[4:size])
    kept = inside.reshape(-1) & ~(fifth[:size] | fifth[1:-2] | fifth[2:-1])  # of a long run the first two
    written = np.array(classes)
    written[np.flatnonzero(fifth[3:])] = ord("+")  # places, as masks of no order are five times slower
    written = written.compress(kept)
    widths = np.count_nonzero(kept.reshape(seen.shape), axis=1)
    offsets = np.concatenate([[0], np.cumsum(widths)]).astype(np.int32)
    return pa.StringArray.from_buffers(
        len(seen),
        pa.py_buffer(offsets.tobytes()),
        pa.py_buffer(written.tobytes()),
    )


def _characters(seen: Bytes, inside: Flags) -> tuple[Bytes, Flags]:
    """Of characters beyond ASCII the first byte alone."""
    whole = inside & ((seen & 0xC0) != 0x80)
    kept = np.arange(SEEN) < np.count_nonzero(whole, axis=1)[:, None]
    found = np.zeros_like(seen)
    found[kept] = seen[whole]
    return found, kept


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


def is_prose(seen: Bytes, inside: Flags, lengths: Integers) -> bool:
    """Whether half of the texts have the blanks of a sentence in their first SEEN bytes."""
    blank = (seen == ord(" ")) & inside
    if 2 * np.count_nonzero(blank) < PROSE * len(seen) or not len(seen):
        return False
    if np.median(lengths) < 2 * PROSE + 1:
        return False
    return bool(np.median(np.count_nonzero(blank, axis=1)) >= PROSE)


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
