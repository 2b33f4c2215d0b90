"""Gold models as files: their front matter, the tables they read, and their order."""

from __future__ import annotations

from pathlib import Path

import pytest

from sentineldq.errors import UsageError
from sentineldq.pipeline.gold.model import Model, load_models, read_model

HOURLY = """\
-- description: Events per hour and type.
-- This line is a remark.
-- incremental: event_date
-- source_date: created_at
-- contract: hours
-- export: csv

WITH events AS (SELECT * FROM silver.events)
SELECT CAST(created_at AS DATE) AS event_date, type, count(*) AS events -- key: no entry here
FROM events JOIN gold.repos USING (repo)
GROUP BY ALL;
"""


def _model(folder: Path, sql: str, name: str = "m") -> Model:
    path = folder / f"{name}.sql"
    path.write_text(sql)
    return read_model(path)


def test_a_model_says_what_it_is(tmp_path: Path) -> None:
    model = _model(tmp_path, HOURLY, "events_per_hour")
    assert model.table == "gold.events_per_hour"
    assert model.description == "Events per hour and type."
    assert (model.incremental, model.source_date) == ("event_date", "created_at")
    assert model.partition == ("event_date", "day")
    assert (model.contract, model.export) == ("hours", "csv")
    assert set(model.reads) == {"silver.events", "gold.repos"}
    assert model.upstream == ("repos",)


def test_no_front_matter_is_needed(tmp_path: Path) -> None:
    model = _model(tmp_path, "SELECT * FROM silver.events")
    assert (model.incremental, model.source_date, model.partition, model.export) == (None, None, None, None)


@pytest.mark.parametrize(
    ("text", "partition"),
    [("day(d)", ("d", "day")), ("month( d )", ("d", "month")), ("kind", ("kind", "identity"))],
)
def test_partitions(tmp_path: Path, text: str, partition: tuple[str, str]) -> None:
    assert _model(tmp_path, f"-- partition: {text}\nSELECT * FROM silver.events").partition == partition


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (
            "-- describtion: x\nSELECT 1 FROM silver.e",
            "m.sql:1: unknown key 'describtion'\nhint: did you mean 'desc",
        ),
        ("-- export: csv\n-- export: csv\nSELECT 1 FROM silver.e", "m.sql:2: export is given twice"),
        ("-- export:\nSELECT 1 FROM silver.e", "m.sql:1: export has no value"),
        ("-- export: xlsx\nSELECT 1 FROM silver.e", "unknown export 'xlsx'"),
        ("-- source_date: t\nSELECT 1 FROM silver.e", "source_date means nothing without incremental"),
        ("-- incremental: d\n-- partition: kind\nSELECT 1 FROM silver.e", "partitioned by that date"),
        ("-- partition: week(d)\nSELECT 1 FROM silver.e", "cannot be partitioned by week"),
        ("-- partition: a b\nSELECT 1 FROM silver.e", "partition 'a b' is not understood"),
        ("SELECT 1", "reads no table"),
        ("SELECT *\nFROM silver.e\nJOIN other USING (id)", "m.sql:3: unknown table other"),
        ("SELECT * FROM bronze.e", "m.sql:1: unknown table bronze.e"),
        ("SELECT * FROM lake.silver.e", "unknown table lake.silver.e"),
        ("SELECT * FROM read_csv('/etc/passwd')", "table function read_csv() is not allowed"),
        ("SELECT * FROM '/etc/passwd'", "is not allowed"),
        ("SELECT *, getenv('HOME') FROM silver.e", "function getenv() is not allowed"),
        ("SELECT *, now() AS at FROM silver.e", "differs from run to run"),
        ("SELECT *,\nrandom() AS r FROM silver.e", "differs from run to run"),
        ("DROP TABLE silver.e", "is not a query"),
        ("COPY silver.e TO 'x'", "is not a query"),
        ("SELECT 1 FROM silver.e; SELECT 2 FROM silver.e", "goes on after a semicolon"),
        ("SELECT * FROM\n(silver.e WHERE", "cannot be parsed at line 2"),
        ("", "is not a query"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path: Path, sql: str, told: str) -> None:
    with pytest.raises(UsageError, match=r"m\.sql") as caught:
        _model(tmp_path, sql)
    assert told in str(caught.value)


def test_a_name_has_to_be_one_of_a_table(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a table"):
        _model(tmp_path, "SELECT 1 FROM silver.e", "Top-10")


def test_a_name_defined_by_with_is_no_table_but_a_layer_is(tmp_path: Path) -> None:
    model = _model(
        tmp_path, "WITH events AS (SELECT * FROM silver.events) SELECT * FROM events, silver.other"
    )
    assert set(model.reads) == {"silver.events", "silver.other"}


def test_models_come_after_those_they_read(tmp_path: Path) -> None:
    _model(tmp_path, "SELECT * FROM gold.b", "a")
    _model(tmp_path, "SELECT * FROM gold.c JOIN silver.x USING (i)", "b")
    _model(tmp_path, "SELECT * FROM silver.x", "c")
    assert [model.name for model in load_models(tmp_path, silver={"x"})] == ["c", "b", "a"]


def test_a_circle_is_refused(tmp_path: Path) -> None:
    _model(tmp_path, "SELECT * FROM gold.b", "a")
    _model(tmp_path, "SELECT * FROM gold.a", "b")
    with pytest.raises(UsageError, match=r"models read each other: (a reads b reads a|b reads a reads b)"):
        load_models(tmp_path)


def test_unknown_tables_are_named_with_their_line(tmp_path: Path) -> None:
    _model(tmp_path, "SELECT *\nFROM silver.evnets", "a")
    with pytest.raises(UsageError, match=r"a\.sql:2: unknown table silver\.evnets") as caught:
        load_models(tmp_path, silver={"events"})
    assert caught.value.hint == "did you mean 'events'?"
    assert [model.name for model in load_models(tmp_path)] == ["a"]
    _model(tmp_path, "SELECT * FROM gold.aa", "b")
    with pytest.raises(UsageError, match=r"b\.sql:1: unknown table gold\.aa"):
        load_models(tmp_path)


def test_no_folder_means_no_models(tmp_path: Path) -> None:
    assert load_models(tmp_path / "gold") == []


def test_the_fingerprint_is_of_what_decides_the_rows(tmp_path: Path) -> None:
    first = _model(tmp_path, "-- description: one\nSELECT a FROM silver.e")
    assert (
        first.fingerprint
        == _model(tmp_path, "-- description: two\n-- a remark\nselect a\nfrom silver.e").fingerprint
    )
    assert first.fingerprint != _model(tmp_path, "SELECT b FROM silver.e").fingerprint
    assert first.fingerprint != _model(tmp_path, "-- partition: a\nSELECT a FROM silver.e").fingerprint
