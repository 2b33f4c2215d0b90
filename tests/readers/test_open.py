"""The one door: what a thing is, is told by its content; what cannot be opened says why and what to do."""

from __future__ import annotations

import bz2
import gzip
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from sentineldq.errors import ReadError, UsageError
from sentineldq.readers.open import open_table

CSV = b"id,name\n1,a\n2,b\n3,c\n"
ROWS = 3


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return buffer.getvalue()


def parquet() -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame({"id": [1, 2, 3]}).write_parquet(buffer)
    return buffer.getvalue()


PACKERS = {
    "": lambda data: data,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".zst": lambda data: pa.compress(data, codec="zstd", asbytes=True),
    ".zip": lambda data: zipped(inner__dat=data),
}
CONTENTS = {
    ".csv": CSV,
    ".tsv": CSV.replace(b",", b"\t"),
    ".txt": CSV,
    ".json": b'[{"id":1},{"id":2},{"id":3}]',
    ".ndjson": b'{"id":1}\n{"id":2}\n{"id":3}\n',
    ".parquet": parquet(),
}


@pytest.mark.parametrize("pack", PACKERS)
@pytest.mark.parametrize("suffix", CONTENTS)
def test_every_format_in_every_packing(tmp_path: Path, suffix: str, pack: str) -> None:
    path = tmp_path / f"orders{suffix}{pack}"
    path.write_bytes(PACKERS[pack](CONTENTS[suffix]))
    table = open_table(path)
    assert table.frame.collect().height == ROWS
    assert table.name == "orders"
    assert table.findings == []


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", parquet(), "parquet"),
        ("a.csv", b'[{"id":1},{"id":2},{"id":3}]', "json"),
        ("a.parquet", CSV, "csv"),
        ("a.csv", gzip.compress(parquet(), mtime=0), "parquet"),
        ("a.xlsx", CSV, "csv"),
    ],
)
def test_a_wrong_extension_is_a_finding(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    table = open_table(path)
    assert table.frame.collect().height == ROWS
    assert table.format == kind
    [finding] = table.findings
    assert finding.type == "format-error"
    assert f"{kind} by its content" in finding.message


def test_text_that_only_looks_like_json_is_csv(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("[id],{name}\n1,a\n2,b\n3,c\n")
    assert open_table(path).format == "csv"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", ["empty", "header"]),
        (gzip.compress(b"", mtime=0), ["empty"]),
        (gzip.compress(CSV * 1000, mtime=0)[:60], ["gzip", "cut short"]),
        (PACKERS[".zst"](CSV * 1000)[:30], ["zstd", "cut short"]),
        (b"PK\x03\x04" + b"junk" * 20, ["zip data"]),
        (b"<!DOCTYPE html><html>", ["web page"]),
        (b"%PDF-1.7", ["PDF", "CSV"]),
        (b"Obj\x01avro", ["Avro"]),
        (zipped(a__csv=CSV, b__csv=CSV), ["2 files", "a.csv, b.csv"]),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, words: list[str]) -> None:
    with pytest.raises(ReadError) as caught:
        open_table(data)
    assert all(word in str(caught.value) for word in words)


def test_a_member_of_an_archive_is_chosen(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    path.write_bytes(zipped(a__csv=CSV, b__csv=CSV + b"4,d\n"))
    assert open_table(f"{path}#b.csv").frame.collect().height == 4


def test_a_missing_file_suggests_a_near_one(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_bytes(CSV)
    with pytest.raises(ReadError, match=r"did you mean .*orders\.csv"):
        open_table(tmp_path / "order.csv")
    with pytest.raises(ReadError, match="no folder"):
        open_table(tmp_path / "nowhere" / "order.csv")
    with pytest.raises(ReadError, match="no file has a name like this"):
        open_table(tmp_path / "x*.csv")


def test_a_folder_is_one_table(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "b.csv").write_bytes(CSV)
    (tmp_path / "in" / "a.csv.gz").write_bytes(gzip.compress(b"id,name\n9,z\n8,y\n", mtime=0))
    (tmp_path / "README.md").write_text("no data")
    (tmp_path / ".hidden.csv").write_text("x")
    assert open_table(tmp_path).frame.collect().height == 5


def test_a_folder_of_several_kinds_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(CSV)
    (tmp_path / "a.parquet").write_bytes(parquet())
    with pytest.raises(ReadError, match="csv, parquet"):
        open_table(tmp_path)


def test_a_name_with_a_hash_is_a_name(tmp_path: Path) -> None:
    path = tmp_path / "a#b.csv"
    path.write_bytes(CSV)
    assert open_table(path).frame.collect().height == ROWS


@pytest.mark.parametrize("name", ["orders-*.csv", "orders_?.csv.gz", "orders.csv", "orders[0-9].csv"])
def test_the_name_is_the_files(name: str) -> None:
    from sentineldq.readers.open import stem

    assert stem(Path("x") / name) == "orders"


def test_a_binary_stream_is_read() -> None:
    assert open_table(io.BytesIO(CSV)).frame.collect().height == ROWS


def test_wrong_calls_say_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 'parquet'"):
        open_table(CSV, format="parqet")
    with pytest.raises(UsageError, match="no option 'nothing'"):
        open_table(CSV, nothing=1)
    with pytest.raises(UsageError, match="empty"):
        open_table(" ")
    (tmp_path / "a.csv").write_bytes(CSV)
    with pytest.raises(UsageError, match="has no parts"):
        open_table(f"{tmp_path}/a.csv#x")
    with pytest.raises(ReadError, match="remote"):
        open_table("https://user:secret@example.org/a.csv")


def test_standard_input_and_light_imports() -> None:
    """A small CSV costs neither pyarrow nor pandas nor SQLAlchemy."""
    code = (
        "import sys; from sentineldq.readers.open import open_table\n"
        "t = open_table('-')\n"
        "print(t.name, t.frame.collect().height)\n"
        "print([m for m in ('pyarrow', 'pandas', 'sqlalchemy', 'duckdb', 'sqlglot') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], input=CSV, capture_output=True, check=True)
    assert done.stdout.decode().split("\n")[:2] == ["stdin 3", "[]"]


def test_scratch_files_are_gone_after_the_process() -> None:
    code = (
        "from sentineldq.readers.open import open_table; from sentineldq.readers import spill\n"
        "open_table(b'[{\"a\":1}]', format='json').frame.collect(); print(spill._folder())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert not Path(done.stdout.strip()).exists()


def test_csv_files_are_typed_together(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("id,code,x\n1,10,1.50\n2,11,2\n")
    (tmp_path / "2.csv").write_text("code,id\nA7,3\nA8,4\n")
    table = open_table(str(tmp_path / "*.csv"))
    assert table.text
    assert table.frame.collect().rows() == [(1, "10", 1.5), (2, "11", 2.0), (3, "A7", None), (4, "A8", None)]
    assert [finding.field_name for finding in table.findings] == ["x"]
    assert open_table(str(tmp_path / "*.csv"), typed=False).frame.collect()["x"][0] == "1.50"


@pytest.mark.parametrize(("suffix", "data"), [("csv", "a,b\n1,x\n2,y\n"), ("ndjson", '{"a":1,"b":"x"}\n')])
def test_folders_of_keys_become_columns(tmp_path: Path, suffix: str, data: str) -> None:
    for year in ("2023", "2024"):
        (tmp_path / f"year={year}").mkdir()
        (tmp_path / f"year={year}" / f"x.{suffix}").write_text(data)
    frame = open_table(tmp_path).frame.collect()
    assert frame.columns == ["a", "b", "year"]
    assert sorted(map(str, frame["year"].unique())) == ["2023", "2024"]


def test_files_of_several_formats_are_joined(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(CSV)
    (tmp_path / "b.parquet").write_bytes(parquet())
    table = open_table(str(tmp_path / "*.*"))
    assert table.frame.collect()["id"].to_list() == [1, 2, 3, 1, 2, 3]
    assert (table.text, table.format) == (False, "")
