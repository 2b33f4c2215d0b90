"""What has not changed is not sent again: `ETag` and `If-None-Match` (RFC 9110, section 13), and not made again either.

Answers to those who only look are kept as the bytes they are, for a second and until anything is committed to the
store. Nobody gets one that was made for another role, or for a key of other scopes.
"""

from __future__ import annotations

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sentineldq.server.security.principal import PREFIX, Principal

SHARED = frozenset(
    {
        "alerts",
        "contracts",
        "dashboard",
        "data-quality",
        "datasets",
        "drift",
        "freshness",
        "monitors",
        "pipelines",
        "profiles",
        "quarantine",
        "runs",
        "search",
    }
)
"""Parts of the API whose answers are the same for all of one role."""

HELD = 1.0
"""Seconds for which an answer is kept though nothing changed: ages grow."""

ROOM, LARGEST = 32 * 1024 * 1024, 1024 * 1024
"""Bytes of the answers that are kept, and of one; those asked for last are kept."""

LONGEST = 500
"""Characters of a path and of a query by which an answer is kept."""

PACKED, ASIDE = 1024, 32 * 1024
"""Bytes from which on an answer is compressed, and from which on another thread does it: it takes milliseconds."""

LEVEL = 4


@dataclass(frozen=True)
class Answer:
    """A whole answer of JSON, and the tag of its content. It may be kept by who asked, who has to ask again each time.

    stamp: that of what it is made of, before it was made.
    """

    start: Message
    body: bytes
    stamp: object
    made_at: float

    @cached_property
    def tag(self) -> str:
        return (
            f'W/"{hashlib.sha256(self.body).hexdigest()[:32]}"'  # weak: compressed, it is not the same bytes
        )

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.body, LEVEL, mtime=0)

    async def _packed(self) -> bytes:
        aside = len(self.body) >= ASIDE and "packed" not in self.__dict__
        return await run_in_threadpool(lambda: self.packed) if aside else self.packed

    async def give(self, asked: Headers, send: Send) -> None:
        """Send it, compressed where that is understood, or only that it is the same as before."""
        headers = MutableHeaders(raw=list(self.start["headers"]))
        headers["ETag"] = self.tag
        headers["Cache-Control"] = "private, no-cache"
        headers.add_vary_header("Authorization, Cookie")
        status, body = self.start["status"], self.body
        if _matches(self.tag, asked.get("if-none-match")):
            status, body = 304, b""
            del headers["Content-Length"], headers["Content-Type"]
        elif len(body) >= PACKED and "gzip" in asked.get("accept-encoding", ""):
            body = await self._packed()
            headers["Content-Encoding"] = "gzip"
            headers["Content-Length"] = str(len(body))
            headers.add_vary_header("Accept-Encoding")
        await send({**self.start, "status": status, "headers": headers.raw})
        await send({"type": "http.response.body", "body": body})


class Tagged:
    """An ASGI layer, behind the one that knows who asks: JSON that is answered to a GET in one piece bears a tag.

    stamp: gives another value after each change of what answers are made of.
    """

    def __init__(self, app: ASGIApp, *, stamp: Callable[[], object]) -> None:
        self.app, self.stamp = app, stamp
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        asked, place, stamp = Headers(scope=scope), _place(scope), self.stamp()
        kept = self._kept.get(place) if place is not None else None
        if kept and kept.stamp == stamp and time.monotonic() - kept.made_at < HELD:
            await kept.give(asked, send)
            return
        start: Message | None = None
        begun = time.monotonic()

        async def sending(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _may_be_kept(message):
                start = message
                return
            if start is None:
                await send(message)
                return
            first, start = start, None
            if message.get("more_body", False):
                await send(first)
                await send(message)
                return
            answer = Answer(first, message.get("body", b""), stamp, begun)
            if place is not None and len(answer.body) <= LARGEST:
                self._keep(place, answer)
            await answer.give(asked, send)

        await self.app(scope, receive, sending)

    def _keep(self, place: Hashable, answer: Answer) -> None:
        before = self._kept.pop(place, None)
        self._kept[place] = answer
        self._size += _weight(answer) - (_weight(before) if before else 0)
        while self._size > ROOM:
            _, oldest = self._kept.popitem(last=False)
            self._size -= _weight(oldest)


def _weight(answer: Answer) -> int:
    """Bytes of an answer, as it is, packed, and with what it is known by."""
    return 2 * len(answer.body) + 2_000


def _place(scope: Scope) -> Hashable:
    """By what an answer is kept: all that it may depend on but the state of the project. None: it is not."""
    who: Principal | None = scope.get("state", {}).get("principal")
    path, query = scope["path"], scope["query_string"]
    if who is None or not path.startswith(PREFIX) or max(len(path), len(query)) > LONGEST:
        return None
    if path[len(PREFIX) :].partition("/")[0] not in SHARED:
        return None
    return who.role, who.scopes, path, query


def _may_be_kept(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    plain = headers.get("content-type", "").startswith("application/json")
    return start["status"] == 200 and plain and "cache-control" not in headers


def _matches(tag: str, wanted: str | None) -> bool:
    if wanted is None:
        return False
    known = {one.strip().removeprefix("W/") for one in wanted.split(",")}
    return "*" in known or tag.removeprefix("W/") in known
