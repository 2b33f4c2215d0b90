"""How old the newest data of a dataset is, against what its contract allows.

The last event is found in the statistics that a table keeps of its files; rows are not read. The age is that of the
last event at the time of asking, so it grows while nothing arrives, whether the source stands still or a stage does;
the time of the last commit tells the two apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
from pyiceberg.conversions import from_bytes
from pyiceberg.io import load_file_io
from pyiceberg.manifest import DataFile, ManifestFile
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Operation
from pyiceberg.transforms import DayTransform
from pyiceberg.types import DateType, NestedField, PrimitiveType, TimestampType, TimestamptzType

from sentineldq.contracts.duration import parse_duration
from sentineldq.contracts.event import event_column, service_level
from sentineldq.contracts.model import Contract, SchemaObject, ServiceLevel
from sentineldq.errors import SentinelError, UsageError, WriteError
from sentineldq.lake.open import Lake
from sentineldq.lake.place import ancestry
from sentineldq.lake.scan import scan

NOT_STATED = "its contract states no freshness"

WARN_AFTER = "warnAfter"
"""Custom property of a service level: the age from which on to warn."""

SKEW = timedelta(minutes=5)
"""How far ahead of our clock an event may be before it is told: clocks differ, and days end later."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Status = Literal["pass", "warn", "fail", "skip", "error"]


class Freshness(msgspec.Struct, frozen=True, kw_only=True):
    """The freshness of one dataset.

    last_event_at: the newest event time, for dates the end of their day, in UTC. last_commit_at: when rows were last
    added. age_seconds: of the last event, never below 0. allowed_seconds: None where the contract allows any age; the
    status is then `skip`. `error`: it could not be measured, `message` says why.
    """

    dataset: str
    last_event_at: datetime | None
    last_commit_at: datetime | None
    age_seconds: float | None
    allowed_seconds: float | None
    status: Status
    message: str | None = None


def measure(lake: Lake, dataset: str, contract: Contract, *, now: datetime) -> Freshness:
    """The freshness of a table (`silver.events`) by its contract, at a time. Nothing is raised for what is missing."""
    try:
        found, level = _object(contract, dataset), service_level(contract)
        allowed, warn = (_age(level), _warn_age(level)) if level else (None, None)
        table = lake.table(dataset)
        commit = last_commit(table)
        column = event_column(contract, found, level)
        if column is None:
            return _undated(dataset, level, commit)
        return judge(dataset, last_event(table, column), commit, allowed=allowed, warn=warn, now=now)
    except SentinelError as fault:
        return _unknown(dataset, fault.message)


def _undated(dataset: str, level: ServiceLevel | None, commit: datetime | None) -> Freshness:
    if level is None:
        return _unknown(dataset, NOT_STATED, commit=commit, status="skip")
    return _unknown(dataset, f"its contract names no event time, for {level.property}", commit=commit)


def judge(
    dataset: str,
    event: datetime | None,
    commit: datetime | None,
    *,
    allowed: timedelta | None,
    warn: timedelta | None = None,
    now: datetime,
) -> Freshness:
    """The verdict on times that were measured."""
    status: Status
    if event is None:
        status = "skip" if allowed is None else "error"
        return _unknown(dataset, "it has no event yet", commit=commit, allowed=allowed, status=status)
    ahead, age = event - now, max(now - event, timedelta())
    status = "pass"
    message = None
    if allowed is None:
        status, message = "skip", NOT_STATED
    elif age > allowed:
        status, message = "fail", f"its last event is {_whole(age)} old; {allowed} is allowed"
    elif warn is not None and age > warn:
        status, message = "warn", f"its last event is {_whole(age)} old; {allowed} is allowed"
    elif ahead > SKEW:
        status, message = (
            "warn",
            f"its last event is {_whole(ahead)} ahead of the clock: a clock is wrong, or the event",
        )
    return Freshness(
        dataset=dataset,
        last_event_at=event,
        last_commit_at=commit,
        age_seconds=age.total_seconds(),
        allowed_seconds=None if allowed is None else allowed.total_seconds(),
        status=status,
        message=message,
    )


def _whole(span: timedelta) -> timedelta:
    """In whole seconds, as people read it."""
    return timedelta(seconds=round(span.total_seconds()))


def last_event(table: Table, column: str) -> datetime | None:
    """The newest value of a date or timestamp, from the files' statistics; None in a table without any."""
    field = next((one for one in table.schema().fields if one.name == column), None)
    head = table.current_snapshot()
    if field is None or not isinstance(field.field_type, DateType | TimestampType | TimestamptzType):
        raise UsageError(f"{'.'.join(table.name())} has no date or timestamp {column!r}")
    newest: datetime | None = None
    for manifest in _newest_first(table, head.manifests(table.io) if head else [], field):
        until = _until(table, manifest, field)
        if newest is not None and until is not None and until <= newest:
            continue
        for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True):
            bound = _bound(entry.data_file, field)
            if bound is None and entry.data_file.record_count:
                return _read(table, column)
            newest = max((one for one in (newest, bound) if one is not None), default=None)
    return newest


def last_commit(table: Table) -> datetime | None:
    """When rows were last added; compaction and other upkeep add none."""
    for snapshot in ancestry(table):
        summary = snapshot.summary
        if summary is None or summary.operation == Operation.REPLACE:
            continue
        if int(summary.additional_properties.get("added-records", "0")):
            return datetime.fromtimestamp(snapshot.timestamp_ms / 1000, UTC)
    return None


def write_freshness(lake: Lake, found: Iterable[Freshness]) -> str:
    """Write `freshness.json` beside the gold tables, whole or not at all; its path. Raises WriteError."""
    path = f"{lake.warehouse}/gold/freshness.json"
    text = msgspec.json.format(msgspec.json.encode(list(found)), indent=2)
    try:
        with load_file_io(lake.catalog.properties, path).new_output(path).create(overwrite=True) as stream:
            stream.write(text + b"\n")
    except OSError as fault:
        raise WriteError(path, fault.strerror or str(fault)) from fault
    return path


def _object(contract: Contract, dataset: str) -> SchemaObject:
    if len(contract.schema) == 1:
        return contract.schema[0]
    layer, _, name = dataset.rpartition(".")
    found = contract.object(name) or contract.object(f"{layer}_{name}")
    if found is None:
        names = ", ".join(item.name or "" for item in contract.schema)
        raise UsageError(f"the contract has no dataset {name!r}", hint=f"known: {names}")
    return found


def _age(level: ServiceLevel) -> timedelta:
    """The age that a service level allows. Raises UsageError where it is no duration."""
    return _duration(level, level.value)


def _warn_age(level: ServiceLevel) -> timedelta | None:
    given = level.custom(WARN_AFTER)
    return None if given is None else _duration(level, given)


def _duration(level: ServiceLevel, value: Any) -> timedelta:
    """A number in the level's unit, or a text that bears its own."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UsageError(
            f"service level {level.property}: {value!r} is no duration", hint="write 2 with unit: h"
        )
    bare = str(value).strip()
    plain = bare.replace(".", "", 1).isdigit()
    return parse_duration(
        f"{bare} {level.unit}" if plain and level.unit else (float(bare) if plain else bare)
    )


def _unknown(
    dataset: str,
    reason: str,
    *,
    commit: datetime | None = None,
    allowed: timedelta | None = None,
    status: Status = "error",
) -> Freshness:
    return Freshness(
        dataset=dataset,
        last_event_at=None,
        last_commit_at=commit,
        age_seconds=None,
        allowed_seconds=None if allowed is None else allowed.total_seconds(),
        status=status,
        message=reason,
    )


def _newest_first(table: Table, manifests: Iterable[ManifestFile], field: NestedField) -> list[ManifestFile]:
    """Those of files with the newest days first; those that do not tell before all."""
    latest = datetime.max.replace(tzinfo=UTC)
    return sorted(manifests, key=lambda one: _until(table, one, field) or latest, reverse=True)


def _until(table: Table, manifest: ManifestFile, field: NestedField) -> datetime | None:
    """When the last day ends that a manifest's partitions hold; None where they are not days of the column."""
    parts = table.specs()[manifest.partition_spec_id].fields
    for part, summary in zip(parts, manifest.partitions or [], strict=False):
        if part.source_id == field.field_id and isinstance(part.transform, DayTransform):
            bound = summary.upper_bound
            return _instant(DateType(), int(from_bytes(DateType(), bound))) if bound else None
    return None


def _bound(file: DataFile, field: NestedField) -> datetime | None:
    """The newest value in a file, as its statistics tell it."""
    raw = (file.upper_bounds or {}).get(field.field_id)
    kind = field.field_type
    if raw is not None and isinstance(kind, PrimitiveType):
        return _instant(kind, int(from_bytes(kind, raw)))
    return None


def _instant(kind: PrimitiveType, value: int) -> datetime:
    """A value as Iceberg keeps it (days, microseconds since 1970) as a time in UTC; a date as the end of its day."""
    if isinstance(kind, DateType):
        return _EPOCH + timedelta(days=value + 1)
    return _EPOCH + timedelta(microseconds=value)


def _read(table: Table, column: str) -> datetime | None:
    """The newest value, read from the column alone; for files whose statistics do not tell it."""
    value = scan(table, columns=[column]).max().collect().item()
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime(value.year, value.month, value.day, tzinfo=UTC) + timedelta(days=1) if value else None
