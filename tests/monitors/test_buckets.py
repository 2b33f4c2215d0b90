"""Hours and days of event time, made whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sentineldq.monitors.buckets import DAY, HOUR, SILENT, grain, whole

START = datetime(2026, 3, 1, tzinfo=UTC)
NOTHING = timedelta()


def test_an_hour_without_rows_is_a_zero():
    rows = {START: 5, START + 2 * HOUR: 7}
    assert whole(rows, until=START + 3 * HOUR, settle=NOTHING) == [
        (START, 5),
        (START + HOUR, 0),
        (START + 2 * HOUR, 7),
    ]


def test_an_hour_that_goes_on_is_left_out_until_late_records_had_their_time():
    rows = {START: 5, START + HOUR: 7}
    assert len(whole(rows, until=START + 2 * HOUR, settle=NOTHING)) == 2
    assert len(whole(rows, until=START + 2 * HOUR, settle=timedelta(minutes=10))) == 1
    assert len(whole(rows, until=START + 2 * HOUR + timedelta(minutes=10), settle=timedelta(minutes=10))) == 2


def test_silence_is_counted_for_two_days_of_hours():
    found = whole({START: 5}, until=START + 100 * DAY, settle=NOTHING)
    assert len(found) == 1 + SILENT
    assert [count for _, count in found] == [5] + [0] * SILENT


def test_days_are_told_from_hours():
    assert grain([START, START + DAY]) == DAY
    assert grain([START, START + HOUR]) == HOUR
    assert grain([START]) == HOUR


def test_no_rows_no_buckets():
    assert whole({}, until=START, settle=NOTHING) == []


@given(st.dictionaries(st.integers(0, 200), st.integers(1, 9), min_size=1), st.integers(0, 300))
def test_every_row_of_an_hour_that_is_over_is_counted(hours, until):
    rows = {START + hour * HOUR: count for hour, count in hours.items()}
    end = START + until * HOUR
    step = grain(rows)
    found = whole(rows, until=end, settle=NOTHING)
    assert sum(count for _, count in found) == sum(n for at, n in rows.items() if at + step <= end)
    assert all(after - before == step for (before, _), (after, _) in pairwise(found))
