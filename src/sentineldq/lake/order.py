"""The rows of many files in one order, read a little at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.io.pyarrow import pyarrow_to_schema, schema_to_pyarrow
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

from sentineldq.lake.columns import project
from sentineldq.lake.files import located
from sentineldq.lake.write import GROUP_BYTES, GROUP_ROWS, fit

ORDER = ("_partition", "_batch", "_row")

PART = GROUP_BYTES // 2
"""Bytes of a part: two of them are in memory at a time, and what the writer makes of one."""

SIP = 4096
"""Rows that are read of a file at a time."""


def in_order(table: Table, files: Sequence[DataFile]) -> Iterator[pa.Table]:
    """The rows of files by `_partition`, `_batch`, `_row`, in parts of at most a row group's size.

    Each file is sorted already, as a writer leaves it, so its rows are only woven in between those of others; one that
    is not (another engine's) comes in its own order where its first row belongs. Files of a table without these
    columns come one after the other. Raises OSError, ArrowException.
    """
    readers = [_Reader(table, file) for file in files]
    held: list[pa.Table] = []
    rows = weight = 0
    for number, count in _runs(table, readers):
        for part in readers[number].take(count):
            held.append(part)
            rows, weight = rows + part.num_rows, weight + part.nbytes
            if rows >= GROUP_ROWS or weight >= PART:
                yield pa.concat_tables(held)
                held, rows, weight = [], 0, 0
    if held:
        yield pa.concat_tables(held)


def _runs(table: Table, readers: Sequence[_Reader]) -> Iterator[tuple[int, int]]:
    """Which reader is next, and for how many rows."""
    if not set(ORDER) <= set(table.schema().column_names):
        yield from ((number, reader.rows()) for number, reader in enumerate(readers))
        return
    runs = pl.concat([_runs_of(reader.keys(), number) for number, reader in enumerate(readers)])
    yield from runs.sort(ORDER, maintain_order=True).select("file", "count").iter_rows()


def _runs_of(keys: pl.DataFrame, number: int) -> pl.DataFrame:
    """The stretches of one batch each in a file; the whole file as one where they are not in order."""
    batch = pl.struct("_partition", "_batch")
    runs = (
        keys.group_by(batch.rle_id().alias("run"), maintain_order=True)
        .agg(*(pl.col(name).first() for name in ORDER), pl.len().cast(pl.Int64).alias("count"))
        .with_columns(pl.lit(number).alias("file"))
        .drop("run")
    )
    if runs.equals(runs.sort(ORDER, maintain_order=True)):
        return runs
    return runs.head(1).with_columns(pl.lit(keys.height, pl.Int64).alias("count"))


def read_file(table: Table, file: DataFile) -> pa.Table:
    """All rows of a file, in the columns and types that the table has now, their checksums verified. Raises OSError."""
    empty = schema_to_pyarrow(table.schema()).empty_table()
    reader = _Reader(table, file)
    return pa.concat_tables([empty, *reader.take(reader.rows())])


class _Reader:
    """A file that is read from its start to its end, in the columns and types that the table has now."""

    def __init__(self, table: Table, file: DataFile) -> None:
        self._table = table
        self._columns = schema_to_pyarrow(table.schema())
        self._place = located(table.io, file.file_path)
        self._batches: Iterator[pa.Table] | None = None
        self._rest = self._columns.empty_table()
        self._left = 0

    def rows(self) -> int:
        """How many there are, which need not be what the table counts."""
        system, path = self._place
        with system.open_input_file(path) as stream, pq.ParquetFile(stream) as file:
            return int(file.metadata.num_rows)

    def keys(self) -> pl.DataFrame:
        system, path = self._place
        with (
            system.open_input_file(path) as stream,
            pq.ParquetFile(stream, page_checksum_verification=True) as file,
        ):
            read = file.read(columns=list(ORDER))
        if set(ORDER) - set(read.column_names):
            raise OSError(f"{path} is damaged: it lacks {', '.join(ORDER)}")
        # Column by column: Polars panics at the names of a damaged schema.
        found = pl.DataFrame({name: pl.Series(name, read[name]) for name in ORDER})
        return found.select(pl.col("_partition").cast(pl.String), pl.col("_batch", "_row").cast(pl.Int64))

    def take(self, count: int) -> Iterator[pa.Table]:
        """The next so many rows; with the last of them the file is closed and let go of."""
        if self._batches is None:
            self._batches = self._read()
        while count > 0:
            if self._rest.num_rows == 0:
                self._rest = next(self._batches, self._rest)
                if self._rest.num_rows == 0:
                    return
            part = self._rest.slice(0, count)
            # An empty slice would hold on to all the rows that it is a slice of.
            whole = part.num_rows == self._rest.num_rows
            self._rest = self._columns.empty_table() if whole else self._rest.slice(part.num_rows)
            count -= part.num_rows
            self._left -= part.num_rows
            if self._left <= 0:
                self._batches = iter(())
            yield part

    def _read(self) -> Iterator[pa.Table]:
        system, path = self._place
        schema = self._table.schema()
        # What is damaged must not be written anew, with checksums that are right.
        with (
            system.open_input_file(path) as stream,
            pq.ParquetFile(stream, pre_buffer=False, page_checksum_verification=True) as file,
        ):
            stored = pyarrow_to_schema(file.schema_arrow, self._table.name_mapping())
            self._left = file.metadata.num_rows
            for batch in file.iter_batches(batch_size=SIP):
                if batch.num_rows:
                    projected = project(batch, stored, schema, absent={})
                    yield fit(pa.Table.from_batches([projected]), self._columns, ".".join(self._table.name()))
