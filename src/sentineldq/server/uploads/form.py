"""A multipart form as it comes in: its one file to wherever it goes, its few fields as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from sentineldq.server.problems import RequestError

FIELDS = 10
LONGEST = 10_000
"""Parts of a form, and bytes of a field or of a part's headers."""


class Form:
    """Takes the body in pieces. file: whether it had one; name: what that is called; fields: all else."""

    def __init__(self, content_type: str, write: Callable[[bytes], None]) -> None:
        kind, options = parse_options_header(content_type.encode("latin-1"))
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not boundary or len(boundary) > 200:
            raise _refused("the form has no boundary")
        self.file = self.ended = False
        self.name: str | None = None
        self.fields: dict[str, str] = {}
        self._write = write
        self._header, self._value = b"", b""
        self._headers: dict[bytes, bytes] = {}
        self._parts = 0
        self._field: str | None = None
        self._text = bytearray()
        callbacks: Any = {
            "on_part_begin": self._begin,
            "on_header_field": self._on_field,
            "on_header_value": self._on_value,
            "on_header_end": self._on_header,
            "on_headers_finished": self._on_headers,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._over,
        }
        self._parser = MultipartParser(boundary, callbacks)

    def feed(self, piece: bytes) -> None:
        """Take a piece of the body. Raises RequestError where it is no form."""
        try:
            self._parser.write(piece)
        except FormParserError as fault:
            raise _refused("the form cannot be read") from fault

    def close(self) -> None:
        """Raises RequestError for a form that stops in the middle, or has no file."""
        if not self.ended:
            raise _refused("the form stops in the middle")
        if not self.file:
            raise _refused("the form has no file", hint="send it as the field `file`, with a file name")

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > FIELDS:
            raise _refused(f"the form has more than {FIELDS} fields")
        self._headers, self._header, self._value = {}, b"", b""
        self._field, self._text = None, bytearray()

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]
        self._bounded(len(self._header))

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._bounded(len(self._value))

    def _on_header(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header, self._value = b"", b""
        self._bounded(sum(map(len, self._headers.values())))

    def _on_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if b"filename" not in options:
            self._field = options.get(b"name", b"").decode("utf-8", "replace")
            return
        if self.file:
            raise _refused("the form has several files", hint="send one at a time")
        self.file, self.name = True, options[b"filename"].decode("utf-8", "replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._field is None:
            self._write(data[start:end])
        else:
            self._bounded(len(self._text) + end - start)
            self._text += data[start:end]

    def _end(self) -> None:
        if self._field is not None:
            self.fields[self._field] = self._text.decode("utf-8", "replace")

    def _over(self) -> None:
        self.ended = True

    def _bounded(self, size: int) -> None:
        if size > LONGEST:
            raise _refused("a field of the form is too long")


def _refused(why: str, *, hint: str | None = None) -> RequestError:
    return RequestError(400, why, hint=hint)
