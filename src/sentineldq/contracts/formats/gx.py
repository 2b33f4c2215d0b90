"""Great Expectations suites: 0.x and 1.x JSON, and a bare list of expectations.

Each expectation becomes one check of its own, in order, with its own `mostly` and row condition. With `fold`,
those that ODCS states natively and exactly become fields of the schema.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sentineldq.contracts.formats.base import (
    ENGINE,
    Converted,
    Note,
    Source,
    Written,
    contract,
    dump_json,
    from_meta,
    only,
    parse_json,
    rule,
    share,
    title,
    to_meta,
    unheld,
)
from sentineldq.contracts.formats.clause import Clause, clauses, unsaid
from sentineldq.contracts.formats.condition import ConditionError, to_spark, to_sql
from sentineldq.contracts.formats.expectations import ROWS, Demand, MisfitError, demand, expectation
from sentineldq.contracts.formats.fold import fold_rules
from sentineldq.contracts.formats.structure import structure_notes
from sentineldq.contracts.model import DIMENSIONS, Contract, CustomProperty, Quality, SchemaObject

WHY = "Great Expectations has no place for it"
RUNTIME = ("result_format", "catch_exceptions", "include_config", "batch_id", "profiler_config")
SEVERITIES = {"critical": "CRITICAL", "warning": "WARNING", "info": "INFO"}
HARMLESS = {
    "auto": "values are not profiled; those stated stay",
    "parse_strings_as_datetimes": "text is compared as the type that its column declares",
    "allow_relative_error": "quantiles are exact",
    "allow_cross_type_comparisons": "values are compared as the type of their column",
    "output_strftime_format": "values are shown as they are",
}
COMMON = (
    "id",
    "meta",
    "severity",
    "description",
    "notes",
    "rendered_content",
    "expectation_context",
    "success_on_last_run",
)


def read(text: str, *, name: str, fold: bool = False) -> Converted:
    """Read a suite. Raises ContractError when the document is not one."""
    source = Source(name)
    data = parse_json(text, name)
    suite = {"expectations": data} if isinstance(data, list) else source.mapping(data, "")
    title_ = source.optional(suite.pop("name", None), "name")
    title_ = source.optional(suite.pop("expectation_suite_name", None), "expectation_suite_name") or title_
    known = suite.pop("evaluation_parameters", None) or suite.pop("suite_parameters", None)
    parameters = source.mapping(known, "suite_parameters")
    if "expectations" not in suite:
        source.refuse("", "a suite has `expectations`")
    entries = source.sequence(suite.pop("expectations"), "expectations")
    rules = []
    for index, entry in enumerate(entries):
        found = _rule(source, entry, f"expectations[{index}]", parameters)
        if found is not None:
            rules.append(found)
    item = SchemaObject(name=title_ or name, quality=rules)
    notes = suite.pop("notes", None)
    if notes:
        item.description = notes if isinstance(notes, str) else "\n".join(map(str, notes))
    made = contract(title_ or name, [item])
    meta = source.mapping(suite.pop("meta", None), "meta")
    meta.pop("great_expectations_version", None)
    made.custom_properties = [CustomProperty(property=key, value=value) for key, value in meta.items()]
    for ignored in ("ge_cloud_id", "id", "data_asset_type"):
        suite.pop(ignored, None)
    source.rest(suite, "", "this part of a suite has no meaning in a contract")
    if fold:
        fold_rules(item)
    return Converted(made, source.notes)


def _rule(source: Source, entry: Any, path: str, parameters: dict[str, Any]) -> Quality | None:
    """One expectation as a quality rule; None (with a note) where no check says the same."""
    config = source.mapping(entry, path)
    name = source.string(config.pop("expectation_type", None) or config.pop("type", None), f"{path}.type")
    try:
        kwargs = _resolve(source.mapping(config.pop("kwargs", None), f"{path}.kwargs"), parameters)
        for key in RUNTIME:
            kwargs.pop(key, None)
        mostly = kwargs.pop("mostly", None)
        condition, parser = kwargs.pop("row_condition", None), kwargs.pop("condition_parser", None)
        where = to_sql(condition, parser) if condition is not None else None
        found = demand(name, kwargs)
        tolerance = _tolerance(mostly)
    except (MisfitError, ConditionError) as error:
        source.note(path, name, str(error))
        return None
    _ignored(source, found, name, kwargs, path)
    return _quality(source, config, path, found, tolerance=tolerance, where=where)


def _tolerance(mostly: Any) -> float | None:
    if mostly is None:
        return None
    if isinstance(mostly, bool) or not isinstance(mostly, int | float) or not 0 <= mostly <= 1:
        raise MisfitError(f"mostly {mostly!r} is no share from 0 to 1")
    return share(mostly)


def _ignored(source: Source, found: Demand, name: str, kwargs: dict[str, Any], path: str) -> None:
    for key, value in found.ignored.items():
        if key not in HARMLESS:
            source.note(f"{path}.kwargs.{key}", value, f"{name} takes no such argument")
        elif value:
            source.note(f"{path}.kwargs.{key}", value, HARMLESS[key])
    stated = kwargs.get("type_") or kwargs.get("type_list") if found.kind == "type" else None
    for word in stated if isinstance(stated, list) else [stated]:
        if word is not None and any(mark.isdigit() or mark in "([" for mark in str(word)):
            source.note(f"{path}.kwargs", word, f"checked as {found.params['type']}; the width is not")


def _quality(
    source: Source, config: dict[str, Any], path: str, found: Demand, *, tolerance: Any, where: str | None
) -> Quality:
    meta = source.mapping(config.get("meta"), f"{path}.meta")
    own = source.mapping(meta.get(ENGINE), f"{path}.meta.{ENGINE}")
    notes = meta.pop("notes", None) or config.get("notes")
    if isinstance(notes, dict):
        notes = notes.get("content")
    if isinstance(notes, list):
        notes = "\n".join(map(str, notes))
    description = config.get("description") or notes
    made = rule(
        found.kind,
        column=found.column,
        columns=found.columns,
        params=found.params,
        tolerance=own["tolerance"] if isinstance(own.get("tolerance"), dict) else tolerance,
        where=where,
        on_violation=source.optional(own.get("on_violation"), f"{path}.meta.{ENGINE}.on_violation"),
        name=source.optional(own.get("name"), f"{path}.meta.{ENGINE}.name"),
        description=description if isinstance(description, str) else None,
        dimension=own["dimension"] if own.get("dimension") in DIMENSIONS else None,
    )
    severity = config.get("severity")
    if isinstance(severity, str):
        made.severity = SEVERITIES.get(severity.lower(), severity)
    if isinstance(config.get("id"), str):
        made.id = config["id"]
    made.custom_properties = from_meta(meta)
    left = {key: value for key, value in config.items() if key not in COMMON}
    source.rest(left, path, "this part of an expectation has no meaning in a contract")
    return made


# -- parameters ---------------------------------------------------------------------------------------------

_ARITHMETIC = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@dataclass(frozen=True)
class Now:
    """The moment of the run, shifted: a bound as checks write it, `now - 86400s`."""

    shift: timedelta = timedelta()

    def __add__(self, other: timedelta) -> Now:
        return Now(self.shift + other)

    def __sub__(self, other: timedelta) -> Now:
        return Now(self.shift - other)

    def __str__(self) -> str:
        seconds = f"{abs(self.shift).total_seconds():.6f}".rstrip("0").rstrip(".")
        return f"now {'-' if self.shift < timedelta() else '+'} {seconds}s" if self.shift else "now"


_CALLS: dict[str, Callable[..., Any]] = {
    "datetime": datetime,
    "date": date,
    "timedelta": timedelta,
    "now": Now,
}


def _resolve(value: Any, parameters: dict[str, Any]) -> Any:
    """Replace `{"$PARAMETER": …}` by its value. Raises MisfitError where it is known only at run time."""
    if isinstance(value, list):
        return [_resolve(item, parameters) for item in value]
    if not isinstance(value, dict):
        return value
    if "$PARAMETER" not in value:
        return {str(key): _resolve(item, parameters) for key, item in value.items()}
    text = str(value["$PARAMETER"])
    stored = value.get(f"$PARAMETER.{text}", parameters.get(text))
    if stored is not None:
        return stored
    try:
        result = _evaluate(ast.parse(text, mode="eval").body, parameters)
    except (SyntaxError, RecursionError, ArithmeticError, TypeError, ValueError) as error:
        raise MisfitError(f"the parameter {text!r} is known only at run time") from error
    if isinstance(result, Now):
        return str(result)
    return result.isoformat() if isinstance(result, date) else result


def _evaluate(node: ast.expr, parameters: dict[str, Any]) -> Any:
    """A constant expression: numbers, dates, durations, known parameters and arithmetic."""
    match node:
        case ast.Constant(value=int() | float() | str() as value):
            return value
        case ast.Name(id=name) if name in parameters:
            return parameters[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_evaluate(operand, parameters)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return _ARITHMETIC[type(op)](_evaluate(left, parameters), _evaluate(right, parameters))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in _CALLS:
            named = {item.arg: _evaluate(item.value, parameters) for item in keywords if item.arg}
            return _CALLS[name](*(_evaluate(item, parameters) for item in args), **named)
    raise ValueError(ast.unparse(node))


# -- writing ------------------------------------------------------------------------------------------------


def write(found: Contract) -> Written:
    """Write the first schema object as a suite of GX 1.x."""
    item, notes = only(found, "a suite")
    notes += unheld(found, WHY, handled={"custom_properties"})
    notes += structure_notes(item, WHY, handled={"object": {"description"}})
    entries = []
    for clause in clauses(item):
        entry, missed = _entry(clause)
        notes += missed
        if entry is not None:
            entries.append(entry)
    meta = {entry.property: entry.value for entry in found.custom_properties}
    suite = {"name": title(item, found.id), "expectations": entries, "meta": meta}
    if item.description:
        suite["notes"] = item.description
    return Written(dump_json(suite), notes)


def _entry(clause: Clause) -> tuple[dict[str, Any] | None, list[Note]]:
    """One clause as an expectation, with notes for what of it is lost."""
    if clause.tolerance is not None and clause.kind not in ROWS:
        return None, [clause.refuse("an expectation about a whole column or table tolerates nothing")]
    if clause.threshold:
        return None, [clause.refuse("an expectation bounds the share of failing rows, not their number")]
    try:
        name, kwargs = expectation(clause.kind, clause.column, clause.columns, clause.params)
    except MisfitError as error:
        return None, [clause.refuse(str(error))]
    notes = unsaid(
        clause,
        handled={"id", "name", "description", "dimension", "severity", "custom_properties", "on_violation"},
        why=WHY,
    )
    own: dict[str, Any] = {}
    if clause.tolerance is not None:
        fail, own_tolerance = _mostly(clause)
        kwargs["mostly"] = share(fail)
        if own_tolerance is not None:
            own["tolerance"] = own_tolerance
    if clause.where:
        kwargs |= {"row_condition": to_spark(clause.where), "condition_parser": "spark"}
        notes.append(
            Note(clause.path, clause.where, "written as Spark SQL, which the Spark engine alone reads")
        )
    entry: dict[str, Any] = {"type": name, "kwargs": kwargs}
    if clause.on_violation:
        own["on_violation"] = clause.on_violation
    if clause.quality is not None:
        _describe(clause.quality, entry, own)
    if own:
        meta = entry.setdefault("meta", {})
        meta[ENGINE] = own | meta.get(ENGINE, {})
    return entry, notes


def _mostly(clause: Clause) -> tuple[float, Any]:
    """The share that may fail; a level that only warns has no place but the metadata."""
    if isinstance(clause.tolerance, dict):
        return float(clause.tolerance.get("fail", 0)), clause.tolerance
    return float(clause.tolerance), None


def _describe(quality: Quality, entry: dict[str, Any], own: dict[str, Any]) -> None:
    if quality.id:
        entry["id"] = quality.id
    if quality.description:
        entry["description"] = quality.description
    if quality.severity:
        words = {ours: theirs for theirs, ours in SEVERITIES.items()}
        entry["severity"] = words.get(quality.severity, quality.severity)
    if quality.custom_properties:
        entry["meta"] = to_meta(quality.custom_properties)
    own |= {key: getattr(quality, key) for key in ("name", "dimension") if getattr(quality, key)}
