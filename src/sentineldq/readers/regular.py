"""Whether a delimited file is regular: proof that a fast parser and this reader read the same table.

One pass over the bytes, in blocks. Regular means RFC 4180 with any one-character delimiter and quote: every
quote belongs to a well-formed quoted cell, every record has the same number of cells, all records end alike,
no blank lines (but at the end), no zero bytes.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from operator import methodcaller
from typing import Final

from sentineldq.readers.lexer import Dialect

_LARGEST: Final = 1 << 26  # bytes held while looking for the end of a quoted cell


def prove(blocks: Iterable[bytes], dialect: Dialect, width: int, *, mark: str = "") -> Proof | None:
    """Prove that a UTF-8 text of `width` cells is regular and count its records; None when it is not."""
    proof = Proof(dialect, width, mark)
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
    return proof


class Proof:
    """The count of a regular text's records, and of the places where `mark` stands."""

    def __init__(self, dialect: Dialect, width: int, mark: str) -> None:
        self.records = 0
        self.marks = 0
        self.newline = dialect.newline.encode()
        self.quote = dialect.quote.encode()
        self._width = width
        self._mark = mark.encode()
        self._borders = frozenset(dialect.delimiter.encode() + b"\r\n")
        self._delimiters = methodcaller("count", dialect.delimiter.encode())

    def content(self, piece: bytes) -> bytes | None:
        """Cut off the blank lines at the end; None when they are not ended like the others."""
        content = piece.rstrip(b"\r\n")
        tail = piece[len(content) :]
        return content if tail == self.newline * (len(tail) // len(self.newline)) else None

    def hold(self, content: bytes) -> bool:
        """Count the records of a piece of whole records; False when it is not regular."""
        if b"\0" in content:
            return False
        outside = self._outside(content) if self.quote in content else content
        if outside is None:
            return False
        lines = outside.split(self.newline)
        ends = outside.count(b"\r") + outside.count(b"\n")
        if ends != len(self.newline) * (len(lines) - 1) or (self._width == 1 and b"" in lines):
            return False
        self.records += len(lines)
        self.marks += content.count(self._mark) if self._mark else 0
        return set(map(self._delimiters, lines)) == {self._width - 1}

    def _outside(self, content: bytes) -> bytes | None:
        """Replace each quoted cell by some letters; None when a quote is not at a cell's border.

        Split at the quotes, every second part is outside of them. It is empty between the two quotes that
        stand for one, else it begins and ends with what separates cells.
        """
        parts = content.split(self.quote)
        if len(parts) % 2 == 0:
            return None
        outside = parts[::2]
        first, last = outside[0], outside[-1]
        edges = {part[at] for part in outside[1:-1] if part for at in (0, -1)}
        edges.update(first[-1:], last[:1])
        return b"x".join(outside) if edges <= self._borders else None
