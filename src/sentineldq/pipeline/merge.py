"""Idempotence: which of a batch's good records silver takes, and which of its own they replace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, date

import polars as pl
from pyiceberg.expressions import And, BooleanExpression, EqualTo, In, Or, Reference
from pyiceberg.expressions.literals import literal
from pyiceberg.table import Table

from sentineldq.lake.keys import Keys
from sentineldq.lake.scan import scan
from sentineldq.lake.schema import META
from sentineldq.pipeline.rules import Rules


@dataclass(frozen=True, kw_only=True)
class Merged:
    """What a commit to silver adds and deletes.

    duplicates: records of the batch that silver does not take, and records of silver that give way to newer ones;
    replaced: the latter alone.
    """

    rows: pl.DataFrame
    delete: BooleanExpression | None = None
    duplicates: int = 0
    replaced: int = 0


def merge(table: Table, good: pl.DataFrame, rules: Rules, keys: Keys | None) -> Merged:
    """Hold good records (silver's columns) against what silver has, by the contract's key. Raises LakeError."""
    if keys is None or good.is_empty():
        return Merged(rows=good)
    if rules.merge == "ignore":
        fresh = keys.fresh(table, good)
        rows = good if fresh.all() else good.filter(fresh)  # which copies all of it
        return Merged(rows=rows, duplicates=good.height - rows.height)
    newest = _newest(good, rules)
    fresh = keys.fresh(table, newest)
    known = newest.filter(~fresh)
    old = held(table, known, rules)
    changed = known.filter(_changes(known, old, rules))
    gone = old.join(changed.select(rules.key), on=rules.key, how="semi")
    rows = pl.concat([newest.filter(fresh), changed]).sort("_row")
    return Merged(
        rows=rows,
        delete=_condition(gone),
        duplicates=good.height - rows.height + gone.height,
        replaced=gone.height,
    )


def _newest(good: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """One record a key: the last, by the contract's order column where it has one."""
    if rules.order is not None:
        good = good.sort(rules.order, maintain_order=True, nulls_last=False)
    return good.unique(rules.key, keep="last", maintain_order=True)


def held(table: Table, known: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """What silver has under these keys."""
    if known.is_empty():
        return known
    where = pl.lit(value=True)
    for name in rules.key:
        low, high = known[name].min(), known[name].max()
        if isinstance(high, float) or (isinstance(high, date) and high.year == MAXYEAR):
            continue  # PyIceberg does not find the files by large numbers, nor by a year whose next it cannot spell
        where &= pl.col(name).is_between(pl.lit(low, known.schema[name]), pl.lit(high, known.schema[name]))
    columns = [*rules.columns, *META.names]
    rows = scan(table, columns=columns, where=where).join(
        known.lazy().select(rules.key), on=rules.key, how="semi"
    )
    return rows.collect()


def _changes(known: pl.DataFrame, old: pl.DataFrame, rules: Rules) -> pl.Series:
    """For each record whether it says something new: other values, and none older than those held."""
    before = {tuple(row[name] for name in rules.key): row for row in old.iter_rows(named=True)}
    return pl.Series(
        [
            _is_news(row, before[tuple(row[name] for name in rules.key)], rules)
            for row in known.iter_rows(named=True)
        ],
        dtype=pl.Boolean,
    )


def _is_news(row: dict[str, object], held: dict[str, object], rules: Rules) -> bool:
    if rules.order is not None:
        now, before = row[rules.order], held[rules.order]
        if before is not None and (now is None or now < before):  # type: ignore[operator]  # of one type
            return False
    return any(row[name] != held[name] for name in rules.columns)


def _condition(rows: pl.DataFrame) -> BooleanExpression | None:
    """The condition that is true for just these rows, by where they came from."""
    groups = rows.group_by("_partition", "_batch").agg("_row").sort("_partition", "_batch").rows()
    found: list[BooleanExpression] = [
        And(
            EqualTo(term=Reference("_partition"), value=literal(partition)),
            EqualTo(term=Reference("_batch"), value=literal(batch)),
            In(term=Reference("_row"), values=set(map(literal, places))),
        )
        for partition, batch, places in groups
    ]
    if not found:
        return None
    return found[0] if len(found) == 1 else Or(*found)
