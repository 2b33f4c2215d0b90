"""Excel: the sheet a person means, types as they are seen, and no cell lost in silence."""

# ruff: noqa: DTZ001 - a sheet has no time zones
from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from sentineldq.errors import ReadError
from sentineldq.readers.open import open_table

Fill = Callable[[Worksheet, dict[str, object]], None]


def book(path: Path, **sheets: Fill) -> Path:
    with xlsxwriter.Workbook(path) as workbook:
        formats = {
            "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
            "time": workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        for name, fill in sheets.items():
            fill(workbook.add_worksheet(name), formats)
    return path


def plain(sheet: Worksheet, _: dict[str, object]) -> None:
    sheet.write_row(0, 0, ["id", "name"])
    sheet.write_row(1, 0, [1, "a"])
    sheet.write_row(2, 0, [2, "b"])


def nothing(_: Worksheet, __: dict[str, object]) -> None: ...


def test_types_are_those_a_person_sees(tmp_path: Path) -> None:
    def fill(sheet: Worksheet, formats: dict[str, object]) -> None:
        sheet.write_row(2, 1, ["id", "price", "day", "at", "ok", "code"])
        for n in range(3):
            sheet.write_row(3 + n, 1, [n, n + 0.5])
            sheet.write_datetime(3 + n, 3, dt.datetime(2024, 1, 1 + n), formats["date"])
            sheet.write_datetime(3 + n, 4, dt.datetime(2024, 1, 1, 12, n), formats["time"])
            sheet.write_boolean(3 + n, 5, n == 0)
            sheet.write_string(3 + n, 6, f"00{n}")

    table = open_table(book(tmp_path / "t.xlsx", Data=fill))
    frame = table.frame.collect()
    assert frame.schema == {
        "id": pl.Int64,
        "price": pl.Float64,
        "day": pl.Date,
        "at": pl.Datetime("ms"),
        "ok": pl.Boolean,
        "code": pl.String,
    }
    assert frame.row(1) == (1, 1.5, dt.date(2024, 1, 2), dt.datetime(2024, 1, 1, 12, 1), False, "001")
    assert table.findings == []
    assert table.details["sheet"] == "Data"


def test_a_sheet_is_chosen_by_name(tmp_path: Path) -> None:
    def second(sheet: Worksheet, _: dict[str, object]) -> None:
        sheet.write_row(0, 0, ["x"])
        sheet.write_row(1, 0, [9])

    path = book(tmp_path / "t.xlsx", Orders=plain, Customers=second)
    assert open_table(f"{path}#Customers").frame.collect().rows() == [(9,)]
    assert open_table(path, sheet="Customers").findings == []
    first = open_table(path)
    assert first.frame.collect().height == 2
    [finding] = first.findings
    assert finding.type == "unread-sheet"
    assert "Customers" in finding.message
    with pytest.raises(ReadError, match="did you mean 'Orders'"):
        open_table(f"{path}#Order")


def test_hidden_sheets_are_not_the_first(tmp_path: Path) -> None:
    def shown(sheet: Worksheet, formats: dict[str, object]) -> None:
        plain(sheet, formats)
        sheet.activate()
        sheet.set_first_sheet()

    path = book(tmp_path / "t.xlsx", Hidden=lambda sheet, _: sheet.hide(), Orders=shown)
    with pytest.raises(ReadError, match="'Hidden' is empty"):
        open_table(f"{path}#Hidden")
    assert open_table(path).details["sheet"] == "Orders"


def test_errors_in_cells_are_findings(tmp_path: Path) -> None:
    def fill(sheet: Worksheet, _: dict[str, object]) -> None:
        sheet.write_row(3, 2, ["a", "b"])
        sheet.write_row(4, 2, [1, "x"])
        sheet.write_formula(5, 2, "=1/0", None, "#DIV/0!")
        sheet.write_formula(6, 3, "=NA()", None, "#N/A")
        sheet.write(6, 2, 3)
        sheet.write(5, 3, "y")

    table = open_table(book(tmp_path / "t.xlsx", Data=fill))
    assert table.frame.collect().rows() == [(1, "x"), (None, "y"), (3, None)]
    found = {(finding.row_number, finding.field_number, finding.field_name) for finding in table.findings}
    assert found == {(3, 1, "a"), (4, 2, "b")}
    assert "#DIV/0!" in table.findings[0].message


def test_mixed_columns_are_text_and_a_finding(tmp_path: Path) -> None:
    def fill(sheet: Worksheet, _: dict[str, object]) -> None:
        sheet.write_row(0, 1, ["a", "b"])
        for n in range(2000):
            sheet.write_row(1 + n, 1, [n, n])
        sheet.write_row(2001, 1, ["free", 1])

    table = open_table(book(tmp_path / "t.xlsx", Data=fill))
    frame = table.frame.collect()
    assert frame.schema == {"a": pl.String, "b": pl.Int64}
    assert frame["a"].to_list()[-2:] == ["1999", "free"]
    [finding] = table.findings
    assert (finding.type, finding.field_name, finding.field_number) == ("type-error", "a", 1)


def test_labels_are_made_whole(tmp_path: Path) -> None:
    def fill(sheet: Worksheet, _: dict[str, object]) -> None:
        sheet.write_row(0, 0, ["id", "", "id", 2024])
        sheet.write_row(1, 0, [1, 2, 3, 4])

    table = open_table(book(tmp_path / "t.xlsx", Data=fill))
    assert table.frame.collect().to_dicts() == [{"id": 1, "column_2": 2, "id_2": 3, "2024": 4}]
    assert [finding.type for finding in table.findings] == ["blank-label", "duplicate-label"]


def test_blank_rows_between_are_findings(tmp_path: Path) -> None:
    def fill(sheet: Worksheet, _: dict[str, object]) -> None:
        sheet.write_row(0, 0, ["id"])
        sheet.write_row(1, 0, [1])
        sheet.write_row(4, 0, [2])

    table = open_table(book(tmp_path / "t.xlsx", Data=fill))
    assert table.frame.collect().rows() == [(1,), (2,)]
    assert [(finding.type, finding.row_number) for finding in table.findings] == [
        ("blank-row", 3),
        ("blank-row", 4),
    ]


def test_an_empty_sheet_says_what_else_there_is(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", Empty=nothing, Orders=plain)
    with pytest.raises(ReadError, match="'Empty' is empty\nhint: sheets: Empty, Orders"):
        open_table(path)


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", Data=lambda sheet, _: sheet.write_row(0, 0, ["id", "name"]))
    frame = open_table(path).frame.collect()
    assert (frame.columns, frame.height) == (["id", "name"], 0)


def test_a_damaged_workbook_is_an_error(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", Data=plain)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ReadError, match=r"t\.xlsx"):
        open_table(path)


def test_several_workbooks_are_one_table(tmp_path: Path) -> None:
    for name in "ab":
        book(tmp_path / f"{name}.xlsx", Data=plain)
    assert open_table(str(tmp_path / "*.xlsx")).frame.collect().height == 4


def test_a_text_that_stands_for_nothing_is_a_finding(tmp_path: Path) -> None:
    def fill(sheet: Worksheet, _: dict[str, object]) -> None:
        sheet.write_row(0, 0, ["a"])
        sheet.write_column(1, 0, [1, "n/a", 3])

    table = open_table(book(tmp_path / "t.xlsx", Data=fill))
    assert table.frame.collect()["a"].to_list() == [1, None, 3]
    assert table.findings[0].message == "row 3, column 'a' holds n/a, read as null"
