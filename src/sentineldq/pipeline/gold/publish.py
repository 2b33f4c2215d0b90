"""Write, audit, publish: a build stands on the branch `audit` of its table until main is moved to it.

Both steps are one commit of the table's metadata. Writing leaves main as it is, its columns included; publishing moves
main, its columns and its place at once, and only from the version that the build replaces.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Self

import pyarrow as pa
from pyiceberg.exceptions import BadRequestError, CommitFailedException
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.manifest import DataFile
from pyiceberg.schema import Schema, assign_fresh_schema_ids
from pyiceberg.table import Table, Transaction
from pyiceberg.table.refs import MAIN_BRANCH, SnapshotRefType
from pyiceberg.table.update import (
    AddSchemaUpdate,
    AssertRefSnapshotId,
    AssertTableUUID,
    RemoveSnapshotRefUpdate,
    SetCurrentSchemaUpdate,
    SetSnapshotRefUpdate,
    TableRequirement,
    TableUpdate,
)
from pyiceberg.transforms import parse_transform
from pyiceberg.types import NestedField

from sentineldq.errors import EvolutionError, FencedError, LakeError, first_line
from sentineldq.lake.files import live
from sentineldq.lake.iceberg import to_iceberg
from sentineldq.lake.open import refusals
from sentineldq.lake.place import TOKEN, ancestry
from sentineldq.lake.write import remove, write
from sentineldq.pipeline.gold.changes import as_date
from sentineldq.pipeline.gold.query import Dates

BRANCH = "audit"
_DROPPED = RemoveSnapshotRefUpdate.model_validate({"ref-name": BRANCH})

ATTEMPTS = 5
"""How often a commit is tried again that lost against one of another branch or of the table's properties."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A build that is not published: the table at which it was written, its snapshot, and main's head it replaces."""

    table: Table
    snapshot: int
    base: int | None


class _Staged(Transaction):
    """Changes to a table's metadata, collected and never committed by itself.

    What PyIceberg would require of the table is left out, `_commit` has its own: of a table without any snapshot
    PyIceberg demands that main be written first, which is what a first build must not do.
    """

    def _stage(
        self,
        updates: tuple[TableUpdate, ...],
        requirements: tuple[TableRequirement, ...] = (),  # noqa: ARG002
    ) -> Self:
        self._updates += updates
        return self

    def stage(self, *updates: TableUpdate) -> None:
        self._stage(updates)

    def staged(self) -> tuple[TableUpdate, ...]:
        return self._updates


def schema_for(table: Table, answer: pa.Schema) -> Schema:
    """The schema of a table that is to hold an answer: columns of the same name and type keep their field id.

    It is the table's own where nothing differs.
    """
    current = table.schema()
    given = to_iceberg(answer)
    ids = count(table.metadata.last_column_id + 1)
    fields: list[NestedField] = []
    for name, field in zip(answer.names, given.fields, strict=True):
        held = next((one for one in current.fields if one.name == name), None)
        if held is not None and _plain(held) == _plain(field):
            fields.append(held)
        else:
            fresh = assign_fresh_schema_ids(Schema(field), lambda: next(ids))
            fields.extend(fresh.fields)
    if tuple(fields) == current.fields:
        return current
    newest = max(schema.schema_id for schema in table.metadata.schemas)
    return Schema(*fields, schema_id=newest + 1)


def find_draft(table: Table) -> Draft | None:
    """The build that a run left on the branch; None where there is none, or main has moved since."""
    ref = table.metadata.refs.get(BRANCH)
    base = table.metadata.current_snapshot_id
    snapshot = table.snapshot_by_id(ref.snapshot_id) if ref else None
    if snapshot is None or snapshot.parent_snapshot_id != base:
        return None
    return Draft(table=table, snapshot=snapshot.snapshot_id, base=base)


def write_draft(
    table: Table,
    pieces: Iterable[pa.Table],
    *,
    schema: Schema,
    partition: tuple[str, str] | None,
    dates: Dates | None,
    properties: Mapping[str, str],
) -> Draft:
    """Write a build to the branch, in place of what a run may have left there.

    pieces: its rows; of these dates alone, which it replaces (the table is partitioned by them), or of all with None.
    properties: of its snapshot. Raises FencedError when main has moved meanwhile, EvolutionError where the table is
    partitioned otherwise, LakeError for rows of other dates.
    """
    name = ".".join(table.name())
    _refuse_partition(table, schema, partition)
    base = table.metadata.current_snapshot_id
    replaced = _replaced(table, dates)
    written = _write(_staged(table, schema, base), table, pieces)
    if dates is not None and (strays := _strays(written, dates)):
        remove(table, written)
        hint = (
            "`incremental` needs rows whose date is that of the rows they come from; leave it out otherwise"
        )
        raise LakeError(
            name, f"rebuilding some dates gave rows of others: {', '.join(strays[:5])}", hint=hint
        )
    try:
        for _ in range(ATTEMPTS):
            staged = _staged(table, schema, base)
            snapshot = _snapshot(staged, replaced, written, properties)
            updates = [one for one in staged.staged() if not isinstance(one, SetCurrentSchemaUpdate)]
            landed = partial(_knows, snapshot=snapshot)
            table = _commit(table, updates, heads={MAIN_BRANCH: base}, landed=landed)
            if landed(table):
                return Draft(table=table, snapshot=snapshot, base=base)
            _refuse_moved(table, base)
        raise _crowded(table)
    except FencedError:  # refused for good: nothing names these files
        remove(table, written)
        raise


def publish(draft: Draft) -> Table:
    """Move main to a build, in one commit. Raises FencedError when main is not what the build replaces."""
    table = draft.table
    snapshot = table.snapshot_by_id(draft.snapshot)
    for _ in range(ATTEMPTS):
        updates: list[TableUpdate] = [_pointer(MAIN_BRANCH, draft.snapshot, table=table)]
        if snapshot is not None and snapshot.schema_id not in {None, table.metadata.current_schema_id}:
            updates.insert(0, _columns(snapshot.schema_id))
        ref = table.metadata.refs.get(BRANCH)
        ours = ref is not None and ref.snapshot_id == draft.snapshot  # else another builder's: that stays
        if ours:
            updates.append(_DROPPED)
        landed = partial(_descends, snapshot=draft.snapshot)
        heads = {MAIN_BRANCH: draft.base, **({BRANCH: draft.snapshot} if ours else {})}
        table = _commit(table, updates, heads=heads, landed=landed)
        if landed(table):
            return table
        _refuse_moved(table, draft.base)
    raise _crowded(table)


def _staged(table: Table, schema: Schema, base: int | None) -> _Staged:
    """The table's metadata as a build wants it: with its columns, and the branch anew at main. Raises FencedError."""
    staged = _Staged(table)
    if schema.schema_id != table.metadata.current_schema_id:
        if any(one.schema_id == schema.schema_id for one in table.metadata.schemas):
            raise FencedError(".".join(table.name()), "another builder gave it other columns meanwhile")
        staged.stage(AddSchemaUpdate(schema=schema), _columns(schema.schema_id))
    if BRANCH in table.metadata.refs:
        staged.stage(_DROPPED)
    if base is not None:
        staged.stage(_pointer(BRANCH, base))
    return staged


def _snapshot(
    staged: _Staged, replaced: Iterable[DataFile], written: Iterable[DataFile], properties: Mapping[str, str]
) -> int:
    """Stage the snapshot that replaces files by others on the branch; its id."""
    summary = {**properties, TOKEN: uuid.uuid4().hex}
    producer = staged.update_snapshot(snapshot_properties=summary, branch=BRANCH).overwrite()
    producer.delete_by_predicate(AlwaysTrue())  # looks into every manifest; what goes is named file by file
    for file in replaced:
        producer.delete_data_file(file)
    for file in written:
        producer.append_data_file(file)
    producer.commit()
    return producer.snapshot_id


def _commit(
    table: Table,
    updates: Iterable[TableUpdate],
    *,
    heads: Mapping[str, int | None],
    landed: Callable[[Table], bool],
) -> Table:
    """Try to commit, as long as branches are where they are expected; the table then, which tells whether it happened.

    Whatever the catalog answers is not taken for granted: a commit may have happened whose reply was lost. Raises
    LakeError where it failed by something else than another writer, and the change is not there.
    """
    name = ".".join(table.name())
    requirements: tuple[TableRequirement, ...] = (
        AssertTableUUID(uuid=table.metadata.table_uuid),
        *(AssertRefSnapshotId.model_validate({"ref": ref, "snapshot-id": at}) for ref, at in heads.items()),
    )
    fault: Exception | None = None
    try:
        table.catalog.commit_table(table, requirements, tuple(updates))
    except (CommitFailedException, ValueError):  # ValueError: a sequence number that is taken by now
        pass
    except BadRequestError as problem:  # the same, as REST catalogs say it; or a request that is wrong
        fault = None if "sequence number" in str(problem) else problem
    except Exception as problem:  # noqa: BLE001  # of any library below; whatever it is, the outcome is unknown
        fault = problem
    with refusals(name):
        table = table.catalog.load_table(table.name())
    if fault is not None and not landed(table):
        raise LakeError(name, f"it cannot be committed to: {first_line(fault)}") from fault
    return table


def _knows(table: Table, snapshot: int) -> bool:
    return table.snapshot_by_id(snapshot) is not None


def _descends(table: Table, snapshot: int) -> bool:
    return any(one.snapshot_id == snapshot for one in ancestry(table))


def _crowded(table: Table) -> FencedError:
    return FencedError(
        ".".join(table.name()),
        "other builders write to it again and again",
        hint="let one of them do it",
    )


def _refuse_moved(table: Table, base: int | None) -> None:
    if table.metadata.current_snapshot_id != base:
        raise FencedError(".".join(table.name()), "another builder published first", hint="it is built anew")


def _pointer(name: str, snapshot: int, *, table: Table | None = None) -> SetSnapshotRefUpdate:
    """A branch at a snapshot; what it says of how long snapshots are kept stays."""
    held = table.metadata.refs.get(name) if table else None
    kept = (
        {
            "max-ref-age-ms": held.max_ref_age_ms,
            "max-snapshot-age-ms": held.max_snapshot_age_ms,
            "min-snapshots-to-keep": held.min_snapshots_to_keep,
        }
        if held
        else {}
    )
    return SetSnapshotRefUpdate.model_validate(
        {"ref-name": name, "type": SnapshotRefType.BRANCH, "snapshot-id": snapshot, **kept}
    )


def _columns(schema: int) -> SetCurrentSchemaUpdate:
    return SetCurrentSchemaUpdate.model_validate({"schema-id": schema})


def _replaced(table: Table, dates: Dates | None) -> list[DataFile]:
    """The data files of main that a build replaces: all, or those of some dates."""
    files = [entry.data_file for _, entry in live(table)]
    return [file for file in files if dates is None or as_date(file.partition[0]) in dates]


def _write(staged: Transaction, table: Table, pieces: Iterable[pa.Table]) -> list[DataFile]:
    """The rows as files, in the columns that the table is to have."""
    target = copy(table)
    target.metadata = staged.table_metadata
    written: list[DataFile] = []
    try:
        for piece in pieces:
            written.extend(write(target, piece))
    except BaseException:
        remove(table, written)
        raise
    return written


def _strays(written: Collection[DataFile], dates: Dates) -> list[str]:
    """Dates of rows that are none of those rebuilt."""
    return sorted({str(as_date(file.partition[0])) for file in written} - {str(day) for day in dates})


def _refuse_partition(table: Table, schema: Schema, partition: tuple[str, str] | None) -> None:
    """Raise EvolutionError where a table is partitioned by something else than its model says."""
    spec = table.spec()
    held = [(table.schema().find_field(one.source_id).name, str(one.transform)) for one in spec.fields]
    wanted = [(partition[0], str(parse_transform(partition[1])))] if partition else []
    moved = any(schema.find_column_name(one.source_id) is None for one in spec.fields)
    if held != wanted or moved:
        said = ", ".join(f"{transform}({column})" for column, transform in held) or "nothing"
        change = f"it is partitioned by {said}" + (", whose type changes" if moved and held == wanted else "")
        hint = "give the model another name, or drop the table: it can be built again"
        raise EvolutionError(".".join(table.name()), [change], hint=hint)


def _plain(field: NestedField) -> object:
    """A field without ids, for comparing."""
    return assign_fresh_schema_ids(Schema(field)).fields[0].model_copy(update={"doc": None})
