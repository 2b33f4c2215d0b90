"""Series, their points, and feedback on them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sentineldq.store import feedback, measurements
from sentineldq.store.measurements import Measurement
from tests.server.reading import API, ODD, every, ok, refused
from tests.server.serving import Served

HOUR = timedelta(hours=1)
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
NAMES = ["nulls/events/payload.size", "score/events", "volume/events"]


@pytest.fixture
def watched(fresh: Served) -> Served:
    """Three series of ten points each; the last one of the volume is beyond its band."""
    rows = [
        Measurement(
            series=name,
            at=NOW - back * HOUR,
            value=float(back),
            dataset="events",
            monitor=name.split("/")[0],
            expected_low=1.0,
            expected_high=20.0,
            verdict="anomaly" if back == 0 and name == "volume/events" else "normal",
        )
        for name in NAMES
        for back in range(10)
    ]
    measurements.record(fresh.here.store, rows)
    return fresh


def test_series_are_read_to_the_end_by_their_last_point(watched: Served) -> None:
    client = watched.client("viewer")
    found = every(client, "/monitors")
    assert [one["series"] for one in found] == NAMES
    assert {datetime.fromisoformat(one["at"]) for one in found} == {NOW}
    assert [one["series"] for one in every(client, "/monitors", kind="score")] == ["score/events"]
    assert [one["series"] for one in every(client, "/monitors", verdict="anomaly")] == ["volume/events"]
    assert [one["series"] for one in every(client, "/monitors", search="PAYLOAD")] == NAMES[:1]
    assert every(client, "/monitors", dataset="other") == []


def test_the_worst_come_first_each_with_its_last_values(watched: Served) -> None:
    client = watched.client("viewer")
    found = every(client, "/monitors", sort="worst", values=3)
    assert [one["series"] for one in found] == ["volume/events", *NAMES[:2]]
    assert {tuple(one["values"]) for one in found} == {(2.0, 1.0, 0.0)}
    assert [one["values"] for one in every(client, "/monitors")] == [[], [], []]


def test_points_have_their_band(watched: Served) -> None:
    found = ok(watched.client("viewer").get(f"{API}/monitors/nulls/events/payload.size/points"))
    assert [one["value"] for one in found["items"]] == [float(back) for back in range(9, -1, -1)]
    assert {(one["low"], one["high"]) for one in found["items"]} == {(1.0, 20.0)}
    since = (NOW - 3 * HOUR).isoformat()
    part = watched.client("viewer").get(f"{API}/monitors/volume/events/points", params={"since": since})
    assert len(ok(part)["items"]) == 4


def test_a_band_that_holds_anything_is_none(watched: Served) -> None:
    wide = Measurement(
        series="metric/wide",
        at=NOW,
        value=1.0,
        dataset="events",
        monitor="metric",
        expected_low=-1e300,
        expected_high=1e300,
    )
    measurements.record(watched.here.store, [wide])
    (point,) = ok(watched.client("viewer").get(f"{API}/monitors/metric/wide/points"))["items"]
    assert (point["low"], point["high"]) == (None, None)


def test_a_series_that_ended_long_ago_is_shown_up_to_its_end(watched: Served) -> None:
    old = Measurement(
        series="volume/old", at=NOW - 400 * 24 * HOUR, value=1.0, dataset="old", monitor="volume"
    )
    measurements.record(watched.here.store, [old])
    assert len(ok(watched.client("viewer").get(f"{API}/monitors/volume/old/points"))["items"]) == 1


def test_a_steward_says_what_it_was_and_takes_it_back(watched: Served) -> None:
    client = watched.client("steward")
    said = {
        "since": (NOW - HOUR).isoformat(),
        "until": (NOW + HOUR).isoformat(),
        "verdict": "incident",
        "note": "<b>down</b>",
    }
    made = ok(client.post(f"{API}/monitors/volume/events/feedback", json=said))
    assert made["made_by"] == "steward-key"
    assert [one.verdict for one in feedback.query(watched.here.store)] == ["incident"]
    assert ok(client.get(f"{API}/monitors/volume/events/points"))["feedback"] == [made]
    assert every(client, "/monitors/feedback") == [made]
    stretch = {"since": said["since"], "until": said["until"]}
    assert client.delete(f"{API}/monitors/volume/events/feedback", params=stretch).status_code == 204
    assert client.delete(f"{API}/monitors/volume/events/feedback", params=stretch).status_code == 404


@pytest.mark.parametrize(
    "said",
    [
        {"since": "2026-11-20T00:00:00", "until": "2026-11-21T00:00:00Z", "verdict": "incident"},
        {"since": "2026-11-21T00:00:00Z", "until": "2026-11-20T00:00:00Z", "verdict": "incident"},
        {"since": "2026-11-20T00:00:00Z", "until": "2026-11-21T00:00:00Z", "verdict": "whatever"},
        {},
    ],
    ids=["no offset", "ends before", "no verdict", "nothing"],
)
def test_what_says_nothing_is_refused(watched: Served, said: dict[str, str]) -> None:
    answer = watched.client("steward").post(f"{API}/monitors/volume/events/feedback", json=said)
    assert answer.status_code == 422


@pytest.mark.parametrize("role", ["viewer", "analyst"])
def test_feedback_takes_a_steward(watched: Served, role: str) -> None:
    assert watched.client(role).post(f"{API}/monitors/volume/events/feedback", json={}).status_code == 403


def test_an_unknown_series_is_told_with_one_that_is_meant(watched: Served) -> None:
    problem = refused(watched.client("viewer"), "/monitors/volume/event/points")
    assert (problem["status"], problem["hint"]) == (404, "did you mean 'volume/events'?")


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
def test_odd_names_are_no_series(served: Served, name: str) -> None:
    assert refused(served.client("viewer"), f"/monitors/{name}/points")["status"] == 404
