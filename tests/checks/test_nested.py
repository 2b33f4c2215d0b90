"""Paths into structs and arrays, as a contract has them."""

from __future__ import annotations

from typing import Any

import polars as pl

import sentineldq
from sentineldq import Check

EVENTS = pl.DataFrame(
    {
        "id": [1, 2, 3, 4],
        "actor": [{"login": "ann"}, {"login": None}, None, {"login": "Ann!"}],
        "commits": [
            [{"sha": "aa", "files": ["x"]}, {"sha": "bb", "files": []}],
            [],
            None,
            [{"sha": "b", "files": ["x", ""]}, {"sha": None, "files": None}],
        ],
    }
)
CONTRACT = {
    "apiVersion": "v3.1.0",
    "kind": "DataContract",
    "id": "c",
    "version": "1.0.0",
    "status": "active",
    "schema": [
        {
            "name": "events",
            "properties": [
                {"name": "id", "logicalType": "integer"},
                {
                    "name": "actor",
                    "logicalType": "object",
                    "properties": [
                        {
                            "name": "login",
                            "logicalType": "string",
                            "required": True,
                            "logicalTypeOptions": {"pattern": "^[a-z]+$"},
                        }
                    ],
                },
                {
                    "name": "commits",
                    "logicalType": "array",
                    "items": {
                        "logicalType": "object",
                        "properties": [
                            {
                                "name": "sha",
                                "logicalType": "string",
                                "required": True,
                                "unique": True,
                                "logicalTypeOptions": {"minLength": 2},
                            },
                            {
                                "name": "files",
                                "logicalType": "array",
                                "items": {"logicalType": "string", "logicalTypeOptions": {"minLength": 1}},
                            },
                        ],
                    },
                },
            ],
        }
    ],
}


def test_counts_are_of_objects_and_elements(engine: str):
    result = sentineldq.check(EVENTS, CONTRACT, engine=engine)
    found = {outcome.name: (outcome.evaluated, outcome.failed) for outcome in result.checks}
    assert result.rows == 4
    assert (
        found
        | {
            "actor.type": (3, 0),
            "actor.login.not_null": (3, 1),  # where there is no actor, no login is asked for
            "actor.login.pattern": (2, 1),
            "commits[].sha.not_null": (4, 1),
            "commits[].sha.unique": (3, 0),
            "commits[].sha.length": (3, 1),
            "commits[].files[].length": (3, 1),
        }
        == found
    )


def test_rows_fail_with_their_elements(engine: str, rows: Any):
    halves = sentineldq.split(EVENTS, CONTRACT, engine=engine)
    assert sorted(row["id"] for row in rows(halves.good)) == [1, 3]
    bad = {row["id"]: {error["check"] for error in row["_errors"]} for row in rows(halves.bad)}
    assert bad[2] == {"actor.login.not_null"}
    assert bad[4] == {
        "actor.login.pattern",
        "commits[].sha.not_null",
        "commits[].sha.length",
        "commits[].files[].length",
    }


def test_a_column_whose_name_has_a_dot_comes_first(engine: str):
    data = pl.DataFrame({"a.b": [1, None], "a": [{"b": 1}, {"b": 1}]})
    (found,) = sentineldq.check(data, checks=[Check(kind="not_null", column="a.b")], engine=engine).checks
    assert found.failed == 1


def test_a_column_whose_name_has_a_dot_splits(engine: str, rows: Any):
    data = pl.DataFrame({"a.b": [1, None], "c`d": [1, 2]})
    halves = sentineldq.split(data, checks=[Check(kind="not_null", column="a.b")], engine=engine)
    assert rows(halves.good) == [{"a.b": 1, "c`d": 1}]
    assert [row["c`d"] for row in rows(halves.bad)] == [2]
