"""A replay killed, overtaken or run beside pipelines: what it has begun is ended by the next, exactly once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sentineldq.lake.place import read_place
from sentineldq.lake.scan import scan
from sentineldq.pipeline.replay import moves, step
from sentineldq.pipeline.replay.moves import REPLAY, Tables, finish
from sentineldq.pipeline.runner import Runner
from sentineldq.store import runs
from tests.pipeline.parts import DATASET, Given, click
from tests.pipeline.replay.shop import figures, shops  # noqa: F401  # a fixture

CHILD = """
import os, signal, sys
from pyiceberg.catalog.sql import SqlCatalog
from sentineldq.pipeline.replay.patch import make_patch
from sentineldq.pipeline.project import load_project
from sentineldq.pipeline.replay.run import replay

folder, dataset, at, moment, *settings = sys.argv[1:]
real, count = SqlCatalog.commit_table, 0

def commit_table(self, *arguments):
    global count
    count += 1
    if count == int(at) and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    found = real(self, *arguments)
    if count == int(at) and moment == "after":
        os.kill(os.getpid(), signal.SIGKILL)
    return found

SqlCatalog.commit_table = commit_table
project = load_project(folder)
with project.open_lake() as lake, project.open_store() as store:
    replay(project, dataset, lake=lake, store=store, patch=make_patch(settings))
"""


def killed(one: Any, at: int, moment: str, *settings: str) -> None:
    """Replay in a process that dies at its `at`-th commit."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(one.root), DATASET, str(at), moment, *settings],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def fill(one: Any) -> None:
    """Three to recover, one duplicate, one that stays."""
    one.land([click(1), click(2, kind="z"), click(1, kind="z"), click(3, kind="z")])
    one.land([click(4, kind="z"), click(5, kind="q")])
    one.mend(kinds=["a", "z"])


def ahead(one: Any) -> bool:
    """Whether silver has done a step that quarantine has not."""
    one.dataset.reload()
    first, second = (
        read_place(table).marks.get(REPLAY) for table in (one.dataset.silver, one.dataset.quarantine)
    )
    return first != second


@pytest.mark.parametrize(
    ("at", "moment", "left"),
    [(1, "before", False), (1, "after", True), (2, "before", True), (2, "after", False)],
)
def test_killed_at_a_commit_and_run_again(shop, at, moment, left) -> None:
    one = shop()
    fill(one)
    killed(one, at, moment)
    assert ahead(one) == left
    found = one.replay()
    assert found.finished == (4 if left else 0)
    held = one.tables()
    assert sorted(held.ids) == [1, 2, 3, 4]
    assert (held.quarantine.height, held.facts["duplicates"]) == (1, "1")
    last = runs.query(one.store, pipeline="clicks/replay")
    assert [run.status for run in last] == ["succeeded", "failed"]


def test_killed_with_a_patch_then_run_with_other_rules(shop) -> None:
    one = shop()
    one.land([click(1), click(2, kind="z"), click(3, kind="z", size=-1)])
    killed(one, 1, "after", 'kind="b"')
    one.mend(kinds=["a"])
    assert figures(one.replay('kind="a"', "size=0")) == (1, 1, 0, 0, 0)
    held = one.tables()
    assert held.silver.sort("id")["kind"].to_list() == ["a", "b", "a"]


def test_a_run_of_the_pipeline_ends_what_a_replay_has_begun(shop) -> None:
    one = shop()
    fill(one)
    killed(one, 1, "after")
    one.land([click(6)])
    runner = Runner(one.project, DATASET, lake=one.lake, store=one.store)
    runner.source = Given(web=[[], [], [], [click(7)]])
    assert runner.run().status == "succeeded"
    assert not ahead(one)
    assert finish(Tables.open(one.lake, DATASET)) == 0
    assert sorted(one.tables().ids) == [1, 2, 3, 4, 6, 7]


def once(monkeypatch: pytest.MonkeyPatch, name: str, act: Any) -> list[None]:
    """Before the first call of a commit, something else happens."""
    real, called = getattr(moves, name), []

    def first(*arguments: Any, **options: Any) -> Any:
        if not called:
            called.append(None)
            act()
        return real(*arguments, **options)

    monkeypatch.setattr(step, name, first)
    return called


def test_a_pipeline_that_is_first_is_taken_into_account(shop, monkeypatch) -> None:
    one = shop()
    fill(one)
    called = once(monkeypatch, "take", lambda: one.land([click(2, kind="b"), click(7)]))
    assert figures(one.replay()) == (5, 2, 1, 2, 0)
    assert called
    held = one.tables()
    assert sorted(held.ids) == [1, 2, 3, 4, 7]
    assert held.silver.filter(pl.col("id") == 2)["kind"].to_list() == ["b"]


def test_another_replay_that_is_first_leaves_nothing_to_do(shop, monkeypatch) -> None:
    one = shop()
    fill(one)
    found = []
    once(monkeypatch, "take", lambda: found.append(figures(one.replay())))
    assert figures(one.replay()) == (1, 0, 1, 0, 0)
    assert found == [(5, 3, 1, 1, 0)]
    assert sorted(one.tables().ids) == [1, 2, 3, 4]


def test_another_that_ends_the_step_is_no_fault(shop, monkeypatch) -> None:
    one = shop()
    fill(one)
    once(monkeypatch, "release", lambda: finish(Tables.open(one.lake, DATASET)))
    assert figures(one.replay()) == (5, 3, 1, 1, 0)
    assert sorted(one.tables().ids) == [1, 2, 3, 4]


def test_a_damaged_note_is_told_and_nothing_is_lost(shop) -> None:
    one = shop()
    fill(one)
    killed(one, 1, "after")
    (note,) = (Path(one.project.warehouse) / "replays").iterdir()
    kept = note.read_bytes()
    note.write_bytes(kept[:-9])
    with pytest.raises(moves.LakeError, match="what a replay has moved cannot be read"):
        one.replay()
    note.write_bytes(kept)
    one.replay()
    assert sorted(one.tables().ids) == [1, 2, 3, 4]
    assert scan(one.dataset.quarantine).collect().height == 1
