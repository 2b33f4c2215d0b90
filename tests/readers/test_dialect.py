"""The dialect that a text is written in."""

from __future__ import annotations

import csv
import io
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.readers.dialect import Dialect, sniff, split

ROWS = [
    ["id", "name", "born", "score"],
    ["1", "Ann Smith", "1999-01-02", "3.5"],
    ["2", "Bob, Jr.", "1980-11-30", "-1"],
    ["3", 'Carl "Big" Ox', "2001-07-09", "0.25"],
    ["4", "Dora O'Neil", "1975-03-04", "12"],
]


def written(rows, **options) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, **options).writerows(rows)
    return buffer.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ":", "^", "~"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiter_and_newline(delimiter, newline):
    found = sniff(written(ROWS, delimiter=delimiter, lineterminator=newline))
    assert found == Dialect(delimiter, '"', None, newline)


def test_space_as_delimiter():
    text = "a b c\n1 2 x\n3 4 y\n5 6 z\n"
    assert sniff(text).delimiter == " "


@pytest.mark.parametrize("delimiter", [", ", "; ", "||", "::", "\t\t", "~|~", " | "])
def test_delimiters_of_several_characters(delimiter):
    rows = [["id", "name", "score"], ["1", "Ann", "2.5"], ["2", "Bob", "3"], ["3", "Carl", "4"]]
    assert sniff("".join(delimiter.join(row) + "\n" for row in rows)).delimiter == delimiter


def test_two_delimiters_in_a_row_are_an_empty_cell_where_single_ones_exist():
    assert sniff("a|b|c\n1||3\n4||6\n").delimiter == "|"


def test_quoted_cells_hold_other_delimiters():
    text = 'a;b\n"1,2,3";"x,y"\n"4,5,6";"z,w"\n'
    assert sniff(text).delimiter == ";"


def test_single_quotes():
    assert sniff("a,b\n'x, y',1\n'z, w',2\n'it''s',3\n").quote == "'"


def test_apostrophes_are_not_quotes():
    assert sniff("a,b\ndon't,1\nKids' boots,2\nthat's,3\n").quote == '"'


def test_backslash_before_quotes_is_an_escape():
    assert sniff('a,b\n"say \\"hi\\" now",1\n"an \\"x\\" too",2\n').escape == "\\"


def test_backslash_in_paths_is_no_escape():
    assert sniff('a,b\n"C:\\dir\\",1\n"D:\\x\\",2\n').escape is None


def test_backslash_before_doubled_quotes_is_text():
    text = 'a,b\n"{""k"": ""x\\""y""}",1\n"{""k"": ""z""}",2\n'
    assert sniff(text).escape is None


@pytest.mark.parametrize(
    "text",
    [
        "value\n1\n2\n3\n",
        "when\n2024-01-01 10:00:00\n2024-01-02 11:30:00\n2024-01-03 09:00:00\n",
        "mail\na.b@example.org\nc-d@example.org\n",
        "word\none\ntwo\n",
        "one line",
        "Once upon a time.\nThere was a table, it had no columns.\nThe end of it\n",
        "10:00 INFO started\n10:01 WARN slow query on table x\n10:02 INFO done\n",
    ],
)
def test_one_column(text):
    assert sniff(text).delimiter == ""


def test_decimal_commas_belong_to_numbers():
    assert sniff("name;price\nA;1,50\nB;2,75\nC;10,00\n").delimiter == ";"


def test_times_and_urls_do_not_make_colons_delimiters():
    rows = [f"{n}/01/2024,10:{n:02},https://x.example/{n}\n" for n in range(10, 20)]
    assert sniff("day,time,link\n" + "".join(rows)).delimiter == ","


def test_one_ragged_row_changes_nothing():
    text = written(ROWS * 5) + "9,x\n" + written(ROWS[1:] * 5)
    assert sniff(text).delimiter == ","


@pytest.mark.parametrize("text", ["", "\n", " \n\n", "\r\n\r\n"])
def test_nothing_to_sniff(text):
    assert sniff(text).delimiter == ""


@given(st.text())
def test_split_loses_nothing(text):
    lines = split(text)
    assert "".join(lines) == text
    assert all(line.rstrip("\r\n").count("\n") + line.rstrip("\r\n").count("\r") == 0 for line in lines)


@given(st.text(alphabet="a1,;|\t\"'\\ \n\r:", max_size=60))
def test_any_text_has_a_dialect(text):
    assert isinstance(sniff(text), Dialect)


WORDS = st.sampled_from(
    ["red", "green apple", "Oslo, Norway", 'a "b" c', "x;y", "p|q", "it's", "", "line\nbreak"]
)
NUMBERS = st.integers(-999, 999).map(str) | st.sampled_from(["1.5", "-0.25", "100.0"])
DATES = st.dates().map(str)


@given(
    st.lists(st.tuples(NUMBERS, WORDS, DATES, WORDS, NUMBERS), min_size=5, max_size=30),
    st.sampled_from(
        list(product(",;\t|", ["\n", "\r\n"], [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
    ),
)
def test_ordinary_tables_in_ordinary_dialects(rows, how):
    delimiter, newline, quoting = how
    text = written(
        [("id", "what", "day", "note", "sum"), *rows],
        delimiter=delimiter,
        lineterminator=newline,
        quoting=quoting,
    )
    found = sniff(text)
    assert (found.delimiter, found.quote, found.escape) == (delimiter, '"', None)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("at,rows\n2026-01-01 10:00:00,108\n2026-01-01 11:00:00,97\n", ","),
        ("day\n2026-01-01\n2026-01-02\n", ""),
        ("2026-01-01 10:00:00,108\n2026-01-01 11:00:00,970\n", ""),
    ],
    ids=["a title that is split", "dates alone", "fractions of seconds"],
)
def test_times_before_a_comma(text: str, delimiter: str) -> None:
    assert sniff(text).delimiter == delimiter
