"""The list of datasets, and the page of one."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sentineldq.pipeline.project import load_project
from sentineldq.store import alerts, freshness, runs
from sentineldq.store.alerts import Change, Event
from sentineldq.store.freshness import Freshness
from tests.server.conftest import copied
from tests.server.reading import API, ODD, every, ok, refused, secrets_of
from tests.server.serving import ROLES, Served, serving

GOLD = {"gold.events_per_hour", "gold.push_sizes", "gold.top_actors", "gold.top_repos"}


def test_datasets_are_read_to_the_end(served: Served) -> None:
    found = every(served.client("viewer"), "/datasets", limit=2)
    assert [one["name"] for one in found] == sorted({"events", *GOLD})
    assert {one["layer"] for one in found} == {"silver", "gold"}


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("sort", ["name", "health", "score", "rows", "quarantined", "age", "run"])
def test_every_order_has_all_datasets_once(served: Served, sort: str, *, reverse: bool) -> None:
    client = served.client("viewer")
    names = [one["name"] for one in every(client, "/datasets", sort=sort, reverse=reverse)]
    assert sorted(names) == sorted({"events", *GOLD})
    if sort == "name":
        assert names == sorted(names, reverse=reverse)
    elif sort != "health":
        assert names[0] == "events"  # the others have no such number, and are last either way
    given = {"sort": sort, "reverse": reverse, "limit": 2, "offset": 3}
    assert [one["name"] for one in ok(client.get(f"{API}/datasets", params=given))["items"]] == names[3:]


def test_the_list_has_the_scores_of_days_for_who_asks(served: Served) -> None:
    client = served.client("viewer")
    page = ok(client.get(f"{API}/datasets", params={"trend": 14}))
    trends = {one["name"]: one["trend"] for one in page["items"]}
    scores = {one["name"]: one["score"] for one in page["items"]}
    assert {len(trend) for trend in trends.values()} == {14}
    assert scores["events"] in trends["events"]
    assert set(trends["gold.top_repos"]) == {None}
    assert all(one["trend"] == [] for one in ok(client.get(f"{API}/datasets"))["items"])


def test_datasets_are_searched_and_filtered(served: Served) -> None:
    client = served.client("viewer")
    page = ok(client.get(f"{API}/datasets", params={"search": "TOP_", "layer": "gold"}))
    assert [one["name"] for one in page["items"]] == ["gold.top_actors", "gold.top_repos"]
    assert page["facets"]["layer"] == {"gold": 2}
    assert page["total"] == 2
    owned = ok(client.get(f"{API}/datasets", params={"owner": "engineering-data", "health": "critical"}))
    assert owned["items"] == []
    assert owned["facets"]["owner"]["engineering-data"] == 5


def test_a_dataset_has_its_contract_its_tables_and_its_records(served: Served) -> None:
    found = ok(served.client("viewer").get(f"{API}/datasets/events"))
    layers = {one["layer"]: one["rows"] for one in found["layers"]}
    sums = {
        name: sum(hour[name] for hour in found["quality"]) for name in ("rows", "accepted", "quarantined")
    }
    assert layers == {
        "bronze": sums["rows"],
        "silver": sums["accepted"],
        "quarantine": sums["quarantined"],
    }
    assert found["score"] == pytest.approx(1 - sums["quarantined"] / sums["rows"], abs=1e-6)
    columns = {one["path"]: one for one in found["contract"]["columns"]}
    assert columns["actor.login"]["classified"]
    assert columns["id"]["key"]
    assert set(found["downstream"]) == GOLD
    assert found["run"]["status"] == "succeeded"
    assert found["checks"]


def test_the_silver_table_is_the_dataset(served: Served) -> None:
    assert ok(served.client("viewer").get(f"{API}/datasets/silver.events"))["name"] == "events"


def test_lineage_goes_up_and_down(served: Served) -> None:
    client = served.client("viewer")
    whole = ok(client.get(f"{API}/datasets/events/lineage"))
    edges = {(one["source"], one["target"]) for one in whole["edges"]}
    assert {("bronze.events", "silver.events"), ("bronze.events", "quarantine.events")} < edges
    assert ("silver.events", "gold.top_repos") in edges
    part = ok(client.get(f"{API}/datasets/gold.top_repos/lineage"))
    assert {one["dataset"] for one in part["nodes"]} == {None, "events", "gold.top_repos"}
    known = {one["id"] for one in whole["nodes"]}
    assert all(one["source"] in known and one["target"] in known for one in whole["edges"])


def test_versions_are_read_to_the_end(served: Served) -> None:
    found = every(served.client("viewer"), "/datasets/events/versions")
    assert found[0]["rows"] > 0
    assert len({one["snapshot"] for one in found}) == len(found)


@pytest.mark.parametrize("role", ROLES)
def test_what_is_classified_is_in_no_sample(served: Served, role: str) -> None:
    client = served.client(role)
    for name in ("events", "gold.top_actors"):
        answer = client.get(f"{API}/datasets/{name}/sample", params={"limit": 100})
        assert ok(answer)["rows"]
        assert not [secret for secret in secrets_of(served.here) if secret in answer.text]
    rows = ok(client.get(f"{API}/datasets/events/sample"))["rows"]
    assert rows[0]["actor"]["login"] == "***"
    assert rows[0]["actor"]["id"] > 0


def test_an_unknown_dataset_is_told_with_one_that_is_meant(served: Served) -> None:
    assert "events" in str(refused(served.client("viewer"), "/datasets/evnts")["hint"])


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
def test_odd_names_are_no_datasets(served: Served, name: str) -> None:
    client = served.client("admin")
    for path in ("", "/sample", "/versions", "/lineage", "/quality"):
        assert refused(client, f"/datasets/{name}{path}")["status"] == 404


def test_a_cursor_of_another_list_is_refused(served: Served) -> None:
    client = served.client("viewer")
    cursor = ok(client.get(f"{API}/datasets/events/versions", params={"limit": 1}))["next_cursor"] or "W10"
    assert refused(client, f"/datasets?cursor={cursor}")["status"] == 400


def test_what_never_ran_is_unknown(fresh: Served) -> None:
    client = fresh.client("viewer")
    found = ok(client.get(f"{API}/datasets/events"))
    assert found["health"] == "unknown"
    assert found["score"] is None
    assert [one["rows"] for one in found["layers"]] == [None, None, None]
    assert ok(client.get(f"{API}/datasets/events/sample"))["rows"] == []
    assert ok(client.get(f"{API}/datasets/events/versions"))["items"] == []


def test_the_worst_of_run_alerts_and_contract_is_the_health(fresh: Served) -> None:
    """Each makes it worse, with a reason in words, which shows within the second for which answers are kept."""
    here, client = fresh.here, fresh.client("viewer")
    run = runs.start(here.store, project=here.project.name, pipeline="events")
    runs.finish(here.store, run_id=run.run_id, status="failed", error="the source is gone")
    values = {
        "key": "k",
        "kind": "volume",
        "dataset": "silver.events",
        "severity": "WARNING",
        "status": "open",
        "title": "few rows",
        "details": {},
        "count": 1,
        "escalated": 0,
        "opened_at": run.started_at,
    }
    change = Change(alert_id=alerts.identify(), values=values, event=Event(kind="opened"), new=True)
    alerts.apply(here.store, [change], now=run.started_at)
    found = ok(client.get(f"{API}/datasets/events"))
    assert found["health"] == "critical"
    assert [one["part"] for one in found["reasons"]] == ["run", "alerts"]
    assert "the source is gone" in found["reasons"][0]["message"]
    assert found["alerts"] == {"WARNING": 1}


def test_a_broken_contract_is_told_and_breaks_no_list(tmp_path: Path) -> None:
    folder = tmp_path / "github"
    shutil.copytree(Path(__file__).parents[2] / "projects" / "github", folder)
    (folder / "contracts" / "events.odcs.yaml").write_text("schema: [")
    with serving(load_project(folder, simulated=True)) as served:
        client = served.client("analyst")
        found = {one["name"]: one for one in ok(client.get(f"{API}/datasets"))["items"]}
        assert found["events"]["health"] == "critical"
        assert found["events"]["reasons"][0]["part"] == "contract"
        assert ok(client.get(f"{API}/datasets/events/sample"))["reason"]
        assert refused(client, "/contracts/events")["status"] == 404
        assert client.post(f"{API}/validate/events", json={}).status_code == 409


def test_a_dataset_over_time_has_one_axis_and_gaps(served: Served) -> None:
    client = served.client("viewer")
    found = ok(client.get(f"{API}/datasets/events/timeline", params={"days": 2, "grain": "hour"}))
    axes = [value for value in found.values() if isinstance(value, list)]
    assert {len(one) for one in axes} == {48}
    layers = {one["layer"]: one["rows"] for one in ok(client.get(f"{API}/datasets/events"))["layers"]}
    assert sum(one or 0 for one in found["rows"]) == layers["bronze"]
    assert found["rows"][0] is None
    assert found["score"][0] is None
    assert found["table_rows"][-1] == layers["silver"]
    assert found["simulated"]
    assert set(found["age_seconds"]) == {None}
    gold = ok(client.get(f"{API}/datasets/gold.top_repos/timeline", params={"grain": "day", "days": 3}))
    assert len(gold["times"]) == 3
    assert gold["table_rows"][-1] > 0


def test_the_worst_age_and_what_was_found_stand_in_their_hour(tmp_path: Path) -> None:
    """Of a project whose records are not simulated, by the names that its tables have."""
    now = datetime.now(UTC)
    with serving(load_project(copied(tmp_path / "github"))) as fresh:
        measured = [
            Freshness(
                dataset="silver.events",
                last_event_at=now,
                last_commit_at=now,
                age_seconds=age,
                allowed_seconds=900.0,
                status="pass",
                measured_at=now - timedelta(seconds=back),
            )
            for age, back in ((60.0, 0), (700.0, 1), (5.0, 7300))
        ]
        freshness.record(fresh.here.store, measurements=measured)
        client = fresh.client("analyst")
        for dataset in ("silver.events", "quarantine.events", "events", "orders"):
            client.post(f"{API}/alerts/", json={"title": "t", "severity": "WARNING", "dataset": dataset})
        found = ok(client.get(f"{API}/datasets/events/timeline", params={"days": 1}))
        assert max(found["age_seconds"][-2:], key=lambda age: age or 0) == 700.0
        assert sum(found["alerts"]) == 3
        assert found["allowed_seconds"][-1] in (900.0, None)
        standing = ok(client.get(f"{API}/datasets/events"))["standing"]
        assert [one["severity"] for one in standing] == ["WARNING"] * 3
