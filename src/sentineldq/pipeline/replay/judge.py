"""Judging quarantined records again, as if their batch had come with these bytes and under these rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.table import Table

from sentineldq.checks.definition import definition_of
from sentineldq.checks.model import Check
from sentineldq.checks.split import SPLITTING
from sentineldq.lake.scan import read_after, scan
from sentineldq.lake.schema import BRONZE, META
from sentineldq.pipeline import poison
from sentineldq.pipeline.poison import Attempts
from sentineldq.pipeline.rules import Rules
from sentineldq.pipeline.validate import Reason

Key = tuple[str, int, int]
"""What identifies a record: `_partition`, `_batch`, `_row`."""

LOCAL = ("row", "value")
"""Shapes of a check that needs nothing but the row itself."""


@dataclass(kw_only=True)
class Judgement:
    """good: silver's columns. reasons: of those that are still refused. dropped: what the contract says to drop."""

    good: pl.DataFrame
    reasons: dict[Key, list[Reason]] = field(default_factory=dict)
    dropped: set[Key] = field(default_factory=set)


def judge(
    records: pa.Table,
    rules: Rules,
    *,
    others: pa.Table,
    bronze: Table,
    silver: Table,
    attempts: Attempts,
    known: Mapping[Key, list[Reason]] | None = None,
) -> Judgement:
    """Judge records (with BRONZE's columns, of any number of batches), each batch by the time it arrived.

    Where a rule looks at other rows, or refuses a batch as a whole, what still stands of the batch is read from bronze,
    so that nothing passes merely because its neighbours are not there. others: records of these batches that stay in
    quarantine. attempts, known: as for `poison.judge`. Raises LakeError, CheckDefinitionError, EngineError.
    """
    found = Judgement(good=pl.DataFrame(pl.from_arrow(rules.schema.empty_table())))
    good = [found.good]
    for part in batches(records.select(BRONZE.names)):
        first = part.slice(0, 1)
        partition, batch = first["_partition"][0].as_py(), first["_batch"][0].as_py()
        chosen = set(part["_row"].to_pylist())
        whole = part
        if first["_fault"][0].as_py() is None and _looks_around(rules, first["_form"][0].as_py()):
            standing = _rows(others, partition, batch) | _rows_of(silver, partition, batch)
            whole = _completed(bronze, part, partition, batch, standing - chosen)
        crashed = {row: found for (*at, row), found in (known or {}).items() if at == [partition, batch]}
        verdict = poison.judge(whole, rules, attempts, known=crashed)
        good.append(
            verdict.good.filter(pl.col("_row").is_in(list(chosen))).match_to_schema(found.good.schema)
        )
        refused = {row: reasons for row, reasons in verdict.reasons.items() if row in chosen}
        found.reasons |= {(partition, batch, row): reasons for row, reasons in refused.items()}
        passed = set(good[-1]["_row"])
        found.dropped |= {(partition, batch, row) for row in chosen - passed - refused.keys()}
    found.good = pl.concat(good)
    return found


def batches(records: pa.Table) -> Iterator[pa.Table]:
    """The records by batch, and those of unreadable batches apart from the rest; by arrival, rows in order."""
    frame = pl.DataFrame(pl.from_arrow(records.select([*META.names, "_fault", "_form"]))).with_row_index("at")
    groups = (
        frame.sort("_received_at", "_partition", "_batch", "_row")
        .group_by("_partition", "_batch", "_fault", "_form", maintain_order=True)
        .agg("at")
    )
    for at in groups["at"].to_list():
        yield records.take(pa.array(at, pa.int64()))


def _looks_around(rules: Rules, form: str) -> bool:
    checks = rules.checks if form == "text" else rules.quality
    return any(_is_wide(check) for check in checks if check.on_violation in SPLITTING)


def _is_wide(check: Check) -> bool:
    return check.on_violation == "block" or definition_of(check.kind).shape not in LOCAL


def _rows(table: pa.Table, partition: str, batch: int) -> set[int]:
    same = pc.and_(pc.equal(table["_partition"], partition), pc.equal(table["_batch"], batch))
    return set(table.filter(same)["_row"].to_pylist())


def _rows_of(table: Table, partition: str, batch: int) -> set[int]:
    where = (pl.col("_partition") == partition) & (pl.col("_batch") == batch)
    found = scan(table, where=where, columns=["_row", "_partition", "_batch"]).collect()
    return set(found["_row"])


def _completed(bronze: Table, part: pa.Table, partition: str, batch: int, standing: set[int]) -> pa.Table:
    """The batch as bronze has it, as far as it stands, these records in the place of their originals."""
    whole = next(read_after(bronze, partition=partition, batch=batch - 1), None)
    if whole is None or whole["_batch"][0].as_py() != batch:
        return part
    rest = whole.filter(pc.is_in(whole["_row"], pa.array(sorted(standing), pa.int32())))
    return pa.concat_tables([rest.select(BRONZE.names), part.select(BRONZE.names)]).sort_by("_row")
