"""One value of a record: how it is read at full speed, and how it is explained when it does not fit.

A leaf has two faces with one meaning. `type` (with `post`, for what msgspec cannot say) accepts or refuses;
`bare` and `rules` are tried only after a refusal, to name every reason for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw
from msgspec.json import Decoder

from sentineldq.contracts.paths import join

FAULTS = (msgspec.DecodeError, ValueError, RecursionError)
"""What decoding raises for data that does not fit; anything else is a fault of ours."""

Path = tuple[str | int, ...]
Encoded = bytes | memoryview | Raw
SHOWN = 60
"""Longest text of a found value, in characters."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One reason why a record does not fit: where (`payload.commits[2].sha`; empty for the record), and what.

    `kind` is json, encoding, size or depth where the record cannot be read; else type, required, extra, key,
    enum, minimum, exclusive_minimum, maximum, exclusive_maximum, multiple_of, range, precision, length,
    pattern, format, items, unique or properties.
    """

    path: str
    kind: str
    expected: str
    found: str

    def __str__(self) -> str:
        place = f"{self.path}: " if self.path else ""
        return f"{place}expected {self.expected}, found {self.found}"


class Rule(NamedTuple):
    """One condition on a value that has the right type; `fast` when the leaf's `type` has it too."""

    kind: str
    expected: str
    holds: Callable[[Any], bool]
    fast: bool = False


@dataclass
class Leaf:
    """A value without declared members.

    `bare` reads the kept value from JSON with no rules applied. `finish` makes it from what msgspec gives for
    `type`; a value that is already made passes through.
    """

    kind: str
    expected: str
    type: Any
    bare: Callable[[Encoded], Any]
    finish: Callable[[Any], Any] | None = None
    rules: tuple[Rule, ...] = ()
    digits: tuple[int, int] | None = None
    zone: tzinfo = UTC
    masked: bool = False

    @cached_property
    def post(self) -> Callable[[Any], Any] | None:
        """What is left to do after msgspec has accepted `type`; raises ValueError to refuse."""
        late = tuple(rule.holds for rule in self.rules if not rule.fast)
        finish = self.finish
        if not late:
            return finish

        def post(value: Any) -> Any:
            if finish is not None:
                value = finish(value)
            if all(holds(value) for holds in late):
                return value
            raise ValueError(self.expected)

        return post

    @cached_property
    def read(self) -> Callable[[Encoded], Any]:
        """Decode this value alone; raises one of FAULTS."""
        return chain(Decoder(self.type).decode, self.post)

    def explain(self, raw: Encoded, path: Path, errors: list[FieldError]) -> Any:
        """The value, with every reason against it appended to `errors`."""
        try:
            value = self.bare(raw)
        except FAULTS:
            errors.append(fault(path, "type", self.expected, raw, masked=self.masked))
            return None
        broken = [rule for rule in self.rules if not rule.holds(value)]
        errors += [fault(path, rule.kind, rule.expected, raw, masked=self.masked) for rule in broken]
        return value


def chain(first: Callable[[Any], Any], second: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    """`second(first(value))`; just `first` where there is no second."""
    if second is None:
        return first
    return lambda value: second(first(value))


def fault(path: Path, kind: str, expected: str, raw: Encoded, *, masked: bool) -> FieldError:
    """The error that says what stands at a path in place of what was expected."""
    return FieldError(spell(path), kind, expected, describe(raw, masked=masked))


def spell(path: Path) -> str:
    """`("commits", 2, "sha")` as `commits[2].sha`."""
    text = ""
    for step in path:
        text = join(text, step)
    return text


def describe(raw: Encoded, *, masked: bool) -> str:
    """Type and shortened text of a JSON value; the type alone when its column is classified."""
    head = bytes(memoryview(raw)[: SHOWN * 4]).lstrip()
    kind = _kind(head)
    if kind == "null":
        return kind
    if masked:
        return f"{kind} (masked)"
    text = head.decode("utf-8", "replace")
    return f"{kind} {text if len(text) <= SHOWN else text[:SHOWN] + '…'}"


_KINDS = {b'"': "string", b"{": "object", b"[": "array", b"t": "boolean", b"f": "boolean", b"n": "null"}
_FRACTION = re.compile(rb"-?\d+[.eE]")


def _kind(text: bytes) -> str:
    if text[:1] in _KINDS:
        return _KINDS[text[:1]]
    return "number" if _FRACTION.match(text) else "integer"
