"""Keeping the profiles of a dataset while batches are added to it.

Each batch is profiled from the rows that were just committed, in a thread beside the one that writes. Profiles are
merged in memory and handed to the store every few seconds, with marks of the batches that are in them. Whatever ends a
process in between, or keeps the store away, only makes the marks lag: what silver has above them is read from silver,
before anything else is added. So every row that silver took is counted once. Nothing here stops a run.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from queue import Empty, Queue

import polars as pl

from sentineldq.errors import ProfileError, SentinelError, first_line
from sentineldq.lake.open import Lake
from sentineldq.pipeline.dataset import Landed
from sentineldq.pipeline.profiles.hours import hours_of, plan_for
from sentineldq.pipeline.profiles.mend import FLUSH, MOST, look, make_up
from sentineldq.pipeline.profiles.pending import Pending
from sentineldq.pipeline.rules import Rules
from sentineldq.profiles.model import Profile
from sentineldq.profiles.plan import Plan
from sentineldq.store import profiles
from sentineldq.store.database import Store
from sentineldq.telemetry.logs import logger

RETRY = 60.0
"""Seconds until a store or lake that failed is asked again."""

AHEAD = 2
"""Batches that may wait to be profiled; the thread that writes waits for more."""

ROWS = 50_000
"""Rows that wait at most to be profiled together, unless one batch alone has more."""

Told = Callable[..., None]
"""Is given a finding: kind, severity, title, details."""

log = logger(__name__)


@dataclass(frozen=True)
class _Item:
    partition: str
    batch: int
    rows: pl.DataFrame
    rules: Rules


class Keeper:
    """The profiles of one dataset during one run: `begin` with each look at the tables, `add` each batch, `close`."""

    def __init__(
        self,
        lake: Lake,
        store: Store,
        dataset: str,
        *,
        stop: threading.Event,
        told: Told,
        enabled: bool = True,
    ) -> None:
        self.lake = lake
        self.store = store
        self.dataset = dataset
        self.enabled = enabled
        self._stop = stop
        self._told = told
        self._rules: Rules | None = None
        self._known: tuple[str, Plan] | None = None
        self._queue: Queue[_Item | None] = Queue(AHEAD)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._behind = (
            True  # guarded by the lock: silver has batches that are neither in the store nor pending
        )
        self._marks: dict[str, int] = {}  # what is in the store or pending, by partition
        self._waiting: list[_Item] = []  # taken up in the marks, not yet profiled
        self._pending = Pending()
        self._due = 0.0
        self._anew = False

    def begin(self, rules: Rules) -> None:
        """The tables were looked at anew: whatever silver has beyond the profiles is made up for first."""
        with self._lock:
            self._rules, self._behind = rules, True
        if self.enabled and self._thread is None:
            work = copy_context().run
            self._thread = threading.Thread(
                target=work, args=(self._work,), name=f"profile {self.dataset}", daemon=True
            )
            self._thread.start()

    def add(self, landed: Landed, rules: Rules) -> None:
        """Profile a batch that was just committed; waits while others are waiting."""
        with self._lock:
            if self._behind or landed.added is None:  # it is read from silver, with the others
                return
        self._queue.put(_Item(landed.partition, landed.batch, landed.added, rules))

    def close(self) -> None:
        """Hand over what is pending; once `stop` is set, what is to be read from silver waits for the next run."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    # ------------------------------------------------------------------------------------ its thread

    def _work(self) -> None:
        self._settle()
        while True:
            try:
                item = self._queue.get(timeout=max(self._due - time.monotonic(), 0.01))
                if item is None:
                    break
                self._guarded(partial(self._take, item))
            except Empty:
                pass
            if time.monotonic() >= self._due or len(self._pending.hours) > MOST:
                self._settle()
        self._settle()

    def _settle(self) -> None:
        """Bring the store up to date, and try again later where that fails."""
        done = self._guarded(self._bring_up)
        if len(self._pending.hours) > MOST:
            self._forget()
        self._due = time.monotonic() + (FLUSH if done else RETRY)

    def _guarded(self, work: Callable[[], None]) -> bool:
        """Whether work could be done; what it raises is told, and ends nothing."""
        try:
            work()
        except SentinelError as fault:
            log.warning("the profiles lag behind silver", dataset=self.dataset, error=fault.message)
            return False
        except Exception as fault:  # of a library: profiles may be late for it, and nothing else
            log.exception("the profiles lag behind silver by a fault of the program", dataset=self.dataset)
            self._told("profile", "WARNING", f"the profiles of {self.dataset} lag behind: {_said(fault)}")
            self._forget()
            return False
        return True

    def _bring_up(self) -> None:
        try:
            self._hand_over()
        except ProfileError as fault:
            if self._anew:
                raise
            self._anew = True  # once in a run: what fails again is no damage
            log.warning(
                "stored profiles are damaged: they are made anew", dataset=self.dataset, error=fault.message
            )
            profiles.forget(self.store, self.dataset)
            self._forget()
            self._hand_over()

    def _hand_over(self) -> None:
        self._count()
        if not self._pending.flush(self.store, self.dataset):
            log.info("another process has added to the profiles", dataset=self.dataset)
            self._forget()
        if self._behind:
            self._catch_up()

    def _forget(self) -> None:
        """Give up what is pending: it is read from silver once that can be."""
        with self._lock:
            self._behind = True
        self._waiting.clear()
        self._pending.clear()

    def _catch_up(self) -> None:
        """Profile what silver has above the marks. Raises StoreError, LakeError."""
        while not self._stop.is_set():
            silver = look(self.lake, self.store, self.dataset)
            if silver.lost:
                log.warning("silver was set back: its profiles are made anew", dataset=self.dataset)
                profiles.forget(self.store, self.dataset)
            elif silver.steps:
                rows = make_up(silver, self.store, self.dataset, profiled=self._profiled, stop=self._stop)
                log.info("profiles were made up for", dataset=self.dataset, rows=rows)
            elif self._caught_up():
                return

    def _caught_up(self) -> bool:
        """Whether nothing was committed since: `add` is called after a commit, so one unseen comes by the queue."""
        with self._lock:
            silver = look(self.lake, self.store, self.dataset)
            if silver.steps or silver.lost:
                return False
            self._marks = {partition: mark.batch for partition, mark in silver.place.items()}
            self._behind = False
            return True

    def _take(self, item: _Item) -> None:
        after = self._marks.get(item.partition, 0)
        if self._behind or item.batch <= after:  # it was, or will be, read from silver
            return
        if self._waiting and self._waiting[0].rules.fingerprint != item.rules.fingerprint:
            self._count()
        self._marks[item.partition] = item.batch
        self._pending.reach(item.partition, after=after, batch=item.batch)
        self._waiting.append(item)
        if sum(one.rows.height for one in self._waiting) >= ROWS:
            self._count()

    def _count(self) -> None:
        """Profile the rows that wait for it: small batches in one go, which costs a fraction of one by one."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        self._rules = waiting[0].rules
        if len(waiting) > 1:
            try:
                hours = hours_of(pl.concat([one.rows for one in waiting]), self._plan())
            except Exception:  # one batch is to blame: it is found below, and told
                log.exception("batches are profiled one by one", dataset=self.dataset)
            else:
                self._pending.count(hours)
                return
        for one in waiting:
            self._pending.count(self._profiled(one.rows, one.partition, one.batch))

    def _profiled(self, rows: pl.DataFrame, partition: str, batch: int) -> dict[datetime, Profile]:
        try:
            return hours_of(rows, self._plan())
        except Exception as fault:  # rows that cannot be profiled are told, and are in silver all the same
            log.exception("rows are not profiled", dataset=self.dataset, partition=partition, batch=batch)
            title = f"{rows.height} rows of {self.dataset} are not in its profiles: {_said(fault)}"
            self._told("profile", "WARNING", title, partition=partition, batch=batch, rows=rows.height)
            return {}

    def _plan(self) -> Plan:
        assert self._rules is not None  # noqa: S101  # `begin` gives them
        if self._known is None or self._known[0] != self._rules.fingerprint:
            self._known = (self._rules.fingerprint, plan_for(self._rules))
        return self._known[1]


def _said(fault: Exception) -> str:
    return f"{type(fault).__name__}: {first_line(fault)}"
