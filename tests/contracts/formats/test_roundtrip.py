"""Whatever a contract demands is in the document that is written, or in a note; nothing vanishes in between."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from sentineldq.contracts.formats import FORMATS, find
from sentineldq.contracts.formats.base import slug
from sentineldq.contracts.formats.clause import clauses
from sentineldq.contracts.load import load_contract
from sentineldq.contracts.write import dump_contract
from tests.contracts.formats.strategies import contracts

FEW = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def lost(found, written, back):
    """Demands that are neither in the contract read back nor in a note."""
    kept = {clause.demand for item in back.schema for clause in clauses(item)}
    noted = {note.path for note in written.notes}
    return [
        clause
        for item in found.schema
        for clause in clauses(item)
        if clause.demand not in kept and not any(clause.path.startswith(path) for path in noted)
    ]


@pytest.mark.parametrize("name", FORMATS)
@FEW
@given(found=contracts())
def test_every_demand_is_kept_or_noted(name, found):
    written = find(name).write(found)
    back = find(name).read(written.text, name=found.name)
    assert lost(found, written, back.contract) == []


@pytest.mark.parametrize("name", FORMATS)
@FEW
@given(found=contracts())
def test_what_is_written_is_read_without_notes(name, found):
    written = find(name).write(found)
    assert find(name).read(written.text, name=found.name).notes == []


@pytest.mark.parametrize("name", FORMATS)
@FEW
@given(found=contracts())
def test_writing_what_was_read_changes_nothing(name, found):
    module = find(name)
    once = module.read(module.write(found).text, name=found.name).contract
    first = module.write(once).text
    assert module.write(module.read(first, name=found.name).contract).text == first


@pytest.mark.parametrize("name", FORMATS)
@FEW
@given(found=contracts())
def test_nothing_is_added(name, found):
    written = find(name).write(found)
    back = find(name).read(written.text, name=found.name).contract
    asked = {clause.demand for item in found.schema for clause in clauses(item)}
    implied = {"type", "columns_equal_set"}  # a path through an object says that there is one
    added = [
        clause
        for item in back.schema
        for clause in clauses(item)
        if clause.demand not in asked and clause.kind not in implied
    ]
    assert added == []


@pytest.mark.parametrize("name", FORMATS)
@FEW
@given(found=contracts())
def test_an_imported_contract_is_a_valid_contract(name, found):
    module = find(name)
    made = module.read(module.write(found).text, name=found.name).contract
    assert load_contract(dump_contract(made)) == made
    assert made.id == slug(made.name)


@pytest.mark.parametrize("name", FORMATS)
@given(found=contracts())
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
def test_writing_leaves_the_contract_as_it_is(name, found):
    before = dump_contract(found)
    find(name).write(found)
    assert dump_contract(found) == before


@pytest.mark.parametrize("name", FORMATS)
@FEW
@given(found=contracts())
def test_what_a_rule_says_of_itself_is_kept_or_noted(name, found):
    written = find(name).write(found)
    back = find(name).read(written.text, name=found.name).contract
    noted = [note.path for note in written.notes]
    said = {(clause.demand, word) for clause in everything(back) for word in sayings(clause)}
    for clause in everything(found):
        for field, word in sayings(clause):
            kept = (clause.demand, (field, word)) in said
            assert kept or any(path.startswith(clause.path) or clause.path.startswith(path) for path in noted)


def everything(found):
    return [clause for item in found.schema for clause in clauses(item)]


def sayings(clause):
    fields = ("name", "description", "severity")
    quality = clause.quality
    found = [(field, getattr(quality, field)) for field in fields if quality and getattr(quality, field)]
    found = [item for item in found if item != ("severity", "CRITICAL")]  # what a rule is unless it says so
    return found + ([("on_violation", clause.on_violation)] if clause.on_violation else [])


@pytest.mark.parametrize("name", FORMATS)
@FEW
@given(found=contracts())
def test_what_a_property_says_of_itself_is_kept_or_noted(name, found):
    written = find(name).write(found)
    back = find(name).read(written.text, name=found.name).contract
    noted = {note.path for note in written.notes}
    for column, prop in found.schema[0].walk():
        same = back.schema[0].find(column)
        for field, key in (("description", "description"), ("classification", "classification")):
            kept = same is not None and getattr(same, field) == getattr(prop, field)
            path = f"schema[{found.schema[0].name}].properties[{column}].{key}"
            assert kept or not getattr(prop, field) or path in noted
