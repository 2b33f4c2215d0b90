"""What is in quarantine: counted by dataset and check, picked out record by record, and shown with care."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec
import polars as pl
import pyarrow as pa
from pyiceberg.table import Table

from sentineldq.errors import UsageError, suggest
from sentineldq.lake.open import Lake
from sentineldq.lake.scan import scan
from sentineldq.lake.schema import QUARANTINE
from sentineldq.pipeline.project import Project
from sentineldq.pipeline.validate import Reason

ORIGIN = ["_partition", "_batch", "_row", "_received_at"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which records are meant; all of them by default.

    checks: refused by one of these. hashes: the beginning of a hash. since: arrived then or later.
    """

    checks: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    batches: tuple[int, ...] = ()
    partitions: tuple[str, ...] = ()
    since: datetime | None = None

    @property
    def where(self) -> pl.Expr:
        """The condition on rows of quarantine."""
        found = pl.lit(value=True)
        if self.since is not None:
            found &= pl.col("_received_at") >= self.since
        if self.batches:
            found &= pl.col("_batch").is_in(list(self.batches))
        if self.partitions:
            found &= pl.col("_partition").is_in(list(self.partitions))
        if self.hashes:
            found &= pl.any_horizontal(pl.col("hash").str.starts_with(start.lower()) for start in self.hashes)
        if self.checks:
            named = pl.element().struct.field("check").is_in(list(self.checks))
            found &= pl.col("errors").list.eval(named).list.any()
        return found

    @property
    def told(self) -> dict[str, Any]:
        """The choice, to be written down; what is not chosen by is left out."""
        found: dict[str, Any] = {
            "checks": list(self.checks),
            "hashes": list(self.hashes),
            "batches": list(self.batches),
            "partitions": list(self.partitions),
            "since": self.since.isoformat() if self.since else None,
        }
        return {name: value for name, value in found.items() if value}


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many records of a dataset one check refused, with one of its reasons and the record it is of."""

    check: str
    records: int
    message: str
    hash: str
    first: datetime
    last: datetime


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What quarantine has of a dataset; one record may have failed several checks. checks: worst first."""

    dataset: str
    records: int
    contracts: list[str]
    checks: list[Count]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One quarantined record, without its bytes."""

    hash: str
    dataset: str
    partition: str
    batch: int
    row: int
    received_at: datetime
    origin: str | None
    contract: str
    fingerprint: str
    reasons: list[Reason]


def pipeline_of(project: Project, dataset: str) -> str:
    """The pipeline that fills a dataset (`events`, or `quarantine.events`). Raises UsageError."""
    wanted = dataset.removeprefix("quarantine.")
    names = {project.dataset(name): name for name in project.settings.pipelines}
    if wanted not in names:
        raise UsageError(f"project {project.name} has no dataset {dataset!r}", hint=suggest(wanted, names))
    return names[wanted]


def summarise(lake: Lake, datasets: Iterable[str], choice: Choice) -> list[Held]:
    """What quarantine has of each dataset, the fullest first; nothing for one that has no record there."""
    found = [held for dataset in datasets if (held := _held(lake, dataset, choice)) is not None]
    return sorted(found, key=lambda held: (-held.records, held.dataset))


def records(
    lake: Lake,
    datasets: Iterable[str],
    choice: Choice,
    *,
    limit: int,
    after: tuple[datetime, int, int, str] | None = None,
) -> list[Record]:
    """The newest records that are chosen, at most so many.

    after: (received_at, batch, row, partition) of the last one of the page before.
    """
    found: list[Record] = []
    for dataset in datasets:
        if lake.has(f"quarantine.{dataset}"):
            columns = ["hash", "errors", "contract", "contract_fingerprint", "_origin", *ORIGIN]
            rows = scan(lake.table(f"quarantine.{dataset}")).filter(choice.where).select(columns)
            if after is not None:
                rows = rows.filter(_after(*after))
            order = ["_received_at", "_batch", "_row", "_partition"]
            newest = rows.sort(*order, descending=[True, True, False, False]).head(limit)
            found += (record_of(row, dataset) for row in newest.collect().iter_rows(named=True))
    return sorted(found, key=lambda one: one.received_at, reverse=True)[:limit]


def _after(at: datetime, batch: int, row: int, partition: str) -> pl.Expr:
    """What comes after a record, newest first and in the order of its batch."""
    later = (pl.col("_row") > row) | ((pl.col("_row") == row) & (pl.col("_partition") > partition))
    same = (pl.col("_batch") < batch) | ((pl.col("_batch") == batch) & later)
    return (pl.col("_received_at") < at) | ((pl.col("_received_at") == at) & same)


def record_of(row: dict[str, Any], dataset: str) -> Record:
    """A row of quarantine as a record."""
    return Record(
        hash=row["hash"],
        dataset=dataset,
        partition=row["_partition"],
        batch=row["_batch"],
        row=row["_row"],
        received_at=row["_received_at"],
        origin=row["_origin"],
        contract=row["contract"],
        fingerprint=row["contract_fingerprint"],
        reasons=[Reason(**error) for error in row["errors"]],
    )


def arrivals(
    lake: Lake, dataset: str, *, since: datetime, until: datetime, every: Literal["1h", "1d"]
) -> list[tuple[str | None, datetime, int]]:
    """What came in [since, until), by check and by the hour or day; by no check: all records."""
    when = pl.col("_received_at").is_between(since, until, closed="left")
    rows = scan(lake.table(f"quarantine.{dataset}"), where=when)
    span = pl.col("_received_at").dt.truncate(every).alias("at")
    checks = pl.col("errors").list.eval(pl.element().struct.field("check")).list.unique().alias("check")
    each = rows.select(span, checks).explode("check").drop_nulls("check")
    whole = rows.select(span, pl.lit(None, pl.String).alias("check"))
    counted = pl.concat([each, whole], how="diagonal_relaxed").group_by("check", "at").len()
    return counted.sort("at", "check").select("check", "at", "len").collect().rows()


def contracts(lake: Lake, dataset: str) -> list[tuple[str, str]]:
    """The contracts that refused what is in quarantine: versions and fingerprints."""
    rows = scan(lake.table(f"quarantine.{dataset}"), columns=["contract", "contract_fingerprint"])
    return rows.unique().sort("contract", "contract_fingerprint").collect().rows()


def names(lake: Lake, dataset: str) -> set[str]:
    """The checks that refused what quarantine has of a dataset."""
    rows = scan(lake.table(f"quarantine.{dataset}"), columns=["errors"])
    found = rows.explode("errors").select(pl.col("errors").struct.field("check").unique()).collect()
    return {name for name in found["check"] if name is not None}


def demand_checks(lake: Lake, datasets: Sequence[str], wanted: Iterable[str]) -> None:
    """Raises UsageError for a check that none of these datasets has refused a record by."""
    if not wanted:
        return
    known = {
        name for dataset in datasets if lake.has(f"quarantine.{dataset}") for name in names(lake, dataset)
    }
    for name in wanted:
        if name not in known:
            raise UsageError(f"no record in quarantine failed a check {name!r}", hint=suggest(name, known))


def _held(lake: Lake, dataset: str, choice: Choice) -> Held | None:
    if not lake.has(f"quarantine.{dataset}"):
        return None
    columns = ["hash", "errors", "contract", "_partition", "_batch", "_row", "_received_at"]
    chosen = scan(lake.table(f"quarantine.{dataset}")).filter(choice.where).select(columns)
    error = pl.col("errors").struct
    by_check = (
        chosen.sort("_received_at", "_batch", "_row")
        .explode("errors")
        .select("hash", "_received_at", *ORIGIN[:3], error.field("check"), error.field("message"))
        .group_by("check")
        .agg(
            pl.struct(ORIGIN[:3]).n_unique().alias("records"),
            pl.col("message").last(),
            pl.col("hash").last(),
            pl.col("_received_at").min().alias("first"),
            pl.col("_received_at").max().alias("last"),
        )
        .sort("records", "check", descending=[True, False])
    )
    whole = chosen.select(pl.len().alias("records"), pl.col("contract").unique().sort().implode())
    counts, total = pl.collect_all([by_check, whole])
    if not total["records"][0]:
        return None
    return Held(
        dataset=dataset,
        records=total["records"][0],
        contracts=total["contract"][0].to_list(),
        checks=[Count(**row) for row in counts.iter_rows(named=True) if row["check"] is not None],
    )


# ------------------------------------------------------------------------------------------ reading rows


def keys(table: Table, choice: Choice) -> pl.DataFrame:
    """Which records are chosen (ORIGIN's columns), in the order of their arrival."""
    chosen = scan(table).filter(choice.where).select(ORIGIN)
    return chosen.collect().sort("_received_at", "_partition", "_batch", "_row")


def rows_of(table: Table, batches: pl.DataFrame, first: datetime, last: datetime) -> pa.Table:
    """All that quarantine has of batches (`_partition`, `_batch`) that arrived in a span, in QUARANTINE's columns."""
    where = pl.col("_received_at").is_between(pl.lit(first), pl.lit(last))
    where &= pl.col("_batch").is_in(batches["_batch"].unique().to_list())
    where &= pl.col("_partition").is_in(batches["_partition"].unique().to_list())
    rows = scan(table, where=where).collect()
    wanted = batches.select("_partition", "_batch").unique()
    return arrow(rows.join(wanted, on=["_partition", "_batch"], how="semi", maintain_order="left"))


def arrow(rows: pl.DataFrame) -> pa.Table:
    """Rows of quarantine as Arrow, in QUARANTINE's columns and types."""
    found = rows.select(QUARANTINE.names).to_arrow(compat_level=pl.CompatLevel.oldest())
    return found.cast(QUARANTINE)


def portions(chosen: pl.DataFrame, *, rows: int, batches: int) -> Iterator[pl.DataFrame]:
    """Keys a part at a time, a batch never in two: about so many rows, at most so many batches."""
    sizes = chosen.group_by("_partition", "_batch", maintain_order=True).len()
    part: list[tuple[str, int]] = []
    weight = 0
    for partition, batch, size in sizes.iter_rows():
        if part and (weight + size > rows or len(part) == batches):
            yield _of(chosen, part)
            part, weight = [], 0
        part.append((partition, batch))
        weight += size
    if part:
        yield _of(chosen, part)


def _of(chosen: pl.DataFrame, part: list[tuple[str, int]]) -> pl.DataFrame:
    wanted = pl.DataFrame(part, schema={"_partition": pl.String, "_batch": pl.Int64}, orient="row")
    return chosen.join(wanted, on=["_partition", "_batch"], how="semi", maintain_order="left")
