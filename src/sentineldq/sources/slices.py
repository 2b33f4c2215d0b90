"""Pieces of a JSON body, byte for byte as they stand in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from json import JSONDecodeError, JSONDecoder
from json.decoder import scanstring  # type: ignore[attr-defined]  # public since 2.6, missing in the stubs
from typing import Any

import msgspec

_BLANK = re.compile(r"[ \t\r\n]*")
_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class PieceError(ValueError):
    """A body, or the piece that is looked for, is not what it should be."""


def elements(body: bytes, path: str | None = None) -> list[bytes]:
    """The elements of the array at a dotted path (none: the body itself). Raises PieceError."""
    held, where = piece(body, path), f"`{path}`" if path else "the body"
    if held is None:
        raise PieceError(f"there is no `{path}`")
    if not held.startswith(b"["):
        raise PieceError(f"{where} is {_kind(held)}, not an array")
    try:
        return [bytes(raw) for raw in msgspec.json.decode(held, type=list[msgspec.Raw])]
    except _FAULTS:
        return [held_piece for _, held_piece in _careful(held, named=False)]


def piece(body: bytes, path: str | None) -> bytes | None:
    """The bytes of the value at a dotted path (none: the whole); None where it is absent. Raises PieceError."""
    held = body.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n")
    for name in path.split(".") if path else ():
        if not held.startswith(b"{"):
            if held.startswith((b"[", b'"', b"n", b"t", b"f", b"-")) or held[:1].isdigit():
                return None
            raise PieceError("it is not JSON")
        members: Mapping[str, bytes | msgspec.Raw]
        try:
            members = msgspec.json.decode(held, type=dict[str, msgspec.Raw])
        except _FAULTS:
            members = dict(_careful(held, named=True))
        if name not in members:
            return None
        held = bytes(members[name])
    return held


def value(body: bytes, path: str | None) -> Any:
    """The value at a dotted path; None where it is absent, null or not to be read."""
    try:
        held = piece(body, path)
        return None if held is None else msgspec.json.decode(held)
    except (PieceError, *_FAULTS):
        return None


def _careful(held: bytes, *, named: bool) -> list[tuple[str, bytes]]:
    """Members of an object or an array, one of whose values may break the rules (NaN, a lone surrogate).

    Each with its name, an empty one in an array: what is wrong with one should not spoil the others. Raises
    PieceError.
    """
    text = held.decode("utf-8", "surrogateescape")
    scan, parts, at, name = JSONDecoder(strict=False).raw_decode, [], _skip(text, 1), ""
    close = "}" if named else "]"
    try:
        while text[at : at + 1] != close:
            if named:
                if text[at] != '"':
                    raise PieceError("it is not JSON")
                name, at = scanstring(text, at + 1, False)
                at = _past(text, at, ":")
            _, end = scan(text, at)
            parts.append((name, text[at:end].encode("utf-8", "surrogateescape")))
            at = _skip(text, end)
            if text[at] != close:
                at = _past(text, at, ",")
    except (JSONDecodeError, IndexError, RecursionError) as fault:
        raise PieceError(f"it is not JSON: {fault}") from None
    if _skip(text, at + 1) != len(text):
        raise PieceError("it is not JSON: more follows its end")
    return parts


def _past(text: str, at: int, sign: str) -> int:
    at = _skip(text, at)
    if text[at] != sign:
        raise PieceError(f"it is not JSON: no {sign!r} at character {at}")
    return _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _kind(held: bytes) -> str:
    kinds = {
        b"{": "an object",
        b'"': "a text",
        b"n": "null",
        b"t": "a boolean",
        b"f": "a boolean",
        b"<": "no JSON",
    }
    return kinds.get(held[:1], "a number" if held[:1].isdigit() or held[:1] == b"-" else "no JSON")
