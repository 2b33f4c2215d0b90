"""CSV in any shape becomes one table; what does not fit is reported, nothing is lost."""

from __future__ import annotations

import bz2
import csv
import datetime as dt
import gzip
import io
import json
from collections import Counter
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.errors import ReadError, UsageError
from sentineldq.readers import lexer, regular
from sentineldq.readers.csv import read_csv, rows
from sentineldq.readers.dialect import Dialect, split


def read(text: str | bytes, **options):
    return read_csv(text.encode() if isinstance(text, str) else text, **options)


def data(table) -> dict[str, list]:
    return table.frame.collect().to_dict(as_series=False)


def faults(table) -> list[tuple]:
    return [(one.type, one.row_number, one.field_number) for one in table.findings]


# --- types -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1", "-2", "0"], [1, -2, 0]),
        (["007", "8"], ["007", "8"]),
        (["+1", "2"], ["+1", "2"]),
        (["999999999999999999", "1"], [999999999999999999, 1]),
        (["9999999999999999999", "1"], ["9999999999999999999", "1"]),
        (["1.5", "2", "-.5", "1e3"], [1.5, 2.0, -0.5, 1000.0]),
        (["0.12345678901234567890", "1"], ["0.12345678901234567890", "1"]),
        (["1e999", "1.5"], ["1e999", "1.5"]),
        (["1.5", "inf"], [1.5, float("inf")]),
        (["1,5", "2,5"], ["1,5", "2,5"]),
        (["01.5", "2"], ["01.5", "2"]),
        (["true", "False", "TRUE"], [True, False, True]),
        (["yes", "no"], ["yes", "no"]),
        (["2024-02-29", "1999-12-31"], [dt.date(2024, 2, 29), dt.date(1999, 12, 31)]),
        (["2023-02-29", "1999-12-31"], ["2023-02-29", "1999-12-31"]),
        (["31/01/2024", "01/02/2024"], ["31/01/2024", "01/02/2024"]),
        (
            ["2024-01-02T03:04", "2024-01-02 03:04:05.25"],
            [
                dt.datetime.fromisoformat("2024-01-02T03:04"),
                dt.datetime.fromisoformat("2024-01-02T03:04:05.25"),
            ],
        ),
        (
            ["2024-01-02T03:04:05Z", "2024-01-02 03:04:05+02:00"],
            [
                dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
                dt.datetime(2024, 1, 2, 1, 4, 5, tzinfo=dt.UTC),
            ],
        ),
        (["2024-01-02T03:04:05Z", "2024-01-02 03:04:05"], ["2024-01-02T03:04:05Z", "2024-01-02 03:04:05"]),
        (["x", "1"], ["x", "1"]),
        ([" 1", "2"], [" 1", "2"]),
    ],
)
def test_a_column_is_typed_only_where_every_value_fits(texts, values):
    found = data(read("key;value\n" + "".join(f"k{n};{text}\n" for n, text in enumerate(texts))))
    assert found["value"] == values


@pytest.mark.parametrize("kind", ["integer", "float", "boolean", "date", "datetime", "instant"])
@pytest.mark.parametrize("quoted", [False, True])
def test_empty_cells_are_null_in_typed_columns(kind, quoted):
    text = {
        "integer": "5",
        "float": "0.5",
        "boolean": "true",
        "date": "2024-01-01",
        "datetime": "2024-01-01 10:00",
        "instant": "2024-01-01 10:00Z",
    }[kind]
    empty = '""' if quoted else ""
    frame = read(f"a,b\nx,{text}\ny,{empty}\nz,{text}\n").frame.collect()
    assert frame["b"].dtype != pl.String
    assert frame["b"].is_null().to_list() == [False, True, False]


def test_a_value_far_below_decides_the_type():
    text = "a,b\n" + "1,2\n" * 50_000 + "x,2.5\n"
    assert read(text).frame.collect_schema() == {"a": pl.String, "b": pl.Float64}


def test_typed_false_keeps_the_texts():
    assert data(read("a,b\n01,2.50\n", typed=False)) == {"a": ["01"], "b": ["2.50"]}


def test_null_values():
    table = read("a,b\n1,x\nNA,NA\n3,-\n", null_values=["NA", "-"])
    assert data(table) == {"a": [1, None, 3], "b": ["x", None, None]}


def test_no_null_values_unless_told():
    assert data(read("a,b\n1,x\nNA,null\n")) == {"a": ["1", "NA"], "b": ["x", "null"]}


# --- empty and quoted empty ------------------------------------------------------------------------------------


@pytest.mark.parametrize("irregular", ["", "\nz,q,extra"])
def test_empty_is_null_and_quoted_empty_is_text_on_both_paths(irregular):
    table = read(f'a,b\n"",\n,""\nx,y{irregular}\n')
    assert table.details["regular"] is not irregular if irregular else table.details["regular"]
    assert data(table) == {"a": ["", None, "x"], "b": [None, "", "y"]}


# --- rows that do not fit --------------------------------------------------------------------------------------


def test_short_rows_are_padded_and_reported():
    table = read("a,b,c\n1,2,3\n4,5\n7,8,9\n")
    assert data(table) == {"a": [1, 4, 7], "b": [2, 5, 8], "c": [3, None, 9]}
    assert faults(table) == [("missing-cell", 3, 3)]
    assert table.findings[0].field_name == "c"
    assert table.findings[0].cells == ["4", "5"]


def test_a_short_row_whose_cells_do_not_suit_their_columns_is_set_aside():
    text = "id,name,sum\n" + "".join(f"{n},word,{n}\n" for n in range(1, 9)) + "x,9\n"
    table = read(text)
    assert table.frame.collect().height == 8
    assert table.frame.collect_schema()["id"] == pl.Int64
    assert faults(table) == [("missing-cell", 10, 3)]
    assert list(rows(table))[-1] == ["x", "9"]


def test_extra_empty_cells_are_trimmed_and_reported():
    table = read("a,b\n1,2\n3,4,,\n5,6\n")
    assert data(table) == {"a": [1, 3, 5], "b": [2, 4, 6]}
    assert faults(table) == [("extra-cell", 3, 3)]


def test_a_row_with_extra_values_is_set_aside_whole():
    table = read("a,b\n1,2\n3,4,5\n6,7\n")
    assert data(table) == {"a": [1, 6], "b": [2, 7]}
    assert faults(table) == [("extra-cell", 3, 3)]
    assert table.findings[0].cells == ["3", "4", "5"]
    assert list(rows(table)) == [["a", "b"], ["1", "2"], ["3", "4", "5"], ["6", "7"]]


def test_blank_rows_are_reported_and_those_at_the_end_are_not():
    table = read("a,b\n1,2\n\n3,4\n\n\n")
    assert data(table) == {"a": [1, 3], "b": [2, 4]}
    assert faults(table) == [("blank-row", 3, None)]


def test_a_blank_line_in_a_single_column_is_an_empty_cell():
    table = read("a\n1\n\n3\n")
    assert data(table) == {"a": [1, None, 3]}
    assert faults(table) == [("blank-row", 3, None)]


def test_blank_lines_at_the_end_do_not_make_a_file_irregular():
    table = read("a,b\n1,2\n3,4\n\n\n\n")
    assert table.details["regular"]
    assert data(table) == {"a": [1, 3], "b": [2, 4]}


# --- header ----------------------------------------------------------------------------------------------------


def test_no_header():
    table = read("1,2.5,x\n2,3.5,y\n3,4.5,z\n")
    assert data(table) == {"column_1": [1, 2, 3], "column_2": [2.5, 3.5, 4.5], "column_3": ["x", "y", "z"]}
    assert next(rows(table)) == ["1", "2.5", "x"]


@pytest.mark.parametrize("text", ["a,b\n", "a,b", "a,b\r\n", '"a","b"\n'])
def test_header_only(text):
    table = read(text)
    assert data(table) == {"a": [], "b": []}


def test_header_told():
    assert data(read("a,b\nc,d\n", has_header=False)) == {"column_1": ["a", "c"], "column_2": ["b", "d"]}
    assert data(read("1,2\n3,4\n", has_header=True)) == {"1": [3], "2": [4]}


def test_header_of_several_rows():
    table = read("day,open,close\n,EUR,EUR\n2024-01-01,1.5,2\n2024-01-02,2.5,3\n2024-01-03,2,3\n")
    assert list(data(table)) == ["day", "open EUR", "close EUR"]
    assert table.frame.collect().height == 3
    assert faults(table) == [("source-error", 1, None)]


def test_years_are_labels():
    assert list(data(read("land,2019,2020,2021\nA,5,6,7\nB,8,9,10\n"))) == ["land", "2019", "2020", "2021"]


def test_duplicate_blank_and_missing_labels():
    table = read("a,a,,b,a_2\n1,2,3,4,5,6\n1,2,3,4,5,6\n")
    assert list(data(table)) == ["a", "a_3", "column_3", "b", "a_2", "column_6"]
    assert faults(table) == [("duplicate-label", 1, 2), ("blank-label", 1, 3), ("missing-label", 1, 6)]


def test_names_that_polars_takes_for_patterns():
    assert data(read("*,^a$,a\n1,2,x\n", null_values=["-"])) == {"*": [1], "^a$": [2], "a": ["x"]}


def test_a_repeated_header_is_not_data():
    table = read("id,name\n1,x\n2,y\nid,name\n3,z\n")
    assert data(table) == {"id": [1, 2, 3], "name": ["x", "y", "z"]}
    assert faults(table) == [("source-error", 4, None)]


# --- lines around the table --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "preamble", ["Report of May\n\n", "Report of May,,\n,,\n", "# made by hand\n# twice\n"]
)
def test_preamble(preamble):
    table = read(preamble + "id,name,sum\n1,x,2.5\n2,y,3.5\n3,z,4\n")
    assert data(table) == {"id": [1, 2, 3], "name": ["x", "y", "z"], "sum": [2.5, 3.5, 4.0]}
    assert {one.type for one in table.findings} == {"source-error"}
    assert table.findings[0].row_number == 1
    assert table.details["preamble"] == 2


def test_comments_with_delimiters_above_the_header():
    table = read("# c1\n# c2, with comma\nid,v\n1,2\n2,3\n3,4\n")
    assert data(table) == {"id": [1, 2, 3], "v": [2, 3, 4]}
    assert table.details["preamble"] == 2


def test_a_header_may_begin_with_a_hash():
    assert list(data(read("#id,name\n1,x\n2,y\n3,z\n"))) == ["#id", "name"]


def test_the_delimiter_line_of_spreadsheets():
    table = read("sep=;\r\na;b\r\n1,5;x\r\n2,5;y\r\n")
    assert data(table) == {"a": ["1,5", "2,5"], "b": ["x", "y"]}


def test_row_numbers_without_a_label():
    table = read('"a" "b"\n"1" 5.1 3.5\n"2" 4.9 3.0\n"3" 4.7 3.2\n')
    assert list(data(table)) == ["column_1", "a", "b"]


def test_footer():
    table = read("id,name,sum\n1,x,2.5\n2,y,3.5\n3,z,4\n\nTotal: 3 rows\n")
    assert table.frame.collect().height == 3
    assert faults(table) == [("source-error", 6, None)]
    assert table.findings[0].cells == ["Total: 3 rows"]


@pytest.mark.parametrize("blank", ["", "\n"])
def test_a_second_table_is_set_aside(blank):
    first = "id,name,sum\n1,x,2.5\n2,y,3.5\n3,z,4\n"
    table = read(first + blank + "id,name\n8,p\n9,q\n")
    assert data(table)["id"] == [1, 2, 3]
    aside = [one.cells for one in table.findings if one.type == "source-error"]
    assert aside == [["id", "name"], ["8", "p"], ["9", "q"]]


def test_another_table_below_a_gap():
    table = read("id,name,sum\n1,x,2.5\n2,y,3.5\n3,z,4\n4,w,5\n\ncolour,size\nred,big\nblue,small\n")
    assert data(table)["id"] == [1, 2, 3, 4]
    aside = [one.cells for one in table.findings if one.type == "source-error"]
    assert aside == [["colour", "size"], ["red", "big"], ["blue", "small"]]


def test_a_gap_alone_does_not_begin_another_table():
    table = read("id,name\n1,x\n2,y\n\n3,z\n4,w\n")
    assert data(table)["id"] == [1, 2, 3, 4]
    assert faults(table) == [("blank-row", 4, None)]


# --- quotes, newlines, odd bytes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('1,"x,x",2', ["1", "x,x", "2"]),
        ('1,"say ""x""",2', ["1", 'say "x"', "2"]),
        ('1,"x" y,2', ["1", '"x" y', "2"]),
        ('1,"x,2', ["1", '"x', "2"]),
        ('1,a "x" b,2', ["1", 'a "x" b', "2"]),
        ('1,"a "x" b",2', ["1", 'a "x" b', "2"]),
        ('1,""x",2', ["1", '"x', "2"]),
        ('1,"48"",2', ["1", '48"', "2"]),
        ('"1,x,2', ['"1', "x", "2"]),
        ('1,x,"2', ["1", "x", '"2']),
        ('1, "x,y",2', ["1", "x,y", "2"]),
        ('1,"x\ny",2', ["1", "x\ny", "2"]),
        ('1,"x\r\ny",2', ["1", "x\r\ny", "2"]),
        ('1,"a "b"\nc",2', ["1", 'a "b"\nc', "2"]),
    ],
)
def test_quotes_in_and_out_of_place(line, cells):
    table = read(f'k,w,n\n7,a,8\n9,"b, c",10\n{line}\n11,"d, d",12\n', typed=False)
    assert list(rows(table))[3] == cells
    assert len(list(rows(table))) == 5


def test_a_quote_out_of_place_is_reported():
    table = read('a,b\n1,x\n2,"y\n3,z\n')
    assert faults(table) == [("incorrect-quote", 3, None)]
    assert data(table) == {"a": [1, 2, 3], "b": ["x", '"y', "z"]}


def test_a_quote_that_is_never_closed_swallows_nothing():
    text = (
        "a,b\n"
        + "".join(f"{n},x\n" for n in range(500))
        + '500,"x\n'
        + "".join(f"{n},x\n" for n in range(501, 900))
    )
    table = read(text)
    assert data(table)["a"] == list(range(900))
    assert faults(table) == [("incorrect-quote", 502, None)]


def test_mixed_newlines():
    table = read("a,b\r\n1,2\n3,4\r5,6\r\n")
    assert data(table) == {"a": [1, 3, 5], "b": [2, 4, 6]}


def test_row_numbers_count_records_not_lines():
    table = read('a,b\n"x\ny\nz",1\nq\np,2\n')
    assert faults(table) == [("missing-cell", 3, 2)]


def test_zero_bytes_are_reported():
    table = read("a,b\n1,x\0y\n2,z\n")
    assert faults(table) == [("encoding-error", 2, 2)]
    assert data(table)["b"] == ["x\0y", "z"]


# --- encodings and containers ------------------------------------------------------------------------------------

TEXT = "name,city\nJosé,Málaga\nZoë,Köln\n"


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("latin-1", "latin-1"),
    ],
)
def test_encodings(encoding, named):
    table = read(TEXT.encode(encoding))
    assert data(table) == {"name": ["José", "Zoë"], "city": ["Málaga", "Köln"]}
    assert table.details["encoding"] == named
    assert table.findings == []


def test_cp1252():
    table = read("name,note\nA,“x” 5 €\nB,y\n".encode("cp1252"))
    assert data(table)["note"][0] == "“x” 5 €"
    assert table.details["encoding"] == "cp1252"


def test_a_byte_order_mark_before_a_quoted_header():
    assert list(data(read('"a","b"\n1,2\n'.encode("utf-8-sig")))) == ["a", "b"]


def test_an_encoding_told():
    assert data(read("a,b\nж,1\n".encode("cp1251"), encoding="cp1251"))["a"] == ["ж"]
    with pytest.raises(UsageError, match="unknown encoding"):
        read("a,b\n", encoding="klingon")


def test_damaged_utf8_is_reported_with_its_place():
    table = read("a,b\né,ü\nö,".encode() + b"\xff" + "\nñ,à\n".encode())
    assert data(table)["b"] == ["ü", "�", "à"]
    assert faults(table) == [("encoding-error", None, None), ("encoding-error", 3, 2)]


def test_latin_bytes_far_below_decide_the_encoding():
    table = read(b"a,b\n" + b"x,1\n" * 200_000 + b"\xe9,2\n")
    assert table.details["encoding"] == "latin-1"
    assert data(table)["a"][-1] == "é"


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lambda raw: pa.compress(raw, "zstd", asbytes=True)]
)
def test_compressed(pack, tmp_path):
    path = tmp_path / "data.bin"
    path.write_bytes(pack(TEXT.encode()))
    assert data(read_csv(path)) == data(read(TEXT))


def test_compressed_and_cut_short():
    with pytest.raises(ReadError, match="damaged or cut short"):
        read(gzip.compress(TEXT.encode() * 1000)[:-20])


def test_a_stream_that_cannot_seek(tmp_path):
    import os

    reader, writer = os.pipe()
    os.write(writer, TEXT.encode())
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        assert data(read_csv(stream)) == data(read(TEXT))


def test_what_cannot_be_read(tmp_path):
    with pytest.raises(ReadError, match="No such file"):
        read_csv(tmp_path / "absent.csv")
    with pytest.raises(ReadError, match="directory"):
        read_csv(tmp_path)
    with pytest.raises(ReadError, match="open as text"):
        read_csv(io.StringIO("a,b\n"))


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", "\r\n"])
def test_an_empty_file(text):
    table = read(text)
    assert table.frame.collect().shape == (0, 0)
    assert faults(table) == [("source-error", None, None)]


# --- nothing is lost ---------------------------------------------------------------------------------------------

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffd\ufeff"), max_size=8)
WIDTHS = st.integers(1, 5)


@st.composite
def written(draw):
    """A table of any texts, and the bytes that Python's csv module writes for it in some dialect."""
    width = draw(WIDTHS)
    body = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8))
    delimiter = draw(st.sampled_from(",;\t|^~ :"))
    quote = draw(st.sampled_from("\"'"))
    newline = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    escape = draw(st.sampled_from([None, "\\"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
    if quoting != csv.QUOTE_ALL:  # Python 3.11 leaves line ends that are not the file's own unquoted
        body = [
            [cell.translate(dict.fromkeys(map(ord, set("\r\n") - set(newline)))) for cell in row]
            for row in body
        ]
    buffer = io.StringIO(newline="")
    writer = csv.writer(
        buffer,
        delimiter=delimiter,
        quotechar=quote,
        escapechar=escape,
        doublequote=escape is None,
        lineterminator=newline,
        quoting=quoting,
    )
    writer.writerows([[f"label{n}" for n in range(width)], *body])
    return body, buffer.getvalue(), Dialect(delimiter, quote, escape, newline)


@given(written())
def test_what_a_csv_writer_wrote_is_read_back(case):
    body, text, dialect = case
    table = read(text, dialect=dialect, has_header=True, typed=False)
    assert list(rows(table))[1:] == body
    assert table.findings == []


MESSY = st.text(alphabet='ab1,"\n\r ', max_size=40)


@given(MESSY, st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_regular_file_reads_the_same_on_both_paths(text, newline):
    dialect = Dialect(newline=newline)
    records = [record.cells for record in lexer.records(split(text), dialect) if record.cells]
    width = len(records[0]) if records else 1
    if regular.prove([text.encode()], dialect, width) is None:
        return
    table = read(text, dialect=dialect, has_header=False, typed=False)
    if records:
        assert [list(row) for row in table.frame.collect().iter_rows()] == records
        assert table.details["regular"]


@given(MESSY, st.integers(1, 12))
def test_proof_of_regularity_does_not_depend_on_the_blocks(text, size):
    raw = text.encode()
    blocks = [raw[at : at + size] for at in range(0, len(raw), size)]
    for width in (1, 2, 3):
        pieces, whole = (regular.prove(given, Dialect(), width) for given in (blocks, [raw]))
        assert (pieces and pieces.records) == (whole and whole.records)


@given(st.lists(st.lists(st.sampled_from(["1", "x", "", "2.5", "y z"]), max_size=5), min_size=1, max_size=30))
def test_every_value_of_a_ragged_file_is_in_the_table_or_in_a_finding(lines):
    text = "id,name,sum\n" + "".join(",".join(line) + "\n" for line in lines)
    table = read(text, dialect=Dialect(), has_header=True, typed=False)
    found = Counter(cell for row in list(rows(table))[1:] for cell in row if cell)
    found.update(
        cell for one in table.findings if one.type == "source-error" for cell in one.cells or () if cell
    )
    assert found == Counter(cell for line in lines for cell in line if cell)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_table_or_a_read_error(raw):
    try:
        table = read(raw)
    except ReadError:
        return
    table.frame.collect()


# --- public corpora ----------------------------------------------------------------------------------------------

#: The stored copy of these has other line ends, or another phone number, than the published answer.
CHANGED = {"newlines_crlf", "location_coordinates"}


@pytest.mark.corpus
def test_published_edge_cases(shared_data: Path):
    folder = shared_data / "edge" / "csv"
    wrong = []
    for path in sorted(folder.glob("*.csv")):
        expected = json.loads((folder.parent / "csv-expected" / f"{path.stem}.json").read_text())
        found = read_csv(path, typed=False).frame.collect().fill_null("").to_dicts()
        if found != expected:
            wrong.append(path.stem)
    assert set(wrong) <= CHANGED


@pytest.mark.corpus
@pytest.mark.parametrize("pattern", ["market/*.csv", "ecommerce/olist/*.csv", "dirty/hospital/*.csv"])
def test_real_files_lose_no_row(shared_data: Path, pattern):
    for path in sorted(shared_data.glob(pattern)):
        with path.open(newline="", encoding="utf-8-sig") as file:
            expected = [row for row in csv.reader(file) if row]
        table = read_csv(path, typed=False)
        assert list(rows(table))[1:] == expected[table.details["header"] :], path.name
