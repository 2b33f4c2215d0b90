"""Checks of identity: unique values, unique combinations, references into other datasets."""

from __future__ import annotations

from typing import Any, Literal

import narwhals as nw

from sentineldq.checks.definition import Relation, relation_check, row_check

Missing = Literal["any", "all", "never"]


def unless_missing(values: list[nw.Expr], holds: nw.Expr, ignore_missing: Missing) -> nw.Expr:
    """`holds`, but null in rows where any (or all) of the values are missing, if such rows are left out."""
    if ignore_missing == "never":
        return holds
    gaps = [value.is_null() for value in values]
    combine = nw.any_horizontal if ignore_missing == "any" else nw.all_horizontal
    return nw.when(~combine(*gaps, ignore_nulls=False)).then(holds)


def _all_distinct(hashes: list[str]) -> nw.Expr:
    """True when all hashes of present values differ, and so all values; equal hashes prove nothing."""
    value = nw.col(hashes[0])
    return (value.n_unique() - (value.null_count() > 0).cast(nw.Int64)) == value.count()


def _alone(relation: Relation) -> nw.Expr:
    group = [] if relation.group is None else [relation.group]
    return nw.len().over(*relation.columns, *group) == 1


@relation_check("unique", dimension="uniqueness", says="unique", probe=_all_distinct)
def unique(relation: Relation) -> nw.LazyFrame[Any]:
    """No other row has the same value; every row of a duplicate counts, missing values do not."""
    value = nw.col(relation.columns[0])
    holds = nw.when(~value.is_null()).then(_alone(relation))
    return relation.frame.with_columns(holds.alias(relation.target))


@relation_check(
    "unique_together", dimension="uniqueness", says="unique together", many=True, probe=_all_distinct
)
def unique_together(relation: Relation, *, ignore_missing: Missing = "any") -> nw.LazyFrame[Any]:
    """No other row has the same combination; where missing values are not ignored they equal each other."""
    values = [nw.col(column) for column in relation.columns]
    holds = unless_missing(values, _alone(relation), ignore_missing)
    return relation.frame.with_columns(holds.alias(relation.target))


@row_check(
    "unique_within_record",
    dimension="uniqueness",
    says="different from each other",
    many=True,
    alike=True,
    nulls=True,
)
def unique_within_record(values: list[nw.Expr], *, ignore_missing: Missing = "all") -> nw.Expr:
    """The values of one row differ from each other; two missing values are equal."""
    same = [
        nw.when(left.is_null() | right.is_null())
        .then(left.is_null() & right.is_null())
        .otherwise(left == right)
        for position, left in enumerate(values)
        for right in values[position + 1 :]
    ]
    return unless_missing(values, ~nw.any_horizontal(*same, ignore_nulls=False), ignore_missing)


@relation_check("foreign_key", dimension="consistency", says="found in {dataset} ({fields})", many=True)
def foreign_key(relation: Relation, *, dataset: str, fields: list[str]) -> nw.LazyFrame[Any]:
    """The combination of values is found in the other dataset; rows with a missing part are left out."""
    if len(fields) != len(relation.columns):
        raise ValueError(f"{len(relation.columns)} columns cannot refer to {len(fields)} fields")
    keys = [f"{relation.target}_{position}" for position in range(len(fields))]
    mark = f"{relation.target}_found"
    other = (
        relation.dataset(dataset)
        .select(*(nw.col(field).alias(key) for field, key in zip(fields, keys, strict=True)))
        .drop_nulls()
        .unique()
        .with_columns(nw.lit(value=True).alias(mark))
    )
    joined = relation.frame.join(other, left_on=relation.columns, right_on=keys, how="left")
    values = [nw.col(column) for column in relation.columns]
    holds = unless_missing(values, nw.col(mark).fill_null(value=False), "any")
    return joined.with_columns(holds.alias(relation.target))
