"""Python values as a Polars column: one type that loses nothing, or text and a finding.

Polars itself turns a number into null, drops keys of later dicts or the offset of a time where values differ;
here such a column becomes text (JSON for lists and dicts) and says which types it held.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

import msgspec
import polars as pl

from sentineldq.readers.finding import Finding

_INT128 = range(-(2**127), 2**127)
_INT64 = range(-(2**63), 2**63)
_PLAIN: dict[type | None, type[pl.DataType]] = {
    bool: pl.Boolean,
    str: pl.String,
    float: pl.Float64,
    bytes: pl.Binary,
    dt.date: pl.Date,
    dt.timedelta: pl.Duration,
}


def column(name: str, values: Sequence[Any], findings: list[Finding]) -> pl.Series:
    """Build a column; where no type holds all values they become text, and a finding is added."""
    values = [_native(value) for value in values]
    dtype = dtype_of(values)
    if dtype is not None:
        return pl.Series(name, _ready(values, dtype), dtype=dtype, strict=True)
    kinds = sorted({type(value).__name__ for value in values if value is not None})
    if len(kinds) > 1 or kinds[0] in {"dict", "list", "int", "Decimal", "datetime"}:
        reason = "several types" if len(kinds) > 1 else "values that fit no one column type"
        message = f"column {name!r} holds {reason} ({', '.join(kinds)}), read as text"
        findings.append(Finding(type="type-error", message=message, field_name=name))
    return pl.Series(name, [None if value is None else text(value) for value in values], dtype=pl.String)


def dtype_of(values: Iterable[Any]) -> pl.DataType | None:
    """The type that holds every value; Null when there is none but null; None when no type does."""
    values = [value for value in values if value is not None]
    kinds = {type(value) for value in values}
    if not kinds:
        return pl.Null()
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind in _PLAIN:
        return _PLAIN[kind]()
    if kind in _OTHERS:
        return _OTHERS[kind](values)
    return _number({type(value) for value in values}, values)


def _list(values: list[Any]) -> pl.DataType | None:
    inner = dtype_of(item for value in values for item in value)
    return None if inner is None else pl.List(inner)


def _datetime(values: list[Any]) -> pl.DataType | None:
    aware = {value.tzinfo is not None for value in values}
    return None if len(aware) > 1 else pl.Datetime("us", "UTC" if aware == {True} else None)


def _time(values: list[Any]) -> pl.DataType | None:
    return None if any(value.tzinfo for value in values) else pl.Time()


def _number(kinds: set[type], values: list[Any]) -> pl.DataType | None:
    if kinds == {int}:
        low, high = min(values), max(values)
        if low in _INT64 and high in _INT64:
            return pl.Int64()
        return pl.Int128() if low in _INT128 and high in _INT128 else None
    if kinds <= {int, float}:
        return pl.Float64() if all(value in _INT128 for value in values if type(value) is int) else None
    if kinds <= {int, Decimal}:
        return _decimal(values)
    return None


def _decimal(values: list[Any]) -> pl.DataType | None:
    decimals = [value if isinstance(value, Decimal) else Decimal(value) for value in values]
    if not all(value.is_finite() for value in decimals):
        return None
    scale = whole = 0
    for value in decimals:
        _, digits, exponent = value.as_tuple()
        scale = max(scale, -int(exponent))
        whole = max(whole, len(digits) + int(exponent))
    return pl.Decimal(38, scale) if scale + whole <= 38 else None


def _struct(values: list[dict[Any, Any]]) -> pl.DataType | None:
    keys = list(dict.fromkeys(key for value in values for key in value))
    if not keys or not all(isinstance(key, str) for key in keys):
        return None
    fields = {key: dtype_of(value.get(key) for value in values) for key in keys}
    known = {key: dtype for key, dtype in fields.items() if dtype is not None}
    return pl.Struct(known) if len(known) == len(fields) else None


def _native(value: Any) -> Any:
    """Plain Python values: tuples as lists, buffers as bytes, NumPy and subclasses as their base."""
    kind = type(value)
    if kind in _PLAIN or kind in _KEPT:
        return value
    if kind.__module__ == "numpy" and hasattr(value, "tolist"):
        return _native(value.tolist())
    if kind.__module__.startswith("pandas"):
        return None if kind.__name__ in {"NAType", "NaTType"} else _timestamp(value)
    base = next((base for base in _BASES if isinstance(value, base)), None)
    return _BASES[base](value) if base else value


def _timestamp(value: Any) -> Any:
    convert = getattr(value, "to_pydatetime", None) or getattr(value, "to_pytimedelta", None)
    return convert() if convert else value


def _ready(values: list[Any], dtype: pl.DataType) -> list[Any]:
    """What Polars cannot convert by itself: integers among decimals or doubles, offsets of times."""
    convert = _converter(dtype)
    return [None if value is None else convert(value) for value in values] if convert else values


def _converter(dtype: Any) -> Callable[[Any], Any] | None:
    """What brings a value to a type, at any depth; None where Polars does."""
    if isinstance(dtype, pl.Decimal):
        return Decimal
    if isinstance(dtype, pl.Float64):
        return float
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        return lambda value: value.astimezone(dt.UTC)
    if isinstance(dtype, pl.List):
        item = _converter(dtype.inner)
        return item and (lambda value: [None if part is None else item(part) for part in value])
    if isinstance(dtype, pl.Struct):
        parts = {field.name: part for field in dtype.fields if (part := _converter(field.dtype))}
        return (lambda value: value | _converted(value, parts)) if parts else None
    return None


def _converted(value: dict[str, Any], parts: dict[str, Callable[[Any], Any]]) -> dict[str, Any]:
    return {key: part(value[key]) for key, part in parts.items() if value.get(key) is not None}


def text(value: Any) -> str:
    """A value as text: JSON for lists, dicts and booleans, `str` for the rest."""
    if isinstance(value, dict | list | bool):
        try:
            return msgspec.json.encode(value, enc_hook=str).decode()
        except (TypeError, ValueError, RecursionError):
            return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return str(value)


_KEPT = {int, type(None), Decimal, dt.datetime, dt.time}
_OTHERS: dict[type | None, Callable[[list[Any]], pl.DataType | None]] = {
    dict: _struct,
    list: _list,
    dt.datetime: _datetime,
    dt.time: _time,
}
_BASES: dict[type, Callable[[Any], Any]] = {
    dict: lambda value: {key: _native(item) for key, item in value.items()},
    list: lambda value: [_native(item) for item in value],
    tuple: lambda value: [_native(item) for item in value],
    bytearray: bytes,
    memoryview: bytes,
    str: str,
    int: int,
    float: float,
}
