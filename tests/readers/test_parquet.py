"""Parquet and Arrow: scanned lazily, natively where it is the same; damage is an error with a hint."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest
from polars.testing import assert_frame_equal

from sentineldq.errors import ReadError
from sentineldq.readers.open import open_table

FRAME = pl.DataFrame({"id": [1, 2, 3], "name": ["a", None, "c"], "tags": [["x"], [], None]})


def test_one_file_keeps_its_path(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    FRAME.write_parquet(path)
    table = open_table(path)
    assert table.paths == (str(path),)
    assert (table.name, table.format, table.text, table.findings) == ("orders", "parquet", False, [])
    assert_frame_equal(table.frame.collect(), FRAME)


def test_files_of_one_schema_keep_their_paths_in_order(tmp_path: Path) -> None:
    for part in ("2", "10", "1"):
        pl.DataFrame({"part": [part]}).write_parquet(tmp_path / f"p{part}.parquet")
    table = open_table(str(tmp_path / "p*.parquet"))
    assert [Path(path).name for path in table.paths] == ["p1.parquet", "p10.parquet", "p2.parquet"]
    assert table.frame.collect()["part"].to_list() == ["1", "10", "2"]


def test_a_missing_column_is_null_and_a_finding(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1], "b": [2.5]}).write_parquet(tmp_path / "1.parquet")
    pl.DataFrame({"c": ["x"], "a": pl.Series([2], dtype=pl.Int8)}).write_parquet(tmp_path / "2.parquet")
    table = open_table(tmp_path)
    assert table.frame.collect().rows() == [(1, 2.5, None), (2, None, "x")]
    assert table.paths == ()
    assert sorted(str(finding.field_name) for finding in table.findings) == ["b", "c"]
    assert "2.parquet has no column 'b'" in str([finding.message for finding in table.findings])


def test_a_conflict_of_types_names_both_files(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "1.parquet")
    pl.DataFrame({"a": ["x"]}).write_parquet(tmp_path / "2.parquet")
    with pytest.raises(ReadError, match=r"'a' is Int64 in .*1\.parquet but String in .*2\.parquet"):
        open_table(tmp_path)


def test_folders_of_keys_become_columns(tmp_path: Path) -> None:
    for day in ("2024-01-01", "2024-01-02"):
        folder = tmp_path / "lake" / f"day={day}"
        folder.mkdir(parents=True)
        pl.DataFrame({"a": [1]}).write_parquet(folder / "x.parquet")
        (folder / "_SUCCESS").touch()
    table = open_table(tmp_path / "lake")
    assert table.frame.collect()["day"].cast(pl.String).to_list() == ["2024-01-01", "2024-01-02"]


def test_a_table_format_is_not_read_as_a_folder(tmp_path: Path) -> None:
    (tmp_path / "_delta_log").mkdir()
    FRAME.write_parquet(tmp_path / "part.parquet")
    with pytest.raises(ReadError, match="Delta"):
        open_table(tmp_path)


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.999])
def test_a_truncated_file_is_refused(tmp_path: Path, keep: float) -> None:
    path = tmp_path / "cut.parquet"
    FRAME.write_parquet(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(ReadError, match="cut short"):
        open_table(path)


def test_a_damaged_footer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.parquet"
    FRAME.write_parquet(path)
    data = bytearray(path.read_bytes())
    data[-40:-8] = b"\xff" * 32
    path.write_bytes(data)
    with pytest.raises(ReadError, match="footer is damaged"):
        open_table(path)


@pytest.mark.parametrize("suffix", ["arrow", "feather", "ipc"])
def test_arrow_files_are_lazy(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t.{suffix}"
    FRAME.write_ipc(path)
    assert_frame_equal(open_table(path).frame.collect(), FRAME)


def test_an_arrow_stream_is_read_from_bytes() -> None:
    buffer = io.BytesIO()
    FRAME.write_ipc_stream(buffer, compat_level=pl.CompatLevel.oldest())
    table = open_table(buffer.getvalue(), name="stream")
    assert table.name == "stream"
    assert_frame_equal(table.frame.collect(), FRAME)


def test_damaged_arrow_is_refused_or_read_never_a_crash(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    FRAME.write_ipc_stream(buffer, compat_level=pl.CompatLevel.oldest())
    refused = 0
    for position in range(4, len(buffer.getvalue()), 7):
        data = bytearray(buffer.getvalue())
        data[position] ^= 0xFF
        try:
            open_table(bytes(data), format="arrow").frame.collect()
        except ReadError:
            refused += 1
    assert refused > 10


def test_an_empty_table_keeps_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "none.parquet"
    FRAME.clear().write_parquet(path)
    assert open_table(path).frame.collect().schema == FRAME.schema


def test_batches_larger_than_memory_wait_on_disk() -> None:
    from sentineldq.readers.spill import spill

    batches = [pl.DataFrame({"n": range(start, start + 1000)}) for start in range(0, 10_000, 1000)]
    frame = spill([pl.DataFrame({"n": [None]}), *batches], name="x", memory=10_000)
    assert "Parquet SCAN" in frame.explain()
    assert frame.collect()["n"].to_list() == [None, *range(10_000)]


def test_parquet_of_another_writer() -> None:
    table = pa.table(
        {
            "d": pa.array([None, "1.5"]).cast(pa.decimal128(10, 2)),
            "t": pa.array([0, 1], pa.timestamp("ns", "Europe/Berlin")),
        }
    )
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(table, buffer)
    found = open_table(buffer.getvalue()).frame.collect()
    assert found.schema == {"d": pl.Decimal(10, 2), "t": pl.Datetime("ns", "Europe/Berlin")}
