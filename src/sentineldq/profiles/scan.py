"""The profile of any input that can be read: one pass, batch by batch, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from sentineldq.errors import ReadError, first_line
from sentineldq.profiles.build import ROWS, Builder, Data
from sentineldq.profiles.model import Profile
from sentineldq.profiles.plan import Plan
from sentineldq.readers.damage import reading
from sentineldq.readers.open import open_table
from sentineldq.readers.table import Table

Progress = Callable[[int], None]


def profile_file(
    source: Any, *, plan: Plan | None = None, progress: Progress | None = None, **options: Any
) -> Profile:
    """The profile of a file, folder, URL, stream or frame.

    `options` are those of `sentineldq.readers.open.open_table`; `progress` is told how many rows were read so far.
    A Spark frame is profiled on Spark. Raises ReadError, UsageError, MissingExtraError.
    """
    table = open_table(source, **options)
    plan = plan or Plan()
    if table.format == "spark":
        from sentineldq.profiles.spark import profile_spark

        return profile_spark(table.native, plan=plan)
    builder = Builder(plan)
    rows = 0
    with reading(table):
        for batch in _batches(table, plan):
            builder.add(batch)
            rows += len(batch)
            if progress:
                progress(rows)
    return builder.done()


def _batches(table: Table, plan: Plan) -> Iterator[Data]:
    """The table in batches; Parquet as its files hold it, else through Polars' streaming engine."""
    if table.format == "parquet" and table.paths:
        for path in table.paths:
            yield from _parquet(path, plan)
        return
    schema = table.frame.collect_schema()
    frame = table.frame
    if plan.columns is not None:
        wanted = [name for name in schema.names() if name in plan.columns]
        frame, schema = frame.select(wanted), pl.Schema({name: schema[name] for name in wanted})
    yield pl.DataFrame(schema=schema)  # of no rows at all the columns are still told
    yield from frame.collect_batches(chunk_size=ROWS, maintain_order=True, lazy=True)


def _parquet(path: str, plan: Plan) -> Iterator[Data]:
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            wanted = names if plan.columns is None else [name for name in names if name in plan.columns]
            yield pa.table({name: pa.array([], file.schema_arrow.field(name).type) for name in wanted})
            yield from file.iter_batches(ROWS, columns=wanted)
    except (pa.ArrowException, OSError) as fault:
        hint = "copy or write it again; it was changed or cut short on its way"
        raise ReadError(path, f"its data is damaged ({first_line(fault)})", hint=hint) from fault
