"""Checks of a schema object folded into the fields of the schema that state them natively and exactly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import msgspec

from sentineldq.contracts.formats.base import ENGINE, Note
from sentineldq.contracts.formats.clause import Clause, clauses, unsaid
from sentineldq.contracts.model import EnumValue, LogicalType, Property, Quality, SchemaObject, TypeOptions

LOGICAL = get_args(LogicalType)
TEXT = (None, "string")
PLAIN = (str, int, float, bool, type(None))
NUMBERS = ("integer", "number")
TIMES = ("date", "timestamp", "time")


def fold_rules(item: SchemaObject) -> None:
    """Move every rule that a field of a property says exactly into that field; the others stay."""
    columns = {prop.column: prop for prop in item.properties}
    item.quality = [quality for quality in item.quality if not _folded(item, columns, quality)]


def _folded(item: SchemaObject, columns: dict[str, Property], quality: Quality) -> bool:
    found = quality.implementation
    if quality.engine != ENGINE or not isinstance(found, dict) or quality != _bare(quality):
        return False
    column = found.get("column")
    params = {key: value for key, value in found.items() if key not in ("check", "column")}
    if (
        not isinstance(column, str)
        or "." in column
        or "[]" in column
        or not say(Property(), found["check"], params)
    ):
        return False
    target = columns.get(column)
    if target is None:
        target = Property(name=column)
        item.properties.append(target)
        columns[target.column] = target
    return say(target, found["check"], params)


def folded(item: SchemaObject, why: str, fits: Callable[[Clause], bool]) -> tuple[SchemaObject, list[Note]]:
    """A copy of an object in which fields say the rules that fit, and notes for every rule left over."""
    made = msgspec.convert(msgspec.to_builtins(item), SchemaObject)
    made.quality, made.relationships = [], []
    for _, prop in made.walk():
        prop.quality, prop.relationships = [], []
    notes: list[Note] = []
    places = dict(made.walk())
    for clause in clauses(item):
        if clause.quality is None:
            notes += [clause.refuse(why)] if clause.kind in ("foreign_key", "unique_together") else []
            continue
        target = places.get(clause.column or "") if not clause.columns else None
        plain = not (clause.tolerance or clause.threshold or clause.where)
        if target is not None and plain and fits(clause) and say(target, clause.kind, clause.params):
            notes += unsaid(clause, handled=set(), why=why)
        else:
            notes.append(clause.refuse(why))
    return made, notes


def _bare(quality: Quality) -> Quality:
    """The same rule without anything said beside the demand."""
    return Quality(type="custom", engine=ENGINE, implementation=quality.implementation)


def say(prop: Property, kind: str, params: dict[str, Any]) -> bool:
    """State one demand as fields of a property; False where it cannot or already says another thing."""
    match kind, params:
        case "not_null", {**rest} if not rest and not prop.required:
            prop.required = True
        case "unique", {**rest} if not rest and not prop.unique:
            prop.unique = True
        case "type", {"type": word, **rest} if not rest and word in LOGICAL and not prop.logical_type:
            prop.logical_type = word
        case "in_set", {"values": [*values], **rest} if (
            not rest and values and not prop.enum and all(isinstance(value, PLAIN) for value in values)
        ):
            prop.enum = [EnumValue(value=value) for value in values]
        case "between", {**bounds} if bounds and _comparable(prop, bounds):
            return _options(prop, _between(bounds))
        case "length", {**bounds} if _lengths(bounds) and prop.logical_type in TEXT:
            return _options(prop, {f"{key}_length": value for key, value in bounds.items()})
        case "matches", {"pattern": str(pattern), **rest} if not rest and prop.logical_type in TEXT:
            return _options(prop, {"pattern": pattern})
        case "format", {"format": str(word), **rest} if not rest and prop.logical_type in TEXT:
            return _options(prop, {"format": word})
        case "multiple_of", {"of": of, **rest} if (
            not rest and prop.logical_type in (None, *NUMBERS) and _number(of)
        ):
            return _options(prop, {"multiple_of": of})
        case _:
            return False
    return True


def _comparable(prop: Property, bounds: dict[str, Any]) -> bool:
    """Are the bounds of the property's type? Text and nested values have none in ODCS."""
    values = [bounds[side] for side in ("min", "max") if bounds.get(side) is not None]
    if prop.logical_type in NUMBERS:
        return all(_number(value) for value in values)
    if prop.logical_type in TIMES:
        return all(isinstance(value, str) for value in values)
    return prop.logical_type is None and all(_number(value) or isinstance(value, str) for value in values)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _lengths(bounds: dict[str, Any]) -> bool:
    """Are these bounds of a length: whole numbers, closed?"""
    whole = all(isinstance(value, int) and not isinstance(value, bool) for value in bounds.values())
    return bool(bounds) and set(bounds) <= {"min", "max"} and whole


def _between(bounds: dict[str, Any]) -> dict[str, Any]:
    fields = {}
    for side, name in (("min", "minimum"), ("max", "maximum")):
        if bounds.get(side) is not None:
            fields[f"exclusive_{name}" if bounds.get(f"strict_{side}") else name] = bounds[side]
    known = {"min", "max", "strict_min", "strict_max"}
    return fields if set(bounds) <= known else {}


def _options(prop: Property, fields: dict[str, Any]) -> bool:
    """Set options that are still free; all of them or none."""
    bounds = {"minimum", "maximum", "exclusive_minimum", "exclusive_maximum"}
    lengths = {"min_length", "max_length"}
    options = prop.options
    group = next((group for group in (bounds, lengths) if group & set(fields)), set(fields))
    if not fields or any(getattr(options, name) is not None for name in group):
        return False
    if prop.logical_type_options is None:
        prop.logical_type_options = TypeOptions()
    for name, value in fields.items():
        setattr(prop.logical_type_options, name, value)
    return True
