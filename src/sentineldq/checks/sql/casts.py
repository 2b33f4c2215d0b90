"""CAST, for the pairs of types that every engine converts alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import narwhals as nw

from sentineldq.checks.sql.arithmetic import floor
from sentineldq.checks.sql.text import search
from sentineldq.checks.sql.translator import Translator, handles
from sentineldq.checks.sql.value import INTEGER_LIMIT, TYPES, Kind, Value, null, when
from sentineldq.errors import InexactError

# ISO days that exist, years 0001 to 9999.
CALENDAR_DAY = (
    r"\A(?:(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-"
    r"(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)\Z"
)

INTEGER_TEXT = r"\A-?[0-9]{1,18}\Z"

NUMBER_TEXT = r"\A-?[0-9]{1,17}(?:\.[0-9]{1,17})?(?:[eE][+-]?[0-9]{1,2})?\Z"

CASTS: Mapping[str, Kind] = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INT", "BIGINT"), "int"),
    **dict.fromkeys(("FLOAT", "DOUBLE"), "float"),
    **dict.fromkeys(("VARCHAR", "TEXT", "CHAR"), "string"),
    "BOOLEAN": "bool",
    "DATE": "date",
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMPNTZ", "DATETIME"), "datetime"),
    "TIMESTAMPTZ": "instant",
}


@handles("cast", "trycast", args="this to safe")
def _cast(t: Translator, node: Any) -> Value:
    target = node.args["to"]
    kind = CASTS.get(target.this.name)
    if kind is None or target.expressions:
        t.fail(node, f"type {target.sql('duckdb')} is not supported", hint=f"known: {', '.join(CASTS)}")
    value = t.value(node.this)
    if value.kind in ("null", kind):
        return null(kind) if value.kind == "null" else value
    if isinstance(value.constant, str) and kind in ("date", "datetime", "instant"):
        return t.parse_time(node, value.constant, kind)
    convert = CONVERSIONS.get((value.kind, kind))
    if convert is None:
        if value.kind == "any" and kind in TYPES:
            return Value(value.expr.cast(TYPES[kind][1]), kind)
        raise InexactError(
            "all",
            f"CAST from {value.kind} to {kind} in {t.text!r}",
            hint="engines write or read it differently",
        )
    return Value(convert(t, value.expr), kind)


def _whole(_t: Translator, expr: nw.Expr) -> nw.Expr:
    """Towards zero; null beyond 2^62 and for NaN."""
    whole = floor(expr.abs())
    signed = when(expr < 0.0, -1.0 * whole, whole)
    return when(expr.abs() < INTEGER_LIMIT, signed).cast(nw.Int64())


def _reads(pattern: str, dtype: Any) -> Callable[[Translator, nw.Expr], nw.Expr]:
    """Text to a number, null where it is none. Only what every engine reads alike gets as far as the cast."""
    return lambda t, expr: when(search(t, expr, pattern), expr).cast(dtype)


def _read_date(t: Translator, expr: nw.Expr) -> nw.Expr:
    return when(search(t, expr, CALENDAR_DAY), expr).str.to_date("%Y-%m-%d")


def _plain(kind: Kind) -> Callable[[Translator, nw.Expr], nw.Expr]:
    return lambda _, expr: expr.cast(TYPES[kind][1])


CONVERSIONS: Mapping[tuple[Kind, Kind], Callable[[Translator, nw.Expr], nw.Expr]] = {
    ("int", "float"): _plain("float"),
    ("decimal", "float"): _plain("float"),
    ("bool", "int"): _plain("int"),
    ("int", "string"): _plain("string"),
    ("date", "datetime"): _plain("datetime"),
    ("datetime", "date"): _plain("date"),
    ("float", "int"): _whole,
    ("string", "int"): _reads(INTEGER_TEXT, nw.Int64()),
    ("string", "float"): _reads(NUMBER_TEXT, nw.Float64()),
    ("string", "date"): _read_date,
}
