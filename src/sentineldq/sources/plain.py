"""The plain bytes of a file from a position on, whatever it is compressed with."""

from __future__ import annotations

import bz2
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, Final

import pyarrow as pa
import zstandard

_CODECS: Final = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"BZh", "bz2"))
_SKIP: Final = 4 << 20
_STEP: Final = 1 << 16
_DAMAGED: Final = (zlib.error, zstandard.ZstdError, OSError, EOFError)

Open = Callable[[], IO[bytes]]


def plain(open_: Open, *, at: int, size: int) -> Stored | Inflated:
    """A reader from position `at` on of a file of `size` bytes; its first bytes tell how it is compressed."""
    raw = open_()
    codec = codec_of(raw)
    if codec is None:
        return Stored(raw, at=at, size=size)
    raw.close()
    return Inflated(open_, codec, at=at)


def codec_of(raw: IO[bytes]) -> str | None:
    """What a file is compressed with, by its first bytes."""
    raw.seek(0)
    head = raw.read(4)
    return next((codec for magic, codec in _CODECS if head.startswith(magic)), None)


class Stored:
    """A file that is not compressed, up to the size it had when it was found."""

    fault: str | None = None

    def __init__(self, raw: IO[bytes], *, at: int, size: int) -> None:
        raw.seek(at)
        self._raw = raw
        self._left = max(0, size - at)

    def read(self, size: int) -> bytes:
        """As many bytes as are asked for; fewer at the end alone."""
        block = self._raw.read(min(size, self._left))
        self._left -= len(block)
        return block

    def close(self) -> None:
        self._raw.close()


class Inflated:
    """A compressed file (its members or frames, one after the other).

    Where it is damaged or cut short, all that can be unpacked is given, then nothing more, and `fault` says why.
    An error of the storage itself is raised as OSError.
    """

    def __init__(self, open_: Open, codec: str, *, at: int) -> None:
        self.fault: str | None = None
        self._open = open_
        self._codec = codec
        self._raw = Watched(open_())
        self._stream: Any = pa.CompressedInputStream(pa.PythonFile(self._raw, mode="r"), codec)
        self._at = 0
        while self._at < at and self.read(min(_SKIP, at - self._at)):
            pass

    def read(self, size: int) -> bytes:
        """As many bytes as are asked for; fewer at the end alone."""
        if self.fault is not None:
            return b""
        try:
            block: bytes = self._stream.read(size)
        except OSError as error:
            if self._raw.error is not None:
                raise self._raw.error from error
            with self._open() as raw:
                block = _salvage(raw, self._codec, self._at)
            self.fault = f"its {self._codec} data is damaged or cut short ({error})"
        self._at += len(block)
        return block

    def close(self) -> None:
        self._stream.close()
        self._raw.close()


def _salvage(raw: IO[bytes], codec: str, at: int) -> bytes:
    """What can be unpacked from plain position `at` to the damage; a failed read of Arrow's loses its bytes."""
    with suppress(*_DAMAGED):
        unpacker = _Unpacker(codec)
        while block := raw.read(_STEP):
            unpacker.feed(block)
    good = max(0, raw.tell() - _STEP)
    raw.seek(0)
    unpacker, position, found = _Unpacker(codec), 0, bytearray()
    with suppress(*_DAMAGED):
        while block := raw.read(_STEP if raw.tell() + _STEP <= good else 1):
            plain_ = unpacker.feed(block)
            position += len(plain_)
            found += plain_[max(0, len(plain_) - (position - at)) :] if position > at else b""
    return bytes(found)


class _Unpacker:
    """The members of a compressed file, one after the other, fed in pieces of any size."""

    def __init__(self, codec: str) -> None:
        self._new: Callable[[], Any] = {
            "gzip": lambda: zlib.decompressobj(31),
            "zstd": lambda: zstandard.ZstdDecompressor().decompressobj(),
            "bz2": bz2.BZ2Decompressor,
        }[codec]
        self._member: Any = self._new()

    def feed(self, data: bytes) -> bytes:
        found = b""
        while data:
            if self._member.eof:
                self._member = self._new()
            found += self._member.decompress(data)
            data = self._member.unused_data if self._member.eof else b""
        return found


class Watched:
    """A binary file that remembers the error of its storage, which Arrow reports like damaged data."""

    def __init__(self, raw: IO[bytes]) -> None:
        self.error: OSError | None = None
        self._raw = raw

    @property
    def closed(self) -> bool:
        return self._raw.closed

    def read(self, size: int = -1) -> bytes:
        try:
            return self._raw.read(size)
        except OSError as error:
            self.error = error
            raise

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def close(self) -> None:
        self._raw.close()
