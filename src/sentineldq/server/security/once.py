"""Writes that come twice are done once: `Idempotency-Key`, and the answer of the first time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sentineldq.errors import SentinelError
from sentineldq.server.problems import RequestError, answer, describe, response_to
from sentineldq.server.security.bodies import FILES
from sentineldq.server.security.principal import SAFE, Principal
from sentineldq.server.state import State
from sentineldq.store import idempotency

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST = 255
MOST = 1024 * 1024
"""Bytes of a body that is compared, and of an answer that is kept."""

PASSING = frozenset({401, 403, 408, 413, 429})
"""Answers that say nothing of the request itself, and are not kept; nor is what went wrong on our side."""


class Once:
    """An ASGI layer, behind the one that knows who asks: of one key, one request is done."""

    def __init__(self, app: ASGIApp, *, here: State) -> None:
        self.app, self.here = app, here

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        who = scope.get("state", {}).get("principal")
        key = Headers(scope=scope).get(HEADER) if who and scope["method"] not in SAFE else None
        if key is None:
            await self.app(scope, receive, send)
            return
        try:
            place = _place(who, key)
            digest, receive = await _digest(scope, receive)
            found = await run_in_threadpool(
                idempotency.claim, self.here.store, **place, request=digest, now=datetime.now(UTC)
            )
            kept = _answer(found)
        except SentinelError as error:
            await response_to(error, path=scope["path"])(scope, receive, send)
            return
        except HTTPException as error:  # of the layer that bounds bodies
            problem = describe(error.status_code, error.detail)
            await answer(problem, headers=dict(error.headers or {}))(scope, receive, send)
            return
        if kept is not None:
            await kept(scope, receive, send)
            return
        await self._do(scope, receive, send, place)

    async def _do(self, scope: Scope, receive: Receive, send: Send, place: Mapping[str, str]) -> None:
        heard = _Heard(send)
        try:
            await self.app(scope, receive, heard)
        except Exception:
            await run_in_threadpool(idempotency.release, self.here.store, **place)
            raise
        if heard.status >= 500 or heard.status in PASSING:
            await run_in_threadpool(idempotency.release, self.here.store, **place)
        else:
            answer = None if scope["state"].get("secret") else heard.answer()
            await run_in_threadpool(
                idempotency.finish, self.here.store, **place, status=heard.status, answer=answer
            )
        await heard.end()


class _Heard:
    """Sends on, and keeps what was sent; the end of an answer is held until it is written down.

    Whoever has the whole answer may ask again at once, and is to be given the same.
    """

    def __init__(self, send: Send) -> None:
        self.send, self.status, self.headers, self.body = send, 500, Headers(), bytearray()
        self.last: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], Headers(raw=message["headers"])
        elif len(self.body) <= MOST:
            self.body += message.get("body", b"")
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self.last = message
        else:
            await self.send(message)

    async def end(self) -> None:
        if self.last is not None:
            await self.send(self.last)

    def answer(self) -> dict[str, Any] | None:
        if len(self.body) > MOST:
            return None
        try:
            body = self.body.decode()
        except UnicodeDecodeError:
            return None
        return {"body": body, "type": self.headers.get("content-type")}


def _place(who: Principal, key: str) -> dict[str, str]:
    if not 0 < len(key) <= LONGEST or not (key.isascii() and key.isprintable()):
        raise RequestError(400, f"{HEADER} has from 1 to {LONGEST} printable characters")
    return {"actor": f"{who.kind}:{who.id}", "key": key}


async def _digest(scope: Scope, receive: Receive) -> tuple[str, Receive]:
    """What makes a request the same one: method, path, query and body; of a file, its length in place of the body.

    A file is never read here: its route first sees whether whoever sends it may.
    """
    headers = Headers(scope=scope)
    parts = [scope["method"], scope["path"], scope["query_string"].decode("latin-1")]
    if FILES.fullmatch(scope["path"]) or int(headers.get("content-length") or 0) > MOST:
        parts.append(headers.get("content-length", ""))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest(), receive
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
    whole = iter([{"type": "http.request", "body": bytes(body), "more_body": False}])

    async def again() -> Message:
        return next(whole, None) or await receive()

    return hashlib.sha256("\0".join(parts).encode() + b"\0" + body).hexdigest(), again


def _answer(found: idempotency.Claim) -> Response | None:
    """The answer of a request that is not new. Raises RequestError where there is none."""
    if found.state == "new":
        return None
    if found.state == "other":
        raise RequestError(422, f"this {HEADER} was used for another request", hint="make up a new one")
    if found.state == "running":
        raise RequestError(
            409,
            f"the request with this {HEADER} is being done, or was broken off",
            hint="ask again; where that does not help, look whether it was done, and use another key",
        )
    if found.answer is None:
        raise RequestError(409, "it was done already, and its answer is given only once")
    return Response(
        found.answer["body"],
        status_code=found.status or 200,
        media_type=found.answer["type"],
        headers={REPLAYED: "true"},
    )
