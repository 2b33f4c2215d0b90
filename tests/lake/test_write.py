"""Rows become files: by partition, byte for byte, with statistics where they help."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import hypothesis.strategies as st
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings

from sentineldq.errors import LakeError
from sentineldq.lake.commit import commit, write
from sentineldq.lake.durable import DurableStream
from sentineldq.lake.place import Mark
from tests.lake.parts import data_files, ensure_bronze, live_files, records

INSTANT = pa.timestamp("us", tz="UTC")
TIMES = [
    datetime(1969, 12, 31, 23, tzinfo=UTC),
    None,
    datetime(2026, 3, 1, tzinfo=UTC),
    datetime(2026, 2, 28, tzinfo=UTC),
]


@pytest.mark.parametrize(
    ("transform", "values"),
    [
        ("day", [-1, None, 20513, 20512]),
        ("month", [-1, None, 674, 673]),
        ("year", [-1, None, 56]),
        ("identity", [-3_600_000_000, None, 1_772_323_200_000_000, 1_772_236_800_000_000]),
    ],
)
def test_times_are_split_by_partition(lake, transform, values):
    rows = pa.table({"at": pa.array(TIMES, INSTANT), "n": [0, 1, 2, 3]})
    table = lake.ensure("silver.x", rows.schema, partition=("at", transform))
    files = write(table, rows)
    assert [file.partition[0] for file in files] == values
    table = commit(table, partition="p", expected=None, mark=Mark(1, 1), files=files)
    assert table.scan(row_filter="at >= '2026-03-01T00:00:00+00:00'").to_arrow()["n"].to_pylist() == [2]
    assert len(list(table.scan(row_filter="at >= '2026-03-01T00:00:00+00:00'").plan_files())) == 1
    assert table.scan(row_filter="at is null").to_arrow()["n"].to_pylist() == [1]
    assert sorted(table.scan().to_arrow()["n"].to_pylist()) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["a/b", None, "a/b", "..", "é"], pa.large_string()),
        ([3, None, 3, -1], pa.int64()),
        ([True, None, False], pa.bool_()),
        ([date(2026, 1, 1), None, date(1900, 1, 1)], pa.date32()),
        ([Decimal("1.20"), None, Decimal("-7.00")], pa.decimal128(9, 2)),
    ],
    ids=["text", "integer", "boolean", "date", "decimal"],
)
def test_values_are_partitions_as_they_are(local, values, kind):
    rows = pa.table({"key": pa.array(values, kind), "n": list(range(len(values)))})
    table = local.ensure("gold.x", rows.schema, partition=("key", "identity"))
    table = commit(table, partition="p", expected=None, mark=Mark(1, 1), rows=rows)
    assert len(live_files(table)) == len(set(values))
    assert all(Path(path).is_relative_to(Path(table.location(), "data")) for path in live_files(table))
    found = table.scan().to_arrow().sort_by("n")
    assert found["key"].to_pylist() == values


def test_dates_are_partitioned_by_day_and_month(local):
    rows = pa.table({"on": pa.array([date(2026, 1, 31), date(2026, 2, 1), None], pa.date32())})
    for transform in ("day", "month"):
        table = local.ensure(f"gold.{transform}", rows.schema, partition=("on", transform))
        assert len(write(table, rows)) == 3


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(st.none() | st.binary(max_size=200), min_size=1, max_size=30))
def test_bytes_come_back_as_they_were(local, bodies):
    rows = records(len(bodies), batch=1).set_column(0, "raw", pa.array(bodies, pa.large_binary()))
    (file,) = write(ensure_bronze(local), rows)
    assert pq.read_table(file.file_path, partitioning=None)["raw"].to_pylist() == bodies


def test_bytes_have_neither_dictionary_nor_statistics(local):
    table = ensure_bronze(local)
    (file,) = write(table, records(100, batch=1))
    group = pq.ParquetFile(file.file_path).metadata.row_group(0)
    columns = {group.column(at).path_in_schema: group.column(at) for at in range(group.num_columns)}
    assert not columns["raw"].has_dictionary_page
    assert not columns["raw"].is_stats_set
    assert columns["_batch"].statistics.max == 1
    assert {column.compression for column in columns.values()} == {"ZSTD"}
    raw = table.schema().find_field("raw").field_id
    assert raw not in file.lower_bounds
    assert table.schema().find_field("_batch").field_id in file.lower_bounds
    assert file.record_count == 100
    assert file.file_size_in_bytes == Path(file.file_path).stat().st_size


def test_columns_are_found_by_name_and_missing_ones_null(local):
    table = ensure_bronze(local)
    (file,) = write(table, pa.table({"_row": [1], "raw": [b"x"]}))
    assert pq.read_table(file.file_path, partitioning=None).to_pylist() == [
        dict.fromkeys(table.schema().column_names) | {"_row": 1, "raw": b"x"}
    ]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (pa.table({"colour": ["red"]}), "it has no column colour"),
        (pa.table({"_row": [2**40]}), "_row does not fit as int32"),
        (pa.table({"_batch": ["one"]}), "_batch does not fit as int64"),
    ],
    ids=["unknown", "too-large", "no-number"],
)
def test_rows_that_do_not_fit_are_refused(local, rows, told):
    table = ensure_bronze(local)
    with pytest.raises(LakeError, match=told):
        write(table, rows)
    assert data_files(local) == set()


def test_no_rows_make_no_files(local):
    assert write(ensure_bronze(local), records(0, batch=1)) == []


def test_files_of_a_write_that_fails_are_removed(local, monkeypatch):
    rows = pa.table({"key": ["a", "b", "c"]})
    table = local.ensure("gold.x", rows.schema, partition=("key", "identity"))
    real, calls = DurableStream.close, []

    def close(stream):
        if not stream.closed and stream._path.suffix == ".parquet":
            calls.append(stream)
            if len(calls) == 3:
                stream.discard()
                raise OSError(28, "No space left on device")
        real(stream)

    monkeypatch.setattr(DurableStream, "close", close)
    with pytest.raises(LakeError, match="No space left on device"):
        write(table, rows)
    assert len(calls) == 3
    assert data_files(local, "gold.x") == set()
