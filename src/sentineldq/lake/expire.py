"""Expiry: old snapshots are forgotten, and with them the files that nothing needs any more.

What stays of main is always a run of snapshots from its head backwards, at least as far as the newest one that knows
the table's place, so that expiry can never lose it.
"""

from __future__ import annotations

import copy
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyarrow.fs import FileSelector
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table import Table
from pyiceberg.table.refs import MAIN_BRANCH, SnapshotRefType
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.table.update import (
    AssertRefSnapshotId,
    AssertTableUUID,
    RemoveSnapshotsUpdate,
    TableRequirement,
)

from sentineldq.errors import LakeError
from sentineldq.lake.files import located, need, remove
from sentineldq.lake.open import refusals
from sentineldq.lake.place import PLACE, ancestry, property_of

ATTEMPTS = 30
MOST_AT_ONCE = 1000
"""Snapshots forgotten in one commit: PyIceberg compares each with all."""

_METADATA = re.compile(r"(\d+)-[^/]*\.metadata\.json(\.gz)?$|(\d+)-[^/]*\.gz\.metadata\.json$")


@dataclass(frozen=True, kw_only=True)
class Keep:
    """Which snapshots of a branch are kept, from its head backwards.

    Those younger than `age`, up to `most` of them; the newest `least` and those younger than `floor` in any case.
    """

    age: timedelta = timedelta(days=1)
    least: int = 20
    most: int = 100
    floor: timedelta = timedelta(minutes=5)
    """How long a reader may go on with a snapshot that it has opened, and a writer look for its own commit."""

    metadata: int = 20
    """Metadata files that are kept; not more than `least`, so that each of them leads to a snapshot that is there."""

    def __post_init__(self) -> None:
        if not 1 <= self.metadata <= self.least <= self.most:
            raise ValueError("metadata, least and most must be at least 1 and in ascending order")


@dataclass(frozen=True, kw_only=True)
class Expired:
    """What an expiry did: how many snapshots are forgotten, how many files deleted."""

    table: Table
    snapshots: int
    files: int


def doomed(table: Table, keep: Keep, *, now: datetime | None = None) -> list[int]:
    """The snapshots to forget, oldest first; tags and the heads of branches never. Reads the metadata alone."""
    at = (now or datetime.now(UTC)).timestamp() * 1000
    kept = {ref.snapshot_id for ref in table.metadata.refs.values()}
    reached = set(kept)
    for name, ref in table.metadata.refs.items():
        if ref.snapshot_ref_type == SnapshotRefType.BRANCH:
            chain = list(ancestry(table, ref.snapshot_id))
            reached.update(one.snapshot_id for one in chain)
            must = _carrier(chain) if name == MAIN_BRANCH else 0
            kept.update(one.snapshot_id for one in _held(chain, keep, at, must))
    loose = [one for one in _newest_first(table) if one.snapshot_id not in reached]
    kept.update(one.snapshot_id for one in _held(loose, keep, at, 0, least=0))
    return [one.snapshot_id for one in reversed(_newest_first(table)) if one.snapshot_id not in kept]


def _newest_first(table: Table) -> list[Snapshot]:
    return sorted(table.metadata.snapshots, key=lambda one: one.timestamp_ms, reverse=True)


def _carrier(chain: list[Snapshot]) -> int:
    """How many snapshots from the head on it takes to have one that knows the place; 0 where none does."""
    return next((at for at, one in enumerate(chain, 1) if property_of(one, PLACE) is not None), 0)


def _held(
    chain: list[Snapshot], keep: Keep, now: float, must: int, *, least: int | None = None
) -> Iterator[Snapshot]:
    """What is kept of snapshots in a row: a run from the first one on, so that walking back never meets a gap."""
    for count, one in enumerate(chain):
        age = timedelta(milliseconds=max(0.0, now - one.timestamp_ms))
        young = age < keep.floor or (age < keep.age and count < keep.most)
        if not (count < must or count < (keep.least if least is None else least) or young):
            return
        yield one


def expire(table: Table, keep: Keep | None = None, *, now: datetime | None = None) -> Expired:
    """Forget old snapshots, then delete the files that only they needed, and metadata files of long ago.

    A file that any snapshot left needs stays, whatever became of it in between. Interrupted half-way, it leaves
    orphans, nothing worse. Safe beside writers and other expiries. Raises LakeError.
    """
    keep = keep or Keep()
    table = copy.copy(table)
    forgotten: list[Snapshot] = []
    for attempt in range(ATTEMPTS):
        ids = set(doomed(table, keep, now=now)[:MOST_AT_ONCE])
        if not ids:
            break
        leaving = [one for one in table.metadata.snapshots if one.snapshot_id in ids]
        if _forget(table, ids):
            forgotten += leaving
        else:
            time.sleep(random.uniform(0, 0.02 * 2 ** min(attempt, 5)))  # noqa: S311  # to fall out of step
    files = _delete(table, forgotten) if forgotten else 0
    return Expired(table=table, snapshots=len(forgotten), files=files + _trim(table, keep.metadata))


def _forget(table: Table, ids: set[int]) -> bool:
    """Take snapshots out of the metadata; False where another writer was first, and the table is read anew."""
    # Without these, a branch or tag that was set meanwhile to a snapshot on its way out would go with it.
    requirements: tuple[TableRequirement, ...] = (
        AssertTableUUID(uuid=table.metadata.table_uuid),
        *(
            AssertRefSnapshotId.model_validate({"ref": name, "snapshot-id": ref.snapshot_id})
            for name, ref in table.metadata.refs.items()
        ),
    )
    update = RemoveSnapshotsUpdate.model_validate({"snapshot-ids": sorted(ids)})
    with refusals(".".join(table.name())):
        known = table.metadata_location
        try:
            table._do_commit((update,), requirements)  # noqa: SLF001  # `expire_snapshots` demands nothing of refs
        except (CommitFailedException, ValueError):  # ValueError: another expiry has forgotten them already
            table.refresh()
            if table.metadata_location == known:
                raise
            return False
    return True


def _delete(table: Table, forgotten: list[Snapshot]) -> int:
    """Delete what only forgotten snapshots needed; how many files were there."""
    name = ".".join(table.name())
    try:
        left = need(table, table.metadata.snapshots)
        free = need(table, forgotten, beside=left) - left
    except LakeError as fault:
        raise LakeError(
            name,
            f"snapshots are forgotten, but their files stay, since a manifest cannot be read: {fault.message}",
            hint="`sentinel lake orphans` finds them",
        ) from fault
    return remove(table.io, free)


def _trim(table: Table, count: int) -> int:
    """Delete metadata files of more than `count` versions ago; how many there were.

    PyIceberg deletes those of its own commits; those of commits that were refused stay behind.
    """
    current = _version(table.metadata_location)
    if current is None:
        return 0
    folder = table.metadata_location.rpartition("/")[0]
    system, path = located(table.io, folder)
    log = [entry.metadata_file for entry in table.metadata.metadata_log]
    recent = {location.rpartition("/")[2] for location in [*log[-count:], table.metadata_location]}
    old = [
        f"{folder}/{info.base_name}"
        for info in system.get_file_info(FileSelector(path))
        if (version := _version(info.base_name)) is not None
        and version < current - count
        and info.base_name not in recent
    ]
    return remove(table.io, old)


def _version(location: str) -> int | None:
    matched = _METADATA.search(location.rpartition("/")[2])
    return int(matched[1] or matched[3]) if matched else None
