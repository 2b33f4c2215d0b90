"""Drift that was found, as a matrix, and compared live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from sentineldq.profiles.build import profile
from sentineldq.profiles.codec import encode
from sentineldq.store import drift, looks, profiles
from sentineldq.store.drift import Drift
from sentineldq.store.looks import ITSELF, Look
from tests.server.reading import API, ODD, every, ok, refused, secrets_of
from tests.server.serving import ROLES, Served

NOW = datetime.now(UTC).replace(microsecond=0)


def found(field: str | None, *, score: float = 0.5, back: int = 0, **more: Any) -> Drift:
    usual: dict[str, Any] = {
        "drift_type": "distribution",
        "entity": "events",
        "metric_name": "psi",
        "severity": "WARNING",
        "dataset": "events",
        "baseline_value": {"SECRET": 0.5},
        "current_value": {"SECRET": 0.1},
        "metadata": {"message": "SECRET moved", "statistic": 0.4, "contributions": [{"what": "SECRET"}]},
    }
    at = NOW - timedelta(days=back, hours=1)
    return Drift(field_name=field, drift_score=score, detected_at=at, **{**usual, **more})


def test_drift_is_read_to_the_end_worst_first(fresh: Served) -> None:
    rows = [found("type", score=score / 10, back=back) for back in range(3) for score in (3, 9, 5, 5)]
    drift.record(fresh.here.store, rows)
    read = every(fresh.client("viewer"), "/drift", limit=5)
    assert len({one["drift_id"] for one in read}) == 12
    places = [(one["detected_at"], one["drift_score"]) for one in read]
    assert places == sorted(places, reverse=True)


def test_drift_is_filtered(fresh: Served) -> None:
    drift.record(
        fresh.here.store,
        [
            found("type"),
            found("public", severity="CRITICAL"),
            found(None, drift_type="volume"),
            found("type", back=60),
            found("type", dataset="gold.top_repos", entity="gold.top_repos"),
        ],
    )
    client = fresh.client("viewer")
    assert len(every(client, "/drift")) == 4
    assert len(every(client, "/drift", days=90)) == 5
    assert len(every(client, "/drift", severity="CRITICAL")) == 1
    assert len(every(client, "/drift", drift_type="volume")) == 1
    assert len(every(client, "/drift", dataset="gold.top_repos")) == 1
    assert len(every(client, "/drift", dataset="events", field_name="type")) == 1


def look(dataset: str = "events", *, back: float = 0, **scores: float | None) -> Look:
    """A day that was looked at; `back` days ago."""
    end = NOW - timedelta(days=back, seconds=1)
    known = [score for score in scores.values() if score is not None]
    return Look(
        dataset=dataset,
        current_end=end,
        current_start=end - timedelta(days=1),
        baseline_rows=7_000,
        current_rows=1_000,
        worst=max(known, default=0.0),
        scores={name.replace("itself", ITSELF): score for name, score in scores.items()},
        looked_at=NOW,
    )


@pytest.fixture
def looked(fresh: Served) -> Served:
    """Two datasets, looked at on several days."""
    found = [
        look(type=0.3, public=0.1, rare=None),
        look(back=0.001, type=0.9, public=0.4, rare=None),
        look(back=2, type=0.2, rare=None, itself=0.6),
        look(dataset="gold.top_repos", rank=1.0),
        look(dataset="gold.quiet", rank=0.0),
    ]
    looks.record(fresh.here.store, found)
    return fresh


def test_the_matrix_has_the_worst_of_each_cell_and_what_did_not_drift(looked: Served) -> None:
    client = looked.client("viewer")
    told = ok(client.get(f"{API}/drift/matrix", params={"days": 5}))
    assert [one["dataset"] for one in told["items"]] == ["gold.top_repos", "events", "gold.quiet"]
    events = told["items"][1]
    columns = {one["name"]: one for one in events["columns"]}
    assert list(columns) == ["type", None, "public", "rare"]
    assert [score for score in columns["type"]["scores"] if score is not None] == [0.2, 0.9]
    assert (columns["type"]["worst"], columns["type"]["drifts"]) == (0.9, 1)
    assert columns["rare"]["scores"] == [None] * 5
    assert len(columns["rare"]["few"]) == 2
    assert [one["rows"] for one in events["windows"] if one is not None] == [1_000, 1_000]
    assert len(told["times"]) == len(columns["type"]["scores"]) == 5
    assert told["threshold"] == 0.25


def test_the_matrix_of_data_that_ended_long_ago_goes_up_to_its_end(fresh: Served) -> None:
    looks.record(fresh.here.store, [look(back=400, type=0.3), look(back=401, type=0.1)])
    told = ok(fresh.client("viewer").get(f"{API}/drift/matrix", params={"days": 3}))
    assert told["ended"] is not None
    (events,) = told["items"]
    assert [score for score in events["columns"][0]["scores"] if score is not None] == [0.1, 0.3]
    assert ok(fresh.client("viewer").get(f"{API}/drift/matrix"))["times"][-1] < told["ended"]


def test_the_matrix_is_read_to_the_end_and_cut_by_column(looked: Served) -> None:
    client = looked.client("viewer")
    names = [one["dataset"] for one in every(client, "/drift/matrix", days=5)]
    assert names == ["gold.top_repos", "events", "gold.quiet"]
    narrow = ok(client.get(f"{API}/drift/matrix", params={"columns": 1, "dataset": "events", "days": 5}))
    assert narrow["items"][0]["more_columns"] == 3
    assert narrow["total"] == 1


def test_the_matrix_is_searched_and_cut_by_severity(looked: Served) -> None:
    client = looked.client("viewer")
    found = ok(client.get(f"{API}/drift/matrix", params={"search": "PUB", "days": 5}))
    assert [(one["dataset"], [each["name"] for each in one["columns"]]) for one in found["items"]] == [
        ("events", ["public"])
    ]
    bad = ok(client.get(f"{API}/drift/matrix", params={"severity": "CRITICAL", "days": 5}))
    assert [(one["dataset"], [each["name"] for each in one["columns"]]) for one in bad["items"]] == [
        ("gold.top_repos", ["rank"]),
        ("events", ["type"]),
    ]
    hours = ok(client.get(f"{API}/drift/matrix", params={"grain": "hour", "days": 1}))
    assert len(hours["times"]) == 24
    assert len(hours["items"]) == 3


def test_two_windows_are_compared_live_and_nothing_is_kept(served: Served) -> None:
    before = drift.query(served.here.store, limit=1000)
    told = ok(
        served.client("viewer").get(
            f"{API}/drift/events/compare", params={"current": "6h", "baseline": "10h"}
        )
    )
    assert told["compared"]
    assert told["tests"]
    assert {one["name"] for one in told["columns"]} >= {"type", "payload.size"}
    assert drift.query(served.here.store, limit=1000) == before


def test_a_column_has_both_distributions(served: Served) -> None:
    windows = {"current": "6h", "baseline": "10h"}
    told = ok(served.client("viewer").get(f"{API}/drift/events/columns/type", params=windows))
    shape = told["distributions"][0]
    assert len(shape["values"]) == len(shape["baseline"]) == len(shape["current"])
    assert "PushEvent" in shape["values"]
    assert {one["metric_name"] for one in told["tests"]} >= {"null_share"}
    assert all(one["field_name"] == "type" for one in told["tests"])
    assert {one["name"] for one in told["statistics"]} >= {"Rows", "Distinct"}
    assert told["levels"] == {"INFO": 0.25, "WARNING": 0.5, "CRITICAL": 0.75}
    size = ok(served.client("viewer").get(f"{API}/drift/events/columns/payload.size", params=windows))
    quantiles = [one["baseline"] for one in size["quantiles"]]
    assert len(quantiles) == 7
    assert quantiles == sorted(quantiles)
    assert (
        refused(served.client("viewer"), "/drift/events/columns/nope?current=6h&baseline=10h")["status"]
        == 404
    )


def test_a_column_has_what_it_scored_before(looked: Served) -> None:
    store = looked.here.store
    hour = NOW.replace(minute=0, second=0)
    frame = pl.DataFrame({"type": ["PushEvent"] * 300})
    profiles.add(
        store,
        dataset="events",
        partition="p",
        batch=1,
        hours={hour - timedelta(hours=at): encode(profile(frame)) for at in range(1, 31)},
        join=lambda one, _: one,
    )
    told = ok(
        looked.client("viewer").get(
            f"{API}/drift/events/columns/type", params={"current": "6h", "baseline": "20h", "days": 5}
        )
    )
    assert [one["score"] for one in told["history"]] == [0.2, 0.9, 0.3]
    assert {one["rows"] for one in told["history"]} == {1_000}


def test_a_brief_comparison_has_no_distributions(served: Served) -> None:
    windows = {"current": "6h", "baseline": "10h", "brief": True}
    told = ok(served.client("viewer").get(f"{API}/drift/events/compare", params=windows))
    assert told["tests"] == []
    assert all(one["distributions"] == one["statistics"] == [] for one in told["columns"])


@pytest.mark.parametrize("role", ROLES)
def test_what_is_classified_is_in_no_comparison(served: Served, role: str) -> None:
    client, windows = served.client(role), {"current": "6h", "baseline": "10h"}
    answer = client.get(f"{API}/drift/events/compare", params=windows)
    assert not [secret for secret in secrets_of(served.here) if secret in answer.text]
    told = ok(client.get(f"{API}/drift/events/columns/actor.login", params=windows))
    assert told["hidden"]
    assert (told["distributions"], told["statistics"], told["quantiles"]) == ([], [], [])


def test_values_found_before_a_column_was_classified_are_masked(fresh: Served) -> None:
    drift.record(fresh.here.store, [found("actor.login", entity="actor.login=SECRET"), found("type")])
    read = {one["field_name"]: one for one in every(fresh.client("admin"), "/drift")}
    assert "SECRET" in str(read["type"])
    assert "SECRET" not in str(read["actor.login"])
    assert read["actor.login"]["metadata"] == {"statistic": 0.4}


@pytest.mark.parametrize(
    "given", ["current=soon", "baseline=2026-11-01..", "current=24h&baseline=2010-01-01..2030-01-01"]
)
def test_windows_that_cannot_be_compared_are_refused(served: Served, given: str) -> None:
    assert refused(served.client("viewer"), f"/drift/events/compare?{given}")["status"] == 400


def test_without_a_profile_nothing_is_compared(fresh: Served) -> None:
    told = ok(fresh.client("viewer").get(f"{API}/drift/events/compare"))
    assert not told["compared"]
    assert "no profile" in told["reason"]


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
def test_odd_names_have_no_drift(served: Served, name: str) -> None:
    client = served.client("viewer")
    assert refused(client, f"/drift/{name}/compare")["status"] == 404
    assert refused(client, f"/drift?dataset={name}")["status"] == 404
    assert ok(client.get(f"{API}/drift?field_name={name}"))["items"] == []
