"""Expiry: what is old goes, what anybody still needs stays, and the place is never lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyiceberg.exceptions import CommitFailedException

from sentineldq.errors import LakeError
from sentineldq.lake.compact import compact, pack
from sentineldq.lake.expire import Keep, _held, doomed, expire
from sentineldq.lake.files import need
from sentineldq.lake.place import ancestry, read_place
from tests.lake.parts import append_as_others, batch, held, records, unreliable
from tests.lake.test_compact import fill

TWO = Keep(age=timedelta(0), least=2, most=2, floor=timedelta(0), metadata=2)
LATER = timedelta(days=2)


def later():
    return datetime.now(UTC) + LATER


def ids(table):
    return [snapshot.snapshot_id for snapshot in ancestry(table)]


def files_of(table):
    """Every file below a local table's folder."""
    return {str(path) for path in Path(table.location()).rglob("*") if path.is_file()}


def sound(table):
    """All that the snapshots left need is there, and can be read."""
    assert set(need(table, table.metadata.snapshots)) <= files_of(table)
    for snapshot in table.metadata.snapshots:
        table.scan(snapshot_id=snapshot.snapshot_id).to_arrow()


def test_old_snapshots_go_and_the_newest_stay(lake):
    table = fill(lake, 5)
    chain = ids(table)
    done = expire(table, TWO, now=later())
    assert done.snapshots == 3
    assert ids(lake.table("bronze.events")) == ids(done.table) == chain[:2]
    assert held(done.table) == held(table)
    assert read_place(done.table).marks == read_place(table).marks


def test_files_that_only_old_snapshots_needed_go_with_them(lake):
    table = fill(lake, 4)
    old = [task.file.file_path for task in table.scan().plan_files()]
    table = compact(table, pack(table)).table
    table = fill(lake, 1)
    done = expire(table, TWO, now=later())
    assert done.files > len(old)
    assert not any(table.io.new_input(path).exists() for path in old)
    assert held(done.table) == [one for n in range(1, 6) for one in batch(n, 3)]


def test_files_that_a_kept_snapshot_needs_stay(local):
    table = fill(local, 4)
    table = compact(table, pack(table)).table
    done = expire(table, TWO, now=later())  # the snapshot before the compaction is the second that is kept
    sound(done.table)
    assert len(held(done.table)) == 12


def test_nothing_is_left_over(local):
    table = fill(local, 6)
    table = compact(table, pack(table)).table
    table = fill(local, 3)
    table = expire(table, TWO, now=later()).table
    wanted = {
        *need(table, table.metadata.snapshots),
        table.metadata_location,
        *(entry.metadata_file for entry in table.metadata.metadata_log[-2:]),
    }
    left = files_of(table) - wanted
    assert {path for path in left if not path.endswith(".metadata.json")} == set()
    assert len(left) <= 1  # the version before, that PyIceberg's own rule keeps


def test_young_snapshots_stay(local):
    table = fill(local, 4)
    assert doomed(table, Keep(least=1, most=1, metadata=1, floor=timedelta(minutes=5))) == []
    assert doomed(table, Keep(least=1, most=2, metadata=1, floor=timedelta(0))) == ids(table)[:1:-1]
    assert doomed(table, Keep(least=1, most=9, metadata=1)) == []
    assert doomed(table, Keep(least=3, most=9, metadata=1), now=later()) == ids(table)[:2:-1]


def test_the_last_carrier_of_the_place_stays(lake):
    fill(lake, 3)
    for n in range(4):
        append_as_others(lake.table("bronze.events"), records(1, batch=90 + n, partition="others"))
    table = lake.table("bronze.events")
    chain = ids(table)
    table = expire(table, TWO, now=later()).table
    assert ids(table) == chain[:5]  # four of others, and the one that knows
    assert read_place(table).marks["github"].batch == 3


def test_a_table_that_never_knew_a_place_expires_all_the_same(local):
    table = fill(local, 1)
    append_as_others(table, records(1, batch=9))
    bare = local.ensure("gold.sums", table.scan().to_arrow().schema)
    for n in range(4):
        append_as_others(local.table("gold.sums"), records(1, batch=n))
    bare = local.table("gold.sums")
    assert expire(bare, TWO, now=later()).snapshots == 2


def test_tags_and_branches_keep_what_they_point_to(local):
    table = fill(local, 3)
    tagged, branched = ids(table)[2], ids(table)[1]
    with table.manage_snapshots() as manage:
        manage.create_tag(tagged, "audit").create_branch(branched, "trial")
    table = fill(local, 4)
    table = compact(table, pack(table)).table
    table = fill(local, 2)
    table = expire(table, TWO, now=later()).table
    assert {tagged, branched} <= {one.snapshot_id for one in table.metadata.snapshots}
    assert set(table.metadata.refs) == {"main", "audit", "trial"}
    sound(table)
    assert table.scan(snapshot_id=tagged).to_arrow().num_rows == 3


def test_a_file_added_again_under_its_old_path_stays(local):
    table = fill(local, 2)
    first = next(iter(table.scan().plan_files())).file
    with table.transaction() as transaction, transaction.update_snapshot().overwrite() as update:
        update.delete_data_file(first)
    with table.transaction() as transaction, transaction.update_snapshot().fast_append() as update:
        update.append_data_file(first)
    table = fill(local, 3)
    table = expire(table, TWO, now=later()).table
    sound(table)
    assert len(held(table)) == 15


def test_what_was_rolled_back_goes(local):
    table = fill(local, 4)
    gone, back = ids(table)[0], ids(table)[2]
    with table.manage_snapshots() as manage:
        manage.rollback_to_snapshot(back)
    table = local.table("bronze.events")
    assert gone not in doomed(table, Keep(least=1, most=9, metadata=1))
    table = expire(table, TWO, now=later()).table
    assert gone not in {one.snapshot_id for one in table.metadata.snapshots}
    assert len(held(table)) == 6
    sound(table)


def test_a_tag_set_meanwhile_is_not_lost(local):
    stale = fill(local, 5)
    tagged = ids(stale)[4]
    with local.table("bronze.events").manage_snapshots() as manage:
        manage.create_tag(tagged, "late")
    append_as_others(local.table("bronze.events"), records(1, batch=9))
    table = expire(stale, TWO, now=later()).table
    assert "late" in table.metadata.refs
    assert tagged in {one.snapshot_id for one in table.metadata.snapshots}


def test_a_refused_commit_is_tried_again(local):
    fill(local, 5)
    failing = unreliable(local, CommitFailedException("no"))
    with pytest.raises(LakeError, match="refuses: no"):  # refused, though nobody else has committed
        expire(failing.table("bronze.events"), TWO, now=later())
    assert expire(failing.table("bronze.events"), TWO, now=later()).snapshots == 3


def test_two_expiries_and_a_writer_at_once(local):
    table = fill(local, 8)
    with ThreadPoolExecutor(3) as pool:
        writer = pool.submit(fill, local, 6)
        both = [pool.submit(expire, table, TWO, now=later()) for _ in range(2)]
        assert sum(one.result().snapshots for one in both) >= 6
        writer.result()
    table = local.table("bronze.events")
    assert held(table) == [one for n in range(1, 15) for one in batch(n, 3)]
    sound(table)


def test_metadata_files_of_long_ago_go(local):
    table = fill(local, 6)
    folder = Path(table.metadata_location).parent
    lost = folder / "00001-00000000-0000-4000-8000-000000000000.metadata.json"
    lost.write_text("of a commit that was refused")
    table = expire(table, TWO, now=later()).table
    assert not lost.exists()
    assert Path(table.metadata_location).exists()
    assert held(local.table("bronze.events")) == held(table)


def test_every_metadata_file_kept_leads_to_a_snapshot_that_is_there(local):
    table = fill(local, 30)
    table = expire(table, Keep(age=timedelta(0), most=20, floor=timedelta(0)), now=later()).table
    there = {one.snapshot_id for one in table.metadata.snapshots}
    from pyiceberg.serializers import FromInputFile

    for path in Path(table.metadata_location).parent.glob("*.metadata.json"):
        metadata = FromInputFile.table_metadata(table.io.new_input(str(path)))
        assert metadata.current_snapshot_id in there


@pytest.mark.parametrize(("least", "most", "metadata"), [(0, 5, 1), (9, 5, 1), (5, 9, 6)])
def test_a_rule_that_contradicts_itself_is_refused(least, most, metadata):
    with pytest.raises(ValueError, match="ascending"):
        Keep(least=least, most=most, metadata=metadata)


class _Aged:
    def __init__(self, age):
        self.timestamp_ms = -age * 1000


@given(
    st.lists(st.integers(0, 100), max_size=20).map(sorted),
    st.integers(1, 5),
    st.integers(0, 10),
    st.integers(0, 50),
    st.integers(0, 50),
    st.integers(0, 12),
)
def test_what_is_kept_is_the_first_of_the_chain(ages, least, more, age, floor, must):
    """A run from the head on, at least so long, never shorter for a rule that keeps more."""
    chain = [_Aged(one) for one in ages]
    keep = Keep(
        age=timedelta(seconds=age), least=least, most=least + more, floor=timedelta(seconds=floor), metadata=1
    )
    kept = list(_held(chain, keep, 0.0, must))
    assert kept == chain[: len(kept)]
    assert len(kept) >= min(len(chain), max(least, must))
    assert all(one in kept for one in chain if -one.timestamp_ms < floor * 1000)
    assert len(kept) <= max(least + more, must, sum(one < floor for one in ages))
