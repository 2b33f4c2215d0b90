"""Reading a table as a lazy Polars frame, verified; bronze batch by batch is in `batches`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from inspect import signature
from typing import Any

import polars as pl
import pyarrow as pa
from pyiceberg.table import DataScan, Table

from sentineldq.lake.batches import read_after
from sentineldq.lake.facts import head_facts
from sentineldq.lake.read import read

__all__ = ["head_facts", "read_after", "scan"]


def scan(
    table: Table,
    *,
    where: pl.Expr | None = None,
    columns: Sequence[str] | None = None,
    snapshot: int | None = None,
) -> pl.LazyFrame:
    """The rows of a table as it is now, or as it was at a snapshot; only what is asked for is read.

    where: files and row groups whose statistics rule it out are not opened. Columns added since a file was written
    are null in its rows. The frame does not move when the table does. Collecting it raises LakeError where a file is
    damaged or gone: pages are read against their checksums, which Polars' own reader leaves out.
    """
    frame = pl.scan_iceberg(_Verified(table), snapshot_id=snapshot, reader_override="pyiceberg")
    if where is not None:
        frame = frame.filter(where)
    return frame if columns is None else frame.select(columns)


class _Verified(Table):
    """A table as it stands, which Polars asks for rows by `scan`, giving it columns and conditions."""

    def __init__(self, table: Table) -> None:
        super().__init__(
            table.name(), table.metadata, table.metadata_location, table.io, table.catalog, table.config
        )

    def scan(self, *given: Any, **named: Any) -> DataScan:
        plan = super().scan(*given, **named)
        verified = _Scan(**{name: getattr(plan, name) for name in signature(DataScan).parameters})
        verified.table = self
        return verified


class _Scan(DataScan):
    """What Polars reads of a scan: batches of rows, here from files that are verified."""

    table: Table

    def update(self, **changed: Any) -> _Scan:
        made = super().update(**changed)
        made.table = self.table
        return made

    def to_arrow_batch_reader(
        self,
        dictionary_columns: tuple[str, ...] = (),  # noqa: ARG002
    ) -> Iterator[pa.RecordBatch]:
        rows = read(self.table, self.plan_files(), schema=self.projection(), where=self.row_filter)
        return rows if self.limit is None else _first(rows, self.limit)


def _first(batches: Iterable[pa.RecordBatch], limit: int) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield batch.slice(0, limit)
        limit -= batch.num_rows
        if limit <= 0:
            return
