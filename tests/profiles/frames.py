"""Frames for the tests, by size and seed; the same on every machine."""

import datetime as dt

import numpy as np
import polars as pl

START = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)  # a Monday


def mixed(rows, *, seed=0, shift=0.0):
    """One column of every common kind, some nested, with nulls."""
    rng = np.random.default_rng(seed)
    gaps = rng.random(rows) < 0.1
    seconds = rng.integers(0, 7 * 86_400, rows)
    return pl.DataFrame(
        {
            "id": np.arange(rows) + seed * 1_000_000,
            "value": pl.Series(np.where(gaps, np.nan, rng.normal(shift, 1, rows))).fill_nan(None),
            "share": rng.beta(2, 5, rows),
            "kind": rng.choice(["push", "fork", "watch"], rows, p=[0.7, 0.2, 0.1]),
            "name": [f"user-{number}" for number in np.minimum(rng.zipf(1.5, rows), 10**6)],
            "at": pl.Series(
                [START + dt.timedelta(seconds=int(second)) for second in seconds],
                dtype=pl.Datetime("us", "UTC"),
            ),
            "good": rng.random(rows) < 0.9,
            "tags": [["a", "b"][: int(size)] for size in rng.integers(0, 3, rows)],
            "inner": [{"level": int(level)} for level in rng.integers(0, 5, rows)],
        }
    )
