"""A YAML or JSON document as plain values, with the line and column of every path.

Scalars follow YAML 1.2's core schema: only `true` and `false` are booleans (`no` and `on` stay text), dates
and times stay text, and a number with leading zeros stays text because the zeros mean something. Tags are
never executed; a key that appears twice is a fault.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import yaml

from sentineldq.contracts.paths import join, parent
from sentineldq.contracts.problem import Problem
from sentineldq.errors import ContractError, ReadError, first_line

_MISTAKEN = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
"""What is wrong with the path; all else is a fault of the disk."""

_MOST_VALUES = 1_000_000
_DEEPEST = 100
_SURROGATES = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+))"
    r"|[-+]?\.[0-9]+[eE][-+]?[0-9]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)


class Document:
    """The values of a document and where each stands; `problems` are its faults as a document."""

    def __init__(self, source: str, data: Any = None) -> None:
        self.source = source
        self.data = data
        self.problems: list[Problem] = []
        self._places: dict[str, tuple[int, int]] = {}

    def place(self, path: str) -> tuple[int, int] | None:
        """Line and column, from 1, of a path or of the nearest thing around it; None where unknown."""
        while path not in self._places:
            if not path:
                return None
            path = parent(path)
        return self._places[path]

    def line(self, path: str) -> int | None:
        """The line, from 1, of a path or of the nearest thing around it."""
        place = self.place(path)
        return place[0] if place else None

    def mark(self, path: str, place: tuple[int, int]) -> None:
        """Remember where a path stands."""
        self._places.setdefault(path, place)


def read_document(source: str | Path | dict[str, Any]) -> Document:
    """Read a path, a text (one that has a line break or starts with `{`) or a dict.

    Raises ContractError when the file is not there or may not be read, ReadError when the disk fails.
    """
    if isinstance(source, dict):
        return Document("<dict>", source)
    if isinstance(source, str) and ("\n" in source or source.lstrip().startswith("{")):
        return parse_document(source, source="<text>")
    try:
        text = Path(source).read_bytes().decode("utf-8-sig")
    except _MISTAKEN as error:
        raise ContractError(str(source), [f"cannot be read: {error.strerror or error}"]) from error
    except OSError as error:
        told = "the disk or its file system fails; nothing was changed"
        raise ReadError(str(source), error.strerror or str(error), hint=told) from error
    except UnicodeDecodeError as error:
        raise ContractError(
            str(source), [f"not UTF-8: byte {error.start} is {error.object[error.start]:#x}"]
        ) from error
    return parse_document(text, source=str(source))


def parse_document(text: str, *, source: str = "<text>") -> Document:
    """The document in a YAML or JSON text; syntax faults are among its `problems`."""
    document = Document(source)
    try:
        _Builder(
            document, yaml.parse(_as_yaml(text), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        ).run()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        what = " ".join(part for part in (error.problem, error.context) if part)
        document.problems.append(Problem(rule="SDQ001", line=line, message=f"not valid YAML: {what}"))
    except yaml.YAMLError as error:
        reason = first_line(error)
        document.problems.append(Problem(rule="SDQ001", message=f"not valid YAML: {reason}"))
    return document


def is_text(scalar: str) -> bool:
    """True when an unquoted scalar means text: no number, boolean or null."""
    return scalar not in _CONSTANTS and not _INT.fullmatch(scalar) and not _FLOAT.fullmatch(scalar)


def _as_yaml(text: str) -> str:
    """JSON as the YAML that PyYAML understands: no tabs between tokens, no surrogate pairs."""
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return _SURROGATES.sub(_join_surrogates, text.replace("\t", " "))


def _join_surrogates(match: re.Match[str]) -> str:
    code = 0x10000 + ((int(match[2], 16) - 0xD800) << 10) + (int(match[3], 16) - 0xDC00)
    return f"{match[1]}\\U{code:08x}"


class _Builder:
    """Turns the parser's events into values; stops at documents that alias their way to an absurd size."""

    def __init__(self, document: Document, events: Iterable[yaml.Event]) -> None:
        self.document = document
        self.events = iter(events)
        self.count = 0
        self.anchors: dict[str, tuple[Any, int]] = {}

    def run(self) -> None:
        """Read the first document; more than one is a fault."""
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if self.document.data is not None:
                    self.fail(event, "more than one document; a contract is a file of its own")
                self.document.data = self.value(next(self.events), "", 0)

    def value(self, event: yaml.Event, path: str, depth: int) -> Any:
        """The value that starts with this event; its place is remembered under `path`."""
        self.document.mark(path, _place(event))
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        before = self.count
        self.grow(event, 1, depth)
        if isinstance(event, yaml.MappingStartEvent):
            value: Any = self.mapping(event, path, depth)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self.sequence(path, depth)
        else:
            value = self.scalar(event, path)
        self.check_tag(event, path)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, self.count - before)
        return value

    def alias(self, event: yaml.AliasEvent) -> Any:
        if event.anchor not in self.anchors:
            self.fail(event, f"alias *{event.anchor} has no anchor before it, or contains itself")
        value, size = self.anchors[event.anchor]
        self.grow(event, size, 0)
        return value

    def mapping(self, start: yaml.Event, path: str, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        merged: list[Any] = []
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self.fail(event, "a key must be plain text")
            key = str(event.value)
            if key == "<<" and event.implicit[0]:
                merged.append(self.value(next(self.events), join(path, key), depth + 1))
                continue
            place = join(path, key)
            if key in values:
                first = self.document.line(place)
                self.problem("SDQ002", event, place, f"key {key!r} appears twice (first on line {first})")
            self.document.mark(place, _place(event))
            value = self.value(next(self.events), place, depth + 1)
            values.setdefault(key, value)
        return self.merge(start, values, merged) if merged else values

    def merge(self, start: yaml.Event, values: dict[str, Any], merged: list[Any]) -> dict[str, Any]:
        """What `<<: *anchor` brings in; the mapping's own keys win, then those of the first anchor."""
        for item in merged:
            for source in item if isinstance(item, list) else [item]:
                if not isinstance(source, dict):
                    self.fail(start, "`<<` takes a mapping or a list of mappings")
                values = {**source, **values}
        return values

    def sequence(self, path: str, depth: int) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value(event, join(path, len(items)), depth + 1))
        return items

    def scalar(self, event: yaml.ScalarEvent, path: str) -> Any:
        text = str(event.value)
        if not event.implicit[0]:
            return text
        if is_text(text):
            return text
        return _CONSTANTS[text] if text in _CONSTANTS else self.number(event, text, path)

    def number(self, event: yaml.ScalarEvent, text: str, path: str) -> int | float:
        if _FLOAT.fullmatch(text):
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        try:
            return int(text, 0)
        except ValueError:  # Python refuses thousands of digits
            self.problem("SDQ001", event, path, "a number with too many digits", "quote it")
            return 0

    def grow(self, event: yaml.Event, by: int, depth: int) -> None:
        self.count += by
        if self.count > _MOST_VALUES or depth > _DEEPEST:
            self.fail(event, f"more than {_MOST_VALUES:,} values, or nested more than {_DEEPEST} deep")

    def check_tag(self, event: yaml.Event, path: str) -> None:
        if event.tag not in (None, "!") and not event.tag.startswith("tag:yaml.org,2002:str"):
            self.problem("SDQ003", event, path, f"tag {event.tag!r} is not allowed", "write plain values")

    def fail(self, event: yaml.Event, reason: str) -> NoReturn:
        """Stop reading: what follows cannot be trusted."""
        raise yaml.MarkedYAMLError(problem=reason, problem_mark=event.start_mark)

    def problem(self, rule: str, event: yaml.Event, path: str, message: str, hint: str | None = None) -> None:
        line = _place(event)[0]
        self.document.problems.append(Problem(rule=rule, path=path, line=line, message=message, hint=hint))


def _place(event: yaml.Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
