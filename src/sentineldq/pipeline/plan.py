"""What a run would do, as data: nothing is made, asked or written."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, Literal

import msgspec

from sentineldq.lake import evolve
from sentineldq.lake.evolve import compare
from sentineldq.lake.iceberg import to_iceberg
from sentineldq.lake.open import Lake
from sentineldq.lake.place import read_place
from sentineldq.lake.schema import BRONZE, QUARANTINE, storable
from sentineldq.pipeline.gold import plan as gold
from sentineldq.pipeline.project import Project
from sentineldq.pipeline.round import gold_contracts, gold_models
from sentineldq.pipeline.rules import Rules, rules_of


class Step(msgspec.Struct, kw_only=True):
    """One thing that would be done; `detail` says by what and from where."""

    pipeline: str
    action: Literal["create", "evolve", "refuse", "catch up", "read", "build", "refresh", "nothing", "wait"]
    target: str
    detail: str = ""


class Plan(msgspec.Struct, kw_only=True):
    """The steps of a run, in their order."""

    project: str
    simulated: bool
    warehouse: str
    steps: list[Step]


def plan(project: Project, *, names: Collection[str] = ()) -> Plan:
    """What `run` would do now. Raises what a run would raise for the project's files."""
    for name in names:
        project.pipeline(name)
    chosen = [name for name in project.settings.pipelines if not names or name in names]
    rules = {name: rules_of(*project.agreement(name)) for name in chosen}
    steps: list[Step] = []
    if not _exists(project):
        for name in chosen:
            steps += [*_created(project, name), _read(project, name, {})]
        steps += [
            Step(pipeline="gold", action="build", target=f"gold.{model.name}", detail="it was never built")
            for model in gold_models(project)
        ]
    else:
        with project.open_lake() as lake:
            for name in chosen:
                steps += _pipeline(project, lake, name, rules[name])
            steps += _gold(project, lake)
    return Plan(project=project.name, simulated=project.simulated, warehouse=project.warehouse, steps=steps)


def _exists(project: Project) -> bool:
    """Whether there is a lake to look at; asking for one that is not there would make it."""
    if project.catalog is not None and not project.catalog.startswith("sqlite:///"):
        return True
    file = (
        project.catalog.removeprefix("sqlite:///") if project.catalog else f"{project.warehouse}/catalog.db"
    )
    return Path(file.partition("?")[0]).is_file()


def _created(project: Project, name: str) -> list[Step]:
    dataset = project.dataset(name)
    return [Step(pipeline=name, action="create", target=f"{layer}.{dataset}") for layer in _LAYERS]


_LAYERS = ("bronze", "quarantine", "silver")


def _pipeline(project: Project, lake: Lake, name: str, rules: Rules) -> list[Step]:
    dataset = project.dataset(name)
    schemas = {"bronze": BRONZE, "quarantine": QUARANTINE, "silver": rules.schema}
    steps: list[Step] = []
    for layer in _LAYERS:
        table = f"{layer}.{dataset}"
        if not lake.has(table):
            steps.append(Step(pipeline=name, action="create", target=table))
            continue
        wanted = to_iceberg(storable(schemas[layer]))
        found = compare(lake.table(table).schema().as_struct(), wanted.as_struct())
        steps += [_change(name, table, change) for change in found]
    steps += _behind(lake, name, dataset)
    cursors: dict[str, Any] = {}
    if lake.has(f"bronze.{dataset}"):
        marks = read_place(lake.table(f"bronze.{dataset}")).marks
        cursors = {partition: mark.cursor for partition, mark in marks.items()}
    return [*steps, _read(project, name, cursors)]


def _change(name: str, table: str, change: evolve.Step) -> Step:
    match change:
        case evolve.Broken(reason):
            return Step(pipeline=name, action="refuse", target=table, detail=reason)
        case evolve.Added(path, kind):
            return Step(pipeline=name, action="evolve", target=table, detail=f"adds {'.'.join(path)}: {kind}")
        case evolve.Widened(path, kind):
            return Step(
                pipeline=name, action="evolve", target=table, detail=f"widens {'.'.join(path)} to {kind}"
            )


def _behind(lake: Lake, name: str, dataset: str) -> list[Step]:
    """Batches of bronze that silver has not got."""
    if not lake.has(f"bronze.{dataset}"):
        return []
    done = read_place(lake.table(f"silver.{dataset}")).marks if lake.has(f"silver.{dataset}") else {}
    found = []
    for partition, mark in read_place(lake.table(f"bronze.{dataset}")).marks.items():
        first = (done[partition].batch if partition in done else 0) + 1
        if first <= mark.batch:
            told = f"batches {first} to {mark.batch} of {partition}"
            found.append(Step(pipeline=name, action="catch up", target=f"silver.{dataset}", detail=told))
    return found


def _read(project: Project, name: str, cursors: dict[str, Any]) -> Step:
    settings = project.source_settings(name)
    told = ", ".join(f"{key} {value}" for key, value in settings.items() if key in _TOLD)
    whence = (
        f"; on from {len(cursors)} partition{'s' if len(cursors) > 1 else ''}"
        if cursors
        else "; from its start"
    )
    return Step(
        pipeline=name,
        action="read",
        target=str(settings.get("kind")),
        detail=(told + whence).removeprefix("; "),
    )


_TOLD = ("path", "url", "base_url", "description", "assets", "folder", "shape", "records", "seed")


def _gold(project: Project, lake: Lake) -> list[Step]:
    models = gold_models(project)
    found = gold.plan(models, gold.look(lake, models, gold_contracts(project)))
    return [
        Step(pipeline="gold", action=step.action, target=f"gold.{step.model}", detail=step.reason)
        for step in found
    ]
