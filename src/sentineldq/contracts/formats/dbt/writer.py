"""A contract as a dbt schema file."""

from __future__ import annotations

from typing import Any

from sentineldq.contracts.formats.base import (
    Note,
    Written,
    dump_yaml,
    share,
    to_meta,
    unheld,
)
from sentineldq.contracts.formats.clause import Clause, clauses, unsaid
from sentineldq.contracts.formats.dbt.words import NEGATED, SEVERITIES, UNITS, WHY, plain
from sentineldq.contracts.formats.expectations import MisfitError, expectation, logical_of
from sentineldq.contracts.formats.structure import structure_notes
from sentineldq.contracts.model import Contract, Property, Quality, SchemaObject


def write(found: Contract) -> Written:
    """Write every schema object as a model."""
    notes = unheld(found, WHY)
    models = []
    for item in found.schema:
        model, missed = _model(item)
        models.append(model)
        notes += missed
    return Written(dump_yaml({"version": 2, "models": models}), notes)


def _model(item: SchemaObject) -> tuple[dict[str, Any], list[Note]]:
    handled = {"description", "tags", "custom_properties"}
    known = {"object": handled | {"physical_name"}, "property": handled | {"physical_type"}, "nested": ()}
    notes = structure_notes(item, WHY, handled=known)
    model: dict[str, Any] = {"name": item.name or item.physical_name, **_texts(item)}
    key = item.primary_key
    types = {prop.column: prop for prop in item.properties}
    columns = {name: _written(prop, alone=key == [name]) for name, prop in types.items()}
    tests: list[Any] = []
    for clause in clauses(item):
        if clause.kind == "type" and clause.quality is None:
            notes += _untyped(clause, types)
            continue
        made, missed = _made(clause)
        notes += missed
        if made is None:
            continue
        held = columns.get(clause.column) if clause.column else None
        if held is None and clause.column is not None and "dbt_utils.recency" not in made:
            made = made if isinstance(made, dict) else {made: {}}
            test = next(iter(made.values()))
            if "." in clause.column or "[" in clause.column:
                notes.append(clause.refuse("dbt tests columns, not fields within them"))
                continue
            test.setdefault("arguments", {})["column_name"] = clause.column
        (tests if held is None else held.setdefault("data_tests", [])).append(made)
    if columns:
        model["columns"] = list(columns.values())
    if len(key) > 1:
        model["constraints"] = [{"type": "primary_key", "columns": key}]
    if tests:
        model["data_tests"] = tests
    return model, notes


def _texts(item: SchemaObject | Property) -> dict[str, Any]:
    texts: dict[str, Any] = {}
    if item.description:
        texts["description"] = item.description
    config: dict[str, Any] = {}
    if isinstance(item, SchemaObject) and item.physical_name and item.name:
        config["alias"] = item.physical_name
    if item.tags:
        config["tags"] = item.tags
    if item.custom_properties:
        config["meta"] = {member.property: member.value for member in item.custom_properties}
    return texts | ({"config": config} if config else {})


def _written(prop: Property, *, alone: bool) -> dict[str, Any]:
    column = {"name": prop.column, **_texts(prop)}
    kind = prop.physical_type or prop.logical_type
    key = {"constraints": [{"type": "primary_key"}]} if alone else {}
    return column | ({"data_type": kind} if kind else {}) | key


def _untyped(clause: Clause, columns: dict[str, Property]) -> list[Note]:
    """A type is written as `data_type`; nested fields have no line of their own."""
    prop = columns.get(clause.column or "")
    if prop is None:
        return [clause.refuse("dbt describes columns, not fields within them")]
    word = logical_of(prop.physical_type or prop.logical_type or "")
    return (
        []
        if word == prop.logical_type
        else [clause.refuse(f"dbt is told the physical type {prop.physical_type!r}")]
    )


def _made(clause: Clause) -> tuple[Any, list[Note]]:
    """One clause as a test, with notes for what of it is lost."""
    config: dict[str, Any] = {}
    notes = unsaid(clause, handled={"name", "description", "severity", "tags", "custom_properties"}, why=WHY)
    try:
        name, args = _named(clause)
        if clause.threshold:
            config["error_if"] = _failing(clause.threshold)
    except MisfitError as error:
        return None, [clause.refuse(str(error))]
    if clause.where:
        config["where"] = clause.where
    top: dict[str, Any] = {}
    if clause.quality is not None:
        notes += _configured(clause, clause.quality, config, top)
    body = top | ({"arguments": args} if args else {}) | ({"config": config} if config else {})
    return ({name: body} if body else name), notes


def _configured(clause: Clause, quality: Quality, config: dict[str, Any], top: dict[str, Any]) -> list[Note]:
    top |= {key: getattr(quality, key) for key in ("name", "description") if getattr(quality, key)}
    if quality.tags:
        config["tags"] = quality.tags
    if quality.custom_properties:
        config["meta"] = to_meta(quality.custom_properties)
    words = {ours: theirs for theirs, ours in SEVERITIES.items()}
    if quality.severity in words:
        config["severity"] = words[quality.severity]
        if quality.severity == "WARNING" and "error_if" in config:
            config["warn_if"] = config.pop("error_if")
    elif quality.severity:
        return [Note(f"{clause.path}.severity", quality.severity, "dbt knows warn and error")]
    return []


def _failing(threshold: dict[str, Any]) -> str:
    """The condition under which a test fails: the threshold negated."""
    signs = {ours: theirs for theirs, ours in NEGATED.items() if theirs not in ("<>", "==")}
    if len(threshold) != 1 or next(iter(threshold)) not in signs:
        raise MisfitError("dbt compares the number of failing rows with one number")
    word, number = next(iter(threshold.items()))
    return f"{signs[word]}{number}"


def _named(clause: Clause) -> tuple[str, dict[str, Any]]:  # noqa: C901, PLR0911  (one per test)
    """Name and arguments of the test that says what a clause says."""
    params = dict(clause.params)
    if clause.tolerance is not None:
        if clause.kind != "not_null" or not isinstance(clause.tolerance, int | float):
            raise MisfitError("dbt tolerates numbers of rows, not shares of them")
        return "dbt_utils.not_null_proportion", {"at_least": share(clause.tolerance)}
    match clause.kind, params:
        case ("not_null" | "unique") as kind, {**rest} if not rest:
            return str(kind), {}
        case "in_set", {"values": [*values], **rest} if not rest:
            return "accepted_values", {"values": values} | (
                {} if all(isinstance(value, str) for value in values) else {"quote": False}
            )
        case "not_in_set", {"values": [*values], **rest} if not rest:
            return "dbt_utils.not_accepted_values", {"values": values}
        case "foreign_key", {"dataset": dataset, "fields": [field], **rest} if not rest and clause.column:
            return "relationships", {"to": f"ref('{dataset}')", "field": field}
        case "between", {**bounds}:
            return "dbt_utils.accepted_range", _accepted(bounds)
        case "expression", {"sql": sql, **rest} if not rest and not clause.column:
            return "dbt_utils.expression_is_true", {"expression": sql}
        case "unique_together", {"ignore_missing": "never", **rest} if not rest:
            return "dbt_utils.unique_combination_of_columns", {"combination_of_columns": list(clause.columns)}
        case "row_count_equals" | "equals_table" as kind, {"dataset": dataset, **rest} if not rest:
            name = "equal_rowcount" if kind == "row_count_equals" else "equality"
            return f"dbt_utils.{name}", {"compare_model": f"ref('{dataset}')"}
        case "freshness", {"max_age": str(age), **rest} if not rest and clause.column:
            units = {ours: theirs for theirs, ours in UNITS.items()}
            if age[:-1].isdigit() and age[-1:] in units:
                interval = {"datepart": units[age[-1]], "interval": int(age[:-1])}
                return "dbt_utils.recency", {"field": clause.column, **interval}
    return _expected(clause)


def _accepted(bounds: dict[str, Any]) -> dict[str, Any]:
    strict = {bool(bounds.get(f"strict_{side}")) for side in ("min", "max") if side in bounds}
    if len(strict) != 1 or not set(bounds) <= {"min", "max", "strict_min", "strict_max"}:
        raise MisfitError("dbt takes both bounds as open or both as closed")
    args: dict[str, Any] = {}
    for side in ("min", "max"):
        value = bounds.get(side)
        if value is not None:
            args[f"{side}_value"] = f"'{plain(value)}'" if isinstance(value, str) else value
    return args | ({"inclusive": False} if strict == {True} else {})


def _expected(clause: Clause) -> tuple[str, dict[str, Any]]:
    """A test of dbt_expectations."""
    name, kwargs = expectation(clause.kind, clause.column, clause.columns, clause.params)
    kwargs.pop("column", None)
    if name in ABSENT:
        raise MisfitError("neither dbt, dbt_utils nor dbt_expectations has such a test")
    strict = {kwargs.pop(f"strict_{side}", False) for side in ("min", "max") if f"{side}_value" in kwargs}
    if strict == {True}:
        kwargs["strictly"] = True
    elif len(strict) > 1:
        raise MisfitError("dbt takes both bounds as open or both as closed")
    for ours, theirs in (("type_", "column_type"), ("other_table_name", "compare_model")):
        if ours in kwargs:
            kwargs[theirs] = kwargs.pop(ours)
    return f"dbt_expectations.{name}", kwargs


ABSENT = {
    "expect_column_values_to_be_json_parseable",
    "expect_column_values_to_be_dateutil_parseable",
    "expect_column_values_to_match_strftime_format",
    "expect_column_value_z_scores_to_be_less_than",
    "expect_column_kl_divergence_to_be_less_than",
    "expect_column_chisquare_test_p_value_to_be_greater_than",
    "expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than",
    "expect_column_pair_cramers_phi_value_to_be_less_than",
    "expect_column_quantile_values_to_be_between",
    "expect_column_proportion_of_non_null_values_to_be_between",
    "unexpected_rows_expectation",
}
"""Expectations of Great Expectations that dbt_expectations lacks, or has with another meaning."""
