"""Whether a delimited file is regular: proof that a fast parser and this reader read the same table.

One pass over the bytes, in blocks. Regular means RFC 4180 with any one-character delimiter and quote: every
quote belongs to a well-formed quoted cell, every record has the same number of cells, all records end alike,
no blank lines (but at the end), no zero bytes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from operator import methodcaller
from typing import Final

from sentineldq.readers.lexer import Dialect

_LARGEST: Final = 1 << 26  # bytes held while looking for the end of a quoted cell


def count(blocks: Iterable[bytes], dialect: Dialect, width: int) -> int | None:
    """Count the records of a regular UTF-8 text of `width` cells; None when it is not regular."""
    proof = _Proof(dialect, width)
    carry, first = b"", True
    for block in blocks:
        data = carry + (block.removeprefix(codecs.BOM_UTF8) if first else block)
        first = False
        cut = data.rfind(proof.newline) + len(proof.newline)
        if cut < len(proof.newline) or data.count(proof.quote, 0, cut) % 2:
            if len(data) > _LARGEST:
                return None
            carry = data
            continue
        content = proof.content(data[:cut])
        if content is None or (content and not proof.hold(content)):
            return None
        carry = data[len(content) :].removeprefix(proof.newline) if content else data
    content = proof.content(carry)
    if content is None or (content and not proof.hold(content)):
        return None
    return proof.records


class _Proof:
    """Checks pieces of text that begin and end with whole records."""

    def __init__(self, dialect: Dialect, width: int) -> None:
        self.records = 0
        self.newline = dialect.newline.encode()
        self.quote = dialect.quote.encode()
        self.width = width
        self._return = dialect.newline != "\n"
        self._commas = methodcaller("count", dialect.delimiter.encode())
        mark, border = re.escape(self.quote), re.escape(dialect.delimiter.encode())
        self._cell = re.compile(
            rb"(?:^|(?<=[%b\r\n]))%b[^%b]*(?:%b%b[^%b]*)*%b(?=[%b\r\n]|$)"
            % (border, mark, mark, mark, mark, mark, mark, border),
        )

    def content(self, piece: bytes) -> bytes | None:
        """Cut off the blank lines at the end; None when they are not ended like the others."""
        content = piece.rstrip(b"\r\n")
        tail = piece[len(content) :]
        return content if tail == self.newline * (len(tail) // len(self.newline)) else None

    def hold(self, content: bytes) -> bool:
        if b"\0" in content:
            return False
        if self.quote in content:
            content = self._cell.sub(b"x", content)
            if self.quote in content:
                return False
        lines = content.split(self.newline)
        if not self._return:
            stray = b"\r" in content
        else:
            others = content.count(b"\r") + content.count(b"\n") - len(self.newline) * (len(lines) - 1)
            stray = others > 0
        if stray or (self.width == 1 and b"" in lines):
            return False
        self.records += len(lines)
        return set(map(self._commas, lines)) == {self.width - 1}
