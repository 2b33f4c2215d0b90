"""Load a contract: the document's values fitted to the structs of `model`, every misfit named with its place.

One walk over the structs' own types does it; no section has code of its own. Reads ODCS 3.0 to 3.2; what 3.0
wrote otherwise (the team as a list, exclusive bounds as flags) comes out in the newest shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from sentineldq.contracts.document import Document, read_document
from sentineldq.contracts.model import (
    API_VERSIONS,
    NEWEST,
    Contract,
    Element,
    MapType,
    Property,
    Quality,
    Team,
    TypeOptions,
)
from sentineldq.contracts.paths import join
from sentineldq.contracts.problem import Problem
from sentineldq.contracts.variables import fill
from sentineldq.errors import ContractError, suggest

_METRICS = {"duplicateCount": "duplicateValues", "rowCount": "rowCount"}
_WORDS = {str: "text", bool: "true or false", int: "a whole number", float: "a number", NoneType: "nothing"}
_BAD = object()


def load_contract(
    source: str | Path | dict[str, Any] | Contract, *, variables: Mapping[str, str] | None = None
) -> Contract:
    """Read a contract from a path, a YAML or JSON text, a dict, or hand a contract through.

    `variables` (for instance `os.environ`) fills in `${NAME}`; without it, references are left as they are.
    Raises ContractError with every problem found, each with its path and line.
    """
    if isinstance(source, Contract):
        return source
    return fit_contract(read_document(source), variables=variables)


def fit_contract(document: Document, *, variables: Mapping[str, str] | None = None) -> Contract:
    """The contract in a document. Raises ContractError with every problem found."""
    contract, problems = parse_contract(document, variables=variables)
    if contract is None or problems:
        raise ContractError(document.source, [str(problem) for problem in problems], hint=_hint(problems))
    return contract


def parse_contract(
    document: Document, *, variables: Mapping[str, str] | None = None
) -> tuple[Contract | None, list[Problem]]:
    """The contract in a document (as far as it could be read) and every problem of its shape."""
    problems = list(document.problems)
    data = document.data
    if problems and data is None:
        return None, problems
    walk = _Walk(document)
    if variables is not None:
        data = walk.filled(data, variables)
    if not isinstance(data, dict):
        walk.problem(
            "SDQ012", "", f"the document is {_name(data)}, expected an object with apiVersion, kind, …"
        )
    elif walk.version(data):
        contract = walk.struct(data, Contract, "")
        problems += walk.problems
        return (_modern(contract) if isinstance(contract, Contract) else None), problems
    return None, problems + walk.problems


def _hint(problems: list[Problem]) -> str | None:
    if any(problem.rule == "SDQ014" for problem in problems):
        return f"supported: {', '.join(reversed(API_VERSIONS))}"
    return None


class _Walk:
    """Fits values to types; collects problems in place of raising them."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def problem(self, rule: str, path: str, message: str, hint: str | None = None) -> Any:
        line = self.document.line(path)
        self.problems.append(Problem(rule=rule, path=path, line=line, message=message, hint=hint))
        return _BAD

    def version(self, data: dict[str, Any]) -> bool:
        """True when the document says it is a contract of a version that is understood."""
        for key, value in (("apiVersion", NEWEST), ("kind", "DataContract")):
            if data.get(key) is None:
                self.problem("SDQ011", "", f"{key} is missing", f"add `{key}: {value}`")
        stated = data.get("apiVersion")
        if stated is None or stated in API_VERSIONS:
            return True
        hint = suggest(str(stated), API_VERSIONS)
        if str(stated).lstrip("v").startswith("2."):
            hint = "ODCS 2.x has another layout; migrate the contract to v3 first"
        self.problem("SDQ014", "apiVersion", f"ODCS version {stated!r} is not supported", hint)
        return False

    def value(self, value: Any, kind: Any, path: str) -> Any:
        """`value` as the type `kind`, or `_BAD` after noting why not."""
        origin = get_origin(kind)
        if origin in (Union, UnionType):
            return self.union(value, get_args(kind), path)
        if origin is Literal:
            return self.literal(value, get_args(kind), path)
        if origin is list:
            return self.list(value, get_args(kind)[0], path)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
            return self.struct(value, kind, path)
        if kind is Any or _fits(value, origin or kind):
            return value
        return self.mismatch(value, (kind,), path)

    def union(self, value: Any, kinds: tuple[Any, ...], path: str) -> Any:
        """The first member that takes values of this JSON type."""
        for kind in kinds:
            if _takes(value, kind):
                return self.value(value, kind, path)
        return self.mismatch(value, tuple(kind for kind in kinds if kind is not NoneType), path)

    def literal(self, value: Any, allowed: tuple[Any, ...], path: str) -> Any:
        if value in allowed:
            return value
        expected = suggest(str(value), map(str, allowed))
        if not expected or not expected.startswith("did"):
            expected = f"one of {', '.join(map(str, allowed))}"
        return self.problem("SDQ013", path, f"{value!r} is not allowed here", expected)

    def list(self, value: Any, kind: Any, path: str) -> Any:
        if not isinstance(value, list):
            return self.mismatch(value, (list,), path)
        items = []
        for index, member in enumerate(value):
            place = join(path, index)
            item = self.value(member, kind, place)
            if isinstance(item, Element) and not item.name and "name" not in member:
                self.problem("SDQ011", place, "name is missing")
            items.append(item)
        return [item for item in items if item is not _BAD]

    def struct(self, value: dict[str, Any], kind: type[msgspec.Struct], path: str) -> Any:
        fields = _fields(kind)
        found: dict[str, Any] = {}
        settings: dict[str, Any] = {}
        for key, member in ((str(key), member) for key, member in value.items()):
            place = join(path, key)
            if key in fields:
                name, kind_of, has_default = fields[key]
                if member is None and has_default:
                    continue
                item = self.value(member, kind_of, place)
                found[name] = item
            elif "settings" in kind.__struct_fields__:
                settings[key] = member
            else:
                self.problem("SDQ010", place, f"unknown key {key!r}", suggest(key, fields))
        if settings:
            found["settings"] = settings
        for key, (name, _, has_default) in fields.items():
            if not has_default and name not in found:
                found[name] = self.problem("SDQ011", path, f"{key} is missing")
        if any(found[name] is _BAD for name in found if name in _required(kind)):
            return _BAD
        return kind(**{name: item for name, item in found.items() if item is not _BAD})

    def mismatch(self, value: Any, kinds: tuple[Any, ...], path: str) -> Any:
        expected = " or ".join(dict.fromkeys(_word(kind) for kind in kinds))
        return self.problem("SDQ012", path, f"is {_name(value)}, expected {expected}", _remedy(value, kinds))

    def filled(self, value: Any, variables: Mapping[str, str], path: str = "") -> Any:
        """The value with the variables in its texts replaced."""
        if isinstance(value, dict):
            return {
                key: self.filled(member, variables, join(path, str(key))) for key, member in value.items()
            }
        if isinstance(value, list):
            return [self.filled(member, variables, join(path, index)) for index, member in enumerate(value)]
        if not isinstance(value, str):
            return value
        text, missing = fill(value, variables)
        for name in missing:
            hint = f"set it, or write ${{{name}:-default}}"
            self.problem("SDQ015", path, f"variable {name} has no value", hint)
        return text


@cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, tuple[str, Any, bool]]:
    """Document key to (field name, type, has a default); `settings` is no key, it takes the unknown ones."""
    return {
        field.encode_name: (field.name, field.type, not field.required)
        for field in msgspec.structs.fields(kind)
        if field.name != "settings"
    }


@cache
def _required(kind: type[msgspec.Struct]) -> frozenset[str]:
    return frozenset(name for name, _, has_default in _fields(kind).values() if not has_default)


def _fits(value: Any, kind: Any) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(kind, type) and isinstance(value, kind)


def _takes(value: Any, kind: Any) -> bool:
    """Does a member of a union take values of this JSON type?"""
    origin = get_origin(kind)
    if origin is Literal:
        return isinstance(value, str)
    if origin in (list, dict):
        return isinstance(value, origin)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return isinstance(value, dict)
    return _fits(value, kind)


def _word(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return "text"
    if kind is list or get_origin(kind) is list:
        return "a list"
    return _WORDS.get(kind, "an object")


def _name(value: Any) -> str:
    """What a value is, in words."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"{str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    return "a list" if isinstance(value, list) else "an object"


def _remedy(value: Any, kinds: tuple[Any, ...]) -> str | None:
    """How to write what was probably meant."""
    words = {_word(kind) for kind in kinds}
    if "text" in words and isinstance(value, bool | int | float):
        return f'quote it: "{str(value).lower() if isinstance(value, bool) else value}"'
    if "true or false" in words and isinstance(value, str):
        meant = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
        return f"write {meant.get(value.lower(), 'true or false')}"
    if isinstance(value, str) and words & {"a whole number", "a number"} and _number(value):
        return f"write {value} without quotes"
    if "a list" in words and not isinstance(value, list):
        return "write it as a list: `- …`"
    for kind in kinds:
        required = _required(kind) if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else ()
        if len(required) == 1 and not isinstance(value, list | dict):
            return f"write `{next(iter(required))}: {value}`"
    return None


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _modern(contract: Contract) -> Contract:
    """What ODCS 3.0 wrote otherwise, in the newest shape."""
    if isinstance(contract.team, list):
        contract.team = Team(members=contract.team)
    for table in contract.schema:
        _metrics(table.quality)
        for item in _properties(iter(table.properties)):
            _metrics(item.quality)
            if item.logical_type_options is not None:
                _bounds(item.logical_type_options)
    return contract


def _properties(properties: Iterator[Property]) -> Iterator[Property]:
    for item in properties:
        yield item
        kinds = item.map if isinstance(item.map, MapType) else None
        inner = [*item.properties, item.items, *((kinds.key, kinds.value) if kinds else ())]
        yield from _properties(child for child in inner if child is not None)


def _metrics(rules: list[Quality]) -> None:
    """A library rule's `rule` (3.0) is its `metric` since 3.1, where the meaning is the same."""
    for rule in rules:
        if rule.metric is None and rule.rule in _METRICS:
            rule.metric, rule.rule = _METRICS[rule.rule], None


def _bounds(options: TypeOptions) -> None:
    """`minimum: 1, exclusiveMinimum: true` (3.0) is `exclusiveMinimum: 1` since 3.1."""
    for bound in ("minimum", "maximum"):
        flag = getattr(options, f"exclusive_{bound}")
        if isinstance(flag, bool):
            setattr(options, f"exclusive_{bound}", getattr(options, bound) if flag else None)
            if flag:
                setattr(options, bound, None)
