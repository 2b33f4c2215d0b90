"""Any JSON API that a few lines of YAML describe, read page by page."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import httpx
import msgspec
import yaml

from sentineldq.errors import SourceError, UsageError, suggest
from sentineldq.sources.answer import Response
from sentineldq.sources.auth import SECRET, Auth, credentials
from sentineldq.sources.batch import Batch, Cursor, records_of
from sentineldq.sources.http import Http, Limits, StatusError, ThrottledError
from sentineldq.sources.paging import Paging, PagingError, Place, address, after, begin, total
from sentineldq.sources.registry import settings
from sentineldq.sources.since import Incremental
from sentineldq.sources.slices import PieceError, elements
from sentineldq.sources.source import Source
from sentineldq.sources.sweep import Sweep

logger = logging.getLogger(__name__)

RESTARTS = 3
"""How often a sweep starts again because records went away under it."""
GONE = (400, 404, 410, 422)
"""What servers say of a token that has expired, or of an id that was deleted."""
EPOCH = datetime.fromtimestamp(0, UTC)


class Api(msgspec.Struct, kw_only=True, frozen=True):
    """The description of an API.

    `records` is the path of the list in an answer (none: the answer is the list), `key` the path or paths whose
    values make two records the same one (none: all their bytes), `interval` the seconds between two readings.
    """

    base_url: str
    path: str = ""
    params: dict[str, str | int | float | bool | list[str | int]] = {}
    headers: dict[str, str] = {}
    auth: Auth | None = None
    records: str | None = None
    key: str | list[str] = []
    paging: Paging = Paging()
    incremental: Incremental | None = None
    max_pages: int = 10_000
    max_bytes: int = Limits.max_bytes
    interval: float = 60.0


class Rest(Source):
    """Reads a list of an API from its boundary on: one sweep over its pages, each page a batch.

    A batch's cursor holds the place of the next page, so that a sweep goes on where it broke off; that of the last
    one holds the new boundary instead. A page that cannot be read is given once, as a batch with a fault, and ends
    the reading with its place kept.
    """

    kind = "rest"

    def __init__(
        self,
        api: Api,
        *,
        name: str,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        _check(api, name)
        self.name = name
        self.pause = api.interval
        self.url = _url(api, name)
        self.partition = f"rest:{self.url.netloc.decode()}{self.url.path}"
        self._api = api
        self._http = Http(
            name=name,
            credentials=credentials(api.auth, url=self.url, name=name),
            headers=api.headers,
            limits=Limits(max_bytes=api.max_bytes),
            sleep=sleep,
            clock=clock,
        )

    @classmethod
    def from_config(cls, config: Mapping[str, Any], *, root: Path, name: str) -> Self:
        given = dict(config)
        base = _described(given.pop("description", None), root, name)
        for part in ("params", "headers"):
            if part in base and isinstance(given.get(part), Mapping):
                given[part] = {**base[part], **given[part]}
        return cls(settings(Api, {**base, **given}, name=name), name=name)

    def read(self, cursors: Mapping[str, Cursor]) -> Iterator[Batch]:
        """One sweep from the boundary on; before it the rest of one that broke off. Raises SourceError."""
        with self._http:
            sweep = self._sweep(cursors.get(self.partition))
            yield from self._swept(sweep)
            if sweep.resumed:
                yield from self._swept(self._sweep(sweep.cursor(done=True)))

    def _sweep(self, cursor: Cursor | None) -> Sweep:
        key = [self._api.key] if isinstance(self._api.key, str) else self._api.key
        api = self._api
        try:
            return Sweep(
                cursor, incremental=api.incremental, key=key, start=begin(api.paging), most=api.max_pages
            )
        except msgspec.ValidationError as fault:
            raise SourceError(self.name, f"the cursor of {self.partition} is none of ours: {fault}") from None

    def _swept(self, sweep: Sweep) -> Iterator[Batch]:
        """The batches of a sweep, one page late: only after the last page is it known which batch was the last."""
        held: Batch | None = None
        try:
            for batch in self._pages(sweep):
                if held is not None:
                    yield held
                held = batch
        except SourceError as fault:
            if held is not None:
                yield held
            if isinstance(fault, ThrottledError):
                self.pause = max(self._api.interval, fault.wait)
            raise
        self.pause = self._api.interval
        if held is not None:
            yield replace(held, cursor=sweep.cursor(done=True))
        if sweep.older and self._api.incremental and self._api.incremental.format != "date":
            facts = {"source": self.name, "partition": self.partition, "older": sweep.older}
            logger.warning("%s: records from before the bound that was asked for", self.name, extra=facts)

    def _pages(self, sweep: Sweep) -> Iterator[Batch]:
        """The batches of those pages that hold anything new."""
        restarts = 0
        onward: Place | None = sweep.progress.place
        while onward is not None:
            page = self._page(sweep)
            try:
                records = elements(page.body, self._api.records)
                shrunk = sweep.shrunk(total(self._api.paging, page))
            except (PieceError, PagingError) as fault:
                yield from self._unreadable(sweep, page, str(fault))
                raise SourceError(self.name, f"GET {page.url}: {fault}", hint="see `records`") from None
            if shrunk:
                restarts += 1
                if restarts > RESTARTS:
                    raise SourceError(
                        self.name, f"GET {page.url}: records keep going away while they are read"
                    )
                sweep.restart()
                continue
            fresh, newest, repeated = sweep.take(records, now=page.date)
            try:
                onward = self._onward(sweep, page, records)
                if onward is not None:
                    sweep.turn(onward, repeated=repeated)
            except PagingError as fault:
                yield from self._batch(sweep, page, fresh, newest)
                raise SourceError(self.name, f"GET {page.url}: {fault}") from None
            yield from self._batch(sweep, page, fresh, newest)

    def _onward(self, sweep: Sweep, page: Response, records: list[bytes]) -> Place | None:
        """The place of the next page; a link without the secret that the server may have repeated in it."""
        place = after(self._api.paging, self.url, sweep.progress.place, page, records)
        if self._api.paging.kind != "link" or place is None:
            return place
        link = address(self._api.paging, self.url, place)
        return self._http.credentials.strip(link).raw_path.decode("ascii")

    def _page(self, sweep: Sweep) -> Response:
        """The page at the sweep's place, which starts again where a server no longer knows a place of last time."""
        try:
            return self._http.get(self._address(sweep))
        except StatusError as fault:
            if not sweep.inherited or fault.status not in GONE:
                raise
            facts = {"source": self.name, "partition": self.partition, "status": fault.status}
            logger.warning("%s: the server forgot the place; reading from the start", self.name, extra=facts)
            sweep.restart()
            return self._http.get(self._address(sweep))

    def _address(self, sweep: Sweep) -> httpx.URL:
        url = self.url
        if self._api.incremental and (bound := sweep.bound) is not None:
            url = url.copy_set_param(self._api.incremental.param, bound)
        return address(self._api.paging, url, sweep.progress.place)

    def _batch(
        self, sweep: Sweep, page: Response, records: list[bytes], newest: datetime | None
    ) -> Iterator[Batch]:
        if records:
            yield Batch(
                partition=self.partition,
                records=records_of(records),
                cursor=sweep.cursor(),
                time=newest or page.date or EPOCH,
                origin=page.url,
            )

    def _unreadable(self, sweep: Sweep, page: Response, reason: str) -> Iterator[Batch]:
        """The page whole, unless it was given the last time already."""
        if not sweep.faulty(page.body):
            for batch in self._batch(sweep, page, [page.body], None):
                yield replace(batch, fault=reason)


def _url(api: Api, name: str) -> httpx.URL:
    try:
        url = httpx.URL(api.base_url.rstrip("/") + api.path)
    except httpx.InvalidURL as fault:
        raise UsageError(f"source of {name}: base_url is no URL: {fault}") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise UsageError(f"source of {name}: base_url has to begin with https:// and a host")
    return url.copy_merge_params(api.params)


def _check(api: Api, name: str) -> None:
    api.paging.check(name)
    for place, given in (("headers", api.headers), ("params", api.params)):
        for word in given:
            if SECRET.search(word):
                raise UsageError(
                    f"source of {name}: {word!r} in `{place}` looks like a secret",
                    hint="use auth: {header: NAME, env: VARIABLE}, or query: in place of header:",
                )


def _described(description: Any, root: Path, name: str) -> dict[str, Any]:
    """The shipped description of that name, or the YAML file at that path below `root`. Raises UsageError."""
    if description is None:
        return {}
    shipped = files("sentineldq.sources") / "apis"
    known = sorted(path.name.removesuffix(".yaml") for path in shipped.iterdir())
    if str(description) in known:
        text = (shipped / f"{description}.yaml").read_text(encoding="utf-8")
    elif str(description).endswith((".yaml", ".yml")):
        try:
            text = (root / str(description)).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as fault:
            raise UsageError(f"source of {name}: cannot read {description}: {fault}") from None
    else:
        raise UsageError(
            f"source of {name}: there is no description {description!r}",
            hint=suggest(str(description), known),
        )
    try:
        read = yaml.safe_load(text)
    except yaml.YAMLError as fault:
        raise UsageError(f"source of {name}: {description} is not YAML: {fault}") from None
    if not isinstance(read, dict):
        raise UsageError(f"source of {name}: {description} is not a mapping")
    return read
