"""Where a table stands: for every partition of its source, the last batch it holds and the cursor after it.

The place travels in the snapshot of the very commit that holds the data, as a property of its summary. Snapshots of
other writers (maintenance, other engines) carry none, so it is read by walking back from the head of main.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyiceberg.io import FileIO
from pyiceberg.table import Table
from pyiceberg.table.refs import MAIN_BRANCH
from pyiceberg.table.snapshots import Snapshot

from sentineldq.errors import LakeError, PlaceLostError

PREFIX = "sentinel."
PLACE = "sentinel.place"
TOKEN = "sentinel.token"  # noqa: S105  # names a commit, opens nothing
SUM = "sentinel.sum"
"""Checksum of a commit's other properties: metadata has none of its own, and a place must not be read wrongly."""

WAREHOUSE = "sentinel.warehouse"
"""The catalog property that says under which folder the lake lies."""

SPILL = 4096
"""Longest place, in bytes, that is kept within the snapshot; a longer one becomes an object of its own."""


@dataclass(frozen=True)
class Mark:
    """How far a table is in one partition: the number of its last batch, from 1, and the cursor after it (JSON)."""

    batch: int
    cursor: Any

    def __eq__(self, other: object) -> bool:
        """Equal as JSON: a tuple is a list."""
        return isinstance(other, Mark) and _encode(self._plain()) == _encode(other._plain())

    def __hash__(self) -> int:
        return hash(_encode(self._plain()))

    def _plain(self) -> list[Any]:
        return [self.batch, self.cursor]


@dataclass(frozen=True)
class Place:
    """Where a table stands: marks by partition, and the snapshot that this was read at (None: never written)."""

    marks: Mapping[str, Mark]
    snapshot: int | None


def read_place(table: Table) -> Place:
    """The place of a table at its head. Raises PlaceLostError, and LakeError where it cannot be read."""
    head = table.current_snapshot()
    if head is None and not _had_head(table):
        return Place({}, None)
    for snapshot in ancestry(table):
        text = property_of(snapshot, PLACE)
        _verify(table, snapshot)
        if text is not None and head is not None:
            return Place(_decode(table, text), head.snapshot_id)
    raise PlaceLostError(
        ".".join(table.name()),
        "it has data, yet no snapshot of its history says up to where",
        hint="nothing was read or written. Bring back a state that knows its place (roll back to a snapshot whose "
        f"summary has {PLACE}, or restore a backup), or start anew under another dataset name",
    )


def ancestry(table: Table, snapshot: int | None = None) -> Iterator[Snapshot]:
    """The snapshots from main's head (or the one given) back to the oldest that is still kept."""
    known = {one.snapshot_id: one for one in table.metadata.snapshots}
    at = snapshot if snapshot is not None else table.metadata.current_snapshot_id
    while at is not None and at in known:
        yield known[at]
        at = known[at].parent_snapshot_id


def property_of(snapshot: Snapshot, name: str) -> str | None:
    """A property of a snapshot's summary; None where it has none."""
    return snapshot.summary.additional_properties.get(name) if snapshot.summary else None


def checksum(properties: Mapping[str, str]) -> str:
    """What `sentinel.sum` is, for the properties of a commit; its token is not counted, which upkeep leaves out."""
    counted = {name: text for name, text in properties.items() if name.startswith(PREFIX)}
    return f"{zlib.crc32(_encode({**counted, TOKEN: '', SUM: ''}).encode()):08x}"


def spell_place(marks: Mapping[str, Mark], *, io: FileIO, warehouse: str) -> str:
    """The property that holds these marks; a long one is written to `places/` first and named by its hash."""
    text = _encode({partition: mark._plain() for partition, mark in marks.items()})  # noqa: SLF001  # same module
    body = text.encode()
    if len(body) <= SPILL:
        return text
    digest = hashlib.sha256(body).hexdigest()
    output = io.new_output(_object(warehouse, digest))
    if not output.exists():  # named by its content, so what is there is the same
        with output.create(overwrite=True) as stream:
            stream.write(body)
    return f"@{digest}"


def _had_head(table: Table) -> bool:
    """Whether a table that seems never to have been written to has been: damaged metadata may still read as JSON."""
    metadata = table.metadata
    if metadata.current_snapshot_id is not None or MAIN_BRANCH in metadata.refs or metadata.snapshot_log:
        return True
    branches = [ref.snapshot_id for ref in metadata.refs.values()]
    reached = {one.snapshot_id for branch in branches for one in ancestry(table, branch)}
    return any(one.snapshot_id not in reached for one in metadata.snapshots)


def _verify(table: Table, snapshot: Snapshot) -> None:
    """Raises LakeError where a snapshot's properties are not as they were written."""
    known = snapshot.summary.additional_properties if snapshot.summary else {}
    ours = any(name.startswith(PREFIX) for name in known)
    whole = SUM not in known or known[SUM] == checksum(known)
    if snapshot.summary is None or not whole or (ours and PLACE not in known):
        raise LakeError(
            ".".join(table.name()),
            f"its metadata file {table.metadata_location} is damaged: what snapshot {snapshot.snapshot_id} says of the "
            "table's place is not what was written",
            hint="restore it from a backup; or set the table back to an earlier version by `Lake.restore`",
        )


def _decode(table: Table, text: str) -> dict[str, Mark]:
    name = ".".join(table.name())
    try:
        if text.startswith("@"):
            text = _fetch(table, text[1:])
        return {partition: Mark(*pair) for partition, pair in json.loads(text).items()}
    except (OSError, ValueError, TypeError, AttributeError) as fault:
        raise LakeError(
            name, f"its place cannot be read: {fault}", hint="restore the file from a backup"
        ) from fault


def _fetch(table: Table, digest: str) -> str:
    location = _object(table.catalog.properties[WAREHOUSE], digest)
    with table.io.new_input(location).open() as stream:
        body = stream.read()
    if hashlib.sha256(body).hexdigest() != digest:
        raise ValueError(f"{location} is damaged: its content is not what its name says")
    return body.decode()


def _object(warehouse: str, digest: str) -> str:
    return f"{warehouse}/places/{digest}.json"


def _encode(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
