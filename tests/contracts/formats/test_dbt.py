"""dbt schema files, read and written."""

from __future__ import annotations

import pytest
import yaml

from sentineldq.contracts.formats import dbt
from sentineldq.contracts.formats.base import contract, rule
from sentineldq.contracts.model import Property, SchemaObject
from sentineldq.errors import ContractError


def read(text):
    return dbt.read(text, name="shop")


def column(tests):
    """Notes and the property of a model with one column that has these tests."""
    found = read(yaml.safe_dump({"models": [{"name": "m", "columns": [{"name": "a", "data_tests": tests}]}]}))
    return found.notes, found.contract.schema[0].properties[0]


def made(test):
    """The implementation of the one rule that a test of a column becomes."""
    notes, prop = column([test])
    assert notes == []
    return prop.quality[0].implementation


def table(test):
    found = read(yaml.safe_dump({"models": [{"name": "m", "data_tests": [test]}]}))
    assert found.notes == []
    return found.contract.schema[0].quality[0].implementation


def test_bare_tests_become_fields():
    notes, prop = column(
        [
            "not_null",
            "unique",
            {"accepted_values": {"values": ["x"]}},
            {"relationships": {"to": "ref('c')", "field": "id"}},
        ]
    )
    assert notes == []
    assert (prop.required, prop.unique, prop.enum[0].value, prop.relationships[0].to) == (
        True,
        True,
        "x",
        "c.id",
    )
    assert prop.quality == []


def test_a_test_with_a_configuration_becomes_a_rule():
    notes, prop = column(
        [
            {
                "not_null": {
                    "name": "x",
                    "config": {"severity": "warn", "where": "b = 1", "warn_if": ">10", "tags": ["t"]},
                }
            }
        ]
    )
    assert notes == []
    (quality,) = prop.quality
    assert (quality.name, quality.severity, quality.tags) == ("x", "WARNING", ["t"])
    assert quality.implementation == {
        "check": "not_null",
        "threshold": {"less_or_equal": 10},
        "where": "b = 1",
    }
    assert not prop.required


@pytest.mark.parametrize(
    ("condition", "threshold"),
    [
        (">5", {"less_or_equal": 5}),
        (">= 5", {"less": 5}),
        ("!=3", {"equal": 3}),
        ("<2", {"greater_or_equal": 2}),
        ("!=0", None),
    ],
)
def test_error_if_is_the_threshold_negated(condition, threshold):
    implementation = made({"not_null": {"name": "x", "error_if": condition}})
    assert implementation.get("threshold") == threshold


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ({"dbt_utils.accepted_range": {"min_value": 0, "inclusive": False}}, {"check": "between", "min": 0, "strict_min": True}),
        ({"dbt_utils.accepted_range": {"arguments": {"max_value": "'2020-01-01'"}}}, {"check": "between", "max": "2020-01-01"}),
        ({"dbt_utils.not_null_proportion": {"at_least": 0.95}}, {"check": "not_null", "tolerance": 0.05}),
        ("dbt_utils.at_least_one", {"check": "null_share", "max": 1, "strict_max": True}),
        ("dbt_utils.not_constant", {"check": "distinct_count", "min": 2}),
        ("dbt_utils.not_empty_string", {"check": "matches", "pattern": r"\S"}),
        ({"dbt_utils.not_accepted_values": {"values": ["x"]}}, {"check": "not_in_set", "values": ["x"]}),
        ({"relationships": {"to": "source('raw', 'c')", "field": "id", "config": {"where": "x"}}},
         {"check": "foreign_key", "dataset": "c", "fields": ["id"], "where": "x"}),
        ({"dbt_utils.relationships_where": {"to": "ref('c')", "field": "id", "from_condition": "a > 1"}},
         {"check": "foreign_key", "dataset": "c", "fields": ["id"], "where": "a > 1"}),
        ({"dbt_expectations.expect_column_mean_to_be_between": {"min_value": 1, "strictly": True}},
         {"check": "mean", "min": 1, "strict_min": True}),
        ({"dbt_expectations.expect_column_values_to_be_of_type": {"column_type": "date"}}, {"check": "type", "type": "date"}),
        ({"dbt_expectations.expect_row_values_to_have_recent_data": {"datepart": "hour", "interval": 6}},
         {"check": "freshness", "max_age": "6h"}),
    ],
)  # fmt: skip
def test_packages_are_understood(test, expected):
    assert made(test) == expected


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ({"dbt_utils.expression_is_true": {"expression": "a > 1"}}, {"check": "expression", "sql": "a > 1"}),
        ({"dbt_utils.unique_combination_of_columns": {"combination_of_columns": ["a", "b"]}},
         {"check": "unique_together", "columns": ["a", "b"], "ignore_missing": "never"}),
        ({"dbt_utils.equal_rowcount": {"compare_model": "ref('o')"}}, {"check": "row_count_equals", "dataset": "o"}),
        ({"dbt_utils.recency": {"datepart": "day", "field": "at", "interval": 1}},
         {"check": "freshness", "column": "at", "max_age": "1d"}),
        ({"dbt_expectations.expect_table_row_count_to_be_between": {"min_value": 1}}, {"check": "row_count", "min": 1}),
        ({"dbt_expectations.expect_column_pair_values_A_to_be_greater_than_B": {"column_A": "a", "column_B": "b"}},
         {"check": "pair_greater", "columns": ["a", "b"], "ignore_missing": "all"}),
    ],
)  # fmt: skip
def test_tests_of_a_model(test, expected):
    assert table(test) == expected


def test_an_expression_of_a_column_starts_with_it():
    found = read(
        "models: [{name: m, columns: [{name: a, tests: [{dbt_utils.expression_is_true: {expression: '> 1'}}]}]}]"
    )
    assert found.contract.schema[0].quality[0].implementation == {"check": "expression", "sql": '"a" > 1'}


@pytest.mark.parametrize(
    "test",
    [
        "my_own_test",
        "elementary.volume_anomalies",
        {"dbt_utils.sequential_values": {"interval": 1}},
        {"accepted_values": {"values": "{{ var('x') }}"}},
        {"not_null": {"config": {"enabled": False}}},
        {"not_null": {"where": "{{ x }}"}},
        {"not_null": {"name": "x", "error_if": "between 1 and 2"}},
        {"dbt_utils.accepted_range": {"min_value": "now()"}},
        {"dbt_utils.at_least_one": {"group_by_columns": ["b"]}},
        {"dbt_expectations.expect_column_values_to_be_increasing": {"sort_column": "b"}},
        {"dbt_expectations.expect_column_values_to_match_regex": {"regex": "a", "flags": "i"}},
    ],
)
def test_what_has_no_check_is_noted_and_left_out(test):
    notes, prop = column([test])
    assert len(notes) == 1
    assert notes[0].path.startswith("models[0].columns[0].data_tests[0]")
    assert prop.quality == []
    assert not prop.required


def test_models_sources_and_constraints():
    found = read("""
        version: 2
        models:
          - name: orders
            description: All of them
            constraints: [{type: primary_key, columns: [a, b]}, {type: check, expression: a > 0}]
            columns: [{name: a, data_type: "numeric(10,2)", constraints: [{type: not_null}]}, {name: b}]
        sources:
          - name: raw
            loaded_at_field: at
            freshness: {warn_after: {count: 2, period: hour}, error_after: {count: 1, period: day}}
            tables: [{name: events, identifier: EV}]
        exposures: [{name: x}]
    """)
    orders, events = found.contract.schema
    assert orders.primary_key == ["a", "b"]
    assert orders.description == "All of them"
    assert (orders.properties[0].logical_type, orders.properties[0].physical_type) == (
        "number",
        "numeric(10,2)",
    )
    assert orders.properties[0].required
    assert orders.quality[0].implementation == {"check": "expression", "sql": "a > 0"}
    assert (events.name, events.physical_name) == ("events", "EV")
    assert [(q.severity, q.implementation["max_age"]) for q in events.quality] == [
        ("WARNING", "2h"),
        ("CRITICAL", "1d"),
    ]
    assert [note.path for note in found.notes] == ["exposures"]


def test_a_key_of_several_columns_is_a_constraint():
    keys = [
        Property(name=name, primary_key=True, primary_key_position=place)
        for name, place in (("a", 2), ("b", 1))
    ]
    written = dbt.write(contract("shop", [SchemaObject(name="orders", properties=keys)]))
    (model,) = yaml.safe_load(written.text)["models"]
    assert model["constraints"] == [{"type": "primary_key", "columns": ["b", "a"]}]
    assert read(written.text).contract.schema[0].primary_key == ["b", "a"]


def test_every_object_is_a_model():
    objects = [SchemaObject(name="a", physical_name="A1"), SchemaObject(name="b")]
    written = dbt.write(contract("shop", objects))
    assert [model["name"] for model in yaml.safe_load(written.text)["models"]] == ["a", "b"]
    assert read(written.text).contract.schema == objects


def test_what_dbt_cannot_say_is_noted():
    rules = [
        rule("unique", tolerance=0.1),
        rule("between", params={"min": 1, "max": 2, "strict_min": True}),
        rule("iqr", params={"factor": 2}),
        rule("not_null", severity="INFO"),
    ]
    item = SchemaObject(name="m", properties=[Property(name="a", quality=rules, classification="pii")])
    paths = [note.path for note in dbt.write(contract("shop", [item])).notes]
    inner = "schema[m].properties[a]"
    assert sorted(paths) == sorted(
        [
            f"{inner}.classification",
            *(f"{inner}.quality[{i}]" for i in range(3)),
            f"{inner}.quality[3].severity",
        ]
    )


def test_another_document_is_refused():
    with pytest.raises(ContractError, match="a dbt schema file has"):
        read("semantic_models: []")
