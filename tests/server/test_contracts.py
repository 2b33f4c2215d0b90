"""Contracts: listed, as YAML and JSON, and against the one that records were judged by."""

from __future__ import annotations

from pathlib import Path

import pytest

from sentineldq.contracts.load import load_contract
from sentineldq.pipeline.project import load_project
from sentineldq.pipeline.round import run_round
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
