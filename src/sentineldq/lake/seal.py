"""A checksum in every manifest and manifest list, for Avro has none: in the marker that ends each of its blocks.

An Avro file has 16 bytes of its writer's choice in its header and after each block; readers only compare them. Here
they are MAGIC and a digest (BLAKE2b, 80 bits) of the whole file with these bytes as zeros, so that any damage is
noticed and any program can still read the file. One of another program has no digest: it is decoded once more to see
whether it can be read.
"""

from __future__ import annotations

import io
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa
from pyiceberg.avro.file import AvroFile
from pyiceberg.io import InputStream, OutputStream
from pyiceberg.io.pyarrow import PyArrowFile

from sentineldq.errors import LakeError, first_line

MAGIC = b"\xf1SDQ\x01\xf2"
MARK = 16


def seal(content: bytes) -> bytes:
    """An Avro file as its writer made it, with its digest for a marker."""
    mark = content[-MARK:]
    return content.replace(mark, MAGIC + _digest(content, mark))


def demand_whole(content: bytes) -> None:
    """Raises ValueError where an Avro file is damaged."""
    mark = content[-MARK:]
    if mark.startswith(MAGIC):
        if mark != MAGIC + _digest(content, mark):
            raise ValueError("its checksum does not fit")
    elif MAGIC in content:
        raise ValueError("it does not end where it should")
    else:
        _decode(content)


def _digest(content: bytes, mark: bytes) -> bytes:
    return blake2b(content.replace(mark, bytes(MARK)), digest_size=MARK - len(MAGIC)).digest()


def _decode(content: bytes) -> None:
    try:
        with AvroFile[Any](_Bytes(content)) as reader:  # type: ignore[arg-type]  # all that it asks for is there
            for _ in reader:
                pass
            whole = reader.header.sync == content[-MARK:]
    except Exception as fault:  # damaged bytes may lead a decoder anywhere
        raise ValueError(first_line(fault) or type(fault).__name__) from fault
    if not whole:
        raise ValueError("it does not end where it should")


class _Bytes:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def open(self) -> io.BytesIO:
        return io.BytesIO(self._content)


class SealedInput(PyArrowFile):
    """A manifest or manifest list, read whole and verified."""

    def open(self, seekable: bool = True) -> InputStream:  # noqa: ARG002, FBT001, FBT002  # PyIceberg's signature
        """Raises LakeError where the file is damaged, or is not there."""
        try:
            with super().open(seekable=False) as stream:
                content = stream.read()
            demand_whole(content)
        except (OSError, ValueError) as fault:
            raise damaged(self.location, fault) from fault
        found: InputStream = pa.BufferReader(content)
        return found


class SealedStream(io.BytesIO):
    """A manifest or manifest list being written: sealed and handed on as it is closed."""

    def __init__(self, target: OutputStream) -> None:
        super().__init__()
        self._target = target

    def close(self) -> None:
        if self.closed:
            return
        content = self.getvalue()
        super().close()
        with self._target as stream:
            stream.write(seal(content))


def damaged(location: str, fault: Exception) -> LakeError:
    """The error that names a file of a table's metadata, and what can be done."""
    gone = isinstance(fault, FileNotFoundError)
    what = "is gone" if gone else f"is damaged: {first_line(fault)}"
    return LakeError(
        table_of(location),
        f"the file {location} {what}",
        hint="restore it from a backup; without one, `Lake.restore` sets the table back to a version that can be read",
    )


def table_of(location: str) -> str:
    """The table that a file belongs to, by where it lies: `…/bronze/events/metadata/x.avro`."""
    parts = PurePosixPath(location).parts
    for folder in ("metadata", "data"):
        if folder in parts[2:]:
            at = len(parts) - 1 - parts[::-1].index(folder)
            return ".".join(parts[at - 2 : at])
    return "the lake"
