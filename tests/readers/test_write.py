"""Writing: what is read back is what was written, and no cell is a formula."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from sentineldq.errors import UsageError, WriteError
from sentineldq.readers.open import open_table
from sentineldq.readers.write import write_table

FRAME = pl.DataFrame({"id": [1, -2], "name": ["a", None], "x": [1.5, -0.25]})


@pytest.mark.parametrize(
    "name", ["t.parquet", "t.arrow", "t.feather", "t.ndjson", "t.jsonl", "t.ndjson.gz", "t.ndjson.zst"]
)
@pytest.mark.parametrize("lazy", [True, False])
def test_what_is_written_is_read_back(tmp_path: Path, name: str, lazy: bool) -> None:
    write_table(FRAME.lazy() if lazy else FRAME, tmp_path / name)
    assert_frame_equal(open_table(tmp_path / name).frame.collect(), FRAME)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.csv.gz", "t.csv.zst"])
def test_csv_is_read_back(tmp_path: Path, name: str) -> None:
    write_table(FRAME, tmp_path / name)
    table = open_table(tmp_path / name)
    assert table.frame.collect().shape == FRAME.shape
    assert table.findings == []


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_no_text_is_a_formula(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "t.csv"
    write_table(pl.DataFrame({"x": [cell], "n": [-1], "c": pl.Series([cell], dtype=pl.Categorical)}), path)
    back = pl.read_csv(path)
    assert back.row(0) == (f"'{cell}", -1, f"'{cell}")


def test_a_header_is_a_cell_too(tmp_path: Path) -> None:
    write_table(pl.DataFrame({"=evil": [1]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == "'=evil\n1\n"


def test_harmless_text_is_not_touched(tmp_path: Path) -> None:
    frame = pl.DataFrame({"x": ["a=b", "1-2", "", " -", "a\nb", 'q"q']})
    write_table(frame, tmp_path / "t.csv")
    assert_frame_equal(pl.read_csv(tmp_path / "t.csv", empty_string_is_null=False), frame)


def test_nested_values_are_json_in_a_cell(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "s": [{"a": 1, "b": "é"}, None],
            "l": [["x", None], []],
            "e": [[{"check": "not_null", "columns": ["a"]}], None],
            "b": [b"\x00\xff", None],
            "d": [dt.timedelta(hours=1), None],
            "m": [Decimal("1.50"), None],
        }
    )
    write_table(frame, tmp_path / "t.csv")
    first, second = pl.read_csv(tmp_path / "t.csv", infer_schema=False).to_dicts()
    assert json.loads(first["s"]) == {"a": 1, "b": "é"}
    assert json.loads(first["l"]) == ["x", None]
    assert json.loads(first["e"]) == [{"check": "not_null", "columns": ["a"]}]
    assert (first["b"], first["d"], first["m"]) == ("AP8=", "PT1H", "1.50")
    assert second == {"s": None, "l": "[]", "e": None, "b": None, "d": None, "m": None}


def test_arrays_and_lists_of_times_in_csv(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"a": pl.Series([[1, 2]], dtype=pl.Array(pl.Int64, 2)), "t": [[dt.date(2024, 1, 1)]]}
    )
    write_table(frame, tmp_path / "t.csv")
    assert pl.read_csv(tmp_path / "t.csv").row(0) == ("[1,2]", '["2024-01-01"]')


@pytest.mark.parametrize("name", ["t", "t.xyz", "t.parquet.gz", "t.gz"])
def test_an_unknown_extension_is_refused_before_anything_is_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no format to write"):
        write_table(FRAME, tmp_path / name)


def test_a_file_that_cannot_be_written_is_an_error_and_the_old_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("old")
    broken = FRAME.lazy().with_columns(pl.col("name").str.to_integer(strict=True))
    with pytest.raises(pl.exceptions.PolarsError):
        write_table(broken, path)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["t.csv"]
    with pytest.raises(WriteError, match="cannot write"):
        write_table(FRAME, tmp_path / "nowhere" / "t.csv")
