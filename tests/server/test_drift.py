"""Drift that was found, as a matrix, and compared live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sentineldq.store import drift
from sentineldq.store.drift import Drift
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


def test_the_matrix_has_the_worst_of_each_cell(fresh: Served) -> None:
    drift.record(
        fresh.here.store,
        [
            found("type", score=0.3),
            found("type", score=0.9),
            found("type", score=0.2, back=2),
            found("public", score=0.4),
            found("rank", score=1.0, dataset="gold.top_repos"),
        ],
    )
    client = fresh.client("viewer")
    matrix = ok(client.get(f"{API}/drift/matrix", params={"days": 5}))
    assert [one["dataset"] for one in matrix["items"]] == ["gold.top_repos", "events"]
    columns = {one["name"]: one for one in matrix["items"][1]["columns"]}
    assert list(columns) == ["type", "public"]
    assert [score for score in columns["type"]["scores"] if score is not None] == [0.2, 0.9]
    assert columns["type"]["drifts"] == 3
    assert len(matrix["times"]) == len(columns["type"]["scores"]) == 5
    assert [one["dataset"] for one in every(client, "/drift/matrix", days=5)] == ["gold.top_repos", "events"]
    narrow = ok(client.get(f"{API}/drift/matrix", params={"columns": 1, "dataset": "events"}))
    assert narrow["items"][0]["more_columns"] == 1


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
    assert (
        refused(served.client("viewer"), "/drift/events/columns/nope?current=6h&baseline=10h")["status"]
        == 404
    )


@pytest.mark.parametrize("role", ROLES)
def test_what_is_classified_is_in_no_comparison(served: Served, role: str) -> None:
    client, windows = served.client(role), {"current": "6h", "baseline": "10h"}
    answer = client.get(f"{API}/drift/events/compare", params=windows)
    assert not [secret for secret in secrets_of(served.here) if secret in answer.text]
    told = ok(client.get(f"{API}/drift/events/columns/actor.login", params=windows))
    assert told["hidden"]
    assert told["distributions"] == []


def test_values_found_before_a_column_was_classified_are_masked(fresh: Served) -> None:
    drift.record(fresh.here.store, [found("actor.login"), found("type")])
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
