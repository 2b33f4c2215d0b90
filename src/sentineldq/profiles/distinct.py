"""Distinct values: the HyperLogLog sketch of Apache DataSketches, built in bulk.

The bytes are the library's `HLL_8` (lg k = 12), the hash its MurmurHash3 with seed 9001, so that a union with
sketches of other languages counts right. Flajolet et al. (2007); Lang: Back to the Future (arXiv 1708.06839).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from functools import cached_property

import datasketches
import msgspec
import numpy as np
import numpy.typing as npt

LG_K = 12
"""4,096 registers: a relative standard error of 1.6 %."""

SLOTS = 1 << LG_K
SPARSE = 3 * SLOTS // 32
"""Coupons kept as such; above, registers: where the library changes over, too."""

_HEAD = 40
_EMPTY = bytes((2, 1, 7, LG_K, 3, 12, 0, 8))
_OUT_OF_ORDER, _COMPACT = 16, 8
_LISTED = 8
_RANK = 26
_KEY = np.uint32((1 << _RANK) - 1)

Coupons = npt.NDArray[np.uint32]
Registers = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]


class Distinct(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """Sketches of parts of the data, united when they are first asked."""

    parts: tuple[bytes, ...]

    @cached_property
    def image(self) -> bytes:
        """The sketch as DataSketches writes it (HLL_8, compact)."""
        if len(self.parts) == 1:
            return self.parts[0]
        union = Union()
        union.take_images(self.parts)
        return union.image()

    @cached_property
    def _sketch(self) -> datasketches.hll_sketch:
        return datasketches.hll_sketch.deserialize(self.image)

    @cached_property
    def estimate(self) -> float:
        return float(self._sketch.get_estimate())

    @property
    def low(self) -> float:
        """Lower bound, 95 %."""
        return float(self._sketch.get_lower_bound(2))

    @property
    def high(self) -> float:
        """Upper bound, 95 %."""
        return float(self._sketch.get_upper_bound(2))


def of_image(image: bytes) -> Distinct:
    """What a sketch of DataSketches has counted."""
    return Distinct((image,))


def add(parts: Sequence[Distinct]) -> Distinct | None:
    """All parts as one; None of none."""
    images = tuple(image for part in parts for image in part.parts)
    return Distinct(images) if images else None


class Union:
    """What is distinct in everything taken: coupons while they are few, then registers."""

    def __init__(self) -> None:
        self._coupons: Coupons = np.empty(0, np.uint32)
        self._registers: Registers | None = None

    def take(self, coupons: Coupons) -> None:
        """Coupons of values: register number in the low 26 bits, its rank above them."""
        if self._registers is None:
            if not _many(coupons):
                self._coupons = np.unique(np.concatenate([self._coupons, coupons]))
                if len(self._coupons) <= SPARSE:
                    return
                coupons = np.empty(0, np.uint32)
            self._registers = np.zeros(SLOTS, np.uint8)
            _raise(self._registers, self._coupons)
        _raise(self._registers, coupons)

    def take_hashes(self, low: Words, high: Words) -> None:
        """128-bit hashes of values; those whose rank is no higher than any register's are left at once."""
        floor = int(self._registers.min()) if self._registers is not None else 0
        if floor:
            chosen = np.flatnonzero(high < np.uint64(1 << (64 - floor)))
            low, high = low[chosen], high[chosen]
        self.take(coupons_of(low, high))

    def take_images(self, images: Iterable[bytes]) -> None:
        """Sketches of DataSketches: lg k = 12, lists, sets or HLL_8; others are brought to that form first."""
        images = [image if _ours(image) else _brought(image) for image in images]
        dense = [image for image in images if image[7] & 3 == 2]
        if dense:
            if self._registers is None:
                self._registers = np.zeros(SLOTS, np.uint8)
                _raise(self._registers, self._coupons)
            whole = np.frombuffer(b"".join(dense), np.uint8).reshape(len(dense), _HEAD + SLOTS)
            np.maximum(self._registers, whole[:, _HEAD:].max(axis=0), out=self._registers)
        sparse = [_coupons_in(image) for image in images if image[7] & 3 != 2]
        if sparse:
            self.take(np.concatenate(sparse))

    def image(self) -> bytes:
        """The sketch as DataSketches writes it."""
        return _sparse(self._coupons) if self._registers is None else _dense(self._registers)

    def done(self) -> Distinct:
        return of_image(self.image())


def coupons_of(low: Words, high: Words) -> Coupons:
    """Coupons of 128-bit hashes: 26 bits of the low word, leading zeros of the high word + 1 (63 at most)."""
    ranks = np.minimum(_leading_zeros(high), 62) + 1
    return (low.astype(np.uint32) & _KEY) | (ranks.astype(np.uint32) << np.uint32(_RANK))


def _leading_zeros(words: Words) -> npt.NDArray[np.int64]:
    # the exponent of a float is the place of the highest bit; low bits are cut so that nothing rounds up to it
    upper = words & ~(words >> np.uint64(1))
    exponents: npt.NDArray[np.int64] = (upper.astype(np.float64).view(np.int64) >> 52) - 1023
    return np.where(words == 0, 64, 63 - exponents)


def _many(coupons: Coupons) -> bool:
    """Whether coupons are of more registers than are kept as coupons: seen at a fraction of the cost of a sort."""
    if len(coupons) <= SPARSE:
        return False
    taken = np.zeros(SLOTS, np.bool_)
    taken[coupons & np.uint32(SLOTS - 1)] = True
    return int(np.count_nonzero(taken)) > SPARSE


def _raise(registers: Registers, coupons: Coupons) -> None:
    """Raise registers to the ranks of coupons; nearly all coupons raise none, and are left at once."""
    slots = coupons & np.uint32(SLOTS - 1)
    ranks = (coupons >> np.uint32(_RANK)).astype(np.uint8)
    higher = ranks > registers[slots]
    if higher.any():
        np.maximum.at(registers, slots[higher], ranks[higher])


def _ours(image: bytes) -> bool:
    return image[3] == LG_K and (
        image[7] & 3 != 2 or (image[7] >> 2 & 3 == 2 and len(image) == _HEAD + SLOTS)
    )


def _brought(image: bytes) -> bytes:
    union = datasketches.hll_union(LG_K)
    union.update(datasketches.hll_sketch.deserialize(image))
    return bytes(union.get_result(datasketches.tgt_hll_type.HLL_8).serialize_compact())


def _coupons_in(image: bytes) -> Coupons:
    if image[5] & 4:
        return np.empty(0, np.uint32)
    found: Coupons = np.frombuffer(image, np.uint32, offset=4 * image[0])
    kept: Coupons = found[found != 0]
    return kept


def _sparse(coupons: Coupons) -> bytes:
    if not len(coupons):
        return _EMPTY
    body = coupons.astype("<u4").tobytes()
    if len(coupons) <= _LISTED:
        return bytes((2, 1, 7, LG_K, 3, _COMPACT, len(coupons), 8)) + body
    lg_size = max(5, int(np.ceil(np.log2(len(coupons) * 4 / 3))))
    return bytes((3, 1, 7, LG_K, lg_size, _COMPACT, 0, 9)) + struct.pack("<i", len(coupons)) + body


def _dense(registers: Registers) -> bytes:
    shares = np.ldexp(1.0, -registers.astype(np.int32))
    small = registers < 32
    head = struct.pack(
        "<8B3d2i",
        *(10, 1, 7, LG_K, 0, _COMPACT | _OUT_OF_ORDER, 0, 10),
        *(0.0, float(shares[small].sum()), float(shares[~small].sum())),
        *(int((registers == 0).sum()), 0),
    )
    return head + registers.tobytes()
