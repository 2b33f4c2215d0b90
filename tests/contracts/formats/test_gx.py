"""Great Expectations suites, read and written."""

from __future__ import annotations

import json

import pytest

from sentineldq.contracts.formats import gx
from sentineldq.contracts.formats.base import contract, rule
from sentineldq.contracts.formats.expectations import TABLE, UNSUPPORTED
from sentineldq.contracts.model import EnumValue, Property, SchemaObject, TypeOptions
from sentineldq.errors import ContractError


def read(*expectations, **suite):
    return gx.read(json.dumps({"expectations": list(expectations), **suite}), name="orders")


def one(name, **kwargs):
    """The implementation of the one rule that an expectation becomes."""
    converted = read({"type": name, "kwargs": kwargs})
    assert converted.notes == []
    (quality,) = converted.contract.schema[0].quality
    return quality.implementation


def test_old_and_new_suites_say_the_same():
    old = {"expectation_suite_name": "s", "expectations": [
        {"expectation_type": "expect_column_values_to_not_be_null", "kwargs": {"column": "a"}}
    ], "meta": {"great_expectations_version": "0.18.1"}}  # fmt: skip
    new = {"name": "s", "expectations": [
        {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "a"}, "severity": "critical"}
    ]}  # fmt: skip
    first, second = (gx.read(json.dumps(suite), name="x").contract for suite in (old, new))
    assert first.name == second.name == "s"
    assert first.schema[0].quality[0].implementation == {"check": "not_null", "column": "a"}
    assert second.schema[0].quality[0].implementation == first.schema[0].quality[0].implementation
    assert second.schema[0].quality[0].severity == "CRITICAL"


def test_a_bare_list_is_a_suite():
    text = json.dumps([{"expectation_type": "expect_column_values_to_be_unique", "kwargs": {"column": "a"}}])
    found = gx.read(text, name="orders").contract
    assert found.name == "orders"
    assert found.schema[0].quality[0].implementation == {"check": "unique", "column": "a"}


def test_each_expectation_is_one_check_in_order():
    names = ["expect_column_values_to_be_unique", "expect_column_values_to_not_be_null"] * 2
    found = read(
        *({"type": name, "kwargs": {"column": column}} for name, column in zip(names, "abab", strict=True))
    )
    rules = [quality.implementation for quality in found.contract.schema[0].quality]
    assert [(item["check"], item["column"]) for item in rules] == [
        ("unique", "a"), ("not_null", "b"), ("unique", "a"), ("not_null", "b"),
    ]  # fmt: skip
    assert found.contract.schema[0].properties == []


@pytest.mark.parametrize(
    ("name", "kwargs", "expected"),
    [
        ("expect_column_values_to_be_between", {"min_value": 1, "max_value": None, "strict_min": True},
         {"check": "between", "min": 1, "strict_min": True}),
        ("expect_column_value_lengths_to_equal", {"value": 3}, {"check": "length", "min": 3, "max": 3}),
        ("expect_column_values_to_match_regex", {"regex": "b"}, {"check": "matches", "pattern": "b"}),
        ("expect_column_values_to_match_regex_list", {"regex_list": ["a", "b"], "match_on": "all"},
         {"check": "matches_all", "patterns": ["a", "b"]}),
        ("expect_column_values_to_match_regex_list", {"regex_list": ["a"]}, {"check": "matches_any", "patterns": ["a"]}),
        ("expect_column_values_to_not_match_like_pattern", {"like_pattern": "a%"}, {"check": "not_like", "patterns": ["a%"]}),
        ("expect_column_values_to_be_of_type", {"type_": "VARCHAR"}, {"check": "type", "type": "string"}),
        ("expect_column_values_to_be_in_type_list", {"type_list": ["INTEGER", "float"]}, {"check": "type", "type": "number"}),
        ("expect_column_values_to_be_increasing", {"strictly": True}, {"check": "increasing", "strict": True}),
        ("expect_column_value_z_scores_to_be_less_than", {"threshold": 2, "double_sided": False},
         {"check": "zscore", "max": 2, "double_sided": False}),
        ("expect_column_proportion_of_non_null_values_to_be_between", {"min_value": 0.9, "strict_min": True},
         {"check": "null_share", "max": 0.1, "strict_max": True}),
        ("expect_column_kl_divergence_to_be_less_than",
         {"partition_object": {"values": ["a"], "weights": [1]}, "threshold": 0.1},
         {"check": "distribution", "method": "kl", "reference": {"values": ["a"], "weights": [1]}, "max": 0.1}),
        ("expect_column_quantile_values_to_be_between",
         {"quantile_ranges": {"quantiles": [0.5], "value_ranges": [[None, 2]]}},
         {"check": "quantiles", "quantiles": [0.5], "ranges": [[None, 2]]}),
    ],
)  # fmt: skip
def test_arguments_become_parameters(name, kwargs, expected):
    assert one(name, column="a", **kwargs) == {"column": "a", **expected}


@pytest.mark.parametrize(
    ("name", "kwargs", "expected"),
    [
        ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "a", "column_B": "b", "or_equal": True},
         {"check": "pair_greater", "columns": ["a", "b"], "or_equal": True, "ignore_missing": "all"}),
        ("expect_column_pair_values_to_be_equal",
         {"column_A": "a", "column_B": "b", "ignore_row_if": "neither"},
         {"check": "pair_equal", "columns": ["a", "b"], "ignore_missing": "never"}),
        ("expect_compound_columns_to_be_unique", {"column_list": ["a", "b"], "ignore_row_if": "any_value_is_missing"},
         {"check": "unique_together", "columns": ["a", "b"]}),
        ("expect_compound_columns_to_be_unique", {"column_list": ["a", "b"]},
         {"check": "unique_together", "columns": ["a", "b"], "ignore_missing": "all"}),
        ("expect_table_row_count_to_equal", {"value": 4}, {"check": "row_count", "min": 4, "max": 4}),
        ("expect_table_columns_to_match_set", {"column_set": ["a"], "exact_match": False},
         {"check": "columns_equal_set", "columns": ["a"], "exact": False}),
        ("expect_column_to_exist", {"column": "a", "column_index": 2}, {"check": "column_exists", "name": "a", "position": 2}),
        ("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT * FROM {batch} WHERE a > 1"},
         {"check": "query_returns_none", "query": "SELECT * FROM ${table} WHERE a > 1"}),
    ],
)  # fmt: skip
def test_expectations_about_several_columns_or_the_table(name, kwargs, expected):
    assert one(name, **kwargs) == expected


def test_mostly_is_what_may_fail():
    assert one("expect_column_values_to_be_null", column="a", mostly=0.9)["tolerance"] == 0.1
    assert "tolerance" not in one("expect_column_values_to_be_null", column="a", mostly=1.0)


def test_a_row_condition_is_a_filter():
    kwargs = {"column": "a", "row_condition": 'col("b").notNull()', "condition_parser": "great_expectations"}
    assert one("expect_column_values_to_be_null", **kwargs)["where"] == '"b" IS NOT NULL'


def test_the_moment_of_the_run_is_a_bound():
    bound = {"$PARAMETER": "now() - timedelta(days=2)"}
    assert one("expect_column_max_to_be_between", column="a", min_value=bound)["min"] == "now - 172800s"


def test_what_has_no_check_is_noted_and_left_out():
    converted = read(
        {"type": "expect_column_pair_values_to_have_diff", "kwargs": {"column_A": "a", "column_B": "b"}},
        {"type": "expect_the_impossible", "kwargs": {"column": "a"}},
        {"type": "expect_column_values_to_be_null",
         "kwargs": {"column": "a", "row_condition": "f(x) == 1", "condition_parser": "pandas"}},
        {"type": "expect_column_max_to_be_between", "kwargs": {"column": "a", "max_value": {"$PARAMETER": "yesterday()"}}},
        {"type": "expect_column_values_to_be_null", "kwargs": {"column": "a", "mostly": "most"}},
        {"type": "expect_column_values_to_be_of_type", "kwargs": {"column": "a", "type_": "object"}},
        {"type": "expect_column_values_to_be_in_type_list", "kwargs": {"column": "a", "type_list": ["int", "str"]}},
        {"type": "expect_column_kl_divergence_to_be_less_than",
         "kwargs": {"column": "a", "partition_object": {}, "threshold": 1, "internal_weight_holdout": 0.1}},
    )  # fmt: skip
    assert converted.contract.schema[0].quality == []
    assert [note.path for note in converted.notes] == [f"expectations[{i}]" for i in range(8)]


def test_arguments_that_nobody_knows_are_noted():
    kwargs = {
        "column": "a",
        "min_value": 1,
        "parse_strings_as_datetimes": True,
        "colour": "red",
        "auto": False,
    }
    converted = read({"type": "expect_column_values_to_be_between", "kwargs": kwargs})
    assert [note.path.rpartition(".")[2] for note in converted.notes] == [
        "parse_strings_as_datetimes",
        "colour",
    ]
    assert len(converted.contract.schema[0].quality) == 1


def test_parameters_that_are_known_are_filled_in():
    kwargs = {
        "column": "a",
        "min_value": {"$PARAMETER": "low"},
        "max_value": {"$PARAMETER": "datetime(2020, 1, 1) + timedelta(days=1)"},
    }
    found = read(
        {"type": "expect_column_values_to_be_between", "kwargs": kwargs},
        evaluation_parameters={"low": "2019-01-01"},
    )
    rule_ = found.contract.schema[0].quality[0].implementation
    assert (rule_["min"], rule_["max"]) == ("2019-01-01", "2020-01-02T00:00:00")


def test_a_type_with_a_width_is_noted():
    converted = read(
        {"type": "expect_column_values_to_be_of_type", "kwargs": {"column": "a", "type_": "int64"}}
    )
    assert converted.contract.schema[0].quality[0].implementation["type"] == "integer"
    assert "width" in converted.notes[0].why


def test_metadata_never_steers_a_check():
    entry = {
        "type": "expect_column_values_to_be_unique",
        "kwargs": {"column": "a"},
        "meta": {"column": "b", "notes": "why"},
    }
    (quality,) = read(entry).contract.schema[0].quality
    assert quality.description == "why"
    assert [item.property for item in quality.custom_properties] == ["meta.column"]


def test_fold_states_what_fields_say_exactly():
    def entry(name, **kwargs):
        return {"type": f"expect_column_values_to_{name}", "kwargs": {"column": "a", **kwargs}}

    suite = [
        entry("not_be_null"),
        entry("be_unique", mostly=0.9),
        entry("be_in_set", value_set=["x"]),
        entry("match_regex", regex="^x"),
        entry("match_regex", regex="x$"),
    ]
    item = gx.read(json.dumps(suite), name="orders", fold=True).contract.schema[0]
    (prop,) = item.properties
    assert (prop.required, prop.unique, prop.enum[0].value, prop.options.pattern) == (True, False, "x", "^x")
    assert [quality.implementation["check"] for quality in item.quality] == ["unique", "matches"]


def test_fields_of_a_contract_become_expectations():
    prop = Property(
        name="a", logical_type="string", required=True, unique=True,
        enum=[EnumValue(value="x")], logical_type_options=TypeOptions(pattern="^x", max_length=3),
    )  # fmt: skip
    written = gx.write(contract("orders", [SchemaObject(name="orders", properties=[prop])]))
    assert [entry["type"] for entry in json.loads(written.text)["expectations"]] == [
        "expect_column_values_to_not_be_null",
        "expect_column_values_to_be_unique",
        "expect_column_values_to_be_of_type",
        "expect_column_values_to_be_in_set",
        "expect_column_value_lengths_to_be_between",
        "expect_column_values_to_match_regex",
    ]
    assert written.notes == []


def test_what_gx_cannot_say_is_noted():
    rules = [
        rule("iqr", column="a", params={"factor": 1.5}),
        rule("not_null", column="a", threshold={"less": 3}),
        rule("mean", column="a", params={"min": 1}, tolerance=0.1),
        rule("length", column="a", params={"min": 1}, where="b > 1"),
    ]
    written = gx.write(contract("orders", [SchemaObject(name="orders", quality=rules)]))
    assert [note.path for note in written.notes] == [f"schema[orders].quality[{index}]" for index in range(4)]
    (entry,) = json.loads(written.text)["expectations"]
    assert entry["kwargs"]["condition_parser"] == "spark"


def test_a_suite_without_expectations_is_refused():
    with pytest.raises(ContractError, match="a suite has `expectations`"):
        gx.read('{"name": "x"}', name="x.json")


def test_the_guide_lists_every_expectation(pytestconfig):
    guide = (pytestconfig.rootpath / "docs" / "guides" / "conversion.md").read_text()
    names = {item.name for item in TABLE} | set(UNSUPPORTED)
    assert [name for name in sorted(names) if f"`{name}`" not in guide] == []


def test_every_kind_and_parameter_is_in_the_catalogue():
    from sentineldq.checks.definition import catalogue

    known = catalogue()
    bounds = {"min", "max", "strict_min", "strict_max"}
    for item in TABLE:
        definition = known[item.kind]
        takes = set(definition.parameters) | (bounds if definition.bounds else set())
        given = {param for arg in item.args.values() for param in arg.replace("=", "+").split("+")}
        given |= set(item.lists.values()) | set(item.fixed) | ({"ignore_missing"} if item.missing else set())
        assert given <= takes, item.name
