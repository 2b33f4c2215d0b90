"""What a part of an expression is translated to: an expression and what is known of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw

Kind = Literal[
    "int", "float", "decimal", "string", "bool", "date", "datetime", "instant", "list", "null", "any", "other"
]

# An integer result this large or larger is null: the same on all, before any engine overflows in its own way.
INTEGER_LIMIT = 2.0**62

# From here on every double is a whole number.
WHOLE_LIMIT = 2.0**52

NUMBERS: frozenset[Kind] = frozenset({"int", "float", "decimal"})

TYPES: Mapping[str, tuple[Kind, Any]] = {
    "int": ("int", nw.Int64()),
    "float": ("float", nw.Float64()),
    "string": ("string", nw.String()),
    "bool": ("bool", nw.Boolean()),
    "date": ("date", nw.Date()),
    "datetime": ("datetime", nw.Datetime("us")),
}


@dataclass(frozen=True, slots=True)
class Value:
    """A translated part: its expression and kind, its constant if it is a literal, its largest magnitude.

    A calculated integer also keeps its parts, so that a long sum is guarded once and not at each step again:
    the bare expression, the same in doubles, and the conditions under which nothing overflowed.
    """

    expr: nw.Expr
    kind: Kind
    constant: Any = None
    bound: float = math.inf
    bare: nw.Expr | None = None
    double: nw.Expr | None = None
    guards: tuple[nw.Expr, ...] = ()


def null(kind: Kind) -> Value:
    return Value(nw.lit(None, TYPES[kind][1]) if kind in TYPES else nw.lit(None), kind)


def as_double(value: Value) -> nw.Expr:
    return value.expr if value.kind == "float" else value.expr.cast(nw.Float64())


def when(condition: nw.Expr, then: nw.Expr, otherwise: nw.Expr | None = None) -> nw.Expr:
    chosen = nw.when(condition).then(then)
    return chosen if otherwise is None else chosen.otherwise(otherwise)


def common_kind(kinds: set[Kind], *, variable: set[Kind]) -> Kind | None:
    """The kind that values of several kinds are brought to, `variable` naming those not all literals."""
    if kinds <= NUMBERS:
        return "float" if "float" in kinds else "decimal"
    times = kinds - {"string"}
    if not times <= {"date", "datetime", "instant"} or "string" in kinds & variable:
        return None
    if len(times) == 1:
        return next(iter(times))
    if times == {"date", "datetime"}:
        return "datetime"
    return "instant" if times == {"datetime", "instant"} and "datetime" not in variable else None


def kind_of(values: list[Value]) -> Kind:
    return "any" if any(value.kind == "any" for value in values) else values[0].kind
