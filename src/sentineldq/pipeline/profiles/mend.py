"""Making up for what silver has and the profiles do not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from datetime import datetime

import polars as pl

from sentineldq.errors import SentinelError, first_line
from sentineldq.lake.open import Lake
from sentineldq.pipeline.profiles.hours import hours_of, plan_for
from sentineldq.pipeline.profiles.pending import Pending
from sentineldq.pipeline.profiles.silver import Silver
from sentineldq.pipeline.replay.moves import REPLAY
from sentineldq.pipeline.rules import Rules
from sentineldq.profiles.model import Profile
from sentineldq.store import profiles
from sentineldq.store.database import Store
from sentineldq.telemetry.logs import logger

FLUSH = 5.0
"""Seconds that a profile waits for the store at most."""

MOST = 500
"""Hours that are kept in memory until they are handed to the store."""

ATTEMPTS = 20
"""How often others may be first before the next run has to see to it."""

Profiled = Callable[[pl.DataFrame, str, int], dict[datetime, Profile]]
"""Gives the hours of rows, of a partition, up to a batch."""

log = logger(__name__)


def look(lake: Lake, store: Store, dataset: str) -> Silver:
    """Silver as it is now, held against the marks of the profiles. Raises StoreError, LakeError."""
    marks = profiles.marks(store, dataset)  # before silver is looked at: it is never behind them
    return Silver(lake.table(f"silver.{dataset}"), warehouse=lake.warehouse, marks=marks)


def make_up(
    silver: Silver,
    store: Store,
    dataset: str,
    *,
    profiled: Profiled,
    partitions: Collection[str] | None = None,
    stop: threading.Event | None = None,
) -> int:
    """Profile the steps (of these partitions) that silver is ahead, some batches at a time; how many rows.

    Ends early where `stop` is set or another process was first: then `look` again. Raises StoreError, LakeError.
    """
    pending, rows = Pending(), 0
    flushed = time.monotonic()
    for partition, step in silver.steps.items():
        if partitions is not None and partition not in partitions:
            continue
        after = step.after
        for batch, part in silver.portions(partition):
            if stop is not None and stop.is_set():
                return rows
            pending.add(partition, after=after, batch=batch, hours=profiled(part, partition, batch))
            after, rows = batch, rows + part.height
            if time.monotonic() - flushed > FLUSH or len(pending.hours) > MOST:
                if not pending.flush(store, dataset):
                    return rows
                flushed = time.monotonic()
    pending.flush(store, dataset)
    return rows


def mend_replays(lake: Lake, store: Store, dataset: str, rules: Rules) -> None:
    """Profile what replays have brought to silver. What fails is left to the next run, and logged."""
    plan = plan_for(rules)
    try:
        for _ in range(ATTEMPTS):
            silver = look(lake, store, dataset)
            if REPLAY not in silver.steps:
                return
            make_up(
                silver,
                store,
                dataset,
                profiled=lambda rows, _partition, _batch: hours_of(rows, plan),
                partitions=(REPLAY,),
            )
    except SentinelError as fault:
        log.warning("what was replayed is not profiled yet", dataset=dataset, error=fault.message)
    except Exception as fault:  # of a library: the records are in silver all the same
        log.exception("what was replayed is not profiled yet", dataset=dataset, error=first_line(fault))
