"""Documents that are not what they should be end in a ContractError that names the place, never in a crash."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentineldq.contracts.formats import FORMATS, find
from sentineldq.contracts.load import load_contract
from sentineldq.contracts.write import dump_contract
from sentineldq.errors import ContractError, UsageError

junk = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)

WHOLE = {
    "gx": {
        "expectation_suite_name": "s",
        "meta": {"great_expectations_version": "0.18"},
        "evaluation_parameters": {"low": 3},
        "expectations": [
            {
                "expectation_type": "expect_column_values_to_be_between",
                "kwargs": {"column": "a", "min_value": {"$PARAMETER": "low"}, "mostly": 0.9},
                "meta": {"notes": {"content": "hm"}, "sentineldq": {"name": "x"}},
            },
            {
                "type": "expect_column_pair_values_to_be_equal",
                "kwargs": {
                    "column_A": "a",
                    "column_B": "b",
                    "row_condition": "a>1",
                    "condition_parser": "pandas",
                },
            },
            {
                "type": "expect_column_quantile_values_to_be_between",
                "kwargs": {"column": "a", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[1, 2]]}},
            },
        ],
    },
    "dbt": {
        "models": [
            {
                "name": "m",
                "config": {"tags": ["x"], "meta": {"a": 1}},
                "columns": [
                    {
                        "name": "a",
                        "data_type": "bigint",
                        "tests": ["not_null", {"accepted_values": {"values": ["x"]}}],
                        "constraints": [{"type": "primary_key"}],
                    },
                    {
                        "name": "b",
                        "tests": [
                            {"dbt_utils.accepted_range": {"min_value": 0, "config": {"warn_if": ">1"}}}
                        ],
                    },
                ],
                "tests": [
                    {"dbt_utils.unique_combination_of_columns": {"combination_of_columns": ["a", "b"]}}
                ],
            }
        ],
        "sources": [
            {
                "name": "s",
                "tables": [{"name": "t", "freshness": {"warn_after": {"count": 1, "period": "day"}}}],
            }
        ],
    },
    "jsonschema": {
        "type": "object",
        "required": ["a"],
        "$defs": {"x": {"type": "string", "minLength": 1}},
        "properties": {
            "a": {"$ref": "#/$defs/x"},
            "b": {
                "type": ["array", "null"],
                "items": {"type": "object", "properties": {"c": {"enum": [1, None]}}},
            },
            "d": {"anyOf": [{"type": "number", "minimum": 1}, {"type": "null"}]},
        },
        "allOf": [{"properties": {"e": {"const": 1}}}],
    },
    "avro": {
        "type": "record",
        "name": "R",
        "fields": [
            {"name": "a", "type": ["null", {"type": "enum", "name": "E", "symbols": ["A"]}]},
            {"name": "b", "type": {"type": "array", "items": {"type": "map", "values": "E"}}},
            {"name": "c", "type": {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}},
            {"name": "d", "type": {"type": "fixed", "name": "F", "size": 4}, "default": "x"},
        ],
    },
    "soda": {
        "dataset": "a/b/c",
        "filter": "x > ${var.A}",
        "variables": {"A": {"default": 1}},
        "columns": [
            {
                "name": "a",
                "valid_min": 1,
                "checks": [
                    {"missing": None},
                    {
                        "invalid": {
                            "valid_values": [1],
                            "threshold": {"metric": "percent", "must_be_less_than": 3},
                        }
                    },
                    {"aggregate": {"function": "avg", "threshold": {"must_be_between": {"greater_than": 1}}}},
                    {"failed_rows": {"expression": "a > 1", "filter": "b"}},
                ],
            }
        ],
        "checks": [{"schema": {"allow_extra_columns": True}}, {"row_count": {"threshold": {"must_be": 1}}}],
    },
    "pandera": {
        "schema_type": "dataframe",
        "columns": {
            "a": {"dtype": "int64", "checks": {"in_range": {"min_value": 1, "max_value": 2}}, "unique": True},
            "b": {"checks": [{"value": ["x"], "options": {"check_name": "isin", "raise_warning": True}}]},
        },
        "checks": {"greater_than": 0},
        "index": [{"dtype": "int64"}],
        "unique": ["a", "b"],
    },
    "rules": {
        "required_fields": ["a", "b.c", "d[].e"],
        "field_types": {"a": "string", "b": ["null", "object"]},
        "value_constraints": {
            "a": {"enum": ["x"], "min_length": 1, "pattern": "x"},
            "b.c": {"min": 1, "max": 2},
        },
    },
}


def places(value, path=()):
    """The path of every value inside a document."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in inner:
        yield from places(member, (*path, key))


def replaced(document, path, value):
    """A copy of a document with another value at a path."""
    if not path:
        return value
    made = copy.deepcopy(document)
    held = made
    for step in path[:-1]:
        held = held[step]
    held[path[-1]] = value
    return made


def reads(name, text):
    """Read a document and write it again; the only error allowed is a ContractError."""
    try:
        converted = find(name).read(text, name="dataset")
    except ContractError:
        return
    assert load_contract(dump_contract(converted.contract)) == converted.contract
    if converted.contract.schema:
        find(name).write(converted.contract)


@pytest.mark.parametrize("name", FORMATS)
def test_the_whole_document_is_read(name):
    assert find(name).read(json.dumps(WHOLE[name]), name="dataset").contract.schema


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_value_anywhere_is_read_or_refused(name, data):
    document = WHOLE[name]
    path = data.draw(st.sampled_from(list(places(document))))
    reads(name, json.dumps(replaced(document, path, data.draw(junk))))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "3",
        '"x"',
        "a: [1",
        "a: 1\na: 2",
        "[" * 3000,
        '{"a":' * 3000,
        "\x00",
        "- - - -",
        "{}",
        "!!python/object:os.system x",
    ],
    ids=repr,
)
def test_no_text_crashes(name, text):
    reads(name, text)


def test_a_problem_names_its_place():
    with pytest.raises(ContractError, match=r"line 3.*key 'name' appears twice"):
        find("dbt").read("models:\n  - name: a\n    name: b\n", name="schema.yml")
    with pytest.raises(ContractError, match=r"models\[0\]\.columns: expected a list, found a mapping"):
        find("dbt").read("models: [{name: a, columns: {}}]", name="schema.yml")


def test_an_unknown_format_is_named_with_the_known_ones():
    with pytest.raises(UsageError, match="did you mean 'avro'"):
        find("avor")
