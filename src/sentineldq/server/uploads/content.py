"""The content of an upload as one table that can be gone over several times without being parsed again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from sentineldq.readers import columns
from sentineldq.readers.open import open_table
from sentineldq.readers.table import Table

HELD = 512 << 20
"""Bytes of a plain file up to which its table is held in memory; above, it lies in a scratch file."""


def load(plain: Path, *, work: Path) -> Table:
    """Open a plain file; texts are parsed once, and typed where every value fits. Raises ReadError."""
    table = open_table(plain, typed=False)
    names = table.frame.collect_schema().names()
    if table.format == "parquet" or not names:
        return table
    frame = _kept(table.frame, plain, work)
    if table.text:
        frame = columns.typed(frame, names)
        if plain.stat().st_size <= HELD:
            frame = frame.collect().lazy()
    return replace(table, frame=frame)


def _kept(frame: pl.LazyFrame, plain: Path, work: Path) -> pl.LazyFrame:
    if plain.stat().st_size <= HELD:
        return frame.collect(engine="streaming").lazy()
    path = work / "table.arrow"
    frame.sink_ipc(path)
    return pl.scan_ipc(path)
