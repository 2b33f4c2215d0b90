"""Alerts kept up to date: swept and sent, again and again, until told to stop."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from sentineldq.alerts.delivery import Sent, deliver
from sentineldq.alerts.sweep import Context, sweep
from sentineldq.errors import StoreError
from sentineldq.store.database import Store
from sentineldq.telemetry.logs import logger

PAUSE = 1.0
"""Seconds between looks: a finding is told within a few of them."""

log = logger(__name__)


def now() -> datetime:
    return datetime.now(UTC)


def once(store: Store, context: Context) -> Sent:
    """Bring alerts up to the findings, and send what is due. Raises StoreError."""
    sweep(store, context, now=now())
    return deliver(store, context.rules, clock=now)


def follow(store: Store, context: Context, *, stop: threading.Event) -> None:
    """Do so until `stop`; a store that does not answer is asked again."""
    while not stop.is_set():
        try:
            once(store, context)
        except StoreError as fault:
            log.warning("alerts are not looked at", error=fault.message)
        stop.wait(PAUSE)
