"""Log lines: one event is one line, whatever text is in it."""

from __future__ import annotations

import json
import re
from collections.abc import MutableMapping
from typing import Any

Event = MutableMapping[str, Any]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_PLAIN = re.compile(r"[^\s\"=\\]+")
_COLOURS = {"debug": 2, "warning": 33, "error": 31, "critical": 31}
_FIRST = ("time", "level", "logger", "event")


def escape(text: str) -> str:
    """Text in one line that cannot move the cursor, colour anything or turn its direction."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def to_json(_logger: Any, _method: str, event: Event) -> str:
    """An event as a line of JSON, in ASCII."""
    first = {key: event[key] for key in _FIRST if key in event}
    return json.dumps({**first, **event}, default=str)


class Human:
    """An event as a short line: time (UTC), level, what happened, facts; the text of an exception is indented."""

    def __init__(self, *, colour: bool) -> None:
        self._colour = colour

    def __call__(self, _logger: Any, _method: str, event: Event) -> str:
        rest = dict(event)
        moment, level = str(rest.pop("time", "")), str(rest.pop("level", ""))
        what, name = str(rest.pop("event", "")), rest.pop("logger", None)
        trace = rest.pop("exception", None)
        if name is not None and not str(name).startswith("sentineldq"):
            what = f"{name}: {what}"
        facts = " ".join(f"{escape(key)}={_value(value)}" for key, value in rest.items())
        parts = (
            self._in(2, moment[11:19]),
            self._in(_COLOURS.get(level), f"{level:<7}"),
            escape(what),
            self._in(2, facts),
        )
        lines = [" ".join(part for part in parts if part)]
        if trace:
            lines += [f"    {escape(line)}" for line in str(trace).split("\n")]
        return "\n".join(lines)

    def _in(self, colour: int | None, text: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour and colour and text else text


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    quoted = (
        text if _PLAIN.fullmatch(text) or not isinstance(value, str) else json.dumps(text, ensure_ascii=False)
    )
    return escape(quoted)
