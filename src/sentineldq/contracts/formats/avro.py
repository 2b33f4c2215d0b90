"""Avro schemas: records, unions with null, enums, arrays, maps, fixed, logical types.

The Avro type stays as the physical type where the logical type alone would not bring it back.
Source: https://avro.apache.org/docs/1.12.0/specification/
"""

from __future__ import annotations

import re
from typing import Any

from sentineldq.contracts.formats.base import (
    Converted,
    Note,
    Source,
    Written,
    contract,
    dump_json,
    only,
    parse_json,
    place,
    title,
    unheld,
)
from sentineldq.contracts.formats.clause import Clause, clauses
from sentineldq.contracts.formats.fold import folded
from sentineldq.contracts.formats.structure import inside, structure_notes
from sentineldq.contracts.model import (
    Contract,
    CustomProperty,
    EnumValue,
    LogicalType,
    MapType,
    Property,
    SchemaObject,
    TypeOptions,
)

WHY = "Avro has no place for it"
PRIMITIVES: dict[str, LogicalType | None] = {
    "boolean": "boolean",
    "int": "integer",
    "long": "integer",
    "float": "number",
    "double": "number",
    "string": "string",
    "bytes": None,
}
DEFAULT = {"boolean": "boolean", "integer": "long", "number": "double", "string": "string"}
# Avro's logical type: its base type, the contract's type, and what `timezone` says
LOGICAL: dict[str, tuple[str, LogicalType, bool | None]] = {
    "date": ("int", "date", None),
    "time-millis": ("int", "time", None),
    "time-micros": ("long", "time", None),
    "timestamp-millis": ("long", "timestamp", True),
    "timestamp-micros": ("long", "timestamp", True),
    "timestamp-nanos": ("long", "timestamp", True),
    "local-timestamp-millis": ("long", "timestamp", False),
    "local-timestamp-micros": ("long", "timestamp", False),
    "local-timestamp-nanos": ("long", "timestamp", False),
    "uuid": ("string", "string", None),
}
CHOSEN = {
    ("date", None): "date",
    ("time", None): "time-micros",
    ("timestamp", None): "timestamp-micros",
    ("timestamp", True): "timestamp-micros",
    ("timestamp", False): "local-timestamp-micros",
}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DECIMAL = re.compile(r"decimal\((\d+), ?(\d+)\)")
_FIXED = re.compile(r"fixed\((\d+)\)")


def read(text: str, *, name: str) -> Converted:
    """Read a schema whose top is a record. Raises ContractError when it is none."""
    source = Source(name)
    data = parse_json(text, name)
    tops = data if isinstance(data, list) else [data]
    reader = _Reader(source)
    objects = []
    for index, top in enumerate(tops):
        path = f"[{index}]" if isinstance(data, list) else ""
        if not isinstance(top, dict) or top.get("type") not in ("record", "error"):
            source.refuse(path, "the top of an Avro schema for records is a record")
        objects.append(reader.top(top, path))
    if not objects:
        source.refuse("", "the schema is an empty union")
    return Converted(contract(str(objects[0].name), objects), source.notes)


class _Reader:
    """Reads types into properties; remembers named types."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.named: dict[str, dict[str, Any]] = {}
        self.open: list[str] = []
        self.wish = ""

    def top(self, schema: dict[str, Any], path: str) -> SchemaObject:
        prop = Property()
        own = self.record(prop, dict(schema), path, "")
        own.pop("name")
        item = SchemaObject(name=prop.name, properties=prop.properties, description=prop.description)
        item.custom_properties = [CustomProperty(property=key, value=value) for key, value in own.items()]
        return item

    def record(self, prop: Property, schema: dict[str, Any], path: str, space: str) -> dict[str, Any]:
        """Fill a property from a record; what is left of the record comes back."""
        full, space = self.register(schema, path, space)
        self.open.append(full)
        prop.name = prop.name or full.rpartition(".")[2]
        outer = self.wish
        prop.description = prop.description or self.source.optional(schema.pop("doc", None), f"{path}.doc")
        for index, entry in enumerate(self.source.sequence(schema.pop("fields", None), f"{path}.fields")):
            inner = f"{path}.fields[{index}]"
            prop.properties.append(self.field(self.source.mapping(entry, inner), inner, space))
        self.open.pop()
        self.wish = outer
        for done in ("type", "doc"):
            schema.pop(done, None)
        return schema

    def register(self, schema: dict[str, Any], path: str, space: str) -> tuple[str, str]:
        """The full name of a named type, and the namespace inside it."""
        name = self.source.string(schema.get("name"), f"{path}.name")
        stated = schema.get("namespace")
        full = name if "." in name else f"{stated or space}.{name}".lstrip(".")
        self.named[full] = schema | {"name": name}
        return full, full.rpartition(".")[0]

    def field(self, entry: dict[str, Any], path: str, space: str) -> Property:
        prop = Property(name=self.source.string(entry.pop("name", None), f"{path}.name"))
        prop.description = self.source.optional(entry.pop("doc", None), f"{path}.doc")
        if "type" not in entry:
            self.source.refuse(path, "a field has a type")
        self.wish = f"{self.open[-1].rpartition('.')[2]}_{prop.name}"
        self.type(prop, entry.pop("type"), f"{path}.type", space)
        entry.pop("order", None)
        if entry.get("default", "") is None:
            del entry["default"]
        prop.custom_properties += [CustomProperty(property=key, value=value) for key, value in entry.items()]
        return prop

    def type(self, prop: Property, schema: Any, path: str, space: str) -> None:
        """Fill a property from any type."""
        prop.required = True
        if isinstance(schema, list):
            self.union(prop, schema, path, space)
        elif isinstance(schema, str):
            self.word(prop, schema, path, space)
        else:
            self.complex(prop, dict(self.source.mapping(schema, path)), path, space)

    def union(self, prop: Property, schema: list[Any], path: str, space: str) -> None:
        members = [member for member in schema if member not in ("null", {"type": "null"})]
        if len(members) == 1:
            self.type(prop, members[0], path, space)
        elif members:
            self.source.note(path, members, "a contract has one type per field")
        prop.required = len(members) == len(schema) and bool(members)

    def word(self, prop: Property, schema: str, path: str, space: str) -> None:
        if schema in PRIMITIVES:
            prop.logical_type = PRIMITIVES[schema]
            prop.physical_type = None if DEFAULT.get(str(prop.logical_type)) == schema else schema
            return
        if schema == "null":
            prop.required = False
            return
        full = schema if schema in self.named or "." in schema else f"{space}.{schema}".lstrip(".")
        if full not in self.named:
            self.source.refuse(path, f"there is no type named {schema!r}")
        if full in self.open:
            self.source.note(path, schema, "a record that contains itself is followed once")
            prop.logical_type = "object"
            return
        self.complex(prop, dict(self.named[full]), path, full.rpartition(".")[0])

    def complex(self, prop: Property, schema: dict[str, Any], path: str, space: str) -> None:
        kind = schema.get("type")
        rest = schema
        if isinstance(kind, dict | list):
            self.type(prop, kind, path, space)
            del schema["type"]
        elif kind in ("record", "error"):
            prop.logical_type = "object"
            rest = self.record(prop, schema, path, space)
        elif kind == "enum":
            self.symbols(prop, schema, path, space)
        elif kind == "array":
            prop.logical_type, prop.items = "array", Property(name="items")
            self.wish += "_item"
            self.type(prop.items, schema.pop("items", "null"), f"{path}.items", space)
            schema.pop("type")
        elif kind == "map":
            word = Property(name="key", logical_type="string", required=True)
            prop.logical_type, prop.map = "map", MapType(key=word, value=Property(name="value"))
            self.wish += "_value"
            self.type(prop.map.value, schema.pop("values", "null"), f"{path}.values", space)
            schema.pop("type")
        elif isinstance(kind, str):
            self.scalar(prop, schema, path, space)
        else:
            self.source.refuse(path, "a type has a name")
        if rest.get("name") == self.wish:
            del rest["name"]
        for key, value in rest.items():
            prop.custom_properties.append(CustomProperty(property=f"type.{key}", value=value))

    def symbols(self, prop: Property, schema: dict[str, Any], path: str, space: str) -> None:
        self.register(schema, path, space)
        prop.logical_type = "string"
        prop.enum = [
            EnumValue(value=symbol)
            for symbol in self.source.strings(schema.pop("symbols", None), f"{path}.symbols")
        ]
        del schema["type"]

    def scalar(self, prop: Property, schema: dict[str, Any], path: str, space: str) -> None:
        """A primitive or fixed type with a logical type over it."""
        kind, logical = str(schema.pop("type")), schema.pop("logicalType", None)
        if kind == "fixed":
            self.register({**schema, "type": "fixed"}, path, space)
            prop.physical_type = f"fixed({schema.pop('size', 0)})"
        else:
            self.word(prop, kind, path, space)
        if logical == "decimal":
            base = "" if kind == "bytes" else f" {prop.physical_type}"
            prop.logical_type = "number"
            prop.physical_type = f"decimal({schema.pop('precision', 0)}, {schema.pop('scale', 0)}){base}"
        elif isinstance(logical, str) and logical in LOGICAL and kind in (LOGICAL[logical][0], "fixed"):
            _, prop.logical_type, zone = LOGICAL[logical]
            prop.physical_type = None if logical in CHOSEN.values() else logical
            if logical == "uuid":
                prop.physical_type = None if kind == "string" else f"uuid {prop.physical_type}"
                prop.logical_type_options = TypeOptions(format="uuid")
            if zone is not None:
                prop.logical_type_options = TypeOptions(timezone=zone)
        elif logical is not None:
            self.source.note(f"{path}.logicalType", logical, "a contract has no such type of this base")


# -- writing ------------------------------------------------------------------------------------------------


def write(found: Contract) -> Written:
    """Write the first schema object as a record."""
    item, notes = only(found, "an Avro schema")
    notes += unheld(found, WHY)
    handled = {"description", "custom_properties"}
    typed = {"physical_type", "map", "options.timezone", "custom_properties"}
    known = {"object": handled, "property": handled | typed, "item": typed}
    notes += structure_notes(item, WHY, handled=known)
    places = dict(item.walk())
    plain, missed = folded(item, WHY, lambda clause: _typed(clause, places))
    notes += missed
    places = dict(plain.walk())
    notes += [clause.refuse(WHY) for clause in clauses(plain) if not _expressed(clause, places)]
    writer = _Writer(notes)
    own = {member.property: member.value for member in item.custom_properties}
    record = {"type": "record", "name": writer.name(title(item, found.id), place(item)), **own}
    if item.description:
        record["doc"] = item.description
    record["fields"] = writer.fields(plain.properties, place(item), str(record["name"]))
    return Written(dump_json(record), notes)


def _expressed(clause: Clause, places: dict[str, Property]) -> bool:
    """Does the Avro type say what the clause says?"""
    prop = places.get(clause.column or "")
    if prop is None:
        return False
    if clause.kind == "format":
        return clause.params == {"format": "uuid"}
    if clause.kind == "in_set":
        return _symbolic(prop)
    if clause.path.endswith(".primaryKey") and clause.kind == "unique":
        return False
    return clause.kind in ("not_null", "type")


def _typed(clause: Clause, places: dict[str, Property]) -> bool:
    """Can a type say the clause of a rule?"""
    prop = places.get(clause.column or "")
    textual = prop is not None and prop.logical_type in (None, "string")
    values = clause.params.get("values")
    named = clause.kind == "in_set" and textual and isinstance(values, list) and _names(values)
    return named or clause.kind in ("not_null", "type") or clause.params == {"format": "uuid"}


def _symbolic(prop: Property) -> bool:
    return prop.logical_type in (None, "string") and _names([member.value for member in prop.enum])


def _names(values: list[Any]) -> bool:
    """Can the values be the symbols of an enum?"""
    distinct = len(set(map(str, values))) == len(values)
    return distinct and all(isinstance(value, str) and NAME.fullmatch(value) for value in values)


class _Writer:
    """Writes properties as fields; every named type gets a name of its own."""

    def __init__(self, notes: list[Note]) -> None:
        self.notes = notes
        self.taken: set[str] = set()
        self.known: dict[str, dict[str, Any]] = {}

    def name(self, wish: str, path: str) -> str:
        """A name that Avro takes and that is still free."""
        name = re.sub(r"[^A-Za-z0-9_]", "_", wish)
        name = name if NAME.fullmatch(name) else f"_{name}"
        if name != wish:
            self.notes.append(Note(path, wish, f"Avro takes letters, digits and _ alone; written as {name}"))
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def fields(self, properties: list[Property], path: str, parent: str) -> list[dict[str, Any]]:
        made, used = [], set[str]()
        for prop in properties:
            inner = inside(path, prop.column)
            label = _Writer(self.notes).name(prop.column, inner)
            if label in used:
                self.notes.append(Note(inner, prop.column, "another field has this name in Avro already"))
                continue
            used.add(label)
            field: dict[str, Any] = {"name": label}
            if prop.description:
                field["doc"] = prop.description
            kind = self.type(prop, inner, f"{parent}_{label}")
            own = {
                member.property: member.value
                for member in prop.custom_properties
                if not member.property.startswith("type.")
            }
            needed = prop.required or prop.primary_key
            field["type"] = kind if needed else ["null", kind]
            if not needed and "default" not in own:
                field["default"] = None
            elif not needed:
                field["type"] = [kind, "null"]
            made.append(field | own)
        return made

    def type(self, prop: Property, path: str, wish: str) -> Any:
        """A type with the attributes it was read with; a named one that stands already by its name."""
        own = {
            member.property[5:]: member.value
            for member in prop.custom_properties
            if member.property.startswith("type.")
        }
        name = own.pop("name", None)
        kind = self.bare(prop, path, name if isinstance(name, str) else wish)
        if own:
            kind = {**kind, **own} if isinstance(kind, dict) else {"type": kind, **own}
        if isinstance(kind, dict) and "name" in kind:
            return self.once(kind, name)
        return kind

    def once(self, kind: dict[str, Any], name: Any) -> Any:
        """A named type in full the first time, by its name where it comes again unchanged."""
        if isinstance(name, str) and self.known.get(name) == {**kind, "name": name}:
            return name
        self.known[kind["name"]] = kind
        return kind

    def bare(self, prop: Property, path: str, wish: str) -> Any:
        physical = prop.physical_type or ""
        if prop.properties or prop.logical_type == "object":
            name = self.name(wish, path)
            return {"type": "record", "name": name, "fields": self.fields(prop.properties, path, name)}
        if prop.logical_type == "array":
            return {"type": "array", "items": self.member(prop.items, inside(path, "[]"), f"{wish}_item")}
        if prop.logical_type == "map":
            value = prop.map.value if prop.map else None
            return {"type": "map", "values": self.member(value, f"{path}.map", f"{wish}_value")}
        if prop.enum and _symbolic(prop):
            symbols = [str(member.value) for member in prop.enum]
            return {"type": "enum", "name": self.name(wish, path), "symbols": symbols}
        return self.scalar(prop, physical, path, wish)

    def member(self, prop: Property | None, path: str, wish: str) -> Any:
        if prop is None:
            self.notes.append(Note(path, "its type", "it is not stated; written as a text"))
            return "string"
        kind = self.type(prop, path, wish)
        return kind if prop.required else ["null", kind]

    def scalar(self, prop: Property, physical: str, path: str, wish: str) -> Any:
        if decimal := _DECIMAL.match(physical):
            base = self.base(physical[decimal.end() :].strip() or "bytes", path, wish)
            extra = {"logicalType": "decimal", "precision": int(decimal[1]), "scale": int(decimal[2])}
            return base | extra
        if physical.startswith("uuid "):
            return self.base(physical[5:], path, wish) | {"logicalType": "uuid"}
        if prop.options.format == "uuid" and prop.logical_type == "string":
            return {"type": "string", "logicalType": "uuid"}
        if physical in LOGICAL:
            return {"type": LOGICAL[physical][0], "logicalType": physical}
        if _FIXED.fullmatch(physical):
            return self.base(physical, path, wish)
        if physical in PRIMITIVES:
            return physical
        if prop.logical_type in ("date", "time", "timestamp"):
            zone = prop.options.timezone if prop.logical_type == "timestamp" else None
            logical = CHOSEN[prop.logical_type, zone]
            return {"type": LOGICAL[logical][0], "logicalType": logical}
        if prop.logical_type == "vector":
            return {"type": "array", "items": "double"}
        if prop.logical_type is None:
            self.notes.append(Note(path, "its type", "it is not stated; written as a text"))
        elif physical and physical != "enum":
            self.notes.append(Note(f"{path}.physicalType", physical, "Avro has no such type"))
        return DEFAULT.get(str(prop.logical_type), "string")

    def base(self, physical: str, path: str, wish: str) -> dict[str, Any]:
        fixed = _FIXED.fullmatch(physical)
        if fixed:
            return {"type": "fixed", "name": self.name(wish, path), "size": int(fixed[1])}
        return {"type": physical}
