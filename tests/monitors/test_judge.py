"""Where a series stands: anomalies in words, differences too small to matter, the severity."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sentineldq.monitors.anomaly.model import Point
from sentineldq.monitors.anomaly.settings import Settings
from sentineldq.monitors.judge import DIRECTIONS, standing, verdicts
from sentineldq.monitors.model import Series

START = datetime(2026, 3, 2, tzinfo=UTC)
VOLUME = Series("volume", "events")
NULLS = Series("nulls", "events", "actor.login")


def points(*values):
    return [Point(START + timedelta(hours=hour), float(value)) for hour, value in enumerate(values)]


def judged(series, *values):
    settings = Settings(warm_up=48, direction=DIRECTIONS[series.kind])
    return standing(series, verdicts(series, points(*values), settings=settings))


def rhythm(hours):
    return [1000 + 400 * (hour % 24 > 8) + hour % 7 for hour in range(hours)]


def test_rows_that_stop_coming_are_critical_and_say_since_when():
    found = judged(VOLUME, *rhythm(24 * 14 + 12), 0, 0)
    assert found.severity == "CRITICAL"
    assert found.message.startswith("events: 0 rows; ")
    assert "(since 2026-03-16 12:00 UTC)" in found.message
    assert found.low is not None
    assert found.low > 0


def test_a_usual_hour_is_no_finding():
    found = judged(VOLUME, *rhythm(24 * 14 + 12))
    assert (found.severity, found.state) == (None, "normal")


def test_three_rows_more_are_not_worth_a_word():
    quiet = [2] * (24 * 14)
    assert judged(VOLUME, *quiet, 4).severity is None
    assert judged(VOLUME, *quiet, 400).severity is not None


def test_a_null_share_is_told_in_per_cent():
    found = judged(NULLS, *[0.01] * (24 * 7), 0.4)
    assert found.message.startswith("events.actor.login: 40.0 % of its values are null; ")


def test_fewer_nulls_are_no_finding():
    assert judged(NULLS, *[0.4, 0.41] * (12 * 7), 0.0).severity is None


def test_the_first_points_are_admitted_to_be_too_few():
    found = judged(VOLUME, 5, 6, 7)
    assert found.state == "warming up"
    assert "3 of 48" in found.message or "2 of 48" in found.message


def test_a_series_without_points():
    assert standing(VOLUME, []).state == "gap"


def test_names():
    assert (VOLUME.name, NULLS.name) == ("volume/events", "nulls/events/actor.login")
