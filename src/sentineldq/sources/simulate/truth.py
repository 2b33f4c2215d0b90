"""The ground truth: what was injected, one line per fault, and the file that holds it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec

from sentineldq.errors import WriteError
from sentineldq.sources.simulate.script import Kind, Outcome

LONGEST = 80


class Injected(msgspec.Struct, kw_only=True, frozen=True):
    """One fault in one record.

    position: of the record among all that are sent, from 0. record: its number among those that are not copies. key: of
    the record as it was. fault: place in the script, from 1. hash: SHA-256 of the record as sent, in hex, which is also
    what quarantine has.
    """

    position: int
    record: int
    key: str
    kind: Kind
    fault: int
    field: str | None
    before: Any
    after: Any
    expected: Outcome
    hash: str


def short(value: Any) -> Any:
    """A value as it is, or the beginning of its JSON where that is long."""
    text = msgspec.json.encode(value).decode()
    return value if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


class TruthFile:
    """NDJSON, complete up to a position.

    A line has its place in the file by what is before it, so that writing it again after a restart, or by a second
    writer, leaves the same file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._position = -1
        self._offset = 0

    def go(self, position: int, before: Callable[[], Iterable[Injected]]) -> None:
        """Be ready to write on from a position; `before` gives the lines until there, in case the file is gone."""
        if position == self._position:
            return
        try:
            if position == 0:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self.path.write_bytes(b"")
            elif not self.path.exists():
                self._position, self._offset = 0, 0
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self.add(before(), until=position)
                return
            self._position, self._offset = position, self._length(position)
        except OSError as problem:
            raise WriteError(str(self.path), problem.strerror or str(problem)) from None

    def add(self, lines: Iterable[Injected], *, until: int) -> None:
        """Write the lines of the records up to a position; durable when this returns."""
        content = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
        if content:
            try:
                self._write(content)
            except OSError as problem:
                raise WriteError(str(self.path), problem.strerror or str(problem)) from None
        self._offset += len(content)
        self._position = until

    def _write(self, content: bytes) -> None:
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            there = os.pread(handle, len(content), self._offset)
            if there == content:
                return
            if not content.startswith(there):  # of another simulation, or torn
                os.ftruncate(handle, self._offset)
            done = 0
            while done < len(content):
                done += os.pwrite(handle, content[done:], self._offset + done)
            os.fsync(handle)
        finally:
            os.close(handle)

    def _length(self, position: int) -> int:
        """Bytes of the lines before a position."""
        length = 0
        with self.path.open("rb") as lines:
            for line in lines:
                try:
                    found = msgspec.json.decode(line, type=Injected).position
                except msgspec.DecodeError:
                    break  # torn by a power failure, after the last line that counts
                if found >= position:
                    break
                length += len(line)
        return length
