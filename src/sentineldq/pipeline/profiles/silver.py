"""What of silver is not in the profiles yet, read from silver itself.

A record that a replay has brought to silver bears the batch that it came with at first. It is read with the step of the
replay that moved it, by the note of that step, and left out where its batch is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import polars as pl
import pyarrow as pa
from pyiceberg.table import Table

from sentineldq.lake.place import read_place
from sentineldq.lake.scan import read_after, scan
from sentineldq.pipeline.replay.moves import REPLAY, Note, read_note
from sentineldq.store.profiles import Step

ROWS = 100_000
"""Rows that are read before they are handed on, give or take a batch."""

_KEY = pl.Schema({"_partition": pl.String, "_batch": pl.Int64, "_row": pl.Int32})


class Silver:
    """Silver as it is at one moment, and the steps that lead to it from where the profiles are."""

    def __init__(self, table: Table, *, warehouse: str, marks: Mapping[str, int]) -> None:
        self.table = table
        self.warehouse = warehouse
        self.place = read_place(table).marks
        self.steps = {
            partition: Step(after=marks.get(partition, 0), batch=mark.batch)
            for partition, mark in sorted(self.place.items())
            if mark.batch > marks.get(partition, 0)
        }
        self.lost = [
            name for name, batch in marks.items() if name not in self.place or self.place[name].batch < batch
        ]

    def portions(self, partition: str) -> Iterator[tuple[int, pl.DataFrame]]:
        """The rows of a step, in order of their batches, some at a time; each with the batch up to which it reaches.

        Raises LakeError.
        """
        step = self.steps[partition]
        if partition == REPLAY:
            yield from self._replayed(step)
            return
        parts: list[pa.Table] = []
        for rows in read_after(self.table, partition=partition, batch=step.after):
            if sum(part.num_rows for part in parts) >= ROWS:
                yield parts[-1]["_batch"][0].as_py(), self._own(parts)
                parts = []
            parts.append(rows)
        yield step.batch, self._own(parts)

    def _own(self, parts: list[pa.Table]) -> pl.DataFrame:
        """Without what replays have brought."""
        if not parts:
            return pl.DataFrame()
        rows = pl.DataFrame(pl.from_arrow(pa.concat_tables(parts)))
        return rows.join(self._moved, on=list(_KEY), how="anti", maintain_order="left")

    def _replayed(self, step: Step) -> Iterator[tuple[int, pl.DataFrame]]:
        for number, note in sorted(self._notes, key=lambda pair: pair[0]):
            if number > step.after:
                yield number, self._of(note)

    def _of(self, note: Note) -> pl.DataFrame:
        keys = _keys(note)
        if keys.is_empty():
            return pl.DataFrame()
        within = pl.lit(value=True)
        for name in ("_partition", "_batch"):
            within &= pl.col(name).is_between(pl.lit(keys[name].min()), pl.lit(keys[name].max()))
        return scan(self.table, where=within).join(keys.lazy(), on=list(_KEY), how="semi").collect()

    @cached_property
    def _moved(self) -> pl.DataFrame:
        return pl.concat([_KEY.to_frame(), *(_keys(note) for _, note in self._notes)])

    @cached_property
    def _notes(self) -> list[tuple[int, Note]]:
        """The steps of all replays, newest first, by their numbers; as far back as they name the one before."""
        found: list[tuple[int, Note]] = []
        mark = self.place.get(REPLAY)
        digest = mark.cursor if mark else None
        while mark is not None and digest is not None:
            note = read_note(self.table, self.warehouse, digest)
            found.append((mark.batch - len(found), note))
            digest = note.previous
        return found


def _keys(note: Note) -> pl.DataFrame:
    return pl.DataFrame(note.recovered, schema=_KEY, orient="row")
