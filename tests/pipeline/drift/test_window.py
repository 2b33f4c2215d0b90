"""Windows: what a text asks for, where it lies in time, and that a baseline never holds what is tested."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.drift.model import Window
from sentineldq.errors import UsageError
from sentineldq.pipeline.drift.window import parse_window, resolve, told, up

NOW = datetime(2026, 11, 20, 14, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7d", timedelta(days=7)),
        ("24h", timedelta(days=1)),
        ("1 day 12 hours", timedelta(hours=36)),
        ("2026-11-08", Window(start=at(8), end=at(9))),
        ("2026-11-01..2026-11-08", Window(start=at(1), end=at(8))),
        ("2026-11-01T06:00 .. 2026-11-01T18:00Z", Window(start=at(1, 6), end=at(1, 18))),
        ("2026-11-01T06:20..2026-11-01T17:01", Window(start=at(1, 6), end=at(1, 18))),
        ("2026-11-01T08:00+02:00..2026-11-02", Window(start=at(1, 6), end=at(2))),
        ("2026-11-19..", Window(start=at(19), end=None)),
    ],
)
def test_a_text_asks_for_a_window(text, found):
    assert parse_window(text, name="--current") == found


@pytest.mark.parametrize(
    ("text", "told_of"),
    [
        ("soon", "neither a length of time nor a span"),
        ("2026-11-08T06:00", "neither a length of time nor a span"),
        ("90m", "not in whole hours"),
        ("0h", "not in whole hours"),
        ("..2026-11-08", "has no beginning"),
        ("2026-11-08..2026-11-01", "ends before it begins"),
        ("2026-11-01..someday", "'someday' is not a date"),
    ],
)
def test_what_is_no_window_is_refused_by_name(text, told_of):
    with pytest.raises(UsageError, match=told_of) as refused:
        parse_window(text, name="--current")
    assert "--current" in str(refused.value)
    assert refused.value.hint


def test_lengths_end_now_and_the_baseline_before_them():
    baseline, current = resolve(timedelta(days=7), timedelta(days=1), now=NOW, newest=None)
    assert current == Window(start=at(19, 15), end=at(20, 15))
    assert baseline == Window(start=at(12, 15), end=at(19, 15))


def test_lengths_end_where_the_data_ended():
    _, current = resolve(timedelta(days=7), timedelta(days=1), now=NOW, newest=at(10))
    assert current == Window(start=at(9), end=at(10))


def test_data_of_the_future_does_not_move_the_window():
    _, current = resolve(timedelta(days=7), timedelta(days=1), now=NOW, newest=at(25))
    assert current.end == at(20, 15)


def test_a_span_is_taken_as_it_is():
    span = Window(start=at(1), end=at(8))
    baseline, current = resolve(span, Window(start=at(8), end=None), now=NOW, newest=at(12))
    assert (baseline, current) == (span, Window(start=at(8), end=at(12)))


@pytest.mark.parametrize(
    ("baseline", "current", "told_of"),
    [
        (Window(start=at(1), end=at(8)), Window(start=at(7), end=at(9)), "overlap"),
        (Window(start=at(1), end=at(21)), timedelta(days=1), "overlap"),
        (Window(start=at(8), end=at(9)), Window(start=at(1), end=at(30)), "overlap"),
        (timedelta(days=7), Window(start=at(25), end=None), "begins where the data ends"),
    ],
    ids=["partly", "live", "inside", "later"],
)
def test_windows_that_meet_are_refused(baseline, current, told_of):
    with pytest.raises(UsageError, match=told_of):
        resolve(baseline, current, now=NOW, newest=None)


@given(
    days=st.integers(1, 60),
    hours=st.integers(1, 200),
    minutes=st.integers(0, 10**6),
)
def test_a_baseline_never_holds_the_window_under_test(days, hours, minutes):
    now = NOW + timedelta(minutes=minutes)
    baseline, current = resolve(timedelta(days=days), hours * HOUR, now=now, newest=None)
    assert baseline.end == current.start
    assert current.end == up(now)
    assert current.end - current.start == hours * HOUR
    assert baseline.end - baseline.start == timedelta(days=days)


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (Window(start=at(8), end=at(9)), "2026-11-08"),
        (Window(start=at(1), end=at(8)), "2026-11-01 to 2026-11-07"),
        (Window(start=at(1, 6), end=at(1, 18)), "2026-11-01 06:00 to 18:00"),
        (Window(start=at(1, 6), end=at(2, 6)), "2026-11-01 06:00 to 2026-11-02 06:00"),
        (Window(), "at any time"),
    ],
)
def test_windows_in_words(window, words):
    assert told(window) == words
