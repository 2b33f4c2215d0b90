"""The same demand, stated in different sections of a contract, is the same clause."""

from __future__ import annotations

import pytest

from sentineldq.contracts.formats.base import rule
from sentineldq.contracts.formats.clause import clauses
from sentineldq.contracts.model import EnumValue, Property, Quality, Relationship, SchemaObject, TypeOptions


def demands(*properties, **item):
    return [clause.demand for clause in clauses(SchemaObject(name="t", properties=list(properties), **item))]


def of(**prop):
    return demands(Property(name="a", **prop))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"required": True}, {"quality": [Quality(metric="nullValues", must_be=0)]}),
        ({"required": True}, {"quality": [rule("not_null")]}),
        ({"required": True}, {"quality": [Quality(rule="nullCheck")]}),
        ({"unique": True}, {"quality": [Quality(metric="duplicateValues", must_be_less_than=1)]}),
        ({"enum": [EnumValue(value="x")]}, {"quality": [Quality(metric="invalidValues", arguments={"validValues": ["x"]})]}),
        ({"logical_type_options": TypeOptions(pattern="x")},
         {"quality": [Quality(metric="invalidValues", arguments={"pattern": "x"}, must_be=0)]}),
        ({"logical_type_options": TypeOptions(minimum=1, exclusive_maximum=3)},
         {"quality": [rule("between", params={"min": 1, "max": 3, "strict_max": True})]}),
        ({"quality": [rule("not_null", tolerance=0.05)]},
         {"quality": [Quality(metric="nullValues", must_be_less_or_equal_to=5, unit="percent")]}),
        ({"quality": [rule("not_null", tolerance=0.05)]}, {"quality": [rule("null_share", params={"max": 0.05})]}),
        ({"quality": [rule("not_null", threshold={"less": 5})]}, {"quality": [Quality(metric="nullValues", must_be_less_than=5)]}),
        ({"relationships": [Relationship(to="c.id")]},
         {"quality": [rule("foreign_key", params={"dataset": "c", "fields": ["id"]})]}),
        ({"relationships": [Relationship(to="c.id")]}, {"relationships": [Relationship(to="schema/c/properties/id")]}),
    ],
)  # fmt: skip
def test_one_demand_in_two_words(first, second):
    assert of(**first) == of(**second) != []


def test_a_rule_of_the_object_may_name_its_column():
    assert demands(quality=[rule("not_null", column="a")]) == of(required=True)


def test_a_primary_key_is_present_and_unique():
    assert of(primary_key=True) == of(required=True, unique=True)
    pair = [
        Property(name="a", primary_key=True, primary_key_position=2),
        Property(name="b", primary_key=True, primary_key_position=1),
    ]
    assert [
        clause.columns for clause in clauses(SchemaObject(name="t", properties=pair)) if clause.columns
    ] == [("b", "a")]


@pytest.mark.parametrize(
    ("operators", "params"),
    [
        ({"must_be": 5}, {"min": 5, "max": 5}),
        ({"must_be_greater_than": 5}, {"min": 5, "strict_min": True}),
        ({"must_be_between": [1, 5]}, {"min": 1, "max": 5}),
        ({"must_be_less_or_equal_to": 5}, {"max": 5}),
    ],
)
def test_a_row_count_has_bounds(operators, params):
    assert demands(quality=[Quality(metric="rowCount", **operators)]) == demands(
        quality=[rule("row_count", params=params)]
    )


def test_paths_lead_to_the_place_in_the_contract():
    inner = Property(name="x", required=True)
    prop = Property(name="a", logical_type="array", items=Property(name="items", properties=[inner]))
    assert [clause.path for clause in clauses(SchemaObject(name="t", properties=[prop]))] == [
        "schema[t].properties[a].logicalType",
        "schema[t].properties[a[].x].required",
    ]
