"""Orphans: what nothing refers to is found, what anything refers to never is."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sentineldq.errors import LakeError, UsageError
from sentineldq.lake.commit import commit
from sentineldq.lake.compact import compact, pack
from sentineldq.lake.expire import Keep, expire
from sentineldq.lake.orphans import delete_orphans, demand_grace, find_lost_places, find_orphans
from sentineldq.lake.place import Mark, read_place
from sentineldq.lake.write import write
from tests.lake.parts import batch, ensure_bronze, held, records
from tests.lake.test_compact import fill
from tests.lake.test_expire import TWO, files_of, later

NONE = timedelta(0)


def soon():
    return datetime.now(UTC) + timedelta(seconds=5)  # clocks of object stores may be a little ahead


def test_a_table_with_a_history_has_none(lake):
    table = fill(lake, 3)
    table = compact(table, pack(table)).table
    table = fill(lake, 2)
    assert find_orphans(table, grace=NONE, now=soon()) == []


def test_files_that_were_never_committed_are_found_and_go(lake):
    table = fill(lake, 2)
    written = write(table, records(5, batch=9))
    (found,) = find_orphans(table, grace=NONE, now=soon())
    assert (found.location, found.bytes) == (written[0].file_path, written[0].file_size_in_bytes)
    assert delete_orphans(table, [found]) == 1
    assert delete_orphans(table, [found]) == 0
    assert find_orphans(table, grace=NONE, now=soon()) == []
    assert held(table) == batch(1, 3) + batch(2, 3)


def test_the_grace_period_protects_writers(local):
    table = fill(local, 1)
    (young,) = write(table, records(5, batch=9))
    assert find_orphans(table) == []
    old = time.time() - timedelta(hours=25).total_seconds()
    os.utime(young.file_path, (old, old))
    assert [one.location for one in find_orphans(table)] == [young.file_path]
    assert find_orphans(table, grace=timedelta(hours=26)) == []


def test_a_commit_after_the_table_was_opened_counts(local):
    stale = fill(local, 1)
    table = fill(local, 2)
    assert find_orphans(stale, grace=NONE, now=soon()) == []
    assert len(held(table)) == 9


def test_all_that_lies_there_and_is_not_needed_is_found(local):
    table = fill(local, 6)
    table = compact(table, pack(table)).table
    before = files_of(table)
    after = expire(table, TWO, now=later()).table
    lost = {path for path in before - files_of(after) if not path.endswith(".json")}
    for path in lost:
        Path(path).write_bytes(b"x")
    extra = Path(table.location(), "data", ".part.parquet.tmp")
    extra.write_bytes(b"half")
    beside = Path(table.location(), "freshness.json")
    beside.write_text("{}")
    found = {one.location for one in find_orphans(after, grace=NONE, now=soon())}
    assert found == {*lost, str(extra)}
    delete_orphans(after, find_orphans(after, grace=NONE, now=soon()))
    assert beside.exists()
    assert held(local.table("bronze.events")) == held(table)


def test_a_table_whose_name_begins_alike_is_another(local):
    table = fill(local, 1)
    other = ensure_bronze(local, "bronze.events2")
    commit(other, partition="p", expected=None, mark=Mark(1, {}), rows=records(1, batch=1))
    assert find_orphans(table, grace=NONE, now=soon()) == []


def test_with_a_manifest_gone_nothing_is_an_orphan(local):
    table = fill(local, 2)
    write(table, records(5, batch=9))
    Path(table.current_snapshot().manifests(table.io)[0].manifest_path).unlink()
    with pytest.raises(LakeError, match="nobody can tell which files are needed"):
        find_orphans(table, grace=NONE, now=soon())


def test_places_that_no_snapshot_names(lake):
    table = ensure_bronze(lake)
    before = None
    for number in range(1, 5):
        mark = Mark(number, {"long": "x" * 5000, "at": number})
        table = commit(table, partition="p", expected=before, mark=mark, rows=records(1, batch=number))
        before = mark
    assert find_lost_places(lake, grace=NONE, now=soon()) == []
    table = expire(table, Keep(age=NONE, least=2, most=2, floor=NONE, metadata=2), now=later()).table
    lost = find_lost_places(lake, grace=NONE, now=soon())
    assert len(lost) == 2
    assert find_lost_places(lake) == []
    assert delete_orphans(table, lost) == 2
    assert find_lost_places(lake, grace=NONE, now=soon()) == []
    assert read_place(lake.table("bronze.events")).marks == {"p": before}


def test_places_without_a_table(local):
    assert find_lost_places(local, grace=NONE) == []


def test_a_short_grace_period_needs_force():
    with pytest.raises(UsageError, match="one hour"):
        demand_grace(timedelta(minutes=59))
    demand_grace(timedelta(minutes=59), force=True)
    demand_grace(timedelta(hours=1))
