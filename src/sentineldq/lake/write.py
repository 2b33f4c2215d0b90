"""Rows to Parquet files of a table, one per partition, not yet part of it: a commit is what adds them.

PyIceberg's own writer splits partitions by a package that the core does without, and cannot leave out the dictionary
and statistics of a single column. Here bytes as sent (binary columns) get neither: they never repeat, and nobody
looks for a range of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.io.pyarrow import (
    compute_statistics_plan,
    data_file_statistics_from_parquet_metadata,
    parquet_path_to_id_mapping,
    schema_to_pyarrow,
)
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.partitioning import PartitionFieldValue, PartitionKey
from pyiceberg.table import Table
from pyiceberg.transforms import DayTransform, IdentityTransform, MonthTransform, Transform, YearTransform
from pyiceberg.typedef import Record

from sentineldq.errors import LakeError

GROUP_ROWS, GROUP_BYTES = 128 * 1024, 64 * 1024 * 1024
"""Most rows, and about as many bytes, of one row group: the unit that is read or skipped as a whole."""

BUFFER = 8 * 1024 * 1024
"""Bytes gathered before they are written: every write of a local file waits for Python's lock."""

LONGEST = 200
"""Characters of a partition's folder; a longer one, as of a long text, is done without: what a file is of is in the
manifest, and no file system takes names of any length."""


def write(table: Table, rows: pa.Table) -> list[DataFile]:
    """Write rows as files beside the table, for a `commit` to add; none for no rows.

    rows: columns by name, in any order; a missing one is null. What is not committed in the end is an orphan: see
    `remove`. Safe in a thread of its own, and nearly all outside of Python's lock. Raises LakeError.
    """
    name = ".".join(table.name())
    fitted = fit(rows, schema_to_pyarrow(table.schema()), name)
    written: list[DataFile] = []
    try:
        for key, part in _partitions(table, fitted):
            written.append(write_file(table, [part], key))
    except (OSError, pa.ArrowException) as fault:
        remove(table, written)
        raise LakeError(name, f"its rows cannot be written: {fault}") from fault
    return written


def remove(table: Table, files: list[DataFile]) -> None:
    """Delete files that no commit has added, as far as possible; what stays is an orphan, removed by upkeep."""
    for file in files:
        try:
            table.io.delete(file.file_path)
        except OSError:
            continue


def fit(rows: pa.Table, schema: pa.Schema, name: str) -> pa.Table:
    """Rows in a table's columns and types. Raises LakeError for a column it has not, or a value that does not fit."""
    unknown = [column for column in rows.column_names if column not in schema.names]
    if unknown:
        raise LakeError(name, f"it has no column {', '.join(unknown)}", hint="`Lake.ensure` adds columns")
    columns = []
    for field in schema:
        try:
            if field.name in rows.column_names:
                columns.append(_cast(rows[field.name], field.type))
            else:
                columns.append(pa.chunked_array([pa.nulls(rows.num_rows, field.type)]))
        except pa.ArrowException as fault:
            raise LakeError(name, f"{field.name} does not fit as {field.type}: {fault}") from fault
    return pa.table(columns, schema=schema)


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    return column if column.type == kind else column.cast(kind)


def write_file(table: Table, parts: Iterable[pa.Table], key: PartitionKey | None) -> DataFile:
    """Write the rows of one partition as one file; one part of them is in memory at a time.

    parts: in the table's columns and types, as `fit` gives them. Not committed, as with `write`. Raises OSError.
    """
    metadata = table.metadata
    schema = metadata.schema()
    columns = schema_to_pyarrow(schema)
    foldered = key if key is None or len(key.to_path()) <= LONGEST else None
    location = table.location_provider().new_data_location(f"{uuid.uuid4()}.parquet", foldered)
    with table.io.new_output(location).create(overwrite=True) as stream:
        buffer = pa.BufferedOutputStream(_native(stream), BUFFER)
        with pq.ParquetWriter(buffer, columns, **_options(columns, metadata.properties)) as writer:
            for part in parts:
                writer.write_table(part, row_group_size=_group(part))
        buffer.flush()
        size = buffer.tell()
        buffer.detach()  # who opened the stream closes it
    statistics = data_file_statistics_from_parquet_metadata(
        parquet_metadata=writer.writer.metadata,
        stats_columns=compute_statistics_plan(schema, metadata.properties),
        parquet_column_mapping=parquet_path_to_id_mapping(schema),
    )
    return DataFile.from_args(
        content=DataFileContent.DATA,
        file_path=location,
        file_format=FileFormat.PARQUET,
        partition=key.partition if key else Record(),
        file_size_in_bytes=size,
        spec_id=metadata.default_spec_id,
        sort_order_id=None,
        equality_ids=None,
        key_metadata=None,
        **statistics.to_serialized_dict(),
    )


def _native(stream: Any) -> pa.NativeFile:
    return stream if isinstance(stream, pa.NativeFile) else pa.PythonFile(stream, "w")


def _group(rows: pa.Table) -> int:
    weight: int = rows.nbytes
    return max(1024, min(GROUP_ROWS, int(rows.num_rows) * GROUP_BYTES // max(1, weight)))


def _options(schema: pa.Schema, properties: dict[str, str]) -> dict[str, Any]:
    repeating = [path for field in schema for path in _leaves(field.name, field.type)]
    return {
        "compression": properties.get("write.parquet.compression-codec", "zstd"),
        "compression_level": int(properties.get("write.parquet.compression-level", "1")),
        "use_dictionary": repeating,
        "write_statistics": repeating,
        "store_decimal_as_integer": True,
        "write_page_checksum": True,
    }


def _leaves(path: str, kind: pa.DataType) -> Iterator[str]:
    """The paths of a column's values as Parquet names them, bytes left out."""
    if pa.types.is_struct(kind):
        for field in kind:
            yield from _leaves(f"{path}.{field.name}", field.type)
    elif pa.types.is_map(kind):
        yield from _leaves(f"{path}.key_value.key", kind.key_type)
        yield from _leaves(f"{path}.key_value.value", kind.item_type)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        yield from _leaves(f"{path}.list.element", kind.value_type)
    elif not (pa.types.is_binary(kind) or pa.types.is_large_binary(kind)):
        yield path


# ---------------------------------------------------------------------------------------- partitions


def _partitions(table: Table, rows: pa.Table) -> Iterator[tuple[PartitionKey | None, pa.Table]]:
    """The rows of each partition, in their order; those without a value are a partition of their own."""
    spec, schema = table.spec(), table.schema()
    if rows.num_rows == 0:
        return
    if spec.is_unpartitioned():
        yield None, rows
        return
    sources = [rows[schema.find_field(field.source_id).name] for field in spec.fields]
    keys = pl.DataFrame(
        {
            field.name: _keys(field.transform, source)
            for field, source in zip(spec.fields, sources, strict=True)
        }
    )
    groups = keys.with_row_index("row number").group_by(keys.columns, maintain_order=True).agg("row number")
    for *values, members in groups.iter_rows():
        pairs = zip(spec.fields, values, strict=True)
        key = PartitionKey([PartitionFieldValue(field, value) for field, value in pairs], spec, schema)
        yield key, rows if groups.height == 1 else rows.take(pa.array(members, pa.int64()))


def _keys(transform: Transform[Any, Any], column: pa.ChunkedArray) -> pl.Series:
    """A column's partition values, as Iceberg counts them: days, months, years since 1970."""
    values = pl.Series(pl.from_arrow(column))
    match transform:
        case DayTransform():
            return values.cast(pl.Date).to_physical()
        case MonthTransform():
            return (values.dt.year() - 1970) * 12 + values.dt.month().cast(pl.Int32) - 1
        case YearTransform():
            return values.dt.year() - 1970
        case IdentityTransform():
            return values.to_physical() if values.dtype in {pl.Date, pl.Datetime} else values
        case _:
            raise LakeError(
                "table", f"rows cannot be written by {transform}", hint="use day, month, year or identity"
            )
