"""Columns that determine others: one city for each zip code, one name for each measure.

Approximate functional dependencies (Huhtala et al., TANE, 1999) with one column on the left, sought only where
the name of that column says that it identifies or classifies: others hold by chance too often.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from sentineldq.checks.evidence import Column, Evidence
from sentineldq.checks.words import labels

FEW = 50
"""Rows below which nothing is said."""

GROUPS = 5
"""Fewest values of the determining column."""

REPEATED = 3
"""Rows per value of the determining column, on average."""

USUAL = 0.9
"""Share of the most common value from which a column depends on nothing to speak of."""

AGREED = 0.75
"""Share of a group's rows with its usual value below which the group is divided."""

DIVIDED = 0.01
"""Share of rows in divided groups up to which these are faults."""

LEFT = 8
RIGHT = 40
MOST = 12
"""Columns that are tried on either side, and dependencies that are named, at most."""


@dataclass(frozen=True, kw_only=True)
class Dependency:
    """`determined` is the same wherever `given` is, in a share of the rows seen that have company."""

    given: str
    determined: str
    share: float


def dependencies(evidence: Evidence, *, least: float) -> list[Dependency]:
    """The dependencies that hold in at least a share of the rows, for each column the strongest one."""
    own = [column for column in evidence.scalars if column.path in evidence.schema and column.seen >= FEW]
    left = [column for column in own if _determines(column)][:LEFT]
    found: list[Dependency] = []
    for column in [column for column in own if _depends(column)][:RIGHT]:
        known = {(item.determined, item.given) for item in found}
        rivals = [given for given in left if given is not column and (given.path, column.path) not in known]
        candidates = [
            item for given in rivals for item in _measured(given, column, evidence) if item.share >= least
        ]
        if candidates:
            sizes = {given.path: given.distinct for given in rivals}
            found.append(min(candidates, key=lambda item: (-item.share, sizes[item.given])))
    return found[:MOST]


def _determines(column: Column) -> bool:
    """A name that identifies or classifies, and values that come again."""
    several = column.values.height >= GROUPS and REPEATED * column.values.height <= column.seen
    return several and column.logical in {"string", "integer"} and labels(column.path)


def _depends(column: Column) -> bool:
    """Neither a measure nor nearly always the same."""
    discrete = column.logical in {"string", "integer", "date", "timestamp"}
    return discrete and column.values.height > 1 and int(column.values["count"][0]) < USUAL * column.seen


def _measured(given: Column, determined: Column, evidence: Evidence) -> Iterator[Dependency]:
    """The share of rows with the usual value of their group; none where hardly any row has company.

    None either where some groups are truly divided, which single faults would not do, nor where the values are made
    from those of the other column and something else: `al_ami-1` of `ami-1`.
    """
    pairs = evidence.sample.lazy().select(given=given.path, determined=determined.path).drop_nulls()
    groups = pairs.group_by("given", "determined").len().group_by("given")
    sizes = groups.agg(pl.col("len").sum().alias("rows"), pl.col("len").max().alias("usual"))
    sizes = sizes.filter(pl.col("rows") > 1)
    divided = pl.col("rows").filter((pl.col("rows") > 3) & (pl.col("usual") < AGREED * pl.col("rows"))).sum()
    facts = sizes.select(pl.len(), rows=pl.col("rows").sum(), usual=pl.col("usual").sum(), divided=divided)
    count, rows, usual, disputed = facts.collect().row(0)
    if count < GROUPS or 2 * rows < determined.seen or disputed > DIVIDED * rows:
        return
    if given.text and determined.text and _made_of(pairs):
        return
    yield Dependency(given=given.path, determined=determined.path, share=usual / rows)


def _made_of(pairs: pl.LazyFrame) -> bool:
    """Whether most values of the one column contain those of the other."""
    contained = (
        pl.col("determined").cast(pl.String).str.contains(pl.col("given").cast(pl.String), literal=True)
    )
    return bool(pairs.select(contained.mean() > 0.5).collect().item())
