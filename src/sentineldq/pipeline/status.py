"""Where a project stands: its pipelines, its gold and what is found, from metadata alone; nothing is locked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec
from pyiceberg.table import Table

from sentineldq.errors import SentinelError
from sentineldq.lake.describe import summarise
from sentineldq.lake.facts import head_facts
from sentineldq.lake.open import Lake
from sentineldq.lake.place import Mark, read_place
from sentineldq.pipeline.gold.changes import content
from sentineldq.pipeline.gold.publish import find_draft
from sentineldq.pipeline.project import Project
from sentineldq.pipeline.schedule import next_due, parse
from sentineldq.store import findings, runs
from sentineldq.store.database import Store
from sentineldq.store.process import gone

LAYERS = ("bronze", "silver", "quarantine")
MOST = 1_000
"""Findings and running runs that are read; the newest."""


class PipelineState(msgspec.Struct, kw_only=True):
    """Where a pipeline stands; `run` is what became of its last run, `never` where there was none.

    seconds: of the last run, so far. batches: in bronze. lag: those of them that are not in silver yet.
    unaccounted: records of bronze that are neither in silver nor in quarantine, nor counted as duplicate or dropped;
    those of lagging batches, and otherwise none.
    """

    pipeline: str
    dataset: str
    run: Literal["never", "running", "succeeded", "failed", "stopped"] = "never"
    run_id: str | None = None
    started_at: datetime | None = None
    seconds: float | None = None
    error: str | None = None
    next_due: datetime | None = None
    batches: int = 0
    bronze: int = 0
    silver: int = 0
    quarantine: int = 0
    duplicates: int = 0
    dropped: int = 0
    lag: int = 0
    unaccounted: int = 0
    findings: int = 0


class GoldState(msgspec.Struct, kw_only=True):
    """What is published of a gold model, and since when a build stands unpublished (its audit refused it)."""

    model: str
    rows: int = 0
    snapshot: int | None = None
    published_at: datetime | None = None
    refused_at: datetime | None = None


class OpenFinding(msgspec.Struct, kw_only=True):
    """Something somebody should know, and how often it was seen since when."""

    severity: str
    kind: str
    dataset: str | None
    title: str
    first_seen_at: datetime
    last_seen_at: datetime
    count: int


class State(msgspec.Struct, kw_only=True):
    """A project's state at a time; `problems`: what could not be read, and what does not add up."""

    project: str
    simulated: bool
    at: datetime
    ran: bool = False
    pipelines: list[PipelineState] = []
    gold: list[GoldState] = []
    findings: list[OpenFinding] = []
    problems: list[str] = []


def look(project: Project, *, now: datetime) -> State:
    """Where a project stands. Makes nothing that is not there. Raises UsageError, LakeError, StoreError."""
    state = State(project=project.name, simulated=project.simulated, at=now)
    names = sorted(project.settings.pipelines)
    state.pipelines = [PipelineState(pipeline=name, dataset=project.dataset(name)) for name in names]
    state.gold = [GoldState(model=name) for name in _models(project)]
    for one in state.pipelines:
        chosen = project.settings.pipelines[one.pipeline].schedule
        one.next_due = next_due(parse(chosen, name=one.pipeline), now) if chosen else None
    replaying: set[str] = set()
    if _there(project.store_url):
        with project.open_store() as store:
            _of_store(state, store, project)
            running = runs.query(store, project=project.name, status="running", limit=MOST)
            replaying = {run.pipeline.partition("/")[0] for run in running if "/" in run.pipeline}
    if _there(project.catalog or f"sqlite:///{project.warehouse}/catalog.db"):
        with project.open_lake() as lake:
            _of_lake(state, lake, replaying=replaying)
    state.ran = any(one.run != "never" or one.batches for one in state.pipelines)
    return state


def stand(
    project: Project, name: str, lake: Lake, present: AbstractSet[str], *, replaying: bool = False
) -> tuple[PipelineState, str | None]:
    """What the tables of a pipeline have, and what of it does not add up. Raises LakeError."""
    one = PipelineState(pipeline=name, dataset=project.dataset(name))
    return one, _of_pipeline(one, lake, present, replaying=replaying)


def _models(project: Project) -> list[str]:
    return sorted(path.stem for path in (project.root / project.settings.gold.models).glob("*.sql"))


def _there(url: str) -> bool:
    """Whether there is a database to be opened; SQLite would make a file by being asked."""
    path = url.removeprefix("sqlite:///")
    return path == url or Path(path.partition("?")[0]).is_file()


# ----------------------------------------------------------------------------------------- store


def _of_store(state: State, store: Store, project: Project) -> None:
    for one in state.pipelines:
        last = runs.latest(store, project=project.name, pipeline=one.pipeline)
        if last is not None:
            _of_run(one, last, state.at)
    state.findings = [
        OpenFinding(**{name: getattr(found, name) for name in OpenFinding.__struct_fields__})
        for found in findings.query(store, still=True, limit=MOST)
        if found.dataset in _concerns(state)
    ]
    for one in state.pipelines:
        own = _names(one.dataset, LAYERS)
        one.findings = sum(found.dataset in own for found in state.findings)


def _concerns(state: State) -> set[str | None]:
    """What findings of this project are about; a store may have those of others as well."""
    silver = (_names(one.dataset, LAYERS) for one in state.pipelines)
    gold = (_names(one.model, ("gold",)) for one in state.gold)
    return {None, *(name for names in (*silver, *gold) for name in names)}


def _names(dataset: str, layers: Sequence[str]) -> set[str]:
    return {dataset, *(f"{layer}.{dataset}" for layer in layers)}


def _of_run(one: PipelineState, last: runs.Run, now: datetime) -> None:
    """A run that gives no sign of life any more has failed, even if nobody has written that down yet."""
    silent = now - last.heartbeat_at > timedelta(seconds=runs.SILENCE)
    died = last.status == "running" and (silent or gone(last.process))
    until = last.heartbeat_at if died else last.ended_at or now
    one.run, one.error = ("failed", runs.DIED) if died else (last.status, last.error)
    one.run_id, one.started_at = last.run_id, last.started_at
    one.seconds = round(max((until - last.started_at).total_seconds(), 0.0), 3)


# ----------------------------------------------------------------------------------------- lake


def _of_lake(state: State, lake: Lake, *, replaying: AbstractSet[str]) -> None:
    """What the tables say, those that can be read."""
    present = set(lake.names())
    for one in state.pipelines:
        try:
            told = _of_pipeline(one, lake, present, replaying=one.pipeline in replaying)
        except SentinelError as fault:
            told = fault.message
        if told:
            state.problems.append(told)
    for model in state.gold:
        if f"gold.{model.model}" in present:
            try:
                _of_gold(model, lake.table(f"gold.{model.model}"))
            except SentinelError as fault:
                state.problems.append(fault.message)


def _of_pipeline(one: PipelineState, lake: Lake, present: AbstractSet[str], *, replaying: bool) -> str | None:
    """Fill in what a pipeline's tables say; what does not add up, where they stay as they are while it is told."""
    tables = _tables(one.dataset, lake, present)
    _of_tables(one, tables)
    if not one.unaccounted or one.lag:
        return None
    again = _tables(one.dataset, lake, present)
    if _heads(again) != _heads(tables):  # somebody commits just now, and they were read one after the other
        _of_tables(one, again)
        return None
    if _halfway(again):
        hint = "`sentinel quarantine replay` finishes it"
        return None if replaying else f"{one.dataset}: a replay was stopped between its two commits; {hint}"
    return (
        f"{one.dataset} does not add up: bronze has {one.bronze:,} records; silver {one.silver:,}, "
        f"quarantine {one.quarantine:,}, duplicates {one.duplicates:,} and dropped {one.dropped:,}"
    )


def _tables(dataset: str, lake: Lake, present: AbstractSet[str]) -> dict[str, Table]:
    """The tables of a dataset; silver is read before bronze, so that it is never ahead of it."""
    names = {layer: f"{layer}.{dataset}" for layer in reversed(LAYERS)}
    return {layer: lake.table(name) for layer, name in names.items() if name in present}


def _heads(tables: Mapping[str, Table]) -> dict[str, int | None]:
    return {layer: table.metadata.current_snapshot_id for layer, table in tables.items()}


def _halfway(tables: Mapping[str, Table]) -> bool:
    """Whether silver has taken what quarantine has not let go: their marks of what no source sends differ."""
    marks = {layer: read_place(table).marks for layer, table in tables.items()}
    silver, quarantine = marks.get("silver", {}), marks.get("quarantine", {})
    return any(
        silver[name] != quarantine.get(name) for name in silver.keys() - marks.get("bronze", {}).keys()
    )


def _of_tables(one: PipelineState, tables: Mapping[str, Table]) -> None:
    counts = {layer: summarise(table)["rows"] for layer, table in tables.items()}
    places = {layer: read_place(table).marks for layer, table in tables.items()}
    facts = head_facts(tables["silver"]) if "silver" in tables else {}
    one.bronze, one.silver, one.quarantine = (counts.get(layer, 0) for layer in LAYERS)
    one.duplicates, one.dropped = (int(facts.get(name, "0")) for name in ("duplicates", "dropped"))
    one.unaccounted = one.bronze - one.silver - one.quarantine - one.duplicates - one.dropped
    one.batches = sum(mark.batch for mark in places.get("bronze", {}).values())
    if one.unaccounted:  # a batch without records leaves no trace in silver
        one.lag = max(_behind(places.get("bronze", {}), places.get("silver", {})), 0)


def _behind(first: Mapping[str, Mark], second: Mapping[str, Mark]) -> int:
    """How many batches of the one table the other does not have."""
    return sum(mark.batch - (second[name].batch if name in second else 0) for name, mark in first.items())


def _of_gold(model: GoldState, table: Table) -> None:
    published = table.snapshot_by_id(content(table) or -1)
    draft = find_draft(table)
    unpublished = table.snapshot_by_id(draft.snapshot) if draft else None
    model.rows = summarise(table)["rows"]
    if published is not None:
        model.snapshot, model.published_at = published.snapshot_id, _time(published.timestamp_ms)
    if unpublished is not None:
        model.refused_at = _time(unpublished.timestamp_ms)


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
