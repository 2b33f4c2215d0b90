"""Zip archives that hold one data file: its bytes, as if it lay there by itself."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator

from sentineldq.errors import ReadError, suggest
from sentineldq.readers.spool import BLOCK, Spool, keep, spool


def unpack(source: Spool, *, member: str | None = None) -> Spool:
    """Take the one file (or the one named) out of a zip archive; ReadError lists several."""
    try:
        with source.open() as file, zipfile.ZipFile(file) as archive:
            chosen = _choose(archive, source.name, member)
            plain = keep(_blocks(archive, chosen), f"{source.name}#{chosen}")
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise ReadError(source.name, f"its zip data cannot be unpacked ({error})") from error
    return spool(plain.data, name=plain.name) if plain.path is None else spool(plain.path, name=plain.name)


def members(source: Spool) -> set[str]:
    """The names inside a zip archive; none where it is damaged."""
    try:
        with source.open() as file, zipfile.ZipFile(file) as archive:
            return set(archive.namelist())
    except zipfile.BadZipFile:
        return set()


def _choose(archive: zipfile.ZipFile, source: str, member: str | None) -> str:
    names = [
        name
        for name in archive.namelist()
        if not name.endswith("/")
        and not name.startswith("__MACOSX/")
        and not name.rpartition("/")[2].startswith(".")
    ]
    if member is not None and member not in names:
        raise ReadError(source, f"it holds no file {member!r}", hint=suggest(member, names))
    if member is None and len(names) != 1:
        listed = ", ".join(names[:20]) or "none"
        raise ReadError(source, f"it holds {len(names)} files", hint=f"name one behind #; files: {listed}")
    return member or names[0]


def _blocks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as file:
        while block := file.read(BLOCK):
            yield block
