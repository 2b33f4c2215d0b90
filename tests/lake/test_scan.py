"""Reading: lazily and by columns, at any snapshot, and bronze batch by batch whatever files hold it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import hypothesis.strategies as st
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.typedef import Record

from sentineldq.errors import LakeError
from sentineldq.lake.commit import commit, write
from sentineldq.lake.place import Mark
from sentineldq.lake.scan import head_facts, read_after, scan
from tests.lake.parts import NOON, append_as_others, ensure_bronze, live_files, records


def fill(lake, batches, *, partition="github"):
    """A table of bronze with batches of so many rows, a commit each."""
    table, last = ensure_bronze(lake), None
    for number, count in enumerate(batches, 1):
        mark = Mark(number, number)
        rows = records(count, batch=number, partition=partition, at=NOON + timedelta(hours=13 * number))
        table = commit(table, partition=partition, expected=last, mark=mark, rows=rows)
        last = mark
    return table


def read(table, *, batch=0, partition="github"):
    """What `read_after` gives: number and rows of each batch."""
    found = list(read_after(table, partition=partition, batch=batch))
    assert all(len(set(rows["_batch"].to_pylist())) == 1 for rows in found)
    assert all(set(rows["_partition"].to_pylist()) == {partition} for rows in found)
    return [(rows["_batch"][0].as_py(), rows["_row"].to_pylist()) for rows in found]


def test_a_frame_is_lazy_filtered_and_narrow(lake):
    table = fill(lake, [3, 2, 4])
    assert scan(table).collect().height == 9
    found = scan(table, where=pl.col("_batch") > 2, columns=["_row", "raw"]).sort("_row").collect()
    assert found.columns == ["_row", "raw"]
    assert found["raw"].to_list() == [b'{"batch":3,"row":%d}\n' % row for row in range(4)]
    assert scan(table).select(pl.col("_received_at").max()).collect().item() == NOON + timedelta(hours=39)


def test_files_that_cannot_hold_a_row_are_not_opened(local):
    table = fill(local, [3, 2, 4])
    for path in live_files(table):
        if pq.read_table(path, columns=["_batch"], partitioning=None)["_batch"][0].as_py() != 2:
            Path(path).unlink()
    assert scan(table, where=pl.col("_batch") == 2).collect().height == 2
    batches = read_after(table, partition="github", batch=1)
    assert next(batches)["_batch"].to_pylist() == [2, 2]
    with pytest.raises(LakeError, match="cannot be read"):
        next(batches)


def test_a_frame_stays_at_its_snapshot(local):
    table = fill(local, [3, 2])
    before = scan(table)
    at = table.metadata.current_snapshot_id
    later = commit(table, partition="github", expected=Mark(2, 2), mark=Mark(3, 3), rows=records(5, batch=3))
    table.refresh()
    assert before.collect().height == 5
    assert scan(later, snapshot=at).collect().height == 5
    assert scan(later).collect().height == 10


def test_an_empty_table_has_its_columns(lake):
    table = ensure_bronze(lake)
    assert scan(table).collect().shape == (0, 8)
    assert read(table) == []
    assert head_facts(table) == {}


def test_a_new_column_is_there_before_the_next_commit(local):
    table = fill(local, [2])
    columns = pa.schema([*table.schema().as_arrow(), pa.field("new", pa.large_string())])
    table = local.ensure("bronze.events", columns, partition=("_received_at", "day"))
    assert scan(table, columns=["new"]).collect()["new"].to_list() == [None, None]
    assert [rows["new"].null_count for rows in read_after(table, partition="github", batch=0)] == [2]


# ------------------------------------------------------------------------------------- batch by batch


def test_batches_come_in_order_of_their_partition(lake):
    table = fill(lake, [3, 0, 2])
    mine = commit(
        table, partition="other", expected=None, mark=Mark(1, 1), rows=records(9, batch=1, partition="other")
    )
    assert read(mine) == [(1, [0, 1, 2]), (3, [0, 1])]
    assert read(mine, batch=1) == [(3, [0, 1])]
    assert read(mine, batch=3) == []
    assert read(mine, partition="other") == [(1, list(range(9)))]
    assert read(mine, partition="nobody") == []


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_batches_are_the_same_in_whatever_files_they_lie(local, tmp_path_factory, monkeypatch, data):
    """Any rows of any batches in any files and order: as upkeep and other engines may leave them."""
    monkeypatch.setattr("sentineldq.lake.write._group", lambda rows: data.draw(st.integers(1, 7)))
    sizes = data.draw(st.lists(st.integers(0, 6), min_size=1, max_size=6))
    keys = [
        (partition, number, row)
        for partition in ("github", "other")
        for number, size in enumerate(sizes, 1)
        for row in range(size)
    ]
    home = data.draw(st.lists(st.integers(0, 3), min_size=len(keys), max_size=len(keys)))
    files = [[key for key, at in zip(keys, home, strict=True) if at == file] for file in range(4)]
    name = f"bronze.{tmp_path_factory.mktemp('x').name}"
    table = ensure_bronze(local, name)
    for rows in filter(None, files):
        mixed = data.draw(st.permutations(rows))
        append_as_others(
            table, pa.concat_tables([records(6, batch=b, partition=p).slice(r, 1) for p, b, r in mixed])
        )
    after = data.draw(st.integers(0, 6))
    assert read(table, batch=after) == [
        (number, list(range(size))) for number, size in enumerate(sizes, 1) if size and number > after
    ]


def test_rows_another_engine_deleted_by_a_file_of_positions_are_gone(local):
    table = ensure_bronze(local)
    (file,) = write(table, pa.concat_tables([records(3, batch=1), records(3, batch=2)]))
    with table.transaction() as transaction, transaction.update_snapshot().fast_append() as update:
        update.append_data_file(file)
    positions = Path(table.location(), "data", "positions.parquet")
    ids = {"file_path": 2147483546, "pos": 2147483545}
    kinds = {"file_path": pa.string(), "pos": pa.int64()}
    schema = pa.schema(
        [pa.field(name, kinds[name], metadata={"PARQUET:field_id": str(ids[name])}) for name in ids]
    )
    gone = pa.table({"file_path": [file.file_path] * 2, "pos": [1, 3]}, schema=schema)
    pq.write_table(gone, positions)
    deletion = DataFile.from_args(
        content=DataFileContent.POSITION_DELETES,
        file_path=str(positions),
        file_format=FileFormat.PARQUET,
        partition=Record(file.partition[0]),
        record_count=2,
        file_size_in_bytes=positions.stat().st_size,
        spec_id=0,
    )
    add_deletes(table, deletion)
    assert read(table) == [(1, [0, 2]), (2, [1, 2])]
    assert scan(table).collect().height == 4


def add_deletes(table, file):
    """PyIceberg reads files of deletions, but does not write their manifests: done here as the format says."""
    from pyiceberg.manifest import ManifestContent, ManifestEntry, ManifestEntryStatus, ManifestWriterV2

    class Deletes(ManifestWriterV2):
        def content(self):
            return ManifestContent.DELETES

        @property
        def _meta(self):
            return {**super()._meta, "content": "deletes"}

    with table.transaction() as transaction:
        update = transaction.update_snapshot().fast_append()
        with Deletes(
            table.spec(), table.schema(), update.new_manifest_output(), update.snapshot_id, "gzip"
        ) as writer:
            writer.add(
                ManifestEntry.from_args(
                    status=ManifestEntryStatus.ADDED, snapshot_id=update.snapshot_id, data_file=file
                )
            )
        made = writer.to_manifest_file()
        real = update._existing_manifests
        update._existing_manifests = lambda: [*real(), made]
        update.commit()


@pytest.mark.parametrize("damage", ["gone", "flipped"])
def test_a_damaged_file_is_named(local, damage):
    table = fill(local, [2])
    (path,) = live_files(table)
    if damage == "gone":
        Path(path).unlink()
    else:
        body = bytearray(Path(path).read_bytes())
        body[60] ^= 1
        Path(path).write_bytes(body)
    with pytest.raises(LakeError, match="cannot be read") as caught:
        read(table)
    assert path in str(caught.value)


def test_any_flipped_bit_of_a_row_is_found(local):
    """Never wrong rows: every page carries a checksum."""
    table = fill(local, [3])
    (path,) = live_files(table)
    good = Path(path).read_bytes()
    data_pages = pq.ParquetFile(path).metadata.row_group(0).column(0)
    start = data_pages.data_page_offset
    for at in range(start, start + data_pages.total_compressed_size):
        body = bytearray(good)
        body[at] ^= 1 << (at % 8)
        Path(path).write_bytes(body)
        try:
            (rows,) = read_after(table, partition="github", batch=0)
        except LakeError:
            continue
        assert rows["raw"].to_pylist() == [b'{"batch":1,"row":%d}\n' % row for row in range(3)]


def test_nulls_stay_nulls_at_any_depth_and_through_evolution(lake):
    """Lists, maps and structs that are null, empty or hold nulls, read as written and with a field more."""
    inner = pa.struct([("x", pa.int32()), ("tags", pa.list_(pa.string()))])
    before = pa.schema(
        {"id": pa.int64(), "many": pa.list_(inner), "one": inner, "counts": pa.map_(pa.string(), pa.int32())}
    )
    rows = [
        {"id": 1, "many": None, "one": None, "counts": None},
        {"id": 2, "many": [], "one": {"x": None, "tags": None}, "counts": {}},
        {
            "id": 3,
            "many": [None, {"x": 1, "tags": []}],
            "one": {"x": 2, "tags": [None]},
            "counts": {"a": None},
        },
        {"id": 4, "many": [{"x": 5, "tags": ["t"]}], "one": {"x": 6, "tags": ["u", "v"]}, "counts": {"b": 7}},
    ]
    table = lake.ensure("silver.things", before)
    table = commit(
        table, partition="p", expected=None, mark=Mark(1, 1), rows=pa.Table.from_pylist(rows, schema=before)
    )
    written = pl.from_arrow(pa.Table.from_pylist(rows, schema=before)).rows()
    assert scan(table).sort("id").collect().rows() == written
    assert (
        scan(table, where=pl.col("id") > 0).select("id", "many", "one", "counts").sort("id").collect().rows()
        == written
    )
    wider = pa.struct([("x", pa.int64()), ("tags", pa.list_(pa.string())), ("more", pa.string())])
    after = pa.schema(
        {"id": pa.int64(), "many": pa.list_(wider), "one": wider, "counts": pa.map_(pa.string(), pa.int64())}
    )
    table = lake.ensure("silver.things", after)
    found = scan(table).sort("id").collect().to_dicts()
    assert [row["many"] for row in found] == [
        None,
        [],
        [None, {"x": 1, "tags": [], "more": None}],
        [{"x": 5, "tags": ["t"], "more": None}],
    ]
    assert [row["one"] for row in found] == [
        None,
        {"x": None, "tags": None, "more": None},
        {"x": 2, "tags": [None], "more": None},
        {"x": 6, "tags": ["u", "v"], "more": None},
    ]
