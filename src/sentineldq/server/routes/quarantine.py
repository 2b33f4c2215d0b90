"""Quarantine: the records that were refused, why, what they hold, and trying them again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from sentineldq.errors import SentinelError, UsageError
from sentineldq.pipeline.replay.patch import Patch, make_setting
from sentineldq.pipeline.replay.quarantine import (
    Choice,
    arrivals,
    contracts,
    demand_checks,
    records,
    summarise,
)
from sentineldq.pipeline.replay.run import rules_for
from sentineldq.pipeline.replay.view import View, view, view_at
from sentineldq.server import replays
from sentineldq.server.answers.quarantine import (
    Arrivals,
    Arrived,
    ContractChoice,
    Group,
    Groups,
    HeldOut,
    RecordDetail,
    RecordOut,
    record_shown,
)
from sentineldq.server.answers.reasons import error
from sentineldq.server.catalog import Dataset, catalog_of, pick
from sentineldq.server.dataset import layers_of, present
from sentineldq.server.mask import describe_only
from sentineldq.server.moment import Moment
from sentineldq.server.page import Cursor, Limit, Page, decode_cursor, paged
from sentineldq.server.problems import NotFoundError, RequestError
from sentineldq.server.routes.jobs import JobOut
from sentineldq.server.routes.jobs import shown as job_shown
from sentineldq.server.security.principal import Steward, Viewer
from sentineldq.server.span import MOST, Span, spans
from sentineldq.server.standing import standings
from sentineldq.server.state import Here, State
from sentineldq.store import batches, flow
from sentineldq.store.flow import Grain

router = APIRouter(prefix="/quarantine", tags=["quarantine"])

Checks = Annotated[list[str] | None, Query(max_length=50, description="Refused by any of these checks.")]
Since = Annotated[Moment | None, Query(description="Arrived then or later.")]
Hash = Annotated[str, Path(pattern="^[0-9a-f]{8,64}$", description="The hash of a record, or its beginning.")]
Partition = Annotated[str, Query(max_length=2_000, description="The partition of its source.")]
Number = Annotated[int, Query(ge=0, le=2**62, description="The batch within its partition.")]
Row = Annotated[int, Query(ge=0, le=2**31 - 1, description="The place within its batch, from 0.")]


class SettingIn(BaseModel):
    """A value that each record gets before it is judged: `payload.size`, `items[0].price`, `items[].sku`."""

    path: Annotated[str, Field(min_length=1, max_length=1_000)]
    value: Any


class Replay(BaseModel):
    """Which records to try again; all of them unless said. dry_run: say what would become of them, move none.

    contract: a fingerprint or a version that `contracts` lists; the project's as it is now, unless given. patch: is
    done to each record, in this order, before it is judged; bronze keeps what was sent.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "checks": ["public.not_null"],
                    "patch": [{"path": "public", "value": True}],
                    "dry_run": True,
                }
            ]
        }
    )

    checks: Annotated[list[str], Field(max_length=50)] = []
    hashes: Annotated[
        list[Annotated[str, Field(pattern="^[0-9a-fA-F]{8,64}$")]], Field(max_length=1_000)
    ] = []
    since: Moment | None = None
    contract: Annotated[str | None, Field(max_length=200)] = None
    patch: Annotated[list[SettingIn], Field(max_length=50)] = []
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
    choice = Choice(since=since)
    if found is None:
        return Groups(dataset=pick(here, dataset).name, records=0, contracts=[], groups=[])
    key = ("quarantine", found.name, since)
    version = (_head(here, found), found)
    return here.cache.get(key, lambda: _groups(here, found, choice), version=version)


@router.get("/{dataset}/arrivals", summary="A dataset's quarantine by check and time")
def by_time(
    dataset: str,
    _: Viewer,
    here: Here,
    span: Annotated[Span, Depends(spans(usual=7, most=MOST))],
    grain: Literal["hour", "day"] = "hour",
) -> Arrivals:
    """How many of the records that are in quarantine came when, by check."""
    found = filled(here, dataset)
    times = span.times(grain)
    since, until = times[0], times[-1] + flow.LENGTH[grain]
    if found is None:
        return Arrivals(dataset=pick(here, dataset).name, grain=grain, since=since, until=until, items=[])
    return here.cache.get(
        ("arrivals", found.name, since, until, grain),
        lambda: _arrivals(here, found, since, until, grain),
        version=_head(here, found),
    )


@router.get("/{dataset}/contracts", summary="The contracts that a replay may judge by")
def list_contracts(dataset: str, _: Viewer, here: Here) -> Page[ContractChoice]:
    """The project's contract as it is now, and those that refused what is in quarantine."""
    found = filled(here, dataset)
    return Page[ContractChoice](items=_contracts(here, found) if found else [])


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
    choice = Choice(checks=tuple(check or ()), since=since)
    after: Any = decode_cursor(cursor, datetime, int, int, str)
    rows = records(here.lake, [found.name], choice, limit=limit + 1, after=after)
    return paged(
        rows,
        limit,
        item=lambda row: record_shown(row, found),
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
    return _detail(here, found, seen)


@router.get("/{dataset}/record", summary="The record of a place in quarantine")
def record_at(
    dataset: str, _: Viewer, here: Here, partition: Partition, batch: Number, row: Row
) -> RecordDetail:
    """The record of a batch and row, as `records` lists them; others may have the same bytes."""
    found = filled(here, dataset)
    seen = None
    if found is not None and found.pipeline is not None:
        seen = view_at(here.project, here.lake, found.pipeline, (partition, batch, row))
    if found is None or seen is None:
        raise NotFoundError(
            f"record {row} of batch {batch} in quarantine",
            hint="it may have left: GET …/quarantine/{dataset}/past says how",
        )
    return _detail(here, found, seen)


@router.post("/{dataset}/replay", status_code=202, summary="Replay a dataset's quarantine")
def replay(dataset: str, given: Replay, me: Steward, here: Here) -> JobOut:
    """Try refused records again by the contract as it is now: a job, whose result counts what became of them."""
    found = filled(here, dataset)
    if found is None:
        raise RequestError(409, f"nothing of {pick(here, dataset).name} is in quarantine")
    try:
        demand_checks(here.lake, [found.name], given.checks)
        settings = tuple(make_setting(one.path, one.value) for one in given.patch)
    except UsageError as fault:
        raise RequestError(422, fault.message, hint=fault.hint) from fault
    choice = Choice(checks=tuple(given.checks), hashes=tuple(given.hashes), since=given.since)
    job = replays.accept(
        here,
        dataset=found.name,
        choice=choice,
        patch=Patch(settings=settings),
        contract=_known(here, found, given.contract),
        dry_run=given.dry_run,
        by=me,
    )
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


def _arrivals(here: State, dataset: Dataset, since: datetime, until: datetime, grain: Grain) -> Arrivals:
    every: Literal["1h", "1d"] = "1h" if grain == "hour" else "1d"
    rows = arrivals(here.lake, dataset.name, since=since, until=until, every=every)
    items = [Arrived(check=check, at=at, records=count) for check, at, count in rows]
    return Arrivals(dataset=dataset.name, grain=grain, since=since, until=until, items=items)


def _contracts(here: State, dataset: Dataset) -> list[ContractChoice]:
    """Each contract once, the project's own first; it is left out where it cannot be read."""
    found: dict[str, ContractChoice] = {}
    try:
        rules = rules_for(here.project, dataset.pipeline or "", lake=here.lake)
        found[rules.fingerprint] = ContractChoice(
            version=rules.version, fingerprint=rules.fingerprint, now=True
        )
    except SentinelError:
        pass  # a replay by it says what is wrong
    for version, fingerprint in contracts(here.lake, dataset.name):
        found.setdefault(fingerprint, ContractChoice(version=version, fingerprint=fingerprint, now=False))
    return list(found.values())


def _known(here: State, dataset: Dataset, wanted: str | None) -> str | None:
    """The fingerprint of a contract that may be named: never a file of the server's. Raises RequestError."""
    if wanted is None:
        return None
    known = _contracts(here, dataset)
    fits = {one.fingerprint for one in known if wanted in {one.fingerprint, one.version}}
    if len(fits) == 1:
        return fits.pop()
    told = ", ".join(f"{one.version} ({one.fingerprint})" for one in known)
    problem = "is several contracts: name one by its fingerprint" if fits else "is no contract that is known"
    raise RequestError(422, f"contract {wanted!r} {problem}", hint=f"known are {told}" if told else None)


def _detail(here: State, dataset: Dataset, seen: View) -> RecordDetail:
    value, more = seen.value, 0
    if dataset.private and dataset.table is not None:
        value, more = describe_only(value, dataset.table)
    record = seen.record
    batch = batches.get(here.store, dataset=dataset.name, partition=record.partition, batch=record.batch)
    return RecordDetail(
        **dict(record_shown(record, dataset)),
        value=value,
        masked=seen.masked + more,
        same=seen.others,
        verdict=seen.now.verdict,
        reasons=[error(reason, dataset.private) for reason in seen.now.reasons],
        form=seen.form,
        fault=seen.fault,
        content=None if dataset.private else seen.content,
        size=seen.size,
        run_id=batch.run_id if batch else None,
    )
