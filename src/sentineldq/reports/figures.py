"""How counts, shares and values of the data are written for people.

Text from the data never reaches a terminal or a page raw: whatever cannot be seen (control characters,
terminal escapes, direction overrides, lone surrogates) is written as its escape.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

NBSP = "\u00a0"  # keeps a number and its unit on one line
NONE = "\u2013"  # stands where there is no number

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def count(number: int | None) -> str:
    """`1,234,567`; an en dash where there is none."""
    return NONE if number is None else f"{number:,}"


def share(ratio: float | None) -> str:
    """A ratio (0 to 1) in percent; only nothing is `0 %` and only everything is `100 %`."""
    if ratio is None or not math.isfinite(ratio):
        return NONE
    if ratio in {0.0, 1.0}:
        return f"{ratio * 100:.0f}{NBSP}%"
    if abs(ratio) < 0.00005:
        return f"<0.01{NBSP}%"
    if 0.99995 <= ratio < 1:
        return f">99.99{NBSP}%"
    digits = 1 if 0.1 <= abs(ratio) < 0.9995 else 2
    return f"{ratio * 100:.{digits}f}{NBSP}%"


def bound(ratio: float) -> str:
    """A ratio that somebody chose, in percent as they wrote it: `5 %`, `0.25 %`."""
    return f"{ratio * 100:.10g}{NBSP}%"


def score(ratio: float | None) -> str:
    """A score in 0..1 with three digits, rounded down so that only a perfect one reads 1.000."""
    if ratio is None or not math.isfinite(ratio):
        return NONE
    if 0 < ratio < 0.001:
        return "<0.001"
    return f"{min(math.floor(ratio * 1000 + 1e-9) / 1000, 0.999):.3f}" if ratio < 1 else f"{ratio:.3f}"


def duration(seconds: float) -> str:
    """Seconds as a person says them: `38 ms`, `1.84 s`, `2 min 5 s`."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f}{NBSP}ms"
    if seconds < 59.95:
        return f"{seconds:.3g}{NBSP}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}{NBSP}min{NBSP}{rest}{NBSP}s"


def plural(number: int, noun: str) -> str:
    """`1 check`, `1,204 checks`."""
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def visible(text: str) -> str:
    """The text with every character that cannot be seen written as its escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_seen(char) for char in text)


def value(thing: Any, *, limit: int | None = None) -> str:
    """A value of the data on one line: text in quotes, `null` for None, ISO dates, nested ones as in JSON.

    Text longer than `limit` characters loses its middle; numbers and dates never lose a digit.
    """
    if isinstance(thing, str):
        return f'"{visible(shorten(thing, limit=limit))}"'
    if isinstance(thing, bytes):
        return f"0x{shorten(thing.hex(), limit=limit)}"
    if isinstance(thing, Mapping):
        inside = ", ".join(f"{visible(str(key))}: {value(item, limit=limit)}" for key, item in thing.items())
        return f"{{{inside}}}"
    if isinstance(thing, list | tuple | set | frozenset):
        return f"[{', '.join(value(item, limit=limit) for item in thing)}]"
    return _scalar(thing)


def observation(thing: Any, *, limit: int | None = None) -> str:
    """What a check measured: numbers in groups of thousands, text without quotes, the rest like `value`."""
    if isinstance(thing, bool) or thing is None:
        return value(thing)
    if isinstance(thing, int):
        return count(thing)
    if isinstance(thing, float) and math.isfinite(thing):
        return f"{thing:,.6g}" if 1e-4 <= abs(thing) < 1e6 or thing == 0 else f"{thing:.6g}"
    if isinstance(thing, str):
        return visible(shorten(thing, limit=limit))
    return value(thing, limit=limit)


def sample(thing: Any, *, limit: int | None = None) -> str:
    """One failing sample: a bare value, or `column=value` for each column of a row."""
    if isinstance(thing, Mapping):
        pairs = (f"{visible(str(key))}={value(item, limit=limit)}" for key, item in thing.items())
        return " ".join(pairs)
    return value(thing, limit=limit)


def shorten(text: str, *, limit: int | None) -> str:
    """At most `limit` characters, the middle replaced by an ellipsis."""
    if limit is None or len(text) <= limit:
        return text
    tail = (limit - 1) // 3
    return f"{text[: limit - 1 - tail]}…{text[len(text) - tail :]}"


def _seen(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if unicodedata.category(char) not in _INVISIBLE:
        return char
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _scalar(thing: Any) -> str:
    if thing is None:
        return "null"
    if isinstance(thing, bool):
        return "true" if thing else "false"
    if isinstance(thing, datetime | date | time):
        return thing.isoformat()
    if isinstance(thing, float) and math.isnan(thing):
        return "NaN"
    return visible(str(thing))
