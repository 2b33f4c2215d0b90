"""What a check asks, in a few words: `1 to 64 characters`, `one of created, paid, shipped`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sentineldq.checks.model import Check

LISTED = 8
"""Values of a list that are named."""

LONGEST = 300
"""Characters of a pattern or a query that are told."""


def asked(check: Check) -> str:
    """What a check asks of a column, or of a table."""
    say = _KINDS.get(check.kind)
    return say(check.params) if say else _plain(check)


def _length(params: Mapping[str, Any]) -> str:
    return f"{_range(params)} characters"


def _range(params: Mapping[str, Any]) -> str:
    low, high = params.get("min"), params.get("max")
    above = "more than" if params.get("strict_min") else "at least"
    below = "less than" if params.get("strict_max") else "at most"
    if low is None:
        return f"{below} {high}"
    if high is None:
        return f"{above} {low}"
    if params.get("strict_min") or params.get("strict_max"):
        return f"{above} {low}, {below} {high}"
    return f"{low}" if low == high else f"{low} to {high}"


def _set(params: Mapping[str, Any]) -> str:
    values = list(params.get("values", ()))
    more = f" and {len(values) - LISTED} more" if len(values) > LISTED else ""
    return f"one of {', '.join(str(value) for value in values[:LISTED])}{more}"


def _plain(check: Check) -> str:
    """A kind without words of its own: what it is called, of what, and its parameters."""
    words = [check.kind.replace("_", " ")]
    if check.columns:
        words.append(f"of {', '.join(check.columns[:LISTED])}")
    given = ", ".join(f"{name} {value}" for name, value in check.params.items())
    return " ".join([*words, *([f"({given})"] if given else [])])[:LONGEST]


_KINDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "between": _range,
    "columns_equal_set": lambda params: f"has these {len(params.get('columns', ()))} columns",
    "expression": lambda params: str(params.get("sql", ""))[:LONGEST],
    "format": lambda params: f"format {params.get('format')}",
    "in_set": _set,
    "items": lambda params: f"{_range(params)} members",
    "items_unique": lambda _: "no member twice",
    "length": _length,
    "matches": lambda params: f"matches {params.get('pattern', '')}"[:LONGEST],
    "multiple_of": lambda params: f"a multiple of {params.get('of')}",
    "not_null": lambda _: "required",
    "type": lambda params: f"type {params.get('type')}",
    "unique": lambda _: "unique",
}
