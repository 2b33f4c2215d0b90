"""What replays have taken out of a quarantine: each step of them, and what became of one record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

import msgspec
from pyiceberg.table import Table

from sentineldq.lake.place import read_place
from sentineldq.pipeline.replay.judge import Key
from sentineldq.pipeline.replay.moves import REPLAY, Note, read_note

Fate = Literal["recovered", "duplicate", "dropped"]


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a replay without the keys of its records.

    name: what its note is kept under. first, last: between which its records arrived. previous: the step before.
    """

    name: str
    dataset: str
    at: datetime
    first: datetime
    last: datetime
    recovered: int
    duplicates: int
    dropped: int
    verb: str
    run_id: str | None
    contract: str | None
    patch: dict[str, object]
    previous: str | None


def newest(silver: Table) -> str | None:
    """The name of the last step that silver has taken part in; None where nothing was replayed."""
    mark = read_place(silver).marks.get(REPLAY)
    return str(mark.cursor) if mark else None


def move(silver: Table, warehouse: str, name: str) -> Move:
    """A step by its name. Raises LakeError."""
    note = read_note(silver, warehouse, name)
    told = note.told
    return Move(
        name=name,
        dataset=note.dataset,
        at=note.at,
        first=note.first,
        last=note.last,
        recovered=len(note.recovered),
        duplicates=len(note.duplicates),
        dropped=len(note.dropped),
        verb=told.get("verb", "replay"),
        run_id=told.get("run_id"),
        contract=told.get("contract"),
        patch=told.get("patch") or {},
        previous=note.previous,
    )


def keys(note: Note) -> Iterator[tuple[Key, Fate]]:
    """The records that a step took out, and what became of each."""
    yield from ((key, "recovered") for key in note.recovered)
    yield from ((key, "duplicate") for key in note.duplicates)
    yield from ((key, "dropped") for key in note.dropped)


def fate(note: Note, key: Key) -> Fate | None:
    """What a step made of a record; None where it did not touch it."""
    wanted = tuple(key)
    return next((found for one, found in keys(note) if tuple(one) == wanted), None)
