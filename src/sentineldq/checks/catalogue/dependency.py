"""The check of a functional dependency: some columns of a row determine another one."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from sentineldq.checks.definition import Relation, relation_check


@relation_check(
    "dependency", dimension="consistency", says="the last the same wherever the others are", many=True
)
def dependency(relation: Relation) -> nw.LazyFrame[Any]:
    """The last column has the value that most rows with the same others have; missing values are left out.

    Where two values are equally frequent none of the rows hold, since either may be wrong.
    """
    *given, _ = relation.columns
    often, most, best = (f"{relation.target}_{name}" for name in ("often", "most", "best"))
    present = ~nw.any_horizontal(*(nw.col(name).is_null() for name in relation.columns), ignore_nulls=False)
    frame = relation.frame.with_columns(nw.when(present).then(nw.len().over(*relation.columns)).alias(often))
    frame = frame.with_columns(nw.col(often).max().over(*given).alias(most))
    leads = nw.col(often) == nw.col(most)
    frame = frame.with_columns(leads.cast(nw.Int64).sum().over(*given).alias(best))
    holds = nw.when(present).then(leads & (nw.col(best) == nw.col(most)))
    return frame.with_columns(holds.alias(relation.target))
