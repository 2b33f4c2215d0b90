"""`sentinel lake`: what the tables hold, and their upkeep by hand."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sentineldq.cli.app import app
from sentineldq.lake.open import open_lake
from sentineldq.lake.write import write
from sentineldq.reports.lake import ago, size
from tests.lake.parts import records
from tests.lake.test_compact import fill


@pytest.fixture
def lake(folder, monkeypatch):
    """A project with one table of five commits."""
    monkeypatch.setitem(app.lazy, "lake", ("sentineldq.cli.lake:lake", "Look at the lake's tables."))
    (folder / "sentinel.yaml").write_text("name: shop\n")
    with open_lake(warehouse=str(folder / ".sentinel/lake")) as opened:
        fill(opened, 5, days=2)
        yield opened


def answer(ran):
    assert (ran.code, ran.err) == (0, "")
    return json.loads(ran.out)


def test_ls_lists_tables(sentinel, lake):
    ran = sentinel("lake", "ls")
    assert (ran.code, ran.err) == (0, "")
    title, _, row = ran.out.splitlines()
    assert title.split() == ["table", "rows", "files", "size", "snapshots", "last", "commit"]
    assert row.split()[:3] == ["bronze.events", "15", "5"]


def test_ls_in_json_is_exact(sentinel, lake):
    (one,) = answer(sentinel("lake", "ls", "--format", "json"))
    files = Path(lake.table("bronze.events").location(), "data").rglob("*.parquet")
    assert one["bytes"] == sum(path.stat().st_size for path in files)
    assert (one["table"], one["rows"], one["files"], one["snapshots"]) == ("bronze.events", 15, 5, 5)
    assert datetime.fromisoformat(one["committed_at"]) <= datetime.now(UTC)


def test_ls_of_a_new_project(sentinel, folder, monkeypatch):
    monkeypatch.setitem(app.lazy, "lake", ("sentineldq.cli.lake:lake", "Look at the lake's tables."))
    (folder / "sentinel.yaml").write_text("name: shop\n")
    assert sentinel("lake", "ls").out == "no tables yet\n"
    assert answer(sentinel("lake", "ls", "--simulated", "-f", "json")) == []


def test_show_tells_all_about_a_table(sentinel, lake):
    ran = sentinel("lake", "show", "bronze.events")
    assert ran.out.startswith("bronze.events: 15 rows, 5 files, ")
    for told in (
        "day(_received_at)",
        "_partition",
        "github",
        "{at: 5}",
        "dropped",
        "_received_at_day=2026-03-01",
    ):
        assert told in ran.out
    one = answer(sentinel("lake", "show", "bronze.events", "-f", "json"))
    assert one["place"] == [{"partition": "github", "batch": 5, "cursor": {"at": 5}}]
    assert one["facts"] == {"by": "us", "dropped": "5"}
    assert [(part["rows"], part["files"], part["small"]) for part in one["partitions"]] == [
        (6, 2, 2),
        (9, 3, 3),
    ]


def test_history_is_newest_first(sentinel, lake):
    found = answer(sentinel("lake", "history", "bronze.events", "-n", "3", "-f", "json"))
    assert [(one["rows"], one["rows_added"], one["operation"]) for one in found] == [
        (15, 3, "append"),
        (12, 3, "append"),
        (9, 3, "append"),
    ]
    ran = sentinel("lake", "history", "bronze.events")
    assert len(ran.out.splitlines()) == 7
    assert "+3" in ran.out


def test_compact_tries_first_then_does_it(sentinel, lake):
    ran = sentinel("lake", "compact", "--dry-run")
    assert ran.out.startswith("bronze.events: 5 files (")
    assert ran.out.endswith("would become 2\n")
    assert answer(sentinel("lake", "ls", "-f", "json"))[0]["files"] == 5
    (done,) = answer(sentinel("lake", "compact", "bronze.events", "-f", "json"))
    assert (done["files_before"], done["files_after"], done["rows"], done["late"]) == (5, 2, 15, 0)
    assert answer(sentinel("lake", "ls", "-f", "json"))[0]["files"] == 2
    assert sentinel("lake", "compact").out == "bronze.events: nothing to compact\n"


def test_expire_keeps_what_is_young(sentinel, lake):
    assert sentinel("lake", "expire").out == "bronze.events: 0 snapshots forgotten of 5, 0 files deleted\n"
    ran = sentinel("lake", "expire", "--older-than", "0s", "--keep", "2", "--dry-run")
    assert ran.out == "bronze.events: 0 snapshots would be forgotten of 5\n"  # none is five minutes old


def test_orphans_are_listed_then_deleted(sentinel, lake):
    assert sentinel("lake", "orphans").out == "no orphans\n"
    (lost,) = write(lake.table("bronze.events"), records(4, batch=9))
    old = time.time() - timedelta(days=2).total_seconds()
    os.utime(lost.file_path, (old, old))
    ran = sentinel("lake", "orphans")
    assert "1 orphan, " in ran.out
    assert "--delete removes them" in ran.out
    (told,) = answer(sentinel("lake", "orphans", "-f", "json"))
    assert (told["table"], told["location"], told["bytes"]) == (
        "bronze.events",
        lost.file_path,
        lost.file_size_in_bytes,
    )
    assert sentinel("lake", "orphans", "--older-than", "3d").out == "no orphans\n"
    assert sentinel("lake", "orphans", "--delete").out.endswith(": deleted\n")
    assert not Path(lost.file_path).exists()
    assert sentinel("lake", "orphans").out == "no orphans\n"


def test_a_short_grace_period_is_refused(sentinel, lake):
    ran = sentinel("lake", "orphans", "--delete", "--older-than", "10m")
    assert ran.code == 2
    assert "--force" in ran.err
    assert sentinel("lake", "orphans", "--older-than", "59m", "--force").code == 0


@pytest.mark.parametrize("verb", ["show", "history", "compact", "expire", "orphans"])
def test_a_table_that_is_not_there(sentinel, lake, verb):
    ran = sentinel("lake", verb, "bronze.event")
    assert ran.code == 3
    assert "there is no such table" in ran.err
    assert "did you mean 'bronze.events'?" in ran.err


def test_one_damaged_table_does_not_stop_the_others(sentinel, lake):
    fill(lake, 1)
    table = lake.ensure("quarantine.events", lake.table("bronze.events").schema().as_arrow())
    Path(table.metadata_location).write_text("{")
    ran = sentinel("lake", "compact")
    assert ran.code == 3
    assert "bronze.events: 6 files" in ran.out
    assert "quarantine.events" in ran.err


def test_another_folder_and_none(sentinel, lake, tmp_path):
    assert sentinel("lake", "ls", "--project", str(tmp_path)).code == 0
    ran = sentinel("lake", "ls", "--project", str(tmp_path / "nowhere"))
    assert ran.code == 2
    assert "there is no project" in ran.err


def test_figures_are_for_people():
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert [size(one) for one in (0, 999, 1_234, 999_600, 5_000_000_000)] == [
        "0 B",
        "999 B",
        "1.23 kB",
        "1 MB",
        "5 GB",
    ]
    gone = [timedelta(seconds=5), timedelta(minutes=5), timedelta(hours=30), timedelta(days=3)]
    assert [ago((now - one).isoformat(), now=now) for one in gone] == [
        "5 s ago",
        "5 min ago",
        "1 d ago",
        "3 d ago",
    ]
    assert ago(None) == "\u2013"
