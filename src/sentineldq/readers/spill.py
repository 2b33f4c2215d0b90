"""Scratch files, and batches that become one lazy table without being held in memory together."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import polars as pl

from sentineldq.readers.finding import Finding
from sentineldq.readers.union import Piece, union

MEMORY = 256 << 20  # bytes held before batches go to disk
ROWS = 1 << 20  # rows of one file on disk


@cache
def _folder() -> Path:
    folder = tempfile.mkdtemp(prefix="sentineldq-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def scratch(suffix: str) -> Path:
    """Create an empty file that lives as long as the process and only its user can read."""
    handle, name = tempfile.mkstemp(suffix=suffix, dir=_folder())
    open(handle, "wb").close()  # noqa: PTH123 - closes the descriptor
    return Path(name)


def spill(
    batches: Iterable[pl.DataFrame],
    *,
    name: str,
    memory: int | None = None,
    as_text: list[Finding] | None = None,
) -> pl.LazyFrame:
    """Join batches, in order, as one lazy frame; those beyond `memory` bytes (256 MiB) wait in Parquet files.

    Batches may differ in type where one holds no value yet, or where numbers widen. Otherwise the column is
    read as text with a finding in `as_text`; ReadError where that is None.
    """
    pieces: list[pl.LazyFrame] = []
    held: list[pl.DataFrame] = []
    size = rows = 0.0
    for batch in batches:
        held.append(batch)
        size += batch.estimated_size()
        rows += batch.height
        if size > (memory or MEMORY) or (pieces and rows >= ROWS):
            pieces.append(_store(held, as_text))
            held, size, rows = [], 0, 0
    pieces.extend(frame.lazy() for frame in held)
    parts = [Piece(f"part {n}", piece) for n, piece in enumerate(pieces, 1)]
    return union(parts, source=name, as_text=as_text).frame


def _store(held: list[pl.DataFrame], as_text: list[Finding] | None) -> pl.LazyFrame:
    path = scratch(".parquet")
    union(
        [Piece("batch", frame.lazy()) for frame in held], source="batches", as_text=as_text
    ).frame.sink_parquet(path)
    return pl.scan_parquet(path)
