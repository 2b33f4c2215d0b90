"""What a stream of JSON values looks like: the kinds at every path, where each came first, the type of all.

A field that is an integer in one record and text in another keeps all its values as text, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
import polars as pl

DEPTH = 48  # deeper values stay JSON text
WIDTH = 1000  # a nested object with more keys than this is a map from data to data, and stays JSON text
_UNNAMEABLE = re.compile(r'["\\\x00-\x1f]')  # msgspec has no field names with these
INT64 = range(-(2**63), 2**63)
INT128 = range(-(2**127), 2**127)
_INTEGER = Annotated[int, msgspec.Meta(ge=INT64.start, le=INT64.stop - 1)]
_DTYPES: dict[frozenset[str], type[pl.DataType]] = {
    frozenset(): pl.String,
    frozenset({"boolean"}): pl.Boolean,
    frozenset({"string"}): pl.String,
    frozenset({"integer"}): pl.Int64,
    frozenset({"big integer"}): pl.Int128,
    frozenset({"integer", "big integer"}): pl.Int128,
    frozenset({"number"}): pl.Float64,
    frozenset({"integer", "number"}): pl.Float64,
    frozenset({"big integer", "number"}): pl.Float64,
    frozenset({"integer", "big integer", "number"}): pl.Float64,
}
_KINDS = {bool: "boolean", str: "string", float: "number", dict: "object", list: "array"}


class Shape:
    """The kinds of value at one path (kind to the place it was first seen at), and the shapes inside."""

    __slots__ = ("fields", "item", "kinds")

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.fields: dict[str, Shape] = {}
        self.item: Shape | None = None

    def see(self, value: Any, place: str, depth: int = 0) -> None:
        """Take in one value; integers are within INT128 (see `fits`)."""
        if value is None:
            return
        kind = _KINDS.get(type(value)) or ("integer" if value in INT64 else "big integer")
        if depth >= DEPTH and kind in {"object", "array"}:
            kind = "deep value"
        self.kinds.setdefault(kind, place)
        if kind == "object":
            for key, inner in value.items():
                field = self.fields.get(key)
                if field is None:
                    field = self.fields[key] = Shape()
                field.see(inner, place, depth + 1)
        elif kind == "array":
            self.item = self.item or Shape()
            for inner in value:
                self.item.see(inner, place, depth + 1)

    @property
    def wide(self) -> bool:
        """Whether a nested object is rather a map from data to data."""
        return len(self.fields) > WIDTH

    @property
    def mixed(self) -> bool:
        """Whether no single type holds the values, so that they stay JSON text."""
        kinds = frozenset(self.kinds)
        return kinds not in _DTYPES and kinds not in ({"object"}, {"array"})

    def schema(self) -> dict[str, pl.DataType]:
        """The columns, for a stream of objects."""
        return {name: field.dtype() for name, field in self.fields.items()}

    def dtype(self) -> pl.DataType:
        """The Polars type that holds every value seen."""
        if self.mixed or self.wide:
            return pl.String()
        if "array" in self.kinds:
            return pl.List(self.item.dtype() if self.item else pl.String())
        if "object" in self.kinds:  # an object that never has a field is no struct anywhere else
            return pl.Struct(self.schema()) if self.fields else pl.String()
        return _DTYPES[frozenset(self.kinds)]()

    def record(self) -> type[msgspec.Struct]:
        """The type of an object of this shape; decoding to it fails on whatever has not been seen yet."""
        if any(_UNNAMEABLE.search(name) for name in self.fields):
            return msgspec.defstruct("Unnameable", [], forbid_unknown_fields=True)  # each goes the slow way
        fields = [(f"f{n}", field.annotation(), None) for n, field in enumerate(self.fields.values())]
        names = {f"f{n}": name for n, name in enumerate(self.fields)}
        return msgspec.defstruct("Record", fields, rename=names, forbid_unknown_fields=True, gc=False)

    def annotation(self) -> Any:
        """The msgspec type of a value of this shape, or null."""
        if self.mixed or self.wide:
            return Any
        inner: Any = {
            "boolean": bool,
            "string": str,
            "integer": _INTEGER,
            "big integer": int,
            "number": float,
        }
        if "array" in self.kinds:
            return list.__class_getitem__(self.item.annotation() if self.item else None) | None
        if "object" in self.kinds:
            return self.record() | None
        widest = next((kind for kind in ("number", "big integer", *self.kinds) if kind in self.kinds), None)
        return inner[widest] | None if widest else None

    def conflicts(self, path: str = "") -> Iterator[tuple[str, str]]:
        """Yield each path whose values stay text though not all are text, with what was seen where."""
        if path and self.mixed:
            yield path, ", ".join(f"{kind} ({place})" for kind, place in self.kinds.items())
            return
        if path and self.wide:
            yield path, f"an object with {len(self.fields)} different keys"
            return
        for name, field in self.fields.items():
            yield from field.conflicts(f"{path}.{name}" if path else name)
        if self.item:
            yield from self.item.conflicts(f"{path}[]")


def fits(value: Any) -> bool:
    """Whether every integer in a value is one that a column can hold."""
    if isinstance(value, dict):
        return all(map(fits, value.values()))
    if isinstance(value, list):
        return all(map(fits, value))
    return type(value) is not int or value in INT128
