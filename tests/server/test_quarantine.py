"""What was refused, and trying it again."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from sentineldq.lake.scan import scan
from sentineldq.pipeline.project import load_project
from sentineldq.pipeline.round import run_round
from sentineldq.telemetry.metrics import Metrics
from tests.server.conftest import copied
from tests.server.reading import API, ODD, every, ok, refused, secrets_of
from tests.server.serving import ROLES, Served, serving


def rows_of(served: Served) -> list[dict[str, Any]]:
    return scan(served.here.lake.table("quarantine.events")).collect().to_dicts()


def ended(client: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    """A job, once it is over."""
    until = time.monotonic() + 60
    while job["state"] in {"waiting", "running"}:
        assert time.monotonic() < until, job
        time.sleep(0.05)
        job = ok(client.get(f"{API}/jobs/{job['job_id']}"))
    return job


def test_quarantine_is_counted_by_dataset_and_check(served: Served) -> None:
    client, rows = served.client("viewer"), rows_of(served)
    assert [(one["dataset"], one["records"]) for one in every(client, "/quarantine")] == [
        ("events", len(rows))
    ]
    found = ok(client.get(f"{API}/quarantine/events"))
    assert found["records"] == len(rows)
    counted: dict[str, int] = {}
    for row in rows:
        for check in {error["check"] for error in row["errors"]}:
            counted[check] = counted.get(check, 0) + 1
    assert {one["check"]: one["records"] for one in found["groups"]} == counted


def test_records_are_read_to_the_end_with_every_error(served: Served) -> None:
    client, rows = served.client("viewer"), rows_of(served)
    found = every(client, "/quarantine/events/records", limit=7)
    assert sorted(one["hash"] for one in found) == sorted(row["hash"] for row in rows)
    errors = {row["hash"]: {error["check"] for error in row["errors"]} for row in rows}
    assert all({error["check"] for error in one["errors"]} == errors[one["hash"]] for one in found)
    group = ok(client.get(f"{API}/quarantine/events"))["groups"][0]
    chosen = every(client, "/quarantine/events/records", limit=50, check=group["check"])
    assert len(chosen) == group["records"]
    assert (
        ok(client.get(f"{API}/quarantine/events/records", params={"since": "2099-01-01T00:00:00Z"}))["items"]
        == []
    )


@pytest.mark.parametrize("role", ROLES)
def test_what_is_classified_is_in_no_record(served: Served, role: str) -> None:
    client, secrets = served.client(role), secrets_of(served.here)
    seen = 0
    for row in rows_of(served)[:: 4 if role == "viewer" else 15]:
        answer = client.get(f"{API}/quarantine/events/records/{row['hash']}")
        found = ok(answer)
        assert found["verdict"] in {"refused", "duplicate"}
        assert not [secret for secret in secrets if secret in answer.text]
        seen += found["masked"]
    assert seen
    answer = client.get(f"{API}/quarantine/events/records", params={"limit": 200})
    assert not [secret for secret in secrets if secret in answer.text]


@pytest.mark.parametrize("name", ["0" * 64, "xyz", "%25", "a" * 300])
def test_a_hash_that_is_none_is_refused(served: Served, name: str) -> None:
    assert refused(served.client("viewer"), f"/quarantine/events/records/{name}")["status"] in {404, 422}


def test_a_replay_is_tried_and_then_done_once(tmp_path: Path) -> None:
    """After the contract is mended a dry run says what would pass, and the replay moves just that."""
    project = load_project(copied(tmp_path / "github"), simulated=True)
    with project.open_lake() as lake, project.open_store() as store:
        run_round(project, lake=lake, store=store, metrics=Metrics())
    with serving(project) as served:
        client = served.client("steward")
        before = ok(client.get(f"{API}/quarantine/events"))
        silver = scan(served.here.lake.table("silver.events")).collect().height
        path = project.root / "contracts" / "events.odcs.yaml"
        text = path.read_text()
        path.write_text(text.replace("required: true", "required: false"))
        wanted = {"dry_run": True}
        job = ended(client, ok(client.post(f"{API}/quarantine/events/replay", json=wanted)))
        assert job["state"] == "done", job
        assert job["made_by"] == "steward-key"
        would = job["result"]["recovered"]
        assert would > 0
        assert rows_of(served).__len__() == before["records"]
        job = ended(client, ok(client.post(f"{API}/quarantine/events/replay", json={})))
        assert (job["state"], job["result"]["recovered"]) == ("done", would)
        assert len(rows_of(served)) == before["records"] - would - job["result"]["duplicates"]
        assert scan(served.here.lake.table("silver.events")).collect().height == silver + would


def test_a_check_that_refused_nothing_is_not_replayed(served: Served) -> None:
    answer = served.client("steward").post(f"{API}/quarantine/events/replay", json={"checks": ["nope"]})
    assert answer.status_code == 422


@pytest.mark.parametrize("role", ["viewer", "analyst"])
def test_a_replay_takes_a_steward(served: Served, role: str) -> None:
    assert served.client(role).post(f"{API}/quarantine/events/replay", json={}).status_code == 403


def test_before_the_first_run_nothing_is_there(fresh: Served) -> None:
    client = fresh.client("steward")
    assert ok(client.get(f"{API}/quarantine/events"))["records"] == 0
    assert ok(client.get(f"{API}/quarantine/events/records"))["items"] == []
    assert client.post(f"{API}/quarantine/events/replay", json={}).status_code == 409


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
def test_odd_names_have_no_quarantine(served: Served, name: str) -> None:
    for path in ("", "/records", f"/records/{'0' * 64}"):
        assert refused(served.client("viewer"), f"/quarantine/{name}{path}")["status"] == 404
