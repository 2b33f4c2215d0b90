"""Is a text a cron expression? Five fields as in crontab(5), or six to seven as Quartz writes them."""

from __future__ import annotations

import re

_NICKNAMES = frozenset(
    ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly", "@reboot"]
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
_QUARTZ = (("second", 0, 59), *_FIELDS, ("year", 1970, 2199))
_STEP = re.compile(r"(?P<range>[^/]+)(?:/(?P<step>[1-9]\d*))?")
#: Quartz: last day, nearest weekday, third Friday.
_SPECIAL = re.compile(r"\?|L(?:-\d+)?|LW|\d+W|\w+[L]|\w+#[1-5]", re.IGNORECASE)


def cron_fault(expression: str) -> str | None:
    """What is wrong with a cron expression; None when nothing is."""
    fields = expression.split()
    if expression.strip().lower() in _NICKNAMES:
        return None
    if len(fields) not in (5, 6, 7):
        return f"it has {len(fields)} fields"
    quartz = len(fields) > 5
    for text, (name, low, high) in zip(fields, _QUARTZ if quartz else _FIELDS, strict=False):
        for part in text.split(","):
            if quartz and _SPECIAL.fullmatch(part):
                continue
            if not _in_range(part, name, low, high):
                return f"{part!r} is not a {name}"
    return None


def _in_range(part: str, name: str, low: int, high: int) -> bool:
    match = _STEP.fullmatch(part)
    if match is None:
        return False
    if match["range"] == "*":
        return True
    ends = [_number(end, name) for end in match["range"].split("-")]
    numbers = [end for end in ends if end is not None]
    return len(numbers) == len(ends) <= 2 and all(low <= end <= high for end in numbers)


def _number(text: str, name: str) -> int | None:
    if text.isascii() and text.isdigit():
        return int(text)
    if name == "month" and text.lower() in _MONTHS:
        return _MONTHS.index(text.lower()) + 1
    if name == "weekday" and text.lower() in _DAYS:
        return _DAYS.index(text.lower())
    return None
