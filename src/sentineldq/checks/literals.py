"""A check's parameters as values comparable with a column."""

from __future__ import annotations

import math
import re
import struct
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

import narwhals as nw

from sentineldq.contracts.duration import parse_duration

NOW: ContextVar[datetime | None] = ContextVar("now", default=None)
"""What `now` means, where it is not the clock's: the arrival of the records, so that judging them again is the same."""

_RELATIVE = re.compile(r"(?P<start>now|today)(?:\(\))?(?:\s*(?P<sign>[+-])\s*(?P<shift>\S.*))?")


def as_type(raw: Any, dtype: nw.dtypes.DType) -> Any:
    """A parameter as a value of that type; raises ValueError when it cannot be one.

    Dates and times may be ISO 8601 text, or `now`, `today`, `now - 7d`, `today + 1d`; a time without a zone is UTC
    where the column has one, and the other way round.
    """
    try:
        return _as_type(raw, dtype)
    except (ValueError, InvalidOperation, TypeError) as error:
        raise ValueError(f"{raw!r} cannot be compared with a column of type {dtype}") from error


def _as_type(raw: Any, dtype: nw.dtypes.DType) -> Any:
    if dtype == nw.Boolean:
        return _exactly(raw, bool)
    if isinstance(dtype, nw.Decimal):
        return Decimal(str(_number(raw)))
    if dtype.is_numeric():
        number = _number(raw)
        if dtype == nw.Float32:
            return _single(float(number))
        if dtype.is_integer() and number == number // 1:
            return _within_reach(int(number), dtype)
        return float(number) if dtype.is_float() or isinstance(number, Decimal) else number
    if dtype == nw.String:
        return _exactly(raw, str)
    if dtype == nw.Date:
        return raw if isinstance(raw, date) and not isinstance(raw, datetime) else _moment(raw).date()
    if isinstance(dtype, nw.Datetime):
        return _zoned(_moment(raw), dtype.time_zone)
    if dtype == nw.Time:
        return raw if isinstance(raw, time) else time.fromisoformat(raw)
    raise ValueError


def _exactly(raw: Any, kind: type) -> Any:
    if not isinstance(raw, kind):
        raise TypeError
    return raw


def _number(raw: Any) -> int | float | Decimal:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal)):
        raise TypeError
    return raw


def _within_reach(number: int, dtype: nw.dtypes.DType) -> int:
    """The number, or the first one that is beyond the type, since engines cannot write all larger ones."""
    low, high = limits(dtype)
    return min(max(number, low - 1), high + 1)


def limits(dtype: nw.dtypes.DType) -> tuple[int, int]:
    """The smallest and the largest integer of a type."""
    unsigned, bits = str(dtype).startswith("U"), int(str(dtype).lstrip("UInt"))
    return (0, 2**bits - 1) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _single(number: float) -> float:
    """The number as a 32-bit float holds it, so that a column of 0.1 is within a bound of 0.1."""
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return math.copysign(math.inf, number)


def _moment(raw: Any) -> datetime:
    if isinstance(raw, datetime):
        return raw
    if isinstance(raw, date):
        return datetime.combine(raw, time())
    relative = _RELATIVE.fullmatch(raw)
    return _relative(relative) if relative else datetime.fromisoformat(raw)


def _relative(found: re.Match[str]) -> datetime:
    now = NOW.get() or datetime.now(UTC)
    start = now if found["start"] == "now" else datetime.combine(now.date(), time(), UTC)
    if found["sign"] is None:
        return start
    shift = parse_duration(found["shift"])
    return start + shift if found["sign"] == "+" else start - shift


def _zoned(moment: datetime, zone: str | None) -> datetime:
    if zone is None:
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
