"""The check of a column's type."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from sentineldq.checks.definition import row_check, text
from sentineldq.contracts.model import LogicalType


def fits(logical: LogicalType, dtype: nw.dtypes.DType) -> bool:
    """Whether a column of that type holds values of the logical type; integers are numbers too."""
    match logical:
        case "string":
            return text(dtype)
        case "integer":
            return dtype.is_integer() or (isinstance(dtype, nw.Decimal) and dtype.scale == 0)
        case "number":
            return dtype.is_numeric()
        case "boolean":
            return dtype == nw.Boolean
        case "date":
            return dtype == nw.Date
        case "timestamp":
            return dtype == nw.Datetime
        case "time":
            return dtype == nw.Time
        case "object":
            return isinstance(dtype, nw.Struct)
        case "array" | "vector":
            return isinstance(dtype, (nw.List, nw.Array))
        case "map":
            return isinstance(dtype, (nw.Struct, nw.List))


@row_check("type", dimension="conformity", says="of type {type}")
def has_type(
    _value: nw.Expr, *, type: LogicalType, missing: list[str] | None = None, dtype: Any, column: Any
) -> nw.Expr | bool:
    """The value is of a logical type; text of a text source must read as it, other columns must have it.

    missing: texts that stand for a missing value, which has no type.
    """
    if column.guard is None:
        return fits(type, dtype)
    return nw.when(~column.text.is_in(missing)).then(column.guard) if missing else column.guard
