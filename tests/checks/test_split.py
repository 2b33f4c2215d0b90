"""split: every row on one side, every reason with the bad ones, on every engine."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import sentineldq
from sentineldq import Check
from sentineldq.checks.model import Tolerance
from sentineldq.errors import CheckDefinitionError

PRESENT = Check(kind="not_null", column="id")
UNIQUE = Check(kind="unique", column="id")
LONG = Check(kind="length", column="name", params={"min": 3}, name="names are long")
OLD = Check(kind="between", column="age", params={"min": 0})
TAGS = Check(kind="matches", column="tags[]", params={"pattern": "^[a-z]$"})


def split(data: Any, engine: str, *checks: Check, rows: Any, **more: Any) -> tuple[list[Any], list[Any]]:
    halves = sentineldq.split(data, checks=checks, engine=engine, **more)
    return rows(halves.good), rows(halves.bad)


def test_each_row_is_on_one_side_with_all_its_reasons(people: pl.DataFrame, engine: str, rows: Any):
    good, bad = split(people, engine, PRESENT, UNIQUE, LONG, OLD, TAGS, rows=rows)
    assert sorted(row["age"] for row in good) == [30, 40]
    reasons = {row["age"]: [error["check"] for error in row["_errors"]] for row in bad}
    assert reasons == {
        50: ["id.unique", "names are long"],
        60: ["id.unique"],
        70: ["id.not_null"],
        -1: ["names are long", "age.between", "tags[].matches"],
    }


def test_a_reason_says_check_message_columns_and_fingerprint(people: pl.DataFrame, engine: str, rows: Any):
    _, bad = split(people, engine, OLD, rows=rows)
    assert [row["_errors"] for row in bad] == [
        [
            {
                "check": "age.between",
                "message": "expected ≥ 0",
                "columns": ["age"],
                "fingerprint": OLD.fingerprint,
            }
        ]
    ]


def test_quotes_in_a_message_are_text(engine: str, rows: Any):
    check = Check(kind="in_set", column="a", params={"values": ["it's", '"b"']}, name="a 'quoted' \\ name")
    _, bad = split(pl.DataFrame({"a": ["c", "it's"]}), engine, check, rows=rows)
    assert [error["check"] for error in bad[0]["_errors"]] == ["a 'quoted' \\ name"]


def test_both_sides_have_the_columns_of_the_data(people: pl.DataFrame, engine: str, rows: Any):
    good, bad = split(people, engine, PRESENT, UNIQUE, TAGS, rows=rows)
    assert list(good[0]) == ["id", "name", "age", "tags"]
    assert list(bad[0]) == ["id", "name", "age", "tags", "_errors"]


def test_rows_keep_their_order_on_polars(people: pl.DataFrame, rows: Any, engine: str):
    good, bad = split(people, engine, PRESENT, UNIQUE, TAGS, rows=rows)
    if engine == "polars":
        assert [row["age"] for row in good] == [30, 40]
        assert [row["age"] for row in bad] == [50, 60, 70, -1]


@pytest.mark.parametrize("checks", [(), (PRESENT,), (UNIQUE,)], ids=["no checks", "all hold", "probe holds"])
def test_all_good(engine: str, rows: Any, checks: tuple[Check, ...]):
    data = pl.DataFrame({"id": [1, 2, 3]})
    good, bad = split(data, engine, *checks, rows=rows)
    assert sorted(row["id"] for row in good) == [1, 2, 3]
    assert bad == []
    halves = sentineldq.split(data, checks=checks, engine=engine)
    assert halves.bad.collect_schema().names() == ["id", "_errors"]


def test_all_bad(people: pl.DataFrame, engine: str, rows: Any):
    good, bad = split(people, engine, Check(kind="null", column="age"), rows=rows)
    assert (len(good), len(bad)) == (0, 6)


def test_no_rows(people: pl.DataFrame, engine: str, rows: Any):
    assert split(people.clear(), engine, PRESENT, UNIQUE, rows=rows) == ([], [])


@pytest.mark.parametrize("what", ["warn", "allow"])
def test_rows_that_only_warn_stay_good(people: pl.DataFrame, engine: str, rows: Any, what: Any):
    lenient = Check(kind="between", column="age", params={"min": 0}, on_violation=what)
    good, bad = split(people, engine, lenient, PRESENT, rows=rows)
    assert (len(good), len(bad)) == (5, 1)
    assert [error["check"] for error in bad[0]["_errors"]] == ["id.not_null"]


@pytest.mark.parametrize("what", ["quarantine", "drop", "block"])
def test_other_consequences_split(people: pl.DataFrame, engine: str, rows: Any, what: Any):
    strict = Check(kind="between", column="age", params={"min": 0}, on_violation=what)
    good, bad = split(people, engine, strict, rows=rows)
    assert (len(good), len(bad)) == (5, 1)


def test_a_tolerance_is_of_the_batch_not_of_a_row(people: pl.DataFrame, engine: str, rows: Any):
    lenient = Check(kind="between", column="age", params={"min": 0}, tolerance=Tolerance(fail=1.0))
    assert sentineldq.check(people, checks=[lenient], engine=engine).passed
    assert len(split(people, engine, lenient, rows=rows)[1]) == 1


def test_rows_that_a_filter_leaves_out_are_good(people: pl.DataFrame, engine: str, rows: Any):
    _, bad = split(people, engine, Check(kind="unique", column="id", where="age < 60"), rows=rows)
    assert bad == []


def test_references_add_no_rows(people: pl.DataFrame, engine: str, rows: Any):
    known = pl.DataFrame({"who": ["ann", "ann", "bob"]})
    check = Check(kind="foreign_key", column="name", params={"dataset": "known", "fields": ["who"]})
    good, bad = split(people, engine, check, rows=rows, datasets={"known": known})
    assert (sorted(row["age"] for row in good), len(bad)) == ([30, 40], 4)


def test_outliers_among_elements(engine: str, rows: Any):
    """What a check must know beforehand is known of the elements, not of the rows."""
    data = pl.DataFrame({"n": [[1, 2, 1, 2], [1, 2, 100], [2]]})
    _, bad = split(data, engine, Check(kind="iqr", column="n[]"), rows=rows)
    assert [row["n"] for row in bad] == [[1, 2, 100]]


def test_checks_of_the_whole_column_do_not_split(people: pl.DataFrame, engine: str, rows: Any):
    good, _ = split(people, engine, Check(kind="mean", column="age", params={"max": 1}), rows=rows)
    assert len(good) == 6


def test_a_check_that_cannot_be_evaluated_is_named(people: pl.DataFrame, engine: str):
    with pytest.raises(CheckDefinitionError, match=r"nme\.not_null: there is no column 'nme'"):
        sentineldq.split(people, checks=[Check(kind="not_null", column="nme")], engine=engine)
