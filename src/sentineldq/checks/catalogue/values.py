"""Checks of one value: presence, sets, ranges, types."""

from __future__ import annotations

import narwhals as nw

from sentineldq.checks.definition import (
    Bound,
    Bounds,
    Pattern,
    listed,
    numeric,
    ordered,
    row_check,
    scalar,
    text,
)
from sentineldq.checks.engines.base import EngineName
from sentineldq.checks.regex import translate

NOT_BLANK = r"[^\x09-\x0d\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
"""A character that is not white space, in the language of checks/regex.py."""


@row_check("not_null", dimension="completeness", says="not null", nulls=True)
def not_null(value: nw.Expr) -> nw.Expr:
    """The value is present; NaN counts as missing."""
    return ~value.is_null()


@row_check("null", dimension="completeness", says="null", nulls=True)
def null(value: nw.Expr) -> nw.Expr:
    """The value is missing."""
    return value.is_null()


@row_check("not_empty", dimension="completeness", says="neither null nor blank", types=text, nulls=True)
def not_empty(value: nw.Expr, *, engine: EngineName) -> nw.Expr:
    """The text is present and has a character that is not white space (Unicode's, the no-break space too)."""
    return value.str.contains(translate(NOT_BLANK, engine)).fill_null(value=False)


@row_check("in_set", dimension="conformity", says="one of {values}", types=scalar)
def in_set(value: nw.Expr, *, values: Bounds | None) -> nw.Expr | bool:
    """The value is one of a set; null in place of a set allows all."""
    return True if values is None else value.is_in(values)


@row_check("not_in_set", dimension="conformity", says="none of {values}", types=scalar)
def not_in_set(value: nw.Expr, *, values: Bounds | None) -> nw.Expr | bool:
    """The value is none of a set; null in place of a set allows all."""
    return True if values is None else ~value.is_in(values)


@row_check("between", says="between {min} and {max}", types=ordered)
def between(
    value: nw.Expr,
    *,
    min: Bound = None,
    max: Bound = None,
    strict_min: bool = False,
    strict_max: bool = False,
) -> nw.Expr:
    """The value lies in a range, closed unless `strict_min` or `strict_max`; an end left out is open."""
    conditions: list[nw.Expr] = []
    if min is not None:
        conditions.append(value > min if strict_min else value >= min)
    if max is not None:
        conditions.append(value < max if strict_max else value <= max)
    if not conditions:
        raise ValueError("between needs min, max or both")
    return conditions[0] if len(conditions) == 1 else conditions[0] & conditions[1]


@row_check("multiple_of", says="a multiple of {of}", types=numeric)
def multiple_of(value: nw.Expr, *, of: float) -> nw.Expr:
    """The number divides without remainder; fractions are compared within 1e-9 of a whole multiple."""
    if of == 0:
        raise ValueError("multiple_of needs a number other than 0")
    if isinstance(of, int) or float(of).is_integer():
        whole: nw.Expr = value % int(of) == 0
        return whole
    ratio = value.cast(nw.Float64) / of
    return (ratio - ratio.round(0)).abs() < 1e-9


@row_check("equals", says="equal to {to}", types=scalar)
def equals(value: nw.Expr, *, to: Bound) -> nw.Expr:
    """The value is exactly this one."""
    holds: nw.Expr = value == to
    return holds


@row_check("not_missing", dimension="completeness", says="none of {values}", nulls=True)
def not_missing(value: nw.Expr, *, values: Bounds) -> nw.Expr:
    """The value is neither null nor one of the values that stand for a missing one (ODCS missingValues)."""
    present = ~value.is_null()
    return present & ~value.is_in(values).fill_null(value=True) if values else present


@row_check("valid", dimension="conformity", says="valid", types=scalar)
def valid(value: nw.Expr, *, values: Bounds | None = None, pattern: Pattern | None = None) -> nw.Expr:
    """The value is one of a set, or matches a pattern, or both where both are given (ODCS invalidValues)."""
    tests = []
    if values is not None:
        tests.append(value.is_in(values))
    if pattern is not None:
        tests.append(value.str.contains(pattern))
    if not tests:
        raise ValueError("valid needs values, a pattern or both")
    return nw.all_horizontal(*tests, ignore_nulls=False)


@row_check("filled", dimension="completeness", says="{min} to {max} of them present", many=True, nulls=True)
def filled(values: list[nw.Expr], *, min: int | None = None, max: int | None = None) -> nw.Expr:
    """How many of the columns are present lies in a range (ODCS minProperties, maxProperties)."""
    present = nw.sum_horizontal(*((~value.is_null()).cast(nw.Int64) for value in values))
    return between(present, min=min, max=max)


@row_check("items", dimension="conformity", says="{min} to {max} items", types=listed)
def items(value: nw.Expr, *, min: int | None = None, max: int | None = None) -> nw.Expr:
    """The number of an array's elements lies in a range."""
    return between(value.list.len(), min=min, max=max)


@row_check("items_unique", dimension="uniqueness", says="items that differ", types=listed)
def items_unique(value: nw.Expr) -> nw.Expr:
    """The elements of an array differ from each other."""
    return value.list.unique().list.len() == value.list.len()
