"""Samples of failing values: few, different, masked where the contract classifies them."""

from __future__ import annotations

from typing import Any

import polars as pl

import sentineldq
from sentineldq import Check

DATA = pl.DataFrame(
    {
        "id": [1, 2, 3, 4, 5, 6],
        "mail": ["a@b.co", "x", "x", "y", None, "z"],
        "tags": [["ok"], ["no"], [], None, ["no", "ok"], ["non"]],
    }
)
MAIL = Check(kind="format", column="mail", params={"format": "email"})


def samples(engine: str, *checks: Check, **more: Any) -> list[list[Any]]:
    return [
        outcome.samples for outcome in sentineldq.check(DATA, checks=checks, engine=engine, **more).checks
    ]


def contract(**mail: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "c",
        "version": "1.0.0",
        "status": "active",
        "schema": [
            {
                "name": "data",
                "properties": [
                    {"name": "id", "logicalType": "integer"},
                    {
                        "name": "mail",
                        "logicalType": "string",
                        "logicalTypeOptions": {"format": "email"},
                        **mail,
                    },
                ],
            }
        ],
    }


def test_samples_are_different_failing_values(engine: str):
    (found,) = samples(engine, MAIL)
    assert sorted(found) == ["x", "y", "z"]


def test_samples_are_limited(engine: str):
    assert [len(found) for found in samples(engine, MAIL, samples=2)] == [2]
    assert samples(engine, MAIL, samples=0) == [[]]


def test_samples_of_several_columns_are_maps(engine: str):
    pair = Check(kind="pair_equal", columns=("id", "id"), params={})
    several = Check(kind="filled", columns=("id", "mail"), params={"min": 2})
    assert samples(engine, pair, several) == [[], [{"id": 5, "mail": None}]]


def test_samples_of_an_expression_are_rows(engine: str):
    rule = Check(kind="expression", params={"sql": "id < 6"})
    assert samples(engine, rule) == [[{"id": 6, "mail": "z", "tags": ["non"]}]]


def test_samples_of_elements(engine: str):
    found = samples(engine, Check(kind="in_set", column="tags[]", params={"values": ["ok"]}))
    assert [sorted(values) for values in found] == [["no", "non"]]


def test_missing_values_are_no_samples(engine: str):
    assert samples(engine, Check(kind="not_null", column="mail")) == [[]]


def test_outliers_have_samples(engine: str):
    data = pl.DataFrame({"n": [1, 2, 1, 2, 1, 2, 99]})
    result = sentineldq.check(data, checks=[Check(kind="iqr", column="n")], engine=engine)
    assert result.checks[0].samples == [99]


def test_classified_columns_are_masked(engine: str):
    for mail in ({"classification": "restricted"}, {"tags": ["pii"]}):
        result = sentineldq.check(DATA, contract(**mail), engine=engine)
        found = {outcome.name: outcome.samples for outcome in result.checks}["mail.format"]
        assert found
        assert set(found) == {"***"}


def test_expressions_over_classified_columns_are_masked(engine: str):
    rule = Check(kind="expression", params={"sql": "id < 6"})
    result = sentineldq.check(DATA, contract(classification="restricted"), checks=[rule], engine=engine)
    assert result.checks[-1].samples == [{"id": 6, "mail": "***", "tags": ["non"]}]


def test_public_columns_are_shown():
    result = sentineldq.check(DATA, contract(classification="public"))
    assert "x" in {outcome.name: outcome.samples for outcome in result.checks}["mail.format"]
