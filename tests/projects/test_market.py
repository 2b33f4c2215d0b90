"""The contract of bars refuses what no bar can be; the gold models find what only its neighbours show."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.projects.bars import BARS, bar, exported
from tests.projects.gold import audit, build
from tests.projects.records import judge

SOON = (datetime.now(UTC) + timedelta(days=3)).isoformat()

ACCEPTED: dict[str, dict[str, Any]] = {
    "a day": bar(),
    "one price": bar(open=5, high=5, low=5, close=5, adj_close=5),
    "rounding": bar(high=103.99999, open=104.0, close=98.99999, low=99.0, adj_close=98),
    "no trade": bar(volume=0),
    "part of a share": bar(symbol="BTC-USD", volume=10291200000.5),
    "a future": bar(symbol="GC=F", currency=None, complete=None),
    "an index": bar(symbol="^GSPC"),
    "pence": bar(symbol="VOD.L", currency="GBp"),
    "a bar that goes on": bar(complete=False),
    "an hour": bar(interval="1h"),
}

REFUSED: dict[str, tuple[dict[str, Any], set[str]]] = {
    "no symbol": (bar(symbol=None), {"symbol"}),
    "a header among the rows": (bar(symbol="GC", open="GC"), {"open"}),
    "unknown interval": (bar(interval="7d"), {"known interval"}),
    "no price": (bar(open=None, high=None), {"open", "high"}),
    "a price of nothing": (bar(low=0), {"low"}),
    "adjusted below nothing": (bar(adj_close=-1.5), {"adj_close"}),
    "volume below nothing": (bar(volume=-1), {"volume"}),
    "high below low": (
        bar(high=98, low=99, open=98.5, close=98.5),
        {"high is not below low", "open is within low and high", "close is within low and high"},
    ),
    "open above high": (bar(open=105), {"open is within low and high"}),
    "close below low": (bar(close=98, adj_close=98), {"close is within low and high"}),
    "pence and pounds": (bar(open=58.5, high=61.5, low=0.6, close=0.6, adj_close=0.6), {"one unit in a bar"}),
    "from the future": (bar(time=SOON), {"not in the future"}),
}

WARNED: dict[str, tuple[dict[str, Any], str]] = {
    "a wide bar": (bar(low=40), "an unusually wide bar"),
    "adjusted upwards": (bar(adj_close=103.5), "adjusted close is not above close"),
}

BAD: dict[str, tuple[set[str], set[str]]] = {
    "4063-T-1d-bad-stock-split": (set(), {"split"}),
    "SPM-MI-1d-bad-stock-split": (set(), {"split", "return"}),
    "ADIG-L-1d-bad-div": ({"open is within low and high", "close is within low and high"}, {"return"}),
    "CLC-L-1d-bad-div": (
        {"open is within low and high", "close is within low and high", "missing"},
        {"unit"},
    ),
    "LSC-L-1d-bad-div": (
        {"open is within low and high", "close is within low and high", "adj_close.exclusiveRange"},
        {"unit", "dividend"},
    ),
    "JENYX-1d-cg-double-count": (set(), {"dividend"}),
    "KME-MI-1d-bad-div": (set(), {"dividend"}),
    "1398-HK-1d-bad-div": ({"missing"}, set()),
    "PSH-L-1d-bad-div": ({"open is within low and high", "missing"}, set()),
    "DODFX-1d-cg-double-count": (set(), set()),
    "SAND-1d-bad-div": (set(), set()),
    "TEM-L-1d-bad-div": (set(), set()),
}
"""What is found in bars of which each has a fault: by the rules of a bar, and by the model `suspects`.

Where nothing is, a dividend of a few percent is wrong, which shows against a second source alone.
"""


@pytest.mark.parametrize("record", ACCEPTED.values(), ids=ACCEPTED)
def test_a_bar_is_accepted(record: dict[str, Any]) -> None:
    verdict = judge(BARS, [record])
    assert (verdict.refused, verdict.warned, verdict.good.height) == ([], set(), 1)


@pytest.mark.parametrize(("record", "reasons"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_bar_is_refused(record: dict[str, Any], reasons: set[str]) -> None:
    verdict = judge(BARS, [record, bar(symbol="TSLA")])
    assert (verdict.refused, verdict.good.height) == ([reasons], 1)


@pytest.mark.parametrize(("record", "rule"), WARNED.values(), ids=WARNED)
def test_what_is_unusual_is_kept_and_told(record: dict[str, Any], rule: str) -> None:
    verdict = judge(BARS, [record])
    assert (verdict.refused, verdict.warned, verdict.good.height) == ([], {rule}, 1)


@pytest.fixture(scope="module")
def market(shared_data: Path) -> dict[str, pl.DataFrame]:
    """Gold over the real bars of five assets."""
    files = {"AAPL": "AAPL", "TSLA": "TSLA", "BTC-USD": "BTC-USD", "ETH-USD": "ETH-USD", "GC=F": "GC=F"}
    verdicts = [exported(shared_data / "market" / f"{file}.csv", symbol=name) for name, file in files.items()]
    assert [verdict.refused for verdict in verdicts] == [[]] * len(files)
    assert [verdict.warned for verdict in verdicts] == [set()] * len(files)
    return build("market", {"bars": pl.concat([verdict.good for verdict in verdicts])})


@pytest.mark.corpus
def test_real_bars_have_no_gaps_but_one(market: dict[str, pl.DataFrame]) -> None:
    """Eight years of New York's holidays, and of days without any; gold of 29 January 2018 is missing at Yahoo."""
    assert market["gaps"].rows() == [("GC=F", date(2018, 1, 29), "Monday")]


@pytest.mark.corpus
def test_real_bars_have_one_crash(market: dict[str, pl.DataFrame]) -> None:
    assert market["suspects"].select("symbol", "day", "reason").rows() == [
        ("ETH-USD", date(2020, 3, 12), "return")
    ]


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["daily", "assets", "holidays", "aggregates", "summary"])
def test_gold_of_real_bars_holds_its_contract(market: dict[str, pl.DataFrame], name: str) -> None:
    result = audit("market", name, market[name])
    assert [check.name for check in result.checks if check.status != "pass"] == []


@pytest.mark.corpus
def test_gaps_and_suspects_are_told_and_published(market: dict[str, pl.DataFrame]) -> None:
    results = [audit("market", name, market[name]) for name in ("gaps", "suspects")]
    assert [result.passed for result in results] == [True, True]
    assert [[check.name for check in result.checks if check.status == "fail"] for result in results] == [
        ["no gaps"],
        ["nothing suspect"],
    ]


@pytest.mark.corpus
@pytest.mark.parametrize(("name", "found"), BAD.items(), ids=BAD)
def test_faults_of_real_bars(shared_data: Path, name: str, found: tuple[set[str], set[str]]) -> None:
    verdict = exported(shared_data / "market" / "bad" / f"{name}.csv", symbol="X.L")
    reasons = {
        "missing" if reason.endswith(".not_null") else reason for row in verdict.refused for reason in row
    }
    assert (reasons, set(build("market", {"bars": verdict.good})["suspects"]["reason"])) == found


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name", ["4063-T-1d-bad-stock-split-fixed", "KME-MI-1d-bad-div-fixed", "EWG-1d-no-bad-divs"]
)
def test_sound_bars_are_not_suspected(shared_data: Path, name: str) -> None:
    verdict = exported(shared_data / "market" / "bad" / f"{name}.csv", symbol="X.L")
    assert verdict.refused == []
    assert build("market", {"bars": verdict.good})["suspects"].height == 0


@pytest.mark.corpus
def test_the_unit_of_a_price_is_told_within_the_bar(shared_data: Path) -> None:
    path = shared_data / "market" / "bad" / "ASAI-L-1h-bad-unit.csv"
    assert exported(path, symbol="ASAI.L", interval="1h").refused == [{"one unit in a bar"}]


@pytest.mark.corpus
def test_a_second_header_is_refused(shared_data: Path) -> None:
    """An export of newer versions of yfinance repeats the symbol in each column of its second line."""
    verdict = exported(shared_data / "market" / "GC.csv", symbol="GC")
    (reasons,) = verdict.refused
    assert {"time.not_null", "open.type", "close.type", "volume.type"} <= reasons
    assert verdict.good["close"].to_list() == [33.75]
