"""Compaction: fewer files, the same rows, the same place, whoever else is writing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table.snapshots import Operation

from sentineldq.errors import LakeError
from sentineldq.lake.commit import commit
from sentineldq.lake.compact import Bin, compact, pack
from sentineldq.lake.files import live
from sentineldq.lake.open import Lake
from sentineldq.lake.order import in_order
from sentineldq.lake.place import Mark, read_place
from sentineldq.lake.replace import SMALL, replace
from sentineldq.lake.scan import head_facts
from tests.lake.parts import (
    NOON,
    Unreliable,
    append_as_others,
    batch,
    data_files,
    ensure_bronze,
    held,
    live_files,
    records,
    unreliable,
)


def fill(lake, count, *, partition="github", rows=3, days=1):
    """So many batches of a partition after those it has, each a file, over so many days."""
    table = lake.table("bronze.events") if lake.has("bronze.events") else ensure_bronze(lake)
    for _ in range(count):
        before = read_place(table).marks.get(partition)
        number = before.batch + 1 if before else 1
        content = records(rows, batch=number, partition=partition, at=NOON + timedelta(days=number % days))
        mark = Mark(number, {"at": number})
        table = commit(
            table,
            partition=partition,
            expected=before,
            mark=mark,
            rows=content,
            facts={"dropped": 1, "by": "us"},
        )
    return table


def content(table):
    """The rows as they lie in the files, file by file."""
    return [
        row for _, entry in live(table) for row in in_order(table, [entry.data_file]).__next__().to_pylist()
    ]


def test_small_files_become_one_with_the_same_rows(lake):
    table = fill(lake, 5)
    before = sorted(table.scan().to_arrow().to_pylist(), key=lambda row: (row["_batch"], row["_row"]))
    done = compact(table, pack(table))
    assert (done.bins, done.files, done.rows, done.late) == (1, 5, 15, 0)
    assert len(live_files(done.table)) == 1
    assert done.table.scan().to_arrow().to_pylist() == before
    assert held(lake.table("bronze.events")) == held(table)


def test_the_head_still_knows_the_place_and_the_facts(lake):
    table = fill(lake, 4)
    after = compact(table, pack(table)).table
    assert read_place(after).marks == read_place(table).marks
    assert head_facts(after) == head_facts(table) == {"dropped": "4", "by": "us"}
    (mark,) = read_place(after).marks.values()
    again = commit(after, partition="github", expected=mark, mark=Mark(5, {}), rows=records(1, batch=5))
    assert len(held(again)) == 13


def test_the_snapshot_says_that_no_rows_changed(local):
    table = fill(local, 3)
    head = compact(table, pack(table)).table.current_snapshot()
    assert head.summary.operation == Operation.REPLACE
    assert (head.summary["total-records"], head.summary["total-data-files"]) == ("9", "1")
    assert local.table("bronze.events").current_snapshot().summary.operation == Operation.REPLACE


def test_each_partition_by_itself(local):
    table = fill(local, 6, days=2)
    bins = pack(table)
    assert [(one.partition, len(one.files), one.rows) for one in bins] == [
        ("_received_at_day=2026-03-01", 3, 9),
        ("_received_at_day=2026-03-02", 3, 9),
    ]
    table = compact(table, bins).table
    assert sorted(entry.data_file.partition[0] for _, entry in live(table)) == [20513, 20514]
    assert len(held(table)) == 18


def test_rows_lie_in_their_order(local):
    fill(local, 3, partition="b")
    fill(local, 3, partition="a")
    compact(local.table("bronze.events"), pack(local.table("bronze.events")))
    fill(local, 2, partition="a")
    table = fill(local, 2, partition="b")
    table = compact(table, pack(table)).table
    wanted = [
        one
        for name, last in (("a", 5), ("b", 5))
        for n in range(1, last + 1)
        for one in batch(n, 3, partition=name)
    ]
    assert [(row["_partition"], row["_batch"], row["_row"]) for row in content(table)] == wanted


def test_a_file_in_no_order_keeps_its_rows(local):
    table = fill(local, 2)
    append_as_others(table, records(4, batch=9).take(pa.array([2, 0, 3, 1])))
    table = local.table("bronze.events")
    table = compact(table, pack(table)).table
    assert held(table) == sorted(batch(1, 3) + batch(2, 3) + batch(9, 4))


def test_a_table_without_our_columns(local):
    table = local.ensure("gold.sums", pa.schema({"n": pa.int64()}))
    for n in range(3):
        append_as_others(local.table("gold.sums"), pa.table({"n": [n, n]}))
    table = local.table("gold.sums")
    table = compact(table, pack(table)).table
    assert len(live_files(table)) == 1
    assert sorted(table.scan().to_arrow()["n"].to_pylist()) == [0, 0, 1, 1, 2, 2]


def test_files_of_before_a_column_was_added_or_widened(local):
    table = local.ensure("gold.sums", pa.schema({"n": pa.int32()}))
    append_as_others(table, pa.table({"n": pa.array([1], pa.int32())}))
    table = local.ensure("gold.sums", pa.schema({"n": pa.int64(), "more": pa.large_string()}))
    append_as_others(table, pa.table({"n": [2**40], "more": ["x"]}))
    table = local.table("gold.sums")
    table = compact(table, pack(table)).table
    rows = sorted(table.scan().to_arrow().to_pylist(), key=lambda row: row["n"])
    assert rows == [{"n": 1, "more": None}, {"n": 2**40, "more": "x"}]


def test_large_files_are_left_alone(local):
    table = fill(local, 4)
    size = next(live(table))[1].data_file.file_size_in_bytes
    assert pack(table, target=size) == []
    assert [len(one.files) for one in pack(table, target=int(size * 2.5))] == [2, 2]


def test_files_are_packed_with_those_of_their_size(local):
    table = fill(local, 6, rows=3)
    append_as_others(table, records(100_000, batch=99))
    table = local.table("bronze.events")
    small = sorted(entry.data_file.file_size_in_bytes for _, entry in live(table))
    target = small[-1] * 2
    (found,) = pack(table, target=target, least=6)
    assert sorted(file.file_size_in_bytes for file in found.files) == small[:6]
    assert pack(table, target=target, least=8) == []
    assert len(pack(table, target=target)[0].files) == 7


def test_appends_by_others_are_no_conflict(lake):
    table = fill(lake, 3)
    bins = pack(table)
    fill(lake, 2)
    done = compact(table, bins)
    assert (done.bins, done.late) == (1, 0)
    assert read_place(done.table).marks["github"].batch == 5
    assert held(done.table) == [one for n in range(1, 6) for one in batch(n, 3)]


def test_a_place_that_moved_meanwhile_is_the_one_carried_on(local):
    table = fill(local, 3)
    bins = pack(table)
    mark = read_place(table).marks["github"]
    commit(table, partition="github", expected=mark, mark=Mark(4, {"moved": True}))
    assert read_place(compact(table, bins).table).marks["github"] == Mark(4, {"moved": True})


def test_files_that_others_removed_are_not_brought_back(local):
    table = fill(local, 4, days=2)
    bins = pack(table)
    mark = read_place(table).marks["github"]
    commit(table, partition="github", expected=mark, mark=Mark(5, {}), delete="_batch = 2")
    lying = data_files(local)
    done = compact(table, bins)
    assert (done.bins, done.late) == (1, 1)
    assert held(done.table) == [*batch(1, 3), *batch(3, 3), *batch(4, 3)]
    assert len(data_files(local) - lying) == 1  # what came too late is deleted again


def test_two_compactions_at_once_do_the_work_once(local):
    table = fill(local, 4)
    bins = pack(table)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: compact(table, bins), range(2)))
    assert sorted((one.bins, one.late) for one in done) == [(0, 1), (1, 0)]
    table = local.table("bronze.events")
    assert held(table) == [one for n in range(1, 5) for one in batch(n, 3)]
    assert len(live_files(table)) == 1
    assert live_files(table) <= data_files(local)


def test_writers_and_compactions_side_by_side(local):
    ensure_bronze(local)

    def write(name):
        for _ in range(8):
            fill(local, 1, partition=name)

    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(write, name) for name in ("a", "b")]
        while not all(writer.done() for writer in writers):
            table = local.table("bronze.events")
            compact(table, pack(table, least=4))
        for writer in writers:
            writer.result()
    table = local.table("bronze.events")
    assert held(table) == [
        one for name in ("a", "b") for n in range(1, 9) for one in batch(n, 3, partition=name)
    ]
    assert {name: mark.batch for name, mark in read_place(table).marks.items()} == {"a": 8, "b": 8}


def test_a_refused_commit_is_tried_again(local):
    table = fill(local, 3)
    failing = unreliable(local, CommitFailedException("no"), CommitFailedException("no"))
    done = compact(failing.table("bronze.events"), pack(table))
    assert done.bins == 1
    assert len(held(local.table("bronze.events"))) == 9


@pytest.mark.parametrize("step", ["reply lost", "never"])
def test_after_an_unknown_outcome_no_file_is_deleted(local, step):
    table = fill(local, 3)
    failing: Lake = unreliable(local, step)
    assert isinstance(failing.catalog, Unreliable)
    with pytest.raises(LakeError, match="is not known"):
        compact(failing.table("bronze.events"), pack(table))
    after = local.table("bronze.events")
    assert len(live_files(after)) == (1 if step == "reply lost" else 3)
    assert held(after) == held(table)
    assert held(compact(after, pack(after)).table) == held(table)


@pytest.mark.parametrize("rows", [2, 4])
@pytest.mark.parametrize("name", ["bronze.events", "gold.sums"])
def test_a_damaged_file_stops_it_and_changes_nothing(local, name, rows):
    fill(local, 3)
    if name == "gold.sums":
        table = local.ensure(name, pa.schema({"n": pa.int64()}))
        for n in range(3):
            append_as_others(local.table(name), pa.table({"n": [n, n, n]}))
    table = local.table(name)
    victim = next(live(table))[1].data_file.file_path
    pq.write_table(pa.concat_tables([pq.read_table(victim)] * 2).slice(0, rows), victim)
    before = data_files(local, name)
    with pytest.raises(LakeError, match=f"gave {6 + rows} rows, where the table counts 9"):
        compact(table, pack(table))
    Path(victim).write_bytes(b"nothing")
    with pytest.raises(LakeError, match="cannot be compacted"):
        compact(table, pack(table))
    assert data_files(local, name) == before
    assert local.table(name).current_snapshot() == table.current_snapshot()


def test_manifests_are_merged(local):
    table = fill(local, 5)
    assert len(table.current_snapshot().manifests(table.io)) == 5
    after, late = replace(table, [])
    assert late == []
    (manifest,) = after.current_snapshot().manifests(after.io)
    assert (manifest.existing_files_count, manifest.existing_files_count < SMALL) == (5, True)
    assert held(after) == held(table)
    assert read_place(after).marks == read_place(table).marks


def test_nothing_to_do(local):
    table = fill(local, 1)
    assert pack(table) == pack(ensure_bronze(local, "bronze.empty")) == []
    done = compact(table, [])
    assert (done.bins, done.table.current_snapshot()) == (0, table.current_snapshot())


def test_a_table_that_would_be_retried_unseen_is_refused(local):
    table = fill(local, 2)
    with table.transaction() as transaction:
        transaction.set_properties({"commit.retry.num-retries": "4"})
    with pytest.raises(LakeError, match=r"commit\.retry\.num-retries=0"):
        compact(table, pack(table))


def test_a_bin_tells_what_is_in_it(local):
    table = fill(local, 2)
    (one,) = pack(table)
    assert isinstance(one, Bin)
    assert (one.rows, one.bytes) == (6, sum(file.file_size_in_bytes for file in one.files))


def test_lists_that_are_null_stay_so(local):
    schema = pa.schema({"id": pa.int64(), "many": pa.list_(pa.struct([("x", pa.float64())]))})
    table = local.ensure("silver.things", schema)
    rows = [{"id": 1, "many": None}, {"id": 2, "many": []}, {"id": 3, "many": [None, {"x": 0.5}]}]
    for number in (1, 2):
        before = read_place(table).marks.get("p")
        content = pa.Table.from_pylist(rows, schema=schema)
        table = commit(table, partition="p", expected=before, mark=Mark(number, None), rows=content)
    compact(table, pack(table))
    table = local.table("silver.things")
    assert len(live_files(table)) == 1
    (path,) = live_files(table)
    found = pq.read_table(path.removeprefix("file://")).sort_by("id")
    assert found["many"].to_pylist() == [row["many"] for row in rows for _ in range(2)]
