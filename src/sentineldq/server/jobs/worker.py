"""The worker: claims a job, does it, writes down what came of it, and looks for the next.

A job that was claimed and not ended is claimed again when its worker is gone, three times in all. Whatever a handler
raises ends its job, never the worker.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from sentineldq.errors import SentinelError, StoreError
from sentineldq.server import replays
from sentineldq.server.jobs.task import Done, FailedError, LostError, StoppedError, Task
from sentineldq.server.state import State
from sentineldq.server.uploads import run
from sentineldq.store import jobs
from sentineldq.store.jobs import Job
from sentineldq.telemetry.logs import logger

WORKERS = 2
"""Jobs that are done at a time, so that a long one does not keep a short one waiting."""

PAUSE = 0.25
"""Seconds between two looks for a job."""

SWEPT = 600.0
"""Seconds between two looks for files that nobody needs."""

PATIENCE = 10.0
"""Seconds that the worker gets to stop."""

AGAIN = timedelta(seconds=5)
"""How long a job waits after a fault of the server's."""

log = logger(__name__)


class Kind:
    """A kind of job: how it is done, and what is written when it fails for good."""

    def __init__(
        self, work: Callable[[State, Task], Done], failed: Callable[[State, Job, str], Done]
    ) -> None:
        self.work, self.failed = work, failed


KINDS: Mapping[str, Kind] = {
    run.KIND: Kind(run.work, run.failed),
    replays.KIND: Kind(replays.work, replays.failed),
}


@contextmanager
def working(here: State) -> Iterator[None]:
    """Have workers within the block; what they are at goes back at its end."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=follow, args=(here,), kwargs={"stop": stop}, name=f"jobs {at}", daemon=True)
        for at in range(WORKERS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)


def follow(here: State, *, stop: threading.Event) -> None:
    """Do jobs until `stop`; a store that does not answer is asked again."""
    left = 0.0
    while not stop.is_set():
        try:
            if left <= 0:
                run.sweep(here)
                left = SWEPT
            if once(here, stop=stop):
                continue
        except (StoreError, OSError) as fault:
            log.warning("jobs are not looked at", error=str(fault))
        left -= PAUSE
        stop.wait(PAUSE)


def once(here: State, *, stop: threading.Event) -> bool:
    """Do one job; False where none waits. Raises StoreError."""
    job = jobs.claim(here.store, kinds=list(KINDS))
    if job is None:
        return False
    kind = KINDS[job.kind]
    if job.attempts > jobs.MOST:
        _fail(here, job, kind, f"the server ended {jobs.MOST} times while it was at this")
        return True
    try:
        done = kind.work(here, Task(here.store, job, stop))
    except StoppedError:
        jobs.retry(here.store, job, counts=False)
    except LostError:
        log.info("a job is no longer this worker's", job=job.job_id)
    except FailedError as fault:
        _fail(here, job, kind, f"{fault.message} ({fault.hint})" if fault.hint else fault.message)
    except StoreError:
        raise
    except Exception as fault:  # noqa: BLE001  # the boundary of a job
        _again(here, job, kind, fault)
    else:
        _end(here, job, "done", done)
    return True


def _again(here: State, job: Job, kind: Kind, fault: Exception) -> None:
    log.error("a job failed", job=job.job_id, kind=job.kind, exc_info=fault)
    if job.attempts < jobs.MOST:
        jobs.retry(here.store, job, wait=AGAIN, error="a fault of the server; its log says more")
        return
    told = fault.message if isinstance(fault, SentinelError) else "a fault of the server; its log says more"
    _fail(here, job, kind, told)


def _fail(here: State, job: Job, kind: Kind, error: str) -> None:
    _end(here, job, "failed", kind.failed(here, job, error), error=error)


def _end(here: State, job: Job, state: str, done: Done, *, error: str | None = None) -> None:
    ended = jobs.finish(here.store, job, state=state, result=done.result, error=error, along=done.along)
    if ended and done.after is not None:
        done.after()
