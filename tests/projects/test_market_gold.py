"""The figures of the market's gold tables, worked out by hand."""

from __future__ import annotations

import math
from datetime import date, timedelta

import polars as pl
import pytest

from tests.projects.bars import daily
from tests.projects.gold import audit, build, models

MONDAY = date(2026, 3, 2)


def days(first: date, count: int, *, step: int = 1) -> list[date]:
    return [first + timedelta(days=step * number) for number in range(count)]


def closes(first: date, *prices: float) -> dict[date, float]:
    return dict(zip(days(first, len(prices)), prices, strict=True))


def test_returns_averages_volatility_and_drawdown() -> None:
    prices = [100.0 * 1.01 ** (number % 2) for number in range(60)]  # up by a hundredth, and down again
    gold = build("market", {"bars": daily("BTC-USD", closes(MONDAY, *prices), hours=0, adjusted=0.5)})[
        "aggregates"
    ]
    assert gold.columns[5:] == ["return_1d", "sma_20", "sma_50", "volatility_20", "drawdown"]
    assert gold["return_1d"][:3].to_list() == pytest.approx([None, 0.01, 1 / 1.01 - 1])
    assert gold["sma_20"].null_count() == 19
    assert gold["sma_50"].null_count() == 49
    assert gold["sma_20"][-1] == pytest.approx(50.25)  # ten of 50 and ten of 50.5
    assert gold["volatility_20"].null_count() == 20  # the first day has no return
    # Ten returns of +x and ten of -x: a sample deviation of x * sqrt(20 / 19), and 365 days a year.
    assert gold["volatility_20"][-1] == pytest.approx(math.log(1.01) * math.sqrt(20 / 19 * 365))
    assert gold["drawdown"][:3].to_list() == pytest.approx([0, 0, 1 / 1.01 - 1])


def test_assets_are_told_apart() -> None:
    names = ["AAPL", "BRK-B", "^GSPC", "BTC-USD", "GC=F", "EURUSD=X", "1398.HK"]
    bars = pl.concat([daily(name, closes(MONDAY, 1.0, 2.0)) for name in names])
    gold = build("market", {"bars": bars})
    assert gold["assets"].sort("symbol").select("symbol", "kind", "calendar", "periods_per_year").rows() == [
        ("1398.HK", "foreign", None, 252),
        ("AAPL", "stock", "new york", 252),
        ("BRK-B", "stock", "new york", 252),
        ("BTC-USD", "crypto", "every day", 365),
        ("EURUSD=X", "currency", None, 252),
        ("GC=F", "future", "new york", 252),
        ("^GSPC", "index", "new york", 252),
    ]
    assert gold["aggregates"].group_by("symbol").len()["len"].to_list() == [2] * 7
    assert gold["summary"].select("total_return", "max_drawdown", "last_close").unique().rows() == [
        (1.0, 0.0, 2.0)
    ]


@pytest.mark.parametrize(("hours", "symbol"), [(5, "AAPL"), (0, "BTC-USD"), (-9, "7203.T"), (10, "XX=F")])
def test_a_day_is_that_of_the_exchange(hours: int, symbol: str) -> None:
    """Midnight in New York, in UTC, in Tokyo and on Hawaii."""
    gold = build("market", {"bars": daily(symbol, closes(MONDAY, 1.0, 1.0), hours=hours)})
    assert gold["daily"]["day"].to_list() == days(MONDAY, 2)


def test_bars_that_go_on_and_other_intervals_are_left_out() -> None:
    bars = daily("AAPL", closes(MONDAY, 1.0, 2.0, 3.0, 4.0)).with_columns(
        complete=pl.Series([True, None, False, True]), interval=pl.Series(["1d", "1d", "1d", "1h"])
    )
    assert build("market", {"bars": bars})["daily"]["close"].to_list() == [1.0, 2.0]


def test_gaps_are_trading_days_without_a_bar() -> None:
    """Around Good Friday of 2026, 3 April: Thursday to Tuesday."""
    thursday = date(2026, 4, 2)
    ends = {thursday: 1.0, thursday + timedelta(days=5): 1.0}
    bars = pl.concat([daily("AAPL", ends), daily("BTC-USD", ends, hours=0), daily("7203.T", ends, hours=-9)])
    gaps = build("market", {"bars": bars})["gaps"]
    assert gaps.rows() == [
        ("AAPL", date(2026, 4, 6), "Monday"),
        ("BTC-USD", date(2026, 4, 3), "Friday"),
        ("BTC-USD", date(2026, 4, 4), "Saturday"),
        ("BTC-USD", date(2026, 4, 5), "Sunday"),
        ("BTC-USD", date(2026, 4, 6), "Monday"),
    ]


def test_holidays_of_a_year() -> None:
    """As the exchange publishes them for 2027; the year has Independence Day on a Sunday, Christmas on a Saturday."""
    gold = build("market", {"bars": daily("AAPL", closes(date(2027, 3, 1), 1.0))})
    assert gold["holidays"]["day"].to_list() == [
        date(2027, 1, 1),
        date(2027, 1, 18),
        date(2027, 2, 15),
        date(2027, 3, 26),
        date(2027, 5, 31),
        date(2027, 6, 18),
        date(2027, 7, 5),
        date(2027, 9, 6),
        date(2027, 11, 25),
        date(2027, 12, 24),
    ]


@pytest.mark.parametrize(
    ("prices", "adjusted", "reason"),
    [
        ((100.0, 1.0), (100.0, 1.0), "unit"),
        ((100.0, 50.2), (100.0, 50.2), "split"),
        ((10.0, 200.0), (10.0, 200.0), "split"),
        ((100.0, 99.0), (60.0, 99.0), "dividend"),
        ((100.0, 55.0), (100.0, 55.0), "return"),
        ((100.0, 55.0), (55.0, 55.0), "dividend"),
        ((100.0, 62.0), (100.0, 62.0), None),
        ((100.0, 95.0), (95.0, 95.0), None),
    ],
)
def test_suspects(prices: tuple[float, ...], adjusted: tuple[float, ...], reason: str | None) -> None:
    bars = daily("AAPL", closes(MONDAY, *prices)).with_columns(adj_close=pl.Series(adjusted))
    assert build("market", {"bars": bars})["suspects"]["reason"].to_list() == ([reason] if reason else [])


@pytest.mark.parametrize("name", models("market"))
def test_every_table_holds_its_contract(name: str) -> None:
    bars = pl.concat(
        [daily("AAPL", closes(MONDAY, 100.0, 55.0)), daily("BTC-USD", closes(MONDAY, 1.0, 1.0, 1.0))]
    )
    result = audit("market", name, build("market", {"bars": bars})[name])
    assert result.passed, result.failing()
    assert [check.name for check in result.checks if check.status == "error"] == []
