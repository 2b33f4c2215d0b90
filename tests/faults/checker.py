"""The oracle: compares a lake with the ledger of its source, and says what is wrong with it.

It reads files by itself (Arrow, from the manifests), not by the code that it judges. A lake between two runs may be
behind its source and silver behind bronze; what is there must be right all the same.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.manifest import ManifestEntryStatus
from pyiceberg.table import Table

from sentineldq.errors import SentinelError
from sentineldq.lake.facts import head_facts
from sentineldq.lake.open import open_lake
from sentineldq.lake.orphans import find_orphans
from sentineldq.lake.place import PLACE, Mark, ancestry, read_place
from tests.faults.ledger import Ledger

Key = tuple[int, int]
LAYERS = ("bronze", "silver", "quarantine")


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of one table that are of the ledger's partition, by batch and row, and how far it says it is."""

    rows: dict[Key, dict[str, Any]]
    mark: Mark | None
    facts: dict[str, str]

    @property
    def batch(self) -> int:
        return self.mark.batch if self.mark else 0

    def until(self, batch: int) -> set[Key]:
        return {key for key in self.rows if key[0] <= batch}


def inspect(
    warehouse: Path, dataset: str, ledger: Ledger, *, finished: bool, orphans: int | None = None
) -> list[str]:
    """What is wrong with a lake; nothing where it is right.

    finished: the source has been read to its end, and nothing may be missing. orphans: so many files that nothing
    refers to are allowed.
    """
    problems: list[str] = []
    with open_lake(warehouse=str(warehouse)) as lake:
        found: dict[str, Rows] = {}
        for layer in LAYERS:
            name = f"{layer}.{dataset}"
            if name not in lake.names(layer):
                found[layer] = Rows(rows={}, mark=None, facts={})
                continue
            try:
                table = lake.table(name)
                problems += [f"{name}: {told}" for told in _table(table, orphans)]
                found[layer] = _rows(table, ledger, name, problems)
            except (SentinelError, OSError, pa.ArrowException) as fault:
                problems.append(f"{name}: it cannot be read: {fault}")
                return problems
        problems += _against(found, ledger, finished=finished)
    return problems + [
        told for path in (warehouse / "catalog.db", *warehouse.parent.glob("*.db")) for told in _sqlite(path)
    ]


# ---------------------------------------------------------------------------------------- one table


def _table(table: Table, orphans: int | None) -> Iterator[str]:
    """Files and history: every live file is there and as stated, no file was added twice, marks only grow."""
    entries = [entry for manifest in _manifests(table) for entry in manifest.fetch_manifest_entry(table.io)]
    for path, count in Counter(entry.data_file.file_path for entry in entries).items():
        if count > 1:
            yield f"{Path(path).name} is live {count} times"
    total = 0
    for entry in entries:
        path = Path(entry.data_file.file_path)
        if not path.is_file():
            yield f"{path.name} is live and is not there"
            continue
        rows = pq.read_metadata(path).num_rows
        total += rows
        if (rows, path.stat().st_size) != (entry.data_file.record_count, entry.data_file.file_size_in_bytes):
            yield f"{path.name} has {rows} rows, its manifest says {entry.data_file.record_count}"
    head = table.current_snapshot()
    if head and head.summary and int(head.summary.additional_properties.get("total-records", total)) != total:
        yield f"its head counts {head.summary.additional_properties['total-records']} rows, there are {total}"
    yield from _added_twice(table)
    yield from _marks(table)
    if orphans is not None:
        lost = find_orphans(table, grace=timedelta(), now=datetime.now(UTC) + timedelta(hours=1))
        if len(lost) > orphans:
            yield f"{len(lost)} files belong to nothing, {orphans} are allowed"


def _manifests(table: Table) -> list[Any]:
    head = table.current_snapshot()
    return head.manifests(table.io) if head else []


def _added_twice(table: Table) -> Iterator[str]:
    added: Counter[str] = Counter()
    seen: set[str] = set()
    for snapshot in ancestry(table):
        for manifest in snapshot.manifests(table.io):
            if manifest.manifest_path in seen:
                continue
            seen.add(manifest.manifest_path)
            added.update(
                entry.data_file.file_path
                for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=False)
                if entry.status == ManifestEntryStatus.ADDED
                and entry.snapshot_id == manifest.added_snapshot_id
            )
    yield from (f"{Path(path).name} was added {count} times" for path, count in added.items() if count > 1)


def _marks(table: Table) -> Iterator[str]:
    """From the oldest snapshot on, the batch of a partition only grows, and by one (none is left out)."""
    last: dict[str, list[Any]] = {}
    for snapshot in reversed(list(ancestry(table))):
        text = snapshot.summary.additional_properties.get(PLACE) if snapshot.summary else None
        if text is None or text.startswith("@"):
            continue
        place = json.loads(text)
        for partition, (number, cursor) in place.items():
            before = last.get(partition)
            if before and number < before[0]:
                yield f"{partition} went back from batch {before[0]} to {number}"
            if before and number == before[0] and cursor != before[1]:
                yield f"{partition} changed its cursor at batch {number}"
        for partition in last.keys() - place.keys():
            yield f"{partition} was forgotten"
        last = place


def _rows(table: Table, ledger: Ledger, name: str, problems: list[str]) -> Rows:
    rows: dict[Key, dict[str, Any]] = {}
    mark = read_place(table).marks.get(ledger.partition)
    for manifest in _manifests(table):
        for entry in manifest.fetch_manifest_entry(table.io):
            path = Path(entry.data_file.file_path)
            if not path.is_file():
                continue
            content = pq.ParquetFile(path, page_checksum_verification=True).read()
            for row in content.to_pylist():
                if row["_partition"] != ledger.partition:
                    continue
                key = row["_batch"], row["_row"]
                if key in rows:
                    problems.append(f"{name}: record {key} is there twice")
                rows[key] = row
    newest = max((batch for batch, _ in rows), default=0)
    if newest > (mark.batch if mark else 0):
        problems.append(
            f"{name}: it has rows of batch {newest}, and says it is at {mark.batch if mark else 0}"
        )
    return Rows(rows=rows, mark=mark, facts=head_facts(table))


def _sqlite(path: Path) -> Iterator[str]:
    if not path.is_file():
        return
    with closing(sqlite3.connect(path)) as connection:
        try:
            told = connection.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.Error as fault:
            told = str(fault)
    if told != "ok":
        yield f"{path.name}: {told}"


# ---------------------------------------------------------------------------------------- against the ledger


def _against(found: dict[str, Rows], ledger: Ledger, *, finished: bool) -> Iterator[str]:
    bronze, silver, quarantine = (found[layer] for layer in LAYERS)
    keys = sorted(bronze.rows)
    yield from _bytes(keys, bronze, ledger, finished=finished)
    if silver.batch > bronze.batch or quarantine.batch > bronze.batch:
        yield f"silver ({silver.batch}) or quarantine ({quarantine.batch}) is ahead of bronze ({bronze.batch})"
    if finished and silver.batch != bronze.batch:
        yield f"bronze is at batch {bronze.batch}, silver at {silver.batch}"
    positions = {key: number for number, key in enumerate(keys)}
    yield from _sums(bronze, silver, quarantine)
    yield from _routes(positions, bronze, silver, quarantine, ledger)
    yield from _values(positions, bronze, silver, quarantine, ledger)


def _bytes(keys: list[Key], bronze: Rows, ledger: Ledger, *, finished: bool) -> Iterator[str]:
    """Bronze is what was sent, byte for byte and in order, up to where it says it is."""
    if len(keys) > len(ledger.records):
        yield f"bronze has {len(keys)} records, {len(ledger.records)} were sent"
    elif finished and len(keys) < len(ledger.records):
        yield f"bronze has {len(keys)} records of the {len(ledger.records)} sent"
    wrong = [key for key, sent in zip(keys, ledger.records, strict=False) if bronze.rows[key]["raw"] != sent]
    if wrong:
        yield f"{len(wrong)} records of bronze are not what was sent, the first is {wrong[0]}"
    sizes = Counter(batch for batch, _ in keys)
    if any(
        {row for batch, row in keys if batch == number} != set(range(size)) for number, size in sizes.items()
    ):
        yield "the rows of a batch of bronze are not numbered 0, 1, 2, …"
    if ledger.reached and bronze.mark and bronze.mark.cursor[ledger.reached] != len(keys):
        yield f"bronze has {len(keys)} records, its cursor says {bronze.mark.cursor[ledger.reached]}"


def _sums(bronze: Rows, silver: Rows, quarantine: Rows) -> Iterator[str]:
    """bronze = silver + quarantine + duplicates + dropped, as far as silver is."""
    both = silver.rows.keys() & quarantine.rows.keys()
    if both:
        yield f"{len(both)} records are in silver and in quarantine"
    for name, rows in (("silver", silver), ("quarantine", quarantine)):
        strangers = rows.rows.keys() - bronze.rows.keys()
        if strangers:
            yield f"{len(strangers)} records of {name} are not in bronze"
    at = silver.batch
    away = int(silver.facts.get("duplicates", 0)) + int(silver.facts.get("dropped", 0))
    counts = len(bronze.until(at)), len(silver.rows), len(quarantine.until(at)), away
    if counts[0] != sum(counts[1:]):
        yield "until batch {}: bronze {} != silver {} + quarantine {} + duplicates and dropped {}".format(
            at, *counts
        )


def _routes(
    positions: dict[Key, int], bronze: Rows, silver: Rows, quarantine: Rows, ledger: Ledger
) -> Iterator[str]:
    """Just what the source's account says is wrong is refused, and just what it sent again is left out."""
    if ledger.refused is None:
        return
    refused = {positions[key] for key in quarantine.rows if key in positions}
    reached = max(
        silver.batch, quarantine.batch
    )  # quarantine comes first, and has no mark for a batch without any
    expected = {number for key, number in positions.items() if key[0] <= reached} & ledger.refused
    if quarantine.rows and refused - ledger.refused:
        yield f"{len(refused - ledger.refused)} good records are in quarantine"
    if expected - refused:
        yield f"{len(expected - refused)} bad records are not in quarantine"
    taken = {positions[key] for key in silver.rows if key in positions}
    if taken & ledger.refused:
        yield f"{len(taken & ledger.refused)} bad records are in silver"
    if ledger.copies is not None:
        until = {number for key, number in positions.items() if key[0] <= silver.batch}
        missing = until - ledger.refused - ledger.copies - taken
        if missing:
            yield f"{len(missing)} good records are not in silver"


def _values(
    positions: dict[Key, int], bronze: Rows, silver: Rows, quarantine: Rows, ledger: Ledger
) -> Iterator[str]:
    """Silver says what the record said; quarantine has its bytes and their hash."""
    for key, row in quarantine.rows.items():
        if key in bronze.rows and row["raw"] != bronze.rows[key]["raw"]:
            yield f"quarantine: record {key} has other bytes than in bronze"
        if row["hash"] != hashlib.sha256(row["raw"]).hexdigest():
            yield f"quarantine: record {key} has the hash of something else"
    wrong = {
        key: columns
        for key, row in silver.rows.items()
        if (columns := _differs(row, positions.get(key), ledger))
    }
    if wrong:
        first = min(wrong)
        told = ", ".join(wrong[first])
        yield f"{len(wrong)} records of silver are not what was sent: the first, {first}, differs in {told}"


def _differs(row: dict[str, Any], position: int | None, ledger: Ledger) -> list[str]:
    if position is None or position >= len(ledger.records):
        return []
    try:
        sent = ledger.accepted(position)
    except ValueError:
        return []  # bad, and reported as such
    return [
        name for name, value in row.items() if not name.startswith("_") and not _same(value, sent.get(name))
    ]


def _same(value: Any, sent: Any) -> bool:
    if isinstance(value, datetime) and isinstance(sent, str):
        return value == datetime.fromisoformat(sent)
    return bool(value == sent)
