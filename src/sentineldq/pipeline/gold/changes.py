"""What has changed in a table between two versions: which one last changed rows, and the dates it touched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pyiceberg.manifest import DataFile, ManifestEntryStatus
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Operation, Snapshot
from pyiceberg.transforms import DayTransform, IdentityTransform
from pyiceberg.types import DateType

from sentineldq.lake.place import ancestry
from sentineldq.pipeline.gold.query import TEMPORAL, Dates, dates_in

_EPOCH = date(1970, 1, 1)
_COUNTED = ("added-data-files", "deleted-data-files")


def content(table: Table) -> int | None:
    """The newest snapshot of main that changed rows: compaction and commits without files leave them as they are."""
    last = None
    for last in ancestry(table):
        if changes_rows(last):
            break
    return last.snapshot_id if last else None


def changes_rows(snapshot: Snapshot) -> bool:
    """Whether a snapshot changed which rows its table has."""
    summary = snapshot.summary
    if summary is None:
        return True
    return summary.operation != Operation.REPLACE and any(
        int(summary.additional_properties.get(key, "0")) for key in _COUNTED
    )


def touched(table: Table, *, since: int, column: str) -> Dates | None:
    """The dates of a column whose rows may differ from those of an older snapshot; None where it cannot be told.

    They are the dates of the data files added and removed since. A table partitioned by the day of the column says
    them itself; else the column is read from these files.
    """
    kind = next((field for field in table.schema().fields if field.name == column), None)
    if kind is None or not isinstance(kind.field_type, TEMPORAL):
        return None
    files = _files_since(table, since)
    if files is None:
        return None
    days: set[date | None] = set()
    unread: list[DataFile] = []
    for file in files:
        value = _day_of(table, file, kind.field_id, is_date=isinstance(kind.field_type, DateType))
        if value is NotImplemented:
            unread.append(file)
        else:
            days.add(value)
    try:
        return frozenset(days | dates_in(table, unread, column)) if unread else frozenset(days)
    except OSError:  # a removed file is gone for good
        return None


def _files_since(table: Table, since: int) -> list[DataFile] | None:
    """The data files that commits after a snapshot added or removed; None where main does not come from it."""
    files: list[DataFile] = []
    for snapshot in ancestry(table):
        if snapshot.snapshot_id == since:
            return files
        if changes_rows(snapshot):
            files.extend(_files_of(table, snapshot))
    return None


def _files_of(table: Table, snapshot: Snapshot) -> Iterator[DataFile]:
    for manifest in snapshot.manifests(table.io):
        if manifest.added_snapshot_id != snapshot.snapshot_id:
            continue
        for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=False):
            if entry.status != ManifestEntryStatus.EXISTING and entry.snapshot_id == snapshot.snapshot_id:
                yield entry.data_file


def _day_of(table: Table, file: DataFile, source: int, *, is_date: bool) -> date | None:
    """The day that a file's partition stands for; NotImplemented where partitions are of something else."""
    for position, field in enumerate(table.specs()[file.spec_id].fields):
        by_day = isinstance(field.transform, DayTransform)
        if field.source_id == source and (
            by_day or (is_date and isinstance(field.transform, IdentityTransform))
        ):
            return as_date(file.partition[position])
    found: date | None = NotImplemented
    return found


def as_date(value: int | date | None) -> date | None:
    """A day as Iceberg keeps it in partitions: days since 1970."""
    return _EPOCH + timedelta(days=value) if isinstance(value, int) else value
