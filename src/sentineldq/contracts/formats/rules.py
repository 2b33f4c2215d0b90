"""The rules format: `required_fields`, `field_types`, `value_constraints`, each by dotted path.

    required_fields: [id, actor.login]
    field_types: {id: string, actor: object, actor.id: integer}
    value_constraints:
      type: {allowed_values: [PushEvent, ForkEvent]}
      actor.id: {min: 1}

A path through a dot is a field of a nested object; `commits[].sha` is a field of the members of an array.
"""

from __future__ import annotations

import json
from typing import Any, get_args

from sentineldq.contracts.formats.base import (
    Converted,
    Source,
    Written,
    brief,
    contract,
    dump_yaml,
    only,
    parse_yaml,
    rule,
    unheld,
)
from sentineldq.contracts.formats.clause import Clause, clauses, unsaid
from sentineldq.contracts.formats.expectations import LOGICAL
from sentineldq.contracts.formats.fold import say
from sentineldq.contracts.formats.structure import structure_notes
from sentineldq.contracts.model import Contract, LogicalType, Property, SchemaObject

WHY = "the rules format has no place for it"
LENGTHS = ("shortest", "longest")
SECTIONS = ("required_fields", "field_types", "value_constraints")
WORDS = {
    "min": "min",
    "minimum": "min",
    "min_value": "min",
    "max": "max",
    "maximum": "max",
    "max_value": "max",
    "exclusive_min": "above",
    "exclusive_max": "below",
    "allowed_values": "values",
    "allowed": "values",
    "enum": "values",
    "values": "values",
    "pattern": "pattern",
    "regex": "pattern",
    "min_length": "shortest",
    "max_length": "longest",
    "format": "format",
    "unique": "unique",
    "multiple_of": "of",
    "not_null": "required",
    "required": "required",
}


def read(text: str, *, name: str) -> Converted:
    """Read a rules file, JSON or YAML. Raises ContractError when it is none."""
    source = Source(name)
    data = source.mapping(parse_yaml(text, name), "")
    if not any(section in data for section in SECTIONS):
        source.refuse("", f"a rules file has {', '.join(SECTIONS)}")
    item = SchemaObject(name=source.optional(data.pop("name", None), "name") or name)
    item.description = source.optional(data.pop("description", None), "description")
    for path, stated in source.mapping(data.pop("field_types", None), "field_types").items():
        _type(source, _at(source, item, path, f"field_types.{path}"), stated, f"field_types.{path}")
    for index, path in enumerate(source.strings(data.pop("required_fields", None), "required_fields")):
        _at(source, item, path, f"required_fields[{index}]").required = True
    constraints = source.mapping(data.pop("value_constraints", None), "value_constraints")
    for path, found in constraints.items():
        place = f"value_constraints.{path}"
        _constrain(source, _at(source, item, path, place), source.mapping(found, place), place)
    source.rest(data, "", "a rules file has no such section")
    return Converted(contract(str(item.name), [item]), source.notes)


def _at(source: Source, item: SchemaObject, path: str, place: str) -> Property:
    """The property at a dotted path; objects and arrays on the way are made."""
    steps = path.split(".")
    if not all(step.removesuffix("[]") for step in steps):
        source.refuse(place, f"{path!r} is no path of fields")
    held: SchemaObject | Property = item
    for position, step in enumerate(steps):
        if isinstance(held, Property):
            held.logical_type = held.logical_type or "object"
        name = step.removesuffix("[]")
        found = next((prop for prop in held.properties if prop.name == name), None)
        if found is None:
            found = Property(name=name)
            held.properties.append(found)
        held = found
        if step.endswith("[]"):
            found.logical_type = "array"
            found.items = found.items or Property(name="items")
            held = found.items
        if position > 100:
            source.refuse(place, "nested too deeply")
    return held if isinstance(held, Property) else Property()


def _type(source: Source, prop: Property, stated: Any, path: str) -> None:
    words = stated if isinstance(stated, list) else [stated]
    real = [word for word in words if word not in ("null", "none", "None", "NoneType", None)]
    own = get_args(LogicalType)
    found = {word if word in own else LOGICAL.get(str(word).lower()) for word in real}
    if found == {"integer", "number"}:
        found = {"number"}
    logical = found.pop() if len(found) == 1 else None
    if logical is None:
        source.note(path, stated, "it is no single type of a contract")
    elif not say(prop, "type", {"type": logical}) and prop.logical_type != logical:
        source.note(path, stated, f"other paths say it is {prop.logical_type}")


def _constrain(source: Source, prop: Property, found: dict[str, Any], path: str) -> None:
    """Turn the constraints of one path into fields of the property, or rules where fields cannot say them."""
    said: dict[str, Any] = {}
    for key, value in found.items():
        word = WORDS.get(key)
        if word is None or word in said:
            source.note(
                f"{path}.{key}",
                value,
                "there is no such constraint" if word is None else "it is stated twice",
            )
        elif value is not None:
            said[word] = value
    for kind, params in _demands(source, said, path):
        if not say(prop, kind, params):
            prop.quality.append(rule(kind, params=params))


def _demands(source: Source, said: dict[str, Any], path: str) -> list[tuple[str, dict[str, Any]]]:
    demands: list[tuple[str, dict[str, Any]]] = []
    low, high = said.get("min", said.get("above")), said.get("max", said.get("below"))
    bounds = {"min": low, "strict_min": "min" not in said, "max": high, "strict_max": "max" not in said}
    bounds = {
        key: value
        for key, value in bounds.items()
        if value is not None
        and value is not False
        and said
        and bounds[key.removeprefix("strict_")] is not None
    }
    if bounds:
        demands.append(("between", bounds))
    for first, second in (("min", "above"), ("max", "below")):
        if first in said and second in said:
            side = first
            demands.append(("between", {side: said[second], f"strict_{side}": True}))
    lengths = {"min": said.get("shortest"), "max": said.get("longest")}
    for word in ("min", "max", "above", "below", "shortest", "longest", "of"):
        value = said.get(word)
        if value is not None and (
            isinstance(value, bool | list | dict) or (word in LENGTHS and not isinstance(value, int))
        ):
            source.refuse(path, f"{brief(value)} is no bound")
    if any(value is not None for value in lengths.values()):
        demands.append(("length", {key: value for key, value in lengths.items() if value is not None}))
    if "values" in said:
        demands.append(("in_set", {"values": source.sequence(said["values"], f"{path}.allowed_values")}))
    for word, kind in (("pattern", "matches"), ("format", "format")):
        if word in said:
            demands.append((kind, {word: source.string(said[word], f"{path}.{word}")}))
    if "of" in said:
        demands.append(("multiple_of", {"of": said["of"]}))
    demands += [
        (kind, {})
        for word, kind in (("unique", "unique"), ("required", "not_null"))
        if said.get(word) is True
    ]
    return demands


# -- writing ------------------------------------------------------------------------------------------------


def write(found: Contract) -> Written:
    """Write the first schema object as a rules file."""
    item, notes = only(found, "a rules file")
    notes += unheld(found, WHY)
    notes += structure_notes(item, WHY, handled={"object": {"description"}})
    required: list[str] = []
    types: dict[str, str] = {}
    constraints: dict[str, dict[str, Any]] = {}
    for clause in clauses(item):
        column = clause.column
        plain = not (clause.tolerance or clause.threshold or clause.where or clause.columns)
        if column is None or not plain:
            notes.append(clause.refuse(WHY))
            continue
        if clause.kind == "not_null":
            required += [column] if column not in required else []
        elif clause.kind == "type" and column not in types:
            types[column] = str(clause.params["type"])
        elif not _put(constraints.setdefault(column, {}), clause):
            notes.append(clause.refuse(WHY))
            continue
        notes += unsaid(clause, handled=set(), why=WHY)
    document: dict[str, Any] = {"name": item.physical_name or item.name or found.id}
    if item.description:
        document["description"] = item.description
    document |= {
        "required_fields": required,
        "field_types": types,
        "value_constraints": {path: said for path, said in constraints.items() if said},
    }
    return Written(dump_yaml(json.loads(json.dumps(document, default=str))), notes)


def _put(said: dict[str, Any], clause: Clause) -> bool:
    """Add one clause to the constraints of a path; False where they lack the word or used it already."""
    made: dict[str, Any] = {}
    match clause.kind, clause.params:
        case "between", {**bounds} if set(bounds) <= {"min", "max", "strict_min", "strict_max"}:
            for side in ("min", "max"):
                if bounds.get(side) is not None:
                    made[f"exclusive_{side}" if bounds.get(f"strict_{side}") else side] = bounds[side]
        case "length", {**bounds} if set(bounds) <= {"min", "max"}:
            made = {f"{side}_length": value for side, value in bounds.items()}
        case "in_set", {"values": values, **rest} if not rest:
            made = {"allowed_values": values}
        case ("matches", {"pattern": value, **rest}) | ("format", {"format": value, **rest}) if not rest:
            made = {"pattern" if clause.kind == "matches" else "format": value}
        case "multiple_of", {"of": value, **rest} if not rest:
            made = {"multiple_of": value}
        case "unique", {**rest} if not rest:
            made = {"unique": True}
    if not made or set(made) & set(said):
        return False
    said |= made
    return True
