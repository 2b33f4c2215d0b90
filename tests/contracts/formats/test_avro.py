"""Avro schemas, read and written."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings

from sentineldq.contracts.formats import avro
from sentineldq.contracts.formats.base import contract, rule
from sentineldq.contracts.model import EnumValue, Property, SchemaObject, TypeOptions
from sentineldq.errors import ContractError
from tests.contracts.formats.strategies import contracts


def read(*fields, **record):
    return avro.read(
        json.dumps({"type": "record", "name": "Order", "fields": list(fields), **record}), name="x"
    )


def field(kind, **more):
    """The property that one field becomes, which must lose nothing."""
    found = read({"name": "a", "type": kind, **more})
    assert found.notes == []
    return found.contract.schema[0].properties[0]


@pytest.mark.parametrize(
    ("kind", "logical", "physical", "required"),
    [
        ("long", "integer", None, True),
        ("int", "integer", "int", True),
        (["null", "double"], "number", None, False),
        (["string", "null"], "string", None, False),
        ("bytes", None, "bytes", True),
        ({"type": "int", "logicalType": "date"}, "date", None, True),
        ({"type": "long", "logicalType": "timestamp-millis"}, "timestamp", "timestamp-millis", True),
        ({"type": "long", "logicalType": "local-timestamp-micros"}, "timestamp", None, True),
        (
            {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
            "number",
            "decimal(9, 2)",
            True,
        ),
        ({"type": "array", "items": "string"}, "array", None, True),
        ({"type": "map", "values": ["null", "int"]}, "map", None, True),
        ({"type": "fixed", "name": "F", "size": 16}, None, "fixed(16)", True),
        ({"type": "record", "name": "R", "fields": []}, "object", None, True),
    ],
)
def test_types(kind, logical, physical, required):
    prop = field(kind)
    assert (prop.logical_type, prop.physical_type, prop.required) == (logical, physical, required)


def test_time_zones_uuids_and_symbols():
    assert field({"type": "long", "logicalType": "timestamp-micros"}).options.timezone is True
    assert field({"type": "long", "logicalType": "local-timestamp-millis"}).options.timezone is False
    assert field({"type": "string", "logicalType": "uuid"}).options.format == "uuid"
    assert [item.value for item in field({"type": "enum", "name": "E", "symbols": ["A", "B"]}).enum] == [
        "A",
        "B",
    ]


def test_words_defaults_and_aliases_are_kept():
    prop = field("long", doc="how many", default=1, aliases=["count"])
    assert prop.description == "how many"
    assert (prop.custom("default"), prop.custom("aliases")) == (1, ["count"])
    found = read({"name": "a", "type": "long"}, namespace="shop", doc="one order").contract.schema[0]
    assert (found.name, found.description, found.custom("namespace")) == ("Order", "one order", "shop")


def test_named_types_are_found_by_name_and_written_once():
    kind = {"type": "enum", "name": "Status", "symbols": ["A"], "namespace": "shop"}
    found = read({"name": "a", "type": kind}, {"name": "b", "type": "shop.Status"})
    assert found.notes == []
    first, second = found.contract.schema[0].properties
    assert first.enum == second.enum
    fields = json.loads(avro.write(found.contract).text)["fields"]
    assert fields[0]["type"]["name"] == "Status"
    assert isinstance(fields[1]["type"], str)


def test_a_record_that_contains_itself_is_followed_once():
    found = read({"name": "next", "type": ["null", "Order"]})
    assert found.contract.schema[0].properties[0].logical_type == "object"
    assert [note.what for note in found.notes] == ["Order"]


def test_a_logical_type_over_the_wrong_base_is_noted():
    found = read({"name": "a", "type": {"type": "string", "logicalType": "timestamp-micros"}})
    assert found.contract.schema[0].properties[0].logical_type == "string"
    assert found.notes[0].what == "timestamp-micros"


def test_a_union_of_several_types_is_noted():
    found = read({"name": "a", "type": ["null", "int", "string"]})
    assert found.contract.schema[0].properties[0].logical_type is None
    assert found.notes[0].what == '["int", "string"]'


@pytest.mark.parametrize(
    "text",
    [
        '"string"',
        "[]",
        '{"type": "record"}',
        '{"type": "record", "name": "R", "fields": [{"name": "a", "type": "X"}]}',
    ],
)
def test_another_document_is_refused(text):
    with pytest.raises(ContractError):
        avro.read(text, name="x")


def test_what_avro_cannot_say_is_noted():
    prop = Property(
        name="a b", logical_type="string", unique=True, logical_type_options=TypeOptions(pattern="x")
    )
    prop.quality = [rule("iqr", params={"factor": 2})]
    other = Property(name="n", logical_type="integer", enum=[EnumValue(value=1)])
    item = SchemaObject(name="e", properties=[prop, other])
    written = avro.write(contract("e", [item]))
    inner = "schema[e].properties[a b]"
    assert sorted(note.path for note in written.notes) == sorted(
        [
            inner,
            f"{inner}.unique",
            f"{inner}.logicalTypeOptions.pattern",
            f"{inner}.quality[0]",
            "schema[e].properties[n].enum",
        ]
    )
    assert json.loads(written.text)["fields"][0]["name"] == "a_b"


def named(schema):
    """The name of every type that a schema defines."""
    if isinstance(schema, list):
        return [name for member in schema for name in named(member)]
    if not isinstance(schema, dict):
        return []
    own = [schema["name"]] if schema.get("type") in ("record", "enum", "fixed") else []
    inner = [schema.get(key) for key in ("type", "items", "values")]
    return (
        own + named(inner) + [name for member in schema.get("fields", []) for name in named(member["type"])]
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(found=contracts())
def test_no_type_is_defined_twice(found):
    names = named(json.loads(avro.write(found).text))
    assert len(names) == len(set(names))
