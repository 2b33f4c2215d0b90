"""How long drift takes between stored windows: 7 days of hourly profiles, 50 columns, against the last 24 hours.

    python benchmarks/drift.py            makes a store of its own in a temporary folder, prints the figures

From the stored bytes to the finished comparison: read, decoded, merged, every test made and judged. What is behind the
profiles does not matter: `--rows` of an hour may be 100 or 10,000.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from sentineldq.drift.compare import compare
from sentineldq.drift.model import Window
from sentineldq.pipeline.drift.hours import read
from sentineldq.pipeline.drift.run import run_drift
from sentineldq.pipeline.drift.window import HOUR
from sentineldq.pipeline.project import Project
from sentineldq.pipeline.settings import Settings
from sentineldq.profiles.build import profile
from sentineldq.profiles.codec import encode
from sentineldq.profiles.merge import merge
from sentineldq.store import profiles
from sentineldq.store.database import Store
from sentineldq.store.open import open_store

DATASET = "silver.wide"
END = datetime(2026, 11, 20, tzinfo=UTC)
DAYS = 8
RUNS = 7


def main() -> None:
    """Fill a store, compare its windows, print the seconds as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=2_000, help="rows of an hour (2,000)")
    parser.add_argument("--columns", type=int, default=50, help="columns (50)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_store(f"sqlite:///{folder}/store.db") as store:
        sizes = fill(store, rows=asked.rows, columns=asked.columns)
        project = Project(root=Path(folder), settings=Settings(name="bench"))
        whole, busy = zip(*timed(project, store), strict=True)
        parts = steps(store)
    figures = {
        "hours": DAYS * 24,
        "columns": asked.columns,
        "rows_per_hour": asked.rows,
        "bytes_per_hour_median": int(statistics.median(sizes)),
        "seconds_median": round(statistics.median(whole), 3),
        "seconds_least": round(min(whole), 3),
        "cpu_seconds_least": round(min(busy), 3),
        **{name: round(seconds, 3) for name, seconds in parts.items()},
    }
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")


def fill(store: Store, *, rows: int, columns: int) -> list[int]:
    """Store a profile for each hour of eight days; the bytes of each. The last day's numbers are a little larger."""
    chance = np.random.default_rng(7)
    hours: dict[datetime, bytes] = {}
    for at in range(DAYS * 24):
        moved = 0.3 if at >= (DAYS - 1) * 24 else 0.0
        hours[END - (DAYS * 24 - at) * HOUR] = encode(profile(table(chance, rows, columns, moved)))
    counts = dict.fromkeys(hours, rows)
    profiles.add(store, dataset=DATASET, partition="bench", batch=1, hours=hours, rows=counts, join=_never)
    return [len(content) for content in hours.values()]


def table(chance: np.random.Generator, rows: int, columns: int, moved: float) -> pl.DataFrame:
    """A fifth each of normal and heavy-tailed numbers, categories, texts of many values, and flags."""
    made: dict[str, object] = {}
    for at in range(columns):
        name, kind = f"c{at:02}", at % 5
        if kind == 0:
            made[name] = chance.normal(moved, 1, rows)
        elif kind == 1:
            made[name] = chance.lognormal(3 + moved, 1.2, rows)
        elif kind == 2:
            made[name] = chance.choice([f"kind {n}" for n in range(30)], rows)
        elif kind == 3:
            made[name] = [f"user-{n}" for n in chance.integers(0, 5_000, rows)]
        else:
            made[name] = chance.random(rows) < 0.3 + moved / 5
    return pl.DataFrame(made)


def timed(project: Project, store: Store) -> Iterator[tuple[float, float]]:
    """Seconds from the stored bytes to the finished comparison, by the clock and of processor time, of several runs.

    Nothing is kept between them. On a machine that does other things the processor's time is the one to look at.
    """
    for _ in range(RUNS):
        began = time.process_time()
        with clock() as seconds:
            compared = run_drift(project, store, DATASET, now=END, keep=False)
        busy = time.process_time() - began
        assert compared.comparison is not None
        assert compared.comparison.drifts
        yield seconds(), busy


def steps(store: Store) -> dict[str, float]:
    """Where the time goes; columns are decoded and merged only when a test looks at them, hence in `compare`."""
    spans = (
        Window(start=END - timedelta(days=8), end=END - timedelta(days=1)),
        Window(start=END - timedelta(days=1), end=END),
    )
    with clock() as reading:
        pairs = [read(store, DATASET, span)[0] for span in spans]
    read_seconds = reading()
    with clock() as merging:
        sides = [merge(hours.values()) for hours in pairs]
    merge_seconds = merging()
    with clock() as comparing:
        compare(*sides)
    return {
        "seconds_read_and_decode": read_seconds,
        "seconds_merge": merge_seconds,
        "seconds_compare": comparing(),
    }


@contextmanager
def clock() -> Iterator[Callable[[], float]]:
    """Seconds since the block began; asked after it, its length."""
    began = time.perf_counter()
    ended: list[float] = []
    yield lambda: (ended[0] if ended else time.perf_counter()) - began
    ended.append(time.perf_counter())


def _never(_before: bytes, _after: bytes) -> bytes:
    message = "every hour is stored once"
    raise AssertionError(message)


if __name__ == "__main__":
    main()
