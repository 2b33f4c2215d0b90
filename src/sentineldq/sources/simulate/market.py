"""Daily bars of six assets: a random walk whose volatility comes in clusters, on the days that each of them trades.

The years' ends are drawn first and each year's walk is bent to meet them, so that any bar can be made without those
before it: the same seed has the same prices on a day wherever the simulation starts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import ceil, exp, floor, log, sqrt
from typing import ClassVar
from zoneinfo import ZoneInfo

from sentineldq.sources.simulate.clock import DAY, EPOCH, Clock, iso
from sentineldq.sources.simulate.holidays import trading
from sentineldq.sources.simulate.shape import BLOCK, Block, Facts, Shape, Wrong

NEW_YORK = ZoneInfo("America/New_York")
ADJUSTED_TO = 2030  # dividends until this year have been taken off adjusted prices


@dataclass(frozen=True)
class Asset:
    """level: price in mid-2025. drift and swing: of the price from year to year. daily: mean volatility of a day."""

    symbol: str
    level: float
    drift: float
    swing: float
    daily: float
    volume: float
    dividend: float = 0.0
    exchange: bool = True


# In the order of a day: what trades around the clock begins at midnight UTC, New York some hours later.
ASSETS = (
    Asset("BTC-USD", 98_000.0, 0.22, 0.30, 0.026, 3.6e10, exchange=False),
    Asset("ETH-USD", 3_100.0, 0.18, 0.34, 0.033, 2.1e10, exchange=False),
    Asset("AAPL", 228.0, 0.15, 0.14, 0.017, 5.6e7, dividend=0.005),
    Asset("GC=F", 3_050.0, 0.07, 0.08, 0.010, 1.9e5),
    Asset("SPY", 590.0, 0.09, 0.08, 0.011, 7.1e7, dividend=0.012),
    Asset("TSLA", 310.0, 0.20, 0.26, 0.036, 9.4e7),
)


@dataclass(frozen=True)
class Bar:
    open: float
    high: float
    low: float
    close: float
    volume: int


class Market(Shape):
    """One record per asset and trading day, by time and then by symbol; the calendar sets the rate."""

    facts: ClassVar[Facts] = Facts(
        key=("symbol", "interval", "time"),
        required=("symbol", "interval", "time", "open", "high", "low", "close", "volume"),
        wrong=(
            Wrong(field="high", value=0.0001),
            Wrong(field="low", value=-12.5),
            Wrong(field="close", value=0),
            Wrong(field="open", value=98_765_432.1),
            Wrong(field="volume", value=-100),
            Wrong(field="interval", value="fortnight"),
            Wrong(field="symbol", value="not a symbol"),
            Wrong(field="time", value="2099-01-01T00:00:00Z"),
        ),
        time="time",
        kind="symbol",
        new_kind="X{}",
        paced=False,
    )

    def __init__(self, *, seed: int, clock: Clock) -> None:
        super().__init__(seed=seed, clock=clock)
        self._first = EPOCH + ceil(clock.start / DAY)
        self._calendar = Calendar(self._first)
        self._year = lru_cache(maxsize=32)(self._walk)

    def block(self, number: int) -> Block:
        offset, skip = self._calendar.find(number * BLOCK)
        bars: list[tuple[Asset, date]] = []
        while len(bars) < skip + BLOCK:
            day = date.fromordinal(self._first + offset)
            bars += [(asset, day) for asset in traded(day)]
            offset += 1
        chosen = bars[skip : skip + BLOCK]
        times = [midnight(asset, day) for asset, day in chosen]
        return Block(
            records=[
                self._record(asset, day, time) for (asset, day), time in zip(chosen, times, strict=True)
            ],
            times=times,
            kinds=[asset.symbol for asset, _ in chosen],
        )

    def position(self, time: float) -> int:
        offset = EPOCH + floor(time / DAY) - self._first
        if offset < 0:
            return 0
        day = date.fromordinal(self._first + offset)
        return self._calendar.before(offset) + bisect_left(
            [midnight(asset, day) for asset in traded(day)], time
        )

    def _record(self, asset: Asset, day: date, time: float) -> bytes:
        bar = self._year(asset, day.year)[day]
        quarters = max(0, (ADJUSTED_TO - day.year) * 4 - (day.month - 1) // 3)
        adjusted = round(bar.close * (1 - asset.dividend / 4) ** quarters, 4)
        return (
            f'{{"symbol":"{asset.symbol}","interval":"1d","time":"{iso(time)}","open":{bar.open},'
            f'"high":{bar.high},"low":{bar.low},"close":{bar.close},"adj_close":{min(adjusted, bar.close)},'
            f'"volume":{bar.volume},"currency":"USD","complete":true}}'
        ).encode()

    def _level(self, asset: Asset, year: int) -> float:
        """Logarithm of the price at the start of a year."""
        grown = asset.drift * max(-12.0, min(year - 2025.5, 8.0))
        return log(asset.level) + grown + asset.swing * self.random("market", asset.symbol, year).gauss(0, 1)

    def _walk(self, asset: Asset, year: int) -> dict[date, Bar]:
        """The bars of a year. Variance follows GARCH(1, 1): a wild day makes the next one wilder."""
        random = self.random("market", asset.symbol, year, "walk")
        days = list(_days(asset, year))
        start, end = self._level(asset, year), self._level(asset, year + 1)
        usual = asset.daily**2
        variance, moves = usual, []
        for _ in days:
            move = sqrt(variance) * random.gauss(0, 1)
            moves.append((move, sqrt(variance)))
            variance = min(0.06 * usual + 0.12 * move * move + 0.82 * variance, 25 * usual)
        bend = (end - start - sum(move for move, _ in moves)) / len(days)
        bars, price = {}, start
        for day, (move, spread) in zip(days, moves, strict=True):
            opened = price + spread * 0.25 * random.gauss(0, 1)
            price += move + bend
            high = max(opened, price) + spread * 0.4 * abs(random.gauss(0, 1))
            low = min(opened, price) - spread * 0.4 * abs(random.gauss(0, 1))
            volume = asset.volume * exp(0.35 * random.gauss(0, 1) + 6 * abs(move))
            bars[day] = Bar(rounded(opened), rounded(high), rounded(low), rounded(price), int(volume))
        return bars


class Calendar:
    """How many bars there are before each day from the first on (an ordinal); counted as far as was asked."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._sums = [0]

    def find(self, number: int) -> tuple[int, int]:
        """The day, counted from the first, that a bar is of, and how many bars of the day come before it."""
        while self._sums[-1] <= number:
            self._count()
        offset = bisect_right(self._sums, number) - 1
        return offset, number - self._sums[offset]

    def before(self, offset: int) -> int:
        """Bars before a day."""
        while len(self._sums) <= offset:
            self._count()
        return self._sums[offset]

    def _count(self) -> None:
        day = date.fromordinal(self._first + len(self._sums) - 1)
        self._sums.append(self._sums[-1] + len(traded(day)))


def rounded(level: float) -> float:
    """A price from its logarithm."""
    return round(exp(level), 4)


@lru_cache(maxsize=512)
def traded(day: date) -> tuple[Asset, ...]:
    """The assets that have a bar on a day."""
    return ASSETS if trading(day) else tuple(asset for asset in ASSETS if not asset.exchange)


@lru_cache(maxsize=4096)
def midnight(asset: Asset, day: date) -> float:
    """When the bar of a day begins: midnight at the exchange, in epoch seconds."""
    zone = NEW_YORK if asset.exchange else UTC
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


def _days(asset: Asset, year: int) -> list[date]:
    start = date(year, 1, 1)
    days = (start + timedelta(days=number) for number in range(366))
    return [day for day in days if day.year == year and asset in traded(day)]
