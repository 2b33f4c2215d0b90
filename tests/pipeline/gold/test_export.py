"""Gold as CSV files beside the tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sentineldq.lake.open import Lake, open_lake
from tests.pipeline.gold.golden import DAILY, add, contract, event, models, run

EXPORTED = "-- export: csv\n" + DAILY


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with open_lake(warehouse=str(tmp_path / "lake")) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lake" / "exports" / "daily.csv"


def test_a_published_table_is_a_file_too(lake: Lake, tmp_path: Path, file: Path) -> None:
    chosen = models(tmp_path / "gold", daily=EXPORTED)
    add(lake, [event(1, day=1), event(2)])
    run(lake, chosen)
    assert file.read_text() == "day,kind,events,bytes\n2026-03-01,push,1,1\n2026-03-02,push,1,1\n"
    add(lake, [event(3, day=-1)])
    run(lake, chosen)
    assert file.read_text().splitlines()[1:] == [
        f"2026-{day},push,1,1" for day in ("02-28", "03-01", "03-02")
    ]
    assert [path.name for path in file.parent.iterdir()] == ["daily.csv"]


def test_rows_are_in_the_order_of_the_query(lake: Lake, tmp_path: Path, file: Path) -> None:
    sql = "-- export: csv\nSELECT id FROM silver.events ORDER BY id % 7, id DESC"
    add(lake, [event(number) for number in range(500)])
    run(lake, models(tmp_path / "gold", daily=sql))
    wanted = sorted(range(500), key=lambda number: (number % 7, -number))
    assert [int(line) for line in file.read_text().splitlines()[1:]] == wanted


def test_and_by_date_first_where_dates_are_rebuilt(lake: Lake, tmp_path: Path, file: Path) -> None:
    sql = (
        "-- export: csv\n-- incremental: day\n-- source_date: created_at\n"
        "SELECT CAST(created_at AS DATE) AS day, id FROM silver.events ORDER BY id % 7, id DESC"
    )
    chosen = models(tmp_path / "gold", daily=sql)
    add(lake, [event(number, day=number % 3) for number in range(300)])
    run(lake, chosen)
    add(lake, [event(number, day=1) for number in range(300, 310)])
    run(lake, chosen)
    days = {number: number % 3 if number < 300 else 1 for number in range(310)}
    wanted = sorted(days, key=lambda number: (days[number], number % 7, -number))
    assert [int(line.split(",")[1]) for line in file.read_text().splitlines()[1:]] == wanted


def test_no_cell_is_a_formula(lake: Lake, tmp_path: Path, file: Path) -> None:
    add(lake, [event(1, kind="=HYPERLINK(1)", size=-4)])
    run(lake, models(tmp_path / "gold", daily=EXPORTED))
    assert file.read_text().splitlines()[1] == "2026-03-01,'=HYPERLINK(1),1,-4"


def test_a_file_that_is_gone_or_old_is_written_again(lake: Lake, tmp_path: Path, file: Path) -> None:
    add(lake, [event(1)])
    run(lake, models(tmp_path / "gold", daily=DAILY))
    assert not file.exists()
    chosen = models(tmp_path / "gold", daily=EXPORTED)
    assert run(lake, chosen)["daily"].status == "unchanged"
    written = file.read_text()
    file.unlink()
    run(lake, chosen)
    assert file.read_text() == written
    at = file.stat().st_mtime_ns
    run(lake, chosen)
    assert file.stat().st_mtime_ns == at


def test_a_refused_build_leaves_the_file(lake: Lake, tmp_path: Path, file: Path) -> None:
    chosen = models(tmp_path / "gold", daily=EXPORTED)
    quality = [{"type": "library", "metric": "rowCount", "mustBeLessThan": 2, "severity": "CRITICAL"}]
    few = contract(table="daily", columns={"day": "date"}, quality=quality)
    add(lake, [event(1)])
    run(lake, chosen, gold_daily=few)
    written = file.read_text()
    add(lake, [event(2, day=1)])
    assert run(lake, chosen, gold_daily=few)["daily"].status == "refused"
    assert file.read_text() == written
