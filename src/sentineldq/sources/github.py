"""GitHub's public events, polled as its Events API asks to be."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import httpx
import msgspec

from sentineldq.errors import SourceError, UsageError
from sentineldq.sources.answer import Response, same_host
from sentineldq.sources.auth import Auth, credentials
from sentineldq.sources.batch import Batch, Cursor, records_of
from sentineldq.sources.feed import Event, Poll
from sentineldq.sources.http import Http, Limits, ThrottledError
from sentineldq.sources.memory import MOST, pack, unpack
from sentineldq.sources.registry import settings
from sentineldq.sources.slices import PieceError, elements
from sentineldq.sources.source import Source
from sentineldq.sources.sweep import short

logger = logging.getLogger(__name__)

URL = "https://api.github.com/events"
PAGES = 10
"""The most pages of one poll: the API shows 300 events, three pages of 100."""
EPOCH = datetime.fromtimestamp(0, UTC)


class Settings(msgspec.Struct, kw_only=True, frozen=True):
    """`url` of a list of events; `interval`: seconds between polls, unless the server asks for more of them.

    Where they are not given they are GITHUB_EVENTS_URL and GITHUB_POLL_INTERVAL_SECONDS of the environment. The
    token is the environment variable `token_env`, where that is set.
    """

    url: str = msgspec.field(default_factory=lambda: os.environ.get("GITHUB_EVENTS_URL") or URL)
    interval: float | str = msgspec.field(
        default_factory=lambda: os.environ.get("GITHUB_POLL_INTERVAL_SECONDS") or 60.0
    )
    token_env: str = "GITHUB_TOKEN"  # noqa: S105  # the name of a variable
    max_bytes: int = Limits.max_bytes


class Place(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """The cursor: ETag of the first page, ids seen lately and the newest time (ISO 8601).

    `gap`: events between the poll before and this one may be missing. `fault`: the last body that was no list.
    """

    etag: str | None = None
    seen: str = ""
    time: str | None = None
    gap: bool = False
    fault: str | None = None


class _UnreadableError(Exception):
    def __init__(self, page: Response, reason: str) -> None:
        self.page = page
        self.reason = reason
        super().__init__(reason)


class GitHub(Source):
    """Polls a list of events and gives those not seen before, oldest first, as one batch.

    Pages are read until one holds nothing new or the last is reached, so that what moved to a later page meanwhile
    is still found. `pause` follows X-Poll-Interval and what is left of the rate limit.
    """

    kind = "github"

    def __init__(
        self,
        *,
        name: str,
        url: str = URL,
        interval: float = 60.0,
        auth: Auth | None = None,
        max_bytes: int = Limits.max_bytes,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        parsed = _url(url, name)
        self.name = name
        self.pause = self._interval = interval
        self.partition = "github" if url == URL else f"github:{parsed.netloc.decode()}{parsed.path}"
        self._url = parsed.copy_set_param("per_page", parsed.params.get("per_page", 100))
        self._latest: tuple[str | None, str | None] = (None, None)
        self._http = Http(
            name=name,
            credentials=credentials(auth, url=parsed, name=name),
            headers={"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"},
            limits=Limits(max_bytes=max_bytes),
            sleep=sleep,
            clock=clock,
        )

    @classmethod
    def from_config(cls, config: Mapping[str, Any], *, root: Path, name: str) -> Self:  # noqa: ARG003
        given = settings(Settings, config, name=name)
        try:
            interval = float(given.interval)
        except ValueError:
            raise UsageError(f"source of {name}: the poll interval {given.interval!r} is no number") from None
        if not 0 <= interval < 86_400:
            raise UsageError(f"source of {name}: the poll interval has to be 0 to 86400 seconds")
        auth = Auth(bearer_env=given.token_env) if os.environ.get(given.token_env) else None
        return cls(name=name, url=given.url, interval=interval, auth=auth, max_bytes=given.max_bytes)

    def read(self, cursors: Mapping[str, Cursor]) -> Iterator[Batch]:
        """One poll: a batch, or none where nothing is new. Raises SourceError, ThrottledError for a rate limit."""
        place = self._place(cursors.get(self.partition))
        with self._http:
            try:
                first = self._first(place)
                if first is not None:
                    yield from self._given(first, self._pages(first, place), place)
            except _UnreadableError as fault:
                yield self._whole(fault.page, place, fault.reason)
            except ThrottledError as fault:
                self.pause = max(self._interval, fault.wait)
                raise

    def _place(self, cursor: Cursor | None) -> Place:
        try:
            place = msgspec.convert(cursor or {}, Place)
            unpack(place.seen)
            datetime.fromisoformat(place.time or "2000-01-01")
        except ValueError as fault:
            raise SourceError(self.name, f"the cursor of {self.partition} is none of ours: {fault}") from None
        return place

    def _first(self, place: Place) -> Response | None:
        """The first page; None where it is as it was."""
        # A poll that found nothing new leaves no commit for its ETag: it is remembered here.
        known, latest = self._latest
        etag = latest if latest and known == place.etag else place.etag
        page = self._http.get(self._url, headers={"If-None-Match": etag} if etag else {})
        self.pause = max(self._interval, page.number("x-poll-interval") or 0.0)
        return None if page.status == 304 else page

    def _pages(self, page: Response, place: Place) -> Poll:
        """The poll that begins with this page. Raises _UnreadableError, SourceError."""
        poll = Poll(seen=frozenset(unpack(place.seen)))
        for number in range(1, PAGES + 1):
            try:
                poll.add(map(Event.of, elements(page.body)))
            except PieceError as fault:
                raise _UnreadableError(page, str(fault)) from None
            self._spread(page, pages=number)
            if (
                poll.ended
                or page.next is None
                or number == PAGES
                or page.number("x-ratelimit-remaining") == 0
            ):
                break
            target = same_host(page.next, self._url)
            if target is None:
                raise SourceError(self.name, f"GET {page.url}: the next page is said to be on another host")
            page = self._http.get(target)
        return poll

    def _spread(self, page: Response, *, pages: int) -> None:
        """Spreads what is left of the rate limit over the time until it is set back, at so many pages a poll."""
        left, reset = page.number("x-ratelimit-remaining"), page.number("x-ratelimit-reset")
        if left is not None and reset is not None and page.date is not None:
            seconds = max(0.0, reset - page.date.timestamp())
            self.pause = max(self.pause, seconds * min(1.0, pages / left) if left else seconds)

    def _given(self, first: Response, poll: Poll, place: Place) -> Iterator[Batch]:
        facts = {"source": self.name, "partition": self.partition, "events": len(poll.fresh)}
        newest = datetime.fromisoformat(place.time) if place.time else None
        if poll.rewound(newest):
            logger.warning("%s: the answer is older than the last one; passed over", self.name, extra=facts)
            return
        etag = first.headers.get("etag")
        if not poll.fresh:
            self._latest = (place.etag, etag)
            return
        if poll.gap:
            logger.warning("%s: a gap: events came faster than they were read", self.name, extra=facts)
        at = max((event.time for event in poll.fresh if event.time), default=first.date or newest or EPOCH)
        # A time from the future must not make all that follows look old.
        known = max(filter(None, (newest, min(at, first.date or at))))
        after = Place(etag=etag, seen=_remembered(poll, place), time=known.isoformat(), gap=poll.gap)
        yield self._batch(first, [event.raw for event in poll.fresh], after, min(at, first.date or at))

    def _whole(self, page: Response, place: Place, reason: str) -> Batch:
        """A body that is no list of events, as a batch with a fault; raises SourceError where it comes again."""
        fault = short(page.body)
        if fault == place.fault:
            raise SourceError(self.name, f"GET {page.url}: {reason}, as before", hint="see the quarantine")
        after = msgspec.structs.replace(place, fault=fault)
        batch = self._batch(page, [page.body], after, page.date or EPOCH)
        return replace(batch, fault=reason)

    def _batch(self, page: Response, records: list[bytes], after: Place, at: datetime) -> Batch:
        return Batch(
            partition=self.partition,
            records=records_of(records),
            cursor=msgspec.to_builtins(after),
            time=at,
            origin=page.url,
        )


def _remembered(poll: Poll, place: Place) -> str:
    return pack([*dict.fromkeys([*poll.events, *unpack(place.seen)])][: max(MOST, len(poll.events))])


def _url(url: str, name: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as fault:
        raise UsageError(f"source of {name}: the URL of the events is none: {fault}") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise UsageError(f"source of {name}: the URL of the events has to begin with https:// and a host")
    return parsed
