"""Watch mode: retries, findings, and each due instant once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyiceberg.table import Table

from sentineldq.lake.scan import scan
from sentineldq.pipeline import watch
from sentineldq.pipeline.project import Project, load_project
from sentineldq.pipeline.runner import Runner
from sentineldq.pipeline.schedule import parse
from sentineldq.store import due, findings, measurements
from sentineldq.store.measurements import Measurement
from sentineldq.store.open import open_store
from sentineldq.telemetry.metrics import Metrics

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "data").mkdir()
    (tmp_path / "orders.odcs.yaml").write_text(CONTRACT)
    settings = {
        "name": "shop",
        "pipelines": {
            "orders": {"contract": "orders.odcs.yaml", "source": {"kind": "files", "path": "data"}}
        },
    }
    (tmp_path / "sentinel.yaml").write_text(yaml.safe_dump(settings))
    return load_project(tmp_path)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "FIRST", 0.01)
    monkeypatch.setattr(watch, "LONGEST", 0.02)


def test_a_failure_that_stays_is_a_finding_and_success_clears_it(project: Project) -> None:
    contract = project.root / "orders.odcs.yaml"
    contract.write_text("nonsense: 1\n")
    with project.open_lake() as lake, project.open_store() as store:
        runner = Runner(project, "orders", lake=lake, store=store)
        ran = watch.attempt(runner, store, threading.Event(), follow=False)
        assert ran.status == "failed"
        (finding,) = findings.query(store, still=True)
        assert (finding.kind, finding.severity, finding.details["attempts"]) == ("run", "CRITICAL", 5)
        contract.write_text(CONTRACT)
        assert watch.attempt(runner, store, threading.Event(), follow=False).status == "succeeded"
        assert findings.query(store, still=True) == []


def test_a_failure_that_passes_is_none(project: Project) -> None:
    (project.root / "orders.odcs.yaml").rename(project.root / "away.yaml")
    with project.open_lake() as lake, project.open_store() as store:
        runner = Runner(project, "orders", lake=lake, store=store)
        begun = runner.run
        tries = []

        def run(**options: object) -> object:
            tries.append(1)
            if len(tries) == 3:
                (project.root / "away.yaml").rename(project.root / "orders.odcs.yaml")
            return begun(**options)

        runner.run = run  # counts the tries; all the rest is real
        assert watch.attempt(runner, store, threading.Event(), follow=False).status == "succeeded"
        assert len(tries) == 3
        assert findings.query(store, still=True) == []


def test_each_due_instant_runs_once_whoever_claims_it(tmp_path: Path) -> None:
    schedule = parse({"every": "1s"}, name="job")
    ran: list[str] = []
    lock, stop = threading.Lock(), threading.Event()

    def work() -> None:
        with lock:
            ran.append(threading.current_thread().name)
            if len(ran) >= 4:
                stop.set()

    def loop() -> None:
        with open_store(f"sqlite:///{tmp_path / 'store.db'}") as store:
            watch._at_each(store, "job", schedule, work, stop)

    threads = [threading.Thread(target=loop, name=str(number)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with open_store(f"sqlite:///{tmp_path / 'store.db'}") as store:
        done = due.query(store, job="job", state="done")
    assert len(done) == len(ran)
    assert len({one.due_at for one in done}) == len(done)


def test_what_came_due_while_nothing_ran_runs_once(tmp_path: Path) -> None:
    schedule = parse({"every": "1h"}, name="job")
    long_ago = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=5)
    ran, stop = [], threading.Event()

    def work() -> None:
        ran.append(1)
        stop.set()

    with open_store(f"sqlite:///{tmp_path / 'store.db'}") as store:
        due.claim(store, job="job", due_at=long_ago)
        due.finish(store, job="job", due_at=long_ago, state="done")
        watch._at_each(store, "job", schedule, work, stop)
        told = due.query(store, job="job")
    assert len(ran) == 1
    assert [one.state for one in told].count("skipped") == 4


@pytest.mark.parametrize(
    ("settings", "left"),
    [({}, 2), ({"upkeep": {"keep-history": "30d"}}, 1)],
    ids=["90 days", "as the project says"],
)
def test_upkeep_takes_what_is_old_out_of_the_store(
    project: Project, settings: dict[str, Any], left: int
) -> None:
    file = project.root / "sentinel.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | settings))
    now = datetime.now(UTC)
    with project.open_lake() as lake, project.open_store() as store:
        points = [
            Measurement(series="s", at=now - timedelta(days=days), value=1.0, dataset=None, monitor="volume")
            for days in (100, 60, 1)
        ]
        measurements.record(store, points)
        watch._upkeep(load_project(project.root), lake, store, Metrics())
        assert len(measurements.read(store, series="s")) == left


def test_a_table_at_a_time_is_kept_in_order(project: Project) -> None:
    """Bronze, quarantine and silver come due together; what arrives waits for one of them at most."""
    for number in range(40):
        (project.root / "data" / f"{number:02}.ndjson").write_text(f'{{"id": {number}}}\n{{"id": "x"}}\n')
    with project.open_lake() as lake, project.open_store() as store:
        runner = Runner(project, "orders", lake=lake, store=store)
        assert runner.run().status == "succeeded"
        dataset = runner.dataset
        assert dataset is not None
        tidy, left = watch._tidy(project), []
        for _ in range(watch.TABLES + 1):
            tidy(dataset)
            left.append(
                sum(_files(table) > 16 for table in (dataset.bronze, dataset.quarantine, dataset.silver))
            )
        assert left == [2, 1, 0, 0]
        assert sorted(scan(dataset.silver).collect()["id"]) == list(range(40))


def _files(table: Table) -> int:
    return len([*table.scan().plan_files()])
