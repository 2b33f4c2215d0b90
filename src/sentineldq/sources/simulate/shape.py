"""What a shape of simulated data is: blocks of records, and the facts that faults need to know about them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar

from sentineldq.sources.simulate.chance import seeded
from sentineldq.sources.simulate.clock import Clock

BLOCK = 1000
"""Records are made a block at a time, each block from its own random numbers: reading on costs one block at most."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Records in their order: bytes of one JSON document, epoch seconds, and the value that `only` is compared with."""

    records: list[bytes]
    times: list[float]
    kinds: list[str]


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """A value that no sensible contract lets pass in a field; `only` where the field means this only in some kinds."""

    field: str
    value: Any
    only: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Which fields matter. `required` must be there, not null and of their type; `time` is when it happened.

    key: what names a record. kind: the field that `only` and `new_type` are about. new_kind: one nobody knows; `{}` in
    it is the one before, where the kind is part of the key. paced: whether a rate decides when records come, so that
    their volume can be changed. own: the fields that a record keeps when it takes all others from another
    one; none where a record hangs together with others, so that it cannot.
    """

    key: tuple[str, ...]
    required: tuple[str, ...]
    wrong: tuple[Wrong, ...]
    time: str | None = None
    kind: str | None = None
    new_kind: str = ""
    paced: bool = True
    own: tuple[str, ...] = ()


class Shape(ABC):
    """Records by block; the same block is the same bytes, always."""

    facts: ClassVar[Facts]
    clock: Clock

    def __init__(self, *, seed: int, clock: Clock) -> None:
        self.seed = seed
        self.clock = clock

    @abstractmethod
    def block(self, number: int) -> Block:
        """The block with this number, from 0; it has `BLOCK` records."""

    def position(self, time: float) -> int:
        """Number of the first record that is not before this time."""
        return self.clock.position(time)

    def random(self, *about: object) -> Random:
        """Random numbers of their own for each subject; the same for the same seed."""
        return seeded(self.seed, *about)
