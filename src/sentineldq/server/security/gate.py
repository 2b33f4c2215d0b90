"""Who asks is known before anything is read of what they send: nobody fills the server's memory or disk unnamed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sentineldq.errors import SentinelError
from sentineldq.server.problems import response_to
from sentineldq.server.security.principal import PREFIX, SAFE, Principal, asks, recall, unknown
from sentineldq.server.state import State

LOGIN = f"{PREFIX}session"


class Gate:
    """An ASGI layer that refuses writes of nobody, whatever the route; roles are the routes' own.

    Of who only reads it says to the layers within who that is, where that is known without asking the store.
    """

    def __init__(self, app: ASGIApp, *, here: State) -> None:
        self.app, self.here = app, here

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                found = await self._who(scope)
            except SentinelError as error:
                await response_to(error, path=scope["path"])(scope, receive, send)
                return
            if found is not None:
                scope.setdefault("state", {})["principal"] = found
        await self.app(scope, receive, send)

    async def _who(self, scope: Scope) -> Principal | None:
        if scope["method"] in SAFE:
            return self._recalled(scope) if scope["path"].startswith(PREFIX) else None
        if scope["path"].startswith(LOGIN):
            return None
        found = await asks(Request(scope), self.here)
        if found is None:
            raise unknown("nobody is logged in")
        return found

    def _recalled(self, scope: Scope) -> Principal | None:
        try:
            return recall(Request(scope), self.here)
        except SentinelError:
            return None  # a route that asks who it is says so
