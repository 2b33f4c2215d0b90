"""A model's query on a DuckDB of its own, over versions of Iceberg tables; larger than memory is no matter.

The tables are handed over as Arrow datasets: DuckDB asks them for just the columns and row groups it needs, more
than once where a query reads a table twice, and reaches no file, network or setting by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
from pyiceberg.expressions import (
    AlwaysTrue,
    And,
    BooleanExpression,
    GreaterThanOrEqual,
    LessThan,
    Reference,
)
from pyiceberg.expressions.literals import literal
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.manifest import DataFile
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.types import DateType, TimestampType, TimestamptzType

from sentineldq.checks.engines.duckdb import SETTINGS
from sentineldq.checks.engines.duckdb import literal as text_of
from sentineldq.errors import LakeError, suggest
from sentineldq.lake.files import located
from sentineldq.lake.read import VERIFIED, read
from sentineldq.lake.schema import storable
from sentineldq.names import quote
from sentineldq.readers.spill import scratch

MEMORY = "1GiB"
"""What a query may hold before it spills to scratch files."""

BATCH = 50_000  # rows of an answer that are fetched at once
CHUNK = 64 << 20  # bytes of an answer that are written at once

Dates = frozenset[date | None]
"""Days in UTC; None stands for rows without one."""

TEMPORAL = (DateType, TimestampType, TimestamptzType)


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of a table, and of it the rows of some dates of a column; all rows without `dates`."""

    table: Table
    snapshot: int
    column: str | None = None
    dates: Dates | None = None


@contextmanager
def session(versions: Mapping[str, Version], *, memory: str = MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that holds these tables (`silver.x`, `gold.y`) as views, and nothing else."""
    spills = scratch(".spill")
    spills.unlink()
    settings = SETTINGS | {
        "memory_limit": text_of(memory),
        "temp_directory": text_of(spills),
        "enable_external_access": "false",
        "lock_configuration": "true",
    }
    with duckdb.connect() as con:
        for name, value in settings.items():
            con.execute(f"SET {name} = {value}")
        for layer in {name.partition(".")[0] for name in versions}:
            con.execute(f"CREATE SCHEMA {quote(layer)}")
        for name, version in versions.items():
            con.register(f"files of {name}", _dataset(version))
            where = _where(version) if version.dates is not None else "true"
            view = quote(*name.split("."))
            con.execute(f"CREATE VIEW {view} AS SELECT * FROM {quote(f'files of {name}')} WHERE {where}")
        yield con


@contextmanager
def naming(versions: Mapping[str, Version]) -> Iterator[None]:
    """Where a query fails since a file of its tables is damaged or gone, LakeError names that file."""
    try:
        yield
    except (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException):
        raise
    except (duckdb.Error, pa.ArrowException, OSError):
        for version in versions.values():
            for _ in read(version.table, version.table.scan(snapshot_id=version.snapshot).plan_files()):
                pass
        raise


def answer(
    con: duckdb.DuckDBPyConnection, sql: str, *, name: str, partition: tuple[str, str] | None = None
) -> tuple[pa.Schema, Iterator[pa.Table]]:
    """What a query gives: the schema of its Iceberg table, and its rows in pieces that fit memory.

    name: of the table, for messages. partition: of it; the rows come sorted by its column, so that each piece holds
    few partitions. Types that Iceberg lacks become the nearest it has. Raises duckdb.Error, LakeError for a type
    without any, and for a partition that does not fit.
    """
    relation = con.sql(f"SELECT * FROM (\n{sql}\n)")
    kinds = dict(zip(relation.columns, map(str, relation.types), strict=True))
    if partition is not None:
        _refuse_partition(name, kinds, *partition)
    picked = ", ".join(f"{_cast(column, kind)} AS {quote(column)}" for column, kind in kinds.items())
    reader = con.sql(f"SELECT {picked} FROM {_sorted(sql, partition)}").to_arrow_reader(BATCH)
    return storable(reader.schema, table=name), _pieces(reader)


def _sorted(sql: str, partition: tuple[str, str] | None) -> str:
    """A query in brackets, its rows by partition, and within one in the order that the query itself gives them."""
    from sqlglot import parse_one

    if partition is None:
        return f"(\n{sql}\n)"
    if not parse_one(sql, dialect="duckdb").args.get("order"):
        return f"(\n{sql}\n) ORDER BY {quote(partition[0])}"
    place = quote("place in the query's order")
    numbered = f"SELECT *, row_number() OVER () AS {place} FROM (\n{sql}\n)"
    return f"({numbered}) ORDER BY {quote(partition[0])}, {place}"


def _refuse_partition(name: str, kinds: Mapping[str, str], column: str, transform: str) -> None:
    if column not in kinds:
        hint = suggest(column, kinds)
        raise LakeError(name, f"its query gives no column {column!r}, which it is partitioned by", hint=hint)
    if transform != "identity" and not kinds[column].startswith(("DATE", "TIMESTAMP")):
        reason = f"{column} is of type {kinds[column]}: only a date or a timestamp has a {transform}"
        raise LakeError(name, reason, hint="cast it in the query")


def dates_in(table: Table, files: Iterable[DataFile], column: str) -> Dates:
    """The dates of a column in some data files of a table, read from that column alone."""
    with duckdb.connect() as con:
        for name, value in SETTINGS.items():
            con.execute(f"SET {name} = {value}")
        con.register("files", _files(table, [file.file_path for file in files], table.schema()))
        found = con.sql(f"SELECT DISTINCT CAST({quote(column)} AS DATE) FROM files").fetchall()
    return frozenset(day for (day,) in found)


def _pieces(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    size = 0
    for batch in reader:
        held.append(batch)
        size += batch.nbytes
        if size >= CHUNK:
            yield pa.Table.from_batches(held, schema=reader.schema)
            held, size = [], 0
    if held:
        yield pa.Table.from_batches(held, schema=reader.schema)


def _dataset(version: Version) -> ds.Dataset:
    scan = version.table.scan(row_filter=_row_filter(version), snapshot_id=version.snapshot)
    tasks = list(scan.plan_files())
    name = ".".join(version.table.name())
    if any(task.delete_files for task in tasks):
        hint = "another program deleted rows by merge-on-read; let it compact the table"
        raise LakeError(name, "it has delete files, which this version does not read", hint=hint)
    return _files(version.table, [task.file.file_path for task in tasks], scan.projection())


def _files(table: Table, paths: list[str], schema: Schema) -> ds.Dataset:
    """Data files as one dataset; a column that came after a file was written is null in it."""
    arrow = schema_to_pyarrow(schema, include_field_ids=False)
    if not paths:
        return ds.dataset(arrow.empty_table())
    return ds.FileSystemDataset.from_paths(
        [located(table.io, path)[1] for path in paths],
        schema=arrow,
        format=VERIFIED,
        filesystem=located(table.io, paths[0])[0],
    )


def _row_filter(version: Version) -> BooleanExpression:
    """What files can be left out by: the span of the dates."""
    if version.column is None or not version.dates or None in version.dates:
        return AlwaysTrue()
    first, after = _span(version.dates)
    column = Reference(version.column)
    low, high = literal(_bound(version, first)), literal(_bound(version, after))
    return And(GreaterThanOrEqual(term=column, value=low), LessThan(term=column, value=high))


def _bound(version: Version, day: date) -> str:
    kind = version.table.schema().find_type(str(version.column))
    zone = "+00:00" if isinstance(kind, TimestamptzType) else ""
    return day.isoformat() if isinstance(kind, DateType) else f"{day.isoformat()}T00:00:00{zone}"


def _where(version: Version) -> str:
    """The rows of the dates; the span is said too, for DuckDB to skip row groups by."""
    column, dates = quote(str(version.column)), version.dates or frozenset()
    known = sorted(day for day in dates if day is not None)
    parts = ["false"]
    if known:
        first, after = _span(dates)
        listed = ", ".join(f"DATE '{day}'" for day in known)
        parts.append(
            f"({column} >= DATE '{first}' AND {column} < DATE '{after}' AND CAST({column} AS DATE) IN ({listed}))"
        )
    if None in dates:
        parts.append(f"{column} IS NULL")
    return " OR ".join(parts)


def _span(dates: Dates) -> tuple[date, date]:
    known = [day for day in dates if day is not None]
    return min(known), max(known) + timedelta(days=1)


_NEAREST = {
    "HUGEINT": "BIGINT",  # what sum() and count of integers give; fails where it does not fit
    "UHUGEINT": "BIGINT",
    "TIMESTAMP_S": "TIMESTAMP",
    "TIMESTAMP_MS": "TIMESTAMP",
    "TIMESTAMP_NS": "TIMESTAMP",
    "UUID": "VARCHAR",
    "JSON": "VARCHAR",
}


def _cast(name: str, kind: str) -> str:
    """A column in the type nearest to its own that Iceberg has too."""
    return f"CAST({quote(name)} AS {_NEAREST[kind]})" if kind in _NEAREST else quote(name)
