"""Reading bronze batch by batch, in the order of their numbers, whatever files upkeep has put them into."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyiceberg.conversions import from_bytes
from pyiceberg.expressions import And, BooleanExpression, EqualTo, GreaterThan, Reference
from pyiceberg.expressions.literals import literal
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.table import FileScanTask, Table
from pyiceberg.types import LongType

from sentineldq.errors import LakeError, first_line
from sentineldq.lake.read import read_all
from sentineldq.lake.write import fit


def read_after(table: Table, *, partition: str, batch: int) -> Iterator[pa.Table]:
    """The batches of a partition of bronze whose number is above `batch`, in order, each a table sorted by `_row`.

    Files whose statistics rule them out are not opened. In memory are one batch and a row group of each file it is
    spread over. A batch without records is left out. Raises LakeError where a file is damaged or gone.
    """
    tasks = table.scan(row_filter=_condition(partition, batch)).plan_files()
    waiting = sorted((_File(table, task, partition, batch) for task in tasks), key=lambda file: -file.low)
    current: list[_File] = []  # opened, each standing at its next batch
    while waiting or current:
        number = min((file.number for file in current), default=None)
        if waiting and (number is None or waiting[-1].low <= number):
            file = waiting.pop()
            current += [file] if file.advance() else []
            continue
        parts = [file for file in current if file.number == number]
        yield _in_order(pa.concat_tables([file.rows for file in parts]))
        for file in parts:
            if not file.advance():
                current.remove(file)


def _condition(partition: str, batch: int) -> BooleanExpression:
    same = EqualTo(term=Reference("_partition"), value=literal(partition))
    return And(same, GreaterThan(term=Reference("_batch"), value=literal(batch)))


def _in_order(rows: pa.Table) -> pa.Table:
    at = rows["_row"].combine_chunks()
    ascending = len(at) < 2 or pc.all(pc.less(at[:-1], at[1:])).as_py()
    return rows if ascending else rows.sort_by("_row")


@dataclass(eq=False)
class _File:
    """One file, read batch by batch: after `advance`, `number` and `rows` are of the batch it stands at."""

    table: Table
    task: FileScanTask
    partition: str
    after: int
    number: int = 0
    rows: pa.Table = None

    @property
    def low(self) -> int:
        """The least number that the file can hold, by its statistics."""
        bounds = self.task.file.lower_bounds or {}
        known = bounds.get(self.table.schema().find_field("_batch").field_id)
        return 0 if known is None else int(from_bytes(LongType(), known))

    def advance(self) -> bool:
        """Go to the next batch; False where there is none. Raises LakeError."""
        try:
            self.number, self.rows = next(self._batches)
        except StopIteration:
            return False
        except (OSError, ValueError, KeyError, pa.ArrowException) as fault:
            raise LakeError(
                ".".join(self.table.name()),
                f"the file {self.task.file.file_path} cannot be read: {first_line(fault)}",
                hint="restore it from a backup; batches before it stand",
            ) from fault
        return True

    @cached_property
    def _batches(self) -> Iterator[tuple[int, pa.Table]]:
        return self._merged() if self.task.delete_files else self._stored()

    def _stored(self) -> Iterator[tuple[int, pa.Table]]:
        """By row groups: first only who has which batch, then their rows, a group held until another is needed."""
        schema = schema_to_pyarrow(self.table.schema())
        name = ".".join(self.table.name())
        with self.table.io.new_input(self.task.file.file_path).open() as stream:
            file = pq.ParquetFile(stream, page_checksum_verification=True)
            where: dict[int, list[tuple[int, pl.Series]]] = defaultdict(list)
            for group in range(file.num_row_groups):
                for number, at in self._positions(
                    file.read_row_group(group, columns=["_partition", "_batch"])
                ):
                    where[number].append((group, at))
            held, rows = -1, schema.empty_table()
            for number in sorted(where):
                parts = []
                for group, at in where[number]:
                    if group != held:
                        held, rows = group, fit(file.read_row_group(group), schema, name)
                    parts.append(rows if len(at) == rows.num_rows else rows.take(at.to_arrow()))
                yield number, pa.concat_tables(parts)

    def _positions(self, keys: pa.Table) -> Iterator[tuple[int, pl.Series]]:
        wanted = (pl.col("_partition") == self.partition) & (pl.col("_batch") > self.after)
        named = {name: pl.Series(name, keys[name]) for name in ("_partition", "_batch")}
        rows = pl.DataFrame(named).with_row_index("at").filter(wanted)
        for part in rows.partition_by("_batch", maintain_order=True):
            yield part["_batch"][0], part["at"]

    def _merged(self) -> Iterator[tuple[int, pa.Table]]:
        """A file from which another engine has deleted rows by a file beside it: read whole."""
        rows = read_all(self.table, [self.task], where=_condition(self.partition, self.after))
        for number in sorted(rows["_batch"].unique().to_pylist()):
            yield number, rows.filter(pc.field("_batch") == number)
