"""What all formats share: their interface, notes on what does not fit, and the reading of documents."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, NoReturn, Protocol

import msgspec
import yaml

from sentineldq.contracts.document import parse_document
from sentineldq.contracts.model import (
    Contract,
    CustomProperty,
    Dimension,
    Node,
    Property,
    Quality,
    SchemaObject,
)
from sentineldq.errors import ContractError

ENGINE = "sentineldq"
IGNORED = {"unique_within_record": "all"}
"""Rows that a check of several columns leaves out unless told: those with `any` value missing, but here."""

VERSION = "1.0.0"
STATUS = "draft"


class Note(msgspec.Struct, frozen=True):
    """One item that the other side cannot express: where it is, what it is, and why it does not fit."""

    path: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}: {self.why}"


class Converted(msgspec.Struct):
    """A document read into a contract, and what of it the contract cannot hold."""

    contract: Contract
    notes: list[Note] = []


class Written(msgspec.Struct):
    """A contract written as a document, and what of it the document cannot hold."""

    text: str
    notes: list[Note] = []


class Format(Protocol):
    """A module that reads and writes one format; `read` raises ContractError on a malformed document."""

    def read(self, text: str, *, name: str) -> Converted: ...

    def write(self, contract: Contract) -> Written: ...


class Source:
    """A document being read: its name, the notes gathered so far, and typed access that names the place."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.notes: list[Note] = []

    def note(self, path: str, what: Any, why: str) -> None:
        self.notes.append(Note(path.lstrip(".") or "document", brief(what), why))

    def refuse(self, path: str, problem: str) -> NoReturn:
        """Raise ContractError: the document is not what it should be at `path`."""
        raise ContractError(self.name, [f"{path}: {problem}" if path else problem])

    def mapping(self, value: Any, path: str) -> dict[str, Any]:
        """The value as a mapping with text keys; nothing stands for an empty one."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.refuse(path, f"expected a mapping, found {named(value)}")
        return {str(key): item for key, item in value.items()}

    def sequence(self, value: Any, path: str) -> list[Any]:
        """The value as a list; nothing stands for an empty one."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.refuse(path, f"expected a list, found {named(value)}")
        return value

    def string(self, value: Any, path: str) -> str:
        if not isinstance(value, str) or not value:
            self.refuse(path, f"expected a text, found {named(value)}")
        return value

    def strings(self, value: Any, path: str) -> list[str]:
        return [
            self.string(item, f"{path}[{index}]") for index, item in enumerate(self.sequence(value, path))
        ]

    def optional(self, value: Any, path: str) -> str | None:
        """The value as a text; None when it is absent or blank."""
        return None if value in (None, "") else self.string(value, path)

    def rest(self, values: dict[str, Any], path: str, why: str) -> None:
        """Note every value that nobody has taken."""
        for key, value in values.items():
            if value not in (None, "", [], {}):
                self.note(f"{path}.{key}" if path else key, value, why)


def brief(value: Any) -> str:
    """One line for a value, 80 characters at most."""
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:79] + "…"


def named(value: Any) -> str:
    """The type of a value in the words of JSON."""
    names = {dict: "a mapping", list: "a list", str: "a text", bool: "a boolean", type(None): "nothing"}
    return names.get(type(value), "a number")


# -- documents ------------------------------------------------------------------------------------------


def parse_json(text: str, name: str) -> Any:
    """The value of a JSON document. Raises ContractError with line and column."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        problem = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise ContractError(name, [problem], hint="the document must be JSON") from error
    except RecursionError as error:
        raise ContractError(name, ["nested too deeply"]) from error


def parse_yaml(text: str, name: str) -> Any:
    """The value of a YAML (or JSON) document. Raises ContractError with every fault and its line."""
    document = parse_document(text, source=name)
    if document.problems:
        raise ContractError(name, [str(problem) for problem in document.problems])
    return document.data


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


_Dumper.add_implicit_resolver(  # YAML 1.2 reads 1e5 as a number, PyYAML writes the text bare
    "tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9.]+[eE][-+]?[0-9]+\Z"), list("-+.0123456789")
)


def dump_yaml(value: Any) -> str:
    """A YAML document in the order given, lists indented, without anchors."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text


def dump_json(value: Any) -> str:
    """An indented JSON document in the order given."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n"


# -- contracts ------------------------------------------------------------------------------------------


def slug(name: str) -> str:
    """An identifier made of a name: `[A-Za-z0-9_-]` alone."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "contract"


def contract(name: str, objects: Iterable[SchemaObject]) -> Contract:
    """A new draft contract around schema objects."""
    return Contract(id=slug(name), name=name, version=VERSION, status=STATUS, schema=list(objects))


def rule(  # noqa: PLR0913  (one per field of a rule)
    kind: str,
    *,
    column: str | None = None,
    columns: Iterable[str] = (),
    params: dict[str, Any] | None = None,
    tolerance: float | dict[str, float] | None = None,
    threshold: dict[str, Any] | None = None,
    where: str | None = None,
    on_violation: str | None = None,
    name: str | None = None,
    description: str | None = None,
    dimension: Dimension | None = None,
    severity: str | None = None,
) -> Quality:
    """A check of the catalogue as an ODCS quality rule; give `column(s)` only at object level."""
    implementation: dict[str, Any] = {"check": kind}
    if column is not None:
        implementation["column"] = column
    if columns:
        implementation["columns"] = list(columns)
    implementation |= params or {}
    optional = {"tolerance": tolerance, "threshold": threshold, "where": where, "on_violation": on_violation}
    implementation |= {key: value for key, value in optional.items() if value not in (None, 0, {}, "")}
    return Quality(
        type="custom",
        engine=ENGINE,
        implementation=implementation,
        name=name,
        description=description,
        dimension=dimension,
        severity=severity,
    )


def to_meta(properties: Iterable[CustomProperty]) -> dict[str, Any]:
    """Custom properties of a rule as free metadata: `meta.owner` is `owner`, others stay under our name."""
    meta: dict[str, Any] = {}
    own = {}
    for item in properties:
        if item.property.startswith("meta."):
            meta[item.property[5:]] = item.value
        else:
            own[item.property] = item.value
    return meta | ({ENGINE: {"properties": own}} if own else {})


def from_meta(meta: dict[str, Any]) -> list[CustomProperty]:
    """Free metadata as custom properties of a rule, prefixed: a rule's own properties steer its check."""
    found = [
        CustomProperty(property=f"meta.{key}", value=value) for key, value in meta.items() if key != ENGINE
    ]
    own = meta.get(ENGINE)
    kept = own.get("properties") if isinstance(own, dict) else None
    kept = kept if isinstance(kept, dict) else {}
    return found + [CustomProperty(property=str(key), value=value) for key, value in kept.items()]


def share(mostly: float) -> float:
    """The share of rows that may fail when `mostly` must pass, free of binary dust (1 - 0.9 is 0.1)."""
    return round(1 - mostly, 12)


# -- what a document cannot hold ---------------------------------------------------------------------------


def camel(name: str) -> str:
    """The name of a field as documents spell it."""
    head, *tail = name.rstrip("_").split("_")
    return head + "".join(word.capitalize() for word in tail)


def filled(node: Node) -> dict[str, Any]:
    """The fields of a section that differ from their defaults."""
    values = ((name, getattr(node, name), default) for name, default in _defaults(type(node)))
    return {name: value for name, value, default in values if value != default}


@cache
def _defaults(kind: type[Node]) -> list[tuple[str, Any]]:
    """Every field of a section and its default."""
    return [
        (field.name, field.default_factory() if callable(field.default_factory) else field.default)
        for field in msgspec.structs.fields(kind)
    ]


def leftovers(node: Node, path: str, *, handled: Collection[str], why: str) -> list[Note]:
    """A note for every filled field of a section that the writer does not handle."""
    return [
        Note(f"{path}.{camel(name)}" if path else camel(name), brief(msgspec.to_builtins(value)), why)
        for name, value in filled(node).items()
        if name not in handled
    ]


def unheld(found: Contract, why: str, *, handled: Collection[str] = ()) -> list[Note]:
    """Notes for the contract's own sections; name, schema and the defaults of a new contract are left out."""
    fresh = {
        name
        for name, value in (("id", slug(found.name or found.id)), ("version", VERSION), ("status", STATUS))
        if getattr(found, name) == value
    }
    skip = {"schema", "name", "api_version", "kind", *fresh, *handled}
    return leftovers(found, "", handled=skip, why=why)


def place(item: SchemaObject) -> str:
    """The path of a schema object: `schema[orders]`."""
    return f"schema[{item.name or item.physical_name or ''}]"


def only(found: Contract, format_name: str) -> tuple[SchemaObject, list[Note]]:
    """The first schema object, and a note for each other one: for formats that hold one dataset."""
    if not found.schema:
        raise ContractError(found.id, ["the contract has no schema object to export"])
    first, *others = found.schema
    why = f"{format_name} describes one dataset; export this one by itself with --object"
    return first, [Note(place(item), "schema object", why) for item in others]


def title(item: SchemaObject | Property, default: str = "") -> str:
    """The name found in the data: the physical name where one is given."""
    return item.physical_name or item.name or default
