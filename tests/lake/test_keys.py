"""Keys: a row is new once, whatever has become of the table's files in between."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentineldq.errors import LakeError
from sentineldq.lake.commit import commit
from sentineldq.lake.compact import compact, pack
from sentineldq.lake.keys import Keys
from sentineldq.lake.open import open_lake
from sentineldq.lake.place import Mark, read_place
from sentineldq.lake.runs import RATIO, Runs
from tests.lake.parts import append_as_others

COLUMNS = pa.schema(
    {"id": pa.large_string(), "day": pa.date32(), "n": pa.int64(), "at": pa.timestamp("us", "UTC")}
)
START = datetime(2026, 3, 1, tzinfo=UTC)


def rows_of(numbers, *, days=None):
    """Rows with the keys `k0007`, one a minute; a None is a key with a null in it."""
    days = days or [0] * len(numbers)
    return pl.DataFrame(
        {
            "id": [None if n is None else f"k{n:04}" for n in numbers],
            "day": [START.date() + timedelta(days=day) for day in days],
            "n": [n or 0 for n in numbers],
            "at": [START + timedelta(days=day, minutes=n or 0) for n, day in zip(numbers, days, strict=True)],
        },
        schema_overrides={"at": pl.Datetime("us", "UTC")},
    )


def ensure(lake):
    return lake.ensure("silver.events", COLUMNS, partition=("at", "day"))


def append(table, rows, *, delete=None):
    expected = read_place(table).marks.get("p")
    mark = Mark(expected.batch + 1 if expected else 1, {})
    return commit(table, partition="p", expected=expected, mark=mark, rows=rows.to_arrow(), delete=delete)


def test_all_is_new_to_an_empty_table(local):
    assert Keys(["id"]).fresh(ensure(local), rows_of([1, 2, 3])).to_list() == [True, True, True]


def test_the_first_of_equal_keys_in_a_batch_wins(local):
    assert Keys(["id"]).fresh(ensure(local), rows_of([1, 2, 1, 1])).to_list() == [True, True, False, False]


def test_nulls_are_never_duplicates(local):
    table = append(ensure(local), rows_of([1, None]))
    assert Keys(["id"]).fresh(table, rows_of([None, 1, None])).to_list() == [True, False, True]


def test_arrow_and_polars_give_the_same(lake):
    table = append(ensure(lake), rows_of([1, 2]))
    rows = rows_of([2, 3])
    assert Keys(["id"]).fresh(table, rows).equals(Keys(["id"]).fresh(table, rows.to_arrow()))


def test_a_key_of_several_columns_is_compared_as_a_whole(local):
    table = append(ensure(local), rows_of([1, 2], days=[0, 1]))
    keys = Keys(["id", "day"])
    assert keys.fresh(table, rows_of([1, 1, 2, 2], days=[0, 1, 0, 1])).to_list() == [False, True, True, False]


def test_what_was_added_is_known_without_its_files(local):
    keys = Keys(["id"])
    table = ensure(local)
    rows = rows_of([1, 2, 3], days=[0, 1, 2])
    assert keys.fresh(table, rows).all()
    table = append(table, rows)
    keys.added(table.current_snapshot().snapshot_id, rows)
    for task in table.scan().plan_files():
        table.io.delete(task.file.file_path)
    assert keys.fresh(table, rows_of([2, 4, 3, 1], days=[1, 1, 2, 0])).to_list() == [
        False,
        True,
        False,
        False,
    ]


def test_rows_that_a_snapshot_has_not_added_are_not_believed(local):
    keys = Keys(["id"])
    table = append(ensure(local), rows_of([1, 2]))
    keys.added(table.current_snapshot().snapshot_id, rows_of([1, 2, 3]))
    assert keys.fresh(table, rows_of([1, 2, 3])).to_list() == [False, False, True]


def test_others_appends_are_seen(local):
    keys = Keys(["id"])
    table = append(ensure(local), rows_of([1]))
    keys.fresh(table, rows_of([1]))
    append_as_others(table, rows_of([2]).to_arrow())
    assert keys.fresh(local.table("silver.events"), rows_of([1, 2, 3])).to_list() == [False, False, True]


def test_deleted_rows_are_new_again(local):
    keys = Keys(["id"])
    table = append(ensure(local), rows_of([1, 2, 3]))
    assert not keys.fresh(table, rows_of([1, 2, 3])).any()
    table = append(table, rows_of([4]), delete="id = 'k0002'")
    assert keys.fresh(table, rows_of([1, 2, 3, 4])).to_list() == [False, True, False, False]


def test_rows_taken_back_by_a_rollback_are_new_again(local):
    keys = Keys(["id"])
    first = append(ensure(local), rows_of([1]))
    table = append(first, rows_of([2]))
    assert not keys.fresh(table, rows_of([1, 2])).any()
    with table.manage_snapshots() as manage:
        manage.rollback_to_snapshot(first.current_snapshot().snapshot_id)
    assert keys.fresh(local.table("silver.events"), rows_of([1, 2])).to_list() == [False, True]


def test_compaction_changes_no_keys(lake):
    keys = Keys(["id"])
    table = ensure(lake)
    for n in range(4):
        table = append(table, rows_of([n * 2, n * 2 + 1]))
    assert not keys.fresh(table, rows_of(range(8))).any()
    table = compact(table, pack(table)).table
    assert keys.fresh(table, rows_of([0, 7, 8])).to_list() == [False, False, True]
    assert Keys(["id"]).fresh(table, rows_of([0, 7, 8])).to_list() == [False, False, True]


def test_files_that_cannot_hold_a_key_are_not_read(local):
    keys = Keys(["id"])
    table = append(append(ensure(local), rows_of(range(100))), rows_of(range(100, 200)))
    assert keys.fresh(table, rows_of([150, 300])).to_list() == [False, True]
    assert len(keys) == 100


def test_a_hash_that_meets_another_key_loses_nothing(local):
    keys = Keys(["id"])
    table = append(ensure(local), rows_of([1, 2]))
    keys.fresh(table, rows_of([1]))
    origin = next(iter(keys._origins))
    keys._runs.add(
        keys._entries(origin, rows_of([3]).select("id"))
    )  # as if 3 had the hash of a key that is there
    assert keys.fresh(table, rows_of([1, 3])).to_list() == [False, True]


def test_a_widened_key_is_still_found(local):
    narrow = pa.schema({"id": pa.int32()})
    table = local.ensure("silver.numbers", narrow)
    table = commit(
        table,
        partition="p",
        expected=None,
        mark=Mark(1, {}),
        rows=pa.table({"id": pa.array([1, 2], pa.int32())}),
    )
    keys = Keys(["id"])
    assert not keys.fresh(table, pl.DataFrame({"id": [1, 2]})).any()
    table = local.ensure("silver.numbers", pa.schema({"id": pa.int64()}))
    assert keys.fresh(table, pl.DataFrame({"id": [2, 3, 2**40]})).to_list() == [False, True, True]


def test_rows_of_before_a_key_column_have_no_key(local):
    table = append(ensure(local), rows_of([1]))
    wider = COLUMNS.append(pa.field("extra", pa.large_string()))
    table = local.ensure("silver.events", wider, partition=("at", "day"))
    rows = rows_of([1]).with_columns(extra=pl.lit("x"))
    assert Keys(["id", "extra"]).fresh(table, rows).to_list() == [True]
    assert Keys(["extra"]).fresh(table, rows).to_list() == [True]


def test_a_key_that_the_table_has_not_is_refused(local):
    with pytest.raises(LakeError, match="no key column nope"):
        Keys(["id", "nope"]).fresh(ensure(local), rows_of([1]))
    with pytest.raises(LakeError, match="a batch lacks its key"):
        Keys(["id"]).fresh(ensure(local), rows_of([1]).drop("id"))


def test_a_file_that_is_gone_is_an_error_not_a_new_row(local):
    table = append(ensure(local), rows_of([1]))
    for task in table.scan().plan_files():
        table.io.delete(task.file.file_path)
    with pytest.raises(LakeError, match="its keys cannot be read"):
        Keys(["id"]).fresh(table, rows_of([1]))


KEYS = st.lists(st.none() | st.integers(0, 30), max_size=12)
STEP = st.tuples(st.sampled_from(["ours", "unsaid", "others", "delete", "compact", "rollback"]), KEYS)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEP, min_size=1, max_size=6), st.integers(1, 3))
def test_it_agrees_with_a_set(steps, days):
    """Whatever happens to the table, the mask is what a set of its keys would have given."""
    with tempfile.TemporaryDirectory() as folder, open_lake(warehouse=folder) as lake:
        table = append(ensure(lake), rows_of([]))
        keys = Keys(["id"])
        for kind, numbers in steps:
            rows = rows_of(numbers, days=[(n or 0) % days for n in numbers])
            mask = keys.fresh(table, rows)
            assert mask.to_list() == list(_expected(table, rows["id"]))
            new = rows.filter(mask)
            if kind in {"ours", "unsaid"}:
                table = append(table, new)
                if kind == "ours":
                    keys.added(table.current_snapshot().snapshot_id, new)
            elif kind == "others":
                append_as_others(table, rows.to_arrow())
                table = lake.table("silver.events")
            elif kind == "delete":
                table = append(table, new, delete=f"n < {len(numbers)}")
            elif kind == "compact":
                table = compact(table, pack(table)).table
            elif kind == "rollback" and table.current_snapshot().parent_snapshot_id is not None:
                with table.manage_snapshots() as manage:
                    manage.rollback_to_snapshot(table.current_snapshot().parent_snapshot_id)


def _expected(table, keys):
    seen = set(table.scan().to_arrow()["id"].to_pylist()) - {None}
    for key in keys:
        yield key not in seen
        seen |= {key} - {None}


def test_runs_stay_few_and_find_all():
    runs = Runs()
    for origin in range(100):
        hashes = pl.Series("hash", range(origin * 10, origin * 10 + 12), dtype=pl.UInt64)
        runs.add(pl.DataFrame([hashes]).with_columns(origin=pl.lit(origin, pl.UInt32)))
    assert len(runs) == 1200
    assert all(a.height >= RATIO * b.height for a, b in zip(runs._runs, runs._runs[1:], strict=False))
    found = runs.find(pl.Series([5, 10, 5000], dtype=pl.UInt64))
    assert sorted(found.iter_rows()) == [(0, 0), (1, 0), (1, 1)]
    runs.forget({0})
    assert runs.find(pl.Series([5, 10], dtype=pl.UInt64)).rows() == [(1, 1)]
