"""Parts of dates and times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import narwhals as nw

from sentineldq.checks.sql.translator import Translator, handles
from sentineldq.checks.sql.value import Value
from sentineldq.errors import InexactError

UNITS = {
    "year": "1y", "quarter": "1q", "month": "1mo", "day": "1d", "hour": "1h", "minute": "1m", "second": "1s",
}  # fmt: skip

PARTS: Mapping[str, Callable[[Any], nw.Expr]] = {
    "year": lambda part: part.year(),
    "month": lambda part: part.month(),
    "day": lambda part: part.day(),
    "hour": lambda part: part.hour(),
    "minute": lambda part: part.minute(),
    "second": lambda part: part.second(),
    "isodow": lambda part: part.weekday(),
}


@handles("year", "month", "day", "hour", "minute", "second", "dayofweekiso", args="this")
def _named_part(t: Translator, node: Any) -> Value:
    return _date_part(t, node.this, "isodow" if node.key == "dayofweekiso" else node.key)


@handles("extract")
def _extract(t: Translator, node: Any) -> Value:
    return _date_part(t, node.expression, node.this.name.lower())


@handles("anonymous", args="this expressions")
def _anonymous(t: Translator, node: Any) -> Value:
    if node.name.lower() not in ("date_part", "datepart") or len(node.expressions) != 2:
        t.unsupported(node)
    part, moment = node.expressions
    return _date_part(t, moment, t.constant(part, str).lower())


def _date_part(t: Translator, node: Any, part: str) -> Value:
    if part not in PARTS:
        t.fail(node, f"date part {part!r} is not supported", hint=f"known: {', '.join(PARTS)}")
    value = _moment(t, node)
    expr = value.expr.cast(nw.Datetime("us")) if value.kind == "date" else value.expr
    return Value(PARTS[part](expr.dt).cast(nw.Int64()), "int", bound=10_000)


def _moment(t: Translator, node: Any) -> Value:
    value = t.of_kind(node, "datetime", "date", "instant")
    if value.kind == "instant":
        raise InexactError(
            "all",
            f"a part of {node.sql('duckdb')} in {t.text!r}, which has a time zone",
            hint="engines read it in the zone of the session or of the column; store UTC without a zone",
        )
    return value


@handles("timestamptrunc", "datetrunc", args="this unit")
def _truncate(t: Translator, node: Any) -> Value:
    unit = node.args["unit"].name.lower()
    if unit not in UNITS:
        t.fail(node, f"date_trunc unit {unit!r} is not supported", hint=f"known: {', '.join(UNITS)}")
    if t.engine == "spark":
        raise InexactError(
            "spark", f"date_trunc in {t.text!r}", hint="Spark truncates in the session's time zone"
        )
    value = _moment(t, node.this)
    expr = value.expr.cast(nw.Datetime("us")) if value.kind == "date" else value.expr
    return t.become(node, Value(expr.dt.truncate(UNITS[unit]), "datetime"), value.kind)
