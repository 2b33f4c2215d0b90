"""Excel and OpenDocument sheets, read by Calamine: the table starts at the first cell that is filled.

Cells that cannot be kept (an error such as `#DIV/0!`) and columns of mixed types are findings. Row numbers
count from the header, which is row 1.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import fastexcel
import polars as pl

from sentineldq.errors import ReadError, suggest
from sentineldq.readers.finding import Finding
from sentineldq.readers.spool import Spool
from sentineldq.readers.table import Table
from sentineldq.readers.union import Piece, union

_EXACT = 2**53  # Excel's numbers are doubles; whole ones beyond this are not exact
_DAY_ZERO = dt.date(1899, 12, 31)  # where Excel puts a time without a day
_FAULT = re.compile(r"got '(Error|String)\(\"?(.*?)\"?\)'")
_ALIKE = ({"float", "int"}, {"date", "datetime"})
_ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}


def read_excel(sources: Sequence[Spool], *, name: str, sheet: str | None = None) -> Table:
    """Read one sheet of one or more workbooks: the one named, else the first that is visible.

    Whole numbers become Int64, midnights Date, as a person reads them. `details["sheet"]` names the sheet.
    """
    tables = [_workbook(source, name, sheet) for source in sources]
    if len(tables) == 1:
        return tables[0]
    pieces = [Piece(source.name, table.frame) for source, table in zip(sources, tables, strict=True)]
    frame, findings = union(pieces, source=name)
    every = [finding for table in tables for finding in table.findings]
    return Table(name=name, frame=frame, findings=every + findings, format="excel")


def _workbook(source: Spool, name: str, sheet: str | None) -> Table:
    try:
        book = fastexcel.read_excel(source.path or source.data)
        findings, chosen = _choose(book, source.name, sheet)
        frame = _sheet(book, chosen, findings)
    except fastexcel.FastExcelError as error:
        reason = str(error).partition("\n")[0].removeprefix("calamine error: ")
        raise ReadError(source.name, f"it is no readable workbook ({reason})") from error
    if not frame.width:
        hint = f"sheets: {', '.join(book.sheet_names)}" if len(book.sheet_names) > 1 else None
        raise ReadError(source.name, f"sheet {chosen!r} is empty", hint=hint)
    details = {"sheet": chosen, "sheets": list(book.sheet_names)}
    return Table(name=name, frame=frame.lazy(), findings=findings, format="excel", details=details)


def _choose(book: fastexcel.ExcelReader, source: str, sheet: str | None) -> tuple[list[Finding], str]:
    names = book.sheet_names
    if not names:
        raise ReadError(source, "it has no sheets", hint="the workbook is damaged; save it again")
    if sheet is not None:
        if sheet not in names:
            raise ReadError(source, f"it has no sheet {sheet!r}", hint=suggest(sheet, names))
        return [], sheet
    visible = [name for name in names if book.load_sheet(name, n_rows=0).visible == "visible"] or names
    chosen, *others = visible
    if not others:
        return [], chosen
    message = f"only sheet {chosen!r} was read; name another with #: {', '.join(others)}"
    return [Finding(type="unread-sheet", message=message)], chosen


def _sheet(book: fastexcel.ExcelReader, name: str, findings: list[Finding]) -> pl.DataFrame:
    sheet = book.load_sheet(name, n_rows=0)
    if not sheet.width:
        return pl.DataFrame()
    columns = [column.name for column in sheet.available_columns()]
    labels = _labels(book, name, findings)
    mixed = _mixed(book, name, columns)
    for column, kinds in mixed.items():
        number = columns.index(column) + 1
        label = labels[number - 1]
        message = f"column {label!r} has cells of several types ({kinds}), read as text"
        findings.append(Finding(type="type-error", message=message, field_number=number, field_name=label))
    texts: Any = dict.fromkeys(mixed, "string") or None
    batch, faults = book.load_sheet(name, schema_sample_rows=None, dtypes=texts).to_arrow_with_errors()
    frame = pl.DataFrame(pl.from_arrow(batch))
    frame.columns = labels
    for fault in faults.errors if faults else ():
        row, position = fault.position
        findings.append(_cell(row + 1, position, labels, fault.detail))
    return _tidy(_filled(frame, findings))


def _labels(book: fastexcel.ExcelReader, name: str, findings: list[Finding]) -> list[str]:
    """The header's labels, made unique: an empty one becomes `column_<n>`, a repeated one gets a number."""
    header = book.load_sheet(name, header_row=None, n_rows=1, dtypes="string").to_polars().row(0)
    labels: list[str] = []
    for number, cell in enumerate(header, 1):
        label = (cell or "").strip()
        fault = "" if label else "blank-label"
        wanted = label = label or f"column_{number}"
        copy = 2
        while label in labels:
            label, copy, fault = f"{wanted}_{copy}", copy + 1, fault or "duplicate-label"
        labels.append(label)
        if fault:
            text = "has no label" if fault == "blank-label" else f"repeats the label {wanted!r}"
            message = f"column {number} {text}; it is read as {label!r}"
            findings.append(
                Finding(type=fault, message=message, row_number=1, field_number=number, field_name=label)
            )
    return labels


def _cell(row: int, column: int, labels: list[str], detail: str) -> Finding:
    found = _FAULT.search(detail)
    what = _ERRORS.get(found[2], found[2]) if found else detail
    message = f"row {row}, column {labels[column]!r} holds {what}, read as null"
    return Finding(
        type="type-error", message=message, row_number=row, field_number=column + 1, field_name=labels[column]
    )


def _mixed(book: fastexcel.ExcelReader, name: str, columns: list[str]) -> dict[str, str]:
    """The columns whose cells are of types that are not one another's, with these types."""
    mixed: dict[str, str] = {}
    left = list(columns)
    while left and (found := _clash(book, name, left)):
        column, kinds = found
        left.remove(column)
        if set(kinds.split(", ")) not in _ALIKE:
            mixed[column] = kinds
    return mixed


def _clash(book: fastexcel.ExcelReader, name: str, columns: list[str]) -> tuple[str, str] | None:
    """The first column that Calamine refuses to read as one type, and the types it has."""
    try:
        book.load_sheet(name, dtype_coercion="strict", schema_sample_rows=None, use_columns=columns)
    except fastexcel.UnsupportedColumnTypeCombinationError as error:
        kinds, _, rest = str(error).partition("{")[2].partition("}")
        column = rest.partition("for column ")[2].strip()
        return (column, ", ".join(sorted(kinds.lower().split(", ")))) if column in columns else None
    return None


def _filled(frame: pl.DataFrame, findings: list[Finding]) -> pl.DataFrame:
    """Leave out rows without a cell, naming those between filled ones; one that became null is a cell."""
    cells = {finding.row_number for finding in findings}
    numbers = pl.int_range(2, frame.height + 2, eager=True)
    empty = frame.select(pl.all_horizontal(pl.all().is_null())).to_series() & ~numbers.is_in(
        list(cells - {None})
    )
    if not empty.any():
        return frame
    last = frame.height - 1 - (empty.reverse().arg_min() or 0)
    for row in empty.arg_true():
        if row < last:
            number = int(row) + 2
            findings.append(Finding(type="blank-row", message=f"row {number} is empty", row_number=number))
    return frame.filter(~empty)


def _tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Whole floats as integers, midnights as dates, times of day zero as times: what a person sees."""
    return frame.with_columns(_seen(column) for column in frame.iter_columns())


def _seen(column: pl.Series) -> pl.Series:
    if column.null_count() == len(column):
        return column
    if column.dtype.is_float() and ((column % 1 == 0) & (column.abs() <= _EXACT)).all():
        return column.cast(pl.Int64)
    if isinstance(column.dtype, pl.Datetime):
        if (column.dt.truncate("1d") == column).all():
            return column.dt.date()
        if (column.dt.date() == _DAY_ZERO).all():
            return column.dt.time()
    return column
