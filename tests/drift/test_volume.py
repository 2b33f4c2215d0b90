"""Rows of a window against what the hours before let expect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.drift.model import Window
from sentineldq.drift.settings import settings_of
from sentineldq.drift.volume import HOUR, volume, volume_test

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday


def hours(days, *, level=1000.0, seed=1, weekend=0.5):
    """Rows per hour with a day, a week and the noise of counting."""
    rng = np.random.default_rng(seed)
    at = np.arange(24 * days)
    day = 1 + 0.5 * np.sin(2 * np.pi * (at % 24 - 6) / 24)
    week = np.where(at // 24 % 7 >= 5, weekend, 1.0)
    return rng.poisson(level * day * week)


def listed(counts):
    return [(START + n * HOUR, int(rows)) for n, rows in enumerate(counts)]


def last(counts, length=24):
    end = START + len(counts) * HOUR
    return Window(start=end - length * HOUR, end=end)


def test_quiet_weeks_are_quiet():
    alarms = []
    for seed in range(20):
        counts = hours(35, seed=seed)
        alarms += [volume(listed(counts[: 24 * day]), last(counts[: 24 * day])) for day in range(28, 36)]
    assert sum(map(bool, alarms)) <= 0.01 * len(alarms)


@pytest.mark.parametrize(
    ("part", "severity"), [(0.0, "CRITICAL"), (0.6, "CRITICAL"), (1.5, "CRITICAL"), (0.87, "INFO")]
)
def test_a_day_with_less_or_more_is_found(part, severity):
    counts = hours(35)
    counts[-24:] = counts[-24:] * part
    (drift,) = volume(listed(counts), last(counts), dataset="silver.events")
    assert (drift.severity, drift.metric_name, drift.entity, drift.drift_type) == (
        severity,
        "z_score",
        "silver.events",
        "volume",
    )
    assert drift.current_value["rows"] / drift.baseline_value["rows"] == pytest.approx(part, abs=0.03)
    assert drift.current_value["rows"] == counts[-24:].sum()


def test_weekends_are_no_drift_where_three_weeks_are_known():
    for day in (27, 28):
        counts = hours(day)
        assert not volume(listed(counts), last(counts))


def test_weekends_are_part_of_the_spread_while_one_week_is_known():
    counts = hours(13)
    assert volume_test(listed(counts), last(counts)).baseline_value["season"] == 24
    assert not volume(listed(counts), last(counts))


def test_an_incident_in_the_past_does_not_hide_one_now():
    counts = hours(35)
    counts[24 * 20 : 24 * 21] = 0
    counts[24 * 25 : 24 * 26] *= 10
    counts[-24:] = counts[-24:] // 2
    (drift,) = volume(listed(counts), last(counts))
    assert drift.severity == "CRITICAL"


def test_hours_that_are_missing_had_no_rows():
    counts = hours(35)
    window = last(counts)
    kept = [(at, rows) for at, rows in listed(counts) if at < window.start]
    (drift,) = volume(kept, window)
    assert drift.message.startswith("0 rows where ")


@pytest.mark.parametrize(
    ("days", "length", "words"),
    [(0.5, 1, "11 hours are known"), (3, 24, "48 hours are known")],
    ids=["half", "three"],
)
def test_too_little_history_is_said(days, length, words):
    counts = hours(3)[: int(24 * days)]
    test = volume_test(listed(counts), last(counts, length))
    assert test.status == "not enough data"
    assert words in test.note
    assert not volume(listed(counts), last(counts, length))


def test_too_few_rows_are_said():
    counts = hours(30, level=0.2)
    test = volume_test(listed(counts), last(counts))
    assert (test.status, "20 needed" in test.note) == ("not enough data", True)


def test_a_window_without_an_end_is_not_tested():
    assert volume_test(listed(hours(30)), Window(start=START)).status == "not enough data"


def test_levels_can_be_set():
    counts = hours(35)
    counts[-24:] = counts[-24:] * 0.8
    given_levels = settings_of({"thresholds": {"z_score": {"info": 50, "warning": 60, "critical": 70}}})
    assert not volume(listed(counts), last(counts), settings=given_levels)


@settings(max_examples=20)
@given(factor=st.integers(2, 50), shift=st.integers(0, 500))
def test_the_order_of_hours_and_the_day_it_all_began_do_not_matter(factor, shift):
    counts = hours(28)
    test = volume_test(listed(counts), last(counts))
    moved = [(at + timedelta(weeks=shift), rows) for at, rows in reversed(listed(counts))]
    window = Window(
        start=last(counts).start + timedelta(weeks=shift), end=last(counts).end + timedelta(weeks=shift)
    )
    assert volume_test(moved, window).statistic == pytest.approx(test.statistic)
    more = volume_test([(at, rows * factor) for at, rows in listed(counts)], last(counts))
    assert more.statistic == pytest.approx(test.statistic, abs=1.0)
