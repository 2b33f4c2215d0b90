"""The quality score follows its documented formula."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sentineldq
from sentineldq import Check
from sentineldq.checks.model import Outcome
from sentineldq.checks.score import quality_of, score

DATA = pl.DataFrame({"id": [1, 2, 2, None], "age": [1, 2, 3, -4]})


def outcome(**given: Any) -> Outcome:
    known: dict[str, Any] = {"kind": "k", "column": None, "severity": "CRITICAL", "on_violation": "warn"}
    return Outcome(**(known | {"name": "n", "dimension": "accuracy", "status": "pass"} | given))


OUTCOMES = st.builds(
    lambda dimension, evaluated, share, weight: outcome(
        dimension=dimension, evaluated=evaluated, failed=round(evaluated * share), weight=weight
    ),
    st.sampled_from(["accuracy", "completeness", "uniqueness"]),
    st.integers(0, 100),
    st.floats(0, 1),
    st.floats(0.1, 10),
)


def test_by_hand(engine: str):
    """completeness 3/4; uniqueness 1/3; accuracy: a row check 3/4 and a metric that fails, 0."""
    result = sentineldq.check(
        DATA,
        checks=[
            Check(kind="not_null", column="id"),
            Check(kind="unique", column="id"),
            Check(kind="between", column="age", params={"min": 0}),
            Check(kind="mean", column="age", params={"min": 5}),
        ],
        engine=engine,
    )
    assert result.dimensions == pytest.approx({"completeness": 0.75, "uniqueness": 1 / 3, "accuracy": 0.375})
    assert result.score == pytest.approx((0.75 + 1 / 3 + 0.375) / 3)


def test_a_check_has_a_weight():
    heavy = Check(kind="between", column="age", params={"min": 0}, weight=3)
    light = Check(kind="between", column="age", params={"min": -9}, name="light")
    assert sentineldq.check(DATA, checks=[heavy, light]).score == pytest.approx((3 * 0.75 + 1) / 4)


def test_a_contract_weighs_dimensions():
    contract = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "c",
        "version": "1.0.0",
        "status": "active",
        "customProperties": [{"property": "scoreWeights", "value": {"completeness": 3, "conformity": 0}}],
        "schema": [{"name": "data", "properties": [{"name": "id", "unique": True, "required": True}]}],
    }
    result = sentineldq.check(DATA, contract)
    assert result.dimensions == pytest.approx({"completeness": 0.75, "conformity": 1.0, "uniqueness": 1 / 3})
    assert result.score == pytest.approx((3 * 0.75 + 1 / 3) / 4)


def test_tolerance_does_not_change_it():
    assert quality_of(outcome(status="pass", evaluated=10, failed=3)) == pytest.approx(0.7)


def test_what_was_not_evaluated_is_left_out():
    assert quality_of(outcome(status="error")) is None
    assert quality_of(outcome(status="skip")) is None
    assert quality_of(outcome(evaluated=0, failed=0)) is None
    assert score([outcome(status="error")]) == (None, {})
    assert score([]) == (None, {})


@given(st.lists(OUTCOMES))
def test_it_is_between_0_and_1(outcomes: list[Outcome]):
    overall, dimensions = score(outcomes)
    assert all(0 <= value <= 1 + 1e-12 for value in dimensions.values())
    assert overall is None or min(dimensions.values()) - 1e-12 <= overall <= max(dimensions.values()) + 1e-12


@given(st.lists(OUTCOMES), st.randoms())
def test_the_order_of_checks_does_not_matter(outcomes: list[Outcome], random: Any):
    shuffled = list(outcomes)
    random.shuffle(shuffled)
    assert score(shuffled)[1] == pytest.approx(score(outcomes)[1])
