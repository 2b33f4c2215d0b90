"""JSON documents: an array of records, one record, or records at a path within an object; as sent, not rewritten."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from sentineldq.sources.batch import records_of
from sentineldq.sources.lines import Bytes
from sentineldq.sources.piece import HEAD, Limits, Piece, fitting

LARGEST: Final = 512 << 20
"""Bytes of the largest document; a larger one is not held in memory."""
_HINT: Final = "write it as NDJSON, one record per line"


def read_document(
    stream: Bytes, *, at: int, limits: Limits, path: str | None = None, settled: bool = True
) -> Iterator[Piece]:
    """The records of a document from record `at` on; a document that cannot be read is one piece with its fault.

    While the file may still be written (not `settled`), one that cannot be read is left for later.
    """
    blocks, size = [], 0
    while size <= LARGEST and (block := stream.read(limits.size)):
        blocks.append(block)
        size += len(block)
    data = b"".join(blocks).removeprefix(codecs.BOM_UTF8)
    blocks.clear()
    if not data.strip():
        return
    fault, records = stream.fault, list[Any]()
    if size > LARGEST:
        fault = f"a JSON document of more than {LARGEST} bytes; {_HINT}"
    if fault is None:
        try:
            records = _find(data, path)
        except (ValueError, RecursionError, KeyError) as problem:
            fault = str(problem.args[0]) if isinstance(problem, KeyError) else f"{problem}"
    if fault is not None:
        if settled:
            yield Piece(records=records_of([data[:HEAD]]), at=at, last=True, fault=fault)
        return
    step = fitting(limits, size / max(len(records), 1))
    for first in range(at, len(records), step):
        end = min(first + step, len(records))
        held = [bytes(record) for record in records[first:end]]
        yield Piece(records=records_of(held), at=end, last=end == len(records))


def _find(data: bytes, path: str | None) -> list[Any]:
    """The records of a document. Raises ValueError, or KeyError where there is nothing at the path."""
    data.decode()  # msgspec overlooks what is not UTF-8 where it skips
    found = msgspec.Raw(data)
    for step in path.split(".") if path else ():
        try:
            inside = msgspec.json.decode(found, type=dict[str, msgspec.Raw])
        except msgspec.ValidationError:
            inside = {}
        if step not in inside:
            raise KeyError(f"there is nothing at {path!r} in the document (`records`)")
        found = inside[step]
    text = bytes(found).strip()
    if text.startswith(b"["):
        return msgspec.json.decode(text, type=list[msgspec.Raw])
    msgspec.json.decode(text, type=msgspec.Raw)
    return [text]
