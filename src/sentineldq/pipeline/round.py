"""A round over a project: every pipeline, then gold, then what is watched: freshness, monitors and drift."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import msgspec

from sentineldq.contracts.load import load_contract
from sentineldq.contracts.model import Contract
from sentineldq.lake.open import Lake
from sentineldq.monitors.freshness import Freshness
from sentineldq.monitors.model import KINDS, Watched
from sentineldq.pipeline.drift.look import Looked, look_at_drift
from sentineldq.pipeline.freshness import keep, measure_all
from sentineldq.pipeline.gold.build import Built, build
from sentineldq.pipeline.gold.model import Model, load_models
from sentineldq.pipeline.monitor.run import run_monitors, stale, tell
from sentineldq.pipeline.project import Project
from sentineldq.pipeline.runner import Runner
from sentineldq.pipeline.tally import Ran
from sentineldq.store import findings
from sentineldq.store.database import Store
from sentineldq.telemetry.metrics import Metrics

GOLD = "gold_*.odcs.yaml"
CONTRACTS = "contracts"


class Round(msgspec.Struct, kw_only=True):
    """What a round came to.

    simulated: whether the records were invented. drift: of datasets that changed since the last look. seconds: by part.
    """

    project: str
    simulated: bool
    pipelines: list[Ran] = []
    gold: list[Built] = []
    freshness: list[Freshness] = []
    watched: list[Watched] = []
    drift: list[Looked] = []
    seconds: dict[str, float] = {}

    @property
    def worst(self) -> str:
        """`failed` where a part could not be run, `refused` where gold was not published, else `succeeded`."""
        if any(ran.status == "failed" for ran in self.pipelines) or any(
            made.status == "failed" for made in self.gold
        ):
            return "failed"
        return "refused" if any(made.status == "refused" for made in self.gold) else "succeeded"


def run_round(
    project: Project,
    *,
    names: Collection[str] = (),
    lake: Lake,
    store: Store,
    metrics: Metrics | None = None,
    stop: threading.Event | None = None,
    told: Callable[[str], None] | None = None,
) -> Round:
    """Run the pipelines named (all of them by default), one after the other, then build gold and look at what came.

    told: is given a sentence on what begins. Raises UsageError, ContractError for what is wrong with the project.
    """
    say = told or (lambda _: None)
    chosen = [name for name in project.settings.pipelines if not names or name in names]
    for name in names:
        project.pipeline(name)
    kinds = {project.source_settings(name).get("kind") for name in chosen}
    found = Round(project=project.name, simulated=project.simulated or kinds == {"simulate"})
    halt = stop or threading.Event()
    for name in chosen:
        say(f"{project.name}: {name}")
        runner = Runner(project, name, lake=lake, store=store, metrics=metrics, stop=halt)
        with timed(found, name):
            found.pipelines.append(runner.run())
        if halt.is_set():
            return found
    say(f"{project.name}: gold")
    with timed(found, "gold"):
        found.gold = build_gold(project, lake, store)
    say(f"{project.name}: freshness")
    with timed(found, "freshness"):
        now = datetime.now(UTC)
        found.freshness = measure_all(project, lake, now=now)
        keep(lake, store, found.freshness, now=now)
    if project.settings.monitors.enabled:
        say(f"{project.name}: monitors")
        with timed(found, "monitors"):
            found.watched = watch_once(project, lake, store, found.freshness)
        say(f"{project.name}: drift")
        with timed(found, "drift"):
            found.drift = look_at_drift(project, store, now=datetime.now(UTC), moved=True)
    return found


def watch_once(project: Project, lake: Lake, store: Store, measured: Iterable[Freshness]) -> list[Watched]:
    """What the monitors say, with what was measured of freshness; simulated data is stale by nature, and not told."""
    now = datetime.now(UTC)
    stood = [] if project.simulated else [stale(one, now=now) for one in measured]
    for one in stood:
        tell(store, project.name, one)
    kinds = [kind for kind in project.settings.monitors.kinds or KINDS if kind != "freshness"]
    return stood + run_monitors(project, lake, store, now=now, kinds=kinds)


def build_gold(project: Project, lake: Lake, store: Store) -> list[Built]:
    """Build, audit and publish what is not up to date; what is refused or fails becomes a finding."""
    models = gold_models(project)
    if not models:
        return []
    made = build(lake, models, contracts=gold_contracts(project), now=datetime.now(UTC))
    for one in made:
        key = f"gold/{project.name}/{one.model}"
        if one.status in {"refused", "failed"}:
            findings.report(
                store,
                key=key,
                kind="gold",
                severity="CRITICAL",
                title=f"gold.{one.model} was {one.status}: {one.reason}"[:500],
                dataset=f"gold.{one.model}",
                details={"failed": [check.name for check in one.failed]},
            )
        else:
            findings.clear(store, key=key)
    return made


def gold_models(project: Project) -> list[Model]:
    """The project's gold models, in the order of their dependencies. Raises UsageError."""
    folder = project.root / project.settings.gold.models
    if not folder.is_dir():
        return []
    return load_models(folder, silver=[project.dataset(name) for name in project.settings.pipelines])


def gold_contracts(project: Project) -> Mapping[str, Contract]:
    """The contracts of gold, by the stem of their files. Raises ContractError."""
    return {
        stem(path): load_contract(path, variables=project.variables)
        for path in sorted((project.root / CONTRACTS).glob(GOLD))
    }


def stem(path: Path) -> str:
    """`gold_summary` of `contracts/gold_summary.odcs.yaml`."""
    return path.name.split(".", 1)[0]


class timed:  # noqa: N801  # used as a word of the language: `with timed(…)`
    """Take the time of a block, for a round's `seconds`."""

    def __init__(self, found: Round, part: str) -> None:
        self.found, self.part = found, part

    def __enter__(self) -> None:
        self.begun = perf_counter()

    def __exit__(self, *_: object) -> None:
        self.found.seconds[self.part] = round(perf_counter() - self.begun, 3)


def total(rounds: Iterable[Round], name: str) -> int:
    """The sum of a count over all pipelines."""
    return sum(int(getattr(ran, name)) for one in rounds for ran in one.pipelines)
