"""Rules over objects and properties: names, keys, nesting, descriptions, classification, relationships."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sentineldq.contracts.model import Contract, Property, Relationship
from sentineldq.contracts.paths import external, resolve
from sentineldq.contracts.rules.base import Fault, View, repeated, rule

_PERSONAL = re.compile(
    r"(?:.*_)?(?:e_?mail|e_?mail_address|phone|phone_number|mobile|mobile_number|fax|ssn|social_security"
    r"(?:_number)?|passport(?:_number|_no)?|iban|birth_?date|birth_?day|date_of_birth|dob|first_?name|last_?name"
    r"|full_?name|sur_?name|maiden_?name|street|street_address|postal_address|home_address|address|credit_?card"
    r"(?:_number)?|card_number|cvv|cvc|password|tax_id|national_id|ip|ip_address)"
)


class _Key(NamedTuple):
    """A kind of key: the field that says a column is part of it, and the one with its position."""

    title: str
    flag: str
    position: str
    document: str


_KEYS = (
    _Key("primary key", "primary_key", "primary_key_position", "primaryKeyPosition"),
    _Key("partition key", "partitioned", "partition_key_position", "partitionKeyPosition"),
)


@rule("SDQ120", "error", "Two objects of the schema have the same name.")
def object_repeated(view: View) -> Iterator[Fault]:
    names = [table.name for _, table in view.tables]
    for index, first in repeated(names):
        yield Fault(f"schema[{index}].name", f"object {names[index]!r} is also schema[{first}]")


@rule("SDQ121", "note", "An object of the schema has no properties.")
def object_empty(view: View) -> Iterator[Fault]:
    for path, table in view.tables:
        if not table.properties:
            yield Fault(path, f"object {table.name!r} has no properties")


@rule("SDQ122", "note", "Objects or properties have no description.")
def undescribed(view: View) -> Iterator[Fault]:
    for path, table in view.tables:
        if not table.description:
            yield Fault(path, f"object {table.name!r} has no description")
        bare = [item.name or "" for item in table.properties if not item.description]
        if bare:
            some = ", ".join(bare[:5]) + (", …" if len(bare) > 5 else "")
            count = f"{len(bare)} of {len(table.properties)}"
            yield Fault(f"{path}.properties", f"{count} properties have no description: {some}")


@rule("SDQ130", "error", "Two properties of an object have the same name, or mean the same column.")
def property_repeated(view: View) -> Iterator[Fault]:
    for path, items in view.siblings:
        for index, first in repeated([item.name for item in items]):
            yield Fault(f"{path}[{index}].name", f"property {items[index].name!r} is also {path}[{first}]")
        for index, first in repeated([item.physical_name for item in items]):
            name = items[index].physical_name
            yield Fault(f"{path}[{index}].physicalName", f"column {name!r} is also {path}[{first}]")


@rule("SDQ131", "error", "Positions in a primary or partition key repeat, or are given outside of a key.")
def key_positions(view: View) -> Iterator[Fault]:
    for path, items in view.siblings:
        for key in _KEYS:
            taken: set[int] = set()
            for index, item in enumerate(items):
                position = getattr(item, key.position)
                where = f"{path}[{index}].{key.document}"
                if position != -1 and not getattr(item, key.flag):
                    yield Fault(where, f"{item.name!r} has a position, but is not part of the {key.title}")
                elif position != -1 and position in taken:
                    yield Fault(where, f"position {position} of the {key.title} is taken already")
                taken.add(position)


@rule("SDQ132", "warning", "The columns of a compound key have no complete order.")
def key_gaps(view: View) -> Iterator[Fault]:
    for path, items in view.siblings:
        for key in _KEYS:
            places = sorted(getattr(item, key.position) for item in items if getattr(item, key.flag))
            whole = list(range(1, len(places) + 1))
            if len(places) > 1 and set(places) == {-1}:
                yield Fault(
                    path, f"the {len(places)} columns of the {key.title} have no positions", "count from 1"
                )
            elif places not in ([], [-1], whole) and len(set(places)) == len(places):
                shown = ", ".join(map(str, places))
                yield Fault(path, f"positions of the {key.title} are {shown}", "count from 1, without gaps")


@rule("SDQ140", "error", "A property says something that its logical type cannot have.")
def nesting(view: View) -> Iterator[Fault]:
    for path, item, _, _ in view.properties:
        kind = item.logical_type
        if kind == "map" and item.map is None:
            yield Fault(path, f"{item.name!r} is a map without a map block", "add `map: {key: …, value: …}`")
        if kind == "vector" and item.options.dimensions is None:
            yield Fault(
                path, f"{item.name!r} is a vector without dimensions", "add logicalTypeOptions.dimensions"
            )
        for key, value, fits in (
            ("map", item.map, "map"),
            ("items", item.items, "array"),
            ("properties", item.properties, "object"),
        ):
            if value and kind is not None and kind != fits:
                yield Fault(f"{path}.{key}", f"{key} belongs to {fits}, {item.name!r} is {kind}")


@rule("SDQ141", "warning", "An array says nothing about its items.")
def items_missing(view: View) -> Iterator[Fault]:
    for path, item, _, _ in view.properties:
        if item.logical_type == "array" and item.items is None:
            yield Fault(path, f"array {item.name!r} has no items", "add `items: {logicalType: …}`")


@rule("SDQ142", "warning", "A property has no type.")
def type_missing(view: View) -> Iterator[Fault]:
    for path, item, _, _ in view.properties:
        if item.logical_type is None and item.physical_type is None:
            yield Fault(
                path, f"{item.name or path!r} has no logicalType", "without one only presence is checked"
            )


@rule("SDQ143", "warning", "A column looks personal and is not classified.")
def personal(view: View) -> Iterator[Fault]:
    for path, item, _, classified in view.properties:
        name = item.name or ""
        plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace("-", "_").replace(" ", "_")
        if not classified and item.logical_type != "boolean" and _PERSONAL.fullmatch(plain):
            hint = "add `classification: confidential` (or `public`, if it is)"
            yield Fault(path, f"{name!r} looks personal and has no classification", hint)


@rule("SDQ144", "warning", "A measure has no logic.")
def measure_without_logic(view: View) -> Iterator[Fault]:
    for path, item, _, _ in view.properties:
        if item.semantic_type == "measure" and not item.transform_logic:
            yield Fault(path, f"measure {item.name!r} has no transformLogic")


@rule("SDQ150", "error", "A relationship points to a property that its object does not have.")
def reference_broken(view: View) -> Iterator[Fault]:
    for path, relationship in _relationships(view):
        for key, reference in _references(relationship):
            if _knows_table(view.contract, reference) and not resolve(view.contract, reference):
                yield Fault(f"{path}.{key}", f"{reference!r} points to nothing in this contract")


@rule("SDQ151", "warning", "A relationship points out of the contract, where it cannot be checked.")
def reference_external(view: View) -> Iterator[Fault]:
    for path, relationship in _relationships(view):
        for key, reference in _references(relationship):
            if not _knows_table(view.contract, reference):
                hint = None if external(reference) else "name the contract: `other.odcs.yaml#table.column`"
                yield Fault(f"{path}.{key}", f"{reference!r} is outside of this contract", hint)


@rule(
    "SDQ152",
    "error",
    "A relationship has a `from` where none belongs, lacks one, or its sides differ in length.",
)
def reference_shape(view: View) -> Iterator[Fault]:
    for path, table in view.tables:
        for index, relationship in enumerate(table.relationships):
            place = f"{path}.relationships[{index}]"
            if relationship.from_ is None:
                yield Fault(place, "from is missing", "at an object, from and to are both needed")
            elif _width(relationship.from_) != _width(relationship.to):
                yield Fault(place, "from and to differ in length", "name as many columns on both sides")
    for path, item, _, _ in view.properties:
        for index, relationship in enumerate(item.relationships):
            if relationship.from_ is not None:
                yield Fault(
                    f"{path}.relationships[{index}].from", "from is implied on a property", "leave it out"
                )


@rule("SDQ153", "warning", "The two sides of a relationship have different types.")
def reference_types(view: View) -> Iterator[Fault]:
    for path, item, _, _ in view.properties:
        for index, relationship in enumerate(item.relationships):
            target = _target(view.contract, relationship.to)
            kinds = (item.logical_type, target.logical_type) if target else (None, None)
            if None not in kinds and kinds[0] != kinds[1]:
                place = f"{path}.relationships[{index}].to"
                yield Fault(place, f"{item.name!r} is {kinds[0]}, {relationship.to!r} is {kinds[1]}")


def _relationships(view: View) -> Iterator[tuple[str, Relationship]]:
    for path, element in [*view.tables, *((place.path, place.item) for place in view.properties)]:
        for index, relationship in enumerate(element.relationships):
            yield f"{path}.relationships[{index}]", relationship


def _references(relationship: Relationship) -> Iterator[tuple[str, str]]:
    for key, value in (("from", relationship.from_), ("to", relationship.to)):
        if isinstance(value, str):
            yield key, value
        for index, reference in enumerate(value if isinstance(value, list) else ()):
            yield f"{key}[{index}]", reference


def _knows_table(contract: Contract, reference: str) -> bool:
    if external(reference):
        return False
    steps = reference.strip("/").split("/")
    head = "/".join(steps[:2]) if "/" in reference else reference.split(".", maxsplit=1)[0]
    return resolve(contract, head) is not None


def _target(contract: Contract, reference: str | list[str]) -> Property | None:
    found = resolve(contract, reference) if isinstance(reference, str) else None
    return found[1] if found else None


def _width(side: str | Sequence[str]) -> int:
    return 0 if isinstance(side, str) else len(side)
