"""Durations as people write them: `90m`, `2 days`, ISO 8601 `PT2H30M`, or plain seconds."""

from __future__ import annotations

import re
from datetime import timedelta

from sentineldq.errors import UsageError

_UNITS = {
    "s": 1, "sec": 1, "second": 1,
    "m": 60, "min": 60, "minute": 60,
    "h": 3600, "hr": 3600, "hour": 3600,
    "d": 86400, "day": 86400,
    "w": 604800, "week": 604800,
}  # fmt: skip
_WORDS = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*")
_ISO = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


def parse_duration(text: str | float) -> timedelta:
    """A duration from seconds, words or ISO 8601 (weeks to seconds; months have no fixed length).

    Raises UsageError naming the text.
    """
    if isinstance(text, (int, float)):
        return timedelta(seconds=text)
    iso = _ISO.fullmatch(text)
    if iso and any(iso.groups()):
        weeks, days, hours, minutes, seconds = (float(part or 0) for part in iso.groups())
        return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    total, at = 0.0, 0
    while match := _WORDS.match(text, at):
        unit = match[2].lower()
        unit = unit if unit in _UNITS else unit.removesuffix("s")
        if unit not in _UNITS:
            break
        total, at = total + float(match[1]) * _UNITS[unit], match.end()
    if at == 0 or at != len(text):
        raise UsageError(f"{text!r} is not a duration", hint="write 90m, 2h, 1d, 1d 12h or PT2H30M")
    return timedelta(seconds=total)
