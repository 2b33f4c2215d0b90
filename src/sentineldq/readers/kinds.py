"""What a cell's text looks like: the evidence for sniffing delimiters, headers and rows out of place.

Wider on purpose than the types a column is given (`columns.py`): `31/01/2018` or `$4.50` stay text in the
table, yet tell a data row from a header. After the type patterns of van den Burg, Nazábal and Sutton,
"Wrangling messy CSV files by detecting row and type patterns" (2019).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

_DATE: Final = (
    r"(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2(?:\d{4}|\d{2})|"
    r"\d{1,2}[- ](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[- ,]+\d{2,4})"
)
_TIME: Final = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[ap]\.?m\.?)?"
_NUMBER: Final = r"[-+]?(?:\d+(?:[.,]\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?|\.\d+)"
_KINDS: Final = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("number", rf"\(?{_NUMBER}(?:e[-+]?\d+)?\)?|[-+]?inf|nan"),
        ("number", rf"[-+]?[$€£¥] ?{_NUMBER}|{_NUMBER} ?(?:[$€£¥%]|eur|usd|gbp|chf)"),
        ("date", _DATE),
        ("time", _TIME),
        ("datetime", rf"{_DATE}[T ]+{_TIME}(?:Z| ?[-+]\d{{2}}:?\d{{2}}| ?UTC)?"),
        ("boolean", "true|false|yes|no"),
        ("url", r"(?:https?|s?ftp)://\S+|www\.\S+"),
        ("email", r"[^@\s,;]+@[^@\s,;]+\.[a-z]{2,}"),
        ("uuid", r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    )
)
_WORDS: Final = re.compile(r"[^\W\d][^,;\t|]*")
_TORN: Final = re.compile(r"""["'][,;\t|]|[,;\t|]["']""")
_DIGITS: Final = re.compile(r"\d+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")


def kind(text: str | None) -> str:
    """Name a cell's kind: number, date, time, datetime, boolean, url, email, uuid, text; "" when empty."""
    if text is None or not (text := text.strip()):
        return ""
    if len(text) > 256:
        return "text"
    return next((name for name, pattern in _KINDS if pattern.fullmatch(text)), "text")


def tidy(text: str | None) -> float:
    """Score in 0..1 how much a cell looks like one whole value, not one cut at the wrong place."""
    name = kind(text)
    if name != "text":
        return 1.0 if name else 0.5
    text = str(text).strip()
    if _WORDS.fullmatch(text):
        return 0.9
    return 0.1 if _TORN.search(text) else 0.4


def shape(text: str) -> str:
    """Reduce a code to its shape: `MG-8769` gives `a-9`; text without digits has none."""
    return (
        _LETTERS.sub("a", _DIGITS.sub("9", text)) if any(map(str.isdigit, text)) and len(text) <= 64 else ""
    )


def common(cells: Iterable[str | None], *, share: float = 0.9) -> str:
    """Name the kind (or `shape:…` of codes) that at least `share` of the filled cells have; "" when none."""
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    if not filled:
        return ""
    name, count = Counter(map(kind, filled)).most_common(1)[0]
    if name != "text" and count >= share * len(filled):
        return name
    form, count = Counter(map(shape, filled)).most_common(1)[0]
    return f"shape:{form}" if form and len(filled) >= 3 and count >= share * len(filled) else ""


def has(cell: str | None, expected: str) -> bool:
    """Tell whether a filled cell has the kind (or shape) that its column has."""
    text = (cell or "").strip()
    return f"shape:{shape(text)}" == expected if expected.startswith("shape:") else kind(text) == expected


def fits(cells: Sequence[str | None], expected: Sequence[str]) -> bool:
    """Tell whether every filled cell of a row has its column's kind; a column of no kind takes anything."""
    return all(
        not name or not (cell or "").strip() or has(cell, name)
        for cell, name in zip(cells, expected, strict=False)
    )
