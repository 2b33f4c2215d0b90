"""Rows of Yahoo's CSV exports as records of bars: the texts of the file under the names of a bar.

A row of other columns (dividends, splits) keeps them. What is no row of the table stays as it was read.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from sentineldq.sources.bars import Asset, iso

_FIELDS: Final = {
    **{name: name for name in ("open", "high", "low", "close", "volume")},
    **dict.fromkeys(("date", "datetime"), "time"),
}
_ORDER: Final = ("open", "high", "low", "close", "adj_close", "volume")
_NULLS: Final = {"null", "-", "n/a", "nan", ""}
_GROUPED: Final = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DATES: Final = ("%b %d, %Y", "%d %b %Y", "%m/%d/%Y")
_BEHIND: Final = re.compile(r"(?:[-_]\d{6,}|_| \().*$")


def symbol_of(name: str) -> str:
    """The symbol in a file's name: `AAPL.csv`, `yahoofinance-SPY-20080101-20180101.csv`, `GC=F (1).csv`."""
    stem = PurePosixPath(name).name
    for suffix in (".gz", ".zst", ".csv", ".CSV"):
        stem = stem.removesuffix(suffix)
    return _BEHIND.sub("", stem.removeprefix("yahoofinance-")) or stem


def record_of(raw: bytes, *, asset: Asset, interval: str) -> bytes:
    """The record of a file's row: a JSON object of texts, with the names of a bar; what is no row stays as it is."""
    row = msgspec.json.decode(raw)
    if not isinstance(row, dict):
        return raw
    values: dict[str, str | None] = {}
    for column, cell in row.items():
        values.setdefault(_field(column), _plain(cell))
    begin = values.pop("time", None)
    found = {
        "symbol": asset.symbol,
        "interval": interval,
        "time": _time(begin, ZoneInfo(asset.timezone or "UTC")),
        **{name: values.pop(name, None) for name in _ORDER},
        "currency": asset.currency,
        "complete": "true",
    }
    return (
        msgspec.json.encode({**found, **{key: cell for key, cell in values.items() if key not in found}})
        + b"\n"
    )


def _field(column: str) -> str:
    """The name of a bar's field for a column such as `Adj Close**` or `Close GC`; others in small letters."""
    plain = column.strip(" *").lower().replace("_", " ")
    if plain.startswith("adj close"):
        return "adj_close"
    return _FIELDS.get(plain.partition(" ")[0]) or plain.replace(" ", "_")


def _plain(cell: Any) -> Any:
    """A cell without the commas between its thousands; null where it says so."""
    if cell is None or cell.strip().lower() in _NULLS:
        return None
    return cell.replace(",", "") if _GROUPED.fullmatch(cell.strip()) else cell


def _time(text: str | None, zone: ZoneInfo) -> str | None:
    """A date or moment as UTC; a date alone begins at midnight of the exchange. Other text is left to the contract."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        found = next(filter(None, (_written(text, form) for form in _DATES)), None)
        if found is None:
            return text
        moment = found
    return iso(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _written(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), form)  # noqa: DTZ007 - the zone is the exchange's
    except ValueError:
        return None
