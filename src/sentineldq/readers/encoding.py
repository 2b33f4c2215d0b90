"""Which encoding a byte stream is in; the answer always decodes the whole stream.

A byte order mark decides. Else bytes that are valid UTF-8 throughout are UTF-8. Else zero bytes on every
other place are UTF-16 without a mark. Else the stream is single-byte, unless valid multi-byte sequences of
UTF-8 clearly outnumber the invalid bytes: then it is UTF-8 with damage, and what is damaged is reported.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEQUENCE: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_WINDOWS: Final = re.compile(rb"[\x80-\x9f]")
_NOT_WINDOWS: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


@dataclass(frozen=True)
class Encoding:
    """A codec's name, and whether every byte of the stream is valid in it."""

    name: str
    valid: bool = True

    @property
    def plain(self) -> bool:
        """Whether the bytes can be used as UTF-8 as they are (a UTF-8 byte order mark is no obstacle)."""
        return self.valid and self.name in {"utf-8", "utf-8-sig"}


def detect(head: bytes, blocks: Iterable[bytes]) -> Encoding:
    """Detect the encoding of a stream given its first bytes and all its blocks."""
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked not in {None, "utf-8-sig"}:
        return Encoding(str(marked))
    unmarked = _wide(head)
    if unmarked:
        return Encoding(unmarked)
    return _narrow(marked or "utf-8", blocks)


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: text of the western planes has a zero at every second byte."""
    sample = head[: len(head) // 2 * 2]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _narrow(name: str, blocks: Iterable[bytes]) -> Encoding:
    decoder = codecs.getincrementaldecoder("utf-8")()
    valid, sequences, high, windows, undefined = True, 0, 0, 0, 0
    for block in blocks:
        if valid:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                valid = False
        if block.isascii():
            continue
        rest = _SEQUENCE.sub(b"", block)
        sequences += len(_SEQUENCE.findall(block))
        high += len(_HIGH.findall(rest))
        windows += len(_WINDOWS.findall(rest))
        undefined += len(_NOT_WINDOWS.findall(rest))
    if valid and not decoder.getstate()[0]:
        return Encoding(name)
    if name == "utf-8-sig" or sequences > high:
        return Encoding(name, valid=False)
    return Encoding("cp1252" if windows and not undefined else "latin-1")
