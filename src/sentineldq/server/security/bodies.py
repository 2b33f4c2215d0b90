"""How much may be sent, and how slowly: bodies have a largest size and have to keep coming."""

from __future__ import annotations

import asyncio
import re
import time

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sentineldq.server.problems import answer, describe

MOST = 1024 * 1024
"""Bytes of any body that is no file."""

FILES = re.compile(r"/api/v1/data-quality/(?:upload|sources/[^/]+/check)/?")
"""Where files go; their largest size is a setting of the project."""

ROOM = 64 * 1024
"""What a form may have around its file."""

PAUSE, WHOLE = 30.0, 60.0
"""Seconds between two pieces of a body, and for all of one that is no file."""

CLOSE = {"Connection": "close"}


class Bounded:
    """An ASGI layer: 413 for a body too large, as soon as that is known; 408 for one that does not come."""

    def __init__(self, app: ASGIApp, *, file_limit: int, pause: float = PAUSE, whole: float = WHOLE) -> None:
        self.app, self.file_limit, self.pause, self.whole = app, file_limit + ROOM, pause, whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_file = FILES.fullmatch(scope["path"]) is not None
        most = self.file_limit if is_file else MOST
        if int(Headers(scope=scope).get("content-length") or 0) > most:
            await answer(describe(413, _large(most)), headers=CLOSE)(scope, receive, send)
            return
        end = float("inf") if is_file else time.monotonic() + self.whole
        read, done = 0, False

        async def receiving() -> Message:
            nonlocal read, done
            if done:  # what comes now is that the client has gone, whenever that is
                return await receive()
            wait = min(self.pause, end - time.monotonic())
            try:
                message = await asyncio.wait_for(receive(), max(0.0, wait))
            except TimeoutError as fault:
                raise HTTPException(408, "the request's body did not come in time", headers=CLOSE) from fault
            read += len(message.get("body", b""))
            done = not message.get("more_body", False)
            if read > most:
                raise HTTPException(413, _large(most), headers=CLOSE)
            return message

        await self.app(scope, receiving, send)


def _large(most: int) -> str:
    return f"the body is larger than {most:,} bytes"
