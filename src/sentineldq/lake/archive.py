"""The raw archive: every batch as a source sent it, one immutable object each.

An object's name follows from the batch's partition, cursor, time and content, so the same batch written twice is one
object, and no object is ever written over.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import IO, Any

import zstandard
from pyiceberg.io import OutputFile

from sentineldq.errors import LakeError
from sentineldq.lake.durable import DurableFileIO
from sentineldq.lake.open import locate

NAMESPACE = uuid.UUID("b3cc1f0b-5d4d-5f0e-9c39-9d4f4b1f7a52")
IN_MEMORY = 32 * 1024 * 1024
"""Bytes of an object that are held in memory while its name is not known yet; more goes to a temporary file."""

LEVEL = 3


class Archive:
    """Objects under `raw/` in a local folder or an object store (`s3://bucket/prefix`)."""

    def __init__(self, root: str, *, compress: bool) -> None:
        self.root, properties = locate(root)
        self.compress = compress
        self._io = DurableFileIO(properties)

    def put(
        self, *, partition: str, cursor: Any, time: datetime, content: Iterable[bytes | memoryview]
    ) -> str:
        """Write a batch; the path of its object, from the root: `raw/YYYY-MM-DD/HH-MM-SS-{uuid}.json[.zst]`.

        time: of the batch, not of the clock, so that a retry finds the object that is there. content: the bytes as
        sent, in pieces of any size, read once. Raises LakeError.
        """
        try:
            with tempfile.SpooledTemporaryFile(IN_MEMORY) as spool:
                path = self._path(partition, cursor, time, self._fill(spool, content))
                output = self._io.new_output(f"{self.root}/{path}")
                if not output.exists():
                    _copy(spool, output)
        except OSError as fault:
            raise LakeError("the archive", f"a batch of {partition!r} cannot be written: {fault}") from fault
        return path

    def get(self, path: str) -> bytes:
        """The content of an object, as it was put. Raises LakeError."""
        try:
            with self._io.new_input(f"{self.root}/{path}").open() as stream:
                body = stream.read()
            return zstandard.ZstdDecompressor().stream_reader(body).read() if path.endswith(".zst") else body
        except (OSError, zstandard.ZstdError) as fault:
            raise LakeError("the archive", f"{path} cannot be read: {fault}") from fault

    def _fill(self, spool: IO[bytes], content: Iterable[bytes | memoryview]) -> str:
        """Write the pieces, compressed where wanted; the hash of what they are uncompressed."""
        digest = hashlib.sha256()
        packer = zstandard.ZstdCompressor(level=LEVEL).compressobj() if self.compress else None
        pack: Callable[[Any], Any] = packer.compress if packer else lambda piece: piece
        for piece in content:
            digest.update(piece)
            spool.write(pack(piece))
        spool.write(packer.flush() if packer else b"")
        return digest.hexdigest()

    def _path(self, partition: str, cursor: Any, time: datetime, digest: str) -> str:
        identity = json.dumps([partition, cursor, digest], sort_keys=True, separators=(",", ":"))
        moment = time.astimezone(UTC)
        name = f"{moment:%H-%M-%S}-{uuid.uuid5(NAMESPACE, identity)}"
        return f"raw/{moment:%Y-%m-%d}/{name}.json{'.zst' if self.compress else ''}"


def _copy(spool: IO[bytes], output: OutputFile) -> None:
    spool.seek(0)
    with output.create(overwrite=True) as stream:
        while piece := spool.read(IN_MEMORY):
            stream.write(piece)
