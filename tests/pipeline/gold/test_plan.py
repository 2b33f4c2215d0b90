"""What is built, when, and that building in parts gives what building anew gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.errors import UsageError
from sentineldq.lake.open import Lake, open_lake
from sentineldq.lake.place import read_place
from sentineldq.pipeline.gold.plan import Origin, Standing, decide, look, plan
from tests.pipeline.gold.golden import DAILY, NOW, SILVER, TOTALS, add, contract, event, models, rows, run


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with open_lake(warehouse=str(tmp_path / "lake")) as opened:
        yield opened


def test_a_model_is_built_once_and_then_when_silver_changes(lake: Lake, tmp_path: Path) -> None:
    chosen = models(tmp_path / "gold", daily=DAILY)
    add(lake, [event(1), event(2), event(3, day=1, size=5)])
    first = run(lake, chosen)["daily"]
    assert (first.status, first.action, first.rows, first.at) == ("published", "build", 2, NOW)
    assert rows(lake, "gold.daily") == [
        {"day": date(2026, 3, 1), "kind": "push", "events": 2, "bytes": 2},
        {"day": date(2026, 3, 2), "kind": "push", "events": 1, "bytes": 5},
    ]
    again = run(lake, chosen)["daily"]
    assert (again.status, again.rows, again.snapshot) == ("unchanged", 2, first.snapshot)
    add(lake, [event(4, day=1)])
    third = run(lake, chosen)["daily"]
    assert (third.status, third.action) == ("published", "refresh")
    assert [row["events"] for row in rows(lake, "gold.daily")] == [2, 2]


def test_a_refresh_replaces_only_the_files_of_its_dates(lake: Lake, tmp_path: Path) -> None:
    chosen = models(tmp_path / "gold", daily=DAILY)
    add(lake, [event(1), event(2, day=1), event(3, day=None)])
    run(lake, chosen)
    before = {file.file.file_path for file in lake.table("gold.daily").scan().plan_files()}
    add(lake, [event(4, day=1)])
    assert [step.dates for step in plan(chosen, look(lake, chosen, {}))] == [("2026-03-02",)]
    run(lake, chosen)
    after = {file.file.file_path for file in lake.table("gold.daily").scan().plan_files()}
    assert (len(before - after), len(after - before), len(after)) == (1, 1, 3)


def test_rows_without_a_date_are_a_date_of_their_own(lake: Lake, tmp_path: Path) -> None:
    chosen = models(tmp_path / "gold", daily=DAILY)
    add(lake, [event(1), event(2, day=None)])
    run(lake, chosen)
    add(lake, [event(3, day=None)])
    assert [step.dates for step in plan(chosen, look(lake, chosen, {}))] == [(None,)]
    assert run(lake, chosen)["daily"].action == "refresh"
    assert {row["day"]: row["events"] for row in rows(lake, "gold.daily")} == {None: 2, date(2026, 3, 1): 1}


def test_a_date_whose_rows_are_all_gone_leaves_gold(lake: Lake, tmp_path: Path) -> None:
    chosen = models(tmp_path / "gold", daily=DAILY)
    add(lake, [event(1), event(2, day=1)])
    run(lake, chosen)
    add(lake, [], delete="id = 2")
    assert run(lake, chosen)["daily"].action == "refresh"
    assert [row["day"] for row in rows(lake, "gold.daily")] == [date(2026, 3, 1)]


def test_the_place_says_what_a_table_was_built_from(lake: Lake, tmp_path: Path) -> None:
    chosen = models(tmp_path / "gold", daily=DAILY)
    add(lake, [event(1)])
    run(lake, chosen)
    add(lake, [event(2)])
    run(lake, chosen)
    mark = read_place(lake.table("gold.daily")).marks["silver.events"]
    assert (mark.batch, mark.cursor["snapshot"]) == (
        2,
        lake.table("silver.events").metadata.current_snapshot_id,
    )


def test_a_model_reads_those_built_before_it(lake: Lake, tmp_path: Path) -> None:
    chosen = models(tmp_path / "gold", totals=TOTALS, daily=DAILY)
    add(lake, [event(1), event(2, kind="fork"), event(3, day=1)])
    steps = plan(chosen, look(lake, chosen, {}))
    assert [(step.model, step.action) for step in steps] == [("daily", "build"), ("totals", "build")]
    assert steps[1].reason == "it was never built"
    run(lake, chosen)
    assert rows(lake, "gold.totals") == [{"kind": "fork", "events": 1}, {"kind": "push", "events": 2}]
    assert [step.action for step in plan(chosen, look(lake, chosen, {}))] == ["nothing", "nothing"]
    add(lake, [event(4)])
    assert [step.action for step in plan(chosen, look(lake, chosen, {}))] == ["refresh", "build"]
    assert {name: one.status for name, one in run(lake, chosen).items()} == {
        "daily": "published",
        "totals": "published",
    }
    assert rows(lake, "gold.totals")[1] == {"kind": "push", "events": 3}


def test_a_model_waits_for_what_is_not_there(lake: Lake, tmp_path: Path) -> None:
    chosen = models(tmp_path / "gold", daily=DAILY, totals=TOTALS)
    for _ in range(2):
        found = run(lake, chosen)
        assert {one.status for one in found.values()} == {"unchanged"}
        assert found["daily"].reason == "there is nothing in silver.events yet"
        lake.ensure(
            "silver.events", SILVER, partition=("created_at", "day")
        )  # a table without rows is nothing too
    assert not lake.has("gold.daily")


def test_another_query_or_contract_builds_anew(lake: Lake, tmp_path: Path) -> None:
    add(lake, [event(1), event(2)])
    run(lake, models(tmp_path / "gold", daily=DAILY))
    assert run(lake, models(tmp_path / "gold", daily="-- a remark\n" + DAILY))["daily"].status == "unchanged"
    changed = models(tmp_path / "gold", daily=DAILY.replace("sum(size)", "max(size)"))
    assert run(lake, changed)["daily"].reason == "its model or contract has changed"
    assert rows(lake, "gold.daily")[0]["bytes"] == 1
    agreed = contract(
        table="daily", columns={"day": "date", "kind": "string", "events": "integer", "bytes": "integer"}
    )
    assert run(lake, changed, gold_daily=agreed)["daily"].status == "published"


def test_columns_change_with_the_model(lake: Lake, tmp_path: Path) -> None:
    """Added, dropped and retyped columns arrive with the rows that have them, and not before."""
    add(lake, [event(1), event(2, kind="fork")])
    run(
        lake,
        models(
            tmp_path / "gold", kinds="SELECT kind, count(*) AS n, 1 AS gone FROM silver.events GROUP BY ALL"
        ),
    )
    changed = "SELECT kind, CAST(count(*) AS VARCHAR) AS n, [max(id)] AS ids FROM silver.events GROUP BY ALL"
    assert run(lake, models(tmp_path / "gold", kinds=changed))["kinds"].status == "published"
    assert rows(lake, "gold.kinds") == [
        {"kind": "fork", "n": "1", "ids": [2]},
        {"kind": "push", "n": "1", "ids": [1]},
    ]


def test_new_columns_of_silver_build_all_of_an_incremental_model(lake: Lake, tmp_path: Path) -> None:
    sql = "-- incremental: created_at\nSELECT * EXCLUDE (_partition, _batch, _row, _received_at) FROM silver.events"
    chosen = models(tmp_path / "gold", copy=sql)
    add(lake, [event(1), event(2, day=1)])
    run(lake, chosen)
    wider = SILVER.append(pa.field("extra", pa.large_string()))
    add(lake, [{**event(3, day=1), "extra": "new"}], schema=wider)
    found = run(lake, chosen)["copy"]
    assert (found.status, found.reason) == ("published", "silver.events changed")
    assert [row["extra"] for row in rows(lake, "gold.copy")] == [None, None, "new"]
    assert rows(lake, "gold.copy")[0].keys() == {"id", "kind", "size", "created_at", "extra"}


def test_a_query_that_fails_is_told_and_stops_no_other(lake: Lake, tmp_path: Path) -> None:
    add(lake, [event(1)])
    chosen = models(
        tmp_path / "gold",
        absent="SELECT nothing FROM silver.events",
        divided="SELECT CAST(kind AS INTEGER) AS n FROM silver.events",
        endless="SELECT INTERVAL 1 DAY AS long FROM silver.events",
        fine="SELECT count(*) AS n FROM silver.events",
        parted="-- partition: day(other)\nSELECT count(*) AS n FROM silver.events",
        weekly="-- partition: day(kind)\nSELECT kind FROM silver.events",
        strays=DAILY.replace("CAST(created_at AS DATE)", "DATE '2026-03-01' + CAST(id AS INTEGER)"),
    )
    found = run(lake, chosen)
    assert {name for name, one in found.items() if one.status == "failed"} == {
        "absent", "divided", "endless", "parted", "weekly",
    }  # fmt: skip
    assert 'column "nothing" not found' in found["absent"].reason
    assert "Could not convert string 'push' to INT32" in found["divided"].reason
    assert "no type of the lake fits long" in found["endless"].reason
    assert "gives no column 'other'" in found["parted"].reason
    assert "only a date or a timestamp has a day" in found["weekly"].reason
    assert found["fine"].status == found["strays"].status == "published"
    add(lake, [event(8)])
    assert "gave rows of others: 2026-03-02, 2026-03-09" in run(lake, chosen)["strays"].reason


def flipped(path: Path) -> None:
    """A bit of the values of each column."""
    content = bytearray(path.read_bytes())
    footer = pq.read_metadata(path)
    for number in range(footer.num_columns):
        chunk = footer.row_group(0).column(number)
        start = chunk.dictionary_page_offset or chunk.data_page_offset
        content[start + chunk.total_compressed_size - 1] ^= 1
    path.write_bytes(content)


def shortened(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


@pytest.mark.parametrize("damage", [Path.unlink, shortened, flipped])
def test_a_damaged_file_of_silver_fails_the_build_and_leaves_gold(lake: Lake, tmp_path: Path, damage) -> None:
    chosen = models(tmp_path / "gold", daily=DAILY, whole=DAILY.partition("created_at\n")[2])
    add(lake, [event(1)])
    run(lake, chosen)
    good = rows(lake, "gold.daily")
    add(lake, [event(2)])
    damage(next((tmp_path / "lake" / "silver").rglob("*.parquet")))
    found = run(lake, chosen)
    assert {one.status for one in found.values()} == {"failed"}
    assert ".parquet cannot be read" in found["daily"].reason
    assert ".parquet cannot be read" in found["whole"].reason
    assert rows(lake, "gold.daily") == good


def test_a_query_reaches_no_file(lake: Lake, tmp_path: Path) -> None:
    """What the parser lets through still stands before a DuckDB without files."""
    from sentineldq.pipeline.gold.query import Version, session

    add(lake, [event(1)])
    table = lake.table("silver.events")
    version = Version(table=table, snapshot=table.metadata.current_snapshot_id or 0)
    with session({"silver.events": version}) as con:
        assert con.sql("SELECT count(*) FROM silver.events").fetchall() == [(1,)]
        for query in (
            "FROM read_text('/etc/passwd')",
            "COPY silver.events TO '/x.csv'",
            "SET memory_limit = '9GB'",
        ):
            with pytest.raises(Exception, match=r"(?i)permission|disabled|locked|configuration"):
                con.execute(query)


def test_a_contract_that_is_named_has_to_be_there(lake: Lake, tmp_path: Path) -> None:
    chosen = models(tmp_path / "gold", daily="-- contract: hours\n" + DAILY)
    with pytest.raises(UsageError, match="there is no contract 'hours'"):
        look(lake, chosen, {})


def test_decide_on_what_stands(tmp_path: Path) -> None:
    """The plan is a function of values: no lake is needed."""
    (daily,) = models(tmp_path / "gold", daily=DAILY)
    made = Origin(fingerprint="f", reads={"silver.events": 1})

    def standing(
        head: int, *, origin: Origin | None = made, days: frozenset[date | None] | None = None
    ) -> Standing:
        return Standing(
            heads={"silver.events": head, "gold.daily": 9},
            fingerprints={"daily": "f"},
            origins={"daily": origin},
            touched={"daily": days},
        )

    assert decide(daily, standing(1)).action == "nothing"
    assert decide(daily, standing(1, origin=None)).action == "build"
    assert decide(daily, standing(2)).reason == "silver.events changed, and which dates cannot be told"
    step = decide(daily, standing(2, days=frozenset({date(2026, 3, 2), None})))
    assert (step.action, step.dates) == ("refresh", ("2026-03-02", None))


BATCHES = st.lists(
    st.tuples(
        st.lists(
            st.tuples(st.integers(0, 4) | st.none(), st.sampled_from(["push", "fork"]), st.integers(0, 9)),
            max_size=4,
        ),
        st.sampled_from([None, None, "size = 3", "kind = 'fork'", "id = 2"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=12)
@given(batches=BATCHES)
def test_building_in_parts_is_building_anew(
    batches: list[tuple[list[tuple[int | None, str, int]], str | None, bool]],
) -> None:
    """Whatever comes, late or replaced or deleted, and whenever gold is built: it is what all of silver gives."""
    with TemporaryDirectory() as folder, open_lake(warehouse=f"{folder}/lake") as lake:
        whole = DAILY.partition("SELECT")[1] + DAILY.partition("SELECT")[2]
        chosen = models(Path(folder) / "gold", daily=DAILY, whole=whole, totals=TOTALS)
        number = 0
        add(lake, [event(0)])
        for events, delete, built in batches:
            made = [
                event(number + at + 1, day=day, kind=kind, size=size)
                for at, (day, kind, size) in enumerate(events)
            ]
            number += len(made)
            add(lake, made, delete=delete)
            if built:
                run(lake, chosen)
        found = run(lake, chosen)
        assert {one.status for one in found.values()} <= {"published", "unchanged"}
        if lake.has("gold.daily"):
            assert rows(lake, "gold.daily") == rows(lake, "gold.whole")
