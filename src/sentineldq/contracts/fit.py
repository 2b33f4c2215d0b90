"""Fit a document's values to structs by the structs' own types; every misfit is named with its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from sentineldq.contracts.document import Document
from sentineldq.contracts.model import Element
from sentineldq.contracts.paths import join
from sentineldq.contracts.problem import Problem
from sentineldq.contracts.variables import fill
from sentineldq.errors import suggest

T = TypeVar("T", bound=msgspec.Struct)
BAD = object()
"""What becomes of a value that does not fit."""

_MOMENTS = {date: "a day such as 2026-11-20", datetime: "a moment such as 2026-11-20T22:00:00Z"}
_WORDS: dict[Any, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    NoneType: "nothing",
    **_MOMENTS,
}


def fit(
    document: Document, kind: type[T], *, variables: Mapping[str, str] | None = None
) -> tuple[T | None, list[Problem]]:
    """The struct a document holds (None where it cannot be made), and every problem on the way.

    `variables` (for instance `os.environ`) fills in `${NAME}` and `${NAME:-default}`.
    """
    walk, data = Walk(document), document.data
    if document.problems and data is None:
        return None, document.problems
    if variables is not None:
        data = walk.filled(data, variables)
    found = walk.value({} if data is None else data, kind, "")
    return (None if found is BAD else found), [*document.problems, *walk.problems]


class Walk:
    """Fits values to types; collects problems in place of raising them."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def problem(self, rule: str, path: str, message: str, hint: str | None = None) -> Any:
        line = self.document.line(path)
        self.problems.append(Problem(rule=rule, path=path, line=line, message=message, hint=hint))
        return BAD

    def value(self, value: Any, kind: Any, path: str) -> Any:
        """`value` as the type `kind`, or `BAD` after noting why not."""
        origin = get_origin(kind)
        if origin in (Union, UnionType):
            return self.union(value, get_args(kind), path)
        if origin is Literal:
            return self.literal(value, get_args(kind), path)
        if origin is list:
            return self.list(value, get_args(kind)[0], path)
        if origin is Annotated:
            kind, bounds = get_args(kind)
            return self.bounded(value, kind, bounds, path)
        if origin is dict and isinstance(value, dict):
            members = {
                str(key): self.value(item, get_args(kind)[1], join(path, str(key)))
                for key, item in value.items()
            }
            return {key: item for key, item in members.items() if item is not BAD}
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
            return self.struct(value, kind, path)
        if kind in _MOMENTS and isinstance(value, str):
            return self.moment(value, kind, path)
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

    def bounded(self, value: Any, kind: Any, bounds: msgspec.Meta, path: str) -> Any:
        """A number between two bounds, either of which may be missing."""
        found = self.value(value, kind, path)
        if found is BAD or allows(bounds, found):
            return found
        return self.problem("SDQ013", path, f"{value!r} is not allowed here", span(bounds))

    def moment(self, value: str, kind: type[date], path: str) -> Any:
        """A day, or a day and an hour, which a document has as text."""
        try:
            return kind.fromisoformat(value)
        except ValueError:
            return self.mismatch(value, (kind,), path)

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
        return [item for item in items if item is not BAD]

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
        if any(found[name] is BAD for name in found if name in _required(kind)):
            return BAD
        return kind(**{name: item for name, item in found.items() if item is not BAD})

    def mismatch(self, value: Any, kinds: tuple[Any, ...], path: str) -> Any:
        expected = " or ".join(dict.fromkeys(_word(kind) for kind in kinds))
        return self.problem("SDQ012", path, f"is {word(value)}, expected {expected}", _remedy(value, kinds))

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


def allows(bounds: msgspec.Meta, number: float) -> bool:
    """Whether a number is within bounds."""
    return (bounds.ge is None or number >= bounds.ge) and (bounds.le is None or number <= bounds.le)


def span(bounds: msgspec.Meta) -> str:
    """Bounds in words."""
    if bounds.ge is not None and bounds.le is not None:
        return f"from {bounds.ge} to {bounds.le}"
    return f"at least {bounds.ge}" if bounds.ge is not None else f"at most {bounds.le}"


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
    if origin is Annotated:
        return _takes(value, get_args(kind)[0])
    if origin in (list, dict):
        return isinstance(value, origin)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return isinstance(value, dict)
    return _fits(value, kind) or (kind in _MOMENTS and isinstance(value, str))


def _word(kind: Any) -> str:
    if get_origin(kind) is Annotated:
        return _word(get_args(kind)[0])
    if get_origin(kind) is Literal:
        return "text"
    if kind is list or get_origin(kind) is list:
        return "a list"
    return _WORDS.get(kind, "an object")


def word(value: Any) -> str:
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
