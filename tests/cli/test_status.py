"""`sentinel status`: last runs, records, lag, gold, findings; quick, and beside a run."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from sentineldq.contracts.load import load_contract
from sentineldq.lake.commit import commit
from sentineldq.lake.open import Lake, open_lake
from sentineldq.lake.place import Mark
from sentineldq.pipeline.gold.build import build
from sentineldq.pipeline.gold.model import load_models
from sentineldq.pipeline.project import load_project
from sentineldq.pipeline.status import PipelineState, _of_pipeline, look
from sentineldq.store import findings, runs
from sentineldq.store.open import open_store
from sentineldq.store.tables import RUNS
from tests.cli.tiny import SETTINGS, add_bronze, add_quarantine, add_silver, register, write_project

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 3, 1, 15, 20, tzinfo=UTC)
GOLD = """\
apiVersion: v3.1.0
kind: DataContract
id: urn:gold_daily
name: gold_daily
version: 1.0.0
status: active
schema:
  - name: daily
    properties:
      - {name: day, logicalType: date}
      - {name: orders, logicalType: integer, logicalTypeOptions: {maximum: MOST}}
"""


@pytest.fixture
def shop(folder, monkeypatch):
    register(monkeypatch, "status")
    write_project(folder)
    return folder


@pytest.fixture
def lake(shop):
    with open_lake(warehouse=str(shop / ".sentinel/lake")) as opened:
        yield opened


@pytest.fixture
def store(shop):
    with open_store(f"sqlite:///{shop / '.sentinel/store.db'}") as opened:
        yield opened


def state(shop: Path, now: datetime = NOW):
    return look(load_project(shop), now=now)


def test_a_project_that_never_ran_says_what_is_next(sentinel, shop):
    ran = sentinel("status")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1] == "nothing has run yet; next: sentinel run"
    assert not (shop / ".sentinel").exists()
    assert sentinel("status", "--simulated").out.splitlines()[-1].endswith("sentinel run --records simulated")


def test_a_project_without_pipelines_says_so(sentinel, shop):
    (shop / "sentinel.yaml").write_text("name: shop\n")
    assert sentinel("status").out == "shop: there is no pipeline yet; add one to sentinel.yaml\n"


def test_no_project_is_an_error(sentinel, shop):
    (shop / "sentinel.yaml").unlink()
    ran = sentinel("status", "--project", str(shop))
    assert ran.code == 2
    assert "sentinel init" in ran.err


def test_records_of_all_tables_and_what_lags(shop, lake):
    add_bronze(lake, 5)
    add_bronze(lake, 3)
    add_quarantine(lake, 1)
    add_silver(lake, [NOON] * 2, duplicates=1, dropped=1)
    (one,) = state(shop).pipelines
    assert (one.batches, one.bronze, one.silver, one.quarantine) == (2, 8, 2, 1)
    assert (one.duplicates, one.dropped, one.lag, one.unaccounted) == (1, 1, 1, 3)
    assert state(shop).problems == []
    add_silver(lake, [NOON] * 3)
    (one,) = state(shop).pipelines
    assert (one.lag, one.unaccounted, one.duplicates) == (0, 0, 1)


def test_a_batch_without_records_does_not_lag(shop, lake):
    add_bronze(lake, 2)
    add_silver(lake, [NOON] * 2)
    add_bronze(lake, 0)
    (one,) = state(shop).pipelines
    assert (one.batches, one.lag) == (2, 0)


def test_records_that_nobody_accounts_for_are_a_problem(sentinel, shop, lake):
    add_bronze(lake, 5)
    add_silver(lake, [NOON] * 4)
    (told,) = state(shop).problems
    assert told.startswith("orders does not add up: bronze has 5 records; silver 4,")
    ran = sentinel("status")
    assert ran.code == 3
    assert told in ran.out.replace("\n", " ")


def test_what_is_committed_while_it_is_read_is_no_problem(shop, lake):
    """A whole batch lands after quarantine was read, before silver and bronze are."""
    add_bronze(lake, 3)
    add_silver(lake, [NOON] * 3)
    add_quarantine(lake, 0)

    class Moving(Lake):
        moved = False

        def table(self, name):
            if name == "silver.orders" and not self.moved:
                self.moved = True
                add_bronze(lake, 3)
                add_quarantine(lake, 1)
                add_silver(lake, [NOON] * 2)
            return super().table(name)

    one = PipelineState(pipeline="orders", dataset="orders")
    moving = Moving(lake.catalog, lake.warehouse)
    assert _of_pipeline(one, moving, set(lake.names()), replaying=False) is None
    assert moving.moved
    assert (one.bronze, one.silver, one.quarantine, one.unaccounted) == (6, 5, 1, 0)


def test_a_replay_that_was_stopped_halfway_is_told_until_it_goes_on(shop, lake, store):
    """Silver commits first, then quarantine, both with the same mark of what no source sends."""
    add_bronze(lake, 3)
    add_quarantine(lake, 1)
    add_silver(lake, [NOON] * 2)
    silver, quarantine = lake.table("silver.orders"), lake.table("quarantine.orders")
    moved = {"partition": "sentinel:replay", "expected": None, "mark": Mark(1, {"note": "x"})}
    commit(silver, rows=silver.scan(limit=1).to_arrow(), **moved)
    (told,) = state(shop).problems
    assert "a replay was stopped" in told
    run = runs.start(store, project="shop", pipeline="orders/replay")
    assert state(shop).problems == []
    runs.finish(store, run_id=run.run_id, status="failed")
    commit(quarantine, delete="_row = 0", **moved)
    assert state(shop).problems == []
    assert state(shop).pipelines[0].unaccounted == 0


def test_the_last_run_and_the_next_one(shop, store):
    first = runs.start(store, project="shop", pipeline="orders")
    runs.finish(store, run_id=first.run_id, status="failed", error="no answer")
    (one,) = state(shop, datetime.now(UTC)).pipelines
    assert (one.run, one.error, one.run_id) == ("failed", "no answer", first.run_id)
    assert one.seconds is not None
    assert state(shop).pipelines[0].next_due == datetime(2026, 3, 1, 16, tzinfo=UTC)
    runs.start(store, project="shop", pipeline="orders")
    (one,) = state(shop, datetime.now(UTC)).pipelines
    assert (one.run, one.error) == ("running", None)


def test_a_run_that_died_has_failed(sentinel, shop, store):
    run = runs.start(store, project="shop", pipeline="orders")
    later = run.started_at + timedelta(seconds=runs.SILENCE + 1)
    (one,) = state(shop, later).pipelines
    assert (one.run, one.error, one.seconds) == ("failed", runs.DIED, 0.0)
    with store.write() as connection:  # a process that is no more, on this machine
        connection.execute(sa.update(RUNS).values(born="1"))
    assert "failed" in sentinel("status").out


def test_it_can_be_asked_while_another_process_writes(shop, lake, store):
    add_bronze(lake, 2)
    with store.write() as connection:
        connection.execute(sa.text("DELETE FROM findings"))
        assert state(shop).pipelines[0].bronze == 2


def test_open_findings_are_listed_those_of_others_are_not(sentinel, shop, store):
    said = {"kind": "contract", "severity": "CRITICAL"}
    findings.report(store, key="a", title="the contract is refused", dataset="orders", **said)
    findings.report(store, key="b", title="it is stale", dataset="silver.orders", **said)
    findings.report(store, key="c", title="the disk is full", **said)
    findings.report(store, key="d", title="not ours", dataset="silver.events", **said)
    findings.report(store, key="e", title="no more", dataset="orders", **said)
    findings.clear(store, key="e")
    runs.start(store, project="shop", pipeline="orders")
    found = state(shop)
    assert {one.title for one in found.findings} == {
        "the contract is refused",
        "it is stale",
        "the disk is full",
    }
    assert found.pipelines[0].findings == 2
    ran = sentinel("status")
    assert "the disk is full" in ran.out
    assert "not ours" not in ran.out


def test_gold_is_published_then_refused(sentinel, shop, lake):
    add_bronze(lake, 2)
    add_silver(lake, [NOON] * 2)
    (shop / "gold").mkdir()
    (shop / "gold/daily.sql").write_text(
        'SELECT CAST("at" AS DATE) AS day, count(*) AS orders FROM silver.orders GROUP BY ALL'
    )
    models = load_models(shop / "gold", silver=["orders"])
    assert [(one.model, one.published_at) for one in state(shop).gold] == [("daily", None)]

    def made(most: int) -> str:
        contract = load_contract(GOLD.replace("MOST", str(most)))
        (built,) = build(lake, models, contracts={"gold_daily": contract}, now=NOW)
        assert built.status != "failed", built.reason
        return built.status

    assert made(9) == "published"
    (gold,) = state(shop).gold
    assert (gold.rows, gold.refused_at) == (1, None)
    assert gold.published_at is not None
    assert made(1) == "refused"
    (refused,) = state(shop).gold
    assert (refused.snapshot, refused.published_at, refused.rows) == (gold.snapshot, gold.published_at, 1)
    assert refused.refused_at is not None
    assert "it stands on branch audit" in " ".join(sentinel("status").out.split())


def test_a_table_that_cannot_be_read_hides_no_other(sentinel, shop, lake):
    other = (
        SETTINGS
        + "  returns:\n    contract: contracts/orders.odcs.yaml\n    source: {kind: files, path: data}\n"
    )
    (shop / "sentinel.yaml").write_text(other)
    add_bronze(lake, 2)
    add_silver(lake, [NOON] * 2)
    lake.ensure("bronze.returns", lake.table("bronze.orders").schema().as_arrow())
    Path(lake.table("bronze.returns").metadata_location).write_text("not metadata")
    ran = sentinel("status", "--format", "json")
    assert ran.code == 3
    told = json.loads(ran.out)
    assert [(one["pipeline"], one["bronze"]) for one in told["pipelines"]] == [("orders", 2), ("returns", 0)]
    assert "bronze.returns" in told["problems"][0]


def test_json_is_exact(sentinel, shop, lake, store):
    add_bronze(lake, 2)
    run = runs.start(store, project="shop", pipeline="orders")
    told = json.loads(sentinel("status", "-f", "json").out)
    (one,) = told["pipelines"]
    assert (told["project"], told["ran"], told["simulated"]) == ("shop", True, False)
    assert (one["run"], one["run_id"], one["bronze"], one["lag"]) == ("running", run.run_id, 2, 1)
    assert datetime.fromisoformat(one["started_at"]) == run.started_at
