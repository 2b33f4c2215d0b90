"""Alerts kept up to date: swept where something has changed, and sent, again and again, until told to stop."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from sentineldq.alerts.delivery import Sent, deliver
from sentineldq.alerts.sweep import Context, sweep
from sentineldq.errors import StoreError
from sentineldq.store import marks
from sentineldq.store.database import Stamp, Store
from sentineldq.store.marks import Marks
from sentineldq.telemetry.logs import logger

PAUSE = 1.0
"""Seconds between looks: a finding is told within a few of them."""

SELDOM = 10.0
"""Seconds between sweeps though no finding and no alert has changed: snoozes end, and nobody has answered for long."""

SUBJECTS = ("alerts", "findings")

log = logger(__name__)


def now() -> datetime:
    return datetime.now(UTC)


def once(store: Store, context: Context) -> Sent:
    """Bring alerts up to the findings, and send what is due. Raises StoreError."""
    sweep(store, context, now=now())
    return deliver(store, context.rules, clock=now)


class Watch:
    """Whether a sweep would find more than the one before it; to sweep thousands of alerts for nothing takes long."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._stamp: Stamp | None = None
        self._marks: Marks | None = None
        self._next: tuple[Stamp, Marks] | None = None
        self._due = 0.0

    def moved(self) -> bool:
        """Whether to sweep. Raises StoreError."""
        stamp = self.store.stamp()
        known = self._marks if stamp == self._stamp else None
        now = known or marks.read(self.store, SUBJECTS)
        self._next = stamp, now
        if now != self._marks or time.monotonic() >= self._due:
            return True
        self._stamp = stamp
        return False

    def swept(self) -> None:
        """What was there when `moved` was asked has been swept."""
        assert self._next is not None  # noqa: S101  # as it was asked
        self._stamp, self._marks = self._next
        self._due = time.monotonic() + SELDOM


def follow(store: Store, context: Context, *, stop: threading.Event) -> None:
    """Do so until `stop`; a store that does not answer is asked again."""
    watch = Watch(store)
    while not stop.is_set():
        try:
            if watch.moved():
                sweep(store, context, now=now())
                watch.swept()
            deliver(store, context.rules, clock=now)
        except StoreError as fault:
            log.warning("alerts are not looked at", error=fault.message)
        stop.wait(PAUSE)
