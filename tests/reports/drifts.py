"""Comparisons as real data gives them: numbers, categories, flags, texts, times, what came, what went, and hours."""

from __future__ import annotations

import atexit
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import polars as pl

from sentineldq.drift.compare import compare
from sentineldq.drift.model import Comparison, Test, Window
from sentineldq.pipeline.drift.compared import Compared, Heat, Side
from sentineldq.profiles.build import profile
from sentineldq.profiles.model import Profile

START = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)
BASELINE = Window(start=START, end=START + 7 * DAY)
CURRENT = Window(start=START + 7 * DAY, end=START + 8 * DAY)
WORDS = ("late", "parcel", "broken", "thanks", "refund", "colour", "wrong", "size", "again", "please")


def table(
    seed: int, *, count: int = 3_000, moved: bool = False, name: str = "city", value: str = "Köln"
) -> pl.DataFrame:
    """Rows before (or, moved, after) something happened; `name` and `value` are a column and a value of it."""
    chance = np.random.default_rng(seed)
    times = [START + timedelta(seconds=int(second)) for second in chance.integers(0, 7 * 86_400, count)]
    made: dict[str, object] = {
        "amount": chance.lognormal(3.0 + 0.8 * moved, 1.0, count),
        "items": chance.poisson(2 + 2 * moved, count),
        "steady": chance.normal(0, 1, count),
        "paid": chance.random(count) < (0.5 if moved else 0.8),
        name: chance.choice(
            [value, "Bonn", "Aachen"], count, p=[0.7, 0.2, 0.1] if moved else [0.3, 0.4, 0.3]
        ),
        "comment": [" ".join(chance.choice(WORDS, 4 + 8 * moved)) for _ in range(count)],
        "code": [f"{'AB' if moved else 'ABC'}-{n}" for n in chance.integers(10, 99_999, count)],
        "at": times,
        "note": [None if at % (2 if moved else 50) == 0 else "x" for at in range(count)],
        "rare": [1.0 if at < 3 else None for at in range(count)],
    }
    made["came" if moved else "went"] = chance.random(count)
    return pl.DataFrame(made)


@cache
def profiles(name: str = "city", value: str = "Köln") -> tuple[Profile, Profile]:
    return profile(table(1, name=name, value=value)), profile(table(2, moved=True, name=name, value=value))


@cache
def drifted(*, name: str = "city", value: str = "Köln", dataset: str = "silver.orders") -> Compared:
    """A comparison with everything in it, over time too."""
    return made_of(compare(*profiles(name, value), dataset=dataset), dataset=dataset, heat=True)


@cache
def quiet() -> Compared:
    """Two samples of the same."""
    return made_of(compare(profile(table(3)), profile(table(4))))


def nothing() -> Compared:
    """Where there was nothing to compare."""
    said = "no profile of silver.orders is stored yet: `sentinel run` makes them as data comes in"
    empty = Side(source="silver.orders")
    return Compared(dataset="silver.orders", baseline=empty, current=empty, reason=said)


def made_of(comparison: Comparison, *, dataset: str = "silver.orders", heat: bool = False) -> Compared:
    tests = [
        *comparison.tests,
        Test(field_name=None, metric_name="z_score", status="not enough data", drift_type="volume"),
    ]
    return Compared(
        dataset=dataset,
        baseline=Side(source=dataset, window=BASELINE, rows=comparison.baseline.rows, hours=168, left_out=2),
        current=Side(source=dataset, window=CURRENT, rows=comparison.current.rows, hours=24),
        comparison=Comparison(
            drifts=comparison.drifts,
            tests=tests,
            baseline=comparison.baseline,
            current=comparison.current,
            scores=comparison.scores,
        ),
        notes=["2 hours of the baseline are left out, as feedback says"],
        heat=heated(comparison) if heat else None,
        made_at=datetime(2026, 11, 9, 6, 30, tzinfo=UTC),
    )


def heated(comparison: Comparison) -> Heat:
    windows = [Window(start=START + at * DAY, end=START + (at + 1) * DAY) for at in range(8)]
    scores = {
        path: [None, *[round(score * at / 7, 3) for at in range(1, 7)], score]
        for path, score in comparison.scores.items()
    }
    return Heat(windows=windows, scores=scores, rows=[1000] * len(windows))


# The sketches in them are of a library that complains of what is left at the end.
for cached in (profiles, drifted, quiet):
    atexit.register(cached.cache_clear)
