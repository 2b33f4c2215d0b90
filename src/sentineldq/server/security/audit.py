"""Every write is written down: who asked for what, and what was answered."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sentineldq.errors import StoreError
from sentineldq.server.security.intent import described
from sentineldq.server.security.principal import SAFE
from sentineldq.server.state import State
from sentineldq.store import audit
from sentineldq.telemetry.logs import logger

log = logger(__name__)


class Audited:
    """An ASGI layer that adds an entry for each request that may change something, whatever came of it, as it answers.

    The entry names the one that `intend` made before anything was done. A GET that changes something, such as coming
    back from an identity provider, says so: `request.state.audited`. What only reads, whatever its method, says that
    (`reads`), and is written down where it is refused.
    """

    def __init__(self, app: ASGIApp, *, here: State) -> None:
        self.app, self.here = app, here

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        told = False

        async def tell(status: int) -> None:
            nonlocal told
            state = scope.get("state", {})
            writes = scope["method"] not in SAFE and not (state.get("reads") and status < 400)
            if not told and (writes or state.get("audited")):
                await run_in_threadpool(self._add, scope, status)
            told = True

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                await tell(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            await tell(500)

    def _add(self, scope: Scope, status: int) -> None:
        intent = scope.get("state", {}).get("intent")
        try:
            audit.add(self.here.store, **described(scope), status=status, intent=intent)
        except StoreError as fault:
            log.warning(
                "what came of a write is not in the audit log", path=scope["path"], error=fault.message
            )
