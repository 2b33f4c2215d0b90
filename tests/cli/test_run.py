"""`sentinel run`, as a user meets it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from sentineldq.cli.app import run as sentinel
from sentineldq.lake.facts import head_facts
from sentineldq.pipeline.project import load_project
from sentineldq.store import runs

PROJECTS = Path(__file__).parents[2] / "projects"
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
      - {name: amount, logicalType: number, logicalTypeOptions: {minimum: 0}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project that reads a folder of NDJSON."""
    (tmp_path / "data").mkdir()
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "orders.odcs.yaml").write_text(CONTRACT)
    settings = {
        "name": "shop",
        "pipelines": {
            "orders": {"contract": "contracts/orders.odcs.yaml", "source": {"kind": "files", "path": "data"}}
        },
    }
    (tmp_path / "sentinel.yaml").write_text(yaml.safe_dump(settings))
    return tmp_path


def feed(shop: Path, name: str, records: list[dict]) -> None:
    (shop / "data" / f".{name}").write_text("".join(json.dumps(record) + "\n" for record in records))
    (shop / "data" / f".{name}").rename(shop / "data" / name)


def orders(first: int, count: int) -> list[dict]:
    return [{"id": number, "amount": 1.5} for number in range(first, first + count)]


def test_a_run_says_what_went_where(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feed(shop, "1.ndjson", [*orders(1, 8), {"id": "x"}, {"id": 3, "amount": 9}, {"id": 10, "amount": -1}])
    assert sentinel(["run", "--project", str(shop), "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    (ran,) = found["pipelines"]
    assert (ran["rows"], ran["silver"], ran["quarantined"], ran["duplicates"]) == (11, 8, 2, 1)
    assert ran["checks"] == {"id.type": 1, "amount.range": 1}
    assert sentinel(["run", "--project", str(shop)]) == 0
    assert "0 records, 0 to silver" in capsys.readouterr().out


def test_a_plan_writes_nothing(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feed(shop, "1.ndjson", orders(1, 3))
    assert sentinel(["run", "-p", str(shop), "--dry-run", "--format", "json"]) == 0
    (plan,) = json.loads(capsys.readouterr().out)
    assert [(step["action"], step["target"]) for step in plan["steps"]] == [
        ("create", "bronze.orders"),
        ("create", "quarantine.orders"),
        ("create", "silver.orders"),
        ("read", "files"),
    ]
    assert not (shop / ".sentinel").exists()


def test_a_plan_says_what_a_changed_contract_does(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feed(shop, "1.ndjson", orders(1, 3))
    sentinel(["run", "-p", str(shop)])
    contract = shop / "contracts" / "orders.odcs.yaml"
    contract.write_text(
        f"{CONTRACT}      - {{name: note, logicalType: string}}\n".replace(
            "name: amount, logicalType: number", "name: amount, logicalType: string"
        ).replace(", logicalTypeOptions: {minimum: 0}", "")
    )
    capsys.readouterr()
    assert sentinel(["run", "-p", str(shop), "--dry-run", "--format", "json"]) == 0
    (plan,) = json.loads(capsys.readouterr().out)
    assert [(step["action"], step["target"]) for step in plan["steps"]][:2] == [
        ("refuse", "silver.orders"),
        ("evolve", "silver.orders"),
    ]
    assert sentinel(["run", "-p", str(shop)]) == 3
    assert "the contract breaks it" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "nothing"], "there is no pipeline 'nothing'"),
        (["run", "--watch", "-p", ".", "-p", "x"], "--watch takes one project"),
    ],
)
def test_misuse_is_told(
    shop: Path,
    words: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(shop)
    assert sentinel(words) == 2
    assert said in capsys.readouterr().err


def test_a_missing_project_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sentinel(["run", "-p", str(tmp_path)]) == 2
    assert "sentinel init" in capsys.readouterr().err


def test_a_faulty_project_file_is_told_line_by_line(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "sentinel.yaml").write_text("name: shop\npipelinse: {}\nlake: 3\n")
    assert sentinel(["run", "-p", str(shop)]) == 2
    told = capsys.readouterr().err
    assert "line 2" in told
    assert "did you mean 'pipelines'?" in told
    assert "line 3" in told


def test_the_shipped_projects_run_simulated_where_nothing_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_EVENTS_URL", "http://127.0.0.1:9/events")
    folder = tmp_path / "github"
    shutil.copytree(PROJECTS / "github", folder, ignore=shutil.ignore_patterns(".sentinel"))
    text = (folder / "sentinel.yaml").read_text()
    (folder / "sentinel.yaml").write_text(text.replace("records: 20000", "records: 500"))
    assert sentinel(["run", "-p", str(folder), "--records", "auto", "--format", "json"]) == 0
    told = capsys.readouterr()
    assert "its records are simulated" in told.err
    (found,) = json.loads(told.out)
    assert found["simulated"]
    assert found["pipelines"][0]["source"] == "simulate"
    assert {made["status"] for made in found["gold"]} == {"published"}
    assert not (folder / ".sentinel" / "lake").exists()  # invented records never stand among real ones


def watching(shop: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "sentineldq", "run", "--watch", "-p", str(shop), "--log-level", "info"]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def silver(shop: Path) -> int:
    project = load_project(shop)
    if not (shop / ".sentinel" / "lake" / "catalog.db").exists():
        return 0
    with project.open_lake() as lake:
        if not lake.has("silver.orders"):
            return 0
        head = lake.table("silver.orders").current_snapshot()
        return int(head.summary.additional_properties["total-records"]) if head else 0


def until(shop: Path, rows: int, process: subprocess.Popen[str]) -> None:
    for _ in range(300):
        if silver(shop) >= rows:
            return
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.1)
    pytest.fail(f"silver has {silver(shop)} of {rows} rows")


def test_watch_follows_new_files_and_stops_clean(shop: Path) -> None:
    feed(shop, "1.ndjson", orders(1, 5))
    process = watching(shop)
    try:
        until(shop, 5, process)
        feed(shop, "2.ndjson", orders(6, 7))
        until(shop, 12, process)
        process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, told
    project = load_project(shop)
    with project.open_store() as store, project.open_lake() as lake:
        (run,) = runs.query(store, project="shop", pipeline="orders")
        assert run.status == "stopped"
        assert head_facts(lake.table("silver.orders"))["rows"] == "12"
    assert '"event"' in told or "batch committed" in told


def test_a_second_process_leaves_a_running_pipeline_alone(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed(shop, "1.ndjson", orders(1, 5))
    process = watching(shop)
    try:
        until(shop, 5, process)
        assert sentinel(["run", "-p", str(shop), "--format", "json"]) == 0
        (found,) = json.loads(capsys.readouterr().out)
        assert found["pipelines"][0]["status"] == "busy"
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
