"""Everything a contract says of a dataset becomes a check."""

from __future__ import annotations

from typing import Any

import pytest

import sentineldq
from sentineldq.checks.derive import check_of, derive
from sentineldq.checks.model import Check, Threshold, Tolerance
from sentineldq.contracts.load import load_contract
from sentineldq.errors import CheckDefinitionError


def checks_of(*properties: dict[str, Any], **table: Any) -> list[Check]:
    document = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "c",
        "version": "1.0.0",
        "status": "active",
        "schema": [{"name": "t", "properties": list(properties), **table}],
    }
    return [check for check in derive(load_contract(document).schema[0]) if check.name != "columns"]


def short(checks: list[Check]) -> list[tuple[str, Any, dict[str, Any]]]:
    return [(check.kind, check.column or check.columns, check.params) for check in checks]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ({"logicalType": "integer"}, [("type", {"type": "integer"})]),
        ({"required": True}, [("not_null", {})]),
        ({"unique": True}, [("unique", {})]),
        ({"primaryKey": True}, [("not_null", {}), ("unique", {})]),
        ({"enum": [{"value": 1}, {"value": 2}]}, [("in_set", {"values": [1, 2]})]),
        ({"logicalTypeOptions": {"pattern": "^a"}}, [("matches", {"pattern": "^a"})]),
        ({"logicalTypeOptions": {"minLength": 1, "maxLength": 3}}, [("length", {"min": 1, "max": 3})]),
        ({"logicalTypeOptions": {"minimum": 0, "maximum": 9}}, [("between", {"min": 0, "max": 9})]),
        ({"logicalTypeOptions": {"exclusiveMinimum": 0}}, [("between", {"min": 0, "strict_min": True})]),
        ({"logicalTypeOptions": {"multipleOf": 5}}, [("multiple_of", {"of": 5})]),
        (
            {"logicalType": "string", "logicalTypeOptions": {"format": "email"}},
            [("type", {"type": "string"}), ("format", {"format": "email"})],
        ),
        (
            {"logicalType": "integer", "logicalTypeOptions": {"format": "u8"}},
            [("type", {"type": "integer"}), ("between", {"min": 0, "max": 255})],
        ),
        (
            {"logicalType": "string", "logicalTypeOptions": {"format": "password"}},
            [("type", {"type": "string"})],
        ),
        (
            {"logicalType": "array", "logicalTypeOptions": {"minItems": 1, "uniqueItems": True}},
            [("type", {"type": "array"}), ("items", {"min": 1}), ("items_unique", {})],
        ),
    ],
    ids=str,
)
def test_a_property(field: dict[str, Any], expected: list[Any]):
    assert short(checks_of({"name": "x", **field})) == [(kind, "x", params) for kind, params in expected]


def test_a_composite_key_is_one_check():
    fields = [{"name": name, "primaryKey": True, "primaryKeyPosition": n} for n, name in ((2, "b"), (1, "a"))]
    assert ("unique_together", ("a", "b"), {}) in short(checks_of(*fields))
    assert "unique" not in [check.kind for check in checks_of(*fields)]


def test_nested_fields_are_required_within_their_parent():
    field = {
        "name": "actor",
        "logicalType": "object",
        "properties": [{"name": "login", "required": True, "logicalType": "string"}],
    }
    (required,) = [check for check in checks_of(field) if check.kind == "not_null"]
    assert (required.column, required.where) == ("actor.login", '"actor" IS NOT NULL')


def test_elements_have_paths():
    field = {
        "name": "commits",
        "logicalType": "array",
        "items": {
            "logicalType": "object",
            "properties": [{"name": "sha", "logicalTypeOptions": {"minLength": 40}}],
        },
    }
    assert ("length", "commits[].sha", {"min": 40}) in short(checks_of(field))


def test_references():
    field = {"name": "who", "relationships": [{"to": "people.id"}]}
    assert ("foreign_key", ("who",), {"dataset": "people", "fields": ["id"]}) in short(checks_of(field))


@pytest.mark.parametrize(
    ("rule", "kind", "params", "threshold"),
    [
        ({"metric": "nullValues", "mustBe": 0}, "not_null", {}, None),
        (
            {"metric": "nullValues", "mustBeLessThan": 1, "unit": "percent"},
            "not_null",
            {},
            Threshold(less=1, unit="percent"),
        ),
        (
            {"metric": "missingValues", "arguments": {"missingValues": [None, "-"]}, "mustBe": 0},
            "not_missing",
            {"values": [None, "-"]},
            None,
        ),
        (
            {"metric": "invalidValues", "arguments": {"validValues": [1], "pattern": "a"}, "mustBe": 0},
            "valid",
            {"values": [1], "pattern": "a"},
            None,
        ),
        ({"metric": "duplicateValues", "mustBeLessOrEqualTo": 2}, "unique", {}, Threshold(less_or_equal=2)),
        ({"metric": "rowCount", "mustBeBetween": [1, 9]}, "row_count", {}, Threshold(between=(1, 9))),
        ({"metric": "rowCount", "mustBe": 0}, "row_count", {}, Threshold(equal=0)),
        (
            {"type": "sql", "query": "SELECT 1", "mustBeGreaterThan": 0},
            "query_value",
            {"query": "SELECT 1"},
            Threshold(greater=0),
        ),
    ],
    ids=str,
)
def test_library_and_sql_rules(rule: dict[str, Any], kind: str, params: dict[str, Any], threshold: Any):
    (check,) = checks_of({"name": "x", "quality": [rule]})
    assert (check.kind, check.params, check.threshold) == (kind, params, threshold)


def test_duplicates_of_several_columns():
    rule = {"metric": "duplicateValues", "arguments": {"properties": ["a", "b"]}, "mustBe": 0}
    (check,) = checks_of({"name": "a"}, {"name": "b"}, quality=[rule])
    assert (check.kind, check.columns, check.column) == ("unique_together", ("a", "b"), None)


def test_text_is_documentation():
    assert checks_of({"name": "x", "quality": [{"type": "text", "description": "nice"}]}) == []


def test_rules_of_other_engines_are_kept_to_be_skipped():
    rule = {"type": "custom", "engine": "soda", "implementation": "checks for t"}
    (check,) = checks_of({"name": "x", "quality": [rule]})
    assert (check.kind, check.params) == ("custom", {"engine": "soda"})


def test_our_own_rules_have_options_and_parameters():
    rule = {
        "type": "custom",
        "engine": "sentineldq",
        "name": "ages",
        "severity": "warning",
        "dimension": "accuracy",
        "implementation": {
            "check": "between",
            "min": 0,
            "tolerance": {"warn": 0.1, "fail": 0.2},
            "where": "x <> 5",
            "on_violation": "drop",
            "weight": 2,
        },
    }
    (check,) = checks_of({"name": "x", "quality": [rule]})
    assert check == Check(
        kind="between",
        column="x",
        params={"min": 0},
        name="ages",
        severity="WARNING",
        dimension="accuracy",
        tolerance=Tolerance(warn=0.1, fail=0.2),
        where="x <> 5",
        on_violation="drop",
        weight=2.0,
        origin=check.origin,
    )


def test_options_of_library_rules_are_custom_properties():
    rule = {
        "metric": "nullValues",
        "mustBe": 0,
        "customProperties": [
            {"property": "on_violation", "value": "warn"},
            {"property": "team", "value": "x"},
        ],
    }
    (check,) = checks_of({"name": "x", "quality": [rule]})
    assert check.on_violation == "warn"


@pytest.mark.parametrize("option", [{"tolerance": "much"}, {"on_violation": "explode"}, {"where": 5}])
def test_wrong_options_are_refused(option: dict[str, Any]):
    with pytest.raises(CheckDefinitionError):
        check_of({"check": "not_null", "column": "x", **option}, Check(kind=""))


def test_columns_may_be_a_parameter():
    check = check_of({"check": "columns_in_order", "columns": ["a", "b"]}, Check(kind=""))
    assert (check.columns, check.params) == ((), {"columns": ["a", "b"]})


def test_a_rule_of_another_engine_is_skipped_with_a_reason():
    rule = {"type": "custom", "engine": "soda", "implementation": "type: duplicate_percent"}
    table = {"name": "data", "properties": [{"name": "a", "quality": [rule]}]}
    contract = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "x",
        "version": "1.0.0",
        "schema": [table],
    }
    result = sentineldq.check({"a": [1]}, contract)
    [outcome] = [check for check in result.checks if check.kind == "custom"]
    assert (outcome.status, outcome.message) == ("skip", "a rule of soda, which is not run here")
    assert result.passed


def test_a_rule_of_ours_without_a_check_is_an_error_of_the_contract():
    rule = {"type": "custom", "engine": "sentineldq", "implementation": {"column": "a"}}
    table = {"name": "data", "properties": [{"name": "a", "quality": [rule]}]}
    contract = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "x",
        "version": "1.0.0",
        "schema": [table],
    }
    with pytest.raises(CheckDefinitionError, match="a map with `check`"):
        sentineldq.check({"a": [1]}, contract)
