"""Every format of files as records: JSON, NDJSON under other names, CSV, Parquet, Arrow; whole, damaged, resumed."""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given

from sentineldq.sources.batch import Batch
from sentineldq.sources.registry import make


def read(path: Path, cursor: Any = None, **config: Any) -> list[Batch]:
    source = make({"kind": "files", "path": str(path), "settle": 0, **config}, root=Path(), name="t")
    found = list(source.read({"files:t": cursor} if cursor else {}))
    for batch in found:
        batch.records.validate(full=True)
        assert batch.records.type == pa.large_binary()
    return found


def raws(batches: list[Batch]) -> list[bytes]:
    return [record for batch in batches for record in batch.records.to_pylist()]


def values(batches: list[Batch]) -> list[Any]:
    return [json.loads(record, parse_float=Decimal) for record in raws(batches)]


def resumed(path: Path, batches: list[Batch], **config: Any) -> None:
    """Reading on from every cursor gives exactly the rest."""
    for number, batch in enumerate(batches):
        rest = read(path, batch.cursor, **config)
        assert [again.records for again in rest] == [after.records for after in batches[number + 1 :]]


# ------------------------------------------------------------------------------------------------ JSON


@pytest.mark.parametrize(
    ("text", "config", "records"),
    [
        ('[{"a": 1} , {"b":[ 2 ]}]', {}, [b'{"a": 1}', b'{"b":[ 2 ]}']),
        ('\ufeff[\n {"a":1},\n {"a":2}\n]\n', {}, [b'{"a":1}', b'{"a":2}']),
        ('{\n "a": 1\n}\n', {}, [b'{\n "a": 1\n}']),
        ('{"a":1}', {}, [b'{"a":1}']),
        ('{"a":1}\n{"a":2}', {}, [b'{"a":1}\n', b'{"a":2}']),
        ('\n{"a":\n{"a":2}\n', {}, [b'\n{"a":\n', b'{"a":2}\n']),
        ('{"data":{"rows":[1,{"x":"\\u00e9"}]}}', {"records": "data.rows"}, [b"1", b'{"x":"\\u00e9"}']),
        ('{"data":{"one":{"a":1}}}', {"records": "data.one"}, [b'{"a":1}']),
        ("[]", {}, []),
        ("  ", {}, []),
    ],
)
def test_json_documents_give_their_records_as_sent(
    tmp_path: Path, text: str, config: dict[str, str], records: list[bytes]
) -> None:
    (tmp_path / "a.json").write_text(text)
    found = read(tmp_path, **config)
    assert raws(found) == records
    assert not any(batch.fault for batch in found)
    resumed(tmp_path, read(tmp_path, batch_rows=1, **config), batch_rows=1, **config)


@pytest.mark.parametrize(
    ("data", "config", "reason"),
    [
        (b'[{"a":1}, {"a":', {}, "truncated"),
        (b'{\n"a": 1,\n}', {}, "trailing comma"),
        (b'[{"a":"\xff"}]', {}, "invalid start byte"),
        (b'{"a":[1]}', {"records": "b"}, "there is nothing at 'b'"),
        (b"[1]", {"records": "b"}, "there is nothing at 'b'"),
        (b"[" * 100_000, {}, "recursion"),
    ],
)
def test_a_document_that_cannot_be_read_is_one_batch_with_its_fault(
    tmp_path: Path, data: bytes, config: dict[str, str], reason: str
) -> None:
    (tmp_path / "a.json").write_bytes(data)
    (tmp_path / "b.json").write_bytes(b'{"b":[2]}')
    bad, good = read(tmp_path, order="name", **config)
    assert reason in (bad.fault or "")
    assert raws([bad]) == [data]
    assert good.fault is None
    assert read(tmp_path, good.cursor, order="name", **config) == []


def test_a_young_document_that_is_not_whole_is_left_for_later(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'[{"a":1}, {"a":')
    (tmp_path / "a.csv").write_bytes(b"a,b\n1,2\n3,")
    source = make({"kind": "files", "path": str(tmp_path), "settle": 0.3}, root=Path(), name="t")
    found = source.read({})
    assert json.loads(next(found).records[0].as_py()) == {"a": "1", "b": "2"}
    (tmp_path / "a.json").write_bytes(b'[{"a":1}, {"a":2}]')
    assert sorted(raws(list(found))) == [
        b'["3",null]\n' if False else b'{"a":"3","b":null}\n',
        b'{"a":1}',
        b'{"a":2}',
    ]


def test_the_hours_of_gh_archive_are_read_as_they_are(tmp_path: Path) -> None:
    lines = b"".join(b'{"id":"%d"}\n' % number for number in range(10))
    (tmp_path / "2015-01-01-7.json.gz").write_bytes(gzip.compress(lines))
    (tmp_path / "2015-13-01-7.json.gz").write_bytes(gzip.compress(lines))
    hour, other = read(tmp_path, order="name")
    assert raws([hour]) == lines.splitlines(keepends=True)
    assert hour.time == datetime(2015, 1, 1, 7, tzinfo=UTC)
    assert other.time.timestamp() == pytest.approx((tmp_path / "2015-13-01-7.json.gz").stat().st_mtime)
    assert hour.origin == str(tmp_path / "2015-01-01-7.json.gz")


@pytest.mark.corpus
def test_real_hours_are_the_same_lines(shared_data: Path) -> None:
    for path in sorted((shared_data / "github").glob("*.json.gz")):
        found = read(path, batch_rows=1000)
        assert b"".join(raws(found)) == gzip.decompress(path.read_bytes())
        assert max(len(batch.records) for batch in found) == 1000
        resumed(path, found[-3:], batch_rows=1000)


# ------------------------------------------------------------------------------------------------- CSV


def test_rows_of_csv_are_objects_of_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes('id,näme,x\r\n01,"a ""b"", c",\r\n2,\u20ac\t,""\r\n'.encode())
    [batch] = read(tmp_path)
    assert batch.form == "text"
    assert values([batch]) == [
        {"id": "01", "näme": 'a "b", c', "x": None},
        {"id": "2", "näme": "€\t", "x": ""},
    ]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress], ids=["plain", "gz", "zst"])
def test_rows_that_do_not_fit_are_kept_as_arrays_at_their_places(tmp_path: Path, pack: Any) -> None:
    rows = [f"{number},2020-01-01,{number / 2}" for number in range(50)]
    rows[10] = "10,2020-01-01,5.0,more,cells"
    rows[20:22] = ["20,no day", "21,no day"]
    rows.append("end of report")
    (tmp_path / "a.csv").write_bytes(pack(b"Report\nid,day,amount\n" + "\n".join(rows).encode() + b"\n"))
    found = read(tmp_path, batch_rows=7)
    cells = values(found)
    assert len(cells) == 52
    assert cells[10] == ["10", "2020-01-01", "5.0", "more", "cells"]
    assert cells[20:22] == [["20", "no day"], ["21", "no day"]]
    assert cells[50:] == [["Report"], ["end of report"]]
    assert [row["id"] for row in cells[:50] if isinstance(row, dict)] == [
        str(number) for number in range(50) if number not in {10, 20, 21}
    ]
    resumed(tmp_path, found, batch_rows=7)


table = st.lists(
    st.lists(st.text(alphabet="ab1,\"'é€ \n;\t-.", max_size=6), min_size=2, max_size=2),
    min_size=2,
    max_size=30,
)


@given(rows=table, count=st.integers(1, 9))
def test_what_was_written_as_csv_is_all_there(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], count: int
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["id", "text"], *rows])
    found = values(batches := read(path, batch_rows=count))
    cells = [list(row.values()) if isinstance(row, dict) else row for row in found]
    texts = Counter(tuple(cell or "" for cell in row) for row in cells)
    texts.pop(("id", "text"), None)  # where the reader took the header for a row
    wanted = Counter(tuple(row) for row in rows)
    assert {row: count for row, count in texts.items() if any(row)} == {
        row: count for row, count in wanted.items() if any(row)
    }
    resumed(path, batches, batch_rows=count)


def test_a_csv_file_that_grows_is_read_on_by_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,x\n1,a\n2,b")
    [first] = read(tmp_path)
    path.write_bytes(b"id,x\n1,a\n2,bc\n3,d\n")
    rest = read(tmp_path, first.cursor)
    assert values(rest) == [{"id": "2", "x": "bc"}, {"id": "3", "x": "d"}]  # the unended row again, whole
    path.write_bytes(b"id,x\n1,a\n2,bc\n3,d\n4,e\n")
    assert values(read(tmp_path, rest[-1].cursor)) == [{"id": "4", "x": "e"}]


def test_a_compressed_csv_cut_short_gives_its_rows_then_the_fault(tmp_path: Path) -> None:
    text = "id,x\n" + "".join(f"{number},{number**7 % 9973}\n" for number in range(30_000))
    packed = gzip.compress(text.encode())
    (tmp_path / "a.csv.gz").write_bytes(packed[: len(packed) // 2])
    *good, bad = read(tmp_path)
    assert "damaged or cut short" in (bad.fault or "")
    rows = values(good)
    assert [int(row["id"]) for row in rows] == list(range(len(rows)))
    assert len(rows) > 10_000
    assert f"{len(rows)},".startswith(raws([bad])[0].decode().partition(",")[0])
    assert read(tmp_path, bad.cursor) == []


def test_csv_that_is_none_is_a_batch_with_its_fault(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(b"\x1f\x8b" + random.Random(1).randbytes(1000))
    [bad] = read(tmp_path)
    assert bad.fault


@pytest.mark.corpus
@pytest.mark.parametrize(
    "pattern",
    [
        "market/*.csv",
        "market/bad/*.csv",
        "ecommerce/olist/*.csv",
        "ecommerce/retail-by-day/*.csv",
        "edge/csv/*.csv",
    ],
)
def test_real_csv_files_lose_no_row(shared_data: Path, pattern: str) -> None:
    for path in sorted(shared_data.glob(pattern))[:12]:
        found = values(batches := read(path, batch_rows=500))
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            wanted = sum(1 for row in csv.reader(file) if any(row)) - 1
        wanted -= path.name == "GC.csv"  # its header has two rows
        assert len(found) == wanted, path
        resumed(path, batches[-2:], batch_rows=500)


# ----------------------------------------------------------------------------------- Parquet and Arrow

TABLE = pa.table(
    {
        "id": pa.array([1, None, 2**63 - 1]),
        'na"me': pa.array(['a "b" \\ €\n', None, ""]),
        "price": pa.array([Decimal("1.10"), None, Decimal("-12345678901234567890.12")], pa.decimal128(38, 2)),
        "at": pa.array([0, None, 1_577_840_523_004_000], pa.timestamp("us", "Europe/Berlin")),
        "local": pa.array([0, None, 1_577_840_523_004_000_001], pa.timestamp("ns")),
        "day": pa.array([0, None, 18262], pa.date32()),
        "data": pa.array([b"\x00\xff", None, b""]),
        "ratio": pa.array([0.1, float("nan"), float("-inf")]),
        "tags": pa.array([["x", None], None, []]),
        "deep": pa.array(
            [{"when": 0, "list": [{"cost": Decimal("2.50")}]}, None, {"when": None, "list": None}],
            pa.struct(
                [
                    ("when", pa.timestamp("ms", "UTC")),
                    ("list", pa.list_(pa.struct([("cost", pa.decimal128(5, 2))]))),
                ]
            ),
        ),
        "flags": pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int64())),
    }
)
ROWS: list[dict[str, Any]] = [
    {
        "id": 1,
        'na"me': 'a "b" \\ €\n',
        "price": Decimal("1.10"),
        "at": "1970-01-01T00:00:00Z",
        "local": "1970-01-01T00:00:00",
        "day": "1970-01-01",
        "data": "AP8=",
        "ratio": Decimal("0.1"),
        "tags": ["x", None],
        "deep": {"when": "1970-01-01T00:00:00Z", "list": [{"cost": Decimal("2.50")}]},
        "flags": {"k": 1},
    },
    dict.fromkeys(TABLE.column_names),
    {
        "id": 2**63 - 1,
        'na"me': "",
        "price": Decimal("-12345678901234567890.12"),
        "at": "2020-01-01T01:02:03.004Z",
        "local": "2020-01-01T01:02:03.004000001",
        "day": "2020-01-01",
        "data": "",
        "ratio": None,
        "tags": [],
        "deep": {"when": None, "list": None},
        "flags": {},
    },
]


def write(path: Path, table: pa.Table) -> None:
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=2)
    elif path.suffix == ".feather":
        pyarrow.feather.write_feather(table, str(path), chunksize=2)
    else:
        opened = pa.ipc.new_stream if path.suffix == ".arrows" else pa.ipc.new_file
        with opened(str(path), table.schema) as writer:
            writer.write_table(table, max_chunksize=2)


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.arrows", "a.feather"])
@pytest.mark.parametrize("rows", [1, 2, 100])
def test_typed_rows_keep_their_values(tmp_path: Path, name: str, rows: int) -> None:
    write(tmp_path / name, TABLE)
    found = read(tmp_path, batch_rows=rows)
    assert values(found) == ROWS
    assert b'"price":1.10,' in raws(found)[0]
    assert {batch.form for batch in found} == {"json"}
    resumed(tmp_path, found, batch_rows=rows)


def test_a_damaged_page_is_a_fault_behind_the_good_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    noise = random.Random(1)
    table = pa.table({"x": [noise.random() for _ in range(3000)]})
    pq.write_table(table, path, row_group_size=1000, compression="zstd", use_dictionary=False)
    data = bytearray(path.read_bytes())
    second = pq.ParquetFile(path).metadata.row_group(1).column(0).data_page_offset
    data[second + 30 : second + 2000] = bytes(1970)
    path.write_bytes(data)
    good, bad = read(tmp_path)
    assert len(good.records) == 1000
    assert "damaged" in (bad.fault or "")
    assert read(tmp_path, bad.cursor) == []


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_a_file_cut_short_is_a_fault(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, TABLE)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: len(data) // 2])
    [bad] = read(tmp_path)
    assert "damaged" in (bad.fault or "")
    assert raws([bad]) == [data[: len(data) // 2]]


def test_a_young_file_that_is_not_whole_is_left_for_later(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", TABLE)
    data = (tmp_path / "a.parquet").read_bytes()
    write(tmp_path / "b.parquet", TABLE.slice(0, 1))
    (tmp_path / "a.parquet").write_bytes(data[:500])
    source = make(
        {"kind": "files", "path": str(tmp_path), "settle": 0.3, "order": "name"}, root=Path(), name="t"
    )
    found = source.read({})
    first = next(found)
    (tmp_path / "a.parquet").write_bytes(data)
    assert values([first, *found]) == [ROWS[0], *ROWS]


def test_types_that_no_json_is_exact_for_are_refused_by_name(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": pa.array([1], pa.decimal256(60, 2))}), tmp_path / "a.parquet")
    moments = pa.array([[("k", 1)]], pa.map_(pa.string(), pa.timestamp("us")))
    pq.write_table(pa.table({"x": moments}), tmp_path / "b.parquet")
    first, second = read(tmp_path, order="name")
    assert "decimal256(60, 2)" in (first.fault or "")
    assert "Map" in (second.fault or "")


@given(
    frame=st.lists(
        st.tuples(
            st.one_of(st.none(), st.text(max_size=5)),
            st.one_of(st.none(), st.decimals(-1000, 1000, places=3)),
            st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)),
        ),
        min_size=1,
        max_size=20,
    ),
    rows=st.integers(1, 9),
)
def test_any_values_come_back_from_parquet(
    tmp_path_factory: pytest.TempPathFactory, frame: list[tuple[Any, ...]], rows: int
) -> None:
    path = tmp_path_factory.mktemp("parquet") / "a.parquet"
    schema = {"s": pl.String, "d": pl.Decimal(12, 3), "f": pl.Float64}
    pl.DataFrame(frame, schema=schema, orient="row").write_parquet(path, row_group_size=4)
    found = [json.loads(raw) for raw in raws(read(path, batch_rows=rows))]
    assert [(row["s"], row["f"]) for row in found] == [(text, number) for text, _, number in frame]
    exact = [json.loads(raw, parse_float=str, parse_int=str)["d"] for raw in raws(read(path))]
    assert [None if text is None else Decimal(text) for text in exact] == [number for _, number, _ in frame]
