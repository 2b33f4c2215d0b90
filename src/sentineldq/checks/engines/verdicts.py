"""The verdicts of a Python function on the distinct values of a column, for engines that cannot call it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pyarrow as pa

if TYPE_CHECKING:
    from sentineldq.checks.engines.base import Engine


def verdicts(
    engine: Engine, frame: nw.LazyFrame[Any], column: str, function: Callable[[Any], bool]
) -> pa.Table:
    """A table of `value` (text) and `holds`, one row per distinct value that is present."""
    distinct = frame.select(nw.col(column).alias("value")).drop_nulls().unique()
    values = [row["value"] for row in engine.rows(distinct)]
    schema = pa.schema([("value", pa.string()), ("holds", pa.bool_())])
    return pa.table({"value": values, "holds": [function(value) for value in values]}, schema=schema)
