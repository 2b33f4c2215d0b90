"""The change feed: one look a second at the store's marks, for all who listen.

Nobody listens, nobody looks. A listener that does not keep up is let go; it comes back and asks for all anew.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

from anyio import to_thread

from sentineldq.errors import SentinelError
from sentineldq.store import changes, marks
from sentineldq.store.changes import Change
from sentineldq.store.database import Stamp, Store
from sentineldq.store.marks import Marks
from sentineldq.telemetry.logs import logger

EVERY = 1.0
"""Seconds between two looks."""

BEHIND = 1_000
"""Changes that may wait for one listener."""

MOST = 2_000
"""Listeners at a time."""

log = logger(__name__)


class FullError(Exception):
    """There are as many listeners as there can be."""


class Listener:
    """Changes that wait for one client; None is the end."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        """Set once the marks are known that further changes are told from."""
        self.waiting: asyncio.Queue[Change | None] = asyncio.Queue(BEHIND)
        self.over = False

    def tell(self, found: list[Change]) -> None:
        """Let these changes wait for the client; it is let go where too many do."""
        if self.over:
            return
        if self.waiting.qsize() + len(found) >= BEHIND:
            self.end()
            return
        for change in found:
            self.waiting.put_nowait(change)

    def end(self) -> None:
        """Let the client go, whatever waits."""
        self.over = True
        self.begun.set()
        while not self.waiting.empty():
            self.waiting.get_nowait()
        self.waiting.put_nowait(None)


class Feed:
    """The marks of a store, as they are now, and those who are told when they move.

    `join`, `leave` and `close` are for the event loop, `marks` for any thread. before: is called with the moment from
    which on what is read has the changes that are told next, so that nobody is answered with less afterwards.
    """

    def __init__(self, store: Store, before: Callable[[float], None]) -> None:
        self.store, self.before = store, before
        self.closed = False
        self.listeners: set[Listener] = set()
        self._looking: asyncio.Task[None] | None = None
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._marks: Marks = {}

    def marks(self) -> Marks:
        """The marks of the store, read anew where it has moved. Raises StoreError."""
        with self._lock:
            stamp = self.store.stamp()
            if stamp != self._stamp:
                self._marks, self._stamp = marks.read(self.store), stamp
            return self._marks

    def version(self, *subjects: str) -> tuple[object, ...]:
        """The marks of some subjects: what an answer made of these is known by."""
        found = self.marks()
        return tuple(found[name] for name in subjects)

    def join(self) -> Listener:
        """One more listener. Raises FullError."""
        if len(self.listeners) >= MOST:
            raise FullError
        listener = Listener()
        if self.closed:
            listener.end()
            return listener
        self.listeners.add(listener)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look())
        return listener

    def leave(self, listener: Listener) -> None:
        """One listener less."""
        self.listeners.discard(listener)

    def close(self) -> None:
        """Let all go: the server stops."""
        self.closed = True
        for listener in self.listeners:
            listener.end()

    async def _look(self) -> None:
        try:
            await self._tell()
        finally:  # who would never be told anything again comes back
            for listener in self.listeners:
                listener.end()

    async def _tell(self) -> None:
        before: Marks | None = None
        while self.listeners and not self.closed:
            begun = time.monotonic()
            try:
                now = await to_thread.run_sync(self.marks)
                found = [] if before is None else await self._changes(before, now)
                # Who is told `ready` asks for all, and must not get what was before either.
                if found or before is None:
                    await to_thread.run_sync(self.before, begun)
                before = now
            except SentinelError as fault:
                log.warning("the change feed cannot tell what changed", error=fault.message)
                found = []
            for listener in list(self.listeners):
                if found and listener.begun.is_set():
                    listener.tell(found)
                listener.begun.set()
            await asyncio.sleep(max(0.1, EVERY - (time.monotonic() - begun)))

    async def _changes(self, before: Marks, now: Marks) -> list[Change]:
        if before == now:
            return []
        return await to_thread.run_sync(changes.between, self.store, before, now)
