"""A commit moves data and place together, once, whatever other writers, catalogs and disks do."""

from __future__ import annotations

import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from pyiceberg.exceptions import CommitFailedException
from sqlalchemy.exc import OperationalError

from sentineldq.errors import FencedError, LakeError, PlaceLostError
from sentineldq.lake.commit import UNKNOWNS, commit, write
from sentineldq.lake.place import Mark, Place, read_place
from sentineldq.lake.scan import head_facts
from tests.lake.parts import (
    append_as_others,
    batch,
    data_files,
    ensure_bronze,
    held,
    live_files,
    records,
    unreliable,
)

ONE, TWO, THREE = Mark(1, {"etag": "a"}), Mark(2, {"etag": "b"}), Mark(3, {"etag": "c"})


def start(lake):
    """A table of bronze that holds batch 1 of github: three rows."""
    table = ensure_bronze(lake)
    return commit(table, partition="github", expected=None, mark=ONE, rows=records(3, batch=1))


def test_rows_and_place_arrive_together(lake):
    table = start(lake)
    assert held(table) == held(lake.table("bronze.events")) == batch(1, 3)
    assert read_place(table) == Place({"github": ONE}, table.metadata.current_snapshot_id)
    assert table.scan().to_arrow()["raw"].to_pylist()[1] == b'{"batch":1,"row":1}\n'


def test_the_table_that_was_given_stays_as_it_is(local):
    table = ensure_bronze(local)
    commit(table, partition="github", expected=None, mark=ONE, rows=records(3, batch=1))
    assert table.current_snapshot() is None


def test_marks_of_partitions_are_merged(lake):
    table = start(lake)
    table = commit(table, partition="yahoo:AAPL:1d", expected=None, mark=Mark(1, 7), rows=records(2, batch=1))
    table = commit(table, partition="github", expected=ONE, mark=TWO, rows=records(1, batch=2))
    assert read_place(table).marks == {"github": TWO, "yahoo:AAPL:1d": Mark(1, 7)}


def test_a_mark_moves_without_rows(lake):
    table = commit(start(lake), partition="github", expected=ONE, mark=TWO)
    assert read_place(table).marks == {"github": TWO}
    table = commit(table, partition="github", expected=TWO, mark=THREE, rows=records(0, batch=3))
    assert read_place(lake.table("bronze.events")).marks == {"github": THREE}
    assert held(table) == batch(1, 3)


def test_an_old_view_of_the_table_is_enough(local):
    old = ensure_bronze(local)
    commit(old, partition="github", expected=None, mark=ONE, rows=records(3, batch=1))
    table = commit(old, partition="github", expected=ONE, mark=TWO, rows=records(1, batch=2))
    assert held(table) == batch(1, 3) + batch(2, 1)


@pytest.mark.parametrize(
    "expected",
    [None, Mark(1, {"etag": "other"}), TWO],
    ids=["nothing", "another-cursor", "another-batch"],
)
def test_a_place_that_is_not_the_expected_one_fences(local, expected):
    start(local)
    with pytest.raises(FencedError, match="'github' holds batch 1"):
        commit(
            local.table("bronze.events"),
            partition="github",
            expected=expected,
            mark=Mark(9, {}),
            rows=records(5, batch=9),
        )
    assert data_files(local) == live_files(local.table("bronze.events"))


def test_a_cursor_is_compared_as_json(local):
    table = ensure_bronze(local)
    table = commit(table, partition="p", expected=None, mark=Mark(1, ("a", 1)))
    table = commit(table, partition="p", expected=Mark(1, ["a", 1]), mark=Mark(2, {"b": 1, "a": None}))
    commit(table, partition="p", expected=Mark(2, {"a": None, "b": 1}), mark=Mark(3, None))


@pytest.mark.parametrize("mark", [ONE, Mark(0, {})], ids=["the-same", "back"])
def test_a_mark_moves_forward_only(local, mark):
    with pytest.raises(LakeError, match="cannot follow batch 1"):
        commit(start(local), partition="github", expected=ONE, mark=mark)


# ------------------------------------------------------------------------------------- many writers


def test_pyiceberg_honours_no_retries(local):
    """Its own retry appends without looking at the place; the property turns it off. Pinned: it is our fence."""
    start(local)
    first, second = local.table("bronze.events"), local.table("bronze.events")
    append_as_others(first, records(1, batch=2))
    with pytest.raises(CommitFailedException):
        append_as_others(second, records(1, batch=2))
    assert held(local.table("bronze.events")) == batch(1, 3) + batch(2, 1)


def test_a_table_that_pyiceberg_would_retry_on_is_refused(local):
    table = ensure_bronze(local)
    with table.transaction() as transaction:
        transaction.set_properties({"commit.retry.num-retries": "4"})
    with pytest.raises(LakeError, match="num-retries=0"):
        commit(table, partition="github", expected=None, mark=ONE)


def race(lake, wishes):
    """Commit all at once, every first attempt staged on the same head; what each gave or raised."""
    barrier = threading.Barrier(len(wishes))

    def run(wish):
        mine = unreliable(lake)
        mine.catalog.meet = barrier
        try:
            return commit(mine.table("bronze.events"), **wish)
        except FencedError as fault:
            return fault
        finally:
            mine.close()

    with ThreadPoolExecutor(len(wishes)) as pool:
        return list(pool.map(run, wishes))


def test_two_writers_on_one_head_make_one_commit(lake):
    start(lake)
    wish = {"partition": "github", "expected": ONE, "rows": records(4, batch=2)}
    outcomes = race(lake, [{**wish, "mark": TWO}, {**wish, "mark": Mark(2, "the other")}])
    assert sum(isinstance(outcome, FencedError) for outcome in outcomes) == 1
    table = lake.table("bronze.events")
    assert held(table) == batch(1, 3) + batch(2, 4)
    assert len(table.snapshots()) == 2


def test_the_fenced_writer_leaves_no_files(local):
    start(local)
    wish = {"partition": "github", "expected": ONE, "mark": TWO, "rows": records(4, batch=2)}
    race(local, [wish, wish])
    assert data_files(local) == live_files(local.table("bronze.events"))
    assert len(data_files(local)) == 2


def test_writers_of_different_partitions_all_get_through(lake):
    start(lake)
    names = ["a", "b", "c"]
    outcomes = race(
        lake,
        [
            {
                "partition": name,
                "expected": None,
                "mark": Mark(1, name),
                "rows": records(2, batch=1, partition=name),
                "facts": {"total": 2},
            }
            for name in names
        ],
    )
    assert not any(isinstance(outcome, Exception) for outcome in outcomes)
    table = lake.table("bronze.events")
    assert held(table) == sorted(
        row for name in ["github", *names] for row in batch(1, 3 if name == "github" else 2, partition=name)
    )
    assert read_place(table).marks == {"github": ONE, **{name: Mark(1, name) for name in names}}
    assert head_facts(table)["total"] == "6"


def test_commits_of_others_do_not_lose_the_place(local):
    start(local)
    foreign = local.table("bronze.events")
    append_as_others(foreign, records(2, batch=77))
    foreign.delete("_batch == 77")
    table = local.table("bronze.events")
    assert read_place(table).marks == {"github": ONE}
    table = commit(table, partition="github", expected=ONE, mark=TWO, rows=records(1, batch=2))
    first = table.snapshots()[0].snapshot_id
    table.maintenance.expire_snapshots().by_id(first).commit()
    table = local.table("bronze.events")
    assert read_place(table).marks == {"github": TWO}
    table = commit(table, partition="github", expected=TWO, mark=THREE, rows=records(1, batch=3))
    assert held(table) == batch(1, 3) + batch(2, 1) + batch(3, 1)


def test_a_commit_goes_through_although_others_commit_between(local):
    start(local)
    mine = unreliable(local)
    stale = mine.table("bronze.events")
    foreign = local.table("bronze.events")
    append_as_others(foreign, records(1, batch=77))
    table = commit(stale, partition="github", expected=ONE, mark=TWO, rows=records(1, batch=2))
    assert held(table) == batch(1, 3) + batch(2, 1) + batch(77, 1)
    assert mine.catalog.calls == 2
    mine.close()


def test_data_without_a_place_stops_everything(local):
    table = ensure_bronze(local)
    append_as_others(table, records(2, batch=1))
    with pytest.raises(PlaceLostError, match="no snapshot of its history says up to where"):
        read_place(table)
    with pytest.raises(PlaceLostError):
        commit(table, partition="github", expected=None, mark=ONE, rows=records(2, batch=1))
    assert len(data_files(local)) == 1


# ------------------------------------------------------------------------------------- unknown outcomes


def test_a_lost_reply_is_found_to_be_applied(lake):
    start(lake)
    mine = unreliable(lake, "reply lost")
    table = commit(
        mine.table("bronze.events"), partition="github", expected=ONE, mark=TWO, rows=records(4, batch=2)
    )
    assert mine.catalog.calls == 1
    assert held(table) == batch(1, 3) + batch(2, 4)
    mine.close()


def test_a_request_that_never_arrived_is_sent_again(lake):
    start(lake)
    mine = unreliable(lake, "never", "never")
    table = commit(
        mine.table("bronze.events"), partition="github", expected=ONE, mark=TWO, rows=records(4, batch=2)
    )
    assert mine.catalog.calls == 3
    assert held(table) == batch(1, 3) + batch(2, 4)
    mine.close()


def test_a_refusal_after_a_lost_reply_is_looked_up_too(local):
    start(local)
    mine = unreliable(local, "reply lost")
    real = mine.catalog.commit_table

    def refusing(*request):
        try:
            return real(*request)
        except ConnectionResetError:
            raise CommitFailedException("a proxy sent the request twice") from None

    mine.catalog.commit_table = refusing
    table = commit(
        mine.table("bronze.events"), partition="github", expected=ONE, mark=TWO, facts={"total": 4}
    )
    assert read_place(table).marks == {"github": TWO}
    assert len(table.snapshots()) == 2
    mine.close()


def test_a_catalog_that_stays_silent_ends_the_attempt_and_keeps_the_files(local):
    start(local)
    mine = unreliable(local, *["never"] * UNKNOWNS)
    with pytest.raises(LakeError, match="cannot be committed to: the connection broke"):
        commit(
            mine.table("bronze.events"), partition="github", expected=ONE, mark=TWO, rows=records(4, batch=2)
        )
    table = local.table("bronze.events")
    assert held(table) == batch(1, 3)
    assert len(data_files(local) - live_files(table)) == 1  # it might have been applied yet
    mine.close()


def test_after_an_unknown_outcome_a_fence_deletes_nothing(local):
    """The commit may have gone through and been tidied away since; whoever deleted now would delete live data."""
    start(local)
    mine = unreliable(local, "never")
    table = mine.table("bronze.events")
    real = mine.catalog.commit_table

    def overtaken(*request):
        try:
            return real(*request)
        except ConnectionResetError:
            other = local.table("bronze.events")
            commit(other, partition="github", expected=ONE, mark=TWO, rows=records(1, batch=2))
            raise

    mine.catalog.commit_table = overtaken
    with pytest.raises(FencedError):
        commit(table, partition="github", expected=ONE, mark=TWO, rows=records(4, batch=2))
    assert len(data_files(local)) == 3
    mine.close()


def test_a_locked_catalog_is_an_error_of_the_lake(local):
    start(local)
    locked = OperationalError("UPDATE", {}, Exception("database is locked"))
    mine = unreliable(local, *[locked] * UNKNOWNS)
    with pytest.raises(LakeError, match="database is locked"):
        commit(mine.table("bronze.events"), partition="github", expected=ONE, mark=TWO)
    mine.close()


# ------------------------------------------------------------------------------------- disks


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
def test_what_the_disk_refuses_stops_the_commit(local, monkeypatch, number):
    """At every flush of a commit in turn: never tried again, nothing left, and the next commit is fine."""
    table = start(local)
    real, countdown = os.fsync, [0]

    def fsync(handle):
        countdown[0] -= 1
        if countdown[0] == 0:
            raise OSError(number, os.strerror(number))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    refused = 0
    for at in range(1, 40):
        countdown[0] = at
        try:
            commit(table, partition="github", expected=ONE, mark=TWO, rows=records(4, batch=2))
            break
        except LakeError as fault:
            refused += os.strerror(number) in str(fault)
        table = local.table("bronze.events")
        assert held(table) == batch(1, 3)
        assert data_files(local) == live_files(table)
    assert refused >= 8  # of file and folder: data, manifest, manifest list, metadata
    assert held(local.table("bronze.events")) == batch(1, 3) + batch(2, 4)


# ------------------------------------------------------------------------------------- deletions


def test_rows_come_and_go_in_one_commit(lake):
    table = start(lake)
    table = commit(table, partition="github", expected=ONE, mark=TWO, rows=records(4, batch=2))
    before = len(table.snapshots())
    table = commit(
        table,
        partition="replay",
        expected=None,
        mark=Mark(1, {}),
        rows=records(1, batch=3),
        delete="_batch == 1 or (_batch == 2 and _row in (1, 2))",
    )
    assert held(table) == [("github", 2, 0), ("github", 2, 3), ("github", 3, 0)]
    assert len(table.snapshots()) == before + 1
    assert read_place(table).marks == {"github": TWO, "replay": Mark(1, {})}
    assert table.scan(row_filter="_batch == 2 and _row == 3").to_arrow()["raw"].to_pylist() == [
        b'{"batch":2,"row":3}\n'
    ]


def test_a_deletion_is_fenced(lake):
    start(lake)
    wish = {"partition": "replay", "expected": None, "mark": ONE, "delete": "_row == 0"}
    outcomes = race(lake, [{**wish, "rows": records(1, batch=8)}, {**wish, "rows": records(1, batch=9)}])
    assert sum(isinstance(outcome, FencedError) for outcome in outcomes) == 1
    left = held(lake.table("bronze.events"))
    assert left in ([*batch(1, 3)[1:], ("github", 8, 0)], [*batch(1, 3)[1:], ("github", 9, 0)])


def test_a_deletion_is_planned_anew_on_a_new_head(local):
    start(local)
    stale = local.table("bronze.events")
    commit(stale, partition="github", expected=ONE, mark=TWO, rows=records(2, batch=2))
    table = commit(stale, partition="replay", expected=None, mark=ONE, delete="_row == 0")
    assert held(table) == [("github", 1, 1), ("github", 1, 2), ("github", 2, 1)]
    assert data_files(local) >= live_files(table)


def test_a_deletion_of_nothing_moves_the_mark(lake):
    table = commit(start(lake), partition="github", expected=ONE, mark=TWO, delete="_batch == 99")
    assert held(table) == batch(1, 3)
    assert read_place(table).marks == {"github": TWO}


def test_a_row_for_which_the_condition_is_unknown_stays(local):
    """_fault is null in all rows: neither equal nor unequal to anything."""
    table = commit(
        start(local), partition="github", expected=ONE, mark=TWO, delete="_fault != 'x' and _row == 1"
    )
    assert len(held(table)) in {2, 3}  # PyIceberg reads != as "or null"
    table = commit(table, partition="github", expected=TWO, mark=THREE, delete="_fault == 'x' or _row == 0")
    assert ("github", 1, 2) in held(table)
    assert ("github", 1, 0) not in held(table)


# ------------------------------------------------------------------------------------- files, facts


def test_files_are_written_before(lake):
    table = start(lake)
    with ThreadPoolExecutor(1) as pool:
        files = pool.submit(write, table, records(5, batch=2)).result()
    assert held(lake.table("bronze.events")) == batch(1, 3)
    table = commit(table, partition="github", expected=ONE, mark=TWO, files=files)
    assert held(table) == batch(1, 3) + batch(2, 5)


def test_facts_are_carried_and_counts_added(local):
    table = commit(
        start(local), partition="github", expected=ONE, mark=TWO, facts={"duplicates": 3, "run": "a"}
    )
    table = commit(table, partition="github", expected=TWO, mark=THREE, facts={"duplicates": 4})
    foreign = local.table("bronze.events")
    append_as_others(foreign, records(1, batch=77))
    assert head_facts(local.table("bronze.events")) == {"duplicates": "7", "run": "a"}
    with pytest.raises(LakeError, match="nothing can be added"):
        commit(foreign, partition="github", expected=THREE, mark=Mark(4, 0), facts={"run": 1})
