"""A round over the projects that are shipped: everything adds up, and what is refused is what was injected."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import click
import polars as pl
import pytest
import yaml

from sentineldq.errors import UsageError
from sentineldq.lake.open import Lake
from sentineldq.lake.scan import scan
from sentineldq.pipeline.dataset import Dataset
from sentineldq.pipeline.drift.look import Looked
from sentineldq.pipeline.project import Project, load_project
from sentineldq.pipeline.round import Round, run_round, stem, total
from sentineldq.pipeline.rules import rules_of
from sentineldq.reports.run import rounds_table
from sentineldq.sources.simulate import Simulate
from sentineldq.store import feedback, findings, looks
from sentineldq.store.database import Store
from sentineldq.store.feedback import Feedback
from tests.pipeline import parts

PROJECTS = Path(__file__).parents[2] / "projects"
RECORDS = 400


@dataclass(frozen=True)
class Trial:
    project: Project
    lake: Lake
    store: Store
    first: Round

    def tables(self, name: str) -> parts.Tables:
        rules = rules_of(*self.project.agreement(name))
        return parts.tables(Dataset(self.lake, self.project.dataset(name), rules))

    def refused(self, name: str) -> Counter[str]:
        """Hashes of the records that the simulation has spoilt, by its own account, once for each time sent."""
        source = self.project.source(name)
        assert isinstance(source, Simulate)
        stream = source._made.stream(source._made.start or 0.0)
        return Counter(
            {line.position: line.hash for line in stream.truth() if line.expected == "refused"}.values()
        )

    def again(self) -> Round:
        return run_round(self.project, lake=self.lake, store=self.store)


@pytest.fixture(scope="module", params=["commerce", "github", "market"])
def trial(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    root = tmp_path_factory.mktemp("round") / request.param
    shutil.copytree(PROJECTS / request.param, root, ignore=shutil.ignore_patterns(".sentinel"))
    told = yaml.safe_load((root / "sentinel.yaml").read_text())
    for pipeline in told["pipelines"].values():
        simulated = pipeline.get("simulate") or pipeline["source"]
        simulated["records"] = min(RECORDS, simulated["records"])
        simulated["batch_rows"] = 150
    (root / "sentinel.yaml").write_text(yaml.safe_dump(told))
    project = load_project(root, simulated=True)
    with project.open_lake() as lake, project.open_store() as store:
        yield Trial(project, lake, store, run_round(project, lake=lake, store=store))


def test_every_pipeline_succeeds_and_gold_is_published(trial: Trial) -> None:
    assert [(ran.pipeline, ran.status, ran.error) for ran in trial.first.pipelines] == [
        (name, "succeeded", None) for name in trial.project.settings.pipelines
    ]
    assert trial.first.worst == "succeeded"
    assert {made.status for made in trial.first.gold} == {"published"}
    assert {one.dataset.split(".")[-1] for one in trial.first.freshness} >= set(
        trial.project.settings.pipelines
    )
    assert [one for one in findings.query(trial.store) if one.kind in {"gold", "poison", "contract"}] == []


def test_each_record_is_in_one_place(trial: Trial) -> None:
    for ran in trial.first.pipelines:
        found = trial.tables(ran.pipeline)
        found.check()
        assert found.bronze.height == ran.rows == ran.silver + ran.quarantined + ran.duplicates + ran.dropped
        assert (found.silver.height, found.quarantine.height) == (ran.silver, ran.quarantined)
    assert total([trial.first], "rows") == sum(ran.rows for ran in trial.first.pipelines)


def test_what_is_in_quarantine_is_what_was_spoilt(trial: Trial) -> None:
    for name in trial.project.settings.pipelines:
        quarantined = Counter(trial.tables(name).quarantine["hash"])
        injected = trial.refused(name)
        assert injected
        assert set(quarantined) == set(injected)
        assert quarantined >= injected  # one that is sent twice is refused twice


def test_a_second_round_changes_nothing(trial: Trial) -> None:
    before = {name: scan(trial.lake.table(name)).collect() for name in trial.lake.names()}
    second = trial.again()
    assert second.worst == "succeeded"
    assert total([second], "rows") == 0
    after = {name: scan(trial.lake.table(name)).collect() for name in trial.lake.names()}
    assert before.keys() == after.keys()
    for name, held in before.items():
        assert _sorted(held).equals(_sorted(after[name])), name


def _sorted(frame: pl.DataFrame) -> pl.DataFrame:
    columns = [name for name, kind in frame.schema.items() if not kind.is_nested()]
    return frame.sort(columns)


# ---------------------------------------------------------------------------------------- parts of a round


def _small(root: Path, **options: Any) -> Project:
    (root / "in").mkdir(parents=True)
    (root / "in" / "clicks.ndjson").write_bytes(
        b"".join(parts.line(parts.click(n)) + b"\n" for n in range(5))
    )
    return load_project(
        parts.write_project(root, source={"kind": "files", "path": "in", "settle": 0}, **options)
    )


def test_a_name_that_is_no_pipeline_is_an_error_before_anything_runs(tmp_path: Path, lake, store) -> None:
    project = _small(tmp_path / "project")
    with pytest.raises(UsageError, match="no pipeline 'clics'"):
        run_round(project, names=["clics"], lake=lake, store=store)
    assert lake.names() == []


def test_a_round_that_is_stopped_builds_no_gold(tmp_path: Path, lake, store) -> None:
    stop, said = Event(), []
    stop.set()
    found = run_round(_small(tmp_path / "project"), lake=lake, store=store, stop=stop, told=said.append)
    assert [ran.status for ran in found.pipelines] == ["stopped"]
    assert said == ["trial: clicks"]


def test_a_pipeline_that_fails_is_the_worst_of_a_round(tmp_path: Path, lake, store) -> None:
    project = _small(tmp_path / "project")
    (project.root / "contracts" / "clicks.odcs.yaml").unlink()
    found = run_round(project, lake=lake, store=store)
    assert found.worst == "failed"
    assert "clicks.odcs.yaml" in (found.pipelines[0].error or "")


def test_the_stem_of_a_contract() -> None:
    assert stem(Path("contracts/gold_summary.odcs.yaml")) == "gold_summary"


# ---------------------------------------------------------------------------------------- drift

DAY = timedelta(days=1)
BEGUN = datetime(2026, 3, 1, tzinfo=UTC)


def _day(root: Path, number: int, *, times: int = 1) -> None:
    """A file with a day of clicks; times: how much larger they are than usual."""
    rows = []
    for n in range(480):
        at = BEGUN + number * DAY + n * timedelta(minutes=3)
        size = (n * 37) % 100 * times
        rows.append(parts.click(1000 * number + n, size=size, kind="abc"[n % 3], at=at.isoformat()))
    (root / "in" / f"{number}.ndjson").write_bytes(b"".join(parts.line(row) + b"\n" for row in rows))


@pytest.fixture
def week(tmp_path: Path) -> Project:
    project = _small(tmp_path / "project")
    (project.root / "in" / "clicks.ndjson").unlink()
    for number in range(8):
        _day(project.root, number)
    return project


def _drifts(store: Store) -> list[tuple[str, str, int]]:
    found = findings.query(store, kind="drift", still=True)
    return [(one.key, one.severity, one.count) for one in found]


def test_a_round_looks_at_drift_where_the_data_ends(week: Project, lake, store) -> None:
    first = run_round(week, lake=lake, store=store)
    assert first.drift == [Looked(dataset="clicks")]
    assert first.seconds.keys() >= {"monitors", "drift"}
    ends = [
        look.current_end
        for look in looks.query(store, datasets=["clicks"], since=BEGUN, until=BEGUN + 9 * DAY)
    ]
    assert ends[-1] == BEGUN + 8 * DAY
    assert len(ends) > 1  # the windows before are looked at as well
    assert _drifts(store) == []


def test_what_drifts_is_a_finding_and_not_a_failure(week: Project, lake, store) -> None:
    run_round(week, lake=lake, store=store)
    _day(week.root, 8, times=5)
    second = run_round(week, lake=lake, store=store)
    assert second.drift == [Looked(dataset="clicks", worst="CRITICAL", drifted=["size"])]
    assert second.worst == "succeeded"
    assert _drifts(store) == [("drift/clicks/distribution/size", "CRITICAL", 1)]
    assert "critical drift in clicks: size\n" in click.unstyle(rounds_table([second]))


def test_it_is_looked_at_again_only_when_something_has_changed(week: Project, lake, store) -> None:
    _day(week.root, 8, times=5)
    assert len(run_round(week, lake=lake, store=store).drift) == 1
    assert run_round(week, lake=lake, store=store).drift == []
    assert [times for _, _, times in _drifts(store)] == [1]
    late = parts.click(1, at=(BEGUN + 3 * DAY).isoformat(), size=4) | {"id": 999_999}
    (week.root / "in" / "late.ndjson").write_bytes(parts.line(late) + b"\n")
    assert len(run_round(week, lake=lake, store=store).drift) == 1
    assert [times for _, _, times in _drifts(store)] == [2]
    said = Feedback(
        series="volume/clicks",
        since=BEGUN + 2 * DAY,
        until=BEGUN + 3 * DAY,
        verdict="incident",
        made_at=BEGUN,
    )
    feedback.give(store, said)
    assert len(run_round(week, lake=lake, store=store).drift) == 1  # the baseline is another one
    assert run_round(week, lake=lake, store=store).drift == []


def test_too_little_to_compare_is_said_and_no_failure(tmp_path: Path, lake, store) -> None:
    found = run_round(_small(tmp_path / "project"), lake=lake, store=store)
    assert found.worst == "succeeded"
    assert [(one.dataset, one.worst) for one in found.drift] == [("clicks", None)]
    assert (found.drift[0].reason or "").startswith("not enough history")
    assert "drift" not in rounds_table([found])


def test_windows_that_cannot_be_are_told_and_no_failure(week: Project, lake, store) -> None:
    settings = week.root / "sentinel.yaml"
    told = yaml.safe_load(settings.read_text())
    told["drift"] = {"windowing": {"current": "90m"}}
    settings.write_text(yaml.safe_dump(told))
    found = run_round(load_project(week.root), lake=lake, store=store)
    assert found.worst == "succeeded"
    assert "is not in whole hours" in (found.drift[0].reason or "")


def test_without_monitors_nobody_looks_at_drift(week: Project, lake, store) -> None:
    settings = week.root / "sentinel.yaml"
    told = yaml.safe_load(settings.read_text()) | {"monitors": {"enabled": False}}
    settings.write_text(yaml.safe_dump(told))
    found = run_round(load_project(week.root), lake=lake, store=store)
    assert (found.drift, "drift" in found.seconds) == ([], False)
    assert not looks.any_of(store, "clicks")
