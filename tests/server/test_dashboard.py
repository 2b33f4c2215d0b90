"""The dashboard's numbers against those of the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from sentineldq.pipeline.project import load_project
from sentineldq.store import alerts, batches, drift, findings, freshness, runs
from sentineldq.store.alerts import Change, Event
from sentineldq.store.batches import Batch
from sentineldq.store.freshness import Freshness
from tests.server.conftest import copied
from tests.server.reading import API, ODD, every, ok, refused
from tests.server.serving import Served, serving

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


def batch(name: str, *, hours: float, rows: int = 100, refused: int = 2, version: str = "1.0.0") -> Batch:
    """A batch that was committed so many hours ago."""
    return Batch(
        dataset=name,
        partition="p",
        batch=int(hours * 10),
        rows=rows,
        silver=rows - refused,
        quarantined=refused,
        contract_version=version,
        committed_at=NOW - timedelta(hours=hours),
    )


def test_the_score_is_held_against_yesterday_and_says_because_of_what(fresh: Served) -> None:
    batches.record(
        fresh.here.store,
        batches=[
            batch("events", hours=30),
            batch("events", hours=3, refused=12),
            batch("gold.push_sizes", hours=30),
            batch("gold.push_sizes", hours=3),
            batch("not ours", hours=3, refused=100),
        ],
    )
    since = ok(fresh.client("viewer").get(f"{API}/dashboard/overview"))["since_yesterday"]
    assert (since["score"], since["score_before"]) == (0.93, 0.98)
    assert (since["rows"], since["rows_before"]) == (200, 200)
    (mover,) = since["because"]
    assert (mover["dataset"], mover["points"]) == ("events", -0.05)
    assert (mover["score"], mover["score_before"]) == (0.88, 0.98)


def test_what_changed_since_yesterday_is_told_with_its_place(fresh: Served) -> None:
    store = fresh.here.store
    run = runs.start(store, project="github", pipeline="events", run_id="r1")
    runs.finish(store, run_id=run.run_id, status="failed", error="no route to the source")
    drift.record(
        store,
        [
            drift.Drift(
                drift_type="distribution",
                entity="events",
                field_name="type",
                metric_name="psi",
                drift_score=0.7,
                severity="WARNING",
                detected_at=NOW - timedelta(hours=back),
                dataset="events",
            )
            for back in (1, 40)
        ],
    )
    batches.record(store, batches=[batch("events", hours=30), batch("events", hours=3, version="1.1.0")])
    batches.record(store, batches=[batch("steady", hours=30), batch("steady", hours=3)])
    fresh.client("analyst").post(f"{API}/alerts/", json={"title": "few rows", "severity": "CRITICAL"})
    found = ok(fresh.client("viewer").get(f"{API}/dashboard/changes"))
    assert {name: found[name]["count"] for name in found if name != "since"} == {
        "alerts": 1,
        "contracts": 1,
        "runs": 1,
        "drift": 1,
        "late": 0,
    }
    assert found["runs"]["items"][0]["id"] == "r1"
    assert found["runs"]["items"][0]["title"] == "no route to the source"
    assert found["contracts"]["items"][0]["title"] == "version 1.0.0 → 1.1.0"
    assert found["drift"]["items"][0]["title"] == "1 column, score 0.70 at worst"
    assert found["alerts"]["items"][0]["severity"] == "CRITICAL"


def test_a_dataset_is_newly_late_once(tmp_path: Path) -> None:
    project = load_project(copied(tmp_path / "github"))  # simulated data are never late
    with serving(project) as served:
        rows = [("silver.events", 30, "pass"), ("gold.push_sizes", 30, "fail")]
        rows += [("silver.events", 1, "warn"), ("gold.push_sizes", 1, "fail")]
        freshness.record(
            served.here.store,
            measurements=[
                Freshness(
                    dataset=table,
                    last_event_at=None,
                    last_commit_at=None,
                    age_seconds=7200,
                    allowed_seconds=900,
                    status=status,
                    measured_at=NOW - timedelta(hours=back),
                )
                for table, back, status in rows
            ],
        )
        late = ok(served.client("viewer").get(f"{API}/dashboard/changes"))["late"]
    assert [one["dataset"] for one in late["items"]] == ["events"]
    assert "2 hours old, 15 minutes are allowed" in late["items"][0]["title"]


def test_a_span_of_the_past_has_its_own_trends(fresh: Served) -> None:
    batches.record(
        fresh.here.store, batches=[batch("events", hours=24 * back + 0.1 * back) for back in range(9)]
    )
    given = {"since": (NOW - timedelta(days=6)).isoformat(), "until": (NOW - timedelta(days=2)).isoformat()}
    client = fresh.client("viewer")
    for grain, steps in (("day", {5}), ("hour", {96, 97})):
        items = ok(client.get(f"{API}/dashboard/trends", params={**given, "grain": grain}))["items"]
        assert len(items) in steps
        assert 400 <= sum(one["rows"] for one in items) <= 500
        assert datetime.fromisoformat(items[-1]["at"]) < NOW - timedelta(days=2)
    for wrong in (
        {"since": "2026-11-20T10:00:00"},
        {"since": given["until"], "until": given["since"]},
        {"since": "2020-01-01T00:00:00Z"},
        {"since": (NOW - timedelta(days=60)).isoformat(), "grain": "hour"},
    ):
        assert client.get(f"{API}/dashboard/trends", params=wrong).status_code == 422


def test_what_needs_somebody_comes_worst_first_and_once(fresh: Served) -> None:
    client = fresh.client("steward")

    def opened(title: str, severity: str) -> str:
        answer = client.post(f"{API}/alerts/", json={"title": title, "severity": severity})
        return str(ok(answer)["alert_id"])

    for title, severity in (("mine", "CRITICAL"), ("a", "INFO"), ("b", "WARNING"), ("c", "CRITICAL")):
        made = opened(title, severity)
        if title == "mine":
            ok(client.post(f"{API}/alerts/{made}/acknowledge", json={}))
    cause, told = opened("cause", "WARNING"), opened("told with it", "CRITICAL")
    change = Change(alert_id=told, values={"cause": cause}, event=Event(kind="explained"))
    alerts.apply(fresh.here.store, [change], now=NOW)
    silent = opened("silent", "CRITICAL")
    until = (NOW + timedelta(hours=1)).isoformat()
    ok(client.post(f"{API}/alerts/{silent}/snooze", json={"until": until}))
    found = ok(client.get(f"{API}/dashboard/attention"))
    assert [one["title"] for one in found["items"]] == ["c", "mine", "cause", "b"]
    assert found["total"] == 4
    assert [one["explains"] for one in found["items"]] == [0, 0, 1, 0]
