"""A job as its handler has it: what to do, and whether to go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Connection

from sentineldq.errors import SentinelError
from sentineldq.store import jobs
from sentineldq.store.database import Store
from sentineldq.store.jobs import Job

OFTEN = 0.5
"""Seconds between two beats, at least, while there is progress to tell."""

SELDOM = 2.0
"""Seconds between two beats otherwise."""


class StoppedError(SentinelError):
    """The server is told to stop: the job goes back, and is taken up by the next."""


class LostError(SentinelError):
    """The job is no longer this worker's: it was cancelled, or its lease ran out."""


class FailedError(SentinelError):
    """The job cannot be done, however often it is tried."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of a job. along: writes more in the transaction that ends it. after: called once that is lasting."""

    result: Mapping[str, Any]
    along: Callable[[Connection], None] | None = None
    after: Callable[[], None] | None = None


@dataclass
class Task:
    """A claimed job; `tell` has to be called every few seconds."""

    store: Store
    job: Job
    stop: threading.Event
    _told: float = 0.0
    _progress: dict[str, Any] | None = field(default=None)

    def tell(self, progress: Mapping[str, Any] | None = None) -> None:
        """Say how far the work is, and hold on to the job. Raises StoppedError, LostError."""
        if self.stop.is_set():
            raise StoppedError("the server stops")
        if progress is not None:
            self._progress = dict(progress)
        now = time.monotonic()
        if now - self._told < (SELDOM if progress is None else OFTEN):
            return
        self._told = now
        if not jobs.beat(self.store, self.job, progress=self._progress):
            raise LostError("the job is no longer this worker's")
