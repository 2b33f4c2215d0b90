"""What has left a quarantine: by which replay or drop, which records, and where they are now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query
from pyiceberg.table import Table

from sentineldq.lake.scan import scan
from sentineldq.pipeline.replay import past
from sentineldq.pipeline.replay.judge import Key
from sentineldq.pipeline.replay.moves import read_note
from sentineldq.pipeline.replay.past import Fate, Move
from sentineldq.pipeline.replay.view import at, masked_value
from sentineldq.pipeline.validate import Reason
from sentineldq.server.answers.quarantine import GoneOut, MoveOut, Past, move_shown
from sentineldq.server.answers.reasons import ErrorOut, error
from sentineldq.server.catalog import Dataset
from sentineldq.server.mask import describe_only
from sentineldq.server.page import Cursor, Page, decode_cursor, paged
from sentineldq.server.problems import NotFoundError, RequestError
from sentineldq.server.routes.quarantine import Number, Partition, Row, filled
from sentineldq.server.security.principal import Viewer
from sentineldq.server.state import Here, State
from sentineldq.store import batches, results

router = APIRouter(prefix="/quarantine", tags=["quarantine"])

LOOKED = 500
"""Steps of replays that are gone through for one record, the newest first."""

FOREVER = 10**9
"""Seconds; what a step was never changes."""

Name = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="A step, as `moves` names it.")]


@router.get("/{dataset}/moves", summary="What replays have taken out of a quarantine")
def list_moves(
    dataset: str,
    _: Viewer,
    here: Here,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    cursor: Cursor = None,
) -> Page[MoveOut]:
    """The steps of replays and drops, newest first."""
    found = filled(here, dataset)
    if found is None:
        return Page[MoveOut](items=[])
    start = decode_cursor(cursor, str)
    rows: list[Move] = []
    for one in _moves(here, found, str(start[0]) if start else None):
        rows.append(one)
        if len(rows) > limit:
            break
    return paged(
        rows, limit, item=lambda one: move_shown(one, found), place=lambda one: (one.previous or "",)
    )


@router.get("/{dataset}/moves/{move}", summary="The records that a step took out")
def list_moved(
    dataset: str,
    move: Name,
    _: Viewer,
    here: Here,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
    cursor: Cursor = None,
) -> Page[GoneOut]:
    """The records that left quarantine in one step: those that are in silver, then duplicates, then the dropped."""
    found = filled(here, dataset)
    if found is None or move not in (one.name for one in _moves(here, found)):
        raise NotFoundError(f"step {move[:12]}… of a replay of {dataset!r}")
    note = read_note(_silver(here, found), here.lake.warehouse, move)
    start: Any = decode_cursor(cursor, int)
    begin = start[0] if start else 0
    numbered = list(enumerate(past.keys(note), 1))[max(begin, 0) : begin + limit + 1]
    return paged(numbered, limit, item=_moved, place=lambda row: (row[0],), total=len(note.gone))


@router.get("/{dataset}/past", summary="A record that has left quarantine")
def one_past(dataset: str, _: Viewer, here: Here, partition: Partition, batch: Number, row: Row) -> Past:
    """A record as it came, what was found wrong with it then, and what became of it."""
    found = filled(here, dataset)
    key = (partition, batch, row)
    came = _row(here, found, "bronze", key) if found else None
    if found is None or came is None:
        raise NotFoundError(f"record {row} of batch {batch}")
    if found.table is None:
        raise RequestError(409, f"what of it is classified is not known: {found.fault}")
    value, masked = masked_value(came["raw"], found.private)
    if found.private:
        value, more = describe_only(value, found.table)
        masked += more
    left, fate = _left(here, found, key, came)
    source = batches.get(here.store, dataset=found.name, partition=partition, batch=batch)
    return Past(
        partition=partition,
        batch=batch,
        row=row,
        received_at=came["_received_at"],
        origin=came["_origin"],
        fate=fate,
        move=move_shown(left, found) if left else None,
        errors=_errors(here, found, key),
        value=value,
        masked=masked,
        silver=_in_silver(here, found, key),
        run_id=source.run_id if source else None,
    )


def _silver(here: State, dataset: Dataset) -> Table:
    return here.lake.table(f"silver.{dataset.name}")


def _moves(here: State, dataset: Dataset, start: str | None = None) -> Iterator[Move]:
    """The steps of a dataset's replays from one on, newest first; by default all of them."""
    silver = _silver(here, dataset)
    name = past.newest(silver)
    begun = start is None
    while name:
        one = _move(here, silver, name)
        begun = begun or name == start  # a cursor leads to steps of this dataset alone
        if begun:
            yield one
        name = one.previous


def _move(here: State, silver: Table, name: str) -> Move:
    return here.cache.get(
        ("move", name), lambda: past.move(silver, here.lake.warehouse, name), longest=FOREVER
    )


def _moved(numbered: tuple[int, tuple[Key, Fate]]) -> GoneOut:
    (partition, batch, row), fate = numbered[1]
    return GoneOut(partition=partition, batch=batch, row=row, fate=fate)


def _left(here: State, dataset: Dataset, key: Key, came: dict[str, Any]) -> tuple[Move | None, Fate | None]:
    """By which step a record left quarantine, and how."""
    for number, one in enumerate(_moves(here, dataset)):
        if number == LOOKED:
            break
        if one.first <= came["_received_at"] <= one.last:
            note = read_note(_silver(here, dataset), here.lake.warehouse, one.name)
            if fate := past.fate(note, key):
                return one, fate
    return None, None


def _row(here: State, dataset: Dataset, layer: str, key: Key) -> dict[str, Any] | None:
    rows = scan(here.lake.table(f"{layer}.{dataset.name}")).filter(at(key)).collect()
    return next(rows.iter_rows(named=True), None)


def _errors(here: State, dataset: Dataset, key: Key) -> list[ErrorOut]:
    """What was found of the record when it came in, as the store was told."""
    partition, batch, row = key
    found = results.of_record(here.store, dataset=dataset.name, partition=partition, batch=batch, row=row)
    reasons = [Reason(check=one.check, message=one.message or "", path=one.path or "") for one in found]
    return [error(reason, dataset.private) for reason in reasons]


def _in_silver(here: State, dataset: Dataset, key: Key) -> dict[str, Any] | None:
    """The record's row of silver, without what the contract classifies; None where it is not known what that is."""
    found = _row(here, dataset, "silver", key)
    if found is None or dataset.table is None:
        return None
    known = {item.column for item in dataset.table.properties}
    kept = {name: value for name, value in found.items() if name in known or not name.startswith("_")}
    shown: dict[str, Any] = masked_value(msgspec.json.encode(kept), dataset.private)[0]
    return shown
