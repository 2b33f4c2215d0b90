"""Dates, times and timestamps written in a declared format.

Formats are those of the JDK's DateTimeFormatter, as ODCS has it: `yyyy-MM-dd HH:mm:ss`, `dd/MM/yyyy`,
`yyyy-MM-dd'T'HH:mm:ss.SSSXXX`. Only fields of fixed width are read, each with exactly its number of digits;
any other letter is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any, Literal, cast

from sentineldq.errors import InexactError

Moment = date | datetime | time
Kind = Literal["date", "time", "timestamp"]

_ANY_DAY = date(2000, 1, 1)
_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']")
_OFFSET = r"(?P<offset>Z|[+-]\d\d:?\d\d)"
_FIELDS = {
    "yyyy": r"(?P<year>\d{4})",
    "uuuu": r"(?P<year>\d{4})",
    "MM": r"(?P<month>\d\d)",
    "dd": r"(?P<day>\d\d)",
    "HH": r"(?P<hour>\d\d)",
    "mm": r"(?P<minute>\d\d)",
    "ss": r"(?P<second>\d\d)",
    **{"S" * width: rf"(?P<fraction>\d{{{width}}})" for width in range(1, 10)},
    **dict.fromkeys(("X", "XX", "XXX", "x", "xx", "xxx", "Z", "ZZ", "ZZZ", "ZZZZZ"), _OFFSET),
}


def reader(pattern: str, kind: Kind, *, zoned: bool | None = None) -> Callable[[Any], Moment]:
    """A function that reads text in this format, and raises ValueError for any other; moments pass through.

    `zoned` says whether an offset must (True) or must not (False) be there. Raises InexactError when the
    format has a field whose width or meaning depends on the locale.
    """
    fits = re.compile(_expression(pattern), re.ASCII).fullmatch
    build = _BUILDERS[kind]

    def read(text: Any) -> Moment:
        if not isinstance(text, str):
            return cast("Moment", text)
        found = fits(text)
        if found is None or zoned not in {None, found.groupdict().get("offset") is not None}:
            raise ValueError(pattern)
        return build(found.groupdict())

    return read


def utc(value: Any, zone: tzinfo) -> Any:
    """A moment as it is compared and stored.

    A timestamp has its offset, or that of `zone` where it has none; a time of day is in UTC.
    """
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=zone)
    if isinstance(value, time) and value.tzinfo is not None:
        return datetime.combine(_ANY_DAY, value).astimezone(UTC).time()
    return value


def _expression(pattern: str) -> str:
    parts: list[str] = []
    if "".join(token[0] for token in _TOKEN.finditer(pattern)) != pattern:
        raise InexactError("records", f"the format {pattern!r}", hint="a quote is not closed")
    for token in _TOKEN.finditer(pattern):
        text, literal, letter = token[0], token[1], token[2]
        if letter is None:
            parts.append(re.escape(text if literal is None else literal.replace("''", "'") or "'"))
        elif text in _FIELDS and _FIELDS[text] not in parts:
            parts.append(_FIELDS[text])
        else:
            what = f"{text!r} in the format {pattern!r}"
            raise InexactError("records", what, hint="fields need a fixed width and may stand once")
    return "".join(parts)


def _date(field: dict[str, str | None]) -> date:
    return date(*(int(field.get(name) or 1) for name in ("year", "month", "day")))


def _time(field: dict[str, str | None]) -> time:
    hour, minute, second = (int(field.get(name) or 0) for name in ("hour", "minute", "second"))
    return time(hour, minute, second, _micros(field.get("fraction")), _offset(field.get("offset")))


def _timestamp(field: dict[str, str | None]) -> datetime:
    return datetime.combine(_date(field), _time(field))


def _micros(digits: str | None) -> int:
    """Microseconds; digits beyond the sixth are cut off."""
    return int((digits or "0").ljust(6, "0")[:6])


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    size = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-size if text[0] == "-" else size)


_BUILDERS: dict[Kind, Callable[[dict[str, str | None]], Moment]] = {
    "date": _date,
    "time": _time,
    "timestamp": _timestamp,
}
