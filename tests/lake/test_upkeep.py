"""Upkeep: due when it is worth its while, planned as data, and a table stays small however many commits it gets."""

from __future__ import annotations

from datetime import timedelta

from sentineldq.lake.expire import Keep
from sentineldq.lake.place import read_place
from sentineldq.lake.upkeep import Compact, Expire, Merge, Policy, due, perform, plan
from tests.lake.parts import batch, ensure_bronze, held
from tests.lake.test_compact import fill

SMALL = Policy(
    commits=6,
    files=4,
    snapshots=5,
    keep=Keep(age=timedelta(0), least=4, most=4, floor=timedelta(0), metadata=4),
)


def test_a_new_table_needs_nothing(local):
    table = ensure_bronze(local)
    assert not due(table)
    assert plan(table) == []
    assert perform(table, []).table is table


def test_due_after_so_many_commits(local):
    assert not due(fill(local, 4), SMALL)
    table = fill(local, 2)
    assert due(table, SMALL)
    (action,) = plan(table, SMALL)
    assert isinstance(action, Compact)
    done = perform(table, [action], SMALL)
    assert done.compacted is not None
    assert done.compacted.files == 6
    assert not due(done.table, SMALL)


def test_files_of_many_partitions_are_left_and_their_manifests_merged(local):
    table = fill(local, 6, days=3)
    assert plan(table, SMALL) == [Merge(6)]
    table = perform(table, plan(table, SMALL), SMALL).table
    assert len(table.current_snapshot().manifests(table.io)) == 1
    assert not due(table, SMALL)


def test_due_for_expiry_alone(local):
    policy = Policy(commits=99, snapshots=5, keep=SMALL.keep)
    table = fill(local, 9)
    assert due(table, policy)
    assert plan(table, policy) == [Expire(5)]
    done = perform(table, plan(table, policy), policy)
    assert done.expired is not None
    assert done.expired.snapshots == 5
    assert not due(done.table, policy)


def test_a_table_stays_small(lake):
    for _ in range(5):
        table = fill(lake, 6)
        assert due(table, SMALL)
        table = perform(table, plan(table, SMALL), SMALL).table
    assert len(table.snapshots()) <= 9
    assert len(table.inspect.files()) <= 5
    assert held(table) == [one for n in range(1, 31) for one in batch(n, 3)]
    assert read_place(table).marks["github"].batch == 30
