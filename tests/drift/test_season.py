"""What the same hours did a week ago is no drift; what they did not do still is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from sentineldq.drift.compare import compare
from sentineldq.drift.model import Window
from sentineldq.drift.season import NOTE, confirm, season_of
from sentineldq.profiles.build import profile
from sentineldq.profiles.merge import merge

START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def day(number: int, *, mobile: float = 0.5, speed: float = 100.0, **columns: list[object]):
    """A day of 3,000 rows; on weekends (5, 6 of a week) three quarters are mobile and all is a fifth faster."""
    random = np.random.default_rng(number)
    weekend = number % 7 >= 5
    device = np.where(random.random(3000) < (0.75 if weekend else mobile), "mobile", "desktop")
    latency = random.gamma(3, speed * (0.8 if weekend else 1.0) / 3, 3000)
    return profile(pl.DataFrame({"device": device, "latency": latency, **columns}))


@pytest.fixture(scope="module")
def week():
    return [day(number) for number in range(7)]


def fields(comparison) -> set[str | None]:
    return {drift.field_name for drift in comparison.drifts}


def test_a_saturday_is_like_the_saturday_before(week):
    week = [*week[6:], *week[:6]]  # Sunday to Saturday, seven days before the next Sunday
    baseline, sunday = merge(week), day(13)
    found = compare(baseline, sunday)
    assert fields(found) == {"device", "latency"}
    settled = confirm(found, week[0])
    assert settled.drifts == []
    assert {test.status for test in settled.tests} <= {"same", "not enough data"}
    assert any(test.note == NOTE for test in settled.tests)
    assert all(score < 0.25 for score in settled.scores.values())
    assert settled.current is found.current


def test_what_differs_from_last_week_too_stays(week):
    baseline, monday = merge(week), day(7, speed=160)
    settled = confirm(compare(baseline, monday), week[0])
    assert fields(settled) == {"latency"}
    assert settled.scores["latency"] >= 0.25


def test_a_quiet_comparison_is_left_alone(week):
    found = compare(merge(week[:5]), day(8))  # working days alone
    assert found.drifts == []
    assert confirm(found, week[1]) == found


def test_the_schema_is_no_matter_of_the_week(week):
    today = day(7, added=[1] * 3000)
    settled = confirm(compare(merge(week), today), week[0])
    assert fields(settled) == {"added"}
    assert confirm(compare(merge(week), today), today).drifts == settled.drifts


def test_where_last_week_is_too_small_to_say_findings_stay(week):
    few = profile(pl.DataFrame({"device": ["mobile"] * 9, "latency": [1.0] * 9}))
    found = compare(merge(week), day(7, speed=160))
    assert confirm(found, few) == found
    assert confirm(found, merge([])) == found


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (START, START + DAY, Window(start=START - 7 * DAY, end=START - 6 * DAY)),
        (START, START + 8 * DAY, None),
        (None, START, None),
        (START, None, None),
    ],
    ids=["a-day", "too-long", "no-start", "no-end"],
)
def test_the_season_of_a_window(start, end, expected):
    assert season_of(Window(start=start, end=end)) == expected
