"""Typed columns out of good records: a Polars DataFrame whose types follow from the contract alone.

integer is Int64, number Float64 (Decimal where the physical type is decimal(p,s)), date Date, time Time,
timestamp Datetime(us, UTC); objects are Struct, arrays List, maps List of Struct(key, value); what a contract
does not describe is JSON text.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from decimal import Context, Decimal
from itertools import accumulate
from typing import Any

import msgspec
import polars as pl
import pyarrow as pa

from sentineldq.checks.clock import utc
from sentineldq.checks.leaf import Leaf
from sentineldq.checks.shape import Array, Field, Free, Map, Node, Record

_TYPES = {
    "string": pa.large_string(),
    "json": pa.large_string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp": pa.timestamp("us", "UTC"),
}
_WIDE = Context(prec=76)


def to_frame(shape: Record, records: list[Any]) -> pl.DataFrame:
    """One row per record, one column per declared field."""
    columns = {field.key: _column(field.node, _values(field, records)) for field in shape.fields}
    frame = pl.from_arrow(pa.table(columns))
    assert isinstance(frame, pl.DataFrame)  # noqa: S101  # a table never gives a Series
    return frame


def _values(field: Field, records: list[Any]) -> list[Any]:
    name = field.attribute
    return [None if record is None else getattr(record, name) for record in records]


def _column(node: Node, values: list[Any]) -> pa.Array:
    match node:
        case Leaf():
            return _leaf(node, values)
        case Record():
            members = {field.key: _column(field.node, _values(field, values)) for field in node.fields}
            return _struct(members, values)
        case Array():
            return _list(_column(node.item, _flat(values)), values)
        case Map():
            return _list(_entries(node, _flat(value and value.items() for value in values)), values)
        case Free():
            return _text([None if value is None else msgspec.json.encode(value) for value in values])


def _leaf(node: Leaf, values: list[Any]) -> pa.Array:
    if node.kind == "decimal" and node.digits is not None:
        type_ = pa.decimal128(*node.digits)
        unit = Decimal(1).scaleb(-node.digits[1])
        values = [None if value is None else value.quantize(unit, context=_WIDE) for value in values]
        return pa.array(values, type_)
    if node.kind == "json":
        return _text([None if value is None else bytes(value) for value in values])
    if node.kind == "time" or (node.kind == "timestamp" and node.zone is not UTC):
        values = [None if value is None else utc(value, node.zone) for value in values]
    return pa.array(values, _TYPES[node.kind])


def _text(raws: list[bytes | None]) -> pa.Array:
    """JSON as text, straight from its bytes, which are known to be UTF-8."""
    return pa.array(raws, pa.large_binary()).cast(pa.large_string())


def _struct(members: dict[str, pa.Array], values: list[Any]) -> pa.Array:
    fields = [pa.field(name, column.type) for name, column in members.items()]
    return pa.StructArray.from_arrays(list(members.values()), fields=fields, mask=_missing(values))


def _entries(node: Map, entries: list[tuple[str, Any]]) -> pa.Array:
    keys = pa.array([key for key, _ in entries], pa.large_string())
    return _struct({"key": keys, "value": _column(node.value, [value for _, value in entries])}, entries)


def _list(members: pa.Array, values: list[Any]) -> pa.Array:
    ends = accumulate((0 if value is None else len(value) for value in values), initial=0)
    return pa.LargeListArray.from_arrays(pa.array(ends, pa.int64()), members, mask=_missing(values))


def _missing(values: list[Any]) -> pa.Array:
    return pa.array([value is None for value in values], pa.bool_())


def _flat(values: Iterable[Any]) -> list[Any]:
    return [member for value in values if value is not None for member in value]
