"""Moving records out of quarantine, exactly once, wherever it is stopped.

Two commits make a step, both under the partition `REPLAY` and with the same mark: silver takes what passes and counts
what is gone, then quarantine lets go of all that. Which records these are is written to `replays/` before, under a name
that the mark holds: whoever finds silver ahead of quarantine has only to do the second commit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import polars as pl
import pyarrow as pa
from pyiceberg.expressions import (
    And,
    BooleanExpression,
    EqualTo,
    GreaterThanOrEqual,
    In,
    LessThanOrEqual,
    Or,
    Reference,
)
from pyiceberg.expressions.literals import literal
from pyiceberg.table import Table

from sentineldq.errors import FencedError, LakeError
from sentineldq.lake.commit import commit
from sentineldq.lake.open import Lake
from sentineldq.lake.place import Mark, Place, read_place
from sentineldq.pipeline.dataset import Dataset
from sentineldq.pipeline.merge import Merged
from sentineldq.pipeline.replay.judge import Key
from sentineldq.pipeline.replay.quarantine import arrow, rows_of

REPLAY = "sentinel:replay"
"""The partition that marks of these commits are kept under; no source has it."""

ATTEMPTS = 20
"""How often another replay may be first before one gives up."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What a step takes out of quarantine, kept for good: the keys, by what became of them.

    first, last: between which its records arrived. told: by which run and how (contract, patch, choice). previous: the
    note of the step before.
    """

    dataset: str
    at: datetime
    first: datetime
    last: datetime
    recovered: list[Key] = []
    duplicates: list[Key] = []
    dropped: list[Key] = []
    told: dict[str, Any] = {}
    previous: str | None = None

    @property
    def gone(self) -> list[Key]:
        return [*self.recovered, *self.duplicates, *self.dropped]


@dataclass(kw_only=True)
class Tables:
    """The three tables of a dataset as they were last seen."""

    lake: Lake
    dataset: str
    bronze: Table
    silver: Table
    quarantine: Table

    @classmethod
    def open(cls, lake: Lake, dataset: str) -> Tables:
        """Raises LakeError where one of them is not there."""
        found = {layer: lake.table(f"{layer}.{dataset}") for layer in ("quarantine", "silver", "bronze")}
        return cls(lake=lake, dataset=dataset, **found)

    @classmethod
    def of(cls, dataset: Dataset) -> Tables:
        """Those of a dataset, as it has them."""
        return cls(
            lake=dataset.lake,
            dataset=dataset.name,
            bronze=dataset.bronze,
            silver=dataset.silver,
            quarantine=dataset.quarantine,
        )

    def reload(self) -> None:
        """See what others have done meanwhile; quarantine first, so that it never seems ahead of silver."""
        self.quarantine = self.lake.table(f"quarantine.{self.dataset}")
        self.silver = self.lake.table(f"silver.{self.dataset}")

    @property
    def mark(self) -> Mark | None:
        """The last step that quarantine has done."""
        return read_place(self.quarantine).marks.get(REPLAY)


def finish(tables: Tables) -> int:
    """Do what a replay that was stopped has left undone; how many records it was about.

    Looks at the tables as they were last seen, and loads them anew only where there is something to do.
    Raises LakeError.
    """
    for _ in range(ATTEMPTS):
        ahead, behind = read_place(tables.silver).marks.get(REPLAY), tables.mark
        if ahead is None or (behind is not None and behind.batch >= ahead.batch):
            return 0
        note = read_note(tables.silver, tables.lake.warehouse, ahead.cursor)
        try:
            release(tables, note, expected=behind, mark=ahead)
        except FencedError:  # somebody else has done it
            tables.reload()
            continue
        return len(note.gone)
    raise LakeError(
        f"quarantine.{tables.dataset}",
        f"other replays were first {ATTEMPTS} times in a row",
        hint="run it again",
    )


def take(tables: Tables, merged: Merged, note: Note, *, place: Place, after: Mark | None) -> Mark:
    """The first commit: silver takes what passes. Raises FencedError where silver is not at `place` any more."""
    linked = msgspec.structs.replace(note, previous=after.cursor if after else None)
    mark = Mark((after.batch if after else 0) + 1, _write(tables, linked))
    tables.silver = commit(
        tables.silver,
        partition=REPLAY,
        expected=place.marks.get(REPLAY),
        mark=mark,
        place=place,
        rows=merged.rows.to_arrow() if merged.rows.height else None,
        delete=merged.delete,
        facts={"duplicates": merged.duplicates, "dropped": len(note.dropped)},
    )
    return mark


def release(
    tables: Tables, note: Note, *, expected: Mark | None, mark: Mark, instead: pa.Table | None = None
) -> None:
    """The second commit: quarantine lets go of what a step has moved, and has other rows `instead` of some it keeps.

    Raises FencedError where another has done it.
    """
    gone = _keys(note.gone)
    changed = pl.DataFrame(pl.from_arrow(instead)) if instead is not None else None
    touched = [gone] if changed is None else [gone, changed.select(gone.columns)]
    where = pl.concat(touched).select("_partition", "_batch").unique()
    there = pl.DataFrame(pl.from_arrow(rows_of(tables.quarantine, where, note.first, note.last)))
    stay = there.join(gone, on=gone.columns, how="anti", maintain_order="left")
    if changed is not None:
        stay = pl.concat([stay.join(changed, on=gone.columns, how="anti", maintain_order="left"), changed])
    tables.quarantine = commit(
        tables.quarantine,
        partition=REPLAY,
        expected=expected,
        mark=mark,
        delete=_condition(where, note) if there.height else None,
        rows=arrow(stay) if stay.height else None,
    )


def _keys(found: Sequence[Key]) -> pl.DataFrame:
    schema = {"_partition": pl.String, "_batch": pl.Int64, "_row": pl.Int32}
    return pl.DataFrame(list(found), schema=schema, orient="row")


def _condition(batches: pl.DataFrame, note: Note) -> BooleanExpression:
    """The condition that is true for all rows of these batches; the times only spare files from being looked at."""
    groups = batches.group_by("_partition").agg("_batch").sort("_partition").rows()
    found: list[BooleanExpression] = [
        And(
            EqualTo(term=Reference("_partition"), value=literal(partition)),
            In(term=Reference("_batch"), values=set(map(literal, numbers))),
        )
        for partition, numbers in groups
    ]
    arrived = Reference("_received_at")
    return And(
        GreaterThanOrEqual(term=arrived, value=literal(note.first.isoformat())),
        LessThanOrEqual(term=arrived, value=literal(note.last.isoformat())),
        found[0] if len(found) == 1 else Or(*found),
    )


# ------------------------------------------------------------------------------------------ notes


def _write(tables: Tables, note: Note) -> str:
    """Keep a note under the name of its content."""
    body = msgspec.json.encode(note)
    digest = hashlib.sha256(body).hexdigest()
    output = tables.silver.io.new_output(_object(tables.lake.warehouse, digest))
    if not output.exists():
        with output.create(overwrite=True) as stream:
            stream.write(body)
    return digest


def read_note(silver: Table, warehouse: str, digest: str) -> Note:
    """A note by the name that a mark holds, or the `previous` of another note. Raises LakeError."""
    location = _object(warehouse, digest)
    try:
        with silver.io.new_input(location).open() as stream:
            body = stream.read()
        return _decode(body, digest)
    except (OSError, ValueError) as fault:
        raise LakeError(
            ".".join(silver.name()),
            f"what a replay has moved cannot be read: {fault}",
            hint=f"restore {location} from a backup",
        ) from fault


def _decode(body: bytes, digest: str) -> Note:
    """Raises ValueError (of which msgspec's errors are) for a note that is damaged."""
    if hashlib.sha256(body).hexdigest() != digest:
        raise ValueError("its content is not what its name says")
    return msgspec.json.decode(body, type=Note)


def _object(warehouse: str, digest: str) -> str:
    return f"{warehouse}/replays/{digest}.json"
