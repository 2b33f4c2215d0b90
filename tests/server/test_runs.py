"""Runs, listed and one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sentineldq.lake.scan import scan
from sentineldq.store import due, findings, runs
from tests.server.reading import API, ODD, every, ok, refused
from tests.server.serving import Served


def test_a_run_says_what_became_of_its_records(served: Served) -> None:
    client = served.client("viewer")
    found = ok(client.get(f"{API}/runs", params={"pipeline": "events", "status": "succeeded"}))["items"][-1]
    assert found["counts"]
    assert found["seconds"] > 0
    detail = ok(client.get(f"{API}/runs/{found['run_id']}"))
    assert {name: detail[name] for name in found} == found


def test_a_run_tells_its_steps_its_batches_and_what_refused_records(served: Served) -> None:
    client = served.client("viewer")
    found = ok(client.get(f"{API}/runs", params={"pipeline": "events", "status": "succeeded"}))["items"][-1]
    run = ok(client.get(f"{API}/runs/{found['run_id']}"))
    steps = {one["step"]: one for one in run["steps"]}
    assert set(steps) == {"read", "validate", "bronze", "silver"}
    assert all(0 <= one["first"] <= one["last"] <= run["seconds"] + 1 for one in steps.values())
    assert all(0 < one["busy"] <= one["last"] - one["first"] + 0.01 for one in steps.values())
    batches = every(client, f"/runs/{run['run_id']}/batches", limit=2)
    assert len(batches) == run["counts"]["batches"]
    for name in ("rows", "silver", "quarantined", "duplicates", "dropped"):
        assert sum(one[name] for one in batches) == run["counts"][name]
    assert [one["committed_at"] for one in batches] == sorted(one["committed_at"] for one in batches)
    groups = ok(client.get(f"{API}/quarantine/events"))["groups"]
    refused_by = {one["check"]: one["failed"] for one in run["checks"]}
    assert {one["check"]: one["records"] for one in groups}.items() <= refused_by.items()


def test_a_run_is_compared_with_those_like_it_and_has_what_was_found_in_its_time(fresh: Served) -> None:
    store, made = fresh.here.store, []
    for rows in (10, 0, 20):
        run = runs.start(store, project="github", pipeline="events")
        if rows == 20:
            findings.report(store, key="k", kind="poison", severity="CRITICAL", title="<b>", dataset="events")
            findings.report(store, key="l", kind="poison", severity="CRITICAL", title="other", dataset="x")
        runs.finish(store, run_id=run.run_id, status="succeeded", counts={"rows": rows})
        made.append(run.run_id)
    client = fresh.client("viewer")
    first, nothing, last = (ok(client.get(f"{API}/runs/{one}")) for one in made)
    assert (first["usual"], nothing["usual"]) == (None, None)
    assert last["usual"] == {"seconds": first["seconds"], "runs": 1}
    assert [one["title"] for one in last["findings"]] == ["<b>"]
    assert first["findings"] == []


def test_a_replay_is_a_run_that_tells_no_classified_value(fresh: Served) -> None:
    patch = {"set": ['actor.login="octocat"', "public=true"], "sql": "json_merge_patch(record, 'octocat')"}
    run = runs.start(fresh.here.store, project="github", pipeline="events/replay", run_id="r")
    runs.finish(fresh.here.store, run_id=run.run_id, status="succeeded", counts={"tried": 1, "patch": patch})
    client = fresh.client("viewer")
    for found in (ok(client.get(f"{API}/runs"))["items"][0], ok(client.get(f"{API}/runs/r"))):
        assert (found["verb"], found["dataset"], found["pipeline"]) == ("replay", "events", "events/replay")
        assert found["counts"]["patch"] == {"set": ["actor.login=***", "public=true"], "sql": "***"}


def test_pipelines_tell_their_schedule_their_runs_and_a_balance_that_is_true(served: Served) -> None:
    (found,) = every(served.client("viewer"), "/pipelines")
    assert (found["name"], found["dataset"], found["source"]) == ("events", "events", "simulate")
    assert found["schedule"]["text"] == "every 60s"
    assert found["schedule"]["next_due"] > datetime.now(UTC).isoformat()
    assert found["runs"][-1]["status"] == "succeeded"
    balance = found["balance"]
    assert balance["bronze"] == scan(served.here.lake.table("bronze.events")).collect().height
    parts = sum(balance[name] for name in ("silver", "quarantine", "duplicates", "dropped"))
    assert (balance["bronze"] - parts, balance["unaccounted"], balance["lag"]) == (0, 0, 0)
    assert found["problem"] is None


def test_a_schedule_is_kept_while_its_instants_are_taken_up(fresh: Served) -> None:
    def schedule() -> dict[str, object]:
        (found,) = every(fresh.client("viewer"), "/pipelines")
        told: dict[str, object] = found["schedule"]
        return told

    assert (schedule()["kept"], schedule()["last_due"]) == (False, None)
    now = datetime.now(UTC)
    due.claim(fresh.here.store, job="github/events", due_at=now - timedelta(minutes=10))
    assert schedule()["kept"] is False
    due.claim(fresh.here.store, job="github/events", due_at=now)
    assert schedule()["kept"] is True


def test_a_pipeline_that_has_never_run_has_no_balance(fresh: Served) -> None:
    (found,) = every(fresh.client("viewer"), "/pipelines")
    assert (found["runs"], found["balance"], found["usual_seconds"]) == ([], None, None)


def test_runs_are_read_to_the_end_newest_first(fresh: Served) -> None:
    made = []
    for number in range(5):
        run = runs.start(fresh.here.store, project="github", pipeline=f"p{number % 2}", run_id=f"r{number}")
        runs.finish(fresh.here.store, run_id=run.run_id, status="failed" if number == 3 else "succeeded")
        made.append(run.run_id)
    client = fresh.client("viewer")
    assert [one["run_id"] for one in every(client, "/runs", limit=2)] == made[::-1]
    assert [one["run_id"] for one in every(client, "/runs", pipeline="p0")] == ["r4", "r2", "r0"]
    assert [one["run_id"] for one in every(client, "/runs", status="failed")] == ["r3"]


def test_runs_of_another_project_are_not_told(fresh: Served) -> None:
    runs.start(fresh.here.store, project="other", pipeline="events", run_id="r")
    client = fresh.client("admin")
    assert ok(client.get(f"{API}/runs"))["items"] == []
    assert refused(client, "/runs/r")["status"] == 404


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
def test_odd_ids_are_no_runs(served: Served, name: str) -> None:
    assert refused(served.client("viewer"), f"/runs/{name}")["status"] == 404


def test_an_unknown_status_is_refused(served: Served) -> None:
    assert refused(served.client("viewer"), "/runs?status=lost")["status"] == 422
