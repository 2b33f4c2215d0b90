"""Checks of the order of rows."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from sentineldq.checks.definition import Relation, ordered, relation_check


def _with_previous(relation: Relation) -> tuple[nw.LazyFrame[Any], nw.Expr, nw.Expr]:
    """The frame with the last present value before each row, and the two values to compare."""
    value, last, previous = relation.columns[0], f"{relation.target}_last", f"{relation.target}_previous"
    frame = relation.frame.with_columns(
        nw.col(value).fill_null(strategy="forward").over(order_by=relation.order).alias(last)
    ).with_columns(nw.col(last).shift(1).over(order_by=relation.order).alias(previous))
    return frame, nw.col(value), nw.col(previous)


@relation_check(
    "increasing", dimension="consistency", says="not below the value before", types=ordered, ordered=True
)
def increasing(relation: Relation, *, strict: bool = False, order_by: str | None = None) -> nw.LazyFrame[Any]:
    """No value is below the present one before it (nor equal to it, with `strict`), in the order of rows.

    `order_by` names the column that gives the order, nulls first; DuckDB and Spark have no other.
    """
    frame, value, previous = _with_previous(relation)
    holds = value > previous if strict else value >= previous
    first = nw.when(~value.is_null()).then(nw.coalesce(holds, nw.lit(value=True)))
    return frame.with_columns(first.alias(relation.target))


@relation_check(
    "decreasing", dimension="consistency", says="not above the value before", types=ordered, ordered=True
)
def decreasing(relation: Relation, *, strict: bool = False, order_by: str | None = None) -> nw.LazyFrame[Any]:
    """No value is above the present one before it (nor equal to it, with `strict`), in the order of rows.

    `order_by` names the column that gives the order, nulls first; DuckDB and Spark have no other.
    """
    frame, value, previous = _with_previous(relation)
    holds = value < previous if strict else value <= previous
    first = nw.when(~value.is_null()).then(nw.coalesce(holds, nw.lit(value=True)))
    return frame.with_columns(first.alias(relation.target))
