"""What there is to do for gold: which models are up to date, which are built anew, and which dates of them.

`look` reads where the tables stand, `plan` decides (data, printable, nothing is done), `build` (in build.py) acts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec
from pyiceberg.table import Table

from sentineldq.contracts.model import Contract
from sentineldq.errors import UsageError, suggest
from sentineldq.lake.open import Lake
from sentineldq.lake.place import Mark, read_place
from sentineldq.pipeline.gold.changes import content, touched
from sentineldq.pipeline.gold.model import Model, ordered
from sentineldq.pipeline.gold.query import Dates

Action = Literal["build", "refresh", "nothing", "wait"]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What is done for one model: build it whole, refresh some dates, nothing, or wait for a table it reads.

    dates: those that are rebuilt, in order, None among them for rows without one; all with None in place of the list.
    """

    model: str
    action: Action
    reason: str
    dates: tuple[str | None, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a gold table was built from: the model and contract, and the version of each table it read."""

    fingerprint: str
    reads: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where tables stand, which is all that a plan is made of.

    heads: of each table that a model reads, the version that last changed rows; none where it has none.
    fingerprints: of each model as it is now. origins: of what is published of it. touched: of each incremental model,
    the dates that have changed since; None where that cannot be told. tables: the tables themselves, at these heads.
    """

    heads: Mapping[str, int | None]
    fingerprints: Mapping[str, str]
    origins: Mapping[str, Origin | None]
    touched: Mapping[str, Dates | None]
    tables: Mapping[str, Table] = field(default_factory=dict, compare=False, repr=False)


def plan(models: Iterable[Model], places: Standing) -> list[Step]:
    """One step per model, each after those it reads. Nothing is read or written."""
    steps: dict[str, Step] = {}
    for model in ordered(models):
        moving = {
            name for name in model.upstream if name in steps and steps[name].action in {"build", "refresh"}
        }
        steps[model.name] = decide(model, places, moving=moving)
    return list(steps.values())


def decide(model: Model, places: Standing, *, moving: Collection[str] = ()) -> Step:
    """The step of one model, given which of those it reads will have moved by then."""

    def step(action: Action, reason: str, dates: Dates | None = None) -> Step:
        days = None if dates is None else tuple(sorted((str(day) if day else None for day in dates), key=str))
        return Step(model=model.name, action=action, reason=reason, dates=days)

    missing = [
        name
        for name in model.reads
        if places.heads.get(name) is None and name.removeprefix("gold.") not in moving
    ]
    origin = places.origins.get(model.name)
    if missing:
        return step("wait", f"there is nothing in {', '.join(missing)} yet")
    if origin is None:
        return step("build", "it was never built")
    if origin.fingerprint != places.fingerprints[model.name]:
        return step("build", "its model or contract has changed")
    if moving:
        return step(
            "build", f"it reads {', '.join(f'gold.{name}' for name in sorted(moving))}, built before it"
        )
    changed = [name for name in model.reads if places.heads[name] != origin.reads.get(name)]
    if not changed:
        return step("nothing", "nothing it reads has changed")
    told = f"{', '.join(changed)} changed"
    if model.incremental is None:
        return step("build", told)
    dates = places.touched.get(model.name)
    if dates is None:
        return step("build", f"{told}, and which dates cannot be told")
    return step("refresh", told, dates)


def look(lake: Lake, models: Iterable[Model], contracts: Mapping[str, Contract]) -> Standing:
    """Where the tables of these models stand. Raises LakeError, UsageError for a contract that is not there."""
    chosen = list(models)
    names = {*(name for model in chosen for name in model.reads), *(model.table for model in chosen)}
    tables = {name: lake.table(name) for name in sorted(names) if lake.has(name)}
    origins = {model.name: _origin(tables.get(model.table)) for model in chosen}
    return Standing(
        heads={name: content(tables[name]) if name in tables else None for name in names},
        fingerprints={model.name: _fingerprint(model, contract_of(model, contracts)) for model in chosen},
        origins=origins,
        touched={
            model.name: _touched(model, origins[model.name], tables)
            for model in chosen
            if model.incremental is not None
        },
        tables=tables,
    )


def contract_of(model: Model, contracts: Mapping[str, Contract]) -> Contract | None:
    """The contract a model is audited by: the one it names, or `gold_MODEL`. Raises UsageError."""
    found = contracts.get(model.contract or f"gold_{model.name}")
    if found is None and model.contract is not None:
        hint = suggest(model.contract, contracts)
        raise UsageError(f"{model.path}: there is no contract {model.contract!r}", hint=hint)
    return found


def marks(model: Model, places: Standing) -> dict[str, Mark]:
    """The place of a build from these versions: one mark for each table it reads, one number up when it has moved."""
    table = places.tables.get(model.table)
    before = read_place(table).marks if table is not None else {}
    made: dict[str, Mark] = {}
    for name in model.reads:
        cursor = {"snapshot": places.heads[name], "model": places.fingerprints[model.name]}
        last = before.get(name)
        moved = last is None or last.cursor != cursor
        made[name] = Mark((last.batch if last else 0) + moved, cursor)
    return made


def filtered(model: Model, table: Table) -> bool:
    """Whether a refresh reads only some dates of a table: those that have the column."""
    return any(one.name == model.source_date for one in table.schema().fields)


def _origin(table: Table | None) -> Origin | None:
    if table is None or table.current_snapshot() is None:
        return None
    held = read_place(table).marks
    fingerprints: Sequence[str] = sorted({str(mark.cursor.get("model")) for mark in held.values()})
    return Origin(
        fingerprint=" ".join(fingerprints),
        reads={name: int(mark.cursor["snapshot"]) for name, mark in held.items()},
    )


def _touched(model: Model, origin: Origin | None, tables: Mapping[str, Table]) -> Dates | None:
    """The dates to rebuild; None where a table without the column changed, or where it cannot be told."""
    days: Dates = frozenset()
    if origin is None or model.source_date is None:
        return None
    for name in model.reads:
        table, since = tables.get(name), origin.reads.get(name)
        if table is None or since is None or (not filtered(model, table) and content(table) != since):
            return None
        if filtered(model, table):
            found = touched(table, since=since, column=model.source_date)
            if found is None:
                return None
            days |= found
    return days


def _fingerprint(model: Model, contract: Contract | None) -> str:
    agreed = hashlib.sha256(contract.dump().encode()).hexdigest()[:16] if contract else "none"
    return f"{model.fingerprint}-{agreed}"
