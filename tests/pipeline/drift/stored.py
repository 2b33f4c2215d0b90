"""A project whose store has profiles by the hour: a week that is quiet, and a day that is what a test makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from sentineldq.drift.settings import Settings as Drift
from sentineldq.pipeline.project import Project
from sentineldq.pipeline.settings import Settings
from sentineldq.profiles.build import profile
from sentineldq.profiles.codec import decode, encode
from sentineldq.profiles.merge import merge
from sentineldq.store import profiles
from sentineldq.store.database import Store

DATASET = "orders"
NOW = datetime(2026, 11, 20, 14, 20, tzinfo=UTC)
END = datetime(2026, 11, 20, 15, tzinfo=UTC)
"""The end of the running hour: where windows end that are asked for by their length."""
HOUR = timedelta(hours=1)
ROWS = 60

Change = Callable[[dict[str, list[object]]], Mapping[str, list[object]]]


def project_in(folder: Path, *, drift: Drift | None = None) -> Project:
    return Project(root=folder, settings=Settings(name="shop", drift=drift or Drift()))


def rows(seed: int, count: int = ROWS) -> dict[str, list[object]]:
    """An hour of orders, the same for the same seed."""
    chance = np.random.default_rng(seed)
    return {
        "amount": [float(value) for value in chance.normal(50, 10, count)],
        "country": [str(name) for name in chance.choice(["DE", "FR", "US"], count, p=[0.5, 0.3, 0.2])],
        "paid": [bool(flag) for flag in chance.random(count) < 0.8],
    }


def fill(
    store: Store,
    *,
    dataset: str = DATASET,
    first: datetime = END - 192 * HOUR,
    hours: int = 192,
    count: int = ROWS,
    change: Change | None = None,
) -> None:
    """Store `hours` hours of `count` rows each from `first` on; `change` makes something else of every hour's rows."""
    moments = [first + at * HOUR for at in range(hours)]
    made = {hour: content(hour, count, change) for hour in moments}
    counts = dict.fromkeys(moments, count)
    profiles.add(
        store, dataset=dataset, partition=first.isoformat(), batch=1, hours=made, rows=counts, join=join
    )


@cache
def content(hour: datetime, count: int, change: Change | None) -> bytes:
    """The profile of an hour, as it is stored."""
    data = rows(int(hour.timestamp()) // 3600, count)
    return encode(profile(pl.DataFrame(dict(change(data) if change else data))))


def join(before: bytes, after: bytes) -> bytes:
    return encode(merge([decode(before), decode(after)]))


def dearer(data: dict[str, list[object]]) -> Mapping[str, list[object]]:
    """Amounts 20 higher: two deviations."""
    return {**data, "amount": [value + 20 for value in data["amount"] if isinstance(value, float)]}


def unpriced(data: dict[str, list[object]]) -> Mapping[str, list[object]]:
    """Every third amount is missing."""
    return {**data, "amount": [None if at % 3 == 0 else value for at, value in enumerate(data["amount"])]}
