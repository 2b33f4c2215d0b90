"""CSV and its like as records: each row a JSON object whose cells are text, as the project's reader of CSV reads it.

What is no row of the table loses nothing: it is given as the JSON array of its cells, which no contract takes. That
is a row of another width at its place, and behind the last row what the reader set aside (titles above the table,
notes below it, the header once more).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pyarrow as pa

from sentineldq.errors import ReadError
from sentineldq.readers.careful import Misfit
from sentineldq.readers.csv import read_csv
from sentineldq.sources.batch import records_of
from sentineldq.sources.piece import HEAD, Limits, Piece, fitting
from sentineldq.sources.rows import to_json, to_records

_TRIED = 1_000


def read_rows(path: Path, *, name: str, at: int, limits: Limits, again: int = 0) -> Iterator[Piece]:
    """The records of a CSV file from record `at` on; a file that cannot be read is one piece with its fault.

    `again` is how many of the last rows have to be read again should the file grow.
    """
    try:
        table = read_csv(path, name=name, typed=False)
    except ReadError as fault:
        with path.open("rb") as file:
            yield Piece(records=records_of([file.read(HEAD)]), at=at, last=True, fault=fault.reason)
        return
    misfits: Sequence[Misfit] = table.details["misfits"]
    aside = [found.cells for found in table.findings if found.type == "source-error" and found.cells]
    given = bisect_left([misfit.position + place for place, misfit in enumerate(misfits)], at)
    kept = at - given
    misfits = misfits[given:]
    for rows, last in _flagged(_batches(table.frame, kept, limits)):
        cut = len(misfits) if last else bisect_left(misfits, kept + len(rows), key=lambda item: item.position)
        records = _merge(rows, kept, misfits[:cut])
        kept, misfits = kept + len(rows), misfits[cut:]
        at += len(records)
        if last and aside:
            records = pa.concat_arrays([records, records_of(map(_cells, aside))])
        if len(records):
            yield Piece(records=records, at=max(0, at - again) if last else at, last=last)


def _batches(frame: pl.LazyFrame, first: int, limits: Limits) -> Iterator[Any]:
    """The rows from one on as records; at least one batch, which may be empty."""
    schema = frame.collect_schema()
    if not schema:
        yield records_of([])
        return
    lines = frame.select(to_json(schema))
    tried = to_records(lines.head(_TRIED).collect())
    step = fitting(limits, tried.nbytes / max(len(tried), 1))
    found = False
    for batch in lines.slice(first).collect_batches(chunk_size=step):
        found = True
        for start in range(0, batch.height, step):
            yield to_records(batch.slice(start, step))
    if not found:
        yield records_of([])


def _merge(rows: Any, first: int, misfits: Sequence[Misfit]) -> Any:
    """Rows of which the first has the number `first`, with the misfits at their places."""
    parts, start = [], 0
    for misfit in misfits:
        parts += [rows.slice(start, misfit.position - first - start), records_of([_cells(misfit.cells)])]
        start = misfit.position - first
    return pa.concat_arrays([*parts, rows.slice(start)]) if parts else rows


def _cells(cells: Iterable[str | None]) -> bytes:
    return msgspec.json.encode(list(cells)) + b"\n"


def _flagged(items: Iterable[Any]) -> Iterator[tuple[Any, bool]]:
    """Each item, and whether it is the last."""
    held: list[Any] = []
    for item in items:
        if held:
            yield held.pop(), False
        held.append(item)
    if held:
        yield held.pop(), True
