"""Contracts: listed, as YAML and JSON, and against the one that records were judged by."""

from __future__ import annotations

from pathlib import Path

import pytest

from sentineldq.checks.model import Check
from sentineldq.contracts.load import load_contract
from sentineldq.pipeline.project import load_project
from sentineldq.pipeline.round import run_round
from sentineldq.server.wording import asked
from sentineldq.telemetry.metrics import Metrics
from tests.server.conftest import copied
from tests.server.reading import API, ODD, every, ok, refused
from tests.server.serving import Served, serving


def test_contracts_are_read_to_the_end(served: Served) -> None:
    found = {one["dataset"]: one for one in every(served.client("viewer"), "/contracts", limit=2)}
    assert len(found) == 5
    assert found["events"]["id"] == "github-events"
    assert len(found["events"]["fingerprint"]) == 16
    page = ok(served.client("viewer").get(f"{API}/contracts", params={"search": "TOP_A"}))
    assert [one["dataset"] for one in page["items"]] == ["gold.top_actors"]


def test_a_contract_is_the_same_in_both_forms(served: Served) -> None:
    client = served.client("viewer")
    whole = ok(client.get(f"{API}/contracts/events"))
    text = client.get(f"{API}/contracts/events", params={"format": "yaml"})
    assert text.headers["content-type"].startswith("application/yaml")
    assert text.text == whole["yaml"]
    assert load_contract(text.text).id == whole["contract"]["id"] == "github-events"


def test_nothing_has_changed_since_the_run(served: Served) -> None:
    found = ok(served.client("viewer").get(f"{API}/contracts/events/diff"))
    assert found["same"]
    assert found["pinned"] == found["current"]


def test_a_change_is_told_with_whom_it_breaks(tmp_path: Path) -> None:
    project = load_project(copied(tmp_path / "github"), simulated=True)
    with project.open_lake() as lake, project.open_store() as store:
        run_round(project, lake=lake, store=store, metrics=Metrics())
    path = project.root / "contracts" / "events.odcs.yaml"
    path.write_text(
        path.read_text()
        .replace("version: 1.0.0", "version: 2.0.0")
        .replace("maxLength: 100}", "maxLength: 5}")
    )
    with serving(project) as served:
        found = ok(served.client("viewer").get(f"{API}/contracts/events/diff"))
    assert found["breaking"]
    assert (found["pinned_version"], found["current_version"]) == ("1.0.0", "2.0.0")
    assert any("actor" in one["path"] or "login" in one["message"] for one in found["changes"])


@pytest.mark.parametrize("against", ["../../etc/passwd", "sentinel.yaml", "x" * 99, "0123456789ABCDEF"])
def test_only_a_fingerprint_is_compared_with(served: Served, against: str) -> None:
    answer = served.client("viewer").get(f"{API}/contracts/events/diff", params={"against": against})
    assert answer.status_code == 422


def test_a_fingerprint_that_never_was_is_not_found(served: Served) -> None:
    assert (
        refused(served.client("viewer"), "/contracts/events/diff?against=0123456789abcdef")["status"] == 404
    )


def test_before_the_first_run_nothing_is_pinned(fresh: Served) -> None:
    assert ok(fresh.client("viewer").get(f"{API}/contracts/events/diff"))["pinned"] is None


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
def test_odd_names_have_no_contract(served: Served, name: str) -> None:
    assert refused(served.client("viewer"), f"/contracts/{name}")["status"] == 404


def test_a_contract_is_held_against_what_is_observed(served: Served) -> None:
    client = served.client("viewer")
    found = ok(client.get(f"{API}/contracts/events/clauses", params={"limit": 500}))
    columns = {one["path"]: one for one in found["columns"]["items"]}
    contract = ok(client.get(f"{API}/datasets/events"))["contract"]["columns"]
    assert list(columns) == [one["path"] for one in contract]
    assert columns["id"]["key"]
    assert columns["type"]["observed"]["distinct"] > 1
    login = columns["actor.login"]
    assert login["observed"]["hidden"]
    assert login["observed"]["low"] is None
    asks = {rule["asks"] for rule in login["rules"]}
    assert {"required", "type string", "1 to 100 characters"} <= asks
    failing = ok(client.get(f"{API}/contracts/events/clauses", params={"failing": True, "limit": 500}))
    assert failing["columns"]["total"] == found["failing"] > 0
    assert all(one["failed"] for one in failing["columns"]["items"])
    checks = {one["check"]: one["failed"] for one in ok(client.get(f"{API}/datasets/events"))["checks"]}
    told = [rule for one in columns.values() for rule in one["rules"] if rule["failed"]]
    assert all(checks[rule["name"]] >= rule["failed"] for rule in told)


def test_clauses_are_read_to_the_end_and_searched(served: Served) -> None:
    client = served.client("viewer")
    paths, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = ok(client.get(f"{API}/contracts/events/clauses", params={"limit": 7, **more}))["columns"]
        paths += [one["path"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(paths) == len(set(paths)) == page["total"]
    logins = ok(client.get(f"{API}/contracts/events/clauses", params={"search": "LOGIN"}))["columns"]
    assert [one["path"] for one in logins["items"]] == [path for path in paths if "login" in path]


def test_a_contract_that_never_judged_has_rules_without_counts(fresh: Served) -> None:
    found = ok(fresh.client("viewer").get(f"{API}/contracts/events/clauses"))
    assert found["rows"] == found["failing"] == 0
    assert all(one["observed"] is None for one in found["columns"]["items"])
    assert {rule["batches"] for one in found["columns"]["items"] for rule in one["rules"]} == {0}


@pytest.mark.parametrize(
    ("kind", "params", "words"),
    [
        ("between", {"min": 0}, "at least 0"),
        ("between", {"max": 9, "strict_max": True}, "less than 9"),
        ("between", {"min": 0, "max": 1, "strict_min": True}, "more than 0, at most 1"),
        ("length", {"min": 2, "max": 2}, "2 characters"),
        ("in_set", {"values": list(range(10))}, "one of 0, 1, 2, 3, 4, 5, 6, 7 and 2 more"),
        ("matches", {"pattern": "^a+$"}, "matches ^a+$"),
        ("monotonic_order", {"strict": True}, "monotonic order (strict True)"),
    ],
)
def test_what_a_check_asks_is_said_in_words(kind: str, params: dict[str, object], words: str) -> None:
    assert asked(Check(kind=kind, params=params)) == words
