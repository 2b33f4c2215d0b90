"""Soda contracts, read and written."""

from __future__ import annotations

import duckdb
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.contracts.formats import soda
from sentineldq.contracts.formats.base import contract, rule
from sentineldq.contracts.model import Property, Quality, SchemaObject
from sentineldq.errors import ContractError


def read(**document):
    return soda.read(yaml.safe_dump({"dataset": "pg/db/orders", **document}), name="x")


def column(*checks, **more):
    """Notes and the property that one column becomes."""
    found = read(columns=[{"name": "a", "checks": list(checks), **more}])
    return found.notes, found.contract.schema[0].properties[0]


def made(check, **more):
    """The one rule that a check of a column becomes."""
    notes, prop = column(check, **more)
    assert notes == []
    return prop.quality[0]


def table(check):
    found = read(columns=[{"name": "a"}, {"name": "b"}], checks=[check])
    assert found.notes == []
    return found.contract.schema[0].quality[0]


def test_bare_checks_become_fields():
    notes, prop = column(
        {"missing": None}, {"duplicate": None}, {"invalid": {"valid_values": ["x"]}}, {"invalid": {"valid_max_length": 3}},
        data_type="varchar(3)",
    )  # fmt: skip
    assert notes == []
    assert (prop.required, prop.unique, prop.logical_type, prop.options.max_length) == (
        True,
        True,
        "string",
        3,
    )
    assert [member.value for member in prop.enum] == ["x"]
    assert prop.quality == []


def test_thresholds_use_the_library_of_odcs():
    quality = made({"missing": {"threshold": {"metric": "percent", "must_be_less_than": 5}}})
    assert quality == Quality(metric="nullValues", must_be_less_than=5, unit="percent")
    quality = made({"missing": {"missing_values": ["N/A"], "name": "gaps"}})
    assert quality == Quality(
        metric="missingValues", arguments={"missingValues": [None, "N/A"]}, must_be=0, name="gaps"
    )
    quality = table({"row_count": {"threshold": {"must_be_between": [1, 9]}}})
    assert quality == Quality(metric="rowCount", must_be_between=[1, 9])
    assert table({"row_count": None}) == Quality(metric="rowCount", must_be_greater_than=0)
    quality = table({"duplicate": {"columns": ["a", "b"]}})
    assert quality == Quality(metric="duplicateValues", arguments={"properties": ["a", "b"]}, must_be=0)


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ({"invalid": {"invalid_values": ["x"]}}, {"check": "not_in_set", "values": ["x"]}),
        ({"invalid": {"invalid_format": {"regex": "x", "name": "X"}}}, {"check": "not_matches", "pattern": "x"}),
        ({"invalid": {"valid_min": 1, "valid_max": 5, "threshold": {"must_be_less_than": 3}}},
         {"check": "between", "min": 1, "max": 5, "threshold": {"less": 3}}),
        ({"invalid": {"valid_length": 3, "threshold": {"metric": "percent", "must_be_less_than_or_equal": 2}}},
         {"check": "length", "min": 3, "max": 3, "tolerance": 0.02}),
        ({"invalid": {"valid_reference_data": {"dataset": "c", "column": "id"}}},
         {"check": "foreign_key", "dataset": "c", "fields": ["id"]}),
        ({"aggregate": {"function": "avg", "threshold": {"must_be_between": {"greater_than": 1, "less_than_or_equal": 2}}}},
         {"check": "mean", "min": 1, "strict_min": True, "max": 2}),
        ({"failed_rows": {"expression": "a > 1", "filter": "b = 1"}}, {"check": "expression", "sql": "NOT (a > 1)", "where": "b = 1"}),
    ],
)  # fmt: skip
def test_checks_of_a_column(check, expected):
    assert made(check).implementation == expected


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ({"schema": None}, {"check": "columns_in_order", "columns": ["a", "b"]}),
        ({"schema": {"allow_extra_columns": True, "allow_other_column_order": True}},
         {"check": "columns_equal_set", "columns": ["a", "b"], "exact": False}),
        ({"freshness": {"column": "at", "threshold": {"unit": "day", "must_be_less_than": 2}}},
         {"check": "freshness", "column": "at", "max_age": "2d"}),
        ({"failed_rows": {"query": "SELECT 1"}}, {"check": "query_returns_none", "query": "SELECT 1"}),
    ],
)  # fmt: skip
def test_checks_of_the_dataset(check, expected):
    assert table(check).implementation == expected


def test_metrics_are_queries():
    quality = table(
        {"metric": {"expression": "sum(a)", "filter": "b = 1", "threshold": {"must_be_greater_than": 4}}}
    )
    assert quality == Quality(
        type="sql", query="SELECT sum(a) FROM ${table} WHERE b = 1", must_be_greater_than=4
    )


def test_levels_attributes_and_column_wide_validity():
    quality = made(
        {
            "invalid": {
                "threshold": {"must_be": 0, "level": "warn"},
                "attributes": {"team": "x"},
                "qualifier": 7,
            }
        },
        valid_min=1,
    )
    assert (quality.severity, quality.custom("meta.team"), quality.custom("soda.qualifier")) == (
        "WARNING",
        "x",
        "7",
    )
    assert quality.implementation == {"check": "between", "min": 1}


def test_the_filter_of_the_dataset_is_that_of_every_check():
    found = read(
        filter="at > '${var.START}'", variables={"START": {"default": "2020"}},
        columns=[{"name": "a", "checks": [{"missing": None}]}],
    )  # fmt: skip
    assert found.contract.schema[0].properties[0].quality[0].implementation["where"] == "at > '2020'"
    assert [note.path for note in read(filter="at > '${var.START}'").notes] == ["filter"]


@pytest.mark.parametrize(
    "check",
    [
        {"weird": {}},
        {"invalid": {}},
        {"missing": {"missing_format": {"regex": "x", "name": "x"}}},
        {"missing": {"filter": "a > ${var.X}"}},
        {"aggregate": {"function": "median_of_medians", "threshold": {"must_be": 1}}},
        {"invalid": {"valid_min": 1, "valid_format": {"regex": "x"}, "threshold": {"must_be_less_than": 3}}},
        {"failed_rows": {"query": "SELECT 1", "threshold": {"must_be_less_than": 3}}},
        {"type": "no_missing_values", "name": "old"},
    ],
)
def test_what_has_no_check_is_noted_and_left_out(check):
    notes, prop = column(check)
    assert notes[0].path.startswith("columns[0].checks[0]")
    assert prop.quality == []
    assert not prop.required


def test_sodacl_is_noted():
    found = soda.read("checks for orders:\n  - row_count > 0\n", name="x")
    assert [(note.path, found.contract.schema[0].name) for note in found.notes] == [
        ("checks for orders", "orders")
    ]


def test_a_document_without_a_dataset_is_refused():
    with pytest.raises(ContractError, match="dataset"):
        soda.read("columns: []", name="x")


def test_the_whole_name_of_the_dataset_comes_back():
    found = read().contract
    assert found.name == "orders"
    assert yaml.safe_load(soda.write(found).text)["dataset"] == "pg/db/orders"


conditions = st.recursive(
    st.sampled_from(["a", "b", "a = 'NOT ('", "(a)", "(a) OR (b)"]),
    lambda inner: (
        inner.map(lambda sql: f"NOT ({sql})")
        | st.tuples(inner, inner).map(lambda pair: f"({pair[0]}) AND ({pair[1]})")
    ),
    max_leaves=4,
)


@given(sql=conditions)
def test_a_negated_condition_is_true_where_it_was_false(sql):
    for a, b in ((True, False), (False, True), (True, True)):
        sides = (
            sql.replace("a = 'NOT ('", "(a::text = 'NOT (')"),
            soda.negated(sql).replace("a = 'NOT ('", "(a::text = 'NOT (')"),
        )
        (row,) = duckdb.sql(f"SELECT {sides[0]}, {sides[1]} FROM (VALUES ({a}, {b})) t(a, b)").fetchall()
        assert row[0] is not row[1]


def test_a_condition_negated_twice_is_itself():
    for sql in ("a > 1", "(a) OR (b)", "NOT (a) OR NOT (b)", "x = ')'"):
        assert soda.negated(soda.negated(sql)) == sql


def test_what_soda_cannot_say_is_noted():
    rules = [
        rule("iqr", params={"factor": 2}),
        rule("between", params={"min": 1, "strict_min": True}),
        rule("not_null", tolerance={"warn": 0.1, "fail": 0.2}),
        rule("mean", params={"min": 1}, tolerance=0.1),
        rule("not_null", severity="INFO"),
    ]
    item = SchemaObject(name="m", properties=[Property(name="a", quality=rules)])
    inner = "schema[m].properties[a]"
    assert [note.path for note in soda.write(contract("m", [item])).notes] == [
        *(f"{inner}.quality[{i}]" for i in range(4)), f"{inner}.quality[4].severity",
    ]  # fmt: skip
