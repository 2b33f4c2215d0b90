"""Which format a file has, by its name and first bytes, and its records in that format."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

import msgspec

from sentineldq.sources.batch import Form, records_of
from sentineldq.sources.columnar import read_columns
from sentineldq.sources.documents import read_document
from sentineldq.sources.lines import read_lines
from sentineldq.sources.listing import Entry, Folder
from sentineldq.sources.piece import HEAD, Limits, Piece
from sentineldq.sources.plain import Inflated, Stored, codec_of, plain
from sentineldq.sources.tabular import read_rows

NAMES: Final = {
    **dict.fromkeys(("ndjson", "jsonl"), "ndjson"),
    "json": "json",
    **dict.fromkeys(("csv", "tsv", "tab", "psv"), "csv"),
    **dict.fromkeys(("parquet", "pq", "parq"), "parquet"),
    **dict.fromkeys(("arrow", "feather", "ipc", "arrows"), "arrow"),
}
_PACKED: Final = {"gz", "zst", "bz2"}
_LOOK: Final = 1 << 20
_LINES: Final = 20


def format_of(name: str) -> str | None:
    """The format that a file's name promises; `.json` may be NDJSON as well."""
    parts = name.lower().rpartition("/")[2].split(".")[1:]
    while parts and parts[-1] in _PACKED:
        parts.pop()
    return NAMES.get(parts[-1]) if parts else None


def form_of(format_: str) -> Form:
    """Whether the records of a format hold text alone."""
    return "text" if format_ == "csv" else "json"


def pieces(
    folder: Folder, entry: Entry, format_: str, *, at: int, limits: Limits, path: str | None, settled: bool
) -> Iterator[Piece]:
    """The records of a file from a position on. Raises OSError where the storage fails."""
    if format_ in {"parquet", "arrow"}:
        with folder.open(entry) as raw:
            for piece in read_columns(raw, at=at, limits=limits):
                if settled or piece.fault is None:
                    yield piece
        return
    lines = format_ == "ndjson" or (format_ == "json" and path is None and _has_lines(folder, entry))
    stream = plain(lambda: folder.open(entry), at=at if lines else 0, size=entry.size)
    try:
        if lines:
            yield from read_lines(stream, at=at, limits=limits, settled=settled)
        elif format_ == "json":
            yield from read_document(stream, at=at, limits=limits, path=path, settled=settled)
        else:
            yield from _table(stream, folder, entry, at=at, limits=limits, settled=settled)
    finally:
        stream.close()


def _has_lines(folder: Folder, entry: Entry) -> bool:
    """Whether a `.json` file holds one record per line: a line of its beginning is a whole object by itself."""
    stream = plain(lambda: folder.open(entry), at=0, size=entry.size)
    try:
        head = stream.read(_LOOK)
    finally:
        stream.close()
    lines = head.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", _LINES)[:_LINES]
    if not lines[0].startswith(b"{"):
        return False
    return len(lines) == 1 or any(line.startswith(b"{") and _is_json(line) for line in lines)


def _is_json(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except (ValueError, RecursionError):
        return False
    return True


def _table(
    stream: Stored | Inflated, folder: Folder, entry: Entry, *, at: int, limits: Limits, settled: bool
) -> Iterator[Piece]:
    """The rows of a CSV file, from a copy where the file itself is compressed, far away, or may still grow."""
    with folder.open(entry) as raw:
        packed = codec_of(raw)
        raw.seek(max(0, entry.size - 1))
        ended = packed is not None or raw.read(1) in {b"\n", b"\r"}
    if settled and not packed and not folder.remote:
        yield from read_rows(Path(entry.place), name=entry.name, at=at, limits=limits, again=not ended)
        return
    with tempfile.NamedTemporaryFile(prefix="sentineldq-", suffix=".csv") as copy:
        rest = _copy(stream, copy, limits.size, whole=settled and stream.fault is None)
        if copy.tell():
            for piece in read_rows(Path(copy.name), name=entry.name, at=at, limits=limits):
                at = piece.at
                yield piece if not rest and stream.fault is None else replace(piece, last=False)
    if stream.fault is not None and settled:
        yield Piece(records=records_of([rest[:HEAD]]), at=at, last=True, fault=stream.fault)


def _copy(stream: Stored | Inflated, copy: IO[bytes], size: int, *, whole: bool) -> bytes:
    """Copy a stream; a last line without an end is left out, and returned, unless it is `whole`."""
    tail = b""
    while block := stream.read(size):
        cut = block.rfind(b"\n") + 1
        copy.write((tail + block[:cut]) if cut else b"")
        tail = block[cut:] if cut else tail + block
    if whole and stream.fault is None:
        copy.write(tail)
        tail = b""
    copy.flush()
    return tail
