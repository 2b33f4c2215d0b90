"""Frequent values of a column, gathered chunk by chunk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sentineldq.profiles.frequent import KEPT, Counts, Frequent, counted, join, trim

WIDE = 1024
"""Values kept while counting, and of entities."""

MANY = 4 * KEPT
"""Distinct values of a chunk from which on those that occur once are let go."""

_PARTS = 16
_BUCKETS = 1 << 16

Integers = npt.NDArray[np.int64]
Chooser = Callable[[npt.NDArray[np.intp]], list[str]]


class Tally:
    """Counts of chunks, added up now and then so that they stay few."""

    def __init__(self, wide: int = WIDE) -> None:
        self._wide = wide
        self._parts: list[Counts] = []

    def take(self, counts: Integers, texts: Chooser, *, unseen: int = 0, total: int | None = None) -> None:
        """Distinct values with their counts; any other value occurs at most `unseen` times.

        `texts` gives the values at some places as text.
        """
        whole = int(counts.sum()) if total is None else total
        places = np.arange(len(counts))
        if len(counts) > self._wide:
            order = np.argpartition(-counts, self._wide)
            cut = int(counts[order[self._wide]])
            places = np.sort(order[: self._wide])
            places = places[counts[places] > cut]
            unseen = max(unseen, cut)
        elif len(counts) > MANY or (len(counts) > KEPT and int(counts.max()) == 1):
            places = np.flatnonzero(counts > 1)
            unseen = max(unseen, 1) if len(places) < len(counts) else unseen
        names, numbers = texts(places), counts[places].tolist()
        if len(set(names)) < len(names):  # values may be of one text: -0.0 and 0.0, long texts that are cut
            found: Counter[str] = Counter()
            for name, number in zip(names, numbers, strict=True):
                found[name] += number
            names, numbers = list(found), list(found.values())
        self.add(counted(whole, unseen, names, numbers))

    def add(self, counts: Counts) -> None:
        self._parts.append(counts)
        if len(self._parts) >= _PARTS:
            self._parts = [join(self._parts, self._wide)]

    def done(self, kept: int = KEPT) -> Frequent | None:
        """The `kept` most frequent values; None of nothing."""
        if not self._parts:
            return None
        whole = join(self._parts, self._wide) if len(self._parts) > 1 else self._parts[0]
        return Frequent((trim(whole, kept),), kept)


def suspects(buckets: npt.NDArray[np.uint16]) -> tuple[npt.NDArray[np.intp], int]:
    """Rows that may hold a frequent value; and how often any other value occurs at most.

    `buckets` are 16 bits of the values' hashes; a value is no more frequent than its bucket is full.
    """
    sizes = np.bincount(buckets, minlength=_BUCKETS)
    mean = len(buckets) / _BUCKETS
    usual = int(mean + 8 * np.sqrt(mean)) + 4
    full = np.flatnonzero(sizes > usual)
    if not len(full):
        return np.empty(0, np.intp), int(sizes.max())
    if len(full) > WIDE:
        full = full[np.argpartition(-sizes[full], WIDE)[:WIDE]]
    chosen = np.zeros(_BUCKETS, np.bool_)
    chosen[full] = True
    return np.flatnonzero(chosen[buckets]), int(sizes[~chosen].max(initial=0))
