"""Who asks is known before anything is read of what they send: nobody fills the server's memory or disk unnamed."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sentineldq.errors import SentinelError
from sentineldq.server.problems import response_to
from sentineldq.server.security.principal import PREFIX, SAFE, identify, unknown
from sentineldq.server.state import State

LOGIN = f"{PREFIX}session"


class Gate:
    """An ASGI layer that refuses writes of nobody, whatever the route; roles are the routes' own."""

    def __init__(self, app: ASGIApp, *, here: State) -> None:
        self.app, self.here = app, here

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE and not scope["path"].startswith(LOGIN):
            try:
                found = await run_in_threadpool(identify, Request(scope), self.here)
                if found is None:
                    raise unknown("nobody is logged in")
            except SentinelError as error:
                await response_to(error, path=scope["path"])(scope, receive, send)
                return
            scope.setdefault("state", {})["principal"] = found
        await self.app(scope, receive, send)
