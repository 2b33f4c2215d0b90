"""`sentinel drift`: two files, two windows of a project, the reports, and an exit code to stop a release with."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import polars as pl
import pytest

from sentineldq.pipeline.drift.window import up
from sentineldq.store import drift as results
from sentineldq.store import findings
from sentineldq.store.open import open_store
from tests.cli.tiny import CONTRACT, SETTINGS, register, write_project
from tests.pipeline.drift.stored import HOUR, dearer, fill, rows, unpriced

FILES = ("--baseline-data", "before.csv", "--current-data", "after.csv")


@pytest.fixture
def files(folder, monkeypatch):
    register(monkeypatch, "drift")
    pl.DataFrame(rows(1, 2_000)).write_csv(folder / "before.csv")
    pl.DataFrame(dearer(rows(2, 2_000))).write_csv(folder / "after.csv")
    pl.DataFrame(rows(3, 2_000)).write_csv(folder / "same.csv")
    pl.DataFrame(unpriced(rows(4, 10))).write_csv(folder / "few.csv")
    return folder


@pytest.fixture
def shop(folder, monkeypatch):
    """A project with a quiet week, and a last day on which everything is dearer."""
    register(monkeypatch, "drift")
    write_project(folder)
    end = up(datetime.now(UTC))
    with open_store(f"sqlite:///{folder / '.sentinel/store.db'}") as store:
        fill(store, first=end - 192 * HOUR, hours=168)
        fill(store, first=end - 24 * HOUR, hours=24, change=dearer)
    return folder


def told(ran):
    return json.loads(ran.out)


@pytest.mark.parametrize(
    ("current", "floor", "code"),
    [
        ("after.csv", "info", 1),
        ("after.csv", "warning", 1),
        ("after.csv", "critical", 1),
        ("after.csv", "never", 0),
        ("same.csv", "warning", 0),
        ("few.csv", "info", 0),
    ],
)
def test_the_exit_code_follows_the_severity(sentinel, files, current, floor, code):
    ran = sentinel("drift", *FILES[:3], current, "--fail-on", floor)
    assert (ran.code, ran.err) == (code, "")


def test_warning_is_the_floor_without_a_word(sentinel, files):
    assert sentinel("drift", *FILES).code == 1


def test_the_table_says_what_moved_and_what_did_not(sentinel, files):
    out = sentinel("drift", *FILES).out
    assert out.splitlines()[:2] == ["✗ DRIFT  after", "  1 of 3 columns drifted (1 critical)."]
    assert "baseline  before.csv, 2,000 rows" in out
    assert "the mean rose from" in out
    assert "tested, not drifted: country, paid" in out


def test_too_few_values_are_said_and_are_no_failure(sentinel, files):
    ran = sentinel("drift", *FILES[:3], "few.csv")
    assert ran.code == 0
    assert "No column had enough data to be tested." in ran.out
    assert "not enough data: amount (" in ran.out


def test_the_name_is_what_is_asked_for(sentinel, files):
    assert "DRIFT  orders\n" in sentinel("drift", "orders", *FILES).out


@pytest.mark.parametrize("form", ["table", "json", "html", "markdown"])
def test_every_format_goes_to_a_file(sentinel, files, form):
    shown = sentinel("drift", *FILES, "-f", form).out
    ran = sentinel("drift", *FILES, "-f", form, "--output", "report.out")
    assert (ran.code, ran.out, ran.err) == (1, "", "wrote report.out\n")
    assert "amount" in shown
    assert "amount" in (files / "report.out").read_text(encoding="utf-8")


def test_a_contract_hides_what_it_classifies(sentinel, files):
    (files / "orders.odcs.yaml").write_text(
        "apiVersion: v3.1.0\nkind: DataContract\nid: urn:o\nname: orders\nversion: 1.0.0\nstatus: active\n"
        "schema:\n  - name: orders\n    properties:\n"
        "      - {name: amount, logicalType: number}\n"
        "      - {name: country, logicalType: string, classification: restricted}\n"
    )
    ran = sentinel("drift", *FILES, "-c", "orders.odcs.yaml", "-f", "html")
    assert ran.code == 1
    assert "DE" not in ran.out.partition("<body>")[2]
    assert "paid" not in ran.out


def test_a_project_is_compared_from_what_is_stored(sentinel, shop):
    ran = sentinel("drift", "orders", "-f", "json")
    found = told(ran)
    assert (ran.code, found["dataset"], found["worst"]) == (1, "orders", "CRITICAL")
    assert (found["baseline"]["hours"], found["current"]["hours"]) == (168, 24)
    assert len(found["history"]["windows"]) == 8
    with open_store(f"sqlite:///{shop / '.sentinel/store.db'}") as store:
        assert len(results.query(store, dataset="orders")) == len(found["drifts"])
        assert [one.kind for one in findings.query(store, still=True)] == ["drift"]


def test_the_contract_may_leave_a_column_out(sentinel, shop):
    amount = (
        "      - {name: amount, logicalType: number, customProperties: "
        "[{property: drift, value: {skip: true}}]}\nslaProperties:"
    )
    write_project(shop, contract=CONTRACT.replace("slaProperties:", amount))
    ran = sentinel("drift", "orders", "-f", "json")
    assert ran.code == 0
    assert "amount" not in {test["field_name"] for test in told(ran)["tests"]}


def test_of_the_event_time_only_nulls_are_tested(sentinel, shop):
    end = up(datetime.now(UTC))
    with open_store(f"sqlite:///{shop / '.sentinel/store.db'}") as store:
        fill(store, dataset="timed", first=end - 192 * HOUR, hours=192, change=stamped)
    write_project(shop, settings=SETTINGS.replace("  orders:", "  timed:") + "    schema-object: orders\n")
    tests = told(sentinel("drift", "timed", "-f", "json"))["tests"]
    made = {test["metric_name"] for test in tests if test["field_name"] == "at"}
    assert "null_share" in made
    assert not {"rhythm", "span"} & made


def stamped(data):
    return {**data, "at": [datetime(2026, 3, 1, tzinfo=UTC) + at * HOUR for at in range(len(data["amount"]))]}


def test_nothing_is_recorded_where_that_is_asked(sentinel, shop):
    assert sentinel("drift", "orders", "--no-record").code == 1
    with open_store(f"sqlite:///{shop / '.sentinel/store.db'}") as store:
        assert results.query(store) == []
        assert findings.query(store) == []


def test_without_a_name_all_datasets_are_compared(sentinel, shop):
    ran = sentinel("drift", "-f", "json")
    assert [one["dataset"] for one in told(ran)] == ["orders"]
    assert "DRIFT  orders" in sentinel("drift").out


def test_windows_may_be_chosen(sentinel, shop):
    ran = sentinel("drift", "orders", "--baseline", "3d", "--current", "2h", "-f", "json")
    found = told(ran)
    assert (found["baseline"]["hours"], found["current"]["hours"]) == (72, 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("drift", "ordrs"), "there is no dataset 'ordrs'"),
        (("drift", "orders", "--current", "soon"), "neither a length of time nor a span"),
        (("drift", "orders", "--baseline", "2026-01-01..2036-01-01"), "overlap"),
        (("drift", "--baseline-data", "x.csv"), "--baseline-data needs --current-data"),
        (
            ("drift", "--baseline-data", "x.csv", "--current-data", "y.csv", "--current", "1h"),
            "stored profiles",
        ),
        (("drift", "orders", "--contract", "c.yaml"), "--contract goes with"),
        (("drift", "orders", "--output", "no/such/report.html"), "there is no folder"),
    ],
    ids=["dataset", "window", "overlap", "half", "both", "contract", "output"],
)
def test_a_wrong_usage_is_told(sentinel, shop, arguments, said):
    ran = sentinel(*arguments)
    assert ran.code == 2
    assert said in ran.err
    assert "hint: " in ran.err


def test_data_that_cannot_be_read_is_no_drift(sentinel, files):
    (files / "broken.parquet").write_bytes(b"PAR1 this is not parquet PAR1")
    ran = sentinel("drift", *FILES[:3], "broken.parquet")
    assert ran.code == 3
    assert "broken.parquet" in ran.err


def test_without_history_it_is_said_and_is_no_failure(sentinel, folder, monkeypatch):
    register(monkeypatch, "drift")
    write_project(folder)
    ran = sentinel("drift", "orders")
    assert (ran.code, ran.err) == (0, "")
    assert "No profile of orders is stored yet: `sentinel run` makes them as data comes in." in ran.out
