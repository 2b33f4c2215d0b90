"""Bytes from anywhere as something that can be read again and again: a local file, or bytes in memory.

Gzip, Zstandard and bzip2 are recognised by their first bytes, not by the file's name. What does not fit in
memory comfortably goes to a temporary file that is removed when the process ends.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from sentineldq.errors import ReadError
from sentineldq.readers.spill import scratch

BLOCK: Final = 1 << 22
MEMORY: Final = 1 << 26
_CODECS: Final = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"BZh", "bz2"))

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes]


@dataclass(frozen=True)
class Spool:
    """Plain (decompressed) bytes: a path or a buffer, never both."""

    name: str
    path: Path | None = None
    data: bytes = b""

    def open(self) -> IO[bytes]:
        """Open the bytes from their beginning."""
        return self.path.open("rb") if self.path else io.BytesIO(self.data)

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """Yield the bytes in blocks."""
        with self.open() as stream:
            while block := stream.read(size):
                yield block

    def head(self, size: int) -> bytes:
        """Return the first bytes."""
        with self.open() as stream:
            return stream.read(size)


def spool(source: Source, *, name: str | None = None) -> Spool:
    """Make a source re-readable and plain; raise ReadError where it cannot be opened or decompressed."""
    if isinstance(source, str | os.PathLike):
        return _file(Path(source), name or str(source))
    if isinstance(source, bytes | bytearray | memoryview):
        return _plain(Spool(name or "<bytes>", data=bytes(source)))
    return _plain(keep(_read(source), name or getattr(source, "name", None) or "<stdin>"))


def keep(blocks: Iterable[bytes], name: object) -> Spool:
    """Store blocks in memory while they are few, in a temporary file when they are many."""
    buffer = io.BytesIO()
    blocks = iter(blocks)
    for block in blocks:
        buffer.write(block)
        if buffer.tell() > MEMORY:
            return Spool(str(name), path=_overflow(buffer, blocks))
    return Spool(str(name), data=buffer.getvalue())


def _overflow(buffer: io.BytesIO, blocks: Iterator[bytes]) -> Path:
    path = scratch(".spool")
    with path.open("wb") as file:
        file.write(buffer.getbuffer())
        file.writelines(blocks)
    return path


def _file(path: Path, name: str) -> Spool:
    if path.is_dir():
        raise ReadError(name, "it is a directory")
    try:
        with path.open("rb") as stream:
            # A pipe gives its bytes once.
            if not path.is_file() or not _sayable(path):
                return _plain(keep(_read(stream), name))
            stream.read(1)
    except OSError as error:
        raise ReadError(name, error.strerror or str(error)) from error
    return _plain(Spool(name, path=path))


def _sayable(path: Path) -> bool:
    """Whether the path is Unicode, as Polars and DuckDB want it; file systems know names that are not."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _read(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(BLOCK):
        if isinstance(block, str):
            raise ReadError("the stream", "it is open as text", hint="open it in binary mode")
        yield block


def _plain(raw: Spool) -> Spool:
    codec = next((codec for magic, codec in _CODECS if raw.head(4).startswith(magic)), None)
    return keep(_inflate(raw, codec), raw.name) if codec else raw


def _inflate(raw: Spool, codec: str) -> Iterator[bytes]:
    import pyarrow as pa  # only compressed input pays for this import

    with raw.open() as stream, pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), codec) as plain:
        try:
            while block := plain.read(BLOCK):
                yield block
        except OSError as error:
            raise ReadError(raw.name, f"its {codec} data is damaged or cut short ({error})") from error
