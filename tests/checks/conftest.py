"""One behaviour suite for all engines."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from sentineldq.checks.engines import engine as engine_named


@pytest.fixture(params=["polars", "duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> str:
    """The name of each engine in turn."""
    if request.param == "spark":
        request.getfixturevalue("spark")
    return str(request.param)


@pytest.fixture
def rows(engine: str) -> Any:
    """What turns an engine's frame into rows, as dicts."""
    return lambda frame: engine_named(engine).rows(frame)


@pytest.fixture
def people() -> pl.DataFrame:
    """Six rows with a fault each in the last four, two in the last."""
    return pl.DataFrame(
        {
            "id": [1, 2, 3, 3, None, 6],
            "name": ["ann", "bob", "", "eve", "fay", "X"],
            "age": [30, 40, 50, 60, 70, -1],
            "tags": [["a"], [], None, ["a", "b"], ["a"], ["b", "!"]],
        }
    )
