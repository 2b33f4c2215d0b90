"""A folder of Yahoo's CSV exports as bars, with the oddities that these files have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sentineldq.errors import UsageError
from sentineldq.sources.batch import Batch
from sentineldq.sources.exports import symbol_of
from sentineldq.sources.registry import make


def read(folder: Path, cursor: Any = None, **config: Any) -> list[Batch]:
    source = make({"kind": "yahoo", "folder": str(folder), **config}, root=Path(), name="bars")
    return list(source.read({"yahoo:files:bars": cursor} if cursor else {}))


def rows(batches: list[Batch]) -> list[Any]:
    return [json.loads(raw) for batch in batches for raw in batch.records.to_pylist()]


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("AAPL.csv", "AAPL"),
        ("BTC-USD.csv.gz", "BTC-USD"),
        ("GC=F.csv", "GC=F"),
        ("d/^GSPC (1).csv", "^GSPC"),
        ("BRK-B.csv", "BRK-B"),
        ("yahoofinance-SPY-20080101-20180101.csv", "SPY"),
        ("SPY_20110701_20120630_Bollinger.csv", "SPY"),
    ],
)
def test_the_symbol_is_what_a_name_begins_with(name: str, symbol: str) -> None:
    assert symbol_of(name) == symbol


def test_rows_are_bars_of_texts(tmp_path: Path) -> None:
    (tmp_path / "AAPL.csv").write_text(
        "Date,Open,High,Low,Close,Adj Close,Volume,Dividends\n"
        "2018-01-02,42.540,43.0,42.3,43.06,40.38,102223600,0.0\n"
        '2018-07-03,42.1,"1,043.5",42.3,43.06,40.38,"102,223,600",0.82\n'
        "2018-07-04,null,null,null,null,null,null,\n"
    )
    [batch] = read(tmp_path)
    assert batch.partition == "yahoo:files:bars"
    assert batch.form == "text"
    first, second, third = rows([batch])
    assert first == {
        "symbol": "AAPL",
        "interval": "1d",
        "time": "2018-01-02T05:00:00Z",
        "open": "42.540",
        "high": "43.0",
        "low": "42.3",
        "close": "43.06",
        "adj_close": "40.38",
        "volume": "102223600",
        "currency": "USD",
        "complete": "true",
        "dividends": "0.0",
    }
    assert (second["time"], second["high"], second["volume"]) == (
        "2018-07-03T04:00:00Z",
        "1043.5",
        "102223600",
    )
    assert (third["time"], third["open"], third["volume"]) == ("2018-07-04T04:00:00Z", None, None)
    assert read(tmp_path, batch.cursor) == []


def test_other_ways_of_writing_are_understood_and_the_rest_is_kept(tmp_path: Path) -> None:
    (tmp_path / "NVDA.csv").write_text(
        "Date,Open,High,Low,Close*,Adj Close**,Volume\n"
        '"Jan 02, 2018",1.0,2.0,0.5,1.5,1.5,100\n'
        '"Jan 03, 2018",1.0,2.0,0.5,1.5,1.5,"1,000"\n'
        '"Jan 04, 2018",1.0,2.0,0.5,1.5,1.5,100\n'
        '"Jan 05, 2018",0.04 Dividend\n'
        '"one day",1.0,2.0,0.5,1.5,1.5,100\n'
    )
    found = rows(read(tmp_path, assets=[{"symbol": "NVDA", "currency": "USD", "timezone": "Asia/Tokyo"}]))
    assert found[0]["time"] == "2018-01-01T15:00:00Z"
    assert found[0]["adj_close"] == "1.5"
    assert found[1]["volume"] == "1000"
    assert ["Jan 05, 2018", "0.04 Dividend"] in found or found[3]["open"] == "0.04 Dividend"
    assert found[4]["time"] == "one day"  # for the contract to refuse


def test_one_folder_has_one_interval(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one interval"):
        read(tmp_path, interval=["1d", "1h"])


@pytest.mark.corpus
def test_real_exports_are_bars(shared_data: Path) -> None:
    found = read(shared_data / "market")
    by_symbol: dict[str, list[Any]] = {}
    for row in rows(found):
        assert isinstance(row, dict), row
        by_symbol.setdefault(row["symbol"], []).append(row)
    assert {"AAPL", "TSLA", "BTC-USD", "ETH-USD", "GC=F", "SPY", "GC"} <= set(by_symbol)
    assert [(row["time"], row["close"], row["open"]) for row in by_symbol["GC"]] == [
        ("2018-02-22T00:00:00Z", "33.75", "34.04999923706055")
    ]
    apple = by_symbol["AAPL"][0]
    assert (apple["time"], apple["volume"]) == ("2018-01-02T05:00:00Z", "102223600")
    lines = (shared_data / "market" / "AAPL.csv").read_text().count("\n")
    assert len(by_symbol["AAPL"]) == lines - 1
