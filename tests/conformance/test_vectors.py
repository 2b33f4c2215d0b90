"""Every engine gives the published verdict and counts of every vector."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import jsonschema
import polars as pl
import pytest

import sentineldq
from sentineldq.checks.model import Outcome
from tests.conformance import vectors

ENGINES = ["polars", "duckdb", pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.slow])]
CLOSE = 1e-9


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    if request.param == "spark":
        request.getfixturevalue("spark")
    return str(request.param)


@pytest.mark.parametrize("subject", vectors.SUBJECTS)
def test_file_fits_the_published_schema(subject: str):
    jsonschema.validate(vectors.load(subject), vectors.schema())


def test_names_are_unique_and_there_are_enough():
    names = [vector["name"] for subject in vectors.SUBJECTS for vector in vectors.load(subject)["vectors"]]
    assert len(names) == len(set(names))
    assert len(names) >= 250


@pytest.mark.parametrize("subject", vectors.SUBJECTS)
def test_verdicts_and_counts(subject: str, engine: str):
    """All vectors of a table run in one call, as they would in a contract; faults must stay apart."""
    found = vectors.load(subject)
    wrong: list[str] = []
    for name, table in found["tables"].items():
        chosen = [vector for vector in found["vectors"] if vector["data"] == name]
        others = {other: vectors.frame(found["tables"][other]) for other in found["tables"] if other != name}
        rules: dict[str, Any] = {"checks": [vectors.check(vector) for vector in chosen]}
        if table.get("text"):
            rules = {"contract": vectors.contract(table, chosen)}
        result = sentineldq.check(vectors.data(table), engine=engine, datasets=others, samples=0, **rules)
        outcomes = {outcome.name: outcome for outcome in result.checks}
        assert result.rows == len(table["rows"])
        for vector in chosen:
            wrong += _differences(vector, outcomes[vector["name"]], engine)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("subject", vectors.SUBJECTS)
@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_failing_rows(subject: str, engine: str):
    """`split` finds the very rows that a vector names."""
    found = vectors.load(subject)
    wrong = []
    for vector in found["vectors"]:
        expected = vector["expect"].get("failing_rows")
        text = found["tables"][vector["data"]].get("text")
        if expected is None or text or engine in vector["expect"].get("refused_by", []):
            continue
        others = {name: vectors.frame(table) for name, table in found["tables"].items()}
        data = vectors.frame(found["tables"][vector["data"]]).with_row_index("sdq_position")
        halves = sentineldq.split(data, checks=[vectors.check(vector)], engine=engine, datasets=others)
        bad = _column(halves.bad, "sdq_position")
        good = _column(halves.good, "sdq_position")
        if bad != expected or sorted(bad + good) != list(range(data.height)):
            wrong.append(f"{vector['name']}: expected {expected}, found {bad}")
    assert not wrong, "\n".join(wrong)


def _column(frame: Any, name: str) -> list[int]:
    native = frame.to_native()
    rows = native.collect() if isinstance(native, pl.LazyFrame) else pl.DataFrame(native.to_arrow_table())
    return sorted(rows[name].to_list())


def _differences(vector: dict[str, Any], outcome: Outcome, engine: str) -> list[str]:
    expected = dict(vector["expect"])
    if engine in expected.pop("refused_by", []):
        refused = outcome.status == "error" and f"engine {engine} refuses" in (outcome.message or "")
        return (
            [] if refused else [f"{vector['name']}: not refused by name: {outcome.status} {outcome.message}"]
        )
    expected.pop("failing_rows", None)
    says = expected.pop("message", "")
    found = {key: getattr(outcome, key) for key in expected}
    same = all(_same(value, found[key]) for key, value in expected.items())
    if same and says in (outcome.message or ""):
        return []
    return [f"{vector['name']}: expected {vector['expect']}, found {found} {outcome.message or ''}"]


def _same(expected: Any, found: Any) -> bool:
    """JSON beside a Python value: numbers within CLOSE (relative), moments as text in UTC."""
    if isinstance(found, Decimal):
        found = float(found) if isinstance(expected, float) else int(found) if found == int(found) else found
    if isinstance(expected, list) and isinstance(found, (list, tuple)):
        return len(expected) == len(found) and all(map(_same, expected, found))
    if isinstance(found, (date, datetime)):
        return str(expected) == _moment(found)
    if isinstance(expected, float) and isinstance(found, (int, float)):
        return math.isclose(expected, found, rel_tol=CLOSE, abs_tol=CLOSE)
    return bool(expected == found)


def _moment(value: date) -> str:
    if isinstance(value, datetime) and value.tzinfo is not None:
        from datetime import UTC

        return value.astimezone(UTC).isoformat()
    return value.isoformat()
