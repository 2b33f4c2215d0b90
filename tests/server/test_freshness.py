"""Freshness, of all datasets and of one over time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sentineldq.store import freshness
from sentineldq.store.freshness import Freshness
from tests.server.reading import API, ODD, every, ok, refused
from tests.server.serving import Served

NOW = datetime.now(UTC).replace(microsecond=0)


def measured(dataset: str, *, back: int, status: str = "pass") -> Freshness:
    at = NOW - timedelta(hours=back)
    return Freshness(
        dataset=dataset,
        last_event_at=at - timedelta(minutes=5),
        last_commit_at=at,
        age_seconds=300.0,
        allowed_seconds=900.0,
        status=status,
        measured_at=at,
    )


def test_freshness_is_read_to_the_end(fresh: Served) -> None:
    rows = [
        measured("gold.top_repos", back=1, status="fail"),
        measured("silver.events", back=1),
        measured("silver.other", back=1),
    ]
    freshness.record(fresh.here.store, measurements=rows)
    client = fresh.client("viewer")
    found = every(client, "/freshness")
    assert [(one["dataset"], one["status"]) for one in found] == [
        ("gold.top_repos", "fail"),
        ("events", "pass"),
    ]
    assert [one["dataset"] for one in every(client, "/freshness", status="fail")] == ["gold.top_repos"]


def test_the_history_of_a_dataset_is_read_to_the_end(fresh: Served) -> None:
    for back in range(5, 0, -1):
        freshness.record(fresh.here.store, measurements=[measured("silver.events", back=back)])
    found = every(fresh.client("viewer"), "/freshness/events", limit=2)
    times = [datetime.fromisoformat(one["measured_at"]) for one in found]
    assert times == [NOW - timedelta(hours=back) for back in range(1, 6)]


def test_the_run_has_measured(served: Served) -> None:
    assert ok(served.client("viewer").get(f"{API}/freshness"))["total"] == len(
        {one.dataset for one in freshness.current(served.here.store)}
    )


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
def test_odd_names_have_no_freshness(served: Served, name: str) -> None:
    assert refused(served.client("viewer"), f"/freshness/{name}")["status"] == 404
