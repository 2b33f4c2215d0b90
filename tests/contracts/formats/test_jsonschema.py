"""JSON Schema, read and written."""

from __future__ import annotations

import json

import jsonschema as validator
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentineldq.contracts.formats import jsonschema
from sentineldq.contracts.formats.base import contract, rule
from sentineldq.contracts.model import Property, SchemaObject, TypeOptions
from sentineldq.errors import ContractError
from tests.contracts.formats.strategies import contracts


def read(properties, **schema):
    return jsonschema.read(json.dumps({"type": "object", "properties": properties, **schema}), name="event")


def field(schema, **root):
    """The property that one schema becomes, which must lose nothing."""
    found = read({"a": schema}, **root)
    assert found.notes == []
    return found.contract.schema[0].properties[0]


@pytest.mark.parametrize(
    ("schema", "logical"),
    [
        ({"type": "string"}, "string"),
        ({"type": ["null", "integer"]}, "integer"),
        ({"type": ["integer", "number"]}, "number"),
        ({"type": "string", "format": "date-time"}, "timestamp"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "string", "format": "date", "pattern": "^2"}, "string"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "map"),
        ({"properties": {"b": {}}}, "object"),
        ({}, None),
        (True, None),
    ],
)
def test_types(schema, logical):
    assert field(schema).logical_type == logical


def test_a_field_is_required_when_it_is_there_and_not_null():
    assert field({"type": "string"}, required=["a"]).required
    assert not field({"type": "string"}).required
    found = read({"a": {"type": ["string", "null"]}}, required=["a"])
    assert not found.contract.schema[0].properties[0].required
    assert "yet may be null" in found.notes[0].why
    assert read({}, required=["b"]).contract.schema[0].properties == [Property(name="b", required=True)]


def test_keywords_become_options():
    options = field({"type": "integer", "minimum": 1, "exclusiveMaximum": 5, "multipleOf": 2}).options
    assert (options.minimum, options.exclusive_maximum, options.multiple_of) == (1, 5, 2)
    assert field({"type": "number", "minimum": 1, "exclusiveMinimum": True}).options.exclusive_minimum == 1
    assert field({"type": "string", "minLength": 2.0}).options.min_length == 2
    assert (
        field({"type": "array", "uniqueItems": True, "items": {"type": "string"}}).items.logical_type
        == "string"
    )
    assert [member.value for member in field({"enum": ["x", None, 3]}).enum] == ["x", 3]
    assert [member.value for member in field({"const": "x"}).enum] == ["x"]
    assert field({"type": "string", "title": "T", "x-pii": True}).custom("x-pii") is True


def test_references_and_all_of_are_followed():
    definitions = {"user": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}}
    prop = field(
        {
            "allOf": [
                {"$ref": "#/definitions/user"},
                {"properties": {"name": {"type": "string"}}, "required": ["name"]},
            ]
        },
        definitions=definitions,
    )
    assert [(child.name, child.required) for child in prop.properties] == [("id", True), ("name", True)]


def test_alternatives_of_null_and_of_constants_are_understood():
    prop = field({"anyOf": [{"type": "string", "format": "email"}, {"type": "null"}]}, required=[])
    assert (prop.logical_type, prop.options.format, prop.required) == ("string", "email", False)
    assert [member.value for member in field({"oneOf": [{"const": 1}, {"const": 2}]}).enum] == [1, 2]


def test_a_schema_that_contains_itself_is_followed_once():
    tree = {"type": "object", "properties": {"left": {"$ref": "#/$defs/tree"}}}
    found = read({"a": {"$ref": "#/$defs/tree"}}, **{"$defs": {"tree": tree}})
    assert found.contract.schema[0].find("a.left") is not None
    assert [note.what for note in found.notes] == ["#/$defs/tree"]
    assert read({"a": {"$ref": "#"}}).notes != []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "additionalProperties": False},
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        {"type": ["string", "integer"]},
        {"type": "string", "contentEncoding": "base64"},
        {"type": "array", "items": [{"type": "string"}]},
        {"if": {"const": 1}, "then": {"const": 2}},
        {"$ref": "https://example.org/x.json"},
        {"not": {"const": 3}},
        False,
        {"enum": [{"a": 1}]},
    ],
)
def test_what_a_contract_cannot_hold_is_noted(schema):
    assert read({"a": schema}).notes != []


@pytest.mark.parametrize(
    "schema", ['{"type": "string"}', "[]", "{}", '{"type": "object", "properties": {"a": {"$ref": "#/x"}}}']
)
def test_another_document_is_refused(schema):
    with pytest.raises(ContractError):
        jsonschema.read(schema, name="event")


def test_an_array_of_records_is_read_as_its_records():
    text = json.dumps(
        {
            "type": "array",
            "title": "events",
            "items": {"type": "object", "properties": {"a": {"type": "string"}}},
        }
    )
    item = jsonschema.read(text, name="x").contract.schema[0]
    assert (item.name, item.properties[0].name) == ("events", "a")


def test_what_a_schema_cannot_say_is_noted():
    prop = Property(
        name="a", logical_type="date", unique=True, logical_type_options=TypeOptions(minimum="2020-01-01")
    )
    prop.quality = [rule("iqr", params={"factor": 2}), rule("not_null", severity="INFO")]
    item = SchemaObject(name="e", properties=[prop], tags=["x"])
    inner = "schema[e].properties[a]"
    assert sorted(note.path for note in jsonschema.write(contract("e", [item])).notes) == sorted(
        [
            "schema[e].tags",
            f"{inner}.unique",
            f"{inner}.logicalTypeOptions.minimum",
            f"{inner}.quality[0]",
            f"{inner}.quality[1].severity",
        ]
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(found=contracts())
def test_what_is_written_is_a_valid_schema(found):
    schema = json.loads(jsonschema.write(found).text)
    validator.Draft202012Validator.check_schema(schema)


@given(value=st.none() | st.text(max_size=4) | st.integers(-3, 3))
def test_the_schema_accepts_what_the_contract_accepts(value):
    prop = Property(name="a", logical_type="string", logical_type_options=TypeOptions(min_length=2))
    schema = json.loads(jsonschema.write(contract("e", [SchemaObject(name="e", properties=[prop])])).text)
    good = value is None or (isinstance(value, str) and len(value) >= 2)
    assert validator.Draft202012Validator(schema).is_valid({"a": value}) == good
