"""What has not changed is not sent again: `ETag` and `If-None-Match` (RFC 9110, section 13)."""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Tagged:
    """An ASGI layer: JSON that is answered to a GET in one piece bears a tag of its content.

    It may be kept by the browser that asked, which has to ask again each time.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        wanted = Headers(scope=scope).get("if-none-match")
        start: Message | None = None

        async def sending(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _may_be_kept(message):
                start = message
                return
            if start is not None:
                first, start = start, None
                if not message.get("more_body", False):
                    first, message = _tagged(first, message, wanted)
                await send(first)
            await send(message)

        await self.app(scope, receive, sending)


def _may_be_kept(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    plain = headers.get("content-type", "").startswith("application/json")
    return start["status"] == 200 and plain and "cache-control" not in headers


def _tagged(start: Message, body: Message, wanted: str | None) -> tuple[Message, Message]:
    digest = hashlib.sha256(body.get("body", b"")).hexdigest()[:32]
    tag = f'W/"{digest}"'  # weak: what is compressed on the way is not the same bytes
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["ETag"] = tag
    headers["Cache-Control"] = "private, no-cache"
    headers.add_vary_header("Authorization, Cookie")
    if not _matches(tag, wanted):
        return {**start, "headers": headers.raw}, body
    del headers["Content-Length"], headers["Content-Type"]
    return {**start, "status": 304, "headers": headers.raw}, {**body, "body": b""}


def _matches(tag: str, wanted: str | None) -> bool:
    if wanted is None:
        return False
    known = {one.strip().removeprefix("W/") for one in wanted.split(",")}
    return "*" in known or tag.removeprefix("W/") in known
