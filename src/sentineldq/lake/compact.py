"""Compaction: many small files of a partition become few large ones, with the same rows.

Old files stay where they are, for the snapshots that still need them; expiry removes them later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
from pyiceberg.manifest import DataFile, ManifestEntry
from pyiceberg.partitioning import PartitionFieldValue, PartitionKey
from pyiceberg.table import Table

from sentineldq.errors import LakeError
from sentineldq.lake.files import has_delete_files, live, partition_of
from sentineldq.lake.order import in_order
from sentineldq.lake.replace import Swap, replace
from sentineldq.lake.write import remove, write_file

TARGET = 128 * 1024 * 1024
"""Bytes of a file that is worth having."""

SHARE = 0.75
"""A file of less than this share of the target is small."""

STEP = 8
"""Files are packed with others of about their size, within this factor, so that each is written only a few times."""

AT_ONCE = 8
"""Most bins of one commit, so that a long compaction keeps what it has done."""


@dataclass(frozen=True, kw_only=True)
class Bin:
    """Files of one partition that are to become one."""

    partition: str  # as in paths: `_received_at_day=2026-01-31`; empty where the table has none
    files: tuple[DataFile, ...]

    @property
    def rows(self) -> int:
        return sum(file.record_count for file in self.files)

    @property
    def bytes(self) -> int:
        return sum(file.file_size_in_bytes for file in self.files)


@dataclass(frozen=True, kw_only=True)
class Compacted:
    """What a compaction did. `late`: bins left out because another writer had removed files of theirs."""

    table: Table
    bins: int
    files: int
    rows: int
    before: int  # bytes
    after: int
    late: int


def pack(table: Table, *, target: int = TARGET, least: int = 2) -> list[Bin]:
    """What to compact: for each partition its small files, where there are at least so many of about one size.

    With `least=2` all small files of a partition count, whatever their size. Empty for a table in which another
    engine has marked rows as deleted: `compact` says so. Nothing is written.
    """
    if has_delete_files(table):
        return []
    partitions: defaultdict[str, list[ManifestEntry]] = defaultdict(list)
    for _, entry in live(table):
        file = entry.data_file
        if file.spec_id == table.metadata.default_spec_id and file.file_size_in_bytes < SHARE * target:
            partitions[partition_of(table, file)].append(entry)
    return [
        Bin(partition=partition, files=files)
        for partition, entries in sorted(partitions.items())
        for files in _fill(_alike(entries, target, least), target)
    ]


def _alike(entries: list[ManifestEntry], target: int, least: int) -> list[ManifestEntry]:
    """The smallest files of a partition, as far up as it takes to have so many of about one size."""
    if least <= 2:
        return entries
    bound = target / STEP**3
    while True:
        found = [entry for entry in entries if entry.data_file.file_size_in_bytes < bound]
        if len(found) >= least:
            return found
        if bound >= target:
            return []
        bound *= STEP


def _fill(entries: list[ManifestEntry], target: int) -> Iterator[tuple[DataFile, ...]]:
    """Files in the order they came, cut where a bin is full; a file alone is no bin."""
    held: list[DataFile] = []
    weight = 0
    for entry in sorted(entries, key=lambda one: (one.sequence_number or 0, one.data_file.file_path)):
        file = entry.data_file
        if held and weight + file.file_size_in_bytes > target:
            if len(held) > 1:
                yield tuple(held)
            held, weight = [], 0
        held.append(file)
        weight += file.file_size_in_bytes
    if len(held) > 1:
        yield tuple(held)


def compact(table: Table, bins: Sequence[Bin]) -> Compacted:
    """Write each bin as one file and put it in the place of its files; rows by `_partition`, `_batch`, `_row`.

    Atomic by groups of bins, in bounded memory, beside writers: see `replace`. Raises LakeError.
    """
    if has_delete_files(table):
        raise LakeError(
            ".".join(table.name()),
            "another engine has marked rows as deleted in files of their own, which cannot be compacted here",
            hint="compact it with that engine",
        )
    done: list[Swap] = []
    late: list[Swap] = []
    for start in range(0, len(bins), AT_ONCE):
        swaps: list[Swap] = []
        for one in bins[start : start + AT_ONCE]:
            swaps.append(Swap(one.files, (_join(table, one, swaps),)))
        table, missed = replace(table, swaps)
        remove(table, [file for swap in missed for file in swap.new])
        late += missed
        done += [swap for swap in swaps if swap not in missed]
    return Compacted(
        table=table,
        bins=len(done),
        files=sum(len(swap.old) for swap in done),
        rows=sum(file.record_count for swap in done for file in swap.old),
        before=sum(file.file_size_in_bytes for swap in done for file in swap.old),
        after=sum(file.file_size_in_bytes for swap in done for file in swap.new),
        late=len(late),
    )


def _join(table: Table, one: Bin, before: Sequence[Swap]) -> DataFile:
    """A bin as one file, not yet part of the table. Raises LakeError, the files of bins before it deleted."""
    written = [file for swap in before for file in swap.new]
    name = ".".join(table.name())
    try:
        made = write_file(table, in_order(table, one.files), _key(table, one.files[0]))
    except (OSError, pa.ArrowException) as fault:
        remove(table, written)
        raise LakeError(name, f"{one.partition or 'it'} cannot be compacted: {fault}") from fault
    if made.record_count != one.rows:
        remove(table, [*written, made])
        raise LakeError(
            name,
            f"{one.partition or 'its files'} gave {made.record_count} rows, where the table counts {one.rows}",
            hint="nothing was changed; a data file is damaged: restore it from a backup",
        )
    return made


def _key(table: Table, file: DataFile) -> PartitionKey | None:
    spec = table.spec()
    if spec.is_unpartitioned():
        return None
    values = [PartitionFieldValue(field, file.partition[at]) for at, field in enumerate(spec.fields)]
    return PartitionKey(values, spec, table.schema())
