"""The shape of a record: a contract's schema object compiled to msgspec types, and to the walk that explains.

Each node has a `type` (with `post`) that msgspec decodes at full speed, and `explain`, which reads the same
JSON member by member and collects every reason why it does not fit. What one accepts, the other accepts.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from keyword import iskeyword
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw
from msgspec.json import Decoder

from sentineldq.checks.records.leaf import FAULTS, Encoded, FieldError, Leaf, Path, chain, fault, spell
from sentineldq.checks.records.scalar import leaf
from sentineldq.contracts.model import Property, SchemaObject, TypeOptions
from sentineldq.errors import CheckDefinitionError

split_members = Decoder(dict[str, Raw]).decode
split_items = Decoder(list[Raw]).decode
_UNNAMEABLE = re.compile(r'[\\"\x00-\x1f]')  # what msgspec does not take in the name of a field


@dataclass
class Record:
    """An object with declared fields, of which so many (`low` to `high`) are to be present and not null."""

    name: str
    fields: list[Field]
    low: int | None = None
    high: int | None = None
    forbid: bool = False
    masked: bool = False
    kind = "object"
    expected = "object"

    @cached_property
    def struct(self) -> Any:
        """The Struct that good records become; attributes are the keys, made identifiers."""
        late = [(field.attribute, field.guard) for field in self.fields if field.guard is not None]
        counted = self.low is not None or self.high is not None

        def finish(record: Any) -> None:
            for attribute, guard in late:
                value = getattr(record, attribute)
                if value is not None:
                    setattr(record, attribute, guard(value))
            if counted and not self._sized(record):
                raise ValueError(self.expected)

        return msgspec.defstruct(
            re.sub(r"\W", "_", self.name) or "Record",
            [field.definition for field in self.fields],
            namespace={"__post_init__": finish} if late or counted else None,
            rename={field.attribute: field.key for field in self.fields} if self.exact else None,
            forbid_unknown_fields=self.forbid,
            kw_only=True,
            gc=False,  # records hold no cycles
        )

    def _sized(self, record: Any) -> bool:
        present = sum(getattr(record, field.attribute) is not None for field in self.fields)
        return (self.low or 0) <= present <= (present if self.high is None else self.high)

    @property
    def exact(self) -> bool:
        """False where msgspec cannot name a field: then the walk decides."""
        return not any(_UNNAMEABLE.search(field.key) for field in self.fields)

    @property
    def type(self) -> Any:
        return self.struct if self.exact else Raw

    @property
    def post(self) -> Callable[[Any], Any] | None:
        return None if self.exact else self._judge

    @cached_property
    def read(self) -> Callable[[Encoded], Any]:
        """Decode this object alone; raises one of FAULTS."""
        return chain(Decoder(self.type).decode, self.post)

    def _judge(self, raw: Any) -> Any:
        if not isinstance(raw, Raw):
            return raw
        errors: list[FieldError] = []
        value = self.explain(raw, (), errors)
        if errors:
            raise ValueError(str(errors[0]))
        return value

    def explain(self, raw: Encoded, path: Path, errors: list[FieldError]) -> Any:
        """The record, or None with every reason against it appended to `errors`."""
        try:
            members = split_members(raw)
        except FAULTS:
            errors.append(fault(path, "type", self.expected, raw, masked=self.masked))
            return None
        return self.collect(members, path, errors)

    def collect(self, members: dict[str, Raw], path: Path, errors: list[FieldError]) -> Any:
        """As `explain`, for members that are already apart."""
        before, present = len(errors), 0
        values: dict[str, Any] = {}
        for field in self.fields:
            member = members.get(field.key)
            if member is not None and not is_null(member):
                present += 1
                values[field.attribute] = look(field.node, member, (*path, field.key), errors)
            elif field.required:
                found = "nothing" if member is None else "null"
                errors.append(FieldError(spell((*path, field.key)), "required", field.node.expected, found))
        if self.forbid:
            known = {field.key for field in self.fields}
            unknown = [key for key in members if key not in known]
            errors += [
                fault((*path, key), "extra", "no such field", members[key], masked=self.masked)
                for key in unknown
            ]
        errors += _sizes("properties", "fields", (self.low, self.high), present, path)
        return None if len(errors) > before else self.struct(**values)

    def salvage(self, raw: Encoded) -> Any:
        """The record with null for each of its fields that does not fit; None where it is no object at all."""
        try:
            members = split_members(raw)
        except FAULTS:
            return None
        values = dict.fromkeys(field.attribute for field in self.fields)
        for field in self.fields:
            member, errors = members.get(field.key), list[FieldError]()
            if member is not None and not is_null(member):
                value = look(field.node, member, (field.key,), errors)
                values[field.attribute] = None if errors else value
        try:
            return self.struct(**values)
        except ValueError:  # too few fields are left
            return None


@dataclass
class Field:
    """A declared field of an object: `attribute` in Python, `key` in JSON."""

    attribute: str
    key: str
    node: Node
    required: bool

    @property
    def definition(self) -> tuple[Any, ...]:
        if self.required:
            return self.attribute, self.node.type
        return self.attribute, _optional(self.node), None

    @cached_property
    def guard(self) -> Callable[[Any], Any] | None:
        return _guard(self.node, required=self.required)


@dataclass
class Free:
    """An object without declared fields; its members are kept as they are written."""

    needed: tuple[str, ...]
    low: int | None = None
    high: int | None = None
    masked: bool = False
    kind = "object"
    expected = "object"

    @property
    def type(self) -> Any:
        return _sized(dict[str, Raw], self.low, self.high)

    @property
    def post(self) -> Callable[[Any], Any] | None:
        return self._check if self.needed else None

    @cached_property
    def read(self) -> Callable[[Encoded], Any]:
        return chain(Decoder(self.type).decode, self.post)

    def _check(self, members: dict[str, Raw]) -> dict[str, Raw]:
        if all(key in members and not is_null(members[key]) for key in self.needed):
            return members
        raise ValueError(self.expected)

    def explain(self, raw: Encoded, path: Path, errors: list[FieldError]) -> Any:
        try:
            members = split_members(raw)
        except FAULTS:
            errors.append(fault(path, "type", self.expected, raw, masked=self.masked))
            return None
        for key in self.needed:
            if key not in members or is_null(members[key]):
                found = "null" if key in members else "nothing"
                errors.append(FieldError(spell((*path, key)), "required", "a value", found))
        errors += _sizes("properties", "fields", (self.low, self.high), len(members), path)
        return members


@dataclass
class Array:
    """A list; members may be null unless they are required."""

    item: Node
    required: bool = False
    low: int | None = None
    high: int | None = None
    unique: bool = False
    masked: bool = False
    kind = "array"
    expected = "array"

    @cached_property
    def type(self) -> Any:
        member: Any = self.item.type if self.required else _optional(self.item)
        return _sized(list.__class_getitem__(member), self.low, self.high)

    @cached_property
    def post(self) -> Callable[[Any], Any] | None:
        guard = _guard(self.item, required=self.required)
        if guard is None:
            return self._check if self.unique else None

        def post(values: list[Any]) -> list[Any]:
            made = [None if value is None else guard(value) for value in values]
            return self._check(made) if self.unique else made

        return post

    @cached_property
    def read(self) -> Callable[[Encoded], Any]:
        return chain(Decoder(self.type).decode, self.post)

    def _check(self, values: list[Any]) -> list[Any]:
        if repeated(values):
            raise ValueError(self.expected)
        return values

    def explain(self, raw: Encoded, path: Path, errors: list[FieldError]) -> Any:
        try:
            members = split_items(raw)
        except FAULTS:
            errors.append(fault(path, "type", self.expected, raw, masked=self.masked))
            return None
        before = len(errors)
        values: list[Any] = []
        for index, member in enumerate(members):
            if not is_null(member):
                values.append(look(self.item, member, (*path, index), errors))
            elif self.required:
                errors.append(FieldError(spell((*path, index)), "required", self.item.expected, "null"))
            else:
                values.append(None)
        errors += _sizes("items", "items", (self.low, self.high), len(members), path)
        if self.unique and len(errors) == before and repeated(values):
            errors.append(fault(path, "unique", "items that differ", raw, masked=self.masked))
        return values


@dataclass
class Map:
    """An object whose keys are data; keys stay text, and are checked against the type declared for them."""

    key: Node
    value: Node
    required: bool = False
    low: int | None = None
    high: int | None = None
    masked: bool = False
    kind = "map"
    expected = "object"

    @cached_property
    def type(self) -> Any:
        member: Any = self.value.type if self.required else _optional(self.value)
        return _sized(dict.__class_getitem__((str, member)), self.low, self.high)

    @cached_property
    def post(self) -> Callable[[Any], Any] | None:
        guard = _guard(self.value, required=self.required)
        plain = isinstance(self.key, Leaf) and self.key.type is str and self.key.post is None
        if plain and guard is None:
            return None

        def post(values: dict[str, Any]) -> dict[str, Any]:
            for key in () if plain else values:
                self.key.read(self.token(key))
            if guard is None:
                return values
            return {key: None if value is None else guard(value) for key, value in values.items()}

        return post

    @cached_property
    def read(self) -> Callable[[Encoded], Any]:
        return chain(Decoder(self.type).decode, self.post)

    def token(self, key: str) -> bytes:
        """A key as the JSON value it stands for: text in quotes unless numbers or booleans are declared."""
        bare = self.key.kind in {"integer", "number", "decimal", "boolean"}
        return key.encode() if bare else msgspec.json.encode(key)

    def explain(self, raw: Encoded, path: Path, errors: list[FieldError]) -> Any:
        try:
            members = split_members(raw)
        except FAULTS:
            errors.append(fault(path, "type", self.expected, raw, masked=self.masked))
            return None
        values: dict[str, Any] = {}
        for key, member in members.items():
            step = "(masked)" if self.key.masked else key
            reasons: list[FieldError] = []
            look(self.key, self.token(key), (), reasons)
            if reasons:
                text = msgspec.json.encode(key)
                errors.append(fault((*path, step), "key", reasons[0].expected, text, masked=self.masked))
            if not is_null(member):
                values[key] = look(self.value, member, (*path, step), errors)
            elif self.required:
                errors.append(FieldError(spell((*path, step)), "required", self.value.expected, "null"))
            else:
                values[key] = None
        errors += _sizes("properties", "entries", (self.low, self.high), len(members), path)
        return values


Node = Leaf | Record | Free | Array | Map


def look(node: Node, raw: Encoded, path: Path, errors: list[FieldError]) -> Any:
    """A member's value: read at full speed where it fits, explained where it does not."""
    try:
        return node.read(raw)
    except FAULTS:
        return node.explain(raw, path, errors)


def is_null(raw: Raw) -> bool:
    return len(raw) == 4 and bytes(raw) == b"null"


def repeated(values: list[Any]) -> bool:
    """True when two members are equal, as JSON of their declared fields."""
    texts = [bytes(value) if isinstance(value, Raw) else msgspec.json.encode(value) for value in values]
    return len(set(texts)) < len(texts)


def _optional(node: Node) -> Any:
    return Raw if node.type is Raw else node.type | None


def _guard(node: Node, *, required: bool) -> Callable[[Any], Any] | None:
    """What is left to do on a decoded member. Raw JSON has its own null, which msgspec does not see."""
    post = node.post
    if node.type is not Raw:
        return post

    def guard(value: Any) -> Any:
        if isinstance(value, Raw) and is_null(value):
            if required:
                raise ValueError("null")
            return None
        return value if post is None else post(value)

    return guard


def _sized(type_: Any, low: int | None, high: int | None) -> Any:
    if low is None and high is None:
        return type_
    return Annotated[type_, Meta(min_length=low, max_length=high)]


def _sizes(
    kind: str, what: str, bounds: tuple[int | None, int | None], size: int, path: Path
) -> Iterator[FieldError]:
    low, high = bounds
    if low is not None and size < low:
        yield FieldError(spell(path), kind, f"at least {low} {what}", str(size))
    if high is not None and size > high:
        yield FieldError(spell(path), kind, f"at most {high} {what}", str(size))


# ------------------------------------------------------------------------------------------- compiling


def compile_shape(table: SchemaObject, *, forbid: bool = False) -> Record:
    """The shape of a schema object's records; compiled once for equal contracts.

    With `forbid`, a field that no declared object names is an error. Raises CheckDefinitionError and
    InexactError where the contract asks for what cannot be checked.
    """
    return _compiled(_Source(msgspec.json.encode(table, enc_hook=repr), table), forbid=forbid)


@dataclass(frozen=True, slots=True)
class _Source:
    """A schema object that is equal to others of the same text; structs that can change cannot be keys."""

    text: bytes
    table: SchemaObject = dataclasses.field(compare=False)


@lru_cache(maxsize=128)
def _compiled(source: _Source, *, forbid: bool) -> Record:
    name, properties = source.table.name or "Record", source.table.properties
    return _record(name, properties, TypeOptions(), forbid=forbid, masked=False)


def _record(
    name: str, properties: Iterable[Property], options: TypeOptions, *, forbid: bool, masked: bool
) -> Record:
    fields: dict[str, Field] = {}
    taken: set[str] = set()
    for item in stored(properties):
        key = item.column
        if key in fields:
            raise CheckDefinitionError(f"{name}: the field {key!r} is declared twice")
        attribute = _attribute(key, taken)
        taken.add(attribute)
        required = item.required or item.primary_key or bool({key, item.name} & {*options.required})
        node = _node(item, forbid=forbid, masked=masked or classified(item))
        fields[key] = Field(attribute, key, node, required)
    hidden = masked or any(field.node.masked for field in fields.values())
    low, high = options.min_properties, options.max_properties
    return Record(name, list(fields.values()), low, high, forbid, hidden)


def _node(item: Property, *, forbid: bool, masked: bool) -> Node:
    options = item.options
    match item.logical_type:
        case "object" | None if stored(item.properties):
            return _record(item.column, item.properties, options, forbid=forbid, masked=masked)
        case "map" if item.map is not None:
            key = _node(item.map.key, forbid=forbid, masked=masked or classified(item.map.key))
            value = _node(item.map.value, forbid=forbid, masked=masked or classified(item.map.value))
            hidden = key.masked or value.masked
            sizes = options.min_properties, options.max_properties
            return Map(key, value, item.map.value.required, *sizes, hidden)
        case "object" | "map":
            return Free(tuple(options.required), options.min_properties, options.max_properties, masked)
        case "array" | None if item.logical_type or item.items:
            member = item.items or Property()
            inner = _node(member, forbid=forbid, masked=masked or classified(member))
            sizes = options.min_items, options.max_items
            return Array(inner, member.required, *sizes, bool(options.unique_items), inner.masked)
        case "vector":
            whole = "int" in (options.element_type or "").lower()
            inner = leaf(Property(logical_type="integer" if whole else "number"), masked=masked)
            return Array(inner, True, options.dimensions, options.dimensions, masked=masked)
        case _:
            return leaf(item, masked=masked)


def stored(properties: Iterable[Property]) -> list[Property]:
    """The properties that are in the data; measures are computed by queries."""
    return [item for item in properties if item.semantic_type != "measure"]


def classified(item: Property) -> bool:
    """True when values of this property must not be shown."""
    hidden = (item.classification or "public").casefold() != "public"
    return hidden or any("pii" in tag.casefold() for tag in item.tags)


def _attribute(key: str, taken: set[str]) -> str:
    """The key as a Python identifier that no other field has: `class` becomes `class_`."""
    name = re.sub(r"\W", "_", key, flags=re.ASCII)
    if not name.isidentifier() or iskeyword(name) or name.startswith("__"):
        name = f"f_{name.strip('_')}" if not name[:1].isalpha() else f"{name}_"
    while name in taken:
        name += "_"
    return name
