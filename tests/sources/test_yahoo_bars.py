"""Which bars are new: at any pace of asking, each complete bar is given once, in order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import given

from sentineldq.sources.bars import Asset, Place, bars_of, end_of, fresh

ZONES = ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("interval", "zone", "begin", "end"),
    [
        ("15m", "America/New_York", "2024-03-10T06:45", "2024-03-10T07:00"),
        ("1h", "UTC", "2024-01-01T23:00", "2024-01-02T00:00"),
        ("1d", "UTC", "2024-01-01T00:00", "2024-01-02T00:00"),
        ("1d", "America/New_York", "2024-03-10T05:00", "2024-03-11T04:00"),  # a day of 23 hours
        ("1d", "America/New_York", "2024-11-03T04:00", "2024-11-04T05:00"),  # and of 25
        ("1wk", "UTC", "2024-12-30T00:00", "2025-01-06T00:00"),
        ("1mo", "UTC", "2024-12-01T00:00", "2025-01-01T00:00"),
        ("3mo", "UTC", "2024-11-01T00:00", "2025-02-01T00:00"),
    ],
)
def test_a_bar_ends_where_the_next_begins(interval: str, zone: str, begin: str, end: str) -> None:
    assert end_of(utc(begin), interval, ZoneInfo(zone)) == utc(end)


@given(
    days=st.lists(st.integers(0, 60), unique=True, min_size=1).map(sorted),
    looks=st.lists(st.integers(0, 62 * 24), min_size=1, max_size=20).map(sorted),
    zone=st.sampled_from(ZONES),
    partial=st.booleans(),
)
def test_each_complete_bar_is_given_once_and_in_order(
    days: list[int], looks: list[int], zone: str, partial: bool
) -> None:
    place, given_ = Place(), []
    local = ZoneInfo(zone)
    begins = [datetime(2024, 1, 1, tzinfo=local) + timedelta(days=day) for day in days]
    for hour in looks:
        now = datetime(2024, 1, 1, tzinfo=local) + timedelta(hours=hour)
        rows = [(begin, {"Close": hour, "Volume": float("nan")}) for begin in begins if begin <= now]
        found = bars_of(rows, asset=Asset(symbol="X"), interval="1d", zone=local, currency=None, now=now)
        if not partial:
            found = [bar for bar in found if bar.complete]
        new, place = fresh(found, place)
        assert fresh(found, place) == ([], place)  # asking again gives nothing
        assert all(bar.complete for bar in new[:-1])
        given_ += new
    last = datetime(2024, 1, 1, tzinfo=local) + timedelta(hours=looks[-1])
    complete = [bar.time for bar in given_ if bar.complete]
    assert complete == sorted(set(complete))
    assert len(complete) == sum(end_of(begin, "1d", local) <= last for begin in begins)
    assert all(bar.volume is None for bar in given_)
