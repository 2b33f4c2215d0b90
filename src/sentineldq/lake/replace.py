"""One commit that puts files in the place of others with the same rows, and merges small manifests.

Safe beside writers: a commit refused because the head moved is tried again on the new head, since rows that others
added are none of its business. What others removed meanwhile is not brought back: see `replace`.
"""

from __future__ import annotations

import copy
import random
import time
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyiceberg.exceptions import CommitFailedException
from pyiceberg.manifest import DataFile, ManifestContent, ManifestEntry, ManifestEntryStatus, ManifestFile
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Operation, Summary
from pyiceberg.table.update.snapshot import _SnapshotProducer
from pyiceberg.typedef import EMPTY_DICT

from sentineldq.errors import LakeError, first_line
from sentineldq.lake.open import refusals
from sentineldq.lake.place import PLACE, PREFIX, TOKEN, ancestry, property_of
from sentineldq.lake.transaction import QuickTransaction

ATTEMPTS = 30
"""How often a commit is tried while writers keep being first."""

SMALL, FULL = 500, 1000
"""A manifest of fewer files than the first is merged with others, into ones of at most so many as the second."""


@dataclass(frozen=True)
class Swap:
    """Files to be replaced, and what takes their place: the same rows."""

    old: tuple[DataFile, ...]
    new: tuple[DataFile, ...]


class _GoneError(Exception):
    """Files that were to be replaced are no longer in the table."""

    def __init__(self, paths: set[str]) -> None:
        super().__init__()
        self.paths = paths


def replace(table: Table, swaps: Sequence[Swap]) -> tuple[Table, list[Swap]]:
    """Commit swaps in one snapshot that changes no rows; without any, small manifests are merged all the same.

    Returns the table at its new head, and the swaps that came too late: another writer has removed some of their old
    files, so they were left out, and nothing refers to their new ones. The place and its facts are carried on, so that
    the head is a carrier. Raises LakeError; whether that commit went through is then not known, or it did not.
    """
    name = ".".join(table.name())
    if table.properties.get("commit.retry.num-retries") != "0":
        raise LakeError(
            name,
            "it lacks the property commit.retry.num-retries=0, so a refused commit would be repeated with an old place",
            hint="`Lake.ensure` sets it",
        )
    table = copy.copy(table)
    token = uuid.uuid4().hex
    fit, late = list(swaps), list[Swap]()
    for attempt in range(ATTEMPTS):
        try:
            with refusals(name):
                _commit(table, fit, {**carried(table), TOKEN: token})
        except _GoneError as fault:
            late += [swap for swap in fit if any(file.file_path in fault.paths for file in swap.old)]
            fit = [swap for swap in fit if swap not in late]
        except _RefusedError:
            with refusals(name):
                table.refresh()
        except OSError as fault:
            raise LakeError(
                name,
                f"whether the commit went through is not known: {first_line(fault)}",
                hint="its rows are the same either way; run it again",
            ) from fault
        else:
            return table, late
        if swaps and not fit:
            return table, late
        time.sleep(random.uniform(0, 0.02 * 2 ** min(attempt, 5)))  # noqa: S311  # to fall out of step
    raise LakeError(name, f"writers were first {ATTEMPTS} times in a row", hint="run it again")


class _RefusedError(Exception):
    """The head moved; nothing was committed."""


def _commit(table: Table, swaps: Sequence[Swap], properties: Mapping[str, str]) -> None:
    transaction = QuickTransaction(table)
    producer = _Replace(Operation.OVERWRITE, transaction, table.io, snapshot_properties={**properties})
    for swap in swaps:
        for file in swap.old:
            producer.delete_data_file(file)
        for file in swap.new:
            producer.append_data_file(file)
    producer.commit()
    try:
        transaction.commit_transaction()
    except CommitFailedException as fault:
        raise _RefusedError from fault


def carried(table: Table) -> dict[str, str]:
    """The place and the facts of the newest commit that has a place, as properties for the next; none without one."""
    for snapshot in ancestry(table):
        if snapshot.summary and property_of(snapshot, PLACE) is not None:
            known = snapshot.summary.additional_properties
            return {name: text for name, text in known.items() if name.startswith(PREFIX) and name != TOKEN}
    return {}


class _Replace(_SnapshotProducer["_Replace"]):
    """A snapshot of the operation `replace`, which PyIceberg reads but cannot write."""

    def _summary(self, snapshot_properties: dict[str, str] = EMPTY_DICT) -> Summary:
        counted = super()._summary(snapshot_properties)
        return Summary(operation=Operation.REPLACE, **counted.additional_properties)

    def _deleted_entries(self) -> list[ManifestEntry]:
        """What is taken out; sorts the manifests on the way into those to keep and entries to write anew."""
        old = {file.file_path for file in self._deleted_data_files}
        self._whole: list[ManifestFile] = []
        self._loose: dict[int, list[ManifestEntry]] = defaultdict(list)
        found: list[ManifestEntry] = []
        head = self._transaction.table_metadata.current_snapshot()
        for manifest in head.manifests(self._io) if head else []:
            if manifest.content != ManifestContent.DATA or not self._to_open(manifest):
                self._whole.append(manifest)
                continue
            entries = manifest.fetch_manifest_entry(self._io)
            out = [entry for entry in entries if entry.data_file.file_path in old]
            if out or len(entries) < SMALL:
                found += [self._as(ManifestEntryStatus.DELETED, entry) for entry in out]
                self._loose[manifest.partition_spec_id] += [
                    self._as(ManifestEntryStatus.EXISTING, entry)
                    for entry in entries
                    if entry.data_file.file_path not in old
                ]
            else:
                self._whole.append(manifest)
        if missing := old - {entry.data_file.file_path for entry in found}:
            raise _GoneError(missing)
        return found

    def _to_open(self, manifest: ManifestFile) -> bool:
        """Whether a manifest is small, or may hold what is taken out."""
        files = (manifest.added_files_count or 0) + (manifest.existing_files_count or 0)
        matches = self._build_manifest_evaluator(manifest.partition_spec_id)
        return files < SMALL or (bool(self._deleted_data_files) and matches(manifest))

    def _as(self, status: ManifestEntryStatus, entry: ManifestEntry) -> ManifestEntry:
        return ManifestEntry.from_args(
            status=status,
            snapshot_id=self._snapshot_id if status == ManifestEntryStatus.DELETED else entry.snapshot_id,
            sequence_number=entry.sequence_number,
            file_sequence_number=entry.file_sequence_number,
            data_file=entry.data_file,
        )

    def _existing_manifests(self) -> list[ManifestFile]:
        merged = list(self._whole)
        for spec, entries in self._loose.items():
            for start in range(0, len(entries), FULL):
                with self.new_manifest_writer(self.spec(spec)) as writer:
                    for entry in entries[start : start + FULL]:
                        writer.add_entry(entry)
                merged.append(writer.to_manifest_file())
        return merged

    def _validate_concurrency(self) -> None:
        """Nothing beyond what `_deleted_entries` finds missing: the same rows stay, whatever others added."""
