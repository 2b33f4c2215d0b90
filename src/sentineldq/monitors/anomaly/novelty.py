"""Whether the like of the present has been seen before.

The present is four numbers in the unit of the series: the value, its mean over the last 32 points and over the last
256, and what was to be expected at this time of day. Its novelty is the distance (sum of absolute differences) to the
third nearest of the last 4,096 that are not of the present itself (k nearest neighbours: Ramaswamy, Rastogi and Shim
2000; on the contexts of a series: Burnaev and Ishimtsev 2016). How much is much, the tail of earlier distances says.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from sentineldq.monitors.anomaly.baseline import Places
from sentineldq.monitors.anomaly.rhythm import Rhythm
from sentineldq.monitors.anomaly.tail import Tail

SHORT, LONG = 32, 256
"""Points that the two means go back."""
KEPT = 4096
NEIGHBOUR = 3
SIZE = 4
"""Numbers of a context."""
EARLIEST, LATEST = 120, 400
"""Points after which distances begin to say what is usual: when the first day has been seen, within these bounds."""
FAINT = 1e-3
"""Distances are told apart down to this share of the usual deviation of the series."""


class Memory(msgspec.Struct):
    """What novelty remembers between points: means, contexts (float32, little-endian), and the tail of distances.

    seen: points taken; since: those of them before the last restart; quiet: up to which nothing is said, because
    the means are those of before a hole; next: where the next context is written.
    """

    seen: int = 0
    since: int = 0
    quiet: int = 0
    rhythm: Rhythm = msgspec.field(default_factory=Rhythm)
    origin: float = 0.0
    short: float = 0.0
    long: float = 0.0
    tail: Tail = msgspec.field(default_factory=Tail)
    waiting: bytes = b""
    kept: bytes = b""
    next: int = 0


class Novelty:
    """Judges contexts by those that went before."""

    def __init__(self, memory: Memory | None = None) -> None:
        self._memory = memory = memory or Memory()
        self._waiting = [tuple(row) for row in _read(memory.waiting).tolist()]
        self._contexts = np.zeros((SIZE, KEPT), dtype=np.float32)
        kept = _read(memory.kept)
        self._count = len(kept)
        self._contexts[:, : self._count] = kept.T
        self._differences = np.empty_like(self._contexts)
        self._distances = np.empty(KEPT, dtype=np.float32)

    def memory(self) -> Memory:
        """All it remembers."""
        waiting = np.array(self._waiting, dtype="<f4").tobytes()
        kept = np.ascontiguousarray(self._contexts[:, : self._count].T, dtype="<f4").tobytes()
        return msgspec.structs.replace(self._memory, waiting=waiting, kept=kept)

    def take(self, value: float, places: Places, *, steps: float, day: float) -> float:
        """The surprise (-log10 of a probability) of a point, which is then learned.

        places: its hour of the day. steps: since the point before. day: points of a day.
        """
        memory = self._memory
        expected = memory.rhythm.expect(places) if memory.rhythm.seen else value
        memory.rhythm.learn(value, places, day=day)
        if steps > SHORT:
            memory.quiet = memory.seen + SHORT
        self._move(value, steps)
        origin = memory.origin
        context = (value - origin, memory.short - origin, memory.long - origin, expected - origin)
        memory.seen += 1
        fresh = memory.since > 0 and memory.seen - memory.since <= min(max(day, 2 * SHORT), LONG)
        distance = None if fresh else self._distance(context)
        self._remember(context)
        if fresh:
            self._keep(context)
        if distance is None or memory.seen < min(max(1.25 * day, EARLIEST), LATEST):
            return 0.0
        if memory.seen <= memory.quiet:
            return 0.0
        surprise = memory.tail.surprise(distance, FAINT * memory.rhythm.spread)
        memory.tail.learn(distance)
        return surprise

    def restart(self) -> None:
        """Begin another life: the means from the next point on, and for a day nothing is new."""
        self._memory.since = self._memory.seen
        self._memory.rhythm.restart()

    def accept(self, surprise: float) -> None:
        """Know the last context from now on, and its like."""
        distance = self._distance(self._waiting[-1])
        if distance is not None:
            self._memory.tail.widen(distance, surprise)
        for _ in range(NEIGHBOUR):
            self._keep(self._waiting[-1])

    def _move(self, value: float, steps: float) -> None:
        """The means, by the time that has passed (exponential: Zumbach and Mueller 2001) or, at first, by the count."""
        memory = self._memory
        if memory.seen == 0:
            memory.origin = memory.short = memory.long = value
            return
        count = memory.seen - memory.since + 1
        memory.short += max(1 / count, _gain(SHORT, steps)) * (value - memory.short)
        memory.long += max(1 / count, _gain(LONG, steps)) * (value - memory.long)

    def _distance(self, context: tuple[float, ...]) -> float | None:
        count = self._count
        if count < NEIGHBOUR:
            return None
        differences, distances = self._differences[:, :count], self._distances[:count]
        np.subtract(self._contexts[:, :count], np.array(context, dtype=np.float32)[:, None], out=differences)
        np.abs(differences, out=differences)
        np.add(differences[0], differences[1], out=distances)
        np.add(distances, differences[2], out=distances)
        np.add(distances, differences[3], out=distances)
        for _ in range(NEIGHBOUR - 1):
            distances[distances.argmin()] = np.inf
        return float(distances.min())

    def _remember(self, context: tuple[float, ...]) -> None:
        """A context is compared with when it is no longer of the present: 256 points on, at first a quarter of all."""
        self._waiting.append(context)
        while len(self._waiting) > max(4, min(LONG, self._memory.seen // 4)):
            self._keep(self._waiting.pop(0))

    def _keep(self, context: tuple[float, ...]) -> None:
        memory = self._memory
        self._contexts[:, memory.next] = context
        memory.next = (memory.next + 1) % KEPT
        self._count = min(self._count + 1, KEPT)


def _gain(points: int, steps: float) -> float:
    """The weight of a point in an exponential mean; more after a gap."""
    return 1 / points if steps < 1.5 else 1 - (1 - 1 / points) ** steps


def _read(content: bytes) -> npt.NDArray[Any]:
    return np.frombuffer(content, dtype="<f4").reshape(-1, SIZE)
