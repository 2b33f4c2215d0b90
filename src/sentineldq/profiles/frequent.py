"""Frequent values with bounds that hold.

Every kept value has the count that is certain and how much more it may be; whatever is not kept occurs at most
`unseen` times. Merging adds what is certain, and adds the other part's `unseen` to what may be; the smallest are
let go. These are the mergeable counters of SpaceSaving (Agarwal et al.: Mergeable Summaries, PODS 2012): kept to
m values, no bound exceeds a share of 1 / (m + 1) of all by more than the parts' own bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import msgspec
import numpy as np
import numpy.typing as npt

KEPT = 64
"""Values kept of a column."""


_VALUES = msgspec.msgpack.Decoder(list[str])

Integers = npt.NDArray[np.int64]


class Counts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Some values, sorted, with their counts; of any other value it is known how often it may occur at most.

    packed: MessagePack of the values. numbers: int64, little-endian: the certain counts, then what each may have
    more, unless that is nothing for all.
    """

    total: int
    unseen: int
    packed: bytes
    numbers: bytes

    @property
    def values(self) -> list[str]:
        return _VALUES.decode(self.packed)

    @property
    def counts(self) -> Integers:
        """Certain counts."""
        return self._columns()[0]

    @property
    def over(self) -> Integers:
        """What each value may have more."""
        return self._columns()[1]

    def _columns(self) -> tuple[Integers, Integers]:
        found = np.frombuffer(self.numbers, "<i8")
        size = _length(self.packed)
        counts = found[:size]
        return counts, found[size:] if len(found) > size else np.zeros(size, np.int64)


def _length(packed: bytes) -> int:
    """The length of a MessagePack array."""
    first = packed[0]
    if first < 0xDC:
        return first & 15
    return int.from_bytes(packed[1 : 3 if first == 0xDC else 5], "big")


def counted(
    total: int, unseen: int, values: Sequence[str], counts: Sequence[int], over: Sequence[int] = ()
) -> Counts:
    """Counts of distinct values in any order."""
    order = sorted(range(len(values)), key=values.__getitem__)
    numbers = [counts[at] for at in order]
    if any(over):
        numbers += [over[at] for at in order]
    packed = msgspec.msgpack.encode([values[at] for at in order])
    return Counts(total, unseen, packed, np.array(numbers, "<i8").tobytes())


class Frequent(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """The most frequent of `total` values: counts of parts of the data, added up when first asked."""

    parts: tuple[Counts, ...]
    kept: int = KEPT

    @cached_property
    def table(self) -> Counts:
        """All parts as one."""
        return self.parts[0] if len(self.parts) == 1 else join(self.parts, self.kept)

    @property
    def total(self) -> int:
        """The values looked at."""
        return sum(part.total for part in self.parts)

    @cached_property
    def error(self) -> int:
        """How much more often than `counts` says a value may occur, at most; one that is not there counts 0."""
        return max(self.table.unseen, int(self.table.over.max(initial=0)))

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Value as text -> times it certainly occurs, highest first."""
        pairs = sorted(
            zip(self.table.values, self.table.counts.tolist(), strict=True),
            key=lambda pair: (-pair[1], pair[0]),
        )
        return dict(pairs)

    @property
    def exact(self) -> bool:
        """Whether every value is in `counts`, with its true count."""
        return self.error == 0


def of_counts(counts: Mapping[str, int], *, kept: int = KEPT) -> Frequent:
    """Exact counts of all values, let go down to the `kept` most frequent."""
    whole = counted(sum(counts.values()), 0, list(counts), list(counts.values()))
    return Frequent((trim(whole, kept),), kept)


def add(parts: Sequence[Frequent]) -> Frequent | None:
    """All parts as one; None of none."""
    if not parts:
        return None
    return Frequent(tuple(table for part in parts for table in part.parts), max(part.kept for part in parts))


def join(parts: Sequence[Counts], kept: int) -> Counts:
    """Add counts up, and let go what is more than `kept`."""
    groups: dict[tuple[bytes, int], list[Counts]] = {}
    for part in parts:
        groups.setdefault((part.packed, len(part.numbers)), []).append(part)
    return trim(_of_unlike([_of_like(group) for group in groups.values()]), kept)


def _of_like(parts: Sequence[Counts]) -> Counts:
    """Parts with the same values, as most parts of a column with few of them are."""
    if len(parts) == 1:
        return parts[0]
    numbers = np.frombuffer(b"".join([part.numbers for part in parts]), "<i8").reshape(len(parts), -1)
    return Counts(
        sum([part.total for part in parts]),
        sum([part.unseen for part in parts]),
        parts[0].packed,
        numbers.sum(axis=0).astype("<i8").tobytes(),
    )


def _of_unlike(parts: Sequence[Counts]) -> Counts:
    if len(parts) == 1:
        return parts[0]
    unseen = sum(part.unseen for part in parts)
    certain: dict[str, int] = {}
    allowed: dict[str, int] = {}  # of `unseen`, what is of parts that do hold the value, less their own slack
    for part in parts:
        values = part.values
        for value, count in zip(values, part.counts.tolist(), strict=True):
            certain[value] = certain.get(value, 0) + count
        if part.unseen:
            for value, more in zip(values, part.over.tolist(), strict=True):
                allowed[value] = allowed.get(value, 0) + part.unseen - more
    over = [unseen - allowed.get(value, 0) for value in certain] if unseen else []
    return counted(sum(part.total for part in parts), unseen, list(certain), list(certain.values()), over)


def trim(table: Counts, kept: int) -> Counts:
    """The values that may occur most often; of the others, and of those told from no other, only the bound is left."""
    size = _length(table.packed)
    if size <= kept and not table.unseen:
        return table
    counts, over = table.counts, table.over
    uppers = counts + over
    order = np.argsort(-uppers, kind="stable")
    if size > kept:
        cut = int(uppers[order[kept]])
        rare = cut * 1000 <= table.total or cut == 1
        # of rare values, those as frequent as the ones let go say nothing
        chosen = order[:kept][uppers[order[:kept]] > cut] if rare else order[:kept]
        unseen = max(table.unseen, cut)
    else:
        unseen = table.unseen
        chosen = order[uppers[order] > unseen]
    if len(chosen) == size and unseen == table.unseen:
        return table
    values = table.values
    return counted(
        table.total, unseen, [values[at] for at in chosen], counts[chosen].tolist(), over[chosen].tolist()
    )
