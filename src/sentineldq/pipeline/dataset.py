"""The three tables of a dataset, and the commits that carry a batch from one to the next.

Bronze first, then quarantine, then silver: each commit holds its own place, so a run that ends anywhere goes on from
there. A batch whose refused records are in quarantine already is judged by the contract that put them there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import polars as pl
import pyarrow as pa

from sentineldq.contracts.load import load_contract
from sentineldq.errors import LakeError
from sentineldq.lake.archive import Archive
from sentineldq.lake.commit import commit
from sentineldq.lake.keys import Keys
from sentineldq.lake.open import Lake
from sentineldq.lake.place import Mark, read_place
from sentineldq.lake.scan import read_after
from sentineldq.lake.schema import BRONZE, QUARANTINE, RECEIVED
from sentineldq.pipeline.merge import merge
from sentineldq.pipeline.rules import Rules, rules_of
from sentineldq.pipeline.validate import Verdict
from sentineldq.sources.batch import Batch

BATCH = "batch"
"""The fact of silver that tells what became of its newest batch."""


@dataclass(frozen=True, kw_only=True)
class Landed:
    """What became of one batch.

    rows = silver + quarantined + duplicates + dropped, where `silver` is how many records silver has more than before:
    one that replaces another counts as none, and the other as a duplicate. added: the rows that silver took, where the
    process that committed them is the one that asks.
    """

    partition: str
    batch: int
    rows: int
    silver: int
    quarantined: int
    duplicates: int
    dropped: int
    contract: str
    at: datetime
    added: pl.DataFrame | None = field(default=None, repr=False, compare=False)


class Dataset:
    """Bronze, quarantine and silver of one dataset, as this process last saw them."""

    def __init__(self, lake: Lake, name: str, rules: Rules, *, archive: Archive | None = None) -> None:
        self.lake = lake
        self.name = name
        self.rules = rules
        self.archive = archive
        self.bronze = lake.ensure(f"bronze.{name}", BRONZE, partition=RECEIVED)
        self.quarantine = lake.ensure(f"quarantine.{name}", QUARANTINE, partition=RECEIVED)
        self.seen = perf_counter()
        self.adopt(rules)

    def adopt(self, rules: Rules) -> None:
        """Judge by these rules from now on; silver's columns follow. Raises EvolutionError where they cannot."""
        silver = self.lake.ensure(f"silver.{self.name}", rules.schema, partition=rules.partition)
        self._keep(rules)
        self.silver, self.rules = silver, rules
        self.keys = Keys(rules.key) if rules.key else None

    def reload(self) -> None:
        """See what other writers have done meanwhile."""
        self.seen = perf_counter()
        self.bronze = self.lake.table(f"bronze.{self.name}")
        self.quarantine = self.lake.table(f"quarantine.{self.name}")
        self.silver = self.lake.table(f"silver.{self.name}")

    # ------------------------------------------------------------------------------------ where it stands

    def cursors(self) -> dict[str, Any]:
        """Where the source goes on, by partition."""
        return {partition: mark.cursor for partition, mark in read_place(self.bronze).marks.items()}

    def numbers(self) -> dict[str, int]:
        """The number of the last batch in bronze, by partition."""
        return {partition: mark.batch for partition, mark in read_place(self.bronze).marks.items()}

    def waiting(self) -> Iterator[tuple[pa.Table, Rules]]:
        """The batches of bronze that are not in silver yet, in order, each with the rules to judge it by."""
        marks = read_place(self.silver).marks
        for partition in read_place(self.bronze).marks:
            done = marks[partition].batch if partition in marks else 0
            for rows in read_after(self.bronze, partition=partition, batch=done):
                yield rows, self._rules_for(partition, rows["_batch"][0].as_py())

    # ------------------------------------------------------------------------------------ commits

    def ingest(self, batch: Batch, rows: pa.Table, *, number: int) -> None:
        """Archive a batch and commit it to bronze. Raises FencedError, LakeError."""
        if self.archive is not None:
            self.archive.put(
                partition=batch.partition,
                cursor=dict(batch.cursor),
                time=batch.time,
                content=pieces(batch.records),
            )
        self.bronze = commit(
            self.bronze,
            partition=batch.partition,
            expected=read_place(self.bronze).marks.get(batch.partition),
            mark=Mark(number, dict(batch.cursor)),
            rows=rows if rows.num_rows else None,
        )

    def settle(self, verdict: Verdict, rules: Rules, *, partition: str, batch: int) -> Landed:
        """Commit what is refused to quarantine and what is good to silver. Raises FencedError, LakeError."""
        self._refuse(verdict, rules, partition, batch)
        place = read_place(self.silver)
        merged = merge(self.silver, verdict.good, rules, self.keys)
        landed = Landed(
            partition=partition,
            batch=batch,
            rows=verdict.rows,
            silver=merged.rows.height - merged.replaced,
            quarantined=verdict.refused.num_rows,
            duplicates=merged.duplicates,
            dropped=verdict.dropped,
            contract=rules.version,
            at=datetime.now(UTC),
            added=merged.rows,
        )
        self.silver = commit(
            self.silver,
            partition=partition,
            expected=place.marks.get(partition),
            mark=Mark(batch, None),
            place=place,
            rows=merged.rows.to_arrow() if merged.rows.height else None,
            delete=merged.delete,
            facts={
                "rows": landed.rows,
                "duplicates": landed.duplicates,
                "dropped": landed.dropped,
                BATCH: spell(landed),
            },
        )
        head = self.silver.current_snapshot()
        if self.keys is not None and head is not None and merged.delete is None:
            self.keys.added(head.snapshot_id, merged.rows)
        return landed

    def _refuse(self, verdict: Verdict, rules: Rules, partition: str, batch: int) -> None:
        if not verdict.refused.num_rows:
            return
        expected = read_place(self.quarantine).marks.get(partition)
        if expected is not None and expected.batch >= batch:
            return  # an earlier run came this far
        self.quarantine = commit(
            self.quarantine,
            partition=partition,
            expected=expected,
            mark=Mark(batch, rules.fingerprint),
            rows=verdict.refused,
        )

    # ------------------------------------------------------------------------------------ contracts

    def _rules_for(self, partition: str, batch: int) -> Rules:
        """The present rules, unless quarantine has this batch already: then those it was judged by."""
        mark = read_place(self.quarantine).marks.get(partition)
        if mark is None or mark.batch != batch or mark.cursor == self.rules.fingerprint:
            return self.rules
        return self.past(mark.cursor)

    def past(self, fingerprint: str) -> Rules:
        """The rules of a contract as it was, by fingerprint. Raises LakeError."""
        location = self._contract(fingerprint)
        try:
            with self.bronze.io.new_input(location).open() as stream:
                contract = load_contract(stream.read().decode())
        except OSError as fault:
            raise LakeError(
                f"quarantine.{self.name}",
                f"the contract that judged its newest batch cannot be read: {fault}",
                hint=f"restore {location} from a backup",
            ) from fault
        name = self.rules.table.name
        found = contract.object(name) or contract.schema[0]
        return rules_of(contract, found)

    def _keep(self, rules: Rules) -> None:
        """Write the contract beside the tables, once for each version of it."""
        output = self.bronze.io.new_output(self._contract(rules.fingerprint))
        if not output.exists():
            with output.create(overwrite=True) as stream:
                stream.write(rules.text.encode())

    def _contract(self, fingerprint: str) -> str:
        return f"{self.lake.warehouse}/contracts/{fingerprint}.yaml"


def bronze_rows(batch: Batch, *, number: int, received: datetime) -> pa.Table:
    """A batch of a source as rows of bronze."""
    count = len(batch.records)
    same = {
        "_partition": batch.partition,
        "_batch": number,
        "_origin": batch.origin,
        "_form": batch.form,
        "_fault": batch.fault,
        "_received_at": received,
    }
    columns = {
        name: pa.repeat(pa.scalar(value, BRONZE.field(name).type), count) for name, value in same.items()
    }
    columns["raw"] = batch.records
    columns["_row"] = pa.array(range(count), pa.int32())
    return pa.table([columns[name] for name in BRONZE.names], schema=BRONZE)


def pieces(records: pa.LargeBinaryArray) -> Iterator[memoryview]:
    """The bytes of all records, one after the other, without copying them."""
    _, offsets, content = records.buffers()
    if content is None:
        return
    ends = memoryview(offsets).cast("q")
    yield memoryview(content)[ends[records.offset] : ends[records.offset + len(records)]]


def spell(landed: Landed) -> str:
    """What became of a batch, as a fact of silver."""
    told: Mapping[str, Any] = {
        "partition": landed.partition,
        "batch": landed.batch,
        "rows": landed.rows,
        "silver": landed.silver,
        "quarantined": landed.quarantined,
        "duplicates": landed.duplicates,
        "dropped": landed.dropped,
        "contract": landed.contract,
        "at": landed.at.isoformat(),
    }
    return json.dumps(told, separators=(",", ":"))


def read(fact: str) -> Landed:
    """What `spell` wrote."""
    told = json.loads(fact)
    return Landed(**{**told, "at": datetime.fromisoformat(told["at"])})
