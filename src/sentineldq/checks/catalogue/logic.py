"""Checks written in SQL: an expression per row, or a condition with a consequence. See checks/sql/."""

from __future__ import annotations

import narwhals as nw

from sentineldq.checks.definition import Sql, row_check


@row_check("expression", dimension="consistency", says="{sql}", many=True)
def expression(values: list[nw.Expr], *, sql: Sql) -> nw.Expr:
    """An SQL expression is true; where it is null the row is not evaluated, as with an SQL CHECK."""
    return sql  # type: ignore[return-value]  # the compiler gives the translated expression


@row_check("when_then", dimension="consistency", says="{then} when {when}", many=True)
def when_then(values: list[nw.Expr], *, when: Sql, then: Sql) -> nw.Expr:
    """Where the first SQL expression is true, the second is; other rows are not evaluated.

    A consequence that is null (a missing value) violates: it is not true.
    """
    return nw.when(when).then(nw.coalesce(then, nw.lit(value=False)))
