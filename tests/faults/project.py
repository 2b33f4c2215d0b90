"""A project to try faults on: one pipeline over a source whose ledger is known."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from sentineldq.lake.open import open_lake
from sentineldq.lake.orphans import find_orphans
from sentineldq.lake.place import read_place
from tests.faults.checker import LAYERS, inspect
from tests.faults.ledger import Ledger, Simulation
from tests.faults.nursery import Child, Nursery

DATASET = "clicks"
CONTRACT = Path(__file__).parents[2] / "projects" / "commerce" / "contracts" / "clickstream.odcs.yaml"
RUN = ("run", "--once", "--format", "json", DATASET)


@dataclass(frozen=True)
class Trial:
    """A project's folder and what its source sends. `state` holds all that runs leave behind."""

    root: Path
    ledger: Ledger

    @property
    def state(self) -> Path:
        return self.root / ".sentinel"

    @property
    def warehouse(self) -> Path:
        return self.state / "lake"

    def problems(self, *, finished: bool, orphans: int | None = None) -> list[str]:
        """What the checker finds wrong."""
        if not self.warehouse.exists():
            return ["there is no lake"] if finished else []
        return inspect(self.warehouse, DATASET, self.ledger, finished=finished, orphans=orphans)

    def start(self, nursery: Nursery, **options: Any) -> Child:
        """Begin a run."""
        return nursery.start(self.root, *RUN, **options)

    def run(self, nursery: Nursery, **options: Any) -> Child:
        """A whole run."""
        return nursery.run(self.root, *RUN, **options)

    def marks(self) -> dict[str, int]:
        """The number of the last batch that each layer has."""
        found = {}
        with open_lake(warehouse=str(self.warehouse)) as lake:
            for layer in LAYERS:
                if lake.has(f"{layer}.{DATASET}"):
                    mark = read_place(lake.table(f"{layer}.{DATASET}")).marks.get(self.ledger.partition)
                    found[layer] = mark.batch if mark else 0
        return found

    def lost(self) -> set[str]:
        """The files that belong to nothing: what a commit had written when it was stopped."""
        if not self.warehouse.exists():
            return set()
        with open_lake(warehouse=str(self.warehouse)) as lake:
            tables = [lake.table(name) for name in lake.names()]
            later = datetime.now(UTC) + timedelta(hours=1)
            return {
                one.location for table in tables for one in find_orphans(table, grace=timedelta(), now=later)
            }

    def keep(self) -> None:
        """Remember the state; `again` brings it back, at the same paths."""
        shutil.rmtree(self._kept, ignore_errors=True)
        shutil.copytree(self.state, self._kept)

    def again(self) -> None:
        shutil.rmtree(self.state, ignore_errors=True)
        shutil.copytree(self._kept, self.state)

    @property
    def _kept(self) -> Path:
        return self.root / "kept"


def simulated(root: Path, simulation: Simulation) -> Trial:
    """A project that reads a simulation."""
    return project(root, simulation.source, simulation.ledger())


def filed(root: Path, simulation: Simulation) -> Trial:
    """A project that reads a folder of NDJSON files, into which `deliver` puts them one by one."""
    sent = simulation.ledger()
    ledger = replace(
        sent, partition=f"files:{DATASET}", records=[record + b"\n" for record in sent.records], reached=None
    )
    source = {"kind": "files", "path": "incoming", "order": "name", "settle": 0.0}
    trial = project(root, source, ledger)
    (root / "incoming").mkdir()
    return trial


def deliver(trial: Trial, start: int, stop: int) -> None:
    """One more file, of these records of the ledger; it is on the disk when this returns."""
    path = trial.root / "incoming" / f"{start:06d}.ndjson"
    with path.with_suffix(".tmp").open("wb") as file:
        file.writelines(trial.ledger.records[start:stop])
        file.flush()
        os.fsync(file.fileno())
    path.with_suffix(".tmp").rename(path)


def project(root: Path, source: dict[str, Any], ledger: Ledger, *, contract: Path = CONTRACT) -> Trial:
    """A new project in a folder, which is emptied."""
    shutil.rmtree(root, ignore_errors=True)
    (root / "contracts").mkdir(parents=True)
    shutil.copy(contract, root / "contracts" / "clicks.odcs.yaml")
    settings = {
        "name": "faults",
        "lake": ".sentinel/lake",
        "store": "sqlite:///.sentinel/store.db",
        "pipelines": {DATASET: {"contract": "contracts/clicks.odcs.yaml", "source": source}},
    }
    (root / "sentinel.yaml").write_text(yaml.safe_dump(settings))
    return Trial(root, ledger)
