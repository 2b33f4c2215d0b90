"""SQL of a contract on a DuckDB of its own, which reaches the tables it is given and nothing else."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence

import duckdb
import polars as pl
import pyarrow as pa

from sentineldq.checks.engines.base import Source
from sentineldq.checks.engines.duckdb import SETTINGS, known, literal
from sentineldq.errors import EngineError
from sentineldq.readers.frames import from_object
from sentineldq.readers.spill import scratch

MEMORY = "2GiB"
"""What a query may hold before it spills to scratch files."""

BATCH = 100_000  # rows of an answer that are fetched at once


def run(query: str, tables: Mapping[str, Source]) -> pl.LazyFrame:
    """The answer of a query over named tables; files are scanned by DuckDB, frames handed over as Arrow.

    No other file, network, extension, setting or Python variable is within reach, whatever the query says.
    Raises EngineError.
    """
    try:
        with _closed([path for source in tables.values() for path in source.paths]) as con:
            for name, source in tables.items():
                _add(con, name, source)
            return from_object(con.sql(query).to_arrow_reader(BATCH), name="the query").frame
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise EngineError(f"the query failed: {error}") from error


def _closed(paths: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """A connection in memory that opens these files alone, and whose settings stay as they are."""
    spills = scratch(".spill")
    spills.unlink()
    settings = SETTINGS | {
        "allowed_paths": literal([*paths, *map(glob.escape, paths)]),
        "memory_limit": literal(MEMORY),
        "temp_directory": literal(spills),
        "enable_external_access": "false",
        "lock_configuration": "true",
    }
    con = duckdb.connect()
    for name, value in settings.items():
        con.execute(f"SET {name} = {value}")
    return con


def _add(con: duckdb.DuckDBPyConnection, name: str, source: Source) -> None:
    if source.paths:
        files = [glob.escape(path) for path in source.paths]
        known(con.read_parquet(files, union_by_name=True)).create_view(name)
    else:
        con.register(name, source.frame.to_native().collect(engine="streaming").to_arrow())
