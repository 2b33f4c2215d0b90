"""Simulated records as a source: batches, a cursor that goes on anywhere, and the truth beside them."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any, ClassVar, Self

import msgspec

from sentineldq.errors import SourceError
from sentineldq.sources.batch import Batch, Cursor, records_of
from sentineldq.sources.simulate.settings import Settings, Simulation, simulation
from sentineldq.sources.simulate.shape import BLOCK
from sentineldq.sources.simulate.stream import Stream
from sentineldq.sources.simulate.truth import Injected, TruthFile
from sentineldq.sources.source import Source


class Place(msgspec.Struct, kw_only=True, frozen=True):
    """The cursor: how many records were sent, the block to go on in and how many of its records were sent.

    settings: fingerprint of the simulation. start: its first record's time. origin: when it began by the clock, to pace
    it by. Both in epoch seconds.
    """

    position: int
    block: int
    offset: int
    settings: str
    start: float
    origin: float


@dataclass(frozen=True)
class Cut:
    """Records of one batch, the faults in them, and the place after them."""

    records: list[bytes]
    truth: list[Injected]
    time: float
    place: Place


class Simulate(Source):
    """A simulation of one shape of data, in one partition."""

    kind: ClassVar[str] = "simulate"

    def __init__(
        self, made: Simulation, *, root: Path, name: str, clock: Callable[[], float] = time.time
    ) -> None:
        self.name = name
        self.settings: Settings = made.settings
        self.pause = made.settings.pause or (1.0 if made.settings.live else Source.pause)
        self.partition = f"simulate:{made.settings.shape}"
        self._made = made
        self._clock = clock
        self._fingerprint = made.fingerprint()
        self._stream: tuple[float, Stream] | None = None
        self._truth = TruthFile(root / made.settings.truth) if made.settings.truth else None

    @classmethod
    def from_config(cls, config: Mapping[str, Any], *, root: Path, name: str) -> Self:
        return cls(simulation(config, root=root, name=name), root=root, name=name)

    def read(self, cursors: Mapping[str, Cursor]) -> Iterator[Batch]:
        place = self._place(cursors.get(self.partition))
        stream = self._from(place.start)
        until = (
            place.start + (self._clock() - place.origin) * self.settings.speed if self.settings.live else None
        )
        if self._truth is not None:
            first = place.position
            self._truth.go(first, lambda: _before(stream.truth(), first))
        while True:
            cut = self._cut(stream, place, until)
            if not cut.records:
                return
            place = cut.place
            if self._truth is not None:
                self._truth.add(cut.truth, until=place.position)
            yield self._batch(cut)

    def _place(self, cursor: Cursor | None) -> Place:
        if cursor is None:
            now = self._clock()
            start = float(int(now)) if self._made.start is None else self._made.start
            return Place(position=0, block=0, offset=0, settings=self._fingerprint, start=start, origin=now)
        try:
            place = msgspec.convert(cursor, Place)
        except msgspec.ValidationError as problem:
            raise SourceError(self.name, f"its cursor cannot be read: {problem}") from None
        if place.settings != self._fingerprint:
            raise SourceError(
                self.name,
                f"its settings have changed since record {place.position:,} was sent, and with them all its records",
                hint="put the settings back, or give the pipeline another name to begin a new simulation",
            )
        return place

    def _from(self, start: float) -> Stream:
        if self._stream is None or self._stream[0] != start:
            self._stream = start, self._made.stream(start)
        return self._stream[1]

    def _cut(self, stream: Stream, place: Place, until: float | None) -> Cut:
        """The next records, as many as a batch holds and as are due."""
        records: list[bytes] = []
        truth: list[Injected] = []
        newest = place.start
        wanted = self.settings.batch_rows
        total = self.settings.records
        while len(records) < wanted and (total is None or place.block * BLOCK < total):
            sent = stream.block(place.block)
            end = min(place.offset + wanted - len(records), len(sent.records))
            if until is not None:
                end = min(end, bisect_right(sent.times, until))
            taken = max(0, end - place.offset)
            records += sent.records[place.offset : place.offset + taken]
            newest = sent.times[end - 1] if taken else newest
            base = place.position - place.offset
            truth += [
                msgspec.structs.replace(line, position=base + line.position)
                for line in sent.truth
                if place.offset <= line.position < place.offset + taken
            ]
            whole = sent.whole and place.offset + taken == len(sent.records)
            place = msgspec.structs.replace(
                place,
                position=place.position + taken,
                block=place.block + whole,
                offset=0 if whole else place.offset + taken,
            )
            if not whole:  # the batch is full, or nothing more is due
                break
        return Cut(records, truth, newest, place)

    def _batch(self, cut: Cut) -> Batch:
        return Batch(
            partition=self.partition,
            records=records_of(cut.records),
            cursor=msgspec.to_builtins(cut.place),
            time=datetime.fromtimestamp(cut.time, UTC),
            origin=f"{self.partition}?seed={self.settings.seed}",
        )


def generate(shape: str, *, seed: int = 0, records: int | None, **options: Any) -> Iterator[bytes]:
    """The records of a simulation, without a source around it; endless without `records`.

    options: other settings that decide what the records are (`start`, `rate`, `rhythm`, `era`, `faults`, `customers`,
    `products`). A file of faults is relative to the working directory. Raises UsageError.
    """
    for sent in _stream(shape, seed=seed, records=records, **options).blocks():
        yield from sent.records


def truth(shape: str, *, seed: int = 0, records: int | None, **options: Any) -> Iterator[Injected]:
    """What `generate` with the same arguments injects, by position. Raises UsageError."""
    return _stream(shape, seed=seed, records=records, **options).truth()


def _stream(shape: str, **options: Any) -> Stream:
    made = simulation({"shape": shape, **options}, root=Path(), name=f"simulate:{shape}")
    return made.stream(made.start or 0.0)


def _before(lines: Iterator[Injected], position: int) -> Iterator[Injected]:
    return takewhile(lambda line: line.position < position, lines)
