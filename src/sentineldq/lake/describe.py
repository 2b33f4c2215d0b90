"""What a table is and has, as plain data: exact counts, bytes, and times in ISO 8601."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

from sentineldq.lake.compact import SHARE, TARGET
from sentineldq.lake.facts import head_facts
from sentineldq.lake.files import live, partition_of
from sentineldq.lake.place import PLACE, ancestry, property_of, read_place


def summarise(table: Table) -> dict[str, Any]:
    """A table in one line, from its metadata alone."""
    head = table.current_snapshot()
    return {
        "table": ".".join(table.name()),
        "rows": _count(head, "total-records"),
        "files": _count(head, "total-data-files"),
        "bytes": _count(head, "total-files-size"),
        "snapshots": len(table.metadata.snapshots),
        "committed_at": _time(head) if head else None,
    }


def describe(table: Table) -> dict[str, Any]:
    """A table in full. Reads its manifests; raises LakeError where its place cannot be read."""
    return {
        **summarise(table),
        "location": table.location(),
        "columns": [{"name": field.name, "type": str(field.field_type)} for field in table.schema().fields],
        "partitioned_by": [
            f"{field.transform}({table.schema().find_column_name(field.source_id)})"
            for field in table.spec().fields
        ],
        "place": _place(table),
        "facts": head_facts(table),
        "partitions": list(_partitions(table)),
    }


def history(table: Table) -> list[dict[str, Any]]:
    """The snapshots of main, newest first."""
    return [
        {
            "snapshot": snapshot.snapshot_id,
            "committed_at": _time(snapshot),
            "operation": snapshot.summary.operation.value if snapshot.summary else None,
            "rows_added": _count(snapshot, "added-records"),
            "rows_deleted": _count(snapshot, "deleted-records"),
            "files_added": _count(snapshot, "added-data-files"),
            "files_deleted": _count(snapshot, "deleted-data-files"),
            "rows": _count(snapshot, "total-records"),
            "knows_place": property_of(snapshot, PLACE) is not None,
            "changes": changes,
        }
        for snapshot, changes in _with_changes(table)
    ]


def _with_changes(table: Table) -> Iterator[tuple[Snapshot, list[dict[str, str | None]]]]:
    """Each snapshot with what became of the columns since the one before."""
    schemas = table.schemas()
    chain = [(snapshot, schemas.get(snapshot.schema_id or 0)) for snapshot in ancestry(table)]
    for (snapshot, after), (_, before) in zip(chain, [*chain[1:], (None, None)], strict=True):
        if before is None or after is None or before.schema_id == after.schema_id:
            yield snapshot, []
        else:
            yield snapshot, _changes(before, after)


def _changes(before: Schema, after: Schema) -> list[dict[str, str | None]]:
    """Columns that came, went or have another type, down to the fields of structs."""
    was, now = _types(before), _types(after)
    columns = dict.fromkeys([*was, *now])
    return [
        {"column": column, "was": was.get(column), "now": now.get(column)}
        for column in columns
        if was.get(column) != now.get(column)
    ]


def _types(schema: Schema) -> dict[str, str]:
    """Columns and fields by their path; of what holds others no more is said than what it is."""
    found = {}
    for path in schema.column_names:
        kind = schema.find_type(path)
        found[path] = str(kind) if kind.is_primitive else str(kind).partition("<")[0]
    return found


def _place(table: Table) -> list[dict[str, Any]]:
    if all(property_of(snapshot, PLACE) is None for snapshot in ancestry(table)):
        return []
    marks = read_place(table).marks
    return [
        {"partition": name, "batch": mark.batch, "cursor": mark.cursor}
        for name, mark in sorted(marks.items())
    ]


def _partitions(table: Table) -> Iterator[dict[str, Any]]:
    """The files of each partition; `small`: those that a compaction would look at."""
    found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for _, entry in live(table):
        file = entry.data_file
        found[partition_of(table, file)].append((file.record_count, file.file_size_in_bytes))
    for partition, files in sorted(found.items()):
        yield {
            "partition": partition,
            "rows": sum(rows for rows, _ in files),
            "files": len(files),
            "bytes": sum(size for _, size in files),
            "small": sum(size < SHARE * TARGET for _, size in files),
        }


def _count(snapshot: Snapshot | None, name: str) -> int:
    return int((property_of(snapshot, name) if snapshot else None) or 0)


def _time(snapshot: Snapshot) -> str:
    return datetime.fromtimestamp(snapshot.timestamp_ms / 1000, UTC).isoformat(timespec="milliseconds")
