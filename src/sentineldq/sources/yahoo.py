"""Yahoo Finance as a source of bars: through yfinance, or from a folder of its CSV exports."""

from __future__ import annotations

import atexit
import logging
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Final, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import yaml

from sentineldq.errors import MissingExtraError, SourceError, UsageError, first_line, suggest
from sentineldq.sources.bars import ASSETS, INTERVALS, Asset, Place, bars_of, fresh
from sentineldq.sources.batch import Batch, Cursor, records_of
from sentineldq.sources.exports import record_of, symbol_of
from sentineldq.sources.files import Files
from sentineldq.sources.registry import settings
from sentineldq.sources.source import Source

logger = logging.getLogger(__name__)

HOST: Final = "query2.finance.yahoo.com"
FIRST: Final = date(1970, 1, 1)
_REACH: Final = {
    "1m": 7,
    **dict.fromkeys(("2m", "5m", "15m", "30m", "90m"), 59),
    **dict.fromkeys(("60m", "1h", "4h"), 729),
}
"""How many days back Yahoo has bars of an interval, where it does not have all of them."""


class Settings(msgspec.Struct, kw_only=True, frozen=True):
    """assets: a YAML file with a list, or the list. folder: of CSV exports, in place of the network.

    url: another address that answers as Yahoo's does, such as a proxy of one's own. timeout: seconds of a request.
    """

    assets: str | list[Asset | str] | None = None
    interval: str | list[str] = "1d"
    start: date | None = None
    folder: str | None = None
    timeout: float = 5.0
    url: str | None = None
    partial: bool = True


class Yahoo(Source):
    """Bars of each asset and interval, each a partition of its own: `yahoo:SYMBOL:INTERVAL`."""

    kind: ClassVar[str] = "yahoo"

    def __init__(
        self,
        *,
        name: str,
        settings: Settings,
        assets: Sequence[Asset],
        exports: Files | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = name
        self.pause = exports.pause if exports else 60.0
        self._settings = settings
        self._assets = assets
        self._exports = exports
        self._clock = clock
        self._session: Any = None

    @classmethod
    def from_config(cls, config: Mapping[str, Any], *, root: Path, name: str) -> Self:
        found = settings(Settings, config, name=name)
        for interval in _intervals(found):
            if interval not in INTERVALS:
                raise UsageError(
                    f"source of {name}: {interval!r} is no interval", hint=suggest(interval, INTERVALS)
                )
        assets = _assets(found.assets, root, name)
        if found.folder is None:
            return cls(name=name, settings=found, assets=assets)
        if len(_intervals(found)) > 1:
            raise UsageError(f"source of {name}: a folder of exports has one interval")
        files = Files.from_config({"path": found.folder, "format": "csv"}, root=root, name=name)
        return cls(name=name, settings=found, assets=assets, exports=files)

    def read(self, cursors: Mapping[str, Cursor]) -> Iterator[Batch]:
        """See Source. An asset that Yahoo does not know holds up no other; SourceError tells of it after them."""
        if self._exports is not None:
            yield from self._rows(self._exports, cursors)
            return
        troubles = []
        for asset in self._assets:
            for interval in _intervals(self._settings):
                partition = f"yahoo:{asset.symbol}:{interval}"
                place = msgspec.convert(cursors.get(partition, {}), Place)
                try:
                    batch = self._bars(partition, asset, interval, place)
                except _MissingError as missing:
                    troubles.append(str(missing))
                    continue
                if batch is not None:
                    yield batch
        if troubles:
            raise SourceError(self.name, "; ".join(troubles), hint="mend `assets`; all others have been read")

    def _rows(self, exports: Files, cursors: Mapping[str, Cursor]) -> Iterator[Batch]:
        """The batches of the files, their rows as bars."""
        partition = f"yahoo:{exports.partition}"
        inner = {exports.partition: cursors[partition]} if partition in cursors else {}
        known = {asset.symbol: asset for asset in (*ASSETS, *self._assets)}
        [interval] = _intervals(self._settings)
        for batch in exports.read(inner):
            records = batch.records
            if batch.fault is None:
                symbol = symbol_of(str(batch.cursor["file"]))
                asset = known.get(symbol, Asset(symbol=symbol))
                rows = (record_of(raw, asset=asset, interval=interval) for raw in records.to_pylist())
                records = records_of(rows)
            yield replace(batch, partition=partition, records=records)

    def _bars(self, partition: str, asset: Asset, interval: str, place: Place) -> Batch | None:
        """The bars of one partition that are new."""
        now = self._clock()
        frame, currency = self._ask(
            asset.symbol, interval, self._begin(partition, interval, place, now), place
        )
        if frame is None or frame.empty:
            return None
        zone = ZoneInfo(str(frame.index.tz))
        rows = zip(frame.index.to_pydatetime(), frame.to_dict("records"), strict=True)
        found = bars_of(rows, asset=asset, interval=interval, zone=zone, currency=currency, now=now)
        if not self._settings.partial:
            found = [bar for bar in found if bar.complete]
        new, behind = fresh(found, place)
        if not new:
            return None
        return Batch(
            partition=partition,
            records=records_of(msgspec.json.encode(bar) + b"\n" for bar in new),
            cursor=msgspec.to_builtins(behind),
            time=datetime.fromisoformat(new[-1].time),
            origin=f"{self._settings.url or 'https://' + HOST}/v8/finance/chart/{asset.symbol}?interval={interval}",
        )

    def _begin(self, partition: str, interval: str, place: Place, now: datetime) -> date:
        """The day to ask from: that of the last bar, or the first there is."""
        wanted = self._settings.start or FIRST
        if place.last is not None:
            wanted = max(wanted, datetime.fromisoformat(place.last).date() - timedelta(days=1))
        if interval not in _REACH:
            return wanted
        first = now.date() - timedelta(days=_REACH[interval])
        if place.last is not None and wanted < first:
            logger.warning(
                "%s: bars from %s to %s are lost, Yahoo keeps no older ones", partition, place.last, first
            )
        return max(wanted, first)

    def _ask(self, symbol: str, interval: str, begin: date, place: Place) -> tuple[Any, str | None]:
        """Yahoo's answer as a frame of pandas, and the currency; None where there is nothing new.

        Raises SourceError where Yahoo does not answer, _MissingError where it has nothing for the symbol.
        """
        yahoo = _yfinance()
        host = urlsplit(self._settings.url or "").netloc or HOST
        if self._session is None:
            self._session = _session(self._settings.url, self._settings.timeout)
        try:
            with _silence():
                ticker = yahoo.Ticker(symbol, session=self._session)
                frame = ticker.history(
                    start=begin.isoformat(),
                    interval=interval,
                    auto_adjust=False,
                    actions=False,
                    timeout=self._settings.timeout,
                )
                return frame, ticker.get_history_metadata().get("currency")
        except yahoo.exceptions.YFRateLimitError:
            hint = "ask less often, or for fewer assets"
            raise SourceError(self.name, f"{host} refuses more requests for now", hint=hint) from None
        except yahoo.exceptions.YFTickerMissingError as missing:
            if place.last is not None and isinstance(missing, yahoo.exceptions.YFPricesMissingError):
                return None, None
            raise _MissingError(f"{host} has nothing for {symbol}: {first_line(missing)}") from missing
        except OSError as error:
            if getattr(getattr(error, "response", None), "status_code", None) == 404:
                raise _MissingError(f"{host} has nothing for {symbol}") from error
            hint = "is there a network? Without one, give a `folder` of CSV exports, or simulate"
            raise SourceError(self.name, f"{host} does not answer: {_reason(error)}", hint=hint) from error
        except Exception as error:  # what yfinance makes of an answer that is not as it should be
            raise _MissingError(f"{host} sent something odd for {symbol}: {first_line(error)}") from error


class _MissingError(Exception):
    """Yahoo answers, yet not for this symbol."""


def _intervals(found: Settings) -> list[str]:
    return [found.interval] if isinstance(found.interval, str) else found.interval


def _assets(told: str | list[Asset | str] | None, root: Path, name: str) -> list[Asset]:
    """The assets of a configuration. Raises UsageError."""
    value: Any = told
    if isinstance(told, str):
        try:
            value = yaml.safe_load((root / told).read_text(encoding="utf-8"))
        except OSError as error:
            raise UsageError(f"source of {name}: cannot read {told}: {error.strerror}") from None
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise UsageError(f"source of {name}: {told} is no YAML: {first_line(error)}") from None
        value = value.get("assets") if isinstance(value, dict) else value
    known = {asset.symbol: asset for asset in ASSETS}
    try:
        items = msgspec.convert(list(ASSETS) if told is None else value, list[Asset | str])
    except msgspec.ValidationError as problem:
        raise UsageError(f"source of {name}: assets: {problem}") from None
    found = []
    for item in items:
        asset = known.get(item, Asset(symbol=item)) if isinstance(item, str) else item
        found.append(_completed(asset, known.get(asset.symbol, asset), name))
    return found


def _completed(asset: Asset, known: Asset, name: str) -> Asset:
    """An asset with what is known of it anyway. Raises UsageError for a time zone that there is not."""
    told = {key: value for key, value in msgspec.structs.asdict(asset).items() if value is not None}
    try:
        ZoneInfo(asset.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        raise UsageError(f"source of {name}: {asset.symbol}: no time zone {asset.timezone!r}") from None
    return msgspec.structs.replace(known, **told)


@cache
def _yfinance() -> Any:
    """The library, with its caches in a folder of our own. Raises MissingExtraError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import yfinance
    except ImportError as error:
        raise MissingExtraError("yfinance", extra="yahoo", purpose="the source yahoo") from error
    folder = tempfile.mkdtemp(prefix="sentineldq-yahoo-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    yfinance.set_tz_cache_location(folder)
    yfinance.config.debug.hide_exceptions = False
    return yfinance


def _session(base: str | None, timeout: float) -> Any:
    """A session for yfinance that keeps to the timeout, which it forgets in places, and asks at another address."""
    requests: Any = import_module("curl_cffi.requests")  # it comes with yfinance

    class Session(requests.Session):  # type: ignore[misc]
        def request(self, method: str, url: str, **options: Any) -> Any:
            options["timeout"] = min(options.get("timeout") or timeout, timeout)
            address = url if base is None else base.rstrip("/") + urlsplit(url).path
            return super().request(method, address, **options)

    return Session(impersonate="chrome")


@contextmanager
def _silence() -> Iterator[None]:
    """Within it yfinance neither logs nor warns: what goes wrong is told by exceptions."""
    chatter = logging.getLogger("yfinance")
    before = chatter.disabled
    chatter.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        chatter.disabled = before


def _reason(error: OSError) -> str:
    """What went wrong, without curl's advice."""
    return first_line(error).partition(" See http")[0]
