"""HTTP connections that are not waited for without end: who begins a request has to end its head in time."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD = 20.0
"""Seconds for the head of a request, from its first byte, and for the first one from the connection on."""


class Patient(H11Protocol):
    """uvicorn's protocol, which itself waits for ever for a head that is sent a byte a minute."""

    waiting: asyncio.TimerHandle | None = None
    head = HEAD

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self.waiting is None:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self.waiting = self.loop.call_later(self.head, self._give_up)

    def _give_up(self) -> None:
        self.waiting = None
        if self.conn.their_state is h11.IDLE:
            self.transport.close()

    def _stop(self) -> None:
        if self.waiting is not None:
            self.waiting.cancel()
            self.waiting = None
