"""Where in the day and the week a point lies, and how far the points of a series usually are apart."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import msgspec

from sentineldq.errors import UsageError

HOUR, DAY = 3600.0, 86400.0
GAP = 3.5
"""Points missed, in steps, from which on it is a gap."""


def zone(name: str) -> ZoneInfo:
    """The time zone of that name. UsageError where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UsageError(
            f"unknown time zone {name!r}", hint="names are like 'Europe/Berlin'; 'UTC' is the default"
        ) from None


def aware(at: datetime) -> datetime:
    """The time with its zone: UTC where it names none."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class Moment(msgspec.Struct, frozen=True):
    """A time as the seasons see it: hours since midnight (with fraction), weekday (Monday 0), and the date."""

    hour: float
    weekday: int
    day: date


def moment(at: datetime, where: ZoneInfo) -> Moment:
    """The time on the clock of a place."""
    local = at.astimezone(where)
    return Moment(local.hour + local.minute / 60 + local.second / 3600, local.weekday(), local.date())


class Step(msgspec.Struct):
    """The usual distance of two points, in seconds: a running median, moved by at most a tenth at a time."""

    last: float | None = None
    usual: float = 0.0

    def take(self, seconds: float) -> float:
        """The distance to the point before in steps: 0 for the first one, and where time stands still."""
        apart = 0.0 if self.last is None else seconds - self.last
        self.last = seconds
        if apart <= 0:
            return 0.0
        if self.usual == 0:
            self.usual = apart
        steps = apart / self.usual
        if steps > 1:
            self.usual *= min(steps, 1.1)
        else:
            self.usual *= max(steps, 0.9)
        return steps
