"""MurmurHash3 x64 128 with seed 9001 over whole columns: what DataSketches feeds its sketches with.

Appleby's public-domain MurmurHash3; all arithmetic is modulo 2^64. Inputs are little-endian words.
"""

from __future__ import annotations

import datasketches
import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

SEED = np.uint64(9001)
PADDING = 16
"""Bytes that must follow the last text of a buffer, since words are read whole."""

LONGEST = 4096
"""Bytes of a text that is hashed with its column; longer ones are handed to the library one by one."""

_C1, _C2 = np.uint64(0x87C37B91114253D5), np.uint64(0x4CF5AD432745937F)
_F1, _F2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_N1, _N2 = np.uint64(0x52DCE729), np.uint64(0x38495AB5)
_FIVE, _33 = np.uint64(5), np.uint64(33)
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)


def of_words(words: Words) -> tuple[Words, Words]:
    """Hashes (low and high word) of values of 8 bytes: int64, or float64 with -0.0 and NaN made canonical."""
    low = _scrambled(words, _C1, 31, _C2)
    low ^= SEED ^ np.uint64(8)
    return _finished(low, SEED ^ np.uint64(8))


def of_texts(data: Bytes, starts: Integers, lengths: Integers) -> tuple[Words, Words]:
    """Hashes of texts in one buffer, which goes on for PADDING bytes after the last of them."""
    low = np.full(len(starts), SEED, np.uint64)
    high = low.copy()
    blocks = lengths >> 4
    most = int(blocks.max(initial=0))
    if most > LONGEST // 16:
        return _with_long(data, starts, lengths)
    for block in range(most):
        rows = slice(None) if (full := bool((blocks > block).all())) else np.flatnonzero(blocks > block)
        at = starts + 16 * block if full else starts[rows] + 16 * block
        low[rows], high[rows] = _mixed(low[rows], high[rows], _words(data, at), _words(data, at + 8))
    tails = lengths & 15
    at = starts + (lengths - tails)
    upper = tails > 8
    if upper.any():
        rows = slice(None) if upper.all() else np.flatnonzero(upper)
        words = _words(data, at[rows] + 8) & _MASKS[tails[rows] - 8]
        high[rows] ^= _scrambled(words, _C2, 33, _C1)
    low ^= _scrambled(_words(data, at) & _MASKS[np.minimum(tails, 8)], _C1, 31, _C2)
    sizes = lengths.astype(np.uint64)
    low ^= sizes
    high ^= sizes
    return _finished(low, high)


def _words(data: Bytes, at: Integers) -> Words:
    """The 8 bytes from each place on."""
    every: Words = np.ndarray((len(data) - 7,), np.dtype("<u8"), data.data, 0, (1,))
    found: Words = every[at]
    return found


def _with_long(data: Bytes, starts: Integers, lengths: Integers) -> tuple[Words, Words]:
    low, high = np.empty(len(starts), np.uint64), np.empty(len(starts), np.uint64)
    short = lengths < LONGEST
    low[short], high[short] = of_texts(data, starts[short], lengths[short])
    for row in np.flatnonzero(~short):
        start = int(starts[row])
        sketch = datasketches.hll_sketch(12)
        sketch.update(data[start : start + int(lengths[row])].tobytes().decode("utf-8", "replace"))
        coupon = int.from_bytes(sketch.serialize_compact()[8:12], "little")
        # of the hash, that which its coupon tells: the register and the leading zeros
        low[row], high[row] = coupon & 0x3FFFFFF, 1 << (64 - (coupon >> 26))
    return low, high


def _mixed(low: Words, high: Words, first: Words, second: Words) -> tuple[Words, Words]:
    """One block of 16 bytes."""
    low = low ^ _scrambled(first, _C1, 31, _C2)
    low = _rotated(low, 27)
    low += high
    low *= _FIVE
    low += _N1
    high = high ^ _scrambled(second, _C2, 33, _C1)
    high = _rotated(high, 31)
    high += low
    high *= _FIVE
    high += _N2
    return low, high


def _scrambled(words: Words, before: np.uint64, turn: int, after: np.uint64) -> Words:
    turned = _rotated(words * before, turn)
    turned *= after
    return turned


def _rotated(words: Words, turn: int) -> Words:
    """Rotated to the left; `words` is used up."""
    left = words << np.uint64(turn)
    words >>= np.uint64(64 - turn)
    left |= words
    return left


def _finished(low: Words, high: Words | np.uint64) -> tuple[Words, Words]:
    low += high
    upper = low + high
    _avalanche(low)
    _avalanche(upper)
    low += upper
    upper += low
    return low, upper


def _avalanche(words: Words) -> None:
    spare = words >> _33
    words ^= spare
    words *= _F1
    np.right_shift(words, _33, out=spare)
    words ^= spare
    words *= _F2
    np.right_shift(words, _33, out=spare)
    words ^= spare
