"""HTTP connections that are not waited for without end: a head has to end in time, and an answer has to be read."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD = 20.0
"""Seconds for the head of a request, from its first byte, and for the first one from the connection on."""

READ = 60.0
"""Seconds in which a client takes some of what waits for it, once that is more than its share of memory."""


class Patient(H11Protocol):
    """uvicorn's protocol, which itself waits for ever for a head that is sent a byte a minute, or to be read."""

    waiting: asyncio.TimerHandle | None = None
    unread: asyncio.TimerHandle | None = None
    head = HEAD
    read = READ

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
        self._taken()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.unread = self.loop.call_later(self.read, self.transport.abort)

    def resume_writing(self) -> None:
        self._taken()
        super().resume_writing()

    def _taken(self) -> None:
        if self.unread is not None:
            self.unread.cancel()
            self.unread = None

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
