"""Market bars: assets, what a record of a bar is, and which bars are new since the last time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

INTERVALS: Final = ("1m", "2m", "5m", "15m", "30m", "60m", "90m", "1h", "4h", "1d", "5d", "1wk", "1mo", "3mo")
_DAYS: Final = {"d": 1, "wk": 7}
_MINUTES: Final = {"m": 1, "h": 60}
_LENGTH: Final = re.compile(r"(\d+)(mo|wk|[mhd])")


class Asset(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Something with a price. timezone: of its exchange, an IANA name; the other texts are for people."""

    symbol: str
    name: str | None = None
    kind: str | None = None
    currency: str | None = None
    timezone: str | None = None
    calendar: str | None = None


def _asset(symbol: str, name: str, kind: str, timezone: str = "America/New_York") -> Asset:
    return Asset(symbol=symbol, name=name, kind=kind, currency="USD", timezone=timezone)


ASSETS: Final = (
    _asset("AAPL", "Apple", "stock"),
    _asset("BTC-USD", "Bitcoin", "crypto", "UTC"),
    _asset("ETH-USD", "Ether", "crypto", "UTC"),
    _asset("SPY", "SPDR S&P 500 ETF", "fund"),
    _asset("TSLA", "Tesla", "stock"),
    _asset("GC=F", "Gold future", "future"),
)


class Bar(msgspec.Struct, kw_only=True, frozen=True):
    """A bar. time: when it begins, UTC (ISO 8601). complete: whether its interval was over when it was asked for."""

    symbol: str
    interval: str
    time: str
    open: float | None
    high: float | None
    low: float | None
    close: float | None
    adj_close: float | None
    volume: int | None
    currency: str | None
    complete: bool


class Place(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """The cursor. last: begin of the last complete bar given. partial: hash of the one behind it, as it was given."""

    last: str | None = None
    partial: str | None = None


def end_of(begin: datetime, interval: str, zone: ZoneInfo) -> datetime:
    """When a bar ends; days, weeks and months end at midnight of the exchange."""
    match = _LENGTH.fullmatch(interval)
    if match is None:
        raise ValueError(f"{interval!r} is no interval")
    count, unit = int(match[1]), match[2]
    if unit in _MINUTES:
        return begin + timedelta(minutes=count * _MINUTES[unit])
    day = begin.astimezone(zone).date()
    if unit == "mo":
        months = day.year * 12 + day.month - 1 + count
        after = date(months // 12, months % 12 + 1, 1)
    else:
        after = day + timedelta(days=count * _DAYS[unit])
    return datetime.combine(after, time(), zone).astimezone(UTC)


def bars_of(
    rows: Iterable[tuple[datetime, Mapping[str, Any]]],
    *,
    asset: Asset,
    interval: str,
    zone: ZoneInfo,
    currency: str | None,
    now: datetime,
) -> list[Bar]:
    """Bars in the order of time from rows of numbers by Yahoo's names (`Open`, `Adj Close`…); NaN is null.

    Only the last bar can be incomplete.
    """
    ordered = sorted(rows, key=lambda row: row[0])
    found = []
    for number, (begin, row) in enumerate(ordered):
        last = number == len(ordered) - 1
        volume = _number(row.get("Volume"))
        found.append(
            Bar(
                symbol=asset.symbol,
                interval=interval,
                time=iso(begin),
                open=_number(row.get("Open")),
                high=_number(row.get("High")),
                low=_number(row.get("Low")),
                close=_number(row.get("Close")),
                adj_close=_number(row.get("Adj Close")),
                volume=None if volume is None else int(volume),
                currency=currency or asset.currency,
                complete=not last or end_of(begin, interval, zone) <= now,
            )
        )
    return found


def fresh(bars: Iterable[Bar], place: Place) -> tuple[list[Bar], Place]:
    """The bars to give, and the place behind them; the bar that goes on is given when it has changed."""
    new = [bar for bar in bars if place.last is None or bar.time > place.last]
    given = [bar for bar in new if bar.complete or _hash(bar) != place.partial]
    if not given:
        return [], place
    last = max((bar.time for bar in given if bar.complete), default=place.last)
    partial = next((_hash(bar) for bar in given if not bar.complete), None)
    return given, Place(last=last, partial=partial)


def iso(moment: datetime) -> str:
    """A moment as text, UTC, so that texts sort like moments."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(value: Any) -> float | None:
    number = None if value is None else float(value)
    return None if number is None or number != number else number  # noqa: PLR0124 - NaN


def _hash(bar: Bar) -> str:
    return blake2b(msgspec.json.encode(bar), digest_size=8).hexdigest()
