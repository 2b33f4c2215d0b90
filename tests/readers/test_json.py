"""JSON and NDJSON: nothing in a file is lost or changed without a finding."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import msgspec
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.errors import ReadError
from sentineldq.readers.open import open_table
from sentineldq.readers.table import Table


def lines(*texts: str) -> Table:
    return open_table("\n".join(texts).encode(), format="ndjson")


def rows(table: Table) -> list[dict[str, object]]:
    return table.frame.collect(engine="streaming").to_dicts()


def test_a_field_that_comes_late_is_a_column(tmp_path: Path) -> None:
    path = tmp_path / "late.ndjson"
    path.write_text('{"a":1}\n' * 5000 + '{"a":2,"b":"x"}\n')
    table = open_table(path)
    assert table.frame.collect_schema() == {"a": pl.Int64, "b": pl.String}
    assert table.frame.tail(1).collect().row(0) == (2, "x")
    assert table.findings == []
    assert table.name == "late"


def test_a_type_that_changes_late_is_text_and_a_finding() -> None:
    table = lines(*['{"a":1}'] * 3000, '{"a":"n/a"}', '{"a":2.5}')
    assert table.frame.collect()["a"].tail(2).to_list() == ["n/a", "2.5"]
    assert table.frame.collect()["a"].head(1).to_list() == ["1"]
    [finding] = table.findings
    assert finding.type == "type-error"
    assert finding.field_name == "a"
    assert "integer (line 1), string (line 3001), number (line 3002)" in finding.message


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1", "2"], pl.Int64),
        (["1", "2.5"], pl.Float64),
        (["9223372036854775807", "9223372036854775808"], pl.Int128),
        (["null", "true"], pl.Boolean),
        (["null"], pl.String),
        (["[]", "[1]"], pl.List(pl.Int64)),
        (['{"b":1}', '{"c":[{}]}'], pl.Struct({"b": pl.Int64, "c": pl.List(pl.String)})),
        (["[1]", '["x"]'], pl.List(pl.String)),
        (['{"b":1}', "3"], pl.String),
    ],
)
def test_the_type_holds_every_value(texts: list[str], expected: pl.DataType) -> None:
    table = lines(*(f'{{"a":{text}}}' for text in texts))
    assert table.frame.collect().schema == {"a": expected}


def test_bad_lines_are_findings_and_the_rest_is_read() -> None:
    table = lines(
        '{"a":1}',
        '{"a":',
        "[1]",
        "7",
        "",
        '{"a":NaN}',
        '{"a":2}',
        "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
    )
    assert rows(table) == [{"a": 1}, {"a": 2}]
    assert [finding.row_number for finding in table.findings] == [2, 3, 4, 6, 8]
    assert "NaN" in table.findings[3].message
    assert table.details["rejected"] == 5


@pytest.mark.parametrize(
    "bad",
    [
        b'{"a":"\xff"}',
        rb'{"a":"\ud800"}',
        b'{"a":1}{"a":2}',
        b'{"a":1e999}',
        b'{"a":' + b"9" * 50 + b"}",
        b'{"a":' + b"[" * 100_000,
    ],
)
def test_what_no_reader_agrees_on_is_refused_by_line(bad: bytes) -> None:
    table = open_table(b'{"a":1}\n' + bad + b'\n{"a":3}\n', format="ndjson")
    assert table.frame.collect()["a"].to_list() == [1, 3]
    assert [finding.row_number for finding in table.findings] == [2]


def test_marks_blank_lines_and_windows_ends_are_no_faults() -> None:
    table = open_table(b'\xef\xbb\xbf{"a":1}\r\n\r\n  \n{"a":2}\r\n')
    assert rows(table) == [{"a": 1}, {"a": 2}]
    assert table.findings == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_wide_encodings_are_read(encoding: str) -> None:
    assert rows(open_table('[{"a":"é"}]'.encode(encoding), format="json")) == [{"a": "é"}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[{"a":1},\n {"a":2, "b":"x\\ny"}]', [{"a": 1, "b": None}, {"a": 2, "b": "x\ny"}]),
        ('{"meta":{"n":2},"items":[{"a":1},{"a":2}]}', [{"a": 1}, {"a": 2}]),
        ('{\n  "a": 1,\n  "b": {\n    "c": [1, 2]\n  }\n}', [{"a": 1, "b": {"c": [1, 2]}}]),
        ('{"a":1}', [{"a": 1}]),
        ('{"a":1}\n{"a":2}', [{"a": 1}, {"a": 2}]),
        ('{"a":[{"x":1}],"b":[{"x":1}]}', [{"a": [{"x": 1}], "b": [{"x": 1}]}]),
    ],
)
def test_documents_of_every_form(tmp_path: Path, text: str, expected: list[dict[str, object]]) -> None:
    path = tmp_path / "data.json"
    path.write_text(text)
    assert rows(open_table(path)) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"a":1},\n {"a":NaN}]', ["NaN", "line 2, column 7", "RFC 8259"]),
        ('[{"a":1}', ["truncated"]),
        ("[1, 2]", ["not an object"]),
        ("[]", ["no records"]),
        ("{}", ["at least one field"]),
        ("   ", ["no records"]),
    ],
)
def test_a_document_that_cannot_be_read_says_why(tmp_path: Path, text: str, words: list[str]) -> None:
    path = tmp_path / "data.json"
    path.write_text(text)
    with pytest.raises(ReadError) as caught:
        open_table(path)
    assert all(word in str(caught.value) for word in words)


def test_many_files_are_one_table(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text('{"a":2,"b":{"y":1}}\n{"a":\n')
    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as file:
        file.write('{"a":1,"b":{"x":1}}\n')
    table = open_table(str(tmp_path / "*.jsonl*"))
    assert rows(table) == [{"a": 1, "b": {"x": 1, "y": None}}, {"a": 2, "b": {"x": None, "y": 1}}]
    [finding] = table.findings
    assert "b.jsonl, line 2" in finding.message


def test_names_that_msgspec_cannot_hold() -> None:
    table = lines(r'{"a\"b":1,"":2}', r'{"a\"b":3,"new":{"\n":1}}')
    assert rows(table) == [{'a"b': 1, "": 2, "new": None}, {'a"b': 3, "": None, "new": {"\n": 1}}]


def test_an_object_used_as_a_map_stays_text() -> None:
    table = lines(json.dumps({"m": {f"k{n}": n for n in range(1500)}}), '{"m":{"z":1}}')
    assert table.frame.collect_schema() == {"m": pl.String}
    assert json.loads(table.frame.collect()["m"][1]) == {"z": 1}
    assert "1501 different keys" in table.findings[0].message


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from("abc"),
            st.recursive(
                st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
                lambda inner: (
                    st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xy"), inner, max_size=2)
                ),
                max_leaves=6,
            ),
            min_size=1,
        ),
        min_size=1,
        max_size=8,
    )
)
def test_every_record_comes_back(records: list[dict[str, object]]) -> None:
    table = open_table(b"\n".join(map(msgspec.json.encode, records)), format="ndjson")
    frame = table.frame.collect()
    assert frame.height == len(records)
    mixed = {str(finding.field_name).partition(".")[0].partition("[")[0] for finding in table.findings}
    for name in set(frame.columns) - mixed:
        for found, record in zip(frame[name].to_list(), records, strict=True):
            assert same(found, record.get(name))


def same(found: object, sent: object) -> bool:
    """Equal but for what a type adds: nulls for absent keys, the text {} for an object that is always empty."""
    if isinstance(found, dict) and isinstance(sent, dict):
        return all(same(found.get(key), sent.get(key)) for key in {*found, *sent})
    if isinstance(found, list) and isinstance(sent, list):
        return len(found) == len(sent) and all(map(same, found, sent))
    return found == sent or (found == "{}" and sent == {})


@pytest.mark.corpus
def test_the_json_parsing_corpus_ends_in_a_table_or_an_error(shared_data: Path) -> None:
    cases = sorted((shared_data / "edge" / "json").rglob("*.json"))
    assert len(cases) > 300
    for case in cases:
        for text in (case.read_bytes(), b'{"v":' + case.read_bytes().replace(b"\n", b" ") + b"}"):
            try:
                height = open_table(text, format="json").frame.collect(engine="streaming").height
            except ReadError:
                continue
            assert height >= 1, case.name


def test_one_event_in_an_ndjson_file_is_one_row(tmp_path: Path) -> None:
    path = tmp_path / "push.ndjson"
    path.write_text('{"type":"push","commits":[{"sha":"a"},{"sha":"b"}]}\n')
    assert open_table(path).frame.collect().height == 1
