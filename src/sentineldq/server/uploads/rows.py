"""The failing rows of an upload as CSV that a spreadsheet cannot be tricked by."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from sentineldq.readers.table import Table
from sentineldq.server.uploads.measure import Measures, Plain

MOST = 10_000
"""Rows that are listed; those with other faults than missing values first."""

CELL = 1_000
"""Characters of a cell."""

#: What a formula begins with, in ASCII and in full width.
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: a text that looks like one begins with an apostrophe."""
    if cell is None or isinstance(cell, int | float):
        return "" if cell is None else cell
    text = str(cell).replace("\0", "\ufffd")[:CELL]
    risky = text.startswith(STARTS) or text.lstrip().startswith(STARTS)
    return f"'{text}" if risky and not _number(text) else text


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and text.strip() == text


def write(path: Path, plain: Plain, measures: Measures, table: Table) -> int:
    """Write failing rows, each with its number and its faults; how many."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["row", "faults", *map(harmless, plain.names)])
        for row in _rows(plain, measures, table):
            out.writerow([harmless(cell) for cell in row])
            count += 1
    return count


def _rows(plain: Plain, measures: Measures, table: Table) -> Iterator[Sequence[Any]]:
    misfits = (table.details.get("misfits") or ())[:MOST]
    for item in misfits:
        yield [f"line {item.row_number}", "does not fit the table", *(cell or "" for cell in item.cells)]
    left = MOST - len(misfits)
    grave = [*_grave(plain, measures)]
    found = _failing(plain, measures, grave, left)
    yield from _told(plain, found, [label for label, _ in grave])
    absent = [
        (f"{one.name}: missing", plain.value(at).is_null())
        for at, one in enumerate(measures.columns)
        if one.missing
    ]
    if absent and (left := left - len(found)) > 0:
        yield from _told(plain, _lacking(plain, absent, found["row"], left), [label for label, _ in absent])


def _grave(plain: Plain, measures: Measures) -> Iterator[tuple[str, pl.Expr]]:
    for at, one in enumerate(measures.columns):
        if one.odd and one.form:
            yield f"{one.name}: not a {one.form}", plain.odd(at, one.form)
        if one.outliers and one.spread:
            yield f"{one.name}: outlier", plain.outlier(at, one.spread)


def _failing(
    plain: Plain, measures: Measures, faults: Sequence[tuple[str, pl.Expr]], most: int
) -> pl.DataFrame:
    twins = measures.twins.arg_true().head(most).to_list()
    flags = [expression.fill_null(value=False).alias(f"f{at}") for at, (_, expression) in enumerate(faults)]
    frame = plain.frame.with_row_index("row")
    frame = frame.with_columns(*flags, twin=pl.col("row").is_in(twins) if twins else pl.lit(value=False))
    wanted = pl.any_horizontal("twin", *(f"f{at}" for at in range(len(faults))))
    return frame.filter(wanted).head(max(most, 0)).collect(engine="streaming")


def _lacking(plain: Plain, faults: Sequence[tuple[str, pl.Expr]], told: pl.Series, most: int) -> pl.DataFrame:
    flags = [expression.alias(f"f{at}") for at, (_, expression) in enumerate(faults)]
    frame = plain.frame.with_row_index("row").with_columns(*flags, twin=pl.lit(value=False))
    wanted = pl.any_horizontal(*(f"f{at}" for at in range(len(faults)))) & ~pl.col("row").is_in(
        told.to_list()
    )
    return frame.filter(wanted).head(most).collect(engine="streaming")


def _told(plain: Plain, found: pl.DataFrame, labels: Sequence[str]) -> Iterator[Sequence[Any]]:
    columns = [f"c{at}" for at in range(len(plain.names))]
    for row in found.iter_rows(named=True):
        faults = [label for at, label in enumerate(labels) if row[f"f{at}"]]
        if row["twin"]:
            faults.append("the same as an earlier row")
        yield [row["row"] + 1, "; ".join(faults), *(row[name] for name in columns)]
