"""Bars as frames of silver, made by hand or from an export of Yahoo."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from sentineldq.sources.bars import Asset
from sentineldq.sources.exports import record_of
from tests.projects.records import Verdict, contract, judge_text

BARS = contract("market", "bars")


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
    """What becomes of the rows of an export of Yahoo: text, under the names that the source gives it."""
    asset = Asset(symbol=symbol)
    rows = [
        json.dumps(row).encode() for row in pl.read_csv(path, infer_schema_length=0).iter_rows(named=True)
    ]
    records = [json.loads(record_of(row, asset=asset, interval=interval)) for row in rows]
    texts = pl.DataFrame(
        [{name: record[name] for name in bar()} for record in records], infer_schema_length=None
    )
    return judge_text(BARS, texts.cast(pl.String))
