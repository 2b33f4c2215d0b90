"""Pandera schemas, read and written."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.contracts.formats import pandera
from sentineldq.contracts.formats.base import contract, rule
from sentineldq.contracts.model import Property, SchemaObject
from sentineldq.errors import ContractError


def read(columns, **document):
    return pandera.read(
        yaml.safe_dump({"schema_type": "dataframe", "columns": columns, **document}), name="frame"
    )


def column(**body):
    """Notes and the property that one column becomes."""
    found = read({"a": body})
    return found.notes, found.contract.schema[0].properties[0]


@pytest.mark.parametrize(
    ("dtype", "logical", "physical"),
    [
        ("int64", "integer", None),
        ("int8", "integer", "int8"),
        ("Int64", "integer", "Int64"),
        ("float64", "number", None),
        ("bool", "boolean", None),
        ("str", "string", None),
        ("string[python]", "string", "string[python]"),
        ("datetime64[ns]", "timestamp", None),
        ("datetime64[ns, UTC]", "timestamp", "datetime64[ns, UTC]"),
        ("object", None, "object"),
        ("category", None, "category"),
        (None, None, None),
    ],
)
def test_dtypes(dtype, logical, physical):
    notes, prop = column(dtype=dtype)
    assert notes == []
    assert (prop.logical_type, prop.physical_type) == (logical, physical)


def test_flags_of_a_column():
    _, prop = column(dtype="Int64", nullable=True, unique=True, title="A", description="an a")
    assert (prop.required, prop.unique, prop.business_name, prop.description) == (False, True, "A", "an a")
    assert prop.physical_type is None  # what is written for an integer that may be missing
    assert column()[1].required


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ({"greater_than": 1}, {"check": "between", "min": 1, "strict_min": True}),
        ({"less_than_or_equal_to": {"max_value": 2}}, {"check": "between", "max": 2}),
        ({"in_range": {"min_value": 1, "max_value": 2, "include_max": False}},
         {"check": "between", "min": 1, "max": 2, "strict_max": True}),
        ({"isin": ["x"]}, {"check": "in_set", "values": ["x"]}),
        ({"notin": ["x"]}, {"check": "not_in_set", "values": ["x"]}),
        ({"not_equal_to": 3}, {"check": "not_in_set", "values": [3]}),
        ({"equal_to": 3}, {"check": "equals", "to": 3}),
        ({"str_matches": "a|b"}, {"check": "matches", "pattern": "^(?:a|b)"}),
        ({"str_matches": "^ab"}, {"check": "matches", "pattern": "^ab"}),
        ({"str_contains": "a|b"}, {"check": "matches", "pattern": "a|b"}),
        ({"str_startswith": "a.b"}, {"check": "matches", "pattern": r"^a\.b"}),
        ({"str_length": {"min_value": 1, "max_value": 3}}, {"check": "length", "min": 1, "max": 3}),
        ({"str_length": {"exact_value": 3}}, {"check": "length", "min": 3, "max": 3}),
        ({"unique_values_eq": ["x"]}, {"check": "distinct_equals_set", "values": ["x"]}),
    ],
)  # fmt: skip
def test_checks_in_both_shapes(check, expected):
    name, body = next(iter(check.items()))
    listed = {
        **(body if isinstance(body, dict) else {"value": body}),
        "options": {"check_name": name, "raise_warning": True},
    }
    notes, prop = column(checks=[listed])
    assert notes == []
    assert prop.quality[0].implementation == expected
    assert prop.quality[0].severity == "WARNING"
    bare = read({"a": {"checks": check}})
    assert bare.notes == []
    assert pandera.read(pandera.write(bare.contract).text, name="frame").contract == bare.contract


@given(
    pattern=st.from_regex(r"\^?[ab.]{1,2}(\|[ab]{1,2})?(\\\|)?", fullmatch=True),
    text=st.text("ab|", max_size=4),
)
def test_a_pattern_for_match_is_found_where_match_matches(pattern, text):
    assert bool(re.match(pattern, text)) == bool(re.search(pandera.anchored(pattern), text))


def test_what_a_frame_says():
    found = read(
        {"a": {}, "b": {}}, strict=True, ordered=True, unique=["a", "b"], name="orders", title="Orders"
    )
    item = found.contract.schema[0]
    assert [quality.implementation["check"] for quality in item.quality] == [
        "columns_in_order",
        "unique_together",
    ]
    assert (item.name, item.business_name, found.notes) == ("orders", "Orders", [])
    item = read({"a": {}}, strict=True, unique="a").contract.schema[0]
    assert [quality.implementation["check"] for quality in item.quality] == ["columns_equal_set", "unique"]


def test_a_check_of_the_frame_is_one_of_every_column():
    item = read({"a": {}, "b": {}}, checks={"greater_than": 0}).contract.schema[0]
    assert [prop.options.exclusive_minimum for prop in item.properties] == [0, 0]


@pytest.mark.parametrize(
    "body",
    [
        {"checks": {"my_check": 1}},
        {"checks": {"in_range": {"min_value": 1}}},
        {"checks": {"isin": {"allowed_values": ["x"], "extra": 1}}},
        {"coerce": True},
        {"required": False},
        {"regex": True},
        {"parsers": ["x"]},
        {
            "nullable": True,
            "checks": [{"value": 1, "options": {"check_name": "greater_than", "ignore_na": False}}],
        },
    ],
)
def test_what_a_contract_cannot_hold_is_noted(body):
    assert len(read({"a": body}).notes) == 1


@pytest.mark.parametrize(
    "more", [{"index": [{"dtype": "int64"}]}, {"strict": "filter"}, {"ordered": True}, {"coerce": True}]
)
def test_what_a_frame_says_beyond_is_noted(more):
    assert len(read({"a": {}}, **more).notes) == 1


def test_another_document_is_refused():
    with pytest.raises(ContractError, match="no schema of a data frame"):
        pandera.read("schema_type: series", name="x")


def test_what_pandera_cannot_say_is_noted():
    rules = [
        rule("iqr", params={"factor": 2}),
        rule("not_null", tolerance=0.1),
        rule("matches", params={"pattern": "x"}, where="b > 1"),
    ]
    nested = Property(name="o", logical_type="object", properties=[Property(name="x", required=True)])
    item = SchemaObject(name="m", properties=[Property(name="a", quality=rules), nested])
    inner = "schema[m].properties"
    assert sorted(note.path for note in pandera.write(contract("m", [item])).notes) == sorted(
        [*(f"{inner}[a].quality[{i}]" for i in range(3)), f"{inner}[o].logicalType", f"{inner}[o.x].required"]
    )
