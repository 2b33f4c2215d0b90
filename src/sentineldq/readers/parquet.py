"""Parquet and Arrow IPC (file, stream, Feather): typed already, so only the footer or schema is read here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from sentineldq.errors import ReadError, first_line
from sentineldq.readers.damage import FAULTS
from sentineldq.readers.spill import scratch, spill
from sentineldq.readers.spool import Spool
from sentineldq.readers.table import Table
from sentineldq.readers.union import Piece, union

_FILE = b"ARROW1"
_FEATHER1 = b"FEA1"


def read_parquet(sources: Sequence[Spool], *, name: str, hive: bool = False) -> Table:
    """Scan Parquet files lazily as one table; `hive` adds the columns of `key=value` folders.

    `paths` is filled, for an engine to scan natively, where all files are local and have one schema.
    """
    if hive:
        return _scan_hive([_path(source) for source in sources], name)
    pieces = [Piece(source.name, _scan_parquet(source)) for source in sources]
    schemas = [piece.frame.collect_schema() for piece in pieces]
    paths = tuple(str(source.path) for source in sources if source.path)
    if len(paths) == len(pieces) and all(found == schemas[0] for found in schemas):
        frame = pl.scan_parquet(list(paths), glob=False)
        return Table(name=name, frame=frame, format="parquet", paths=paths)
    frame, findings = union(pieces, source=name)
    return Table(name=name, frame=frame, findings=findings, format="parquet")


def _scan_parquet(source: Spool) -> pl.LazyFrame:
    if source.head(4) == b"PARE":
        raise ReadError(source.name, "it is encrypted Parquet", hint="decrypt it first")
    path = _path(source)
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 4))
        if file.read(4) != b"PAR1":
            reason = "it is not whole: a Parquet file ends in PAR1"
            raise ReadError(source.name, reason, hint="copy or write it again; it was probably cut short")
    try:
        frame = pl.scan_parquet(path, glob=False)
        frame.collect_schema()
    except FAULTS as error:
        raise ReadError(source.name, f"its Parquet footer is damaged ({first_line(error)})") from error
    return frame


def _scan_hive(paths: list[Path], name: str) -> Table:
    try:
        frame = pl.scan_parquet(paths, glob=False, hive_partitioning=True)
        frame.collect_schema()
        return Table(name=name, frame=frame, format="parquet", details={"hive": True})
    except FAULTS as error:
        raise ReadError(name, f"its files do not go together ({first_line(error)})") from error


def read_arrow(sources: Sequence[Spool], *, name: str) -> Table:
    """Read Arrow IPC files lazily, IPC streams and version 1 Feather files batch by batch."""
    frame, findings = union([Piece(source.name, _arrow(source)) for source in sources], source=name)
    files = [source.path for source in sources if source.path and source.head(len(_FILE)) == _FILE]
    paths = tuple(map(str, files)) if len(files) == len(sources) else ()
    return Table(name=name, frame=frame, findings=findings, format="arrow", paths=paths)


def _arrow(source: Spool) -> pl.LazyFrame:
    head = source.head(8)
    try:
        if head.startswith(_FILE):
            frame = pl.scan_ipc(_path(source), glob=False)
            frame.collect_schema()
            return frame
        return _feather(source) if head.startswith(_FEATHER1) else _stream(source)
    except FAULTS as error:
        raise ReadError(source.name, f"its Arrow data is damaged ({first_line(error)})") from error


def _feather(source: Spool) -> pl.LazyFrame:
    from pyarrow import feather

    with source.open() as file:
        return _frame(feather.read_table(file)).lazy()


def _stream(source: Spool) -> pl.LazyFrame:
    """A stream is read once, by pyarrow, which checks every buffer: it may come from anywhere."""
    import pyarrow as pa

    with source.open() as file:
        try:
            with pa.ipc.open_stream(file) as reader:
                str(reader.schema)  # a name that is no UTF-8 stops here; inside Polars it would be a panic
                schema = _frame(reader.schema.empty_table())
                return spill([schema, *_batches(reader)], name=source.name)
        except pa.ArrowException as error:
            raise ReadError(source.name, f"its Arrow stream is damaged ({first_line(error)})") from error


def _batches(reader: Any) -> Any:
    for batch in reader:
        batch.validate(full=True)
        yield _frame(batch)


def _frame(data: Any) -> pl.DataFrame:
    frame = pl.from_arrow(data)
    return frame if isinstance(frame, pl.DataFrame) else frame.to_frame()


def _path(source: Spool) -> Path:
    """The local file, or a scratch file with the bytes: lazy scans need one."""
    if source.path:
        return source.path
    path = scratch(".bin")
    path.write_bytes(source.data)
    return path
