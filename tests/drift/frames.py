"""Profiles of raw columns, for tests that hold them against the raw values."""

from __future__ import annotations

import polars as pl

from sentineldq.profiles.build import profile
from sentineldq.profiles.model import Column, Profile


def column(values, dtype=None) -> Column:
    """The profile of one column."""
    return profile(pl.DataFrame({"x": pl.Series(values, dtype=dtype)})).columns["x"]


def table(**columns) -> Profile:
    """The profile of a table."""
    return profile(pl.DataFrame(columns))
