"""A contract of ours as a Soda contract."""

from __future__ import annotations

from typing import Any

from sentineldq.contracts.formats.base import (
    Note,
    Written,
    dump_yaml,
    only,
    title,
    to_meta,
    unheld,
)
from sentineldq.contracts.formats.clause import Clause, clauses, unsaid
from sentineldq.contracts.formats.expectations import MisfitError, logical_of
from sentineldq.contracts.formats.soda.words import (
    DATASET,
    ENDS,
    FUNCTIONS,
    OPERATORS,
    QUALIFIER,
    UNITS,
    WHY,
    negated,
)
from sentineldq.contracts.formats.structure import structure_notes
from sentineldq.contracts.model import Contract, Property, Quality


def write(found: Contract) -> Written:
    """Write the first schema object as a contract of Soda."""
    item, notes = only(found, "a Soda contract")
    notes += unheld(found, WHY)
    known = {
        "object": {"description", "custom_properties"},
        "property": {"description", "physical_type"},
        "nested": (),
    }
    notes += structure_notes(item, WHY, handled=known)
    document: dict[str, Any] = {"dataset": item.custom(DATASET) or title(item, found.id)}
    if item.description:
        document["description"] = item.description
    for member in item.custom_properties:
        if member.property != DATASET:
            notes.append(Note(f"customProperties[{member.property}]", str(member.value), WHY))
    types = {prop.column: prop for prop in item.properties}
    columns = {name: _column(prop) for name, prop in types.items()}
    checks: list[Any] = []
    for clause in clauses(item):
        if clause.kind == "type" and clause.quality is None and clause.column in columns:
            notes += _typed(clause, types[clause.column])
            continue
        made, missed = _made(clause, list(columns))
        notes += missed
        if made is not None:
            held = columns.get(clause.column or "") if next(iter(made)) not in DATASET_CHECKS else None
            (checks if held is None else held.setdefault("checks", [])).append(made)
    document["columns"] = list(columns.values())
    if checks:
        document["checks"] = checks
    return Written(dump_yaml(document), notes)


WHOLE = {
    "row_count",
    "query_returns_none",
    "sql",
    "freshness",
    "columns_in_order",
    "columns_equal_set",
    *FUNCTIONS.values(),
}
DATASET_CHECKS = ("freshness", "schema", "row_count")


def _column(prop: Property) -> dict[str, Any]:
    column: dict[str, Any] = {"name": prop.column}
    if prop.description:
        column["description"] = prop.description
    kind = prop.physical_type or prop.logical_type
    return column | ({"data_type": kind} if kind else {})


def _typed(clause: Clause, prop: Property) -> list[Note]:
    word = logical_of(prop.physical_type or prop.logical_type or "")
    return [] if word == prop.logical_type else [clause.refuse("Soda is told the physical type alone")]


def _made(clause: Clause, columns: list[str]) -> tuple[dict[str, Any] | None, list[Note]]:
    """One clause as a check, with notes for what of it is lost."""
    notes = unsaid(clause, handled={"name", "severity", "custom_properties"}, why=WHY)
    try:
        kind, body = _check(clause, columns)
    except MisfitError as error:
        return None, [clause.refuse(str(error))]
    if clause.column and kind not in DATASET_CHECKS and clause.column not in columns:
        return None, [clause.refuse("Soda checks the columns that its contract lists")]
    if clause.where:
        body["filter"] = clause.where
    quality = clause.quality
    if quality is not None:
        notes += _described(clause, quality, body)
    return {kind: body or None}, notes


def _described(clause: Clause, quality: Quality, body: dict[str, Any]) -> list[Note]:
    if quality.name:
        body["name"] = quality.name
    meta = to_meta(member for member in quality.custom_properties if member.property != QUALIFIER)
    if meta:
        body["attributes"] = meta
    if quality.custom(QUALIFIER):
        body["qualifier"] = quality.custom(QUALIFIER)
    if quality.severity == "WARNING":
        body.setdefault("threshold", {"must_be": 0} if "threshold" not in body else {})
        body["threshold"]["level"] = "warn"
    elif quality.severity not in (None, "CRITICAL"):
        return [Note(f"{clause.path}.severity", str(quality.severity), "Soda knows warn and fail")]
    return []


def _check(  # noqa: C901, PLR0911, PLR0912  (one per type of check)
    clause: Clause, columns: list[str]
) -> tuple[str, dict[str, Any]]:
    """Type and body of the check that says what a clause says."""
    params = clause.params
    if clause.kind in WHOLE and (clause.tolerance or (clause.threshold and clause.kind != "sql")):
        raise MisfitError("a check of the whole dataset has one threshold, its own")
    match clause.kind, params:
        case "not_null", {**rest} if not rest:
            return "missing", _threshold(clause)
        case "not_missing", {"values": [*values], **rest} if not rest and None in values:
            return "missing", {
                "missing_values": [value for value in values if value is not None]
            } | _threshold(clause)
        case "unique", {**rest} if not rest:
            return "duplicate", _threshold(clause)
        case "unique_together", {**rest} if not rest:
            return "duplicate", {"columns": list(clause.columns)} | _threshold(clause)
        case "row_count", {**bounds} if bounds:
            return "row_count", {"threshold": _bounded(bounds)}
        case "expression", {"sql": sql, **rest} if not rest:
            return "failed_rows", {"expression": negated(sql)} | _threshold(clause)
        case "query_returns_none", {"query": query, **rest} if not rest:
            return "failed_rows", {"query": query}
        case "sql", {"query": query} if clause.threshold:
            return "metric", {"query": query} | _threshold(clause)
        case "freshness", {"max_age": str(age), **rest} if not rest and age[:-1].isdigit() and clause.column:
            units = {ours: theirs for theirs, ours in UNITS.items()}
            if age[-1] in units:
                threshold = {"unit": units[age[-1]], "must_be_less_than_or_equal": int(age[:-1])}
                return "freshness", {"column": clause.column, "threshold": threshold}
        case "columns_in_order", {"columns": names, **rest} if not rest and names == columns:
            return "schema", {}
        case "columns_equal_set", {"columns": [*names], "exact": exact, **rest} if (
            not rest and names == columns
        ):
            return "schema", {"allow_other_column_order": True} | (
                {} if exact else {"allow_extra_columns": True}
            )
        case kind, {**bounds} if kind in FUNCTIONS.values() and bounds:
            function = next(word for word, ours in FUNCTIONS.items() if ours == kind)
            return "aggregate", {"function": function, "threshold": _bounded(bounds)}
    return "invalid", _invalid(clause) | _threshold(clause)


def _invalid(clause: Clause) -> dict[str, Any]:
    match clause.kind, clause.params:
        case "in_set", {"values": [*values], **rest} if not rest:
            return {"valid_values": values}
        case "not_in_set", {"values": [*values], **rest} if not rest:
            return {"invalid_values": values}
        case "matches", {"pattern": pattern, **rest} if not rest:
            return {"valid_format": {"regex": pattern, "name": "pattern"}}
        case "not_matches", {"pattern": pattern, **rest} if not rest:
            return {"invalid_format": {"regex": pattern, "name": "pattern"}}
        case "between", {**bounds} if _numbers(bounds):
            return {f"valid_{side}": value for side, value in bounds.items()}
        case "length", {**bounds} if _numbers(bounds):
            return {f"valid_{side}_length": value for side, value in bounds.items()}
        case "foreign_key", {"dataset": dataset, "fields": [field], **rest} if not rest and clause.column:
            return {"valid_reference_data": {"dataset": dataset, "column": field}}
    raise MisfitError("Soda has no such check")


def _numbers(bounds: dict[str, Any]) -> bool:
    numeric = all(isinstance(value, int | float) and not isinstance(value, bool) for value in bounds.values())
    return bool(bounds) and set(bounds) <= {"min", "max"} and numeric


def _threshold(clause: Clause) -> dict[str, Any]:
    """The threshold of a check, out of a tolerance or a threshold."""
    if isinstance(clause.tolerance, dict):
        raise MisfitError("Soda has one level per check")
    if clause.tolerance is not None:
        percent = round(clause.tolerance * 100, 10)
        value = int(percent) if float(percent).is_integer() else percent
        return {"threshold": {"metric": "percent", "must_be_less_than_or_equal": value}}
    if not clause.threshold:
        return {}
    words = {ours: theirs for theirs, (ours, _) in OPERATORS.items()}
    found = {key: value for key, value in clause.threshold.items() if key != "unit"}
    unit = {"metric": "percent"} if clause.threshold.get("unit") == "percent" else {}
    if len(found) != 1:
        return {"threshold": unit | {"must_be_between": _ends(found)}}
    key, value = next(iter(found.items()))
    if key in ("between", "not_between"):
        return {
            "threshold": unit | {words[key]: _ends({"greater_or_equal": value[0], "less_or_equal": value[1]})}
        }
    return {"threshold": unit | {words[key]: value}}


def _ends(found: dict[str, Any]) -> dict[str, Any]:
    words = {ours: theirs for theirs, ours in ENDS.items()}
    if not set(found) <= set(words):
        raise MisfitError("Soda has no such comparison")
    return {words[key]: value for key, value in found.items()}


def _bounded(bounds: dict[str, Any]) -> dict[str, Any]:
    """`min`, `max`, `strict_min`, `strict_max` as a threshold."""
    low, high = bounds.get("min"), bounds.get("max")
    if not set(bounds) <= {"min", "max", "strict_min", "strict_max"}:
        raise MisfitError("Soda has no such parameters")
    if low is not None and low == high and not bounds.get("strict_min") and not bounds.get("strict_max"):
        return {"must_be": low}
    ends = {}
    if low is not None:
        ends["greater_than" if bounds.get("strict_min") else "greater_than_or_equal"] = low
    if high is not None:
        ends["less_than" if bounds.get("strict_max") else "less_than_or_equal"] = high
    if len(ends) == 1:
        word, value = next(iter(ends.items()))
        return {f"must_be_{word}": value}
    return {"must_be_between": ends}
