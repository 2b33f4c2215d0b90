"""Very wide tables: 2,000 columns with two checks each, cut into statements the engine can take."""

from __future__ import annotations

import polars as pl
import pytest

import sentineldq
from sentineldq import Check

COLUMNS = 2_000
DATA = pl.DataFrame({f"c{n}": [n, None, n, 1] for n in range(COLUMNS)})
CHECKS = [
    check
    for name in DATA.columns
    for check in (
        Check(kind="not_null", column=name),
        Check(kind="between", column=name, params={"max": 999}),
    )
]


@pytest.mark.parametrize(
    "engine", ["polars", "duckdb", pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.slow])]
)
def test_wide_tables(engine: str, request: pytest.FixtureRequest):
    if engine == "spark":
        request.getfixturevalue("spark")
    result = sentineldq.check(DATA, checks=CHECKS, engine=engine, samples=0)
    assert len(result.checks) == 2 * COLUMNS
    assert {(outcome.evaluated, outcome.failed) for outcome in result.checks[::2]} == {(4, 1)}
    assert [outcome.failed for outcome in result.checks[1::2]] == [0] * 1_000 + [2] * 1_000


def test_wide_tables_split():
    halves = sentineldq.split(DATA, checks=CHECKS)
    assert halves.good.to_native().collect().height == 1
    assert max(len(errors) for errors in halves.bad.to_native().collect()["_errors"]) == COLUMNS


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_wide_objects(engine: str):
    """More fields than a statement holds: each part sees the fields it needs."""
    data = DATA.select(pl.struct(DATA.columns[:300]).alias("o"), "c0")
    checks = [
        Check(kind="not_null", column=name) for name in ["c0", *(f"o.c{number}" for number in range(300))]
    ]
    result = sentineldq.check(data, checks=checks, engine=engine)
    assert {(outcome.status, outcome.evaluated, outcome.failed) for outcome in result.checks} == {
        ("fail", 4, 1)
    }
