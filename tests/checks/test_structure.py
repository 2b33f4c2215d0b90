"""Records that do not fit the table at all: no check can see them, and still none is lost."""

from __future__ import annotations

import pytest

import sentineldq

RAGGED = b"id,name,amount\n1,ann,3.5\n2,bob,4\n3,cid,5,extra,more\n4,dan,6\n"


def contract(**name: object) -> dict[str, object]:
    columns = [
        {"name": "id", "logicalType": "integer"},
        {"name": "name", "logicalType": "string", **name},
        {"name": "amount", "logicalType": "number"},
    ]
    table = {"name": "bytes", "properties": columns}
    return {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "r", "version": "1.0.0", "schema": [table]}


def test_a_record_that_does_not_fit_fails_the_check_of_the_structure():
    result = sentineldq.check(RAGGED, contract())
    [outcome] = [check for check in result.checks if check.name == "structure"]
    assert (outcome.status, outcome.severity, outcome.evaluated, outcome.failed) == ("fail", "CRITICAL", 4, 1)
    assert outcome.samples == [["3", "cid", "5", "extra", "more"]]
    assert not result.passed


def test_its_cells_are_not_shown_where_the_contract_classifies_a_column():
    result = sentineldq.check(RAGGED, contract(classification="confidential"))
    [outcome] = [check for check in result.checks if check.name == "structure"]
    assert outcome.samples == ["row 4"]


def test_a_file_whose_records_all_fit_has_no_such_check():
    result = sentineldq.check(b"id,name,amount\n1,ann,3.5\n", contract())
    assert "structure" not in [check.name for check in result.checks]
    assert result.passed


def test_a_line_that_is_no_json_fails_it_too():
    result = sentineldq.check(b'{"id": 1, "name": "ann", "amount": 2.5}\n{"id": 2,\n', contract())
    [outcome] = [check for check in result.checks if check.name == "structure"]
    assert (outcome.evaluated, outcome.failed) == (2, 1)


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_a_split_keeps_it_among_the_bad_rows_with_its_cells(engine):
    parts = sentineldq.split(RAGGED, contract(), engine=engine)
    assert len(parts.good.collect()) == 3
    [row] = parts.bad.collect().to_polars().to_dicts()
    assert row["id"] is None
    [reason] = row["_errors"]
    assert reason["check"] == "extra-cell"
    assert reason["message"].endswith('["3","cid","5","extra","more"]')
