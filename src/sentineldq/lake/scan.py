"""Reading a table as a lazy Polars frame; bronze batch by batch is in `batches`."""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence

import polars as pl
from pyiceberg.table import Table

from sentineldq.lake.batches import read_after
from sentineldq.lake.facts import head_facts

__all__ = ["head_facts", "read_after", "scan"]

os.environ.setdefault("POLARS_ICEBERG_PLANNER", "pyiceberg")  # the other is a package the core does without


def scan(
    table: Table,
    *,
    where: pl.Expr | None = None,
    columns: Sequence[str] | None = None,
    snapshot: int | None = None,
) -> pl.LazyFrame:
    """The rows of a table as it is now, or as it was at a snapshot; only what is asked for is read.

    where: files and row groups whose statistics rule it out are not opened. Columns added since a file was written
    are null in its rows. The frame does not move when the table does.
    """
    frame = pl.scan_iceberg(copy.copy(table), snapshot_id=snapshot)
    if where is not None:
        frame = frame.filter(where)
    return frame if columns is None else frame.select(columns)
