"""Drift, measurements and feedback are kept as they were told, and found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import inspect

from sentineldq.errors import StoreError, UsageError
from sentineldq.store import drift, feedback, measurements
from sentineldq.store.database import Store
from sentineldq.store.drift import Drift
from sentineldq.store.feedback import Feedback
from sentineldq.store.measurements import Measurement

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOVED = Drift(
    drift_type="distribution",
    entity="type=PushEvent",
    field_name="payload.size",
    baseline_start=NOON - 170 * HOUR,
    baseline_end=NOON - 24 * HOUR,
    current_start=NOON - 24 * HOUR,
    current_end=NOON,
    metric_name="psi",
    baseline_value={"quantiles": [1, 2.5]},
    current_value=3.5,
    drift_score=0.4,
    severity="WARNING",
    detected_at=NOON,
    metadata={"p_value": float("nan"), "contributions": [["a", 1]]},
    dataset="events",
)
POINT = Measurement(
    series="events/rows",
    at=NOON,
    value=10.5,
    dataset="events",
    monitor="volume",
    expected_low=9.0,
    verdict="ok",
)
SAID = Feedback(
    series="events/rows",
    since=NOON,
    until=NOON + HOUR,
    verdict="incident",
    note="disk",
    made_by="ada",
    made_at=NOON,
)


def test_drift_results_have_the_columns_that_were_agreed(store: Store) -> None:
    names = [column["name"] for column in inspect(store.engine).get_columns("drift_results")]
    agreed = """drift_id drift_type entity field_name baseline_start baseline_end current_start current_end metric_name
    baseline_value current_value drift_score severity detected_at metadata dataset"""
    assert names == agreed.split()
    indexed = {tuple(index["column_names"]) for index in inspect(store.engine).get_indexes("drift_results")}
    agreed_indexes = {("detected_at",), ("severity",), ("drift_type", "entity"), ("dataset",)}
    assert indexed == agreed_indexes | {("dataset", "detected_at")}


def test_drift_is_found_again_as_it_was(store: Store) -> None:
    for _ in range(2):
        drift.record(store, [MOVED])
    found = drift.query(store, dataset="events")
    assert found == [replace(MOVED, metadata={"p_value": None, "contributions": [["a", 1]]})]
    assert drift.query(store, dataset="other") == []


@pytest.mark.parametrize("value", [None, True, 3, "ΔNUL", [1, {"a": None}], {"k": "v"}], ids=ascii)
def test_drift_takes_whatever_json_can_say(store: Store, value: object) -> None:
    drift.record(store, [replace(MOVED, baseline_value=value)])
    assert drift.query(store)[0].baseline_value == value


def test_drift_is_found_by_what_it_is(store: Store) -> None:
    new = {"drift_id": "new", "detected_at": NOON + HOUR, "severity": "CRITICAL"}
    worse = replace(
        MOVED, drift_id="worse", drift_score=1.0, drift_type="schema", entity="events", field_name=None
    )
    drift.record(store, [MOVED, replace(MOVED, **new), worse])
    assert [one.drift_id for one in drift.query(store)] == ["new", "worse", MOVED.drift_id]
    assert [one.drift_id for one in drift.query(store, limit=1)] == ["new"]
    for given, expected in (
        ({"drift_type": "schema"}, {"worse"}),
        ({"entity": "type=PushEvent"}, {"new", MOVED.drift_id}),
        ({"field_name": "payload.size", "severity": "CRITICAL"}, {"new"}),
        ({"since": NOON + HOUR}, {"new"}),
        ({"until": NOON + HOUR}, {"worse", MOVED.drift_id}),
    ):
        assert {one.drift_id for one in drift.query(store, **given)} == expected


@pytest.mark.parametrize("score", [-0.1, 1.1])
def test_a_score_that_is_none_is_refused(store: Store, score: float) -> None:
    with pytest.raises(StoreError, match="drift_score"):
        drift.record(store, [replace(MOVED, drift_score=score)])


def test_a_point_measured_again_is_replaced(store: Store) -> None:
    measurements.record(store, [POINT])
    measurements.record(store, [replace(POINT, value=None, verdict="error"), replace(POINT, at=NOON - HOUR)])
    first, last = measurements.read(store, series="events/rows")
    assert (first.at, first.value, last.value, last.verdict) == (NOON - HOUR, 10.5, None, "error")
    assert measurements.latest(store, series="events/rows") == last
    assert measurements.latest(store, series="other") is None
    (known,) = measurements.series(store)
    assert (known.points, known.first_at, known.last_at, known.monitor) == (2, NOON - HOUR, NOON, "volume")


def test_points_are_the_newest_of_a_stretch_in_order(store: Store) -> None:
    measurements.record(store, [replace(POINT, at=NOON + at * HOUR, value=at) for at in range(2_500)])
    found = measurements.read(store, series="events/rows", since=NOON + HOUR, until=NOON + 9 * HOUR, limit=3)
    assert [one.value for one in found] == [6, 7, 8]
    assert len(measurements.read(store, series="events/rows")) == 2_500


def test_series_are_told_apart(store: Store) -> None:
    measurements.record(store, [POINT, replace(POINT, series="bars/nulls", dataset="bars", monitor="nulls")])
    assert [one.series for one in measurements.series(store)] == ["bars/nulls", "events/rows"]
    assert [one.series for one in measurements.series(store, monitor="volume")] == ["events/rows"]
    assert [one.series for one in measurements.series(store, dataset="bars")] == ["bars/nulls"]


def test_feedback_on_the_same_stretch_is_corrected(store: Store) -> None:
    feedback.give(store, SAID)
    other = replace(SAID, verdict="false_positive", note=None)
    feedback.give(store, other)
    assert feedback.query(store, series="events/rows") == [other]
    assert feedback.withdraw(store, series="events/rows", since=NOON, until=NOON + HOUR)
    assert not feedback.withdraw(store, series="events/rows", since=NOON, until=NOON + HOUR)
    assert feedback.query(store) == []


def test_feedback_is_found_where_it_touches(store: Store) -> None:
    feedback.give(store, SAID)
    for since, until, found in ((-2, 0, 0), (-2, 0.5, 1), (0.5, 0.6, 1), (1, 2, 0), (None, None, 1)):
        bounds = {
            name: None if at is None else NOON + at * HOUR
            for name, at in (("since", since), ("until", until))
        }
        assert len(feedback.query(store, **bounds)) == found


def test_feedback_that_ends_before_it_begins_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="before it begins"):
        feedback.give(store, replace(SAID, until=NOON))
