"""What upkeep of silver means for gold: nothing, or all of it built once more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from sentineldq.lake.compact import compact, pack
from sentineldq.lake.expire import Keep, expire
from sentineldq.lake.open import Lake, open_lake
from sentineldq.pipeline.gold.changes import content, touched
from tests.pipeline.gold.golden import DAILY, SILVER, add, event, models, rows, run

NONE = timedelta()
HEAD_ALONE = Keep(age=NONE, least=1, most=1, floor=NONE, metadata=1)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with open_lake(warehouse=str(tmp_path / "lake")) as opened:
        yield opened


def _compacted(lake: Lake, name: str = "silver.events") -> None:
    table = lake.table(name)
    assert compact(table, pack(table)).table.current_snapshot() != table.current_snapshot()


def test_compaction_changes_no_rows(lake: Lake, tmp_path: Path) -> None:
    chosen = models(tmp_path / "gold", daily=DAILY, totals="SELECT sum(events) AS n FROM gold.daily")
    for number in range(3):
        add(lake, [event(number), event(number, day=1)])
        run(lake, chosen)
    _compacted(lake)
    assert {one.status for one in run(lake, chosen).values()} == {"unchanged"}
    add(lake, [event(9, day=1)])
    before = content(lake.table("silver.events"))
    _compacted(lake)
    assert content(lake.table("silver.events")) == before
    daily = run(lake, chosen)["daily"]
    assert (daily.status, daily.action) == ("published", "refresh")
    assert {row["day"]: row["events"] for row in rows(lake, "gold.daily")} == {
        date(2026, 3, 1): 3,
        date(2026, 3, 2): 4,
    }


def test_where_the_version_it_was_built_from_is_forgotten_all_is_built(lake: Lake, tmp_path: Path) -> None:
    chosen = models(tmp_path / "gold", daily=DAILY)
    add(lake, [event(1)])
    run(lake, chosen)
    add(lake, [event(2, day=1)])
    expire(lake.table("silver.events"), HEAD_ALONE)
    found = run(lake, chosen)["daily"]
    assert (found.action, found.reason) == ("build", "silver.events changed, and which dates cannot be told")
    assert len(rows(lake, "gold.daily")) == 2
    expire(lake.table("gold.daily"), HEAD_ALONE)
    assert run(lake, chosen)["daily"].status == "unchanged"


def test_rolling_silver_back_builds_all(lake: Lake, tmp_path: Path) -> None:
    chosen = models(tmp_path / "gold", daily=DAILY)
    add(lake, [event(1)])
    first = lake.table("silver.events").metadata.current_snapshot_id
    add(lake, [event(2, day=1)])
    run(lake, chosen)
    lake.table("silver.events").manage_snapshots().rollback_to_snapshot(first or 0).commit()
    assert run(lake, chosen)["daily"].action == "build"
    assert [row["day"] for row in rows(lake, "gold.daily")] == [date(2026, 3, 1)]


def test_dates_are_read_where_partitions_do_not_tell_them(lake: Lake) -> None:
    table = lake.ensure("silver.other", SILVER, partition=("kind", "identity"))
    table.append(_piece([event(1), event(2, day=2)]))
    since = table.metadata.current_snapshot_id or 0
    table.append(_piece([event(3, day=4), event(4, day=None)]))
    table.delete("id = 2")
    found = touched(lake.table("silver.other"), since=since, column="created_at")
    assert found == {date(2026, 3, 5), None, date(2026, 3, 3), date(2026, 3, 1)}
    assert touched(lake.table("silver.other"), since=since, column="kind") is None
    assert touched(lake.table("silver.other"), since=1, column="created_at") is None


def _piece(events: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(events, schema=SILVER)
