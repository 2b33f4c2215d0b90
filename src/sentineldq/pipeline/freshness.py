"""How old each dataset of a project is, measured now and written down."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sentineldq.contracts.event import service_level
from sentineldq.contracts.load import load_contract
from sentineldq.errors import SentinelError, UsageError, suggest
from sentineldq.lake.open import Lake
from sentineldq.monitors.freshness import Freshness, measure, write_freshness
from sentineldq.pipeline.project import Project
from sentineldq.store import freshness as written
from sentineldq.store.database import Store

SUFFIX = ".odcs.yaml"


def measure_all(project: Project, lake: Lake, *, now: datetime) -> list[Freshness]:
    """The freshness of each silver dataset, and of the gold tables whose contract states one.

    A contract that cannot be read is a measurement that failed; it stops no other.
    """
    found = []
    for dataset, path in datasets(project).items():
        try:
            contract = load_contract(project.root / path, variables=project.variables)
        except SentinelError as fault:
            found.append(_failed(dataset, fault.message))
            continue
        if dataset.startswith("silver.") or service_level(contract) is not None:
            found.append(measure(lake, dataset, contract, now=now))
    return found


def datasets(project: Project) -> dict[str, str]:
    """The tables that a contract speaks of: `silver.X` of each pipeline, `gold.X` of each `contracts/gold_X`."""
    silver = {
        f"silver.{project.dataset(name)}": chosen.contract
        for name, chosen in sorted(project.settings.pipelines.items())
    }
    models = sorted(path.stem for path in (project.root / project.settings.gold.models).glob("*.sql"))
    gold = {f"gold.{name}": f"contracts/gold_{name}{SUFFIX}" for name in models}
    return silver | {name: path for name, path in gold.items() if (project.root / path).is_file()}


def keep(lake: Lake, store: Store, found: Iterable[Freshness], *, now: datetime) -> str:
    """Write measurements to `freshness.json` and to the store; the file's path. Raises WriteError, StoreError."""
    measured = list(found)
    path = write_freshness(lake, measured)
    rows = [
        written.Freshness(
            dataset=one.dataset,
            last_event_at=one.last_event_at,
            last_commit_at=one.last_commit_at,
            age_seconds=one.age_seconds,
            allowed_seconds=one.allowed_seconds,
            status=one.status,
            measured_at=now,
        )
        for one in measured
    ]
    if rows:
        written.record(store, measurements=rows)
    return path


def pick(found: Collection[Freshness], names: Collection[str]) -> list[Freshness]:
    """The measurements asked for, by table or, of silver, by dataset (`events`); all of them without a name.

    Raises UsageError for a name that was not measured.
    """
    by_name = {one.dataset: one for one in found}
    short = {name.removeprefix("silver."): one for name, one in by_name.items()}
    known = {**short, **by_name}
    for name in names:
        if name not in known:
            raise UsageError(f"there is no freshness of {name!r}", hint=suggest(name, by_name))
    return [known[name] for name in names] if names else list(found)


def _failed(dataset: str, message: str) -> Freshness:
    return Freshness(
        dataset=dataset,
        last_event_at=None,
        last_commit_at=None,
        age_seconds=None,
        allowed_seconds=None,
        status="error",
        message=message,
    )
