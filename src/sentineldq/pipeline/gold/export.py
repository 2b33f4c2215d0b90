"""Gold tables as files beside them: `exports/MODEL.csv` in the warehouse."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from shutil import copyfileobj

import polars as pl
from pyiceberg.table import Table

from sentineldq.errors import LakeError, WriteError
from sentineldq.lake.open import refusals
from sentineldq.pipeline.gold.changes import content
from sentineldq.readers.spill import scratch
from sentineldq.readers.write import write_table

EXPORTED = "sentinel.exported"
"""The table property that tells which version the file holds, so that a file a crash left behind is written anew."""


def export_csv(table: Table, path: str, *, rows: Callable[[], pl.LazyFrame]) -> bool:
    """Write the published version of a table as CSV, unless the file holds it already; whether it was written.

    path: in the table's warehouse, local or in an object store; the file appears whole or not at all. Cells are made
    harmless to spreadsheets as `write_table` does. Raises WriteError.
    """
    version = str(content(table))
    if table.properties.get(EXPORTED) == version and table.io.new_input(path).exists():
        return False
    local = scratch(".csv")
    try:
        write_table(rows(), local)
        with local.open("rb") as source, table.io.new_output(path).create(overwrite=True) as target:
            copyfileobj(source, target)
    except OSError as fault:
        raise WriteError(path, fault.strerror or str(fault)) from fault
    finally:
        local.unlink(missing_ok=True)
    with (
        suppress(LakeError),
        refusals(path),
        table.transaction() as change,
    ):  # where another builder was first,
        change.set_properties({EXPORTED: version})  # the next run writes the file once more
    return True
