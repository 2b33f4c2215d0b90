"""Rows as objects, quickly: lists are what a server is asked for most."""

from __future__ import annotations

from typing import Any, TypeVar

Row = TypeVar("Row")


def objects(kind: type[Row], result: Any) -> list[Row]:
    """The rows of a result as frozen dataclasses without slots, whose fields its columns are: all of them.

    A frozen dataclass sets each field by itself, which takes longer than to read the row; nothing else happens in the
    making of those of the store.
    """
    names = tuple(result.keys())
    found = []
    for row in result:
        made = object.__new__(kind)
        made.__dict__.update(zip(names, row, strict=True))
        found.append(made)
    return found
