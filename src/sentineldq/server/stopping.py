"""A server that lets its listeners go before it waits for those whose requests are under way."""

from __future__ import annotations

import socket

import uvicorn

from sentineldq.server.state import State


class Stopping(uvicorn.Server):
    """Uvicorn's server, which by itself would wait for streams that never end."""

    def __init__(self, config: uvicorn.Config, *, here: State) -> None:
        super().__init__(config)
        self.here = here

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: no new requests, no more changes, then what is under way, then the app."""
        self.here.feed.close()
        await super().shutdown(sockets)
