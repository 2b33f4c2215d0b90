"""Quarantine: the records that were refused, why, what they hold, and trying them again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from sentineldq.errors import UsageError
from sentineldq.pipeline.replay.quarantine import Choice, Record, demand_checks, records, summarise
from sentineldq.pipeline.replay.view import view
from sentineldq.server import replays
from sentineldq.server.answers.reasons import ErrorOut, error
from sentineldq.server.catalog import Dataset, catalog_of, pick
from sentineldq.server.dataset import layers_of, present
from sentineldq.server.mask import describe_only
from sentineldq.server.page import Cursor, Limit, Page, decode_cursor, paged
from sentineldq.server.problems import NotFoundError, RequestError
from sentineldq.server.routes.jobs import JobOut
from sentineldq.server.routes.jobs import shown as job_shown
from sentineldq.server.security.principal import Steward, Viewer
from sentineldq.server.standing import standings
from sentineldq.server.state import Here, State

router = APIRouter(prefix="/quarantine", tags=["quarantine"])

Checks = Annotated[list[str] | None, Query(max_length=50, description="Refused by any of these checks.")]
Since = Annotated[datetime | None, Query(description="Arrived then or later.")]
Hash = Annotated[str, Path(pattern="^[0-9a-f]{8,64}$", description="The hash of a record, or its beginning.")]


class HeldOut(BaseModel):
    """How much of a dataset is in quarantine, and how much of it came in the last 24 hours."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"dataset": "events", "records": 914, "last_day": 76}]}
    )

    dataset: str
    records: int
    last_day: int


class Group(BaseModel):
    """The records that one check refused, with one of its reasons and the record it is of."""

    check: str
    records: int
    message: str
    hash: str
    first: datetime
    last: datetime


class Groups(BaseModel):
    """What quarantine has of a dataset, by check, the fullest first; one record may have failed several."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dataset": "events",
                    "records": 76,
                    "contracts": ["1.0.0"],
                    "groups": [
                        {
                            "check": "id.required",
                            "records": 40,
                            "message": "id: expected a value",
                            "hash": "9f86d081884c7d65",
                            "first": "2026-11-19T00:00:00Z",
                            "last": "2026-11-20T00:00:00Z",
                        }
                    ],
                }
            ]
        }
    )

    dataset: str
    records: int
    contracts: list[str]
    groups: list[Group]


class RecordOut(BaseModel):
    """A refused record without its content, with every error."""

    hash: str
    partition: str
    batch: int
    row: int
    received_at: datetime
    origin: str | None
    contract: str
    errors: list[ErrorOut]


class RecordDetail(RecordOut):
    """A refused record with its content; classified values read `***`, `masked` counts them.

    Where the contract classifies anything, texts that it does not describe are masked as well.

    verdict: what a replay would make of it now, by the contract as it is; reasons: what that has against it.
    same: further records of the same bytes.
    """

    value: Any
    masked: int
    same: int
    verdict: Literal["passes", "duplicate", "dropped", "refused", "error"]
    reasons: list[ErrorOut]


class Replay(BaseModel):
    """Which records to try again; all of them unless said. dry_run: say what would become of them, move none."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"checks": ["id.required"], "dry_run": True}]})

    checks: Annotated[list[str], Field(max_length=50)] = []
    hashes: Annotated[
        list[Annotated[str, Field(pattern="^[0-9a-fA-F]{8,64}$")]], Field(max_length=1_000)
    ] = []
    since: datetime | None = None
    dry_run: bool = False


@router.get("", summary="Quarantine of all datasets")
def list_quarantine(_: Viewer, here: Here, limit: Limit = 50, cursor: Cursor = None) -> Page[HeldOut]:
    """The datasets that come through pipelines, by name, and how many of their records are in quarantine."""
    names = sorted(name for name, one in catalog_of(here).items() if one.layer == "silver")
    after = decode_cursor(cursor, str)
    rows = [name for name in names if after is None or name > str(after[0])]
    return paged(
        rows, limit, item=lambda name: _held(here, name), place=lambda name: (name,), total=len(names)
    )


@router.get("/{dataset}", summary="A dataset's quarantine by check")
def groups(dataset: str, _: Viewer, here: Here, since: Since = None) -> Groups:
    """How many records each check refused, and one of its reasons."""
    found = filled(here, dataset)
    choice = Choice(since=_utc(since))
    if found is None:
        return Groups(dataset=pick(here, dataset).name, records=0, contracts=[], groups=[])
    key = ("quarantine", found.name, since)
    version = (_head(here, found), found)
    return here.cache.get(key, lambda: _groups(here, found, choice), version=version)


@router.get("/{dataset}/records", summary="The records in a dataset's quarantine")
def list_records(
    dataset: str,
    _: Viewer,
    here: Here,
    check: Checks = None,
    since: Since = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Page[RecordOut]:
    """The records that were refused, newest first, each with every error."""
    found = filled(here, dataset)
    if found is None:
        return Page[RecordOut](items=[], total=0)
    choice = Choice(checks=tuple(check or ()), since=_utc(since))
    after: Any = decode_cursor(cursor, datetime, int, int, str)
    rows = records(here.lake, [found.name], choice, limit=limit + 1, after=after)
    return paged(
        rows,
        limit,
        item=lambda row: _record(row, found),
        place=lambda row: (row.received_at, row.batch, row.row, row.partition),
    )


@router.get("/{dataset}/records/{hash_}", summary="One record in quarantine")
def one_record(dataset: str, hash_: Hash, _: Viewer, here: Here) -> RecordDetail:
    """A record with its content, and what the contract as it is now would make of it."""
    found = filled(here, dataset)
    if found is None or found.pipeline is None:
        raise NotFoundError(f"record {hash_!r} in quarantine")
    try:
        seen = view(here.project, here.lake, [found.pipeline], hash_)
    except UsageError as fault:
        raise NotFoundError(f"record {hash_!r} in quarantine", hint=fault.message) from fault
    value, more = seen.value, 0
    if found.private and found.table is not None:
        value, more = describe_only(value, found.table)
    return RecordDetail(
        **dict(_record(seen.record, found)),
        value=value,
        masked=seen.masked + more,
        same=seen.others,
        verdict=seen.now.verdict,
        reasons=[error(reason, found.private) for reason in seen.now.reasons],
    )


@router.post("/{dataset}/replay", status_code=202, summary="Replay a dataset's quarantine")
def replay(dataset: str, given: Replay, me: Steward, here: Here) -> JobOut:
    """Try refused records again by the contract as it is now: a job, whose result counts what became of them."""
    found = filled(here, dataset)
    if found is None:
        raise RequestError(409, f"nothing of {pick(here, dataset).name} is in quarantine")
    try:
        demand_checks(here.lake, [found.name], given.checks)
    except UsageError as fault:
        raise RequestError(422, fault.message, hint=fault.hint) from fault
    choice = Choice(checks=tuple(given.checks), hashes=tuple(given.hashes), since=_utc(given.since))
    job = replays.accept(here, dataset=found.name, choice=choice, dry_run=given.dry_run, made_by=me.name)
    return job_shown(job)


def filled(here: State, name: str) -> Dataset | None:
    """A dataset that has a quarantine; None where it has none yet. Raises NotFoundError."""
    found = pick(here, name)
    return found if f"quarantine.{found.name}" in present(here) else None


def _head(here: State, dataset: Dataset) -> int | None:
    return here.lake.table(f"quarantine.{dataset.name}").metadata.current_snapshot_id


def _held(here: State, name: str) -> HeldOut:
    one = standings(here)[name]
    layers = {layer.layer: layer.rows or 0 for layer in layers_of(here, one.dataset)}
    last = one.flow.quarantined if one.flow else 0
    return HeldOut(dataset=name, records=layers.get("quarantine", 0), last_day=last)


def _groups(here: State, dataset: Dataset, choice: Choice) -> Groups:
    found = summarise(here.lake, [dataset.name], choice)
    if not found:
        return Groups(dataset=dataset.name, records=0, contracts=[], groups=[])
    held = found[0]
    made = [Group(**{name: getattr(one, name) for name in Group.model_fields}) for one in held.checks]
    if dataset.private:  # a reason may be older than the classification, and quote what it now hides
        made = [one.model_copy(update={"message": one.message.split(", found ")[0]}) for one in made]
    return Groups(dataset=dataset.name, records=held.records, contracts=held.contracts, groups=made)


def _record(record: Record, dataset: Dataset) -> RecordOut:
    return RecordOut(
        hash=record.hash,
        partition=record.partition,
        batch=record.batch,
        row=record.row,
        received_at=record.received_at,
        origin=record.origin,
        contract=record.contract,
        errors=[error(reason, dataset.private) for reason in record.reasons],
    )


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
