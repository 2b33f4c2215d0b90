"""NDJSON: the bytes of a file as records, cut at the ends of lines without touching a line in Python.

Rules. A record is a line with its end, so that the records, one after the other, are the file. Blank lines stay with
the record before them, those at the very beginning with the first. A byte order mark at the beginning is left out.
A last line without an end is a record; while the file may still be growing (not `settled`) it must be a whole JSON
document, else it waits. A line that is given without being whole is given again should it grow.

Where a batch ends depends on its beginning and the file alone, so that reading again gives the same batches.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Final, Protocol

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sentineldq.sources.batch import records_of
from sentineldq.sources.piece import HEAD, Limits, Piece

_END: Final = ord("\n")
_STEP: Final = 1 << 20
_NEAR: Final = 1 << 18
"""Bytes that are searched at once: what is found of them stays in the processor's cache."""

_BLANK: Final = np.isin(np.arange(256), np.frombuffer(b" \t\n\v\f\r", np.uint8))
"""Whether a byte is a blank, by its value."""


class Bytes(Protocol):
    """Something to read; `fault` says why it ended before its end."""

    fault: str | None

    def read(self, size: int) -> bytes: ...


def read_lines(stream: Bytes, *, at: int, limits: Limits, settled: bool = True) -> Iterator[Piece]:
    """The records of a stream that stands at position `at` of its file, in pieces of the size of a batch."""
    window = _Window(stream, at, settled=settled)
    if at == 0:
        window.skip_mark()
    target, over = limits.size, False
    while not over:
        over = window.fill(target)
        edges = window.edges()
        count = len(edges) - 1
        if target > limits.size and count > 1:  # a large record, which is a batch by itself
            yield from window.pieces(edges, 1, limits.rows)
            target, over = limits.size, False
        elif over or count > 0:
            part = 0 if over or count < limits.rows else count % limits.rows
            yield from window.pieces(edges, count - part, limits.rows)
            target = limits.size
        elif len(window.data) <= limits.record:
            target = min(2 * target, limits.record + 1)
        else:
            yield window.oversized(limits)
            target = limits.size
    if settled and stream.fault is not None:
        records = records_of([bytes(window.data[:HEAD])])
        yield Piece(records=records, at=window.at, last=True, fault=stream.fault)


class _Window:
    """The bytes of the file that are in memory, from the beginning of the next batch on."""

    def __init__(self, stream: Bytes, at: int, *, settled: bool) -> None:
        self.data = memoryview(b"")
        self.at = at
        self.over = False
        self._stream = stream
        self._settled = settled
        self._ended = False
        self._view = 0

    def skip_mark(self) -> None:
        self.fill(len(codecs.BOM_UTF8))
        if bytes(self.data[: len(codecs.BOM_UTF8)]) == codecs.BOM_UTF8:
            self._drop(len(codecs.BOM_UTF8))

    def fill(self, target: int) -> bool:
        """Read until the window has its size, or the stream has ended: True when it holds all the rest (`over`)."""
        held = len(self.data)
        whole = _room(self.data, min(held + _STEP, target + 1))
        while held <= target and not self._ended:  # a byte more than the window tells whether there is more
            block = self._stream.read(min(_STEP, target + 1 - held))
            self._ended = not block
            if held + len(block) > len(
                whole
            ):  # it is no small file; or what is saved of damaged data is a lot
                whole = _room(whole[:held], max(target + 1, held + len(block)))
            whole[held : held + len(block)] = block
            held += len(block)
        self.data = whole[:held] if 2 * held > len(whole) else _room(whole[:held], held)
        self._view = min(held, target)
        self.over = self._ended and held <= target
        return self.over

    def edges(self) -> npt.NDArray[np.int64]:
        """Where the records begin that are known to be whole, and where the last of them ends."""
        starts = _starts(self.data, self._view)
        if not self.over or not len(starts):
            return starts
        end = self._end(int(starts[-1]))
        return np.append(starts[starts < end], end)

    def _end(self, start: int) -> int:
        """Where the records of the file end, of which the last begins at `start`."""
        text = bytes(self.data[start:])
        if b"\n" in text.lstrip() or (self._stream.fault is None and (self._settled or _is_document(text))):
            return len(self.data)
        return start

    def pieces(self, edges: npt.NDArray[np.int64], count: int, rows: int) -> Iterator[Piece]:
        """The first records as pieces; they leave the window."""
        end = int(edges[count]) if count > 0 else 0
        for first in range(0, count, rows):
            stop = min(first + rows, count)
            start, behind = int(edges[first]), int(edges[stop])
            last = self.over and behind == len(self.data) and self._stream.fault is None
            yield Piece(
                records=_array(self.data, edges[first : stop + 1] - start, start, behind),
                at=self.at + (self._safe(int(edges[stop - 1])) if last else behind),
                last=last,
            )
        self._drop(end)

    def _safe(self, start: int) -> int:
        """Where to go on should the file grow, whose last record begins at `start`."""
        text = bytes(self.data[start:])
        return len(self.data) if b"\n" in text.lstrip() or _is_document(text) else start

    def _drop(self, count: int) -> None:
        self.data = self.data[count:]
        self.at += count

    def oversized(self, limits: Limits) -> Piece:
        """The head of a record that is too large to be held, once its rest has been passed by."""
        head, begin = bytes(self.data[:HEAD]), self.at
        while not (end := bytes(self.data).find(b"\n") + 1) and not self.over:
            self._drop(len(self.data))
            self.fill(limits.size)
        self._drop(end or len(self.data))
        size = self.at - begin
        self.fill(limits.size)
        return Piece(
            records=records_of([head]),
            at=self.at,
            last=self.over and not bytes(self.data).strip(),
            fault=f"a record of {size} bytes; the largest that is read has {limits.record} (`max_record`)",
        )


def _room(data: memoryview, size: int) -> memoryview:
    """Memory of at least so many bytes that begins with the data: Arrow's, which keeps it for the next time.

    New pages cost more than to fill them.
    """
    whole = memoryview(pa.allocate_buffer(max(size, len(data)))).cast("B")
    whole[: len(data)] = data
    return whole


def _starts(data: memoryview, size: int) -> npt.NDArray[np.int64]:
    """Where lines begin that are not blank; the first of them at 0, with the blank ones before it."""
    if not size:
        return np.zeros(0, np.int64)
    view = np.frombuffer(data, np.uint8, size)
    starts = np.concatenate([[0], *(_ends(view[at : at + _NEAR]) + (at + 1) for at in range(0, size, _NEAR))])
    stops = np.append(starts[1:], size)
    # A line that is blank begins with a blank; few others do, and they are looked at one by one.
    doubtful = np.flatnonzero(_BLANK[np.take(view, starts, mode="clip")] | (starts == size))
    blank = [int(at) for at in doubtful if not bytes(data[starts[at] : stops[at]]).strip()]
    starts = np.delete(starts, blank)
    starts[:1] = 0
    return starts


def _ends(view: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    return np.flatnonzero(view == _END)


def _array(data: memoryview, offsets: npt.NDArray[np.int64], start: int, stop: int) -> pa.LargeBinaryArray:
    """Records as an Arrow array over the bytes themselves, which are not copied."""
    whole = pa.py_buffer(data).slice(start, stop - start)
    return pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(offsets) - 1, [None, pa.py_buffer(offsets), whole]
    )


def _is_document(text: bytes) -> bool:
    """Whether a line is a whole JSON object or array: what is cut short is neither."""
    if not text.lstrip().startswith((b"{", b"[")):
        return False
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except (ValueError, RecursionError):
        return False
    return True
