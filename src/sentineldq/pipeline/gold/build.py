"""Building gold: write, audit, publish, model by model, each after those it reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from time import perf_counter
from typing import Literal

import duckdb
import msgspec
import polars as pl
import pyarrow as pa

from sentineldq.checks.model import Outcome
from sentineldq.contracts.model import Contract
from sentineldq.errors import FencedError, LakeError, SentinelError, first_line
from sentineldq.lake.open import Lake
from sentineldq.lake.place import PLACE, Mark, property_of, spell_place
from sentineldq.lake.scan import scan
from sentineldq.pipeline.gold.audit import audit
from sentineldq.pipeline.gold.export import export_csv
from sentineldq.pipeline.gold.model import Model, ordered
from sentineldq.pipeline.gold.plan import Action, Standing, Step, contract_of, decide, filtered, look, marks
from sentineldq.pipeline.gold.publish import BRANCH, Draft, find_draft, publish, schema_for, write_draft
from sentineldq.pipeline.gold.query import Dates, Version, answer, naming, session

Status = Literal["published", "refused", "unchanged", "failed"]
ROUNDS = 3
"""How often a model is built anew that another builder published first."""


class Built(msgspec.Struct, kw_only=True):
    """What became of one model.

    published: main holds the new build. refused: its audit failed, `failed` says why; main is as it was, and the build
    stands on `branch` at `snapshot`. unchanged: there was nothing to build. failed: it could not be built, `reason`
    says why. rows: of main; seconds: taken. warned: checks that failed and refuse nothing. notes: what else to know.
    """

    model: str
    status: Status
    action: Action
    reason: str
    at: datetime
    seconds: float = 0.0
    rows: int = 0
    snapshot: int | None = None
    branch: str | None = None
    failed: list[Outcome] = []
    warned: list[Outcome] = []
    notes: list[str] = []


def build(
    lake: Lake, models: Iterable[Model], *, contracts: Mapping[str, Contract], now: datetime
) -> list[Built]:
    """Build what is not up to date; one result per model. A model that fails stops no other.

    contracts: by name. now: the time of the run, which the results bear. A model that reads a refused or failed one
    is built from the last good version of that, and its notes say so.
    """
    done: dict[str, Built] = {}
    for model in ordered(models):
        start = perf_counter()
        try:
            result = _build(lake, model, contracts, now)
        except (SentinelError, duckdb.Error, pa.ArrowException, pl.exceptions.PolarsError, OSError) as fault:
            told = str(fault) if isinstance(fault, SentinelError) else first_line(fault)
            result = Built(model=model.name, status="failed", action="build", reason=told, at=now)
        stale = [
            name for name in model.upstream if name in done and done[name].status in {"refused", "failed"}
        ]
        result.notes += [
            f"gold.{name} was {done[name].status}: its last good version was read" for name in stale
        ]
        result.seconds = round(perf_counter() - start, 3)
        done[model.name] = result
    return list(done.values())


def _build(lake: Lake, model: Model, contracts: Mapping[str, Contract], now: datetime) -> Built:
    for _ in range(ROUNDS):
        places = look(lake, [model], contracts)
        step = decide(model, places)
        result = Built(model=model.name, status="unchanged", action=step.action, reason=step.reason, at=now)
        if step.action in {"build", "refresh"}:
            try:
                _make(lake, model, step, places, contract_of(model, contracts), result)
            except FencedError:  # another builder published first: look again
                continue
        if result.status != "refused":
            _close(lake, model, result)
        return result
    raise LakeError(model.table, "other builders publish it again and again", hint="let one of them do it")


def _make(
    lake: Lake, model: Model, step: Step, places: Standing, contract: Contract | None, result: Built
) -> None:
    """Write a build (or take up the one that a run left), audit it, and publish it where it passes."""
    wanted = marks(model, places)
    draft = _left(model, places, wanted, lake.warehouse)
    if draft is None:
        draft = _write(lake, model, places, dates=_days(step), wanted=wanted)
    if contract is not None:
        others = {name: scan(table) for name, table in places.tables.items() if name in model.reads}
        short = {name.partition(".")[2]: rows for name, rows in others.items()}
        rows = scan(draft.table, snapshot=draft.snapshot)
        verdict = audit(rows, contract, name=model.name, datasets={**short, **others})
        result.failed, result.warned = verdict.refusing, verdict.warning
    else:
        result.notes.append(f"there is no contract gold_{model.name}: nothing was audited")
    if result.failed:
        result.status, result.branch, result.snapshot = "refused", BRANCH, draft.snapshot
        result.reason = f"{len(result.failed)} of its contract's checks failed"
        result.rows = _rows(draft, draft.base)
        return
    publish(draft)
    result.status, result.snapshot = "published", draft.snapshot
    result.rows = _rows(draft, draft.snapshot)


def _left(model: Model, places: Standing, wanted: Mapping[str, Mark], warehouse: str) -> Draft | None:
    """The build that a run left unpublished, where it is of just these versions."""
    table = places.tables.get(model.table)
    draft = find_draft(table) if table is not None else None
    snapshot = draft.table.snapshot_by_id(draft.snapshot) if draft else None
    if table is None or snapshot is None:
        return None
    same = property_of(snapshot, PLACE) == spell_place(wanted, io=table.io, warehouse=warehouse)
    return draft if same else None


def _write(
    lake: Lake, model: Model, places: Standing, *, dates: Dates | None, wanted: Mapping[str, Mark]
) -> Draft:
    versions = {name: _version(model, places, name, dates) for name in model.reads}
    with naming(versions), session(versions) as con:
        columns, pieces = answer(con, model.sql, name=model.table, partition=model.partition)
        table = places.tables.get(model.table)
        if table is None:
            table = lake.ensure(model.table, columns, partition=model.partition)
        if table.metadata.current_snapshot_id is not None and model.table not in places.tables:
            raise FencedError(model.table, "another builder published first")
        schema = schema_for(table, columns)
        if dates is None or schema.schema_id == table.schema().schema_id:
            place = spell_place(wanted, io=table.io, warehouse=lake.warehouse)
            return write_draft(
                table,
                pieces,
                schema=schema,
                partition=model.partition,
                dates=dates,
                properties={PLACE: place},
            )
    return _write(lake, model, places, dates=None, wanted=wanted)  # other columns: all of it is built


def _version(model: Model, places: Standing, name: str, dates: Dates | None) -> Version:
    table = places.tables[name]
    snapshot = table.metadata.current_snapshot_id
    if snapshot is None:
        raise LakeError(name, "it has no version to read")
    if dates is not None and filtered(model, table):
        return Version(table=table, snapshot=snapshot, column=model.source_date, dates=dates)
    return Version(table=table, snapshot=snapshot)


def _close(lake: Lake, model: Model, result: Built) -> None:
    """What is told of main as it is, and its export."""
    if not lake.has(model.table):
        return
    table = lake.table(model.table)
    head = table.current_snapshot()
    if head is None:
        return
    result.rows, result.snapshot = _total(head), head.snapshot_id
    if model.export == "csv":
        path = f"{lake.warehouse}/exports/{model.name}.csv"
        export_csv(table, path, rows=lambda: _in_order(scan(table), model))


def _in_order(rows: pl.LazyFrame, model: Model) -> pl.LazyFrame:
    """Rows as the query gave them; those of a table that is rebuilt in parts by the column it is parted by."""
    return rows.sort(model.partition[0], maintain_order=True) if model.partition else rows


def _days(step: Step) -> Dates | None:
    if step.dates is None:
        return None
    return frozenset(None if day is None else date.fromisoformat(day) for day in step.dates)


def _rows(draft: Draft, snapshot: int | None) -> int:
    found = draft.table.snapshot_by_id(snapshot) if snapshot is not None else None
    return _total(found) if found else 0


def _total(snapshot: object) -> int:
    summary = getattr(snapshot, "summary", None)
    return int(summary.additional_properties.get("total-records", "0")) if summary else 0
