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
            "clock": workbook.add_format({"num_format": "hh:mm"}),
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
        sheet.write_row(2, 1, ["id", "price", "day", "at", "ok", "code", "opens"])
        for n in range(3):
            sheet.write_row(3 + n, 1, [n, n + 0.5])
            sheet.write_datetime(3 + n, 3, dt.datetime(2024, 1, 1 + n), formats["date"])
            sheet.write_datetime(3 + n, 4, dt.datetime(2024, 1, 1, 12, n), formats["time"])
            sheet.write_boolean(3 + n, 5, n == 0)
            sheet.write_string(3 + n, 6, f"00{n}")
            sheet.write_datetime(3 + n, 7, dt.time(8, 30), formats["clock"])

    table = open_table(book(tmp_path / "t.xlsx", Data=fill))
    frame = table.frame.collect()
    assert frame.schema == {
        "id": pl.Int64,
        "price": pl.Float64,
        "day": pl.Date,
        "at": pl.Datetime("ms"),
        "ok": pl.Boolean,
        "code": pl.String,
        "opens": pl.Time,
    }
    assert frame.row(1) == (
        1,
        1.5,
        dt.date(2024, 1, 2),
        dt.datetime(2024, 1, 1, 12, 1),
        False,
        "001",
        dt.time(8, 30),
    )
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
        sheet.write_row(0, 1, ["a", "b", "a"])
        for n in range(2000):
            sheet.write_row(1 + n, 1, [n, n, n])
        sheet.write_row(2001, 1, ["free", 1, True])

    table = open_table(book(tmp_path / "t.xlsx", Data=fill))
    frame = table.frame.collect()
    assert frame.schema == {"a": pl.String, "b": pl.Int64, "a_2": pl.String}
    assert frame["a"].to_list()[-2:] == ["1999", "free"]
    found = [finding for finding in table.findings if finding.type == "type-error"]
    assert [(finding.field_name, finding.field_number) for finding in found] == [("a", 1), ("a_2", 3)]
    assert "float" in found[0].message
    assert "string" in found[0].message


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


def test_damage_anywhere_ends_in_a_table_or_an_error(tmp_path: Path) -> None:
    data = book(tmp_path / "t.xlsx", Data=plain).read_bytes()
    refused = 0
    for position in range(0, len(data), 29):
        damaged = bytearray(data)
        damaged[position] ^= 0xFF
        try:
            open_table(bytes(damaged), format="excel").frame.collect()
        except ReadError:
            refused += 1
    assert refused > 50


def test_a_workbook_without_sheets_is_an_error(tmp_path: Path) -> None:
    import zipfile

    path = book(tmp_path / "t.xlsx", Data=plain)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/workbook.xml"] = members["xl/workbook.xml"].replace(b"<sheet ", b"<gone ")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(ReadError, match="no sheets"):
        open_table(path)


def test_a_sheet_of_open_document(tmp_path: Path) -> None:
    import zipfile

    cells = "".join(
        f"<table:table-row><table:table-cell office:value-type='{kind}' {value}>"
        f"<text:p>{shown}</text:p></table:table-cell></table:table-row>"
        for kind, value, shown in (
            ("string", "", "id"),
            ("float", "office:value='1'", "1"),
            ("float", "office:value='2'", "2"),
        )
    )
    names = " ".join(
        f"xmlns:{name}='urn:oasis:names:tc:opendocument:xmlns:{name}:1.0'"
        for name in ("office", "table", "text")
    )
    content = (
        f"<?xml version='1.0'?><office:document-content {names}><office:body><office:spreadsheet>"
        f"<table:table table:name='Data'>{cells}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    path = tmp_path / "t.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    table = open_table(path)
    assert table.frame.collect().to_dicts() == [{"id": 1}, {"id": 2}]
    assert table.findings == []
