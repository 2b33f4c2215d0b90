"""Which hours are compared with which: what `7d`, `24h` or `2026-11-01..2026-11-08` mean, asked at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sentineldq.contracts.duration import parse_duration
from sentineldq.drift.model import Window
from sentineldq.errors import UsageError

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BETWEEN = ".."
FORMS = "write 7d, 24h, 2026-11-01, 2026-11-01..2026-11-08 or 2026-11-01T06:00..2026-11-01T18:00"

Given = timedelta | Window
"""A window as it was asked for: so much time, or from then to then (its end None: until now)."""


def parse_window(text: str, *, name: str) -> Given:
    """What a text asks for; dates are whole days and times without a zone are UTC. Raises UsageError naming it."""
    if BETWEEN in text:
        first, last = (part.strip() for part in text.split(BETWEEN, 1))
        if not first:
            raise UsageError(f"{name} {text!r} has no beginning", hint=FORMS)
        return _between(_moment(first, name), _moment(last, name) if last else None, text, name)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return _length(text, name)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Window(start=start, end=start + DAY)


def resolve(
    baseline: Given, current: Given, *, now: datetime, newest: datetime | None
) -> tuple[Window, Window]:
    """Both windows in whole hours.

    newest: where stored hours end (None: nothing is stored). What is asked for as a length of time ends now, or where
    the data ended earlier; a baseline ends where the current window begins. Raises UsageError for windows that overlap:
    a baseline never contains the window under test.
    """
    ends = min(up(now), newest or up(now))
    tested = _placed(current, ends)
    if tested.start is None or tested.end is None or tested.start >= tested.end:
        raise UsageError(
            "the current window begins where the data ends, or later", hint="choose an earlier one"
        )
    known = _placed(baseline, tested.start)
    if known.start is None or known.end is None or known.start >= known.end:
        raise UsageError("the baseline begins where it ends, or later", hint="choose an earlier one")
    if known.start < tested.end and tested.start < known.end:
        raise UsageError(
            f"the baseline ({told(known)}) and the current window ({told(tested)}) overlap",
            hint="a baseline must not contain what is tested against it; name two spans that do not meet",
        )
    return known, tested


def up(moment: datetime) -> datetime:
    """The end of the hour a time is in; a full hour is its own end."""
    floor = down(moment)
    return floor if floor == moment else floor + HOUR


def down(moment: datetime) -> datetime:
    """The beginning of the hour a time is in, in UTC."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def told(window: Window) -> str:
    """A window in UTC, as short as it can be said: `2026-11-01 to 2026-11-07`, `2026-11-01 06:00 to 18:00`."""
    if window.start is None or window.end is None:
        return "at any time"
    start, end = window.start.astimezone(UTC), window.end.astimezone(UTC)
    if start == start.replace(hour=0, minute=0, second=0) and end == end.replace(hour=0, minute=0, second=0):
        last = end - DAY
        return f"{start:%Y-%m-%d}" if last <= start else f"{start:%Y-%m-%d} to {last:%Y-%m-%d}"
    same = start.date() == end.date()
    return (
        f"{start:%Y-%m-%d %H:%M} to {end:%H:%M}"
        if same
        else f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"
    )


def _placed(given: Given, ends: datetime) -> Window:
    if isinstance(given, timedelta):
        return Window(start=ends - given, end=ends)
    return given if given.end is not None else Window(start=given.start, end=ends)


def _between(start: datetime, end: datetime | None, text: str, name: str) -> Window:
    if end is not None and up(end) <= down(start):
        raise UsageError(f"{name} {text!r} ends before it begins", hint=FORMS)
    return Window(start=down(start), end=None if end is None else up(end))


def _length(text: str, name: str) -> timedelta:
    try:
        length = parse_duration(text)
    except UsageError as fault:
        raise UsageError(f"{name} {text!r} is neither a length of time nor a span", hint=FORMS) from fault
    if length < HOUR or length % HOUR:
        raise UsageError(
            f"{name} {text!r} is not in whole hours", hint="profiles are kept by the hour; write 24h"
        )
    return length


def _moment(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise UsageError(f"{name}: {text!r} is not a date or a time in ISO 8601", hint=FORMS) from fault
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
