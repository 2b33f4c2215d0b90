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

KEPT = 64
"""Values kept of a column."""


class Counts(msgspec.Struct, frozen=True, array_like=True):
    """values, their certain counts, what they may have more (empty: nothing), and what any other value may have."""

    total: int
    unseen: int
    values: list[str]
    counts: list[int]
    over: list[int]


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
        return max([self.table.unseen, *self.table.over])

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Value as text -> times it certainly occurs, highest first."""
        pairs = sorted(
            zip(self.table.values, self.table.counts, strict=True), key=lambda pair: (-pair[1], pair[0])
        )
        return dict(pairs)

    @property
    def exact(self) -> bool:
        """Whether every value is in `counts`, with its true count."""
        return self.error == 0


def of_counts(counts: Mapping[str, int], *, kept: int = KEPT) -> Frequent:
    """Exact counts of all values, let go down to the `kept` most frequent."""
    whole = Counts(sum(counts.values()), 0, list(counts), list(counts.values()), [])
    return Frequent((trim(whole, kept),), kept)


def add(parts: Sequence[Frequent]) -> Frequent | None:
    """All parts as one; None of none."""
    if not parts:
        return None
    return Frequent(tuple(table for part in parts for table in part.parts), max(part.kept for part in parts))


def join(parts: Sequence[Counts], kept: int) -> Counts:
    """Add counts up, and let go what is more than `kept`."""
    unseen = sum(part.unseen for part in parts)
    certain: dict[str, int] = {}
    allowed: dict[
        str, int
    ] = {}  # of the unseen, what belongs to parts that do hold the value, less their own slack
    get = certain.get
    for part in parts:
        for value, count in zip(part.values, part.counts, strict=True):
            certain[value] = get(value, 0) + count
        if part.unseen:
            slack = part.over or [0] * len(part.values)
            for value, more in zip(part.values, slack, strict=True):
                allowed[value] = allowed.get(value, 0) + part.unseen - more
    over = [unseen - allowed.get(value, 0) for value in certain] if unseen else []
    whole = Counts(sum(part.total for part in parts), unseen, list(certain), list(certain.values()), over)
    return trim(whole, kept)


def trim(table: Counts, kept: int) -> Counts:
    """The values that may occur most often; of the others, and of those told from no other, only the bound is left."""
    slack = table.over or [0] * len(table.values)
    uppers = [count + more for count, more in zip(table.counts, slack, strict=True)]
    order = sorted(range(len(uppers)), key=lambda at: (-uppers[at], table.values[at]))
    if len(order) > kept:
        cut = uppers[order[kept]]
        rare = cut * 1000 <= table.total or cut == 1
        # of rare values, those as frequent as the ones let go say nothing
        chosen = [at for at in order[:kept] if uppers[at] > cut or not rare]
        unseen = max(table.unseen, cut)
    elif table.unseen:
        chosen = [at for at in order if uppers[at] > table.unseen]
        unseen = table.unseen
    else:
        return table
    over = [slack[at] for at in chosen]
    return Counts(
        table.total,
        unseen,
        [table.values[at] for at in chosen],
        [table.counts[at] for at in chosen],
        over if any(over) else [],
    )
