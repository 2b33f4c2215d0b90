"""Orphans: files in the lake that no table refers to, left by writers that were refused or killed.

A writer's files are orphans until it commits, so only those older than a grace period count as lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyarrow.fs import FileInfo, FileSelector, FileType
from pyiceberg.table import Table

from sentineldq.errors import LakeError, UsageError
from sentineldq.lake.files import located, need, remove
from sentineldq.lake.open import Lake
from sentineldq.lake.place import PLACE, property_of

GRACE = timedelta(hours=24)
SHORTEST = timedelta(hours=1)
PLACES = "places"
_CHECKSUM = re.compile(r"\.(.+)\.crc")


@dataclass(frozen=True, kw_only=True)
class Orphan:
    """A file that nothing refers to; `bytes` long, last written at `modified` (UTC)."""

    location: str
    bytes: int
    modified: datetime


def demand_grace(grace: timedelta, *, force: bool = False) -> None:
    """Refuse a grace period within which a writer may still be at work. Raises UsageError."""
    if grace < SHORTEST and not force:
        raise UsageError(
            "a grace period below one hour may delete the files of a writer that has not committed yet",
            hint="stop all writers, then say --force",
        )


def find_orphans(table: Table, *, grace: timedelta = GRACE, now: datetime | None = None) -> list[Orphan]:
    """The files below a table's data and metadata folders that it does not refer to, older than the grace period.

    table: is read anew after the files are listed, so that a commit in between makes none an orphan.
    Raises LakeError.
    """
    before = (now or datetime.now(UTC)) - grace
    folders = [
        table.properties.get("write.data.path", f"{table.location()}/data"),
        table.properties.get("write.metadata.path", f"{table.location()}/metadata"),
    ]
    old = [orphan for folder in folders for orphan in _older(table, folder, before)]
    if not old:
        return []
    used = _used(table.catalog.load_table(table.name()))
    return sorted(
        (one for one in old if _path(table, _guarded(one.location)) not in used), key=lambda one: one.location
    )


def find_lost_places(lake: Lake, *, grace: timedelta = GRACE, now: datetime | None = None) -> list[Orphan]:
    """The objects under `places/` that no snapshot of any table names. Raises LakeError where a table is damaged."""
    before = (now or datetime.now(UTC)) - grace
    tables = [lake.table(name) for name in lake.names()]
    if not tables:
        return []
    old = list(_older(tables[0], f"{lake.warehouse}/{PLACES}", before))
    if not old:
        return []
    named = {
        text.removeprefix("@")
        for table in (lake.table(name) for name in lake.names())
        for snapshot in table.metadata.snapshots
        if (text := property_of(snapshot, PLACE) or "").startswith("@")
    }
    return sorted(
        (one for one in old if one.location.rpartition("/")[2].removesuffix(".json") not in named),
        key=lambda one: one.location,
    )


def delete_orphans(table: Table, orphans: Iterable[Orphan]) -> int:
    """Delete orphans of the lake that a table is in; how many were still there. Raises LakeError."""
    return remove(table.io, [orphan.location for orphan in orphans])


def _older(table: Table, folder: str, before: datetime) -> Iterator[Orphan]:
    """The files below a folder that were last written before a moment."""
    system, path = located(table.io, folder)
    prefix = folder.removesuffix(path) if folder.endswith(path) else ""
    try:
        found: list[FileInfo] = system.get_file_info(FileSelector(path, recursive=True, allow_not_found=True))
    except OSError as fault:
        raise LakeError(".".join(table.name()), f"{folder} cannot be listed: {fault}") from fault
    for info in found:
        if info.type == FileType.File and info.mtime < before:
            yield Orphan(location=f"{prefix}{info.path}", bytes=info.size, modified=info.mtime)


def _used(table: Table) -> set[str]:
    """The paths of all files that a table refers to."""
    metadata = table.metadata
    try:
        needed = need(table, metadata.snapshots)
    except LakeError as fault:
        raise LakeError(
            ".".join(table.name()),
            f"a manifest cannot be read, so nobody can tell which files are needed: {fault.message}",
            hint="nothing was deleted; restore the file from a backup",
        ) from fault
    used = {
        *needed,
        table.metadata_location,
        *(entry.metadata_file for entry in metadata.metadata_log),
        *(one.statistics_path for one in (*metadata.statistics, *metadata.partition_statistics)),
    }
    return {_path(table, location) for location in used}


def _guarded(location: str) -> str:
    """The file as long as which this one is needed: itself, but for a checksum that Hadoop keeps beside a file."""
    folder, slash, name = location.rpartition("/")
    found = _CHECKSUM.fullmatch(name)
    return f"{folder}{slash}{found[1]}" if found else location


def _path(table: Table, location: str) -> str:
    """A location as its file system knows it: the same file may be written with a scheme and without."""
    return located(table.io, location)[1]
