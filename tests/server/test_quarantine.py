"""What was refused, and trying it again."""

from __future__ import annotations

import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import httpx
import pytest

from sentineldq.lake.scan import scan
from sentineldq.pipeline.project import load_project
from sentineldq.pipeline.replay import step
from sentineldq.pipeline.replay.patch import Patch, make_setting
from sentineldq.pipeline.replay.quarantine import Choice
from sentineldq.pipeline.replay.run import replay
from sentineldq.pipeline.replay.view import content
from sentineldq.pipeline.round import run_round
from sentineldq.server import replays
from sentineldq.server.security.principal import LOCAL
from sentineldq.store import runs
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


def test_what_is_held_is_counted_by_check_and_hour(served: Served) -> None:
    client, rows = served.client("viewer"), rows_of(served)
    items = ok(client.get(f"{API}/quarantine/events/arrivals"))["items"]
    assert sum(one["records"] for one in items if one["check"] is None) == len(rows)
    by_check: dict[str, int] = {}
    for one in items:
        if one["check"]:
            by_check[one["check"]] = by_check.get(one["check"], 0) + one["records"]
    groups = ok(client.get(f"{API}/quarantine/events"))["groups"]
    assert by_check == {one["check"]: one["records"] for one in groups}


def test_a_record_is_read_by_its_place(served: Served) -> None:
    client = served.client("viewer")
    one = ok(client.get(f"{API}/quarantine/events/records"))["items"][0]
    place = {name: one[name] for name in ("partition", "batch", "row")}
    found = ok(client.get(f"{API}/quarantine/events/record", params=place))
    assert {name: found[name] for name in one} == one
    assert (
        found["run_id"] == ok(client.get(f"{API}/runs", params={"pipeline": "events"}))["items"][0]["run_id"]
    )
    assert client.get(f"{API}/quarantine/events/record", params={**place, "row": 10**6}).status_code == 404
    assert refused(client, "/quarantine/events/record?partition=x&batch=1&row=99999999999")["status"] == 422


def test_bytes_that_are_no_json_are_shown_where_nothing_is_classified(served: Served) -> None:
    raw = b'{"a": \xff\x00 <b>'
    assert content(raw, ()) == b64encode(raw).decode()
    assert content(raw, {"a"}) is None
    assert content(b"{}", ()) is None
    client = served.client("viewer")
    broken = every(client, "/quarantine/events/records", limit=50, check="record.json")
    assert broken
    found = ok(client.get(f"{API}/quarantine/events/records/{broken[0]['hash']}"))
    assert (found["content"], found["masked"] > 0) == (None, True)  # its contract classifies logins


def test_a_patched_replay_moves_just_its_records_and_tells_where_they_went(tmp_path: Path) -> None:
    project = load_project(copied(tmp_path / "github"), simulated=True)
    with project.open_lake() as lake, project.open_store() as store:
        run_round(project, lake=lake, store=store, metrics=Metrics())
    with serving(project) as served:
        client = served.client("steward")
        silver = scan(served.here.lake.table("silver.events")).collect().height
        alone = [
            row for row in rows_of(served) if [one["check"] for one in row["errors"]] == ["public.not_null"]
        ]
        (now,) = (one for one in ok(client.get(f"{API}/quarantine/events/contracts"))["items"] if one["now"])
        wanted = {
            "hashes": [row["hash"] for row in alone],
            "patch": [{"path": "public", "value": True}, {"path": "actor.login", "value": "octocat"}],
            "contract": now["fingerprint"],
        }
        tried = ended(
            client, ok(client.post(f"{API}/quarantine/events/replay", json={**wanted, "dry_run": True}))
        )
        assert tried["result"]["recovered"] == len(alone) > 0, tried
        assert ok(client.get(f"{API}/quarantine/events/moves"))["items"] == []
        job = ended(client, ok(client.post(f"{API}/quarantine/events/replay", json=wanted)))
        result = job["result"]
        assert (result["recovered"], result["still_bad"]) == (len(alone), 0)
        assert result["patch"]["set"] == ["public=true", "actor.login=***"]
        assert scan(served.here.lake.table("silver.events")).collect().height == silver + len(alone)

        (move,) = ok(client.get(f"{API}/quarantine/events/moves"))["items"]
        assert (move["recovered"], move["run_id"]) == (len(alone), result["run_id"])
        moved = every(client, f"/quarantine/events/moves/{move['move']}", limit=2)
        keys = {(row["_partition"], row["_batch"], row["_row"]) for row in alone}
        assert {(one["partition"], one["batch"], one["row"]) for one in moved} == keys
        place = {name: moved[0][name] for name in ("partition", "batch", "row")}
        found = ok(client.get(f"{API}/quarantine/events/past", params=place))
        assert (found["fate"], found["move"]) == ("recovered", move)
        assert (found["value"].get("public"), found["silver"]["public"]) == (None, True)
        assert [one["check"] for one in found["errors"]] == ["public.not_null"]
        assert "octocat" not in str(found)
        assert client.get(f"{API}/quarantine/events/record", params=place).status_code == 404
        assert refused(client, f"/quarantine/events/moves/{'0' * 64}")["status"] == 404


@pytest.mark.parametrize(
    "given",
    [
        {"contract": "contracts/events.odcs.yaml"},
        {"contract": "9.9.9"},
        {"patch": [{"path": "a[", "value": 1}]},
        {"patch": [{"path": "a=1;b", "value": 1}]},
        {"patch": [{"value": 1}]},
        {"hashes": ["xyz"]},
    ],
)
def test_a_replay_that_cannot_be_meant_is_refused(served: Served, given: dict[str, Any]) -> None:
    answer = served.client("steward").post(f"{API}/quarantine/events/replay", json=given)
    assert answer.status_code == 422, answer.text


def test_a_replay_that_waits_can_be_cancelled(fresh: Served) -> None:
    choice, patch = Choice(), Patch()
    job = replays.accept(
        fresh.here, dataset="events", choice=choice, patch=patch, contract=None, dry_run=True, by=LOCAL
    )
    refused = fresh.client("analyst").post(f"{API}/jobs/{job.job_id}/cancel")
    assert (refused.status_code, refused.json()["hint"]) == (403, "a steward may cancel it")
    answer = fresh.client("steward").post(f"{API}/jobs/{job.job_id}/cancel")
    assert answer.status_code in {200, 409}  # 409: a worker was first
    assert ended(fresh.client("viewer"), {"job_id": job.job_id, "state": "waiting"})["state"] in {
        "cancelled",
        "failed",
    }


def test_a_replay_that_nobody_wants_any_more_stops_between_two_portions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copied(tmp_path / "github")
    settings = folder / "sentinel.yaml"
    settings.write_text(settings.read_text().replace("rate: 100", "rate: 100\n      batch_rows: 500"))
    project = load_project(folder, simulated=True)
    monkeypatch.setattr(step, "ROWS", 1)
    with project.open_lake() as lake, project.open_store() as store:
        run_round(project, lake=lake, store=store, metrics=Metrics())
        before = scan(lake.table("quarantine.events")).collect().height
        patch = Patch(settings=(make_setting("public", value=True),))

        def told(outcome: step.Outcome, records: int) -> None:
            assert records > outcome.tried
            if outcome.tried:
                raise step.HaltedError("enough")

        with pytest.raises(step.HaltedError):
            replay(project, "events", lake=lake, store=store, patch=patch, told=told)
        (run,) = runs.query(store, project="github", pipeline="events/replay")
        assert run.status == "stopped"
        assert 0 < run.counts["tried"] < before


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
