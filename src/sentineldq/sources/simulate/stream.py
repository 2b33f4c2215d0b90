"""The stream of records: blocks of a shape with the faults of a script in them.

A block is planned on its own: each fault draws where it strikes in this block. What befalls single records comes first;
of that a record takes one at most, the first of the script. What moves a distribution or a schema is then laid over it,
each fault over those before, except over what is to be refused. Copies are put in between at last, of this block's
records or of those before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from hashlib import sha256
from random import Random
from typing import Any, TypeVar

import msgspec

from sentineldq.sources.simulate.inject import donors, edit, replace
from sentineldq.sources.simulate.path import get
from sentineldq.sources.simulate.script import REFUSED, RESAMPLED, SHARED, VOLUME, Resolved
from sentineldq.sources.simulate.shape import BLOCK, Shape
from sentineldq.sources.simulate.truth import Injected, short

T = TypeVar("T")
TRIES = 500  # records looked at for one that a copy may be made of


@dataclass(frozen=True)
class Note:
    """What happened to a record of a block; `place` counts within the block."""

    place: int
    fault: Resolved
    key: str
    field: str | None = None
    before: Any = None
    after: Any = None


@dataclass
class Plan:
    """A block's own records with faults in them, without copies.

    taken: the places with a fault that lets no other of its like in. refused: those that are to be refused.
    """

    records: list[bytes]
    times: list[float]
    kinds: list[str]
    notes: list[Note] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Sent:
    """A block as it is sent, copies included; `truth` with positions that count from the block's first record.

    whole: nothing can be added to it later, as it can to one that the number of records cuts short.
    """

    records: list[bytes]
    times: list[float]
    truth: list[Injected]
    whole: bool


class Stream:
    """Records of a shape, with faults; any block can be asked for."""

    def __init__(self, shape: Shape, faults: Sequence[Resolved], *, records: int | None) -> None:
        self.shape = shape
        self.records = records
        self._volumes = [fault for fault in faults if fault.kind in VOLUME]
        self._faults = sorted((one for one in faults if one.kind not in {"duplicate", *VOLUME}), key=_turn)
        self._copies = [fault for fault in faults if fault.kind == "duplicate"]
        furthest = max((int(fault.by) for fault in self._copies), default=0)
        self._plan: Callable[[int], Plan] = lru_cache(maxsize=furthest // BLOCK + 3)(self._make)
        self.block: Callable[[int], Sent] = lru_cache(maxsize=2)(self._send)

    def blocks(self) -> Iterator[Sent]:
        """All blocks, from the first."""
        number = 0
        while self.records is None or number * BLOCK < self.records:
            yield self.block(number)
            number += 1

    def truth(self) -> Iterator[Injected]:
        """All faults, by position."""
        position = 0
        for sent in self.blocks():
            for line in sent.truth:
                yield msgspec.structs.replace(line, position=position + line.position)
            position += len(sent.records)

    def _make(self, number: int) -> Plan:
        block = self.shape.block(number)
        plan = Plan(list(block.records), block.times, list(block.kinds))
        for fault in self._volumes:
            self._tell(fault, plan, number)
        for fault in self._faults:
            strike: Callable[[Resolved, Plan, int, int], bool] = self._edit
            if fault.kind == "out_of_order":
                strike = self._swap
            elif fault.kind in RESAMPLED and self._reaches(fault, number):
                others = donors(fault, block.records, block.kinds)
                strike = partial(
                    self._replace, donors=[(at, block.records[at], block.kinds[at]) for at in others]
                )
            for places in self._hits(fault, number):
                _first(strike(fault, plan, number, place) for place in places)
        return plan

    def _tell(self, fault: Resolved, plan: Plan, number: int) -> None:
        """A change of volume changes no record: it is noted at the first one it applies to."""
        place = fault.low - number * BLOCK
        if 0 <= place < BLOCK and (self.records is None or fault.low < self.records):
            factor = VOLUME[fault.kind] if fault.fault.factor is None else fault.fault.factor
            plan.notes.append(Note(place, fault, self._key(plan.records[place]), before=1.0, after=factor))

    def _edit(self, fault: Resolved, plan: Plan, number: int, place: int) -> bool:
        shared = _shared(fault)
        if place in (plan.refused if shared else plan.taken):
            return False
        if fault.only and plan.kinds[place] not in fault.only:
            return False
        record = plan.records[place]
        random = self._random(fault, "edit", number * BLOCK + place)
        done = edit(fault, record, facts=self.shape.facts, kind=plan.kinds[place], random=random)
        if done is None:
            return False
        plan.records[place] = done.record
        if fault.kind == "new_type":
            plan.kinds[place] = str(done.after)
        if not shared:
            plan.taken.add(place)
        if fault.expected == "refused" or fault.kind in REFUSED:
            plan.refused.add(place)
        plan.notes.append(
            Note(place, fault, self._key(record), done.field, short(done.before), short(done.after))
        )
        return True

    def _replace(
        self, fault: Resolved, plan: Plan, number: int, place: int, *, donors: list[tuple[int, bytes, str]]
    ) -> bool:
        """A record gives way to another of its block, and keeps its key and its time."""
        if place in plan.taken or not donors or (fault.only and plan.kinds[place] not in fault.only):
            return False
        donor, record, kind = self._random(fault, "donor", number * BLOCK + place).choice(donors)
        if donor == place:
            return False
        done = replace(fault, plan.records[place], record, facts=self.shape.facts)
        key = self._key(plan.records[place])
        plan.records[place] = done.record
        plan.kinds[place] = kind
        plan.taken.add(place)
        plan.notes.append(Note(place, fault, key, done.field, short(done.before), short(done.after)))
        return True

    def _swap(self, fault: Resolved, plan: Plan, number: int, place: int) -> bool:
        """A record changes places with a later one of its block."""
        start = number * BLOCK
        later = min(place + int(fault.by), BLOCK - 1, BLOCK if fault.high is None else fault.high - start - 1)
        if later <= place or place in plan.taken or later in plan.taken:
            return False
        if fault.only and plan.kinds[place] not in fault.only:
            return False
        records, kinds = plan.records, plan.kinds
        records[place], records[later] = records[later], records[place]
        kinds[place], kinds[later] = kinds[later], kinds[place]
        plan.taken |= {place, later}
        key = self._key(records[later])
        plan.notes.append(
            Note(later, fault, key, self.shape.facts.time, before=start + place, after=start + later)
        )
        return True

    def _send(self, number: int) -> Sent:
        plan = self._plan(number)
        end = BLOCK if self.records is None else max(0, min(BLOCK, self.records - number * BLOCK))
        copies: dict[int, list[tuple[bytes, Note]]] = {}
        for fault in self._copies:
            for places in self._hits(fault, number):
                copy = _first(self._copy(fault, number, place) for place in places)
                if copy is not None:
                    copies.setdefault(copy[1].place, []).append(copy)
        if end == BLOCK and not copies:
            truth = [self._line(note, number, note.place, plan.records[note.place]) for note in _sorted(plan)]
            return Sent(plan.records, plan.times, truth, whole=True)
        return self._merge(plan, number, end, copies)

    def _merge(self, plan: Plan, number: int, end: int, copies: dict[int, list[tuple[bytes, Note]]]) -> Sent:
        records: list[bytes] = []
        times: list[float] = []
        truth: list[Injected] = []
        notes: dict[int, list[Note]] = {}
        for note in _sorted(plan):
            notes.setdefault(note.place, []).append(note)
        for place in range(end):
            record, time = plan.records[place], plan.times[place]
            truth += [self._line(note, number, len(records), record) for note in notes.get(place, ())]
            records.append(record)
            times.append(time)
            for copy, note in copies.get(place, ()):
                truth.append(self._line(note, number, len(records), copy))
                records.append(copy)
                times.append(time)
        return Sent(records, times, truth, whole=end == BLOCK)

    def _copy(self, fault: Resolved, number: int, place: int) -> tuple[bytes, Note] | None:
        """A copy to be sent after a record: of the one `by` records before, or of the next that is not refused."""
        here = number * BLOCK + place
        first = max(0, here + 1 - int(fault.by))
        for original in range(first, min(here + 1, first + TRIES)):
            block, there = divmod(original, BLOCK)
            plan = self._plan(block)
            if there in plan.refused or (fault.only and plan.kinds[there] not in fault.only):
                continue
            record = plan.records[there]
            return record, Note(place, fault, self._key(record), before=original, after=here)
        return None

    def _hits(self, fault: Resolved, number: int) -> Iterator[Iterable[int]]:
        """Where a fault strikes in a block: for each time it does the places to try, the best first."""
        start = number * BLOCK
        low, high = self._part(fault, number)
        if low >= high:
            return
        if fault.fault.count is None:
            rate = 1.0 if fault.fault.rate is None else fault.fault.rate
            slope = rate / max(1, fault.full - fault.low)
            draw = self._random(fault, "block", number).random
            for place in range(BLOCK):
                if draw() < min(rate, (start + place - fault.low + 1) * slope) and low <= place < high:
                    yield (place,)
            return
        for hit in self._counted(fault, range(start + low, start + high)):
            place = hit - start
            yield (*range(place, high), *range(place - 1, low - 1, -1))

    def _part(self, fault: Resolved, number: int) -> tuple[int, int]:
        """From where to where in a block a fault may strike."""
        start = number * BLOCK
        high = BLOCK if fault.high is None else min(fault.high - start, BLOCK)
        return max(fault.low - start, 0), high

    def _reaches(self, fault: Resolved, number: int) -> bool:
        low, high = self._part(fault, number)
        return low < high

    def _counted(self, fault: Resolved, block: range) -> Iterator[int]:
        """Hits within a block of a fault with a count: its records are cut into as many parts, with one hit in each."""
        count, low = fault.fault.count or 0, fault.low
        width = (fault.high or 0) - low
        for part in range((block.start - low) * count // width, (block.stop - 1 - low) * count // width + 2):
            first, last = low + part * width // count, low + (part + 1) * width // count
            if part < count and last > first:
                hit = self._random(fault, "part", part).randrange(first, last)
                if hit in block:
                    yield hit

    def _random(self, fault: Resolved, *about: object) -> Random:
        return self.shape.random("fault", fault.number, *about)

    def _key(self, record: bytes) -> str:
        document = msgspec.json.decode(record)
        return "|".join(str(get(document, path)) for path in self.shape.facts.key)

    def _line(self, note: Note, number: int, position: int, record: bytes) -> Injected:
        return Injected(
            position=position,
            record=number * BLOCK + note.place,
            key=note.key,
            kind=note.fault.kind,
            fault=note.fault.number + 1,
            field=note.field,
            before=note.before,
            after=note.after,
            expected=note.fault.expected,
            hash=sha256(record).hexdigest(),
        )


def _shared(fault: Resolved) -> bool:
    """Whether a fault strikes a record that has another: it does unless the record is to be refused for it."""
    return fault.kind in SHARED and fault.expected != "refused"


def _turn(fault: Resolved) -> int:
    """Records of their own first, then those that give way to others, then what strikes many at once."""
    if fault.kind in RESAMPLED:
        return 1
    return 0 if fault.kind not in SHARED else 3 if _shared(fault) else 2


def _first(made: Iterable[T]) -> T | None:
    """The first that is something; what comes after it is not made."""
    return next((one for one in made if one), None)


def _sorted(plan: Plan) -> list[Note]:
    return sorted(plan.notes, key=lambda note: (note.place, note.fault.number))
