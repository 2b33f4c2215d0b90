"""A batch is split by the hour of its events, coarsely where it spans much."""

import datetime as dt

import polars as pl
import pytest

from sentineldq.profiles.hours import DAYS, HOURS, MONTHS, by_hour
from sentineldq.profiles.merge import merge
from sentineldq.profiles.plan import Plan

ARRIVAL = dt.datetime(2026, 5, 5, 12, 34, tzinfo=dt.UTC)
PLAN = Plan(event="at")


def at(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


def rows(*moments):
    return pl.DataFrame({"n": range(len(moments)), "at": pl.Series(moments, dtype=pl.Datetime("us", "UTC"))})


def test_rows_go_to_the_hour_of_their_event():
    found = by_hour(
        rows(at(2026, 1, 1, 10, 59), at(2026, 1, 1, 11), at(2026, 1, 1, 10)), plan=PLAN, arrival=ARRIVAL
    )
    assert {hour: part.rows for hour, part in found.items()} == {at(2026, 1, 1, 10): 2, at(2026, 1, 1, 11): 1}
    assert dict(found[at(2026, 1, 1, 10)].columns["n"].frequent.counts) == {"0": 1, "2": 1}


def test_a_single_hour_is_one_profile():
    found = by_hour(rows(*[at(2026, 1, 1, 10, minute) for minute in range(60)]), plan=PLAN, arrival=ARRIVAL)
    assert {hour: part.rows for hour, part in found.items()} == {at(2026, 1, 1, 10): 60}


def test_rows_without_a_time_go_to_the_hour_they_came_in():
    found = by_hour(rows(None, at(2026, 1, 1, 10)), plan=PLAN, arrival=ARRIVAL)
    assert {hour: part.rows for hour, part in found.items()} == {at(2026, 5, 5, 12): 1, at(2026, 1, 1, 10): 1}


@pytest.mark.parametrize("event", [None, "absent", "n", "at.inner"])
def test_all_rows_do_where_there_is_no_event_time(event):
    found = by_hour(
        rows(at(2026, 1, 1), at(2026, 2, 1)), plan=Plan(event=event), arrival=ARRIVAL.replace(tzinfo=None)
    )
    assert {hour: part.rows for hour, part in found.items()} == {at(2026, 5, 5, 12): 2}


def test_before_1970_and_inside_a_struct():
    frame = pl.DataFrame({"meta": [{"at": at(1969, 12, 31, 23, 59, 59)}, {"at": None}, None]})
    found = by_hour(frame, plan=Plan(event="meta.at"), arrival=ARRIVAL)
    assert {hour: part.rows for hour, part in found.items()} == {
        at(1969, 12, 31, 23): 1,
        at(2026, 5, 5, 12): 2,
    }


def test_dates_are_moments_too():
    frame = pl.DataFrame({"at": [dt.date(2026, 1, 1), dt.date(2026, 1, 2)]})
    assert list(by_hour(frame, plan=PLAN, arrival=ARRIVAL)) == [at(2026, 1, 1), at(2026, 1, 2)]


@pytest.mark.parametrize(
    ("step", "count", "parts", "first"),
    [
        (dt.timedelta(hours=1), HOURS, HOURS, at(2020, 1, 1, 5)),
        (dt.timedelta(hours=1), HOURS + 1, 3, at(2020, 1, 1)),
        (dt.timedelta(days=1), DAYS + 1, 3, at(2020, 1, 1)),
        (dt.timedelta(days=31), MONTHS + 34, 6, at(2020, 1, 1)),
    ],
    ids=["hours", "days", "months", "years"],
)
def test_a_wide_batch_is_split_coarsely(step, count, parts, first):
    moments = [at(2020, 1, 1, 5) + step * place for place in range(count)]
    found = by_hour(rows(*moments), plan=PLAN, arrival=ARRIVAL)
    assert (min(found), len(found)) == (first, parts)
    assert sum(part.rows for part in found.values()) == count


def test_by_day_when_told():
    found = by_hour(rows(at(2026, 1, 1, 10), at(2026, 1, 1, 11)), plan=PLAN, arrival=ARRIVAL, grain="day")
    assert list(found) == [at(2026, 1, 1)]


def test_the_parts_are_the_whole():
    found = merge(
        by_hour(rows(at(2026, 1, 1, 10), at(2026, 1, 2, 11), None), plan=PLAN, arrival=ARRIVAL).values()
    )
    assert (found.rows, found.columns["at"].nulls) == (3, 1)


def test_no_rows_are_of_no_hour():
    assert by_hour(rows(), plan=PLAN, arrival=ARRIVAL) == {}
