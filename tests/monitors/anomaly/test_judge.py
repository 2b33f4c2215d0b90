"""What is an anomaly, and what is not."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

import pytest

from sentineldq.monitors.anomaly import Point, Settings, detect
from tests.monitors.anomaly.series import DAY, HOUR, START, anomalies, changed, daily, flat, series, weekly


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shape", [flat, daily, weekly], ids=lambda shape: shape.__name__)
def test_quiet_series_stay_quiet(shape, seed: int) -> None:
    """At medium sensitivity, at most one false alarm in 300 points once three weeks have been seen."""
    found = detect(series(shape, 1400, seed=seed))
    assert len([at for at in anomalies(found) if at >= START + 21 * DAY]) <= 3


@pytest.mark.parametrize(("factor", "side"), [(2.0, "above"), (0.2, "below")])
def test_a_spike_is_an_anomaly_and_says_which_way(factor: float, side: str) -> None:
    at = START + 20 * DAY
    points = changed(series(flat, 600), lambda one: one.value * factor, at, at + HOUR)
    found = next(one for one in detect(points) if one.at == at)
    assert found.status == "anomaly"
    assert side in found.reason
    assert found.score > 0.8


def test_what_is_usual_at_noon_is_not_at_night() -> None:
    """The season is judged by, not only the range: the day's own high at three in the morning."""
    at = START + 20 * DAY + 3 * HOUR
    found = detect(changed(series(daily, 600), lambda one: 138.0, at, at + HOUR))
    assert anomalies(found) == [at]


def test_a_busy_weekend_is_an_anomaly_a_quiet_one_is_not() -> None:
    saturday = START + 33 * DAY
    quiet = detect(series(weekly, 24 * 35))
    busy = detect(changed(series(weekly, 24 * 35), lambda one: daily(one.at), saturday, saturday + DAY))
    assert not [at for at in anomalies(quiet) if at >= saturday]
    assert len([at for at in anomalies(busy) if at >= saturday]) > 12


def test_daily_series_learn_the_day_of_the_week() -> None:
    points = series(lambda at: 20.0 if at.weekday() == 6 else 100.0, 120, step=DAY)
    sunday = START + 104 * DAY
    assert not [at for at in anomalies(detect(points)) if at > START + 56 * DAY]
    found = detect(changed(points, lambda one: 100.0, sunday, sunday + DAY))
    assert sunday in anomalies(found)


def test_growth_is_followed() -> None:
    found = detect(series(lambda at: 100 + (at - START) / DAY, 24 * 90))
    assert not anomalies(found)
    assert found[-1].expected == pytest.approx(190, abs=3)


@pytest.mark.parametrize(("direction", "count"), [("up", 0), ("both", 1), ("down", 1)])
def test_one_side_can_be_watched_alone(direction, count: int) -> None:
    at = START + 20 * DAY
    points = changed(series(flat, 600), lambda one: 40.0, at, at + HOUR)
    found = detect(points, settings=Settings(direction=direction))
    assert len(anomalies(found)) == count
    assert (found[-1].low is None, found[-1].high is None) == (direction == "up", direction == "down")


def test_more_sensitive_is_narrower() -> None:
    points = series(daily, 600)
    widths = [detect(points, settings=Settings(sensitivity=name))[-1] for name in ("high", "medium", "low")]
    high, medium, low = (one.high - one.low for one in widths)
    assert high < medium < low


def test_the_band_holds_nearly_all_points_and_is_not_wide() -> None:
    found = [one for one in detect(series(daily, 1400)) if one.at >= START + 21 * DAY]
    inside = sum(one.low <= one.value <= one.high for one in found) / len(found)
    assert inside > 0.997
    assert median(one.high - one.low for one in found) < 14, "seven standard deviations to each side"


def test_warming_up_is_admitted() -> None:
    found = detect(series(flat, 60))
    assert found[12].status == "warming up"
    assert found[12].reason == "warming up: 12 of 48 points"
    assert found[12].high is None
    assert [one.status for one in found[48:]] == ["normal"] * 12


def test_a_flat_line_is_left_by_the_least_change() -> None:
    points = [Point(START + index * HOUR, 5.0) for index in range(300)]
    points[250] = Point(points[250].at, 5.01)
    assert anomalies(detect(points)) == [points[250].at]


def test_a_flat_line_with_many_spikes_keeps_a_width() -> None:
    points = [Point(START + index * HOUR / 12, 9.0 if index % 7 == 3 else 0.0) for index in range(3000)]
    late = [at for at in anomalies(detect(points)) if at > points[1500].at]
    assert not late


def test_an_incident_is_told_once() -> None:
    """The score stays high for as long as it lasts; the alert says when it began."""
    since = START + 20 * DAY
    points = changed(
        series(daily, 12 * 24 * 24, step=timedelta(minutes=5)),
        lambda one: one.value + 60,
        since,
        since + 6 * HOUR,
    )
    found = [one for one in detect(points) if since <= one.at < since + 6 * HOUR]
    assert sum(one.status == "anomaly" for one in found) > 60
    assert 1 <= sum(one.alert >= 0.5 for one in found) <= 4
    assert found[0].alert >= 0.5


def test_times_that_repeat_or_go_back_are_points_too() -> None:
    points = series(flat, 200)
    points[100:100] = [points[99], points[40], points[99]]
    found = detect(points)
    assert len(found) == 203
    assert not anomalies(found)


def test_a_time_without_a_zone_is_utc() -> None:
    points = series(daily, 200)
    bare = [Point(one.at.replace(tzinfo=None), one.value) for one in points]
    assert detect(bare) == detect(points)
