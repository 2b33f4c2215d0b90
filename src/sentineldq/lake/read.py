"""The rows of data files as a table has its columns now, every page verified against its checksum.

Like PyIceberg's ArrowScan (columns by their ids, deletions by position, values of partitions), which verifies nothing
and holds all rows of the files it reads at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

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
    _to_requested_schema,
    expression_to_pyarrow,
    pyarrow_to_schema,
    schema_to_pyarrow,
)
from pyiceberg.manifest import DataFile, FileFormat
from pyiceberg.schema import Schema, prune_columns
from pyiceberg.table import FileScanTask, Table
from pyiceberg.types import ListType, MapType

from sentineldq.errors import LakeError, first_line

VERIFIED = ds.ParquetFileFormat(
    default_fragment_scan_options=ds.ParquetFragmentScanOptions(
        page_checksum_verification=True, pre_buffer=True
    )
)
"""How data files are read: nothing is made of pages that their checksums do not fit."""

ROWS = 32_768  # of a file, that are read at once
AHEAD = 2  # such parts that are read before they are asked for

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
    with table.io.new_input(task.file.file_path).open() as stream:
        fragment = VERIFIED.make_fragment(stream)
        _demand_rows(fragment, task.file)
        stored = pyarrow_to_schema(
            fragment.physical_schema, table.name_mapping(), downcast_ns_timestamp_to_us=True
        )
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
        scanner = ds.Scanner.from_fragment(
            fragment,
            schema=fragment.physical_schema,
            columns=[field.name for field in wanted.fields],
            filter=None if gone else test,  # positions are those of all rows
            batch_size=ROWS,
            batch_readahead=AHEAD,
        )
        for rows in _without(scanner.to_batches(), gone, test):
            if rows.num_rows:
                yield _to_requested_schema(
                    schema,
                    wanted,
                    rows,
                    downcast_ns_timestamp_to_us=True,
                    projected_missing_fields=absent,
                    allow_timestamp_tz_mismatch=True,
                )


def _ids(schema: Schema) -> set[int]:
    return {one for one in schema.field_ids if not isinstance(schema.find_type(one), (MapType, ListType))}


def _demand_rows(fragment: ds.ParquetFileFragment, file: DataFile) -> None:
    """A footer has no checksum; that much its manifest knows of it."""
    held = fragment.metadata.num_rows
    if held != file.record_count or held != sum(group.num_rows for group in fragment.row_groups):
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
    """Batches without the rows at some positions; where there are any, also without those that fail the test."""
    if not gone:
        yield from batches
        return
    deleted = pa.concat_arrays(gone)
    start = 0
    for batch in batches:
        at = pa.array(range(start, start + batch.num_rows), pa.int64())
        start += batch.num_rows
        stay = batch.filter(pc.invert(pc.is_in(at, value_set=deleted)))
        yield from [stay] if test is None else pa.Table.from_batches([stay]).filter(test).to_batches()
