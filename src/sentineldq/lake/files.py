"""The files of a table: which ones its snapshots need, and how they are deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from pyarrow.fs import FileSystem
from pyiceberg.io import FileIO
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.manifest import DataFile, ManifestContent, ManifestEntry, ManifestFile
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

from sentineldq.errors import LakeError

AT_ONCE = 16
"""How many files are deleted at the same time; each is a request to an object store."""


@dataclass(frozen=True)
class Need:
    """The locations of the files that some snapshots need."""

    lists: set[str] = field(default_factory=set)
    manifests: set[str] = field(default_factory=set)
    data: set[str] = field(default_factory=set)

    def __sub__(self, other: Need) -> Need:
        return Need(self.lists - other.lists, self.manifests - other.manifests, self.data - other.data)

    def __len__(self) -> int:
        return len(self.lists) + len(self.manifests) + len(self.data)

    def __iter__(self) -> Iterator[str]:
        """Data first: whoever is stopped between leaves nothing that refers to what is gone."""
        yield from (*self.data, *self.manifests, *self.lists)


def need(table: Table, snapshots: Iterable[Snapshot], *, beside: Need | None = None) -> Need:
    """What snapshots need; every manifest is read once, those that `beside` has not at all."""
    found = Need()
    for snapshot in snapshots:
        found.lists.add(snapshot.manifest_list)
        for manifest in snapshot.manifests(table.io):
            path = manifest.manifest_path
            if path in found.manifests or (beside and path in beside.manifests):
                continue
            found.manifests.add(path)
            found.data.update(entry.data_file.file_path for entry in manifest.fetch_manifest_entry(table.io))
    return found


def live(table: Table) -> Iterator[tuple[ManifestFile, ManifestEntry]]:
    """The data files of a table's head, each with the manifest it is listed in."""
    head = table.current_snapshot()
    for manifest in head.manifests(table.io) if head else []:
        if manifest.content == ManifestContent.DATA:
            for entry in manifest.fetch_manifest_entry(table.io):
                yield manifest, entry


def has_delete_files(table: Table) -> bool:
    """True where another engine has marked rows as deleted in files of their own."""
    head = table.current_snapshot()
    return head is not None and any(
        manifest.content == ManifestContent.DELETES for manifest in head.manifests(table.io)
    )


def partition_of(table: Table, file: DataFile) -> str:
    """A file's partition as it is in paths; empty where the table has none."""
    return table.metadata.specs()[file.spec_id].partition_to_path(file.partition, table.schema())


def located(io: FileIO, location: str) -> tuple[FileSystem, str]:
    """The file system of a location, and its path there. Raises LakeError where files cannot be listed."""
    if not isinstance(io, PyArrowFileIO):
        raise LakeError("the lake", f"files cannot be listed through {type(io).__name__}")
    scheme, netloc, path = io.parse_location(location, io.properties)
    return io.fs_by_scheme(scheme, netloc), path


def remove(io: FileIO, locations: Iterable[str], *, told: Callable[[str], None] | None = None) -> int:
    """Delete files in the order given, a few at a time; how many were there. Raises LakeError where one will not go."""

    def delete(location: str) -> bool:
        try:
            io.delete(location)
        except FileNotFoundError:
            return False
        except OSError as fault:
            raise LakeError("the lake", f"{location} cannot be deleted: {fault}") from fault
        if told:
            told(location)
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(delete, locations))
