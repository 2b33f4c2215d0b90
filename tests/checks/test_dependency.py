"""The check of a functional dependency, on every engine."""

from __future__ import annotations

import pytest

from sentineldq.api import check
from sentineldq.checks.model import Check, Outcome

ENGINES = ["polars", "duckdb", pytest.param("spark", marks=pytest.mark.spark)]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    if request.param == "spark":
        request.getfixturevalue("spark")
    return str(request.param)


def run(data: dict[str, list[object]], *columns: str, engine: str) -> Outcome:
    return check(data, checks=[Check(kind="dependency", columns=columns)], engine=engine).checks[0]


def test_the_usual_value_of_a_group_holds(engine: str) -> None:
    outcome = run({"zip": [1, 1, 1, 2, 2], "city": ["a", "a", "b", "c", "c"]}, "zip", "city", engine=engine)
    assert (outcome.failed, outcome.evaluated, outcome.samples) == (1, 5, [{"zip": 1, "city": "b"}])


def test_where_two_values_are_as_frequent_none_holds(engine: str) -> None:
    outcome = run({"zip": [1, 1, 2], "city": ["a", "b", "c"]}, "zip", "city", engine=engine)
    assert (outcome.failed, outcome.evaluated) == (2, 3)


def test_missing_values_are_left_out(engine: str) -> None:
    outcome = run({"zip": [1, 1, None, None], "city": ["a", None, "b", "c"]}, "zip", "city", engine=engine)
    assert (outcome.status, outcome.evaluated) == ("pass", 1)


def test_several_columns_may_determine(engine: str) -> None:
    data: dict[str, list[object]] = {"a": [1, 1, 1], "b": [1, 2, 2], "c": ["x", "y", "z"]}
    assert run(data, "a", "b", "c", engine=engine).failed == 2
