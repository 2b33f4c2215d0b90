"""The rows of data files as a table has its columns now, every page verified against its checksum.

Like PyIceberg's ArrowScan (columns by their ids, deletions by position, values of partitions), which verifies nothing
and holds all rows of the files it reads at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyiceberg.exceptions import ResolveError
from pyiceberg.expressions import AlwaysTrue, BooleanExpression
from pyiceberg.expressions.visitors import bind, extract_field_ids, translate_column_names
from pyiceberg.io.pyarrow import (
    _get_column_projection_values,
    _read_deletes,
    expression_to_pyarrow,
    pyarrow_to_schema,
    schema_to_pyarrow,
)
from pyiceberg.manifest import DataFile, FileFormat
from pyiceberg.schema import Schema, prune_columns
from pyiceberg.table import FileScanTask, Table
from pyiceberg.types import ListType, MapType

from sentineldq.errors import LakeError, first_line
from sentineldq.lake.columns import project

VERIFIED = ds.ParquetFileFormat(
    default_fragment_scan_options=ds.ParquetFragmentScanOptions(
        page_checksum_verification=True, pre_buffer=True
    )
)
"""How other engines read data files through Arrow: nothing is made of pages that their checksums do not fit."""

ROWS = 65_536  # of a file, that are read at once

UNREADABLE = (OSError, ValueError, KeyError, TypeError, NotImplementedError, pa.ArrowException, ResolveError)
"""What reading a damaged data file raises."""


def read(
    table: Table,
    tasks: Iterable[FileScanTask],
    *,
    schema: Schema | None = None,
    where: BooleanExpression | None = None,
) -> Iterator[pa.RecordBatch]:
    """The rows of files for which `where` is true, in columns of `schema` (the table's), file by file.

    In memory is a part of one file at a time. Raises LakeError, naming the file, where one is damaged or gone.
    """
    columns = schema or table.schema()
    condition = bind(table.schema(), where or AlwaysTrue(), case_sensitive=True)
    for task in tasks:
        with naming(table, task.file.file_path):
            yield from _batches(table, task, columns, condition)


def read_all(
    table: Table, tasks: Iterable[FileScanTask], *, where: BooleanExpression | None = None
) -> pa.Table:
    """The same as one table, in the table's own columns and types."""
    arrow = schema_to_pyarrow(table.schema())
    parts = [pa.Table.from_batches([batch]).cast(arrow) for batch in read(table, tasks, where=where)]
    return pa.concat_tables([arrow.empty_table(), *parts])


@contextmanager
def naming(table: Table, path: str) -> Iterator[None]:
    """What reading a data file raises, as a LakeError that names it."""
    try:
        yield
    except UNREADABLE as fault:
        raise LakeError(
            ".".join(table.name()),
            f"the file {path} cannot be read: {first_line(fault)}",
            hint="restore it from a backup",
        ) from fault


def _batches(
    table: Table, task: FileScanTask, schema: Schema, condition: BooleanExpression
) -> Iterator[pa.RecordBatch]:
    if task.file.file_format != FileFormat.PARQUET:
        raise ValueError(f"it is {task.file.file_format}, and only Parquet can be verified")
    gone = [_gone(table, file, task.file) for file in task.delete_files]
    with (
        table.io.new_input(task.file.file_path).open() as stream,
        pq.ParquetFile(stream, pre_buffer=False, page_checksum_verification=True) as file,
    ):
        _demand_rows(file.metadata, task.file)
        stored = pyarrow_to_schema(file.schema_arrow, table.name_mapping(), downcast_ns_timestamp_to_us=True)
        _demand_columns(stored, task.file)
        spec = table.specs().get(task.file.spec_id)
        absent = _get_column_projection_values(task.file, schema, table.schema(), spec, stored.field_ids)
        wanted = prune_columns(stored, _ids(schema) | extract_field_ids(condition), select_full_types=False)
        test = None
        if not isinstance(condition, AlwaysTrue):
            named = translate_column_names(
                condition, stored, case_sensitive=True, projected_field_values=absent
            )
            test = expression_to_pyarrow(bind(stored, named, case_sensitive=True), stored)
        groups = (
            range(file.num_row_groups) if gone else _groups(stream, test)
        )  # positions are those of all rows
        columns = [field.name for field in wanted.fields]
        batches = _counted(file.iter_batches(ROWS, row_groups=groups, columns=columns), file.metadata, groups)
        for rows in _without(batches, gone, test):
            yield project(rows, wanted, schema, absent=absent)


def _groups(stream: Any, test: pc.Expression | None) -> list[int]:
    """The row groups that may hold what is asked for, by their statistics."""
    fragment = ds.ParquetFileFormat().make_fragment(stream)
    kept = fragment if test is None else fragment.subset(test)
    return [group.id for group in kept.row_groups]


def _counted(
    batches: Iterable[pa.RecordBatch], footer: pq.FileMetaData, groups: Iterable[int]
) -> Iterator[pa.RecordBatch]:
    """Batches as they come; a damaged header of a page may end them too early."""
    left = sum(footer.row_group(group).num_rows for group in groups)
    for batch in batches:
        left -= batch.num_rows
        yield batch
    if left:
        raise ValueError(f"{left} of its rows are missing")


def _ids(schema: Schema) -> set[int]:
    return {one for one in schema.field_ids if not isinstance(schema.find_type(one), (MapType, ListType))}


def _demand_rows(footer: pq.FileMetaData, file: DataFile) -> None:
    """A footer has no checksum; that much its manifest knows of it."""
    held = sum(footer.row_group(group).num_rows for group in range(footer.num_row_groups))
    if not held == footer.num_rows == file.record_count:
        raise ValueError(f"it has {held} rows in place of {file.record_count}")


def _demand_columns(stored: Schema, file: DataFile) -> None:
    missing = set(file.column_sizes or ()) - set(stored.field_ids)
    if missing:
        raise ValueError(f"it lacks columns that were written to it (ids {sorted(missing)})")


def _gone(table: Table, deletions: DataFile, file: DataFile) -> pa.Array:
    """The positions of deleted rows of a file, by one file of deletions."""
    with naming(table, deletions.file_path):
        if deletions.file_format != FileFormat.PARQUET:
            found = _read_deletes(table.io, deletions).get(file.file_path)
            return pa.array([], pa.int64()) if found is None else found.combine_chunks()
        with (
            table.io.new_input(deletions.file_path).open() as stream,
            pq.ParquetFile(stream, page_checksum_verification=True) as read_from,
        ):
            rows = read_from.read(columns=["file_path", "pos"])
            return rows.filter(pc.field("file_path") == file.file_path)["pos"].combine_chunks()


def _without(
    batches: Iterable[pa.RecordBatch], gone: list[pa.Array], test: pc.Expression | None
) -> Iterator[pa.RecordBatch]:
    """Of the batches of a whole file those rows that pass the test and are not at the positions of deleted ones."""
    deleted = pa.concat_arrays(gone) if gone else None
    start = 0
    for batch in batches:
        rows = pa.Table.from_batches([batch])
        if deleted is not None:
            at = pa.array(range(start, start + batch.num_rows), pa.int64())
            rows = rows.filter(pc.invert(pc.is_in(at, value_set=deleted)))
            start += batch.num_rows
        yield from (rows if test is None else rows.filter(test)).combine_chunks().to_batches()
