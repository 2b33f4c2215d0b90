"""The dashboard's numbers against those of the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from sentineldq.store import alerts, batches, findings, runs
from sentineldq.store.alerts import Change, Event
from sentineldq.store.batches import Batch
from tests.server.reading import API, ODD, every, ok, refused
from tests.server.serving import Served

NOW = datetime.now(UTC)


def test_the_overview_adds_up(served: Served) -> None:
    found = ok(served.client("viewer").get(f"{API}/dashboard/overview"))
    total = {one.dataset: one for one in batches.totals(served.here.store)}["events"]
    assert found["project"] == "github"
    assert sum(found["datasets"].values()) == 5
    assert sum(hour["rows"] for hour in found["flow"]) == total.rows
    assert len(found["flow"]) == 24
    assert found["since_yesterday"]["quarantined"] == total.quarantined
    assert found["score"] == pytest.approx(1 - total.quarantined / total.rows, abs=1e-6)
    assert found["pipelines"] == {"succeeded": 1}


def test_an_empty_project_has_an_overview(fresh: Served) -> None:
    found = ok(fresh.client("viewer").get(f"{API}/dashboard/overview"))
    assert found["score"] is None
    assert found["health"] == "unknown"
    assert found["pipelines"] == {"never": 1}


def test_trends_leave_no_day_out(fresh: Served) -> None:
    rows = [
        Batch(
            dataset=name,
            partition="p",
            batch=number,
            rows=10,
            silver=8,
            quarantined=2,
            committed_at=NOW - timedelta(days=back),
        )
        for number, (name, back) in enumerate([("events", 0), ("events", 3), ("other", 3), ("events", 40)], 1)
    ]
    batches.record(fresh.here.store, batches=rows)
    client = fresh.client("viewer")
    days = ok(client.get(f"{API}/dashboard/trends", params={"count": 7}))["items"]
    assert [one["rows"] for one in days] == [0, 0, 0, 20, 0, 0, 10]
    assert [one["score"] for one in days] == [None, None, None, 0.8, None, None, 0.8]
    times = [datetime.fromisoformat(one["at"]) for one in days]
    assert {later - earlier for earlier, later in pairwise(times)} == {timedelta(days=1)}
    own = ok(client.get(f"{API}/dashboard/trends", params={"count": 7, "dataset": "events"}))["items"]
    assert sum(one["rows"] for one in own) == 20
    hours = ok(client.get(f"{API}/dashboard/trends", params={"count": 30, "grain": "hour"}))["items"]
    assert (len(hours), hours[-1]["rows"] + hours[-2]["rows"]) == (30, 10)


def test_what_happened_is_read_to_the_end_in_order(fresh: Served) -> None:
    store = fresh.here.store
    for number in range(3):
        run = runs.start(store, project="github", pipeline="events", run_id=f"r{number}")
        runs.finish(store, run_id=run.run_id, status="succeeded")
        findings.report(
            store, key=f"k{number}", kind="volume", severity="INFO", title="few", dataset="events"
        )
        change = Change(
            alert_id=alerts.identify(),
            values={
                "key": f"k{number}",
                "kind": "volume",
                "severity": "WARNING",
                "status": "open",
                "title": "few rows",
                "details": {},
                "count": 1,
                "escalated": 0,
                "opened_at": NOW,
            },
            event=Event(kind="opened"),
            new=True,
        )
        alerts.apply(store, [change], now=NOW)  # all at one moment
    client = fresh.client("viewer")
    for limit in (1, 2, 50):
        found = every(client, "/dashboard/recent-activity", limit=limit)
        assert len({(one["kind"], one["id"]) for one in found}) == len(found) == 9
        times = [datetime.fromisoformat(one["at"]) for one in found]
        assert times == sorted(times, reverse=True)
    assert {one["kind"]: one["severity"] for one in found} == {
        "run": None,
        "finding": "INFO",
        "alert": "WARNING",
    }


def test_the_server_says_how_it_is(served: Served) -> None:
    found = ok(served.client("viewer").get(f"{API}/dashboard/system-status"))
    assert (found["store"], found["lake"]) == ("ok", "ok")
    assert found["running"] == []
    assert set(found["jobs"]) == {"waiting", "running"}


@pytest.mark.parametrize("given", ["count=0", "count=9999", "grain=year", "grain=hour&count=abc"])
def test_a_span_that_is_none_is_refused(served: Served, given: str) -> None:
    assert refused(served.client("viewer"), f"/dashboard/trends?{given}")["status"] == 422


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
def test_odd_names_have_no_trends(served: Served, name: str) -> None:
    assert refused(served.client("viewer"), f"/dashboard/trends?dataset={name}")["status"] == 404
