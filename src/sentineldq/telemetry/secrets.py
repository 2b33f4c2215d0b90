"""Masking: what must not leave the process in a log or a report, whatever key or text it stands in."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

MASK = "***"
SHORTEST = 6
"""Characters from which a value of the environment is looked for; shorter ones would be found in any text."""

FOLDERS = {"PWD", "OLDPWD"}
"""Variables of the shell that hold a folder, and whose names look like that of a password."""

DEEPEST = 8
"""Levels of nesting that are looked into; what is deeper is left out."""

_WORDS = (
    r"passw(?:or)?d|passphrase|pwd|secret|token|authorization|credential|cookie|signature"
    r"|(?:api|access|private|signing)[-_]?key|session[-_]?id|\bdsn|_dsn"
)
_KEY = re.compile(_WORDS, re.IGNORECASE)
_TEXTS = (
    # Every repeat that is looked ahead through has a bound, or a hostile text would take the square of its length.
    # User and password in a URL, a libpq string or a JSON text; headers; tokens that are known by their look
    (re.compile(r"\b([a-z][a-z0-9+.-]{0,20}://)[^\s/?#\"']*@", re.IGNORECASE), rf"\1{MASK}@"),
    (re.compile(r"\b((?:proxy-)?authorization\s*[:=]\s*)[^\"'\r\n]+", re.IGNORECASE), rf"\1{MASK}"),
    (re.compile(r"\b((?:set-)?cookie|[\w-]{0,40}api-key)(:\s*)[^\r\n]+", re.IGNORECASE), rf"\1\2{MASK}"),
    (
        re.compile(
            rf"((?:{_WORDS})[\w-]{{0,40}}(?:[\"']\s*[:,]\s*b?|=))(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[^\s,;&\"')}}\]]+)",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    (re.compile(r"\b(bearer\s+)[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1{MASK}"),
    (
        re.compile(
            r"(?<![\w-])(?:gh[opsur]_\w{16,}|github_pat_\w{16,}|[sr]k_(?:live|test)_\w{8,}|xox[abeprs]-[\w-]{8,}"
            r"|A[KS]IA[A-Z0-9]{16}|eyJ[\w-]{8,4000}\.[\w-]{8,4000}\.[\w-]+)"
        ),
        MASK,
    ),
)


def values(variables: Mapping[str, str]) -> frozenset[str]:
    """The values of those variables whose names say that they are secret."""
    return frozenset(
        value
        for name, value in variables.items()
        if secret(name) and name not in FOLDERS and len(value.strip()) >= SHORTEST
    )


def secret(name: str) -> bool:
    """Whether a key's name says that its value is secret."""
    return _KEY.search(name) is not None


class Masker:
    """Masks what keys and texts give away, and every value that is known to be secret."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        longest_first = sorted(known, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, text: str) -> str:
        """A text without its secrets."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        for pattern, instead in _TEXTS:
            text = pattern.sub(instead, text)
        return text

    def plain(self, value: Any, *, depth: int = DEEPEST) -> Any:
        """A value as JSON can say it, without its secrets; objects become their text."""
        match value:
            case None | bool() | int():
                return value
            case float():
                return value if math.isfinite(value) else str(value)
            case str():
                return self.text(value)
            case date():
                return value.isoformat()
        if isinstance(value, Mapping):
            return self.mapping(value, depth=depth - 1) if depth else "…"
        if isinstance(value, list | tuple | set | frozenset):
            return [self.plain(item, depth=depth - 1) for item in value] if depth else "…"
        return self.text(str(value))

    def mapping(self, mapping: Mapping[Any, Any], *, depth: int = DEEPEST) -> dict[str, Any]:
        """A mapping without its secrets."""
        return {self.text(str(key)): self._of(str(key), value, depth) for key, value in mapping.items()}

    def _of(self, key: str, value: Any, depth: int) -> Any:
        hidden = secret(key) and not (value is None or value == "")
        return MASK if hidden else self.plain(value, depth=depth)
