"""The rules format, read and written."""

from __future__ import annotations

import json

import pytest
import yaml

from sentineldq.contracts.formats import rules
from sentineldq.contracts.formats.base import contract, rule
from sentineldq.contracts.model import Property, SchemaObject
from sentineldq.errors import ContractError

EVENTS = {
    "required_fields": ["id", "actor.login", "payload.commits[].sha"],
    "field_types": {
        "id": "string",
        "actor": "object",
        "actor.id": "integer",
        "created_at": "datetime",
        "score": ["int", "float"],
    },
    "value_constraints": {
        "type": {"allowed_values": ["PushEvent"]},
        "actor.id": {"min": 1, "max": 9},
        "id": {"regex": r"^\d+$", "min_length": 1, "max_length": 20},
        "email": {"format": "email"},
    },
}


def read(document):
    return rules.read(json.dumps(document), name="events")


def test_dotted_paths_are_nested_properties():
    found = read(EVENTS)
    item = found.contract.schema[0]
    assert found.notes == []
    assert [path for path, prop in item.walk() if prop.required] == [
        "id",
        "actor.login",
        "payload.commits[].sha",
    ]
    types = {path: prop.logical_type for path, prop in item.walk()}
    assert types == {
        "id": "string", "actor": "object", "actor.id": "integer", "actor.login": None, "created_at": "timestamp",
        "score": "number", "payload": "object", "payload.commits": "array", "payload.commits[]": "object",
        "payload.commits[].sha": None, "type": None, "email": None,
    }  # fmt: skip
    assert item.find("actor.id").options.maximum == 9
    assert item.find("id").options.pattern == r"^\d+$"
    assert item.find("email").options.format == "email"
    assert [member.value for member in item.find("type").enum] == ["PushEvent"]


def test_json_and_yaml_say_the_same():
    assert rules.read(yaml.safe_dump(EVENTS, sort_keys=False), name="events") == read(EVENTS)


def test_what_is_read_is_written():
    written = rules.write(read(EVENTS).contract)
    document = yaml.safe_load(written.text)
    assert written.notes == []
    assert document["required_fields"] == EVENTS["required_fields"]
    assert document["value_constraints"]["actor.id"] == EVENTS["value_constraints"]["actor.id"]
    assert (
        rules.read(written.text, name="events").contract
        == rules.read(
            rules.write(rules.read(written.text, name="events").contract).text, name="events"
        ).contract
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"minimum": 1}, "minimum"),
        ({"exclusive_max": 5}, "exclusive_maximum"),
        ({"pattern": "x"}, "pattern"),
        ({"multiple_of": 2}, "multiple_of"),
    ],
)
def test_other_words_for_the_same(words, expected):
    prop = read({"value_constraints": {"a": words}}).contract.schema[0].properties[0]
    assert getattr(prop.options, expected) == next(iter(words.values()))


def test_constraints_that_a_field_cannot_hold_become_rules():
    prop = (
        read({"field_types": {"a": "boolean"}, "value_constraints": {"a": {"min_length": 3}}})
        .contract.schema[0]
        .properties[0]
    )
    assert prop.quality[0].implementation == {"check": "length", "min": 3}


@pytest.mark.parametrize(
    "document",
    [
        {"field_types": {"a": ["string", "integer"]}},
        {"field_types": {"a": "mystery"}},
        {"value_constraints": {"a": {"colour": "red"}}},
        {"value_constraints": {"a": {"enum": [1], "allowed_values": [2]}}},
        {"required_fields": ["a"], "cross_field_rules": ["a > b"]},
        {"field_types": {"a.b": "string", "a": "string"}},
    ],
)
def test_what_a_contract_cannot_hold_is_noted(document):
    assert len(read(document).notes) == 1


@pytest.mark.parametrize(
    "document",
    [{}, {"rules": []}, {"required_fields": ["a..b"]}, {"value_constraints": {"a": {"min_length": "x"}}}],
)
def test_another_document_is_refused(document):
    with pytest.raises(ContractError):
        read(document)


def test_what_the_format_cannot_say_is_noted():
    found = [
        rule("iqr", params={"factor": 2}),
        rule("not_null", tolerance=0.1),
        rule("in_set", params={"values": [1]}, severity="INFO"),
    ]
    item = SchemaObject(
        name="e",
        properties=[Property(name="a", quality=found)],
        quality=[rule("row_count", params={"min": 1})],
    )
    inner = "schema[e].properties[a]"
    assert sorted(note.path for note in rules.write(contract("e", [item])).notes) == sorted(
        [f"{inner}.quality[0]", f"{inner}.quality[1]", f"{inner}.quality[2].severity", "schema[e].quality[0]"]
    )
