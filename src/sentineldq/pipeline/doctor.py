"""What is configured, reachable and missing in a project, and how to mend it; as data, for whoever shows it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sentineldq.contracts.duration import parse_duration
from sentineldq.contracts.lint import lint_document
from sentineldq.errors import SentinelError
from sentineldq.pipeline.gold.plan import contract_of
from sentineldq.pipeline.machine import (
    examine_disk,
    examine_python,
    examine_reports,
    examine_sqlite,
    examine_zones,
)
from sentineldq.pipeline.note import Level, Note, attempt, fault_note, plural
from sentineldq.pipeline.project import FILE, Project, load_project
from sentineldq.pipeline.reach import examine_extra, examine_lake, examine_source, examine_store
from sentineldq.pipeline.round import gold_contracts, gold_models
from sentineldq.pipeline.rules import rules_of
from sentineldq.pipeline.schedule import next_due, parse
from sentineldq.pipeline.watched import examine_channels, examine_monitors
from sentineldq.sources.registry import make
from sentineldq.telemetry.secrets import Masker, values

_VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)(:-[^}]*)?\}")
_NAMED = re.compile(r"(^|_)env$")


def examine(folder: Path, *, simulated: bool = False, now: datetime | None = None) -> list[Note]:
    """Every note on the machine and on the project in a folder. Nothing is raised, nothing made, no secret told."""
    notes = [*attempt("python", None, examine_python), *attempt("time zones", None, examine_zones)]
    variables = dict(os.environ)
    try:
        project = load_project(folder, simulated=simulated)
    except SentinelError as fault:
        notes += attempt("sqlite", None, examine_sqlite, {})
        notes.append(fault_note("project", fault, str(folder)))
    else:
        variables = project.variables
        notes += _project(project, now or datetime.now(UTC))
    masker = Masker(values(variables))
    return [
        replace(note, **{name: masker.text(text) for name, text in _texts(note) if text}) for note in notes
    ]


def _texts(note: Note) -> Iterator[tuple[str, str | None]]:
    yield from (("what", note.what), ("where", note.where), ("hint", note.hint))


def _project(project: Project, now: datetime) -> Iterator[Note]:
    settings, file = project.settings, FILE
    databases = {
        "store": Path(project.store_url.removeprefix("sqlite:///")),
        "catalog": Path((project.catalog or f"{project.warehouse}/catalog.db").removeprefix("sqlite:///")),
    }
    yield from attempt("sqlite", None, examine_sqlite, databases)
    count = len(settings.pipelines)
    told = f"{project.name}: {plural(count, 'pipeline')}{', simulated' if project.simulated else ''}"
    level: Level = "ok" if count else "warning"
    hint = None if count else f"add one to {FILE}: docs/reference/project.md lists the keys"
    yield Note(level=level, about="project", what=told, where=str(project.root / FILE), hint=hint)
    yield from attempt("variables", file, _variables, project)
    for path in _contracts(project):
        yield from attempt("contract", path, _contract, project, path)
    for name in settings.pipelines:
        yield from attempt(f"pipeline {name}", file, _pipeline, project, name, now)
    yield from attempt("gold", settings.gold.models, _gold, project)
    for about, config in (
        ("gold", settings.gold.schedule),
        ("upkeep", settings.upkeep.schedule),
        ("monitors", settings.monitors.schedule),
        ("drift", settings.monitors.drift_schedule),
    ):
        if config is not None:
            yield from attempt(f"schedule of {about}", file, _schedule, about, config, now)
    yield from attempt("upkeep", file, _upkeep, settings.upkeep.keep_snapshots)
    yield from attempt("monitors", file, examine_monitors, project)
    yield from attempt("alerts", file, examine_channels, project)
    yield from attempt("lake", project.warehouse, examine_lake, project)
    yield from attempt("store", None, examine_store, project)
    yield from attempt("disk", None, examine_disk, project.state)
    yield from attempt("error reports", None, examine_reports, project.variables)


def _variables(project: Project) -> Iterator[Note]:
    """Which variables the project file names, and whether each is set; never to what."""
    text = (project.root / FILE).read_text("utf-8-sig")
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    named = sorted({match[1] for match in _VARIABLE.finditer(lines)})
    told = [f"{name} {'set' if project.variables.get(name) else 'by default'}" for name in named]
    if told:
        yield Note(level="ok", about="variables", what=", ".join(told))


# ----------------------------------------------------------------------------------------- contracts


def _contracts(project: Project) -> list[str]:
    """Every contract of the project, by its path in it."""
    below = (path for path in (project.root / "contracts").rglob("*.odcs.y*ml"))
    named = {chosen.contract for chosen in project.settings.pipelines.values()}
    return sorted(named | {path.relative_to(project.root).as_posix() for path in below})


def _contract(project: Project, path: str) -> Iterator[Note]:
    found = lint_document(project.root / path)
    errors = [problem for problem in found if problem.level == "error"]
    warnings = [problem for problem in found if problem.level == "warning"]
    worst = errors or warnings
    if not worst:
        yield Note(level="ok", about="contract", what="nothing is wrong", where=path)
        return
    more = f" (and {len(worst) - 1} more)" if len(worst) > 1 else ""
    yield Note(
        level="problem" if errors else "warning",
        about="contract",
        what=f"{worst[0]}{more}",
        where=path,
        hint=f"sentinel contract lint {project.root / path}",
    )


# ----------------------------------------------------------------------------------------- pipelines


def _pipeline(project: Project, name: str, now: datetime) -> Iterator[Note]:
    """Its contract's rules, its schedule, its source: whether they make sense, and whether the source answers."""
    file, about, chosen = FILE, f"pipeline {name}", project.pipeline(name)
    yield from attempt(about, chosen.contract, _rules, project, name)
    if chosen.schedule is not None:
        yield from attempt(about, file, _schedule, name, chosen.schedule, now)
    unset = list(attempt(about, file, _named, name, chosen.source, project))
    yield from unset
    yield from attempt(about, file, examine_extra, project, name)
    if not any(note.level == "problem" for note in unset):  # the source would only say the same
        yield from attempt(about, file, _sources, project, name)


def _rules(project: Project, name: str) -> Iterator[Note]:
    contract, table = project.agreement(name)
    rules = rules_of(contract, table)
    told = f"{table.name} {contract.version}: {len(rules.schema.names)} columns, {len(rules.checks)} checks"
    yield Note(level="ok", about=f"pipeline {name}", what=told, where=project.pipeline(name).contract)


def _schedule(name: str, config: dict[str, Any], now: datetime) -> Iterator[Note]:
    due = next_due(parse(config, name=name), now)
    yield Note(level="ok", about=f"schedule of {name}", what=f"next due {due:%Y-%m-%d %H:%M:%S} UTC")


def _named(name: str, config: dict[str, Any], project: Project) -> Iterator[Note]:
    """The variables that a source names and that are not set."""
    if project.simulated:
        return
    wanted = {**({"token_env": "GITHUB_TOKEN"} if config.get("kind") == "github" else {}), **config}
    for key, variable in _leaves(wanted):
        if _NAMED.search(key) and isinstance(variable, str) and not os.environ.get(variable):
            needed = key != "token_env"
            yield Note(
                level="problem" if needed else "warning",
                about=f"source of {name}",
                what=f"the environment variable {variable} is not set"
                + ("" if needed else ": GitHub allows 60 requests an hour without a token, 5,000 with one"),
                where=f"{FILE}: pipelines.{name}.source.{key}",
                hint=f"set {variable} in the environment of each run; secrets have no place in {FILE}",
            )


def _leaves(config: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in config.items():
        if isinstance(value, dict):
            yield from _leaves(value)
        else:
            yield key, value


def _sources(project: Project, name: str) -> Iterator[Note]:
    """The source and its simulation: whether they can be made, and whether the source answers."""
    source = project.source(name)
    simulation = project.pipeline(name).simulate
    if simulation is not None and not project.simulated:
        make({"kind": "simulate", **simulation}, root=project.root, name=f"{name} (simulated)")
    yield from examine_source(project, name, source)


def _upkeep(age: str) -> Iterable[Note]:
    parse_duration(age)
    return []


# ----------------------------------------------------------------------------------------- gold


def _gold(project: Project) -> Iterator[Note]:
    """The models, in the order of their dependencies, and whether each has a contract it is audited by."""
    models, contracts = gold_models(project), gold_contracts(project)
    told = plural(len(models), "model") if models else "no models"
    yield Note(level="ok", about="gold", what=told, where=project.settings.gold.models)
    for model in models:
        if contract_of(model, contracts) is None:
            yield Note(
                level="warning",
                about="gold",
                what=f"{model.name} has no contract: it is published unaudited",
                where=model.path.relative_to(project.root).as_posix(),
                hint=f"write contracts/gold_{model.name}.odcs.yaml",
            )
