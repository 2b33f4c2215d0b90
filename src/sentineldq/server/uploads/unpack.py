"""What a file is, told by its bytes, and its plain content: unpacked within bounds, refused where not ours."""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path

import pyarrow as pa

from sentineldq.errors import ReadError
from sentineldq.server.uploads import label

RATIO = 200
"""How many times its packed size a file may have, once it is larger than SMALL."""

SMALL = 64 << 20
MEMBERS = 10_000
"""Files that a workbook may be made of."""

BLOCK = 1 << 20
CODECS = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"BZh", "bz2"))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
REFUSED = (
    (b"SQLite format 3\0", "an SQLite database"),
    (b"ARROW1", "an Arrow file"),
    (b"FEA1", "a Feather file"),
    (b"\xff\xff\xff\xff", "an Arrow stream"),
)
TAKEN = "CSV, NDJSON, JSON, Parquet and Excel are taken, also packed with gzip, Zstandard or bzip2"


def unpack(path: Path, *, name: str, work: Path, limit: int) -> Path:
    """The plain content of an upload, under a name in `work` that says what its label promises.

    Raises ReadError for what is encrypted, no table, damaged, or grows beyond `limit` bytes or RATIO times its size.
    """
    kind = label.extension(name)
    plain = work / (f"data.{kind}" if kind else "data")
    head = _head(path)
    codec = next((codec for magic, codec in CODECS if head.startswith(magic)), None)
    if codec is None:
        os.link(path, plain)
    else:
        most = min(limit, max(SMALL, path.stat().st_size * RATIO))
        _inflate(path, plain, codec=codec, name=name, most=most)
    _refuse(plain, name=name, limit=limit)
    return plain


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)


def _inflate(path: Path, plain: Path, *, codec: str, name: str, most: int) -> None:
    size = 0
    try:
        with (
            path.open("rb") as packed,
            plain.open("wb") as out,
            pa.CompressedInputStream(pa.PythonFile(packed, mode="r"), codec) as stream,
        ):
            while block := stream.read(BLOCK):
                size += len(block)
                if size > most:
                    raise _bomb(name, most)
                out.write(block)
    except OSError as fault:
        raise ReadError(name, f"its {codec} data is damaged or cut short") from fault
    if any(_head(plain).startswith(magic) for magic, _ in CODECS):
        raise ReadError(name, "it is packed more than once", hint="pack it once")


def _bomb(name: str, most: int) -> ReadError:
    return ReadError(
        name,
        f"unpacked, it is larger than {most:,} bytes",
        hint=f"at most the upload limit, and {RATIO} times the packed size, is unpacked",
    )


def _refuse(plain: Path, *, name: str, limit: int) -> None:
    head = _head(plain)
    if not head:
        raise ReadError(
            name, "it is empty", hint="an empty file has not even a header; was it written to its end?"
        )
    if head.startswith(b"PARE"):
        raise ReadError(name, "it is encrypted Parquet", hint="write it without encryption")
    if head.startswith(OLE) and _holds(plain, ENCRYPTED):
        raise ReadError(name, "the workbook is encrypted", hint="save it without a password")
    if head.startswith(b"PK"):
        _workbook(plain, name=name, limit=limit)
    found = next((what for magic, what in REFUSED if head.startswith(magic)), None)
    found = "a DuckDB database" if head[8:12] == b"DUCK" else found
    if found is not None:
        raise ReadError(name, f"it is {found}", hint=TAKEN)


def _holds(path: Path, wanted: bytes) -> bool:
    """Whether bytes are found anywhere in a file."""
    tail = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if wanted in tail + block:
                return True
            tail = block[-len(wanted) :]
    return False


def _workbook(path: Path, *, name: str, limit: int) -> None:
    """Unpack a workbook once, to nowhere: what its directory says of sizes may be a lie. Raises ReadError."""
    most = min(limit, max(SMALL, path.stat().st_size * RATIO))
    size = 0
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if not {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & set(names):
                raise ReadError(name, "it is a zip archive, not a workbook", hint="unpack it first; " + TAKEN)
            if len(names) > MEMBERS:
                raise _bomb(name, most)
            for member in names:
                with archive.open(member) as file:
                    while block := file.read(BLOCK):
                        size += len(block)
                        if size > most:
                            raise _bomb(name, most)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as fault:
        raise ReadError(name, "the workbook is damaged or encrypted", hint="save it again") from fault
