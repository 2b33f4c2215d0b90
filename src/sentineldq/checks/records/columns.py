"""Typed columns out of good records: a Polars DataFrame whose types follow from the contract alone.

integer is Int64, number Float64 (Decimal where the physical type is decimal(p,s)), date Date, time Time,
timestamp Datetime(us, UTC); objects are Struct, arrays List, maps List of Struct(key, value); what a contract
does not describe is JSON text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Context, Decimal
from itertools import accumulate
from operator import attrgetter
from typing import Any

import msgspec
import polars as pl
import pyarrow as pa

from sentineldq.checks.records.clock import utc
from sentineldq.checks.records.leaf import Leaf
from sentineldq.checks.records.shape import Array, Free, Map, Node, Record

_TYPES = {
    "string": pl.String,
    "integer": pl.Int64,
    "number": pl.Float64,
    "boolean": pl.Boolean,
    "date": pl.Date,
    "time": pl.Time,
}
_WIDE = Context(prec=76)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_frame(shape: Record, records: list[Any]) -> pl.DataFrame:
    """One row per record, one column per declared field; nulls alone for a record that is None."""
    present = _present(records)
    frame = pl.DataFrame(_members(shape, present))
    return frame if len(present) == len(records) else frame.select(pl.all().gather(_places(records)))


def _members(node: Record, records: list[Any]) -> dict[str, pl.Series]:
    return {
        field.key: _column(field.node, list(map(attrgetter(field.attribute), records)))
        for field in node.fields
    }


def _column(node: Node, values: list[Any]) -> pl.Series:
    match node:
        case Leaf():
            return _leaf(node, values)
        case Record():
            # Most objects are there for a few kinds of record: the others' members are not gone through one by one.
            present = _present(values)
            made = _struct(_members(node, present))
            return made if len(present) == len(values) else made.gather(_places(values))
        case Array():
            return _list(_column(node.item, _flat(values)), values)
        case Map():
            return _list(_entries(node, _flat(value and value.items() for value in values)), values)
        case Free():
            return _text(values, msgspec.json.encode)


def _leaf(node: Leaf, values: list[Any]) -> pl.Series:
    match node.kind:
        case "json":
            return _text(values, bytes)
        case "timestamp":
            return _timestamps(values, node.zone)
        case "time":
            values = [None if value is None else utc(value, node.zone) for value in values]
        case "decimal" if node.digits is not None:
            return _decimals(values, *node.digits)
    return pl.Series(values, dtype=_TYPES[node.kind])


def _timestamps(values: list[Any], zone: tzinfo) -> pl.Series:
    """Through whole microseconds, which is twice as fast as from datetimes, and takes any offset."""
    since = [
        None if value is None else ((value if value.tzinfo else utc(value, zone)) - _EPOCH) // _MICROSECOND
        for value in values
    ]
    return pl.Series(since, dtype=pl.Int64).cast(pl.Datetime("us", "UTC"))


def _decimals(values: list[Any], precision: int, scale: int) -> pl.Series:
    """With just the digits of the column: Polars counts the zeros behind them."""
    unit = Decimal(1).scaleb(-scale)
    exact = [None if value is None else value.quantize(unit, context=_WIDE) for value in values]
    return pl.Series(exact, dtype=pl.Decimal(precision, scale))


def _text(values: list[Any], encode: Callable[[Any], bytes]) -> pl.Series:
    """JSON as text, straight from its bytes, which are known to be UTF-8."""
    raws = [None if value is None else encode(value) for value in values]
    return pl.Series(raws, dtype=pl.Binary).cast(pl.String)


# Arrow builds nested columns from whole children. `pa.array` is not used: it loads pandas where there is one.


def _struct(members: dict[str, pl.Series]) -> pl.Series:
    return pl.DataFrame(members).to_struct()


def _entries(node: Map, entries: list[tuple[str, Any]]) -> pl.Series:
    keys = pl.Series([key for key, _ in entries], dtype=pl.String)
    return _struct({"key": keys, "value": _column(node.value, [value for _, value in entries])})


def _list(members: pl.Series, values: list[Any]) -> pl.Series:
    ends = accumulate((0 if value is None else len(value) for value in values), initial=0)
    starts = pl.Series(list(ends), dtype=pl.Int64).to_arrow()
    return _series(pa.LargeListArray.from_arrays(starts, members.to_arrow(), mask=_missing(values)))


def _series(column: pa.Array) -> pl.Series:
    made = pl.from_arrow(column)
    assert isinstance(made, pl.Series)  # noqa: S101  # an array never gives a DataFrame
    return made


def _missing(values: list[Any]) -> pa.Array:
    return pl.Series([value is None for value in values], dtype=pl.Boolean).to_arrow()


def _present(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _places(values: list[Any]) -> pl.Series:
    """Where each value is among those that are not None; null for the others."""
    count = iter(range(len(values)))
    return pl.Series([None if value is None else next(count) for value in values], dtype=pl.UInt32)


def _flat(values: Iterable[Any]) -> list[Any]:
    return [member for value in values if value is not None for member in value]
