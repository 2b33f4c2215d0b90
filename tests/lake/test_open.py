"""Opening a lake, its tables by name, and what is said where something is wrong."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest

from sentineldq.errors import EvolutionError, LakeError, UsageError
from sentineldq.lake.commit import commit
from sentineldq.lake.open import PROPERTIES, open_lake
from sentineldq.lake.place import Mark, read_place
from tests.lake.parts import batch, ensure_bronze, held, records

ROWS = pa.schema(
    {"id": pa.int64(), "at": pa.timestamp("us", tz="UTC"), "day": pa.date32(), "kind": pa.string()}
)


def test_tables_are_made_once_and_listed_by_layer(lake):
    assert lake.names() == []
    assert not lake.has("gold.daily")
    lake.ensure("gold.daily", ROWS)
    ensure_bronze(lake)
    again = lake.ensure("gold.daily", ROWS)
    assert lake.has("gold.daily")
    assert lake.names() == ["bronze.events", "gold.daily"]
    assert lake.names("gold") == ["gold.daily"]
    assert again.metadata.table_uuid == lake.table("gold.daily").metadata.table_uuid
    assert PROPERTIES.items() <= lake.table("gold.daily").properties.items()


def test_an_absent_table_is_named_with_a_suggestion(local):
    ensure_bronze(local)
    with pytest.raises(
        LakeError, match=r"bronze\.event: there is no such table\nhint: did you mean 'bronze\.events'"
    ):
        local.table("bronze.event")


@pytest.mark.parametrize(
    "name", ["events", "tin.events", "bronze.", "bronze.a.b", "bronze.../x", "gold.a b", ""]
)
def test_a_name_is_a_layer_and_a_dataset(local, name):
    with pytest.raises(UsageError, match="is no name of a table"):
        local.has(name)


def test_a_lake_is_found_again(tmp_path):
    with open_lake(warehouse=str(tmp_path)) as first:
        table = ensure_bronze(first)
        commit(table, partition="p", expected=None, mark=Mark(1, 1), rows=records(2, batch=1))
    with open_lake(warehouse=f"file://{tmp_path}", catalog=f"sqlite:///{tmp_path}/catalog.db") as second:
        assert held(second.table("bronze.events")) == batch(1, 2)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"warehouse": "s3://bucket/lake"}, "needs a catalog"),
        ({"warehouse": "s3://key:secret@bucket/lake", "catalog": "sqlite:///x"}, "credentials come from"),
        ({"warehouse": "gs://bucket/lake"}, "no warehouse can be at"),
        ({"catalog": "mysql://host/db"}, "no catalog is known by mysql: URLs"),
    ],
    ids=["s3-alone", "credentials", "scheme", "catalog"],
)
def test_what_cannot_be_opened_is_said(tmp_path, settings, message):
    with pytest.raises(UsageError, match=message) as caught:
        open_lake(**{"warehouse": str(tmp_path), **settings})
    assert "secret" not in str(caught.value)


def test_a_catalog_that_does_not_answer_is_an_error_of_the_lake(tmp_path):
    with pytest.raises(LakeError, match=r"the catalog at http://127\.0\.0\.1:1 does not answer"):
        open_lake(warehouse=str(tmp_path), catalog="http://127.0.0.1:1")
    with pytest.raises(LakeError, match="the catalog refuses") as caught:
        open_lake(warehouse=str(tmp_path), catalog="postgresql://nobody:hidden@127.0.0.1:1/none")
    assert "hidden" not in str(caught.value)


def test_a_locked_sqlite_catalog_is_waited_for_and_then_named(local, monkeypatch):
    ensure_bronze(local)
    monkeypatch.setattr("sentineldq.lake.lock.BUSY", 0.1)
    with open_lake(warehouse=local.warehouse) as mine:
        holder = sqlite3.connect(f"{local.warehouse}/catalog.db")
        holder.execute("begin exclusive")
        with pytest.raises(LakeError, match=r"database is locked\nhint: another process holds"):
            mine.table("bronze.events")
        holder.close()
        assert mine.has("bronze.events")


def test_a_sqlite_catalog_keeps_its_journal_and_waits_long(local):
    with local.catalog.engine.connect() as connection:
        assert connection.exec_driver_sql("pragma journal_mode").scalar() == "delete"
        assert connection.exec_driver_sql("pragma busy_timeout").scalar() == 10_000


def test_lakes_are_opened_and_tables_made_by_many_at_once(tmp_path):
    def make(_):
        with open_lake(warehouse=str(tmp_path / "lake")) as lake:
            return ensure_bronze(lake).metadata.table_uuid

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(make, range(4)))) == 1


# ------------------------------------------------------------------------------------- partitions


def test_partitions_of_a_table_do_not_change(local):
    local.ensure("silver.x", ROWS, partition=("at", "day"))
    local.ensure("silver.x", ROWS, partition=("at", "day"))
    with pytest.raises(EvolutionError, match="its partitions change from at_day to at_month"):
        local.ensure("silver.x", ROWS, partition=("at", "month"))
    with pytest.raises(EvolutionError, match="from at_day to nothing"):
        local.ensure("silver.x", ROWS)


def test_a_partition_is_of_a_column(local):
    with pytest.raises(UsageError, match="no column 'when'"):
        local.ensure("silver.x", ROWS, partition=("when", "day"))


def test_a_column_may_have_the_name_of_a_partition(local):
    schema = pa.schema([*ROWS, pa.field("at_day", pa.int32())])
    assert local.ensure("silver.x", schema, partition=("at", "day")).spec().fields[0].name == "at_day_"


# ------------------------------------------------------------------------------------- damage


def damaged(local, content):
    """A table of two commits whose metadata file is replaced (None: deleted)."""
    table = ensure_bronze(local)
    table = commit(table, partition="p", expected=None, mark=Mark(1, 1), rows=records(2, batch=1))
    table = commit(table, partition="p", expected=Mark(1, 1), mark=Mark(2, 2), rows=records(2, batch=2))
    path = Path(table.metadata_location)
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content(path.read_bytes()))
    return path


@pytest.mark.parametrize(
    "content",
    [None, lambda body: body[:100], lambda body: b"", lambda body: body.replace(b"{", b"\xff", 1)],
    ids=["gone", "cut", "empty", "not-utf8"],
)
def test_damaged_metadata_is_named_and_can_be_set_back(local, content):
    path = damaged(local, content)
    with pytest.raises(LakeError, match="cannot be read") as caught:
        local.table("bronze.events")
    assert str(path) in caught.value.message
    before = caught.value.hint.split('", "')[1].split('"')[0]
    table = local.restore("bronze.events", before)
    assert read_place(table).marks == {"p": Mark(1, 1)}
    table = commit(table, partition="p", expected=Mark(1, 1), mark=Mark(2, 2), rows=records(2, batch=2))
    assert held(table) == batch(1, 2) + batch(2, 2)


def test_a_table_is_set_back_to_metadata_only(local):
    damaged(local, None)
    with pytest.raises(LakeError, match="no metadata file that can be read"):
        local.restore("bronze.events", __file__)


def test_old_metadata_files_are_deleted(local):
    table, last = ensure_bronze(local), None
    for number in range(1, 31):
        table = commit(table, partition="p", expected=last, mark=(last := Mark(number, number)))
    files = list(Path(table.location(), "metadata").glob("*.metadata.json"))
    assert len(files) == 21  # the current one, and write.metadata.previous-versions-max


# ------------------------------------------------------------------------------------- dependencies

CORE_ALONE = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"numpy", "pandas", "pyiceberg_core", "fsspec", "polars_iceberg", "requests_mock"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import datetime
import pyarrow as pa
from sentineldq.lake.open import open_lake
from sentineldq.lake.commit import commit
from sentineldq.lake.place import Mark
from sentineldq.lake.scan import read_after, scan

at = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
rows = pa.table({"_row": pa.array([0, 1], pa.int32()), "_batch": [1, 1], "_partition": ["p", "p"],
                 "at": pa.array([at, None], pa.timestamp("us", tz="UTC"))})
with open_lake(warehouse=sys.argv[1]) as lake:
    table = lake.ensure("silver.x", rows.schema, partition=("at", "month"))
    table = commit(table, partition="p", expected=None, mark=Mark(1, 1), rows=rows)
    table = commit(table, partition="p", expected=Mark(1, 1), mark=Mark(2, 1), rows=rows, delete="_row == 1")
    print(scan(table).collect().height, sum(part.num_rows for part in read_after(table, partition="p", batch=0)))
"""


def test_the_core_needs_no_numpy_no_pandas_no_extras(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CORE_ALONE, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "3 3\n", done.stderr
