"""Spans of time: every route that takes days takes two moments as well, and keeps to both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sentineldq.server.problems import RequestError
from sentineldq.server.span import between
from sentineldq.store import batches, drift, freshness, looks
from sentineldq.store.batches import Batch
from sentineldq.store.drift import Drift
from sentineldq.store.freshness import Freshness
from sentineldq.store.looks import Look
from tests.server.reading import API, ok
from tests.server.serving import Served

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
SINCE, UNTIL = NOW - 6 * DAY, NOW - 2 * DAY
PAST = {"since": SINCE.isoformat(), "until": UNTIL.isoformat()}

ROUTES = [
    "/datasets/events/quality",
    "/datasets/events/timeline",
    "/drift",
    "/drift/matrix",
    "/freshness/events",
    "/quarantine/events/arrivals",
]


@pytest.fixture
def past(fresh: Served) -> Served:
    """Something of each of nine days, twelve hours from this time of the day."""
    times = [NOW - back * DAY - DAY / 2 for back in range(9)]
    store = fresh.here.store
    batches.record(store, batches=[_batch(number, at) for number, at in enumerate(times)])
    drift.record(store, [_drift(at) for at in times])
    looks.record(store, [_look(at) for at in times])
    for at in reversed(times):
        freshness.record(store, measurements=[_fresh(at)])
    return fresh


def _batch(number: int, at: datetime) -> Batch:
    return Batch(
        dataset="events", partition="p", batch=number, rows=10, silver=10, quarantined=0, committed_at=at
    )


def _drift(at: datetime) -> Drift:
    return Drift(
        dataset="events",
        drift_type="volume",
        entity="events",
        metric_name="rows",
        drift_score=0.5,
        severity="WARNING",
        detected_at=at,
    )


def _look(at: datetime) -> Look:
    return Look(
        dataset="events",
        current_start=at - DAY,
        current_end=at,
        baseline_rows=1_000,
        current_rows=1_000,
        worst=0.5,
        scores={"type": 0.5},
        looked_at=at,
    )


def _fresh(at: datetime) -> Freshness:
    return Freshness(
        dataset="silver.events",
        last_event_at=at,
        last_commit_at=at,
        age_seconds=60.0,
        allowed_seconds=900.0,
        status="pass",
        measured_at=at,
    )


@pytest.mark.parametrize(
    ("path", "at"),
    [
        ("/datasets/events/quality?grain=hour", "at"),
        ("/drift", "detected_at"),
        ("/freshness/events", "measured_at"),
    ],
)
def test_a_list_of_the_past_keeps_to_both_ends(past: Served, path: str, at: str) -> None:
    items = ok(past.client("viewer").get(f"{API}{path}", params=_params(path)))["items"]
    times = sorted(datetime.fromisoformat(one[at]) for one in items)
    assert len(times) == 4
    assert SINCE - timedelta(hours=1) <= times[0]
    assert times[-1] < UNTIL


@pytest.mark.parametrize("grain", ["hour", "day"])
@pytest.mark.parametrize("path", ["/datasets/events/timeline", "/drift/matrix"])
def test_an_axis_of_the_past_keeps_to_both_ends(past: Served, path: str, grain: str) -> None:
    found = ok(past.client("viewer").get(f"{API}{path}", params={**PAST, "grain": grain}))
    times = [datetime.fromisoformat(at) for at in found["times"]]
    step = timedelta(hours=1) if grain == "hour" else DAY
    assert times[0] <= SINCE < times[0] + step
    assert times[-1] < UNTIL <= times[-1] + step
    assert found.get("ended") is None
    values = found["rows"] if "rows" in found else found["items"][0]["columns"][0]["scores"]
    assert 4 <= sum(one is not None for one in values) <= 5


def test_what_is_held_is_counted_up_to_the_end(served: Served) -> None:
    client = served.client("viewer")
    now = ok(client.get(f"{API}/quarantine/events/arrivals"))
    assert now["items"]
    found = ok(client.get(f"{API}/quarantine/events/arrivals", params=PAST))
    since, until = datetime.fromisoformat(found["since"]), datetime.fromisoformat(found["until"])
    assert since <= SINCE < since + timedelta(hours=1)
    assert until - timedelta(hours=1) < UNTIL <= until
    assert found["items"] == []


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "2026-11-20T10:00:00"},
        {"since": PAST["until"], "until": PAST["since"]},
        {"since": "2020-01-01T00:00:00Z"},
        {"days": "0"},
    ],
    ids=["no offset", "turned round", "too long", "no days"],
)
def test_a_span_that_is_none_is_refused(served: Served, path: str, wrong: dict[str, str]) -> None:
    answer = served.client("viewer").get(f"{API}{path}", params=wrong)
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    ("given", "hours", "days"),
    [
        ({"days": 2}, 48, 2),
        ({"days": 2, "since": NOW - timedelta(hours=1)}, 2, None),
        ({"days": 2, "until": NOW - DAY}, 49, 3),
    ],
    ids=["days", "since", "until"],
)
def test_a_span_has_its_hours_and_days(given: dict[str, Any], hours: int, days: int | None) -> None:
    span = between(given.get("since"), given.get("until"), days=given["days"], most=366)
    assert abs(len(span.times("hour")) - hours) <= 1
    if days is not None:
        assert len(span.times("day")) == days


def test_a_span_has_an_end() -> None:
    with pytest.raises(RequestError):
        between(NOW - 400 * DAY, None, days=1, most=366)


def _params(path: str) -> dict[str, str]:
    return {**PAST, "grain": "hour"} if "grain" in path else PAST
