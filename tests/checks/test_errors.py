"""A check that cannot be evaluated has status error with its reason; the others run all the same."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import polars as pl
import pytest

import sentineldq
from sentineldq import Check
from sentineldq.checks.definition import row_check


@row_check("test_fails_in_the_engine")
def fails_in_the_engine(value: nw.Expr) -> nw.Expr:
    """Binds and plans, and fails only when the engine runs it."""
    return (value.cast(nw.String) + "x").cast(nw.Int64) > 0


def check(data: Any, engine: str, *checks: Check, **more: Any) -> list[sentineldq.Outcome]:
    return sentineldq.check(data, checks=checks, engine=engine, **more).checks


GOOD = Check(kind="between", column="n", params={"min": 2}, name="good")


def test_a_fault_in_the_engine_stays_apart(engine: str):
    """In the middle of the plan, among checks of every shape."""
    found = check(
        pl.DataFrame({"n": [1, 2, 3], "s": ["a", "b", "c"]}),
        engine,
        GOOD,
        Check(kind="unique", column="s"),
        Check(kind="test_fails_in_the_engine", column="s", name="bad"),
        Check(kind="mean", column="n", params={"max": 2}),
        Check(kind="iban", column="s"),
        Check(kind="test_fails_in_the_engine", column="n", name="worse"),
    )
    assert [(outcome.status, outcome.failed) for outcome in found] == [
        ("fail", 1),
        ("pass", 0),
        ("error", None),
        ("pass", None),
        ("fail", 3),
        ("error", None),
    ]
    assert all(
        outcome.message and "\n" not in outcome.message for outcome in found if outcome.status == "error"
    )


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (Check(kind="not_null", column="m"), "there is no column 'm'"),
        (Check(kind="nothing", column="n"), "there is no check named 'nothing'"),
        (Check(kind="matches", column="n", params={"pattern": "a"}), "takes no column of type Int64"),
        (Check(kind="between", column="n", params={"low": 1}), "no parameter 'low'"),
        (Check(kind="in_set", column="n"), "needs values"),
        (Check(kind="matches", column="s", params={"pattern": "a(?=b)"}), "refuses"),
        (Check(kind="not_null", column="n", where="n >"), "n >"),
    ],
    ids=lambda value: value.kind if isinstance(value, Check) else "",
)
def test_reasons(bad: Check, reason: str):
    outcome, good = check(pl.DataFrame({"n": [1, 2], "s": ["a", "b"]}), "polars", bad, GOOD)
    assert outcome.status == "error"
    assert reason in (outcome.message or "")
    assert (good.status, good.failed) == ("fail", 1)


def test_an_error_is_never_a_pass():
    result = sentineldq.check(pl.DataFrame({"n": [1]}), checks=[Check(kind="not_null", column="m")])
    assert not result.passed
    assert result.score is None


def test_an_error_of_lower_severity_does_not_fail_the_run():
    lenient = Check(kind="not_null", column="m", severity="WARNING")
    result = sentineldq.check(pl.DataFrame({"n": [1]}), checks=[lenient])
    assert result.passed
    assert not sentineldq.check(pl.DataFrame({"n": [1]}), checks=[lenient], fail_on="WARNING").passed


def test_a_dataset_that_is_not_at_hand_is_skipped(engine: str):
    link = Check(kind="foreign_key", column="n", params={"dataset": "others", "fields": ["id"]})
    found, good = check(pl.DataFrame({"n": [1, 2]}), engine, link, GOOD)
    assert (found.status, good.status) == ("skip", "fail")
    assert "others" in (found.message or "")


def test_rows_without_an_order_are_refused_by_name(engine: str):
    found, good = check(pl.DataFrame({"n": [1, 2]}), engine, Check(kind="increasing", column="n"), GOOD)
    assert good.status == "fail"
    if engine == "polars":
        assert found.status == "pass"
    else:
        assert found.status == "error"
        assert f"engine {engine} refuses increasing" in (found.message or "")


def test_values_of_a_type_nobody_knows_are_not_passed():
    """DuckDB has types that no other engine has: what cannot be compared is no pass."""
    import duckdb

    bits = duckdb.sql("SELECT INTERVAL 1 DAY AS x, 1 AS n")
    found, good = check(bits, "duckdb", Check(kind="in_set", column="x", params={"values": ["a"]}), GOOD)
    assert (found.status, good.status) == ("error", "fail")
