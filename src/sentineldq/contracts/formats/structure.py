"""Notes for what a schema object and its properties say beside their demands: texts, tags, lineage."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sentineldq.contracts.formats.base import Note, leftovers, place
from sentineldq.contracts.model import Property, SchemaObject

DEMANDS = {
    "name",
    "physical_name",
    "quality",
    "relationships",
    "logical_type",
    "logical_type_options",
    "required",
    "unique",
    "primary_key",
    "primary_key_position",
    "enum",
    "properties",
    "items",
    "map",
}
OPTIONS = ("timezone", "default_timezone", "dimensions", "element_type")


def structure_notes(
    item: SchemaObject, why: str, *, handled: Mapping[str, Collection[str]] | None = None
) -> list[Note]:
    """Notes for an object and all its properties.

    `handled` names fields by where they stand: `object`, `property`, and where it differs from these, `nested`
    (a property of a property) and `item` (the members of an array).
    """
    known = handled or {}
    path = place(item)
    notes = _renamed(item, path, why) if "physical_name" not in known.get("object", ()) else []
    notes += leftovers(item, path, handled=DEMANDS | set(known.get("object", ())), why=why)
    for column, prop in item.walk():
        inner = f"{path}.properties[{column}]"
        fields = set(_fields(column, known))
        notes += _renamed(prop, inner, why)
        notes += leftovers(prop, inner, handled=DEMANDS | fields, why=why)
        silent = OPTIONS if prop.logical_type in (None, "string") else (*OPTIONS, "format")
        options: dict[str, Any] = {key: getattr(prop.options, key) for key in silent}
        for key, value in options.items():
            if value is not None and f"options.{key}" not in fields:
                notes.append(Note(f"{inner}.logicalTypeOptions", f"{key}: {value}", why))
        if prop.map is not None and "map" not in fields:
            notes.append(Note(f"{inner}.map", "key and value types", why))
    return notes


def _fields(column: str, known: Mapping[str, Collection[str]]) -> Collection[str]:
    """The fields handled at a path."""
    top = known.get("property", ())
    nested = known.get("nested", top) if "." in column or "[]" in column else top
    return known.get("item", nested) if column.endswith("[]") else nested


def inside(path: str, step: str) -> str:
    """The path of a property within another: `schema[a].properties[b]` and `c` give `…properties[b.c]`."""
    if not path.endswith("]") or ".properties[" not in path:
        return f"{path}.properties[{step}]"
    return f"{path[:-1]}{step if step == '[]' else '.' + step}]"


def _renamed(item: SchemaObject | Property, path: str, why: str) -> list[Note]:
    """Where the data calls it otherwise, the name in the data is written and the contract's is lost."""
    if item.physical_name and item.name and item.physical_name != item.name:
        return [Note(f"{path}.name", item.name, why)]
    return []
