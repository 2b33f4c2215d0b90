"""Which files a deletion replaces: whole ones go, those with other rows as well are written anew without them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from pyiceberg.expressions import AlwaysTrue, BooleanExpression
from pyiceberg.expressions.parser import parse
from pyiceberg.expressions.visitors import bind
from pyiceberg.io.pyarrow import expression_to_pyarrow
from pyiceberg.manifest import DataFile
from pyiceberg.table import FileScanTask, Table

from sentineldq.lake.order import read_file
from sentineldq.lake.read import read_all
from sentineldq.lake.write import write


def plan_delete(
    table: Table, condition: BooleanExpression | str, written: list[DataFile]
) -> list[tuple[DataFile, list[DataFile]]]:
    """The files that hold rows for which the condition is true, each with what takes its place.

    One file is in memory at a time. `written` gets each new file as soon as it is there. A row for which the
    condition is unknown (null) stays.
    """
    expression = parse(condition) if isinstance(condition, str) else condition
    test = expression_to_pyarrow(bind(table.schema(), expression, case_sensitive=True), table.schema())
    replaced: list[tuple[DataFile, list[DataFile]]] = []
    for task in table.scan(row_filter=expression).plan_files():
        if task.residual == AlwaysTrue() and not task.delete_files:
            replaced.append((task.file, []))
            continue
        rows = _rows(table, task)
        stay = _others(rows, test)
        if stay.num_rows < rows.num_rows:
            made = write(table, stay)
            written += made
            replaced.append((task.file, made))
    return replaced


def _rows(table: Table, task: FileScanTask) -> pa.Table:
    """The rows of a file; what is damaged must not be written anew, with checksums that are right."""
    if task.delete_files:
        return read_all(table, [task])
    return read_file(table, task.file)


def _others(rows: pa.Table, test: pc.Expression) -> pa.Table:
    hit = ds.dataset(rows).to_table(columns={"hit": test})["hit"]
    return rows.filter(pc.invert(pc.fill_null(hit, fill_value=False)))
