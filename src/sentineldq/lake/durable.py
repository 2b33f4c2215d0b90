"""Files that survive power loss: written under a temporary name, flushed, renamed, and their folder flushed.

A local file appears under its name whole or not at all, and is on the disk before anything refers to it. What the
disk refuses (EIO, ENOSPC) is an OSError with its `errno`, raised before the file appears; nothing is flushed twice,
since a second fsync may report success for pages that the first one lost. An object store does all this by itself.
"""

from __future__ import annotations

import io
import os
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any

from pyiceberg.io import OutputStream
from pyiceberg.io.pyarrow import PyArrowFile, PyArrowFileIO

from sentineldq.lake.seal import SealedInput, SealedStream

_LOCAL = "file"
_SEALED = ".avro"


class DurableFileIO(PyArrowFileIO):
    """PyIceberg's file access, with local writes made durable and manifests sealed; the `py-io-impl` of catalogs."""

    def new_input(self, location: str) -> PyArrowFile:
        if not location.endswith(_SEALED):
            return super().new_input(location)
        scheme, netloc, path = self.parse_location(location, self.properties)
        return SealedInput(location, path, self.fs_by_scheme(scheme, netloc))

    def new_output(self, location: str) -> PyArrowFile:
        scheme, netloc, path = self.parse_location(location, self.properties)
        kind = _LocalOutput if scheme == _LOCAL else _RemoteOutput
        return kind(location, path, self.fs_by_scheme(scheme, netloc))


class _LocalOutput(PyArrowFile):
    def create(self, overwrite: bool = False) -> OutputStream:  # noqa: FBT001, FBT002  # PyIceberg's signature
        if not overwrite and os.path.lexists(self._path):
            raise FileExistsError(f"Cannot create file, already exists: {self.location}")
        stream = DurableStream(Path(self._path))
        return SealedStream(stream) if self._path.endswith(_SEALED) else stream


class _RemoteOutput(PyArrowFile):
    def create(self, overwrite: bool = False) -> OutputStream:  # noqa: FBT001, FBT002  # PyIceberg's signature
        """As PyIceberg's, but for bytes as they are: Arrow compresses what goes to a name that ends in .zst or .gz."""
        if not overwrite and self.exists():
            raise FileExistsError(f"Cannot create file, already exists: {self.location}")
        stream: OutputStream = self._filesystem.open_output_stream(self._path, compression=None)
        return SealedStream(stream) if self._path.endswith(_SEALED) else stream


class DurableStream(io.FileIO):
    """A new file to write to; `close` makes it appear, `discard` (or an exception in `with`) forgets it."""

    def __init__(self, path: Path) -> None:
        make_folder(path.parent)
        self._path = path
        self._temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
        super().__init__(self._temporary, "xb")

    def write(self, data: Any) -> int:
        """All of it: a raw write may take a part only, when the disk is nearly full."""
        view = memoryview(data).cast("B")
        done = 0
        while done < len(view):
            done += super().write(view[done:]) or 0
        return done

    def close(self) -> None:
        if self.closed:
            return
        try:
            os.fsync(self.fileno())
            super().close()
            self._temporary.replace(self._path)
            flush_folder(self._path.parent)
        except BaseException:
            self.discard()
            self._path.unlink(missing_ok=True)  # its name might not outlive a power loss
            raise

    def discard(self) -> None:
        """Close without a file; the name stays free."""
        super().close()
        self._temporary.unlink(missing_ok=True)

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def __del__(self) -> None:
        """A stream that nobody closed is of a write that failed: no file."""
        if not self.closed:
            self.discard()


def make_folder(folder: Path) -> None:
    """The folder with all its parents, each flushed into the one above it."""
    missing = [folder, *folder.parents]
    missing = missing[: next(at for at, path in enumerate(missing) if path.is_dir())]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
