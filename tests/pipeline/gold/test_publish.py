"""Write, audit, publish: main is the old version or the new one, whatever happens between."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pyarrow as pa
import pytest
from pyiceberg.exceptions import CommitFailedException

from sentineldq.errors import EvolutionError, FencedError
from sentineldq.lake.open import Lake, open_lake
from sentineldq.lake.place import ancestry, read_place
from sentineldq.pipeline.gold.build import Built
from sentineldq.pipeline.gold.publish import BRANCH, Draft, find_draft, publish, schema_for, write_draft
from tests.pipeline.gold.golden import DAILY, TOTALS, add, contract, event, models, rows, run

COLUMNS = {"day": "date", "kind": "string", "events": "integer", "bytes": "integer"}
FEW = contract(
    table="daily",
    columns=COLUMNS,
    quality=[
        {
            "type": "library",
            "metric": "rowCount",
            "mustBeLessThan": 3,
            "name": "few_rows",
            "severity": "CRITICAL",
        }
    ],
)


@pytest.fixture(params=["sqlite", pytest.param("rest", marks=pytest.mark.rest)])
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lake]:
    catalog = request.getfixturevalue("rest_catalog") if request.param == "rest" else None
    with open_lake(warehouse=str(tmp_path / "lake"), catalog=catalog) as opened:
        yield opened


def _draft(lake: Lake, numbers: list[int]) -> Draft:
    piece = pa.table({"n": pa.array(numbers, pa.int64())})
    table = lake.ensure("gold.numbers", piece.schema)
    return write_draft(
        table,
        [piece],
        schema=schema_for(table, piece.schema),
        partition=None,
        dates=None,
        properties={"sentinel.place": "{}"},
    )


def test_a_draft_is_on_its_branch_until_it_is_published(lake: Lake) -> None:
    first = _draft(lake, [1])
    assert lake.table("gold.numbers").current_snapshot() is None
    assert rows(lake, "gold.numbers", snapshot=first.snapshot) == [{"n": 1}]
    publish(first)
    assert rows(lake, "gold.numbers") == [{"n": 1}]
    second = _draft(lake, [2, 3])
    assert rows(lake, "gold.numbers") == [{"n": 1}]
    assert rows(lake, "gold.numbers", snapshot=second.snapshot) == [{"n": 2}, {"n": 3}]
    table = publish(second)
    assert rows(lake, "gold.numbers") == [{"n": 2}, {"n": 3}]
    assert BRANCH not in table.metadata.refs
    assert [one.snapshot_id for one in ancestry(table)] == [second.snapshot, first.snapshot]


def test_publishing_twice_is_publishing_once(lake: Lake) -> None:
    draft = _draft(lake, [1])
    assert publish(draft).metadata.current_snapshot_id == publish(draft).metadata.current_snapshot_id
    assert len(lake.table("gold.numbers").metadata.snapshot_log) == 1


def test_of_two_drafts_one_is_published(lake: Lake) -> None:
    """The branch is that of the last writer; either may publish, once."""
    ours, theirs = _draft(lake, [1]), _draft(lake, [2])
    publish(ours)
    assert rows(lake, "gold.numbers") == [{"n": 1}]
    with pytest.raises(FencedError, match="another builder published first"):
        publish(theirs)
    assert rows(lake, "gold.numbers") == [{"n": 1}]


def test_a_draft_of_what_main_was_is_no_draft(lake: Lake) -> None:
    ours, theirs = _draft(lake, [1]), _draft(lake, [2])
    assert find_draft(lake.table("gold.numbers")) is not None
    publish(ours)
    assert theirs.snapshot in {ref.snapshot_id for ref in lake.table("gold.numbers").metadata.refs.values()}
    assert find_draft(lake.table("gold.numbers")) is None


def test_a_writer_that_main_overtook_removes_its_files(lake: Lake, tmp_path: Path) -> None:
    piece = pa.table({"n": pa.array([9], pa.int64())})
    publish(_draft(lake, [1]))
    stale = lake.table("gold.numbers")
    publish(_draft(lake, [2]))
    with pytest.raises(FencedError):
        write_draft(stale, [piece], schema=stale.schema(), partition=None, dates=None, properties={})
    found = {path.name for path in (tmp_path / "lake").rglob("gold/**/*.parquet")}
    assert len(found) == 2


def test_a_reply_that_is_lost_is_looked_up(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalog commits and then fails: what the table says counts."""
    draft = _draft(lake, [1])
    commit = type(lake.catalog).commit_table

    def lost(self, *given):
        commit(self, *given)
        raise ConnectionResetError("the reply is lost")

    monkeypatch.setattr(type(lake.catalog), "commit_table", lost)
    publish(draft)
    assert rows(lake, "gold.numbers") == [{"n": 1}]


def test_a_refusal_by_a_commit_elsewhere_in_the_table_is_tried_again(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = _draft(lake, [1])
    commit = type(lake.catalog).commit_table
    refusals = [CommitFailedException("first"), CommitFailedException("second")]

    def busy(self, *given):
        if refusals:
            raise refusals.pop()
        return commit(self, *given)

    monkeypatch.setattr(type(lake.catalog), "commit_table", busy)
    publish(draft)
    assert rows(lake, "gold.numbers") == [{"n": 1}]


def test_columns_change_as_main_moves(lake: Lake) -> None:
    publish(_draft(lake, [1]))
    table = lake.table("gold.numbers")
    piece = pa.table({"n": pa.array(["one"], pa.large_string()), "m": pa.array([1.5])})
    draft = write_draft(
        table, [piece], schema=schema_for(table, piece.schema), partition=None, dates=None, properties={}
    )
    before = lake.table("gold.numbers")
    assert (before.schema().column_names, rows(lake, "gold.numbers")) == (["n"], [{"n": 1}])
    after = publish(draft)
    assert (after.schema().column_names, rows(lake, "gold.numbers")) == (["n", "m"], [{"n": "one", "m": 1.5}])


def test_other_partitions_are_refused(lake: Lake) -> None:
    publish(_draft(lake, [1]))
    table = lake.table("gold.numbers")
    with pytest.raises(EvolutionError, match="it is partitioned by nothing"):
        write_draft(table, [], schema=table.schema(), partition=("n", "identity"), dates=None, properties={})


def test_a_refused_build_leaves_main_and_stays_to_be_looked_at(lake: Lake, tmp_path: Path) -> None:
    chosen = models(tmp_path / "gold", daily=DAILY, totals=TOTALS)
    add(lake, [event(1), event(2, day=1)])
    assert run(lake, chosen, gold_daily=FEW)["daily"].status == "published"
    good = rows(lake, "gold.daily")
    add(lake, [event(3, day=2), event(4, kind="fork")])
    found = run(lake, chosen, gold_daily=FEW)
    daily = found["daily"]
    assert (daily.status, daily.branch, daily.rows) == ("refused", "audit", 2)
    assert [(one.name, one.observed) for one in daily.failed] == [("few_rows", 4)]
    assert rows(lake, "gold.daily") == good
    assert daily.snapshot == lake.table("gold.daily").metadata.refs["audit"].snapshot_id
    assert len(rows(lake, "gold.daily", snapshot=daily.snapshot)) == 4
    assert found["totals"].status == "unchanged"
    assert found["totals"].notes[0] == "gold.daily was refused: its last good version was read"


def test_a_refused_build_is_audited_again_and_not_built_again(lake: Lake, tmp_path: Path) -> None:
    chosen = models(tmp_path / "gold", daily=DAILY)
    add(lake, [event(1), event(2, day=1), event(3, day=2)])
    first = run(lake, chosen, gold_daily=FEW)["daily"]
    second = run(lake, chosen, gold_daily=FEW)["daily"]
    assert (first.status, second.status, first.rows) == ("refused", "refused", 0)
    assert first.snapshot == second.snapshot
    assert lake.table("gold.daily").current_snapshot() is None
    add(lake, [], delete="id = 3")
    third = run(lake, chosen, gold_daily=FEW)["daily"]
    assert (third.status, third.rows) == ("published", 2)


def test_what_only_warns_is_told_and_published(lake: Lake, tmp_path: Path) -> None:
    chosen = models(tmp_path / "gold", daily=DAILY)
    quality = [
        {"type": "library", "metric": "rowCount", "mustBe": 7, "name": "seven", "severity": "WARNING"},
        {
            "type": "custom",
            "engine": "sentineldq",
            "name": "huge",
            "severity": "CRITICAL",
            "implementation": {"check": "between", "column": "bytes", "min": 100, "on_violation": "warn"},
        },
    ]
    add(lake, [event(1)])
    lenient = contract(table="daily", columns=COLUMNS, quality=quality)
    found = run(lake, chosen, gold_daily=lenient)["daily"]
    assert (found.status, found.failed) == ("published", [])
    assert {one.name for one in found.warned} == {"seven", "huge"}


def test_a_contract_of_other_columns_refuses(lake: Lake, tmp_path: Path) -> None:
    chosen = models(tmp_path / "gold", daily=DAILY)
    add(lake, [event(1)])
    other = contract(table="daily", columns={**COLUMNS, "bytes": "string", "absent": "string"})
    found = run(lake, chosen, gold_daily=other)["daily"]
    assert found.status == "refused"
    assert {one.column for one in found.failed} >= {"bytes", "absent"}


def test_two_builders_at_once(lake: Lake, tmp_path: Path) -> None:
    """Both end well, one having published what the other then finds, and nothing is doubled."""
    chosen = models(tmp_path / "gold", daily=DAILY, totals=TOTALS)
    barrier = Barrier(2)
    ended: list[dict[str, Built]] = []

    def builder() -> None:
        with open_lake(warehouse=lake.warehouse, catalog=lake.catalog.properties["uri"]) as own:
            barrier.wait()
            ended.append(run(own, chosen))

    for day in range(3):
        add(lake, [event(day, day=day), event(day, day=0)])
        ended.clear()
        pair = [Thread(target=builder) for _ in range(2)]
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join()
        assert [
            one.reason
            for found in ended
            for one in found.values()
            if one.status not in {"published", "unchanged"}
        ] == []
    assert sum(row["events"] for row in rows(lake, "gold.daily")) == 6
    assert rows(lake, "gold.totals") == [{"kind": "push", "events": 6}]
    assert read_place(lake.table("gold.daily")).marks["silver.events"].batch == 3


KILLED = """
    import os, signal, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from sentineldq.lake.open import open_lake
    from sentineldq.pipeline.gold.build import build
    from sentineldq.pipeline.gold.model import load_models

    warehouse, catalog, folder, when = sys.argv[1:]
    lake = open_lake(warehouse=warehouse, catalog=catalog)
    kind = type(lake.catalog)
    commit, calls = kind.commit_table, []

    def die():
        os.kill(os.getpid(), signal.SIGKILL)

    def dying(self, *given):
        calls.append(1)
        if when == f"before {len(calls)}":
            die()
        done = commit(self, *given)
        if when == f"after {len(calls)}":
            die()
        return done

    kind.commit_table = dying
    build(lake, load_models(Path(folder)), contracts={}, now=datetime.now(UTC))
"""


@pytest.mark.parametrize("when", ["before 1", "after 1", "after 2"])
def test_kill_9_leaves_the_old_version_or_the_new(lake: Lake, tmp_path: Path, when: str) -> None:
    """Killed before and after the draft's commit, and after the one that publishes."""
    chosen = models(tmp_path / "gold", daily=DAILY)
    add(lake, [event(1)])
    run(lake, chosen)
    old = rows(lake, "gold.daily")
    add(lake, [event(2), event(3, day=1)])
    given = [lake.warehouse, lake.catalog.properties["uri"], str(tmp_path / "gold"), when]
    command = [sys.executable, "-c", textwrap.dedent(KILLED), *given]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert (rows(lake, "gold.daily") == old) is (when != "after 2")
    left = find_draft(lake.table("gold.daily"))
    found = run(lake, chosen)["daily"]
    assert found.status == ("unchanged" if when == "after 2" else "published")
    assert (left is not None and found.snapshot == left.snapshot) is (when == "after 1")
    assert [row["events"] for row in rows(lake, "gold.daily")] == [2, 1]
    assert BRANCH not in lake.table("gold.daily").metadata.refs
