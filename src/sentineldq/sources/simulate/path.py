"""Fields of a JSON document by dotted path."""

from __future__ import annotations

from typing import Any

ABSENT = object()


def get(document: Any, path: str) -> Any:
    """The value there, or `ABSENT`."""
    for name in path.split("."):
        if not isinstance(document, dict) or name not in document:
            return ABSENT
        document = document[name]
    return document


def put(document: Any, path: str, value: Any) -> None:
    """Set a value; `ABSENT` takes the field away. What leads there must be objects."""
    *way, last = path.split(".")
    for name in way:
        document = document[name]
    if value is ABSENT:
        del document[last]
    else:
        document[last] = value
