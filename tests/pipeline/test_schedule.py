"""What is due when: in every zone, over every jump of its clock, each instant once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.errors import UsageError
from sentineldq.pipeline.schedule import TOLD, Cron, dues, missed, next_due, parse

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
BEGIN, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
LINES = ("30 2 * * *", "0,30 1-3 * * *", "15 0,23 * * *", "*/20 * * * *", "0 * * * *", "*/30 0-2 * * *")
SOME = (
    "Europe/Berlin",  # by an hour, at 01:00 UTC
    "America/New_York",
    "America/Havana",  # at midnight
    "Asia/Beirut",
    "Africa/Cairo",
    "America/Santiago",
    "Australia/Lord_Howe",  # by half an hour
    "Antarctica/Troll",  # by two hours
    "Antarctica/Casey",  # by three
    "Africa/Casablanca",  # around Ramadan
    "Asia/Kolkata",  # never
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def schedule(**config: Any) -> Any:
    return parse(config, name="events")


@cache
def jumps(zone: str) -> tuple[datetime, ...]:
    """The instants at which a zone's offset changes, to the minute."""
    place, found = ZoneInfo(zone), []
    day = BEGIN
    while day < END:
        following = day + timedelta(days=1)
        low, high = day, following
        if low.astimezone(place).utcoffset() != high.astimezone(place).utcoffset():
            while high - low > MINUTE:
                middle = low + (high - low) // MINUTE // 2 * MINUTE
                same = middle.astimezone(place).utcoffset() == low.astimezone(place).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(high)
        day = following
    return tuple(found)


def numbers(field: str, top: int) -> set[int]:
    """What one field of the lines above names."""
    named: set[int] = set()
    for term in field.split(","):
        span, _, step = term.partition("/")
        low, _, high = span.partition("-")
        bounds = (0, top) if low == "*" else (int(low), int(high or low))
        named.update(range(bounds[0], bounds[1] + 1, int(step or 1)))
    return named


def plainly(line: str, zone: str, begin: datetime, end: datetime) -> Iterator[datetime]:
    """What is due, found the slow way: by looking at the clock every minute."""
    place = ZoneInfo(zone)
    minute, hour = line.split()[:2]
    minutes, hours = numbers(minute, 59), numbers(hour, 23)
    fixed = not (minute.startswith("*") or hour.startswith("*"))
    instant = begin + MINUTE
    while instant <= end:
        here = instant.astimezone(place)
        before = (instant - MINUTE).astimezone(place)
        left_out = []
        shown = before.replace(tzinfo=None, fold=0) + MINUTE
        while shown < here.replace(tzinfo=None):
            left_out.append(shown)
            shown += MINUTE
        due = here.minute in minutes and here.hour in hours and not (fixed and here.fold)
        made_good = fixed and any(each.minute in minutes and each.hour in hours for each in left_out)
        if due or made_good:
            yield instant
        instant += MINUTE


def agree(line: str, zone: str, jump: datetime) -> None:
    cron = Cron(line, ZoneInfo(zone))
    begin, end = jump - 5 * HOUR, jump + 5 * HOUR
    expected = list(plainly(line, zone, begin, end))
    assert list(dues(cron, since=begin, until=end)) == expected, (line, zone, jump)
    for one, other in pairwise(expected):  # from wherever one asks, the same is next
        for asked in (one, one + timedelta(microseconds=1), one + (other - one) / 2, other - MINUTE / 60):
            assert next_due(cron, asked) == other, (line, zone, asked)


@given(zone=st.sampled_from([zone for zone in SOME if zone != "Asia/Kolkata"]), data=st.data())
@settings(max_examples=60)
def test_each_instant_is_due_once_where_the_clock_jumps(zone: str, data: st.DataObject) -> None:
    agree(data.draw(st.sampled_from(LINES)), zone, data.draw(st.sampled_from(jumps(zone))))


@given(
    zone=st.sampled_from(SOME), line=st.sampled_from(LINES), hours=st.integers(0, (END - BEGIN) // HOUR - 24)
)
@settings(max_examples=30)
def test_each_instant_is_due_once_on_any_day(zone: str, line: str, hours: int) -> None:
    agree(line, zone, BEGIN + hours * HOUR)


@pytest.mark.slow
def test_each_instant_is_due_once_in_all_zones() -> None:
    tried: set[tuple[Any, ...]] = set()
    for zone in sorted(available_timezones()):
        place = ZoneInfo(zone)
        for jump in jumps(zone):
            offsets = [moment.astimezone(place).utcoffset() for moment in (jump - MINUTE, jump)]
            if (jump, *offsets) not in tried:
                tried.add((jump, *offsets))
                for line in LINES:
                    agree(line, zone, jump)
    assert len(tried) > 500


@pytest.mark.parametrize(
    ("line", "after", "expected"),
    [
        # 29 March 2026: 02:00 becomes 03:00; 25 October 2026: 03:00 becomes 02:00
        ("30 2 * * *", "2026-03-29T01:59+01:00", ["2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"]),
        ("30 2,3 * * *", "2026-03-29T01:59+01:00", ["2026-03-29T03:00+02:00", "2026-03-29T03:30+02:00"]),
        ("*/30 2 * * *", "2026-03-29T01:59+01:00", ["2026-03-30T02:00+02:00", "2026-03-30T02:30+02:00"]),
        ("30 2 * * *", "2026-10-25T01:59+02:00", ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"]),
        ("30 2 * * *", "2026-10-25T02:00+01:00", ["2026-10-26T02:30+01:00", "2026-10-27T02:30+01:00"]),
        ("30 * * * *", "2026-10-25T01:59+02:00", ["2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"]),
        ("0 12 31 * *", "2026-01-31T12:00+01:00", ["2026-03-31T12:00+02:00", "2026-05-31T12:00+02:00"]),
        ("0 0 29 2 *", "2026-01-01T00:00+01:00", ["2028-02-29T00:00+01:00", "2032-02-29T00:00+01:00"]),
        ("0 9 * * MON-FRI", "2026-11-20T09:00+01:00", ["2026-11-23T09:00+01:00", "2026-11-24T09:00+01:00"]),
    ],
)
def test_berlin(line: str, after: str, expected: list[str]) -> None:
    cron = schedule(cron=line, timezone="Europe/Berlin")
    first = next_due(cron, at(after))
    assert [first, next_due(cron, first)] == [at(text) for text in expected]
    assert first.tzinfo is UTC


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("60s", "12:01:00"),
        ("5m", "12:05:00"),
        (" 7 m ", "12:03:00"),
        ("1h", "13:00:00"),
        ("1d", "00:00:00"),
    ],
)
def test_intervals_are_counted_from_1970(every: str, expected: str) -> None:
    found = next_due(schedule(every=every), at("2026-11-20T13:00:30+01:00"))
    assert f"{found:%H:%M:%S}" == expected
    seconds = schedule(every=every).interval.total_seconds()
    assert found.timestamp() % seconds == 0


def test_the_next_instant_is_never_the_one_asked_from() -> None:
    noon = at("2026-11-20T12:00+00:00")
    for config in ({"every": "1h"}, {"cron": "0 * * * *"}):
        assert next_due(schedule(**config), noon) == noon + HOUR
        assert next_due(schedule(**config), noon - timedelta(microseconds=1)) == noon


@pytest.mark.parametrize(
    ("policy", "run", "skipped"),
    [("latest", [3], [1, 2]), ("all", [1, 2, 3], []), ("skip", [], [1, 2, 3])],
)
def test_what_passed_is_run_or_told(policy: Any, run: list[int], skipped: list[int]) -> None:
    noon = at("2026-11-20T12:00+00:00")
    found = missed(schedule(every="1m"), since=noon, now=noon + timedelta(seconds=200), policy=policy)
    assert found.run == tuple(noon + minute * MINUTE for minute in run)
    assert found.skipped == tuple(noon + minute * MINUTE for minute in skipped)


def test_nothing_passed() -> None:
    noon = at("2026-11-20T12:00+00:00")
    found = missed(schedule(every="1m"), since=noon, now=noon + timedelta(seconds=59), policy="latest")
    assert found.run == found.skipped == ()


def test_a_long_pause_tells_the_newest() -> None:
    noon = at("2026-11-20T12:00+00:00")
    found = missed(schedule(every="1m"), since=noon - timedelta(days=400), now=noon, policy="latest")
    assert found.run == (noon,)
    assert len(found.skipped) == TOLD - 1
    assert found.skipped[-1] == noon - MINUTE


def test_a_rare_job_is_found_after_a_long_pause() -> None:
    cron = schedule(cron="0 0 1 1 *")
    found = missed(
        cron, since=at("2023-06-01T00:00+00:00"), now=at("2026-11-20T00:00+00:00"), policy="latest"
    )
    assert found.run == (at("2026-01-01T00:00+00:00"),)
    assert len(found.skipped) == 2


@pytest.mark.parametrize(
    ("config", "words", "hint"),
    [
        ({}, "either `every` or `cron`", "every: 5m"),
        ({"every": "5m", "cron": "* * * * *"}, "either `every` or `cron`", "every: 5m"),
        ({"evry": "5m"}, "unknown key 'evry'", "'every'"),
        ({"every": 60}, "not an interval: 60", "60s"),
        ({"every": "0s"}, "not an interval", "from 1s"),
        ({"every": "5 weeks"}, "not an interval", "from 1s"),
        ({"every": "1d", "timezone": "UTC"}, "no timezone", "cron"),
        ({"cron": "* * * *"}, "five fields", "day of week"),
        ({"cron": "* * * * * *"}, "five fields", "day of week"),
        ({"cron": 5}, "five fields", "day of week"),
        ({"cron": "61 * * * *"}, "Bad minute", "minute 0-59"),
        ({"cron": "0 0 31 2 *"}, "Bad day-of-month", "day 1-31"),
        ({"cron": "* * * * *", "timezone": "Europe/Berln"}, "unknown timezone", "'Europe/Berlin'"),
        ({"cron": "* * * * *", "timezone": "../etc/passwd"}, "unknown timezone", "Europe/Berlin"),
    ],
)
def test_a_schedule_that_is_none_is_refused(config: dict[str, Any], words: str, hint: str) -> None:
    with pytest.raises(UsageError, match="schedule of events") as found:
        schedule(**config)
    assert words in found.value.message
    assert hint in str(found.value.hint)
