"""`sentinel freshness`: measured now, written down, and an exit code to hang an alarm on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from sentineldq.lake.open import open_lake
from sentineldq.store import freshness as written
from sentineldq.store.open import open_store
from tests.cli.tiny import CONTRACT, SETTINGS, add_silver, register, write_project

MINUTE = timedelta(minutes=1)
GOLD = CONTRACT.replace("orders", "daily").replace("value: 2", "value: 9")


@pytest.fixture
def shop(folder, monkeypatch):
    register(monkeypatch, "freshness")
    write_project(folder)
    return folder


@pytest.fixture
def lake(shop):
    with open_lake(warehouse=str(shop / ".sentinel/lake")) as opened:
        yield opened


def told(ran):
    return {one["dataset"]: one for one in json.loads(ran.out)}


@pytest.mark.parametrize(
    ("minutes", "status", "codes"),
    [(10, "pass", (0, 0)), (70, "warn", (0, 1)), (130, "fail", (1, 1))],
    ids=["fresh", "late", "stale"],
)
def test_the_exit_code_follows_the_status(sentinel, lake, minutes, status, codes):
    add_silver(lake, [datetime.now(UTC) - minutes * MINUTE])
    for code, level in zip(codes, ("fail", "warn"), strict=True):
        ran = sentinel("freshness", "--fail-on", level, "-f", "json")
        assert (ran.code, ran.err) == (code, "")
        one = told(ran)["silver.orders"]
        assert (one["status"], one["allowed_seconds"]) == (status, 7200)
        assert one["age_seconds"] == pytest.approx(minutes * 60, abs=60)


def test_it_is_written_beside_gold_and_to_the_store(sentinel, shop, lake):
    add_silver(lake, [datetime.now(UTC) - 10 * MINUTE])
    shown = told(sentinel("freshness", "-f", "json"))
    file = json.loads((shop / ".sentinel/lake/gold/freshness.json").read_text())
    assert {one["dataset"]: one for one in file} == shown
    with open_store(f"sqlite:///{shop / '.sentinel/store.db'}") as store:
        (one,) = written.current(store)
        sentinel("freshness")
        assert len(written.history(store, dataset="silver.orders")) == 2
    assert (one.dataset, one.status) == ("silver.orders", "pass")
    assert one.age_seconds == shown["silver.orders"]["age_seconds"]


def test_what_was_never_filled_is_stale(sentinel, shop):
    ran = sentinel("freshness")
    assert ran.code == 1
    assert "silver.orders: there is no such table" in ran.out


def test_a_table_says_what_is_wrong(sentinel, lake):
    add_silver(lake, [datetime.now(UTC) - 130 * MINUTE])
    title, _, row, _, reason = sentinel("freshness").out.splitlines()
    assert title.split() == ["dataset", "last", "event", "last", "commit", "age", "allowed", "status"]
    assert row.split()[:4] == ["silver.orders", "2", "h", "ago"]
    assert row.split()[-3:] == ["2", "h", "fail"]
    assert reason.startswith("silver.orders: its last event is 2:10:")


def test_only_what_is_asked_for_counts_and_all_is_written(sentinel, shop, lake):
    more = "  returns:\n    contract: contracts/orders.odcs.yaml\n    source: {kind: files, path: data}\n"
    (shop / "sentinel.yaml").write_text(SETTINGS + more)
    add_silver(lake, [datetime.now(UTC)])
    assert sentinel("freshness").code == 1
    ran = sentinel("freshness", "orders", "-f", "json")
    assert (ran.code, list(told(ran))) == (0, ["silver.orders"])
    assert sentinel("freshness", "silver.orders").code == 0
    file = json.loads((shop / ".sentinel/lake/gold/freshness.json").read_text())
    assert [one["dataset"] for one in file] == ["silver.orders", "silver.returns"]


def test_gold_is_measured_where_its_contract_allows_an_age(sentinel, shop, lake):
    (shop / "gold").mkdir()
    for name in ("daily", "plain"):
        (shop / f"gold/{name}.sql").write_text("SELECT id FROM silver.orders")
    (shop / "contracts/gold_daily.odcs.yaml").write_text(GOLD)
    (shop / "contracts/gold_plain.odcs.yaml").write_text(GOLD.partition("slaProperties")[0])
    add_silver(lake, [datetime.now(UTC)])
    shown = told(sentinel("freshness", "-f", "json"))
    assert list(shown) == ["silver.orders", "gold.daily"]
    assert shown["gold.daily"]["status"] == "error"


def test_a_contract_that_cannot_be_read_stops_no_other(sentinel, shop, lake):
    more = "  returns:\n    contract: contracts/returns.odcs.yaml\n    source: {kind: files, path: data}\n"
    (shop / "sentinel.yaml").write_text(SETTINGS + more)
    add_silver(lake, [datetime.now(UTC)])
    shown = told(sentinel("freshness", "-f", "json"))
    assert [one["status"] for one in shown.values()] == ["pass", "error"]
    assert "returns.odcs.yaml" in shown["silver.returns"]["message"]


def test_without_a_service_level_nothing_is_stale(sentinel, shop, lake):
    write_project(shop, contract=CONTRACT.partition("slaProperties")[0])
    add_silver(lake, [datetime(2020, 1, 1, tzinfo=UTC)])
    ran = sentinel("freshness", "--fail-on", "warn")
    assert ran.code == 0
    assert ran.out.split()[-1] == "skip"


def test_an_unknown_dataset_is_a_wrong_usage(sentinel, shop):
    ran = sentinel("freshness", "order")
    assert ran.code == 2
    assert "did you mean 'silver.orders'?" in ran.err or "known:" in ran.err
