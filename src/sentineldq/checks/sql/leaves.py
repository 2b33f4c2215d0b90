"""Literals and columns."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

import narwhals as nw

from sentineldq.checks.sql.translator import Translator, handles
from sentineldq.checks.sql.value import INTEGER_LIMIT, Kind, Value, null
from sentineldq.errors import suggest

if TYPE_CHECKING:
    from narwhals.dtypes import DType
    from sqlglot import exp


@handles("paren", args="this")
def _paren(t: Translator, node: Any) -> Value:
    return t.value(node.this)


@handles("null", args="")
def _sql_null(_t: Translator, _node: Any) -> Value:
    return null("null")


@handles("boolean", args="this")
def _boolean(t: Translator, node: Any) -> Value:
    return t.literal(bool(node.this))


@handles("literal", args="this is_string")
def _literal(t: Translator, node: Any) -> Value:
    if node.is_string:
        return t.literal(node.this)
    if re.fullmatch("[0-9]+", node.this):
        if (number := int(node.this)) >= INTEGER_LIMIT:
            t.fail(node, f"the whole number {number} is beyond 2^62")
        return t.literal(number)
    if not math.isfinite(double := float(node.this)):
        t.fail(node, f"the number {node.this} is beyond a double")
    return t.literal(double)


@handles("column", "dot", args="this expression table db catalog")
def _column(t: Translator, node: Any) -> Value:
    path = _path(node)
    if path is None:
        t.unsupported(node)
    t.paths.add(path)
    name, *fields = path
    if t.columns is None:
        return Value(_col(t, path[0], fields), "any")
    if name not in t.columns and ".".join(path) in t.columns:
        name, fields = ".".join(path), []
    if name not in t.columns:
        t.fail(node, f"there is no column {name!r}", hint=suggest(name, t.columns))
    if (typed := t.read(name)) is not None:
        return _typed(*typed)
    dtype = t.columns[name]
    for field in fields:
        inner = {part.name: part.dtype for part in dtype.fields} if isinstance(dtype, nw.Struct) else {}
        if field not in inner:
            t.fail(node, f"{'.'.join(path)!r} is not a path in the data", hint=suggest(field, inner))
        dtype = _instance(inner[field])
    dtype, expr = _instance(dtype), _col(t, name, fields)
    return _typed(expr.fill_nan(None) if dtype.is_float() else expr, dtype)  # NaN is missing, here too


def _col(t: Translator, name: str, fields: list[str]) -> nw.Expr:
    # Spark reads a dot in a name as a path unless the name is quoted.
    column = nw.col(f"`{name}`" if t.engine == "spark" and "." in name else name)
    return reduce(lambda inner, field: inner.struct.field(field), fields, column)


def _path(node: exp.Expr) -> tuple[str, ...] | None:
    from sqlglot import exp

    if isinstance(node, exp.Dot):
        head = _path(node.this)
        tail = node.expression
        return (*head, tail.name) if head and isinstance(tail, exp.Identifier) else None
    if isinstance(node, exp.Column) and all(isinstance(part, exp.Identifier) for part in node.parts):
        return tuple(part.name for part in node.parts)
    return None


def _instance(dtype: Any) -> DType:
    found: DType = dtype() if isinstance(dtype, type) else dtype
    return found


def _typed(expr: nw.Expr, dtype: DType) -> Value:
    """A column in the widest type of its kind: narrow numbers overflow, and compare, differently."""
    small: Mapping[type, int] = {
        nw.Int8: 7,
        nw.Int16: 15,
        nw.Int32: 31,
        nw.UInt8: 8,
        nw.UInt16: 16,
        nw.UInt32: 32,
    }
    if (bits := small.get(type(dtype))) is not None:
        return Value(expr.cast(nw.Int64()), "int", bound=2.0**bits)
    if isinstance(dtype, nw.Float32):
        return Value(expr.cast(nw.Float64()), "float")
    if isinstance(dtype, (nw.Categorical, nw.Enum)):
        return Value(expr.cast(nw.String()), "string")
    if isinstance(dtype, nw.Datetime):
        return Value(expr, "datetime" if dtype.time_zone is None else "instant")
    kinds: Mapping[type, Kind] = {
        nw.Int64: "int", nw.Float64: "float", nw.String: "string", nw.Boolean: "bool", nw.Date: "date",
        nw.Decimal: "decimal", nw.UInt64: "decimal", nw.Int128: "decimal", nw.UInt128: "decimal",
        nw.List: "list",
    }  # fmt: skip
    return Value(
        expr, kinds.get(type(dtype), "other")
    )  # instances, so that a Decimal's scale does not matter
