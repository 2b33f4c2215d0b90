"""Checks across the columns of one row."""

from __future__ import annotations

import operator
from functools import reduce

import narwhals as nw

from sentineldq.checks.catalogue.keys import Missing, unless_missing
from sentineldq.checks.definition import numeric, ordered, row_check


def _pair(values: list[nw.Expr], holds: nw.Expr, ignore_missing: Missing) -> nw.Expr:
    """A comparison in which one missing side violates, where such rows are not left out."""
    return unless_missing(values, holds.fill_null(value=False), ignore_missing)


@row_check("pair_equal", dimension="consistency", says="equal to each other", many=True, alike=True)
def pair_equal(values: list[nw.Expr], *, ignore_missing: Missing = "any") -> nw.Expr:
    """All the columns of a row hold the same value."""
    first, *others = values
    same = nw.all_horizontal(*(first == other for other in others), ignore_nulls=False)
    return _pair(values, same, ignore_missing)


@row_check(
    "pair_greater", dimension="consistency", says="the first greater", types=ordered, many=True, alike=True
)
def pair_greater(
    values: list[nw.Expr], *, or_equal: bool = False, ignore_missing: Missing = "any"
) -> nw.Expr:
    """The first column is greater than the second (or equal, with `or_equal`)."""
    first, second = values
    return _pair(values, first >= second if or_equal else first > second, ignore_missing)


@row_check("pair_in_set", dimension="consistency", says="one of {pairs}", many=True)
def pair_in_set(
    values: list[nw.Expr], *, pairs: list[list[object]], ignore_missing: Missing = "any"
) -> nw.Expr:
    """The combination of values is one of a set; null in a pair stands for a missing value."""
    matches = [
        nw.all_horizontal(
            *(
                value.is_null() if part is None else (value == part).fill_null(value=False)
                for value, part in zip(values, pair, strict=True)
            ),
            ignore_nulls=False,
        )
        for pair in pairs
    ]
    return unless_missing(values, nw.any_horizontal(*matches, ignore_nulls=False), ignore_missing)


@row_check("sum_equals", dimension="consistency", says="adding up to {total}", types=numeric, many=True)
def sum_equals(
    values: list[nw.Expr], *, total: float, within: float = 1e-9, ignore_missing: Missing = "any"
) -> nw.Expr:
    """The columns of a row add up to a number, up to `within` in absolute terms."""
    added = reduce(operator.add, (value.cast(nw.Float64) for value in values))  # integers could overflow
    return _pair(values, (added - total).abs() <= within, ignore_missing)
