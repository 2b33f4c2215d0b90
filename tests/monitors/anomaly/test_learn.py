"""What a detector learns, and what it must not."""

from __future__ import annotations

import math
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from sentineldq.errors import UsageError
from sentineldq.monitors.anomaly import Feedback, Interval, Point, Settings, detect
from tests.monitors.anomaly.series import DAY, HOUR, START, anomalies, changed, daily, flat, series, weekly

WEEK = Interval(START + 21 * DAY, START + 28 * DAY)
SPOILED = 300.0


def spoiled() -> list[Point]:
    """Six weeks of hours, the fourth of them wild."""
    sign = {True: 1, False: -1}
    return changed(
        series(daily, 24 * 42),
        lambda one: one.value + sign[one.at.hour % 2 == 0] * SPOILED,
        WEEK.since,
        WEEK.until,
    )


def width(points: list[Point], **said) -> float:
    last = detect(points, **said)[-1]
    return last.high - last.low


def test_a_week_that_is_masked_does_not_widen_the_band() -> None:
    clean = width(series(daily, 24 * 42))
    assert width(spoiled(), masks=[WEEK]) < 1.1 * clean
    assert width(spoiled()) > 1.5 * clean, "unmasked it does"


def test_incident_as_feedback_is_a_mask() -> None:
    said = [Feedback(since=WEEK.since, until=WEEK.until, answer="incident")]
    assert detect(spoiled(), feedback=said) == detect(spoiled(), masks=[WEEK])


def test_masked_points_say_so_and_change_nothing() -> None:
    """Whatever lies under a mask, the verdicts after it are the same."""
    one, other = detect(spoiled(), masks=[WEEK]), detect(series(daily, 24 * 42), masks=[WEEK])
    assert {found.status for found in one if WEEK.since <= found.at < WEEK.until} == {"masked"}
    after = [(a, b) for a, b in zip(one, other, strict=True) if a.at >= WEEK.until]
    assert all(a == b for a, b in after)


def test_one_wild_point_hardly_moves_the_band() -> None:
    at = START + 20 * DAY
    points = series(flat, 600)
    clean = detect(points)[-1]
    wild = detect(changed(points, lambda one: 1e6, at, at + HOUR))[-1]
    assert wild.expected == pytest.approx(clean.expected, abs=0.5)
    assert wild.high - wild.low < 1.5 * (clean.high - clean.low)


def test_another_level_is_accepted_after_two_days() -> None:
    since = START + 20 * DAY
    found = detect(changed(series(daily, 24 * 40), lambda one: one.value + 80, since, since + 99 * DAY))
    late = [at for at in anomalies(found) if at >= since]
    assert len(late) >= 40
    assert late[-1] < since + 4 * DAY
    assert found[-1].expected == pytest.approx(daily(found[-1].at) + 80, abs=6)


def test_expected_change_restarts_the_level_at_once() -> None:
    since = START + 20 * DAY
    points = changed(series(daily, 24 * 40), lambda one: one.value + 80, since, since + 99 * DAY)
    said = [Feedback(since=since, until=since + 3 * HOUR, answer="expected_change")]
    found = detect(points, feedback=said)
    assert not [at for at in anomalies(found) if at >= since]
    after = next(one for one in found if one.at == since + 5 * HOUR)
    assert after.expected == pytest.approx(daily(after.at) + 80, abs=8)


def test_a_false_positive_is_none_the_next_time() -> None:
    first, second = START + 20 * DAY, START + 35 * DAY
    points = series(flat, 24 * 45)
    for at in (first, second):
        points = changed(points, lambda one: 109.0, at, at + HOUR)
    assert second in anomalies(detect(points))
    said = [Feedback(since=first, until=first + HOUR, answer="false_positive")]
    found = detect(points, feedback=said)
    assert not {first, second} & set(anomalies(found))
    assert next(one for one in found if one.at == first).reason == "false positive"


def test_no_number_is_a_gap_and_is_not_learned() -> None:
    points = series(daily, 24 * 30)
    holes = {START + 15 * DAY + hour * HOUR for hour in range(5)}
    broken = [Point(one.at, math.nan) if one.at in holes else one for one in points]
    left_out = detect([one for one in points if one.at not in holes])
    found = detect(broken)
    assert {one.status for one in found if one.at in holes} == {"gap"}
    assert [(one.at, one.status) for one in found if one.at not in holes] == [
        (one.at, one.status) for one in left_out
    ]


def test_after_a_hole_the_band_is_wider_then_narrow_again() -> None:
    hole = (START + 20 * DAY, START + 23 * DAY)
    points = [one for one in series(daily, 24 * 30) if not hole[0] <= one.at < hole[1]]
    found = detect(points)
    widths = {one.at: one.high - one.low for one in found if one.high is not None}
    assert widths[hole[1]] > 2 * widths[hole[0] - HOUR]
    assert widths[hole[1] + HOUR] < 1.6 * widths[hole[0] - HOUR]
    assert not [at for at in anomalies(found) if at >= hole[1]]


HOLIDAYS = (date(2024, 1, 25), date(2024, 2, 8), date(2024, 2, 20))


def on_holidays() -> list[Point]:
    return [
        Point(one.at, 10.0 if one.at.date() in HOLIDAYS else one.value) for one in series(weekly, 24 * 55)
    ]


def test_holidays_can_be_masked() -> None:
    found = detect(on_holidays(), settings=Settings(holidays=HOLIDAYS, on_holidays="masked"))
    assert {one.status for one in found if one.at.date() in HOLIDAYS} == {"masked"}
    assert not [at for at in anomalies(found) if at > START + 21 * DAY]


def test_holidays_have_a_season_of_their_own() -> None:
    """The last of three is as quiet as the two before it: expected where the calendar is known, else not."""
    last = [START + 50 * DAY + hour * HOUR for hour in range(24)]
    known = detect(on_holidays(), settings=Settings(holidays=HOLIDAYS))
    assert len(set(anomalies(known)) & set(last)) <= 2
    assert len(set(anomalies(detect(on_holidays()))) & set(last)) > 8


def test_the_hours_are_those_of_the_time_zone() -> None:
    """A series that lives by the clock of New York, across the change to summer time."""
    there = ZoneInfo("America/New_York")
    points = series(lambda at: daily(at.astimezone(there)), 24 * 90)
    late = START + 66 * DAY
    assert not [at for at in anomalies(detect(points, settings=Settings(timezone=there.key))) if at > late]
    assert [at for at in anomalies(detect(points)) if at > late], "in UTC all hours have moved"


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown time zone 'Mars/Olympus'"):
        detect([], settings=Settings(timezone="Mars/Olympus"))
