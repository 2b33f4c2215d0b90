"""False alarms: two samples of one distribution drift in less than 1 of 1,000 columns, whatever their size and shape."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from scipy.stats import poisson

from sentineldq.drift.compare import compare
from sentineldq.profiles.build import profile
from sentineldq.profiles.merge import merge

WORDS = np.array(
    [
        "the",
        "order",
        "was",
        "shipped",
        "to",
        "a",
        "customer",
        "in",
        "the",
        "north",
        "and",
        "paid",
        "by",
        "card",
        "today",
    ]
)


def shapes(rng, n):
    """One column of each shape that data has: light and heavy tails, atoms, counts, enums, identifiers, texts, times."""
    zipf = rng.zipf(1.3, n) % 100_000
    start = datetime(2026, 1, 5, tzinfo=UTC).timestamp()
    seconds = pl.Series(rng.uniform(start, start + 7 * 86400, n) * 1e6).cast(pl.Int64)
    return {
        "normal": rng.normal(0, 1, n),
        "lognormal": rng.lognormal(0, 2, n),
        "pareto": rng.pareto(1.1, n),
        "cauchy": rng.standard_cauchy(n),
        "zeros": np.where(rng.random(n) < 0.7, 0, rng.exponential(5, n)),
        "count": rng.poisson(3, n),
        "rounded": rng.normal(50, 9, n).round(),
        "constant": np.ones(n),
        "enum": rng.choice(list("abcde"), n, p=[0.6, 0.3, 0.07, 0.02, 0.01]),
        "vocabulary": np.char.add("w", zipf.astype(str)),
        "flag": rng.random(n) < 0.02,
        "identifier": np.char.add("id-", rng.integers(0, 10**12, n).astype(str)),
        "prose": [" ".join(row) for row in WORDS[rng.integers(0, len(WORDS), (n, 8))]],
        "holes": pl.Series(rng.normal(0, 1, n)).to_frame("x").with_columns(
            pl.when(pl.Series(rng.random(n) < 0.1)).then(None).otherwise(pl.col("x")).alias("x")
        )["x"],
        "time": seconds.cast(pl.Datetime("us", "UTC")),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "current", "rounds"),
    [
        (30, 30, 10),
        (60, 60, 60),
        (200, 200, 60),
        (900, 300, 40),
        (2000, 2000, 30),
        (7000, 1000, 15),
        (40_000, 10_000, 4),
    ],
)
def test_two_samples_of_one_distribution_do_not_drift(rows, current, rounds):
    rng = np.random.default_rng(rows)
    columns, alarms = 0, []
    for _ in range(rounds):
        a, b = (profile(pl.DataFrame(shapes(rng, n))) for n in (rows, current))
        result = compare(a, b)
        columns += len(a.columns)
        alarms += [drift.message for drift in result.drifts]
    # Sketches draw at random: with 1 alarm in 1,000 columns, one run in 1,000 has more than this.
    assert len(alarms) <= poisson.ppf(0.999, 0.001 * columns), alarms


def test_merged_hours_do_not_drift_from_their_next_day():
    rng = np.random.default_rng(5)
    hours = [profile(pl.DataFrame(shapes(rng, 300))) for _ in range(96)]
    result = compare(merge(hours[:72]), merge(hours[72:]))
    assert [drift.message for drift in result.drifts] == []
