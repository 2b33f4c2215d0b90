"""JSON and NDJSON: one pass learns the shape of all records and finds the lines that are none.

The records themselves are then read lazily. A JSON document is first written out as one record per line, so
both are the same from there on. Standard: RFC 8259.
"""

from __future__ import annotations

import codecs
import os
import re
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

import msgspec
import polars as pl

from sentineldq.errors import ReadError
from sentineldq.readers.finding import Finding
from sentineldq.readers.shape import Shape, fits
from sentineldq.readers.spill import scratch
from sentineldq.readers.spool import Spool
from sentineldq.readers.table import Table

CHUNK = 1 << 20  # bytes of lines between two looks at the shape
NAMED = 1000  # lines named one by one before the rest is only counted
HEAD = 1 << 16
_ANY = msgspec.json.Decoder()
_HUGE = re.compile(rb"\d{38}")
_LINES = re.compile(r"\.(?:ndjson|jsonl)\b", re.IGNORECASE)
_NAN = re.compile(rb"-?(?:NaN|Infinity|inf|nan)\b")
_WIDE = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"))
_MARKS = (*_WIDE, (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
NAN_HINT = "NaN and Infinity are not JSON (RFC 8259); write null, or a text"


class _Lines(NamedTuple):
    """One file of lines, and the byte ranges (offset, length) in it that are no records."""

    source: str
    path: Path
    bad: array[int]


def read_json(sources: Sequence[Spool], *, name: str, lines: bool | None = None) -> Table:
    """Read JSON documents or NDJSON files as one table.

    `lines` says that each line is a record; by default the content tells. Objects become Struct, arrays List.
    A field with values of several types stays text, a line that is no object is left out; each is a finding.
    """
    details: dict[str, object] = {}
    files = [_lines(source, lines=lines, details=details) for source in sources]
    shape, findings, rejected = _survey(files)
    if not shape.fields:
        reason = findings[0].message if findings else "it holds no records"
        raise ReadError(name, reason, hint="a record is a JSON object with at least one field")
    for path, seen in shape.conflicts():
        message = f"field {path!r} has values of several types, read as text: {seen}"
        findings.append(Finding(type="type-error", message=message, field_name=path))
    if rejected:
        details["rejected"] = rejected
    frame = pl.scan_ndjson([_clean(file) for file in files], schema=shape.schema())
    return Table(name=name, frame=frame, findings=findings, format="json", details=details)


def _lines(source: Spool, *, lines: bool | None, details: dict[str, object]) -> _Lines:
    head = source.head(HEAD)
    if any(head.startswith(mark) for mark, _ in _MARKS) or b"\0" in head[:4]:
        source = _utf8(source, head)
        head = source.head(HEAD)
    if lines is None:
        lines = _has_lines(head, named=bool(_LINES.search(source.name)))
    if not lines:
        records, where = _records(source)
        details |= where
        path = scratch(".ndjson")
        with path.open("wb") as file:
            file.writelines(msgspec.json.format(record, indent=-1) + b"\n" for record in records)
        return _Lines(source.name, path, array("q"))
    if source.path:
        return _Lines(source.name, source.path, array("q"))
    path = scratch(".ndjson")
    path.write_bytes(source.data)
    return _Lines(source.name, path, array("q"))


def _utf8(source: Spool, head: bytes) -> Spool:
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if encoding is None:
        encoding = "utf-16-be" if head[:1] == b"\0" else "utf-16-le"
    try:
        with source.open() as stream:
            text = stream.read().decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(source.name, f"its bytes are not valid {encoding}", hint="JSON is UTF-8") from error
    return Spool(source.name, data=text.encode("utf-8", "surrogatepass"))


def _has_lines(head: bytes, *, named: bool) -> bool:
    """Tell NDJSON from a document: a whole object on a line with others after it, or by its name."""
    first, *rest = head.removeprefix(codecs.BOM_UTF8).lstrip().split(b"\n", 32)
    if not first.startswith((b"{", b"[")):
        return True  # not a document in any case; as lines, what is wrong can be named
    if named and first.startswith(b"{"):
        return True
    if _is_json(first):
        return any(line.strip() for line in rest)
    if first.startswith(b"[") or (not rest and len(head) < HEAD):
        return False
    if not rest:  # one line longer than the head: NDJSON with huge records, or a document on one line
        return False
    return any(line.startswith(b"{") and _is_json(line) for line in rest)


def _is_json(line: bytes) -> bool:
    try:
        _ANY.decode(line)
    except (ValueError, RecursionError):
        return False
    return True


def _records(source: Spool) -> tuple[list[msgspec.Raw], dict[str, object]]:
    """The records of a document: a list's items, the one list of objects in an object, or the object."""
    with source.open() as stream:
        data = stream.read().removeprefix(codecs.BOM_UTF8)
    try:
        if data.lstrip().startswith(b"["):
            return msgspec.json.decode(data, type=list[msgspec.Raw]), {}
        members = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except (ValueError, RecursionError) as error:
        raise _malformed(source.name, data, error) from error
    lists = {key: _objects(value) for key, value in members.items()}
    found = [key for key, items in lists.items() if items]
    if len(found) == 1:
        return lists[found[0]], {"records": found[0]}
    return [msgspec.Raw(data)], {}


def _objects(value: msgspec.Raw) -> list[msgspec.Raw]:
    """The items of a list of objects; nothing for any other value."""
    if bytes(value)[:1] != b"[":
        return []
    items = msgspec.json.decode(value, type=list[msgspec.Raw])
    return items if all(bytes(item)[:1] == b"{" for item in items) else []


def _malformed(source: str, data: bytes, error: Exception) -> ReadError:
    """A document that is not JSON, with the line and column where it stops being so."""
    at = re.search(r"\(byte (\d+)\)", str(error))
    if isinstance(error, RecursionError):
        return ReadError(source, "its values are nested too deeply")
    if at is None:
        return ReadError(source, _reason(data, error))
    offset = int(at[1])
    line = data.count(b"\n", 0, offset) + 1
    column = offset - data.rfind(b"\n", 0, offset)
    reason = f"{_reason(data[offset : offset + 10], error)}, at line {line}, column {column}"
    return ReadError(source, reason, hint=NAN_HINT if _NAN.match(data, offset) else None)


def _reason(near: bytes, error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "its values are nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "it is not valid UTF-8"
    if isinstance(error, msgspec.DecodeError) and _NAN.search(near):
        return "NaN or Infinity is not JSON"
    text = re.sub(r" ?\(byte \d+\)", "", str(error)).replace("Input data was", "it is")
    return text.replace("JSON is malformed", "it is not valid JSON")


def _survey(files: Sequence[_Lines]) -> tuple[Shape, list[Finding], int]:
    """Learn the shape of all records; note in each file the byte ranges that hold none."""
    shape, findings, rejected = Shape(), [], 0
    decoder: msgspec.json.Decoder[object] | None = None
    for file in files:
        prefix = f"{file.source}, " if len(files) > 1 else ""
        with file.path.open("rb") as stream:
            offset, number = _skip_mark(stream, file.bad), 0
            while lines := stream.readlines(CHUNK):
                grown = False
                for line in lines:
                    number += 1
                    length, offset = len(line), offset + len(line)
                    if _known(line, decoder) or line.isspace():
                        continue
                    grown = True
                    fault = _learn(line, shape, f"{prefix}line {number}")
                    if fault is None:
                        continue
                    file.bad.extend((offset - length, length))
                    rejected += 1
                    if rejected <= NAMED:
                        message = f"{prefix}line {number} is no record: {fault}"
                        findings.append(Finding(type="source-error", message=message, row_number=number))
                if grown:
                    decoder = msgspec.json.Decoder(shape.record())
    if rejected > NAMED:
        more = f"{rejected - NAMED} more lines are no records"
        findings.append(Finding(type="source-error", message=more))
    return shape, findings, rejected


def _skip_mark(stream: IO[bytes], bad: array[int]) -> int:
    """Step over a UTF-8 byte order mark, which is not part of the first record."""
    if stream.read(3) == codecs.BOM_UTF8:
        bad.extend((0, 3))
        return 3
    stream.seek(0)
    return 0


def _known(line: bytes, decoder: msgspec.json.Decoder[object] | None) -> bool:
    """Whether a line is a record with nothing in it that has not been seen before."""
    if decoder is None or b"\r" in line[:-2]:
        return False
    try:
        decoder.decode(line)
    except (ValueError, RecursionError):
        return False
    return True


def _learn(line: bytes, shape: Shape, place: str) -> str | None:
    """Add a line to the shape; say what is wrong where it is no record."""
    try:
        value = _ANY.decode(line)
    except (ValueError, RecursionError) as error:
        return _reason(line, error)
    if not isinstance(value, dict):
        return "it is not an object"
    if _HUGE.search(line) and not fits(value):
        return "it has an integer of more than 128 bits"
    shape.see(value, place)
    return None


def _clean(file: _Lines) -> Path:
    """The file itself, or a copy without what is no record: Polars stops at the first bad line."""
    if not file.bad:
        return file.path
    copy = scratch(".ndjson")
    with file.path.open("rb") as source, copy.open("wb") as target:
        for start, length in _good(file.bad, os.fstat(source.fileno()).st_size):
            source.seek(start)
            _copy(source, target, length)
    return copy


def _good(bad: array[int], size: int) -> Iterator[tuple[int, int]]:
    start = 0
    for offset, length in zip(bad[::2], bad[1::2], strict=True):
        if offset > start:
            yield start, offset - start
        start = offset + length
    if size > start:
        yield start, size - start


def _copy(source: IO[bytes], target: IO[bytes], length: int) -> None:
    while length > 0 and (block := source.read(min(length, CHUNK))):
        target.write(block)
        length -= len(block)
