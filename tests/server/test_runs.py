"""Runs, listed and one by one."""

from __future__ import annotations

import pytest

from sentineldq.store import runs
from tests.server.reading import API, ODD, every, ok, refused
from tests.server.serving import Served


def test_a_run_says_what_became_of_its_records(served: Served) -> None:
    client = served.client("viewer")
    found = ok(client.get(f"{API}/runs", params={"pipeline": "events", "status": "succeeded"}))["items"][-1]
    assert found["counts"]
    assert found["seconds"] > 0
    assert ok(client.get(f"{API}/runs/{found['run_id']}")) == found


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
