"""The weekdays on which the New York Stock Exchange is closed by rule (days of mourning and storms are not known)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache


@lru_cache(maxsize=256)
def closed(year: int) -> frozenset[date]:
    """Holidays of a year; one at a weekend is kept the day before or after, but for New Year on a Saturday."""
    fixed = [date(year, 7, 4), date(year, 12, 25)]
    fixed += [date(year, 6, 19)] if year >= 2022 else []
    new_year = date(year, 1, 1)
    fixed += [new_year] if new_year.weekday() != 5 else []
    return frozenset(
        [
            *(_kept(day) for day in fixed),
            _weekday(date(year, 1, 1), 0, 3),  # Martin Luther King
            _weekday(date(year, 2, 1), 0, 3),  # Presidents
            _weekday(date(year, 5, 25), 0, 1),  # Memorial
            _weekday(date(year, 9, 1), 0, 1),  # Labor
            _weekday(date(year, 11, 1), 3, 4),  # Thanksgiving
            _easter(year) - timedelta(days=2),
        ]
    )


def trading(day: date) -> bool:
    """Whether the exchange is open."""
    return day.weekday() < 5 and day not in closed(day.year)


def _kept(day: date) -> date:
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


def _weekday(start: date, weekday: int, nth: int) -> date:
    """The n-th of a weekday from a date on."""
    return start + timedelta(days=(weekday - start.weekday()) % 7 + 7 * (nth - 1))


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap, common = divmod(century, 4)
    moon = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * common + 2 * (rest // 4) - moon - rest % 4) % 7
    late = moon + week - 7 * ((golden + 11 * moon + 22 * week) // 451) + 114
    return date(year, late // 31, late % 31 + 1)
