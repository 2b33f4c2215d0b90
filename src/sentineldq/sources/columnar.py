"""Parquet and Arrow (IPC file, Feather, stream) as records: each row a JSON object, a row group or batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from sentineldq.errors import ReadError, first_line
from sentineldq.sources.batch import records_of
from sentineldq.sources.piece import HEAD, Limits, Piece, fitting
from sentineldq.sources.plain import Watched
from sentineldq.sources.rows import to_json, to_records

# Polars panics on some data; its PanicException is no Exception.
_FAULTS = (
    pa.ArrowException,
    OSError,
    UnicodeDecodeError,
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
)
_TRIED = 1_000


def read_columns(raw: IO[bytes], *, at: int, limits: Limits) -> Iterator[Piece]:
    """The rows of a file from row `at` on; what cannot be read is a last piece with the fault and the file's head.

    Raises OSError where the storage fails.
    """
    source = Watched(raw)
    try:
        for batch, last in _batches(source, at, limits):
            records = to_records(batch.select(to_json(batch.schema)))
            at += len(records)
            yield Piece(records=records, at=at, last=last)
    except ReadError as problem:
        fault = f"{problem.reason}; {problem.hint}"
    except _FAULTS as problem:
        if source.error is not None:
            raise source.error from problem
        fault = f"its data is damaged ({first_line(problem)})"
    else:
        return
    raw.seek(0)
    yield Piece(records=records_of([raw.read(HEAD)]), at=at, last=True, fault=fault)


def _batches(source: Watched, at: int, limits: Limits) -> Iterator[tuple[pl.DataFrame, bool]]:
    """The rows from one on, and whether they are the last."""
    head = source.read(8)
    source.seek(0)
    file = pa.PythonFile(source, mode="r")
    if head.startswith(b"PAR1"):
        yield from _parquet(pq.ParquetFile(file, pre_buffer=False), at, limits)
        return
    if head.startswith(b"ARROW1"):
        reader = pa.ipc.open_file(file)
        parts: Iterator[Any] = (reader.get_batch(number) for number in range(reader.num_record_batches))
    elif head.startswith(b"\xff\xff\xff\xff"):
        parts = iter(pa.ipc.open_stream(file))
    else:
        raise ReadError("the file", "it is neither Parquet nor Arrow", hint="mend `format`")
    waiting: pl.DataFrame | None = None
    for part in _cut(parts, at, limits):
        if waiting is not None:
            yield waiting, False
        waiting = part
    if waiting is not None:
        yield waiting, True


def _cut(parts: Iterator[Any], at: int, limits: Limits) -> Iterator[pl.DataFrame]:
    """Arrow batches from row `at` on, cut to the size of ours."""
    for part in parts:
        if at >= part.num_rows:
            at -= part.num_rows
            continue
        part.validate(full=True)
        frame = _frame(part)
        step = _step(frame, limits)
        for first in range(at, frame.height, step):
            yield frame.slice(first, step)
        at = 0


def _parquet(file: Any, at: int, limits: Limits) -> Iterator[tuple[pl.DataFrame, bool]]:
    """The rows from row `at` on, one row group after the other; batches end where row groups do."""
    left = file.metadata.num_rows - at
    for group in range(file.metadata.num_row_groups):
        count = file.metadata.row_group(group).num_rows
        if at >= count:
            at -= count
            continue
        step = 0
        for part in file.iter_batches(batch_size=limits.rows, row_groups=[group], use_threads=False):
            if at >= part.num_rows:
                at -= part.num_rows
                continue
            frame = _frame(part)
            step = step or _step(frame, limits)
            for first in range(at, frame.height, step):
                cut = frame.slice(first, step)
                left -= cut.height
                yield cut, left == 0
            at = 0


def _step(frame: pl.DataFrame, limits: Limits) -> int:
    """How many rows go into one batch, by the size of the first ones."""
    tried = frame.head(_TRIED)
    return fitting(limits, to_records(tried.select(to_json(tried.schema))).nbytes / max(tried.height, 1))


def _frame(part: Any) -> pl.DataFrame:
    for field in part.schema:
        with suppress(pa.ArrowInvalid):
            if _wide(field.type):
                raise ReadError(
                    "the file",
                    f"column {field.name!r} is {field.type}",
                    hint="write decimals of at most 38 digits",
                )
    frame = pl.from_arrow(part)
    return frame if isinstance(frame, pl.DataFrame) else frame.to_frame()


def _wide(type_: Any) -> bool:
    """Whether a type is, or holds, a decimal of more than 38 digits, which Polars does not have."""
    inside = [type_.field(number).type for number in range(type_.num_fields)]
    return pa.types.is_decimal256(type_) or any(map(_wide, inside))
