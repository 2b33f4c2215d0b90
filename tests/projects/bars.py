"""Bars as frames of silver, made by hand or from an export of Yahoo."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from tests.projects.records import Verdict, contract, judge_text

BARS = contract("market", "bars")
COLUMNS = {
    "Open": "open",
    "High": "high",
    "Low": "low",
    "Close": "close",
    "Adj Close": "adj_close",
    "Volume": "volume",
}


def bar(**changes: Any) -> dict[str, Any]:
    """A daily bar as the source gives it."""
    found: dict[str, Any] = {
        "symbol": "AAPL",
        "interval": "1d",
        "time": "2026-03-02T05:00:00Z",
        "open": 100.0,
        "high": 104.0,
        "low": 99.0,
        "close": 103.0,
        "adj_close": 102.5,
        "volume": 1000,
        "currency": "USD",
        "complete": True,
    }
    return {**found, **changes}


def daily(symbol: str, closes: dict[date, float], *, hours: int = 5, adjusted: float = 1.0) -> pl.DataFrame:
    """Daily bars that begin so many hours after midnight in UTC; one price each."""
    times = [datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hours) for day in closes]
    price = pl.Series(list(closes.values()), dtype=pl.Float64)
    return pl.DataFrame(
        {
            "symbol": [symbol] * len(closes),
            "interval": ["1d"] * len(closes),
            "time": pl.Series(times, dtype=pl.Datetime("us", "UTC")),
            **dict.fromkeys(("open", "high", "low", "close"), price),
            "adj_close": price * adjusted,
            "volume": [10.0] * len(closes),
            "currency": ["USD"] * len(closes),
            "complete": [True] * len(closes),
        }
    )


def exported(path: Path, *, symbol: str, interval: str = "1d") -> Verdict:
    """What becomes of the rows of an export: text, but for the name of the asset, which is the file's."""
    rows = pl.read_csv(path, infer_schema_length=0)
    named = rows.columns[0]
    time = pl.col(named)
    if rows[named].str.len_chars().max() == len("2026-03-02"):
        time += "T00:00:00Z"
    chosen = rows.select(
        symbol=pl.lit(symbol),
        interval=pl.lit(interval),
        time=time,
        **{ours: pl.col(theirs) for theirs, ours in COLUMNS.items()},
        currency=pl.lit(None, pl.String),
        complete=pl.lit("true"),
    )
    return judge_text(BARS, chosen)
