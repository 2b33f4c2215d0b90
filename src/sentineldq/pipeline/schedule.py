"""Schedules: when something is due, as instants in UTC. Pure functions; the clock is the caller's.

`{every: 5m}` is due at the multiples of the interval since 1970-01-01T00:00Z, so that all processes agree without a
word. `{cron: "30 2 * * *", timezone: Europe/Berlin}` is due by the wall clock of its zone. Where that clock jumps, the
rule is Debian's:

- a job of fixed times (neither minute nor hour begins with `*`) is due once: a time that is left out is due at the end
  of the gap, a time that comes twice is due the first time;
- any other job follows the clock as it runs: a time left out is not due, a time that comes twice is due twice.

Every instant is due once, and which one is next depends on nothing but the instant asked from.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from sentineldq.errors import UsageError, suggest

Policy = Literal["latest", "all", "skip"]
"""What becomes of instants that passed: the newest is run, all are, or none is."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
TOLD = 1_000
"""Passed instants that are told one by one, the newest ones; a schedule of seconds passes many in a day's pause."""

RECENT = timedelta(days=7)
"""How far back passed instants are looked for, unless there is none in that time."""

_EVERY = re.compile(r"(\d+)\s*([smhd])")
_HINT = "write `schedule: {every: 5m}` or `schedule: {cron: '*/5 * * * *', timezone: UTC}`"


@dataclass(frozen=True)
class Every:
    """Due at the multiples of an interval since 1970-01-01T00:00Z."""

    interval: timedelta


@dataclass(frozen=True)
class Cron:
    """Due when the wall clock of a zone shows what the five fields of `text` say."""

    text: str
    zone: ZoneInfo

    @cached_property
    def flows(self) -> bool:
        """Whether it follows the clock as it runs, rather than naming fixed times."""
        minute, hour = self.text.split()[:2]
        return minute.startswith("*") or hour.startswith("*")


Schedule = Every | Cron


@dataclass(frozen=True)
class Missed:
    """Instants that have passed, oldest first: those to run by the policy, and those to write down as skipped."""

    run: tuple[datetime, ...]
    skipped: tuple[datetime, ...]


def parse(config: Mapping[str, Any], *, name: str) -> Schedule:
    """The schedule of something, as a project file has it. Raises UsageError."""
    known = ("every", "cron", "timezone")
    for key in config:
        if key not in known:
            raise UsageError(f"schedule of {name}: unknown key {key!r}", hint=suggest(key, known))
    if ("every" in config) == ("cron" in config):
        raise UsageError(f"schedule of {name}: it needs either `every` or `cron`", hint=_HINT)
    if "cron" in config:
        return _cron(config["cron"], config.get("timezone", "UTC"), name)
    if "timezone" in config:
        raise UsageError(f"schedule of {name}: `every` has no timezone", hint="use `cron` for times of day")
    return _every(config["every"], name)


def _every(text: Any, name: str) -> Every:
    found = _EVERY.fullmatch(text.strip()) if isinstance(text, str) else None
    seconds = int(found[1]) * UNITS[found[2]] if found else 0
    if not 1 <= seconds <= 366 * UNITS["d"]:
        raise UsageError(
            f"schedule of {name}: not an interval: {text!r}",
            hint="a whole number and one of s, m, h, d, from 1s to 366d, such as 60s or 5m",
        )
    return Every(timedelta(seconds=seconds))


def _cron(text: Any, zone: Any, name: str) -> Cron:
    if not isinstance(zone, str) or zone not in available_timezones():
        hint = suggest(str(zone), available_timezones()) or "a name such as Europe/Berlin or UTC"
        raise UsageError(f"schedule of {name}: unknown timezone {zone!r}", hint=hint)
    if not isinstance(text, str) or len(text.split()) != len("mhdmw"):
        raise UsageError(
            f"schedule of {name}: a cron line has five fields, not {text!r}",
            hint="minute, hour, day of month, month, day of week: '30 2 * * MON-FRI'",
        )
    schedule = Cron(" ".join(text.split()), ZoneInfo(zone))
    try:
        next_due(schedule, EPOCH)
    except CronSimError as fault:
        hint = "minute 0-59, hour 0-23, day 1-31, month 1-12 or JAN-DEC, weekday 0-7 or SUN-SAT"
        raise UsageError(f"schedule of {name}: {fault} in the cron line {text!r}", hint=hint) from fault
    return schedule


def next_due(schedule: Schedule, after: datetime) -> datetime:
    """The first instant after that one, in UTC. Raises UsageError when there is none in the next 50 years."""
    moment = after.astimezone(UTC)
    if isinstance(schedule, Every):
        return EPOCH + ((moment - EPOCH) // schedule.interval + 1) * schedule.interval
    wall = moment.astimezone(schedule.zone).replace(tzinfo=None, fold=0)
    first, second = _readings(wall, schedule.zone)
    # Where the clock shows a time twice, an earlier time of day may still be ahead: its second showing.
    twice = max(second - first, timedelta(0))
    found: datetime | None = None
    for shown in CronSim(schedule.text, wall - twice - MINUTE if twice else wall):
        if found is not None and shown > wall + twice:
            return found
        ahead = [instant for instant in _instants(schedule, shown) if instant > moment]
        found = min([*ahead, *([found] if found else [])], default=None)
        if found is not None and not twice:
            return found
    raise UsageError(f"the cron line {schedule.text!r} is never due", hint="does its day exist in its month?")


def _readings(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """What a time of the wall clock may mean: equal, or ascending where it is shown twice, descending in a gap."""
    return (
        wall.replace(tzinfo=zone, fold=0).astimezone(UTC),
        wall.replace(tzinfo=zone, fold=1).astimezone(UTC),
    )


def _instants(schedule: Cron, wall: datetime) -> tuple[datetime, ...]:
    """The instants at which a job is due that is due at this time of the wall clock."""
    first, second = _readings(wall, schedule.zone)
    if first == second:
        return (first,)
    if first < second:
        return (first, second) if schedule.flows else (first,)
    return () if schedule.flows else (_end(second, schedule.zone),)


def _end(before: datetime, zone: ZoneInfo) -> datetime:
    """When the clock jumps, seen from shortly before."""
    offset = before.astimezone(zone).utcoffset()
    instant = before
    while instant.astimezone(zone).utcoffset() == offset:
        instant += MINUTE
    return instant


def dues(schedule: Schedule, *, since: datetime, until: datetime) -> Iterator[datetime]:
    """The instants after `since`, up to and with `until`."""
    instant = next_due(schedule, since)
    while instant <= until:
        yield instant
        instant = next_due(schedule, instant)


def missed(schedule: Schedule, *, since: datetime, now: datetime, policy: Policy) -> Missed:
    """What passed after `since` up to now, and what becomes of it.

    After a pause, `latest` runs once what was due many times; during a run that takes longer than the interval, `skip`
    lets nothing pile up. At most the newest 1,000 are told.
    """
    recent = deque(dues(schedule, since=max(since, now - RECENT), until=now), maxlen=TOLD)
    passed = tuple(recent or deque(dues(schedule, since=since, until=now), maxlen=TOLD))
    kept = {"latest": 1, "all": len(passed), "skip": 0}[policy]
    cut = max(len(passed) - kept, 0)
    return Missed(run=passed[cut:], skipped=passed[:cut])
