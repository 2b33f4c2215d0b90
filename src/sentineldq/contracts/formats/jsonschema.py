"""JSON Schema, draft-07 to 2020-12: nested objects and arrays, local references, `allOf` of objects.

A contract knows missing values, a schema knows absent keys and nulls: a property that is optional or may be
null is not required, one that must be there and not null is. Source: https://json-schema.org/specification
"""

from __future__ import annotations

from typing import Any

from sentineldq.contracts.formats.base import (
    Converted,
    Note,
    Source,
    Written,
    brief,
    camel,
    contract,
    dump_json,
    only,
    parse_json,
    place,
    title,
    unheld,
)
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

WHY = "JSON Schema has no place for it"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEMPORAL: dict[str, LogicalType] = {"date": "date", "date-time": "timestamp", "time": "time"}
SIMPLE: dict[str, LogicalType] = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "object": "object",
    "array": "array",
}
OPTIONS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    "format": "format",
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive_minimum",
    "exclusiveMaximum": "exclusive_maximum",
    "multipleOf": "multiple_of",
    "minItems": "min_items",
    "maxItems": "max_items",
    "uniqueItems": "unique_items",
    "minProperties": "min_properties",
    "maxProperties": "max_properties",
}
WHOLE = {field for field in OPTIONS.values() if field.startswith(("min_", "max_"))}
TEXTUAL = ("pattern", "minLength", "maxLength")
DEEPEST = 60


def read(text: str, *, name: str) -> Converted:
    """Read a schema whose instances are the records of a dataset. Raises ContractError when it is none."""
    source = Source(name)
    root = source.mapping(parse_json(text, name), "")
    reader = _Reader(source, root)
    schema = reader.merged(root, "")
    for ignored in ("$schema", "$defs", "definitions", "$anchor", "$vocabulary", "id"):
        schema.pop(ignored, None)
    identity = schema.pop("$id", None)
    label = source.optional(schema.pop("title", None), "title")
    if schema.get("type") == "array" and isinstance(schema.get("items"), dict):
        schema = reader.merged(source.mapping(schema["items"], "items"), "items")
    kinds = schema.get("type", "object")
    if "object" not in (kinds if isinstance(kinds, list) else [kinds]) or (
        "type" not in schema and "properties" not in schema
    ):
        source.refuse("type", "the schema describes no objects (or an array of them)")
    whole = reader.property(schema, label or name, "", schema_root=True)
    item = SchemaObject(
        name=label or name,
        description=whole.description,
        properties=whole.properties,
        custom_properties=whole.custom_properties,
        deprecated=whole.deprecated,
    )
    if isinstance(identity, str):
        item.custom_properties.append(CustomProperty(property="$id", value=identity))
    return Converted(contract(label or name, [item]), source.notes)


class _Reader:
    """Reads schemas into properties, following references within the document."""

    def __init__(self, source: Source, root: dict[str, Any]) -> None:
        self.source = source
        self.root = root
        self.open: list[str] = []

    def merged(self, schema: dict[str, Any], path: str) -> dict[str, Any]:
        """The schema with its references and its `allOf` laid over each other."""
        result = dict(schema)
        seen: list[str] = []
        while isinstance(result.get("$ref"), str):
            target = result.pop("$ref")
            if target in seen or target in self.open:
                self.source.note(path, target, "a schema that contains itself is followed once")
                return result
            seen.append(target)
            result = {**self.target(target, path), **result}
        result["$via"] = seen
        for index, part in enumerate(self.source.sequence(result.pop("allOf", None), f"{path}.allOf")):
            if isinstance(part, dict) and not set(part) & {"if", "not"}:
                self.overlay(result, self.merged(part, f"{path}.allOf[{index}]"), f"{path}.allOf[{index}]")
            else:
                self.source.note(
                    f"{path}.allOf[{index}]", part, "a condition between fields has no counterpart"
                )
        return result

    def target(self, reference: str, path: str) -> dict[str, Any]:
        if not reference.startswith("#"):
            self.source.note(path, reference, "references into other documents are not followed")
            return {}
        found: Any = self.root
        for step in reference[1:].strip("/").split("/") if reference[1:].strip("/") else []:
            key = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and key.isdigit() and int(key) < len(found):
                found = found[int(key)]
            elif isinstance(found, dict) and key in found:
                found = found[key]
            else:
                self.source.refuse(path, f"{reference} points nowhere")
        return self.source.mapping(found, reference) if not isinstance(found, bool) else {}

    def overlay(self, base: dict[str, Any], other: dict[str, Any], path: str) -> None:
        """Lay one schema over another: members are joined, what contradicts is noted and the first kept."""
        for key, value in other.items():
            if key == "properties":
                first = self.source.mapping(base.get("properties"), path)
                second = self.source.mapping(value, f"{path}.properties")
                for name in set(first) & set(second):
                    if first[name] != second[name]:
                        self.source.note(
                            f"{path}.properties.{name}", second[name], "declared twice; the first is kept"
                        )
                base["properties"] = {**first, **second, **first}
            elif key in ("required", "$via"):
                base[key] = [*base.get(key, []), *(item for item in value if item not in base.get(key, []))]
            elif key in base and base[key] != value:
                if key not in ("title", "description"):
                    self.source.note(f"{path}.{key}", value, "declared twice; the first is kept")
            else:
                base[key] = value

    def property(
        self, schema: dict[str, Any], name: str, path: str, *, schema_root: bool = False
    ) -> Property:
        """One schema as a property; `merged` has been applied."""
        via = schema.pop("$via", [])
        if len(self.open) > DEEPEST:
            self.source.refuse(path, "nested too deeply")
        self.open += via
        prop = Property(name=name)
        schema = self.alternatives(schema, path)
        nullable = self.kind(prop, schema, path)
        self.words(prop, schema, path, schema_root=schema_root)
        nullable |= self.enum(prop, schema, path)
        self.options(prop, schema, path)
        self.members(prop, schema, path)
        prop.required = not nullable
        extra = {key: schema.pop(key) for key in list(schema) if key.startswith("x-")}
        prop.custom_properties = [CustomProperty(property=key, value=value) for key, value in extra.items()]
        if schema.pop("additionalProperties", True) is False:
            self.source.note(
                f"{path}.additionalProperties".strip("."), "false", "further fields are not refused"
            )
        self.source.rest(schema, path, "this keyword has no counterpart in a contract")
        del self.open[len(self.open) - len(via) :]
        return prop

    def alternatives(self, schema: dict[str, Any], path: str) -> dict[str, Any]:
        """`anyOf`/`oneOf` of one schema and null is that schema, nullable; of constants it is an enum."""
        for key in ("anyOf", "oneOf"):
            parts = schema.pop(key, None)
            if parts is None:
                continue
            options = [
                part for part in self.source.sequence(parts, f"{path}.{key}") if part != {"type": "null"}
            ]
            nullable = len(options) < len(parts)
            if len(options) == 1 and isinstance(options[0], dict):
                inner = self.merged(options[0], f"{path}.{key}")
                inner.pop("$via", None)
                schema = {**inner, **schema}
            elif options and all(isinstance(part, dict) and "const" in part for part in options):
                schema["enum"] = [part["const"] for part in options]
            else:
                self.source.note(f"{path}.{key}", parts, "a contract has no alternatives")
                continue
            if nullable:
                kinds = schema.get("type", [])
                schema["type"] = [*(kinds if isinstance(kinds, list) else [kinds]), "null"]
        return schema

    def kind(self, prop: Property, schema: dict[str, Any], path: str) -> bool:
        """Set the logical type; True when null is allowed."""
        stated = schema.pop("type", None)
        nullable = schema.pop("nullable", False) is True
        kinds = [kind for kind in (stated if isinstance(stated, list) else [stated]) if kind is not None]
        nullable |= "null" in kinds
        kinds = [kind for kind in kinds if kind != "null"]
        if schema.get("not") == {"type": "null"}:
            del schema["not"]
        elif stated is None and not {"enum", "const", "properties"} & set(schema):
            nullable = True
        if sorted(map(str, kinds)) == ["integer", "number"]:
            kinds = ["number"]
        if not kinds and "properties" in schema:
            kinds = ["object"]
        if len(kinds) == 1 and isinstance(kinds[0], str) and kinds[0] in SIMPLE:
            prop.logical_type = SIMPLE[kinds[0]]
        elif kinds:
            self.source.note(f"{path}.type", kinds, "a contract has one type per field")
        if prop.logical_type == "string" and not any(key in schema for key in TEXTUAL):
            temporal = TEMPORAL.get(str(schema.get("format")))
            if temporal:
                prop.logical_type = temporal
                del schema["format"]
        return nullable

    def words(self, prop: Property, schema: dict[str, Any], path: str, *, schema_root: bool) -> None:
        prop.description = self.source.optional(schema.pop("description", None), f"{path}.description")
        prop.business_name = self.source.optional(schema.pop("title", None), f"{path}.title")
        prop.examples = self.source.sequence(schema.pop("examples", None), f"{path}.examples")
        if schema.pop("deprecated", False) is True:
            prop.deprecated = True
        if not schema_root:
            for ignored in ("$id", "$anchor", "$schema", "$defs", "definitions"):
                schema.pop(ignored, None)

    def enum(self, prop: Property, schema: dict[str, Any], path: str) -> bool:
        """Set the allowed values; True when null is one of them."""
        values = self.source.sequence(schema.pop("enum", None), f"{path}.enum")
        if "const" in schema:
            values = [schema.pop("const")]
        if any(isinstance(value, dict | list) for value in values):
            self.source.note(f"{path}.enum", values, "allowed values are plain values in a contract")
            return False
        prop.enum = [EnumValue(value=value) for value in values if value is not None]
        return None in values

    def options(self, prop: Property, schema: dict[str, Any], path: str) -> None:
        for bound in ("Minimum", "Maximum"):  # draft-04 wrote the exclusive bound as a flag
            flag = schema.get(f"exclusive{bound}")
            if isinstance(flag, bool):
                del schema[f"exclusive{bound}"]
                if flag and bound.lower() in schema:
                    schema[f"exclusive{bound}"] = schema.pop(bound.lower())
        found = {field: schema.pop(key) for key, field in OPTIONS.items() if key in schema}
        if found.get("unique_items") is False:
            del found["unique_items"]
        for field, value in found.items():
            if not _fits(field, value):
                self.source.refuse(f"{path}.{camel(field)}", f"{brief(value)} does not fit")
            if field in WHOLE:
                found[field] = int(value)
        if found:
            prop.logical_type_options = TypeOptions(**found)

    def members(self, prop: Property, schema: dict[str, Any], path: str) -> None:
        required = self.source.strings(schema.pop("required", None), f"{path}.required")
        fields = self.source.mapping(schema.pop("properties", None), f"{path}.properties")
        for name, value in fields.items():
            inner = f"{path}.properties.{name}" if path else f"properties.{name}"
            if not name:
                self.source.note(inner, value, "a field without a name")
                continue
            made = self.field(value, name, inner)
            made.required |= made == Property(name=name) and name in required
            if made.required and name not in required:
                made.required = False
            elif name in required and not made.required:
                self.source.note(
                    inner, name, "it must be there yet may be null; a contract takes null for missing"
                )
            prop.properties.append(made)
        for name in required:
            if name not in fields:
                prop.properties.append(Property(name=name, required=True))
        values = schema.get("additionalProperties")
        if isinstance(values, dict) and not fields and prop.logical_type == "object":
            del schema["additionalProperties"]
            prop.logical_type = "map"
            value = self.field(values, "value", f"{path}.additionalProperties")
            prop.map = MapType(key=Property(name="key", logical_type="string", required=True), value=value)
        items = schema.pop("items", None)
        if isinstance(items, dict):
            prop.items = self.field(items, "items", f"{path}.items")
        elif items not in (None, True):
            self.source.note(f"{path}.items", items, "the members of an array have one schema")

    def field(self, value: Any, name: str, path: str) -> Property:
        if isinstance(value, bool):
            if not value:
                self.source.note(path, "false", "a contract cannot forbid a field")
            return Property(name=name)
        return self.property(self.merged(self.source.mapping(value, path), path), name, path)


def _fits(field: str, value: Any) -> bool:
    """Is the value of a keyword of the type that JSON Schema asks for?"""
    if field in ("pattern", "format"):
        return isinstance(value, str)
    if field == "unique_items":
        return isinstance(value, bool)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and (field not in WHOLE or float(value).is_integer())


# -- writing ------------------------------------------------------------------------------------------------


def write(found: Contract) -> Written:
    """Write the first schema object as a schema of draft 2020-12."""
    item, notes = only(found, "a JSON Schema")
    notes += unheld(found, WHY)
    handled = {"description", "custom_properties", "deprecated"}
    known = {
        "object": handled,
        "property": handled | {"business_name", "examples", "map"},
    }
    notes += structure_notes(item, WHY, handled=known)
    plain, missed = folded(item, WHY, lambda clause: clause.kind != "unique")
    notes += missed
    own = {member.property: member.value for member in item.custom_properties}
    schema: dict[str, Any] = {"$schema": DIALECT}
    if "$id" in own:
        schema["$id"] = own.pop("$id")
    schema |= {"title": title(item, found.id), "type": "object"}
    if item.description:
        schema["description"] = item.description
    if item.deprecated:
        schema["deprecated"] = True
    schema |= _fields(plain.properties, place(item), notes)
    for key, value in own.items():
        schema[key if key.startswith("x-") else f"x-{key}"] = value
    return Written(dump_json(schema), notes)


def _fields(properties: list[Property], path: str, notes: list[Note]) -> dict[str, Any]:
    made = {prop.column: _schema(prop, inside(path, prop.column), notes) for prop in properties}
    required = [prop.column for prop in properties if prop.required or prop.primary_key]
    return {"properties": made} | ({"required": required} if required else {})


def _schema(  # noqa: C901, PLR0912  (one step per keyword)
    prop: Property, path: str, notes: list[Note]
) -> dict[str, Any]:
    if prop.unique or prop.primary_key:
        field = "unique" if prop.unique else "primaryKey"
        notes.append(Note(f"{path}.{field}", "unique", "a schema sees one record at a time"))
    schema: dict[str, Any] = {}
    temporal = {ours: theirs for theirs, ours in TEMPORAL.items()}.get(prop.logical_type or "string")
    kind = (
        "string"
        if temporal
        else {"map": "object", "vector": "array"}.get(prop.logical_type or "", prop.logical_type)
    )
    nullable = not (prop.required or prop.primary_key)
    if kind:
        schema["type"] = [kind, "null"] if nullable else kind
    elif not nullable and not prop.enum:
        schema["not"] = {"type": "null"}
    if prop.business_name:
        schema["title"] = prop.business_name
    if prop.description:
        schema["description"] = prop.description
    if temporal:
        schema["format"] = temporal
    if prop.enum:
        schema["enum"] = [member.value for member in prop.enum] + ([None] if nullable else [])
        if any(member.label or member.description or member.tags for member in prop.enum):
            notes.append(Note(f"{path}.enum", "labels", WHY))
    schema |= _limits(prop, path, notes)
    if prop.logical_type == "map" and prop.map is not None:
        schema["additionalProperties"] = _schema(prop.map.value, f"{path}.map.value", notes)
    if prop.properties:
        schema |= _fields(prop.properties, path, notes)
    if prop.items is not None:
        schema["items"] = _schema(prop.items, inside(path, "[]"), notes)
    if prop.examples:
        schema["examples"] = prop.examples
    if prop.deprecated:
        schema["deprecated"] = True
    for member in prop.custom_properties:
        schema[member.property if member.property.startswith("x-") else f"x-{member.property}"] = member.value
    return schema


def _limits(prop: Property, path: str, notes: list[Note]) -> dict[str, Any]:
    found = {}
    for key, field in OPTIONS.items():
        value = getattr(prop.options, field)
        if value is None or (key == "format" and prop.logical_type not in (None, "string")):
            continue
        if "imum" in key and isinstance(value, str):
            notes.append(Note(f"{path}.logicalTypeOptions.{key}", value, "bounds are numbers in JSON Schema"))
        else:
            found[key] = value
    return found
