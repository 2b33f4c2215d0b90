"""Rows are parted by when their events happened: lately by the hour, else by the day or the month."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.pipeline.profiles import hours
from sentineldq.pipeline.profiles.hours import hours_of, plan_for
from sentineldq.profiles.plan import Plan
from tests.pipeline import parts

ARRIVED = datetime(2026, 3, 10, 12, 34, 56, tzinfo=UTC)
NAIVE = datetime(2026, 3, 9, 5, 30)  # noqa: DTZ001  # what a column without a zone holds
FIRST, LAST = datetime(1, 1, 1), datetime(9999, 12, 31, 23)  # noqa: DTZ001  # as hypothesis wants them
PLAN = Plan(columns=("n", "at"), event="at")


def rows(times: list[datetime | date | None], kind: pl.DataType | None = None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "n": range(len(times)),
            "at": pl.Series(times, dtype=kind or pl.Datetime("us", "UTC")),
            "_received_at": pl.Series([ARRIVED] * len(times), dtype=pl.Datetime("us", "UTC")),
        }
    )


def counts(frame: pl.DataFrame, plan: Plan = PLAN) -> dict[datetime, int]:
    return {hour: profile.rows for hour, profile in hours_of(frame, plan).items()}


def test_events_are_by_the_hour_and_those_without_a_time_by_their_arrival() -> None:
    found = counts(rows([ARRIVED - timedelta(hours=1), ARRIVED - timedelta(days=2_000), None]))
    assert found == {
        datetime(2026, 3, 10, 11, tzinfo=UTC): 1,
        datetime(2020, 9, 17, 12, tzinfo=UTC): 1,
        datetime(2026, 3, 10, 12, tzinfo=UTC): 1,
    }


def test_events_to_come_are_in_their_hour() -> None:
    assert counts(rows([ARRIVED + timedelta(days=400)])) == {datetime(2027, 4, 14, 12, tzinfo=UTC): 1}


@pytest.mark.parametrize(
    ("value", "kind", "hour"),
    [
        (date(2026, 3, 9), pl.Date(), 0),
        (NAIVE, pl.Datetime("us"), 5),
        (NAIVE, pl.Datetime("ms"), 5),
        (datetime(2026, 3, 9, 5, 30, tzinfo=UTC), pl.Datetime("us", "Asia/Kolkata"), 5),
    ],
    ids=["date", "naive", "milliseconds", "zoned"],
)
def test_times_of_any_kind_are_moments_in_utc(value: date, kind: pl.DataType, hour: int) -> None:
    assert counts(rows([value], kind)) == {datetime(2026, 3, 9, hour, tzinfo=UTC): 1}


def test_without_an_event_time_it_is_the_hour_of_arrival() -> None:
    assert counts(rows([None, None]), Plan(columns=("n",))) == {datetime(2026, 3, 10, 12, tzinfo=UTC): 2}
    assert hours_of(rows([]), PLAN) == {}


def test_there_are_not_more_hours_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hours, "FEWEST", 3)
    monkeypatch.setattr(hours, "LADDER", (None,))
    times = [ARRIVED - timedelta(hours=n) for n in range(1, 9)]
    found = counts(rows([*times, times[4], times[6]]))
    assert found == {
        datetime(2026, 3, 10, 7, tzinfo=UTC): 2,
        datetime(2026, 3, 10, 5, tzinfo=UTC): 2,
        datetime(2026, 3, 10, 12, tzinfo=UTC): 6,
    }


@pytest.mark.parametrize("ahead", [0, 5_000], ids=["lately", "one from the future"])
def test_very_many_hours_are_kept_by_coarser_ones_the_oldest_first(ahead: int) -> None:
    times = [ARRIVED - n * timedelta(minutes=24) for n in range(20_000)]
    times[0] += ahead * timedelta(days=1)
    spread = counts(rows(times))
    assert sum(spread.values()) == len(times)
    assert len(spread) <= hours.MOST
    newest = [hour for hour in spread if ARRIVED - timedelta(days=9) < hour <= ARRIVED]
    assert len(newest) >= 48
    oldest = [hour for hour in spread if hour < ARRIVED - timedelta(days=100)]
    assert {(hour.day, hour.hour) for hour in oldest} == {(1, 0)}


def test_a_few_stragglers_do_not_make_a_profile_each() -> None:
    stragglers = [ARRIVED - n * timedelta(hours=27) for n in range(400)]
    assert len(counts(rows([ARRIVED] * 500 + stragglers))) <= hours.FEWEST


@given(
    st.lists(st.none() | st.datetimes(FIRST, LAST, timezones=st.just(UTC)), max_size=48),
    st.integers(0, 20),
)
def test_every_row_is_in_one_hour_however_it_is_parted(times: list[datetime | None], cut: int) -> None:
    whole = counts(rows(times))
    assert sum(whole.values()) == len(times)
    halves = Counter(counts(rows(times[:cut]))) + Counter(counts(rows(times[cut:])))
    assert dict(halves) == whole
    assert all((at.minute, at.second, at.microsecond) == (0, 0, 0) for at in whole)


def test_the_plan_is_the_contracts() -> None:
    plan = plan_for(parts.rules(custom={"entities": ["kind"]}))
    assert (plan.event, plan.key, plan.entities) == ("at", ("id",), ("kind",))
    assert plan.hides("email")
