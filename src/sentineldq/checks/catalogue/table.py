"""Checks of a whole table: its size, and the names, order and types of its columns."""

from __future__ import annotations

import narwhals as nw

from sentineldq.checks.definition import metric_check, schema_check

Schema = dict[str, nw.dtypes.DType]


@metric_check("row_count", dimension="coverage", says="rows", many=True)
def row_count(values: list[nw.Expr]) -> nw.Expr:
    """How many rows there are."""
    return nw.len()


@schema_check("column_count", says="{min} to {max} columns")
def column_count(schema: Schema, *, min: int | None = None, max: int | None = None) -> tuple[bool, int]:
    """How many columns there are."""
    count = len(schema)
    return (min is None or count >= min) and (max is None or count <= max), count


@schema_check("column_exists", says="column {name} present")
def column_exists(schema: Schema, *, name: str, position: int | None = None) -> tuple[bool, str]:
    """A column of that name exists, at that position (0 is the first) where one is given."""
    names = list(schema)
    if name not in names:
        return False, "missing"
    at = names.index(name)
    return position is None or at == position, f"at position {at}"


@schema_check("columns_equal_set", says="columns {columns} in any order")
def columns_equal_set(
    schema: Schema, *, columns: list[str] | None, exact: bool = True
) -> tuple[bool, dict[str, list[str]]]:
    """The columns are these, in any order; without `exact`, further ones may be there."""
    missing = sorted(set(columns or ()) - set(schema))
    extra = sorted(set(schema) - set(columns or ()))
    return not missing and not (exact and extra), {"missing": missing, "extra": extra}


@schema_check("columns_in_order", says="columns {columns} in this order")
def columns_in_order(schema: Schema, *, columns: list[str] | None) -> tuple[bool, list[str]]:
    """The columns are these, in this order, and no others. Null asks for nothing."""
    return columns is None or list(schema) == columns, list(schema)
