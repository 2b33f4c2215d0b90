"""When the n-th record of a simulation happens: a pure function, with the rhythm of day and week in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate
from math import ceil, cos, inf, pi
from random import Random

from sentineldq.errors import UsageError

HOUR = 3600.0
DAY = 24 * HOUR
WEEK_HOURS = 168
EPOCH = date(1970, 1, 1).toordinal()
MONDAY = 4 * DAY  # the epoch was a Thursday; this is the first Monday after it
FLAT = (1.0,) * WEEK_HOURS


def _week() -> tuple[float, ...]:
    """Relative volume of each hour of a week from Monday 00:00 UTC, 1 on average: most at 15:00, less at weekends."""
    raw = [
        (1 + 0.38 * cos(2 * pi * (hour % 24 - 15) / 24)) * (1.0 if hour < 5 * 24 else 0.62)
        for hour in range(WEEK_HOURS)
    ]
    mean = sum(raw) / WEEK_HOURS
    return tuple(value / mean for value in raw)


WEEK = _week()


@dataclass(frozen=True, kw_only=True)
class Change:
    """Volume times `factor` between two limits, each a record's number (int) or a time (float, epoch seconds)."""

    factor: float
    start: int | float
    end: int | float | None


@dataclass(frozen=True)
class Stretch:
    """From here on `factor` records come where one would: volume and undisturbed time, both in mean hours."""

    volume: float
    time: float
    factor: float


class Clock:
    """Times of records, in epoch seconds, ascending; `rate` is records an hour on average over a week."""

    def __init__(
        self, *, start: float, rate: float, rhythm: bool = True, changes: Iterable[Change] = ()
    ) -> None:
        self.start = start
        self.rate = rate
        self._weights = WEEK if rhythm else FLAT
        self._sums = list(accumulate(self._weights, initial=0.0))
        self._origin = self._passed(start)
        self._stretches = self._lay(changes)
        self._volumes = [stretch.volume for stretch in self._stretches]
        self._times = [stretch.time for stretch in self._stretches]

    def times(self, numbers: range, random: Random) -> list[float]:
        """Times of these records; each falls somewhere in its share of the volume, the very first at the start."""
        draw = random.random
        shares = [number + draw() for number in numbers]
        if numbers and numbers[0] == 0:
            shares[0] = 0.0
        return [self._time(share / self.rate) for share in shares]

    def position(self, time: float) -> int:
        """Number of the first record that cannot be before this time."""
        passed = self._passed(time) - self._origin
        if passed <= 0:
            return 0
        stretch = self._stretches[bisect_right(self._times, passed) - 1]
        volume = stretch.volume + (passed - stretch.time) * stretch.factor
        return ceil(volume * self.rate)

    def _time(self, volume: float) -> float:
        stretch = self._stretches[bisect_right(self._volumes, volume) - 1]
        weeks, rest = divmod(
            self._origin + stretch.time + (volume - stretch.volume) / stretch.factor, WEEK_HOURS
        )
        hour = min(bisect_right(self._sums, rest) - 1, WEEK_HOURS - 1)
        within = (rest - self._sums[hour]) / self._weights[hour]
        return MONDAY + (weeks * WEEK_HOURS + hour + within) * HOUR

    def _passed(self, time: float) -> float:
        """Mean hours' worth of volume from the first Monday to a time."""
        weeks, rest = divmod((time - MONDAY) / HOUR, WEEK_HOURS)
        hour = min(int(rest), WEEK_HOURS - 1)
        return weeks * WEEK_HOURS + self._sums[hour] + (rest - hour) * self._weights[hour]

    def _lay(self, changes: Iterable[Change]) -> Sequence[Stretch]:
        stretches = [Stretch(0.0, 0.0, 1.0)]
        for change in changes:
            begin = self._after(stretches[-1], change.start)
            if begin.time < stretches[-1].time:
                raise UsageError("faults that change the volume must follow one another and not overlap")
            stretches.append(Stretch(begin.volume, begin.time, change.factor))
            if change.end is None:
                if change.factor == 0:
                    raise UsageError("a volume fault with factor 0 needs `until`: nothing would ever follow")
                stretches.append(Stretch(inf, inf, 1.0))
                continue
            if change.factor == 0 and isinstance(change.end, int):
                raise UsageError("a volume fault with factor 0 needs times in `from` and `until`")
            end = self._after(stretches[-1], change.end)
            if end.time < stretches[-1].time:
                raise UsageError("a volume fault ends before it begins")
            stretches.append(Stretch(end.volume, end.time, 1.0))
        return stretches

    def _after(self, last: Stretch, limit: float) -> Stretch:
        """Where a limit lies, the volume having its factor of the last stretch until then."""
        if isinstance(limit, int):
            volume = limit / self.rate
            return Stretch(volume, last.time + (volume - last.volume) / last.factor, 1.0)
        passed = self._passed(limit) - self._origin
        return Stretch(last.volume + (passed - last.time) * last.factor, passed, 1.0)


@lru_cache(maxsize=4096)
def day(number: int) -> str:
    """A day since the epoch as `YYYY-MM-DD`."""
    return date.fromordinal(EPOCH + number).isoformat()


def iso(time: float) -> str:
    """Epoch seconds as `YYYY-MM-DDTHH:MM:SSZ`."""
    number, rest = divmod(int(time), 86400)
    return f"{day(number)}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}Z"


def precise(time: float) -> str:
    """Epoch seconds as `YYYY-MM-DDTHH:MM:SS.mmmZ`."""
    millis = int(time * 1000)
    return f"{iso(millis // 1000)[:-1]}.{millis % 1000:03d}Z"
