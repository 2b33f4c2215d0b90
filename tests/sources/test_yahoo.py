"""Bars from Yahoo: yfinance itself asks a server on this machine that answers as Yahoo's chart API does."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sentineldq.errors import MissingExtraError, SourceError, UsageError
from sentineldq.sources.batch import Batch
from sentineldq.sources.registry import make
from sentineldq.sources.yahoo import Yahoo
from sentineldq.sources.yahoo import _yfinance as library
from tests.sources.server import Reply, Request, Server

DAY = 86_400


class Market:
    """Bars by symbol: begin of the bar (epoch seconds) and its six numbers."""

    def __init__(self, zone: str = "UTC", offset: int = 0, kind: str = "CRYPTOCURRENCY") -> None:
        self.bars: dict[int, tuple[float | None, ...]] = {}
        self._zone = zone
        self._offset = offset
        self._kind = kind

    def answer(self, request: Request) -> Reply:
        first = int(request.params.get("period1", "0"))
        bars = {begin: bar for begin, bar in sorted(self.bars.items()) if begin >= first}
        session = {"timezone": "UTC", "start": 0, "end": 2**31, "gmtoffset": self._offset}
        meta = {
            "currency": "EUR",
            "symbol": request.path.rpartition("/")[2],
            "exchangeTimezoneName": self._zone,
            "timezone": "UTC",
            "gmtoffset": self._offset,
            "instrumentType": self._kind,
            "firstTradeDate": 0,
            "regularMarketTime": max(bars, default=0),
            "priceHint": 2,
            "currentTradingPeriod": {"pre": session, "regular": session, "post": session},
            "dataGranularity": request.params["interval"],
            "range": "",
            "validRanges": ["1d", "max"],
        }
        if request.params["interval"].endswith(("m", "h")):
            meta["tradingPeriods"] = [[session]]
        columns = ("open", "high", "low", "close", "volume")
        quote = {name: [bar[place] for bar in bars.values()] for place, name in enumerate(columns)}
        result = {
            "meta": meta,
            "timestamp": list(bars),
            "indicators": {"quote": [quote], "adjclose": [{"adjclose": [bar[3] for bar in bars.values()]}]},
        }
        return Reply(value={"chart": {"result": [result], "error": None}})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def epoch(text: str) -> int:
    return int(at(text).timestamp())


def yahoo(server: Server | None, now: str, **config: Any) -> Yahoo:
    if server is not None:
        config["url"] = server.url
    source = make({"kind": "yahoo", "start": "2024-01-01", **config}, root=Path(), name="bars")
    assert isinstance(source, Yahoo)
    source._clock = lambda: at(now)
    return source


def rows(batches: list[Batch]) -> list[dict[str, Any]]:
    return [json.loads(raw) for batch in batches for raw in batch.records.to_pylist()]


def test_bars_are_read_once_and_the_one_that_goes_on_again(server: Server) -> None:
    market = Market()
    server.on("/v8/finance/chart/BTC-USD", market.answer)
    for day in range(3):
        market.bars[epoch("2024-01-01") + day * DAY] = (1.5, 2.0, 1.0, 1.75, 100 + day)
    now = "2024-01-03T12:00"
    found = list(yahoo(server, now, assets=["BTC-USD"]).read({}))
    assert [batch.partition for batch in found] == ["yahoo:BTC-USD:1d"]
    assert rows(found)[0] == {
        "symbol": "BTC-USD",
        "interval": "1d",
        "time": "2024-01-01T00:00:00Z",
        "open": 1.5,
        "high": 2.0,
        "low": 1.0,
        "close": 1.75,
        "adj_close": 1.75,
        "volume": 100,
        "currency": "EUR",
        "complete": True,
    }
    assert [row["complete"] for row in rows(found)] == [True, True, False]
    assert found[0].time == at("2024-01-03")
    assert found[0].form == "json"
    cursors = {found[0].partition: found[0].cursor}
    assert list(yahoo(server, now, assets=["BTC-USD"]).read(cursors)) == []  # nothing has changed
    market.bars[epoch("2024-01-03")] = (1.5, 3.0, 1.0, 2.5, 500)
    [again] = yahoo(server, now, assets=["BTC-USD"]).read(cursors)
    assert [(row["time"][:10], row["high"], row["complete"]) for row in rows([again])] == [
        ("2024-01-03", 3.0, False)
    ]
    market.bars[epoch("2024-01-04")] = (2.5, 2.5, 2.5, 2.5, 1)
    [final] = yahoo(server, "2024-01-04T00:10", assets=["BTC-USD"]).read({again.partition: again.cursor})
    assert [(row["time"][:10], row["high"], row["complete"]) for row in rows([final])] == [
        ("2024-01-03", 3.0, True),
        ("2024-01-04", 2.5, False),
    ]
    asked = [request.params["period1"] for request in server.asked if "period1" in request.params]
    assert asked[-1] == str(epoch("2024-01-01"))  # a day before the last complete bar


def test_a_bar_that_goes_on_can_be_left_until_it_is_complete(server: Server) -> None:
    market = Market()
    server.on("/v8/finance/chart/BTC-USD", market.answer)
    market.bars[epoch("2024-01-01")] = (1, 1, 1, 1, 1)
    config = {"assets": ["BTC-USD"], "partial": False}
    assert list(yahoo(server, "2024-01-01T23:59", **config).read({})) == []
    assert len(rows(list(yahoo(server, "2024-01-02T00:00", **config).read({})))) == 1


def test_days_begin_and_end_at_midnight_of_the_exchange(server: Server) -> None:
    market = Market("America/New_York", -18_000, "EQUITY")
    server.on("/v8/finance/chart/AAPL", market.answer)
    market.bars[epoch("2024-01-02T14:30")] = (1, 1, 1, 1, 1)
    [batch] = yahoo(server, "2024-01-03T04:59", assets=["AAPL"]).read({})
    assert [(row["time"], row["complete"]) for row in rows([batch])] == [("2024-01-02T05:00:00Z", False)]
    [batch] = yahoo(server, "2024-01-03T05:00", assets=["AAPL"]).read({})
    assert rows([batch])[0]["complete"] is True


def test_bars_of_an_hour_and_of_a_day_are_partitions_of_their_own(server: Server) -> None:
    market = Market()
    server.on("/v8/finance/chart/ETH-USD", market.answer)
    for hour in range(3):
        market.bars[epoch("2024-01-01") + hour * 3600] = (1, 1, 1, 1, hour + 1)
    found = list(yahoo(server, "2024-01-01T02:30", assets=["ETH-USD"], interval=["1h", "1d"]).read({}))
    assert [batch.partition for batch in found] == ["yahoo:ETH-USD:1h", "yahoo:ETH-USD:1d"]
    assert [row["complete"] for row in rows(found[:1])] == [True, True, False]


def test_bars_that_yahoo_no_longer_has_are_warned_of(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    market = Market()
    server.on("/v8/finance/chart/BTC-USD", market.answer)
    market.bars[epoch("2024-06-01")] = (1, 1, 1, 1, 1)
    cursors = {"yahoo:BTC-USD:15m": {"last": "2024-02-01T00:00:00Z"}}
    source = yahoo(server, "2024-06-01T10:00", assets=["BTC-USD"], interval="15m")
    with caplog.at_level(logging.WARNING):
        assert len(rows(list(source.read(cursors)))) == 1
    assert "bars from 2024-02-01T00:00:00Z to 2024-04-03 are lost" in caplog.text


def test_a_symbol_that_yahoo_does_not_know_holds_up_no_other(server: Server) -> None:
    market = Market()
    market.bars[epoch("2024-01-01")] = (1, 1, 1, 1, 1)
    reason = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
    server.on("/v8/finance/chart/NOPE", Reply(status=404, value={"chart": {"result": None, "error": reason}}))
    server.on("/v8/finance/chart/SPY", market.answer)
    found = yahoo(server, "2024-02-01", assets=["NOPE", "SPY"]).read({})
    assert next(found).partition == "yahoo:SPY:1d"
    with pytest.raises(SourceError, match="has nothing for NOPE") as caught:
        next(found)
    assert "mend `assets`" in str(caught.value)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(status=429, value="Too Many Requests"), "refuses more requests for now"),
        (Reply(status=500, value="oops"), "something odd"),
        (Reply(value={"chart": {"result": [{"meta": {}}], "error": None}}), "sent something odd|has nothing"),
        (Reply(value=[]), "sent something odd"),
    ],
    ids=["throttled", "broken", "empty", "other"],
)
def test_answers_that_are_no_bars_are_errors(
    server: Server, reply: Reply, told: str, capfd: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    symbol = f"ODD-{request.node.callspec.id.upper()}"
    server.on(f"/v8/finance/chart/{symbol}", reply)
    with pytest.raises(SourceError, match=told) as caught:
        list(yahoo(server, "2024-02-01", assets=[symbol]).read({}))
    assert server.host in str(caught.value) or symbol in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_no_network_is_told_at_once_and_quietly(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SourceError, match=r"127\.0\.0\.1:9 does not answer") as caught:
        list(yahoo(None, "2024-02-01", assets=["QUIET"], url="http://127.0.0.1:9").read({}))
    assert "`folder`" in str(caught.value)
    assert not [record for record in caplog.records if record.name == "yfinance"]


def test_a_server_that_does_not_answer_is_left_after_the_timeout(server: Server) -> None:
    def waiting(request: Request) -> None:
        server.stopping.wait(20)

    server.on("/v8/finance/chart/SLOW", waiting)
    before = datetime.now(UTC)
    with pytest.raises(SourceError, match="does not answer"):
        list(yahoo(server, "2024-02-01", assets=["SLOW"], timeout=0.3).read({}))
    assert datetime.now(UTC) - before < timedelta(seconds=10)  # 30 seconds are yfinance's own


def test_nothing_is_written_into_the_home(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    market = Market()
    market.bars[epoch("2024-01-01")] = (1, 1, 1, 1, 1)
    server.on("/v8/finance/chart/HOME", market.answer)
    assert len(list(yahoo(server, "2024-02-01", assets=["HOME"]).read({}))) == 1
    assert list(tmp_path.iterdir()) == []


def test_assets_come_from_a_file_a_list_or_are_the_usual_six(tmp_path: Path) -> None:
    def symbols(**config: Any) -> list[str]:
        source = make({"kind": "yahoo", **config}, root=tmp_path, name="bars")
        assert isinstance(source, Yahoo)
        return [asset.symbol for asset in source._assets]

    assert symbols() == ["AAPL", "BTC-USD", "ETH-USD", "SPY", "TSLA", "GC=F"]
    (tmp_path / "assets.yaml").write_text("assets:\n  - {symbol: MSFT, name: Microsoft}\n  - AAPL\n")
    assert symbols(assets="assets.yaml") == ["MSFT", "AAPL"]
    (tmp_path / "assets.yaml").write_text("- NVDA\n")
    assert symbols(assets="assets.yaml") == ["NVDA"]
    for text, told in (("- {symbl: X}", "assets"), ("{", "no YAML"), ("assets: 3", "assets")):
        (tmp_path / "assets.yaml").write_text(text)
        with pytest.raises(UsageError, match=told):
            symbols(assets="assets.yaml")
    with pytest.raises(UsageError, match=r"cannot read nothing\.yaml"):
        symbols(assets="nothing.yaml")
    with pytest.raises(UsageError, match="no time zone 'Mars/Olympus'"):
        symbols(assets=[{"symbol": "X", "timezone": "Mars/Olympus"}])
    with pytest.raises(UsageError, match="'2d' is no interval"):
        symbols(interval="2d")


def test_a_missing_library_is_told_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    library.cache_clear()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "yfinance", None)
        with pytest.raises(MissingExtraError, match=r"pip install 'sentineldq\[yahoo\]'"):
            list(yahoo(None, "2024-02-01").read({}))
    library.cache_clear()
