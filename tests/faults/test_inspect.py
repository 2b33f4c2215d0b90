"""The checker itself: green on a lake that is right, red on each way in which one can be wrong."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pyiceberg.expressions import And, EqualTo
from pyiceberg.table import Table

from sentineldq.lake.open import Lake, open_lake
from sentineldq.lake.place import PLACE
from sentineldq.lake.write import write
from tests.faults.checker import inspect
from tests.faults.ledger import Ledger, Simulation
from tests.faults.made import DATASET, make
from tests.lake.parts import append_as_others

SIMULATION = Simulation(seed=3, records=80, rows=25)


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return SIMULATION.ledger()


@pytest.fixture(scope="module")
def good(tmp_path_factory, ledger):
    """A right lake, and a copy of it to go back to: a lake cannot be moved, its paths are absolute."""
    folder = tmp_path_factory.mktemp("good")
    make(folder / "lake", ledger, rows=SIMULATION.rows).close()
    shutil.copytree(folder / "lake", folder / "copy")
    return folder


@pytest.fixture
def lake(good):
    for path in (good / "lake", good / "store.db"):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    shutil.copytree(good / "copy", good / "lake")
    with open_lake(warehouse=str(good / "lake")) as lake:
        yield lake


def problems(lake: Lake, ledger: Ledger, *, finished: bool = True, orphans: int | None = 0) -> str:
    return "\n".join(inspect(Path(lake.warehouse), DATASET, ledger, finished=finished, orphans=orphans))


def some(table: Table, number: int = 0) -> pa.Table:
    rows = table.scan().to_arrow().sort_by([("_batch", "ascending"), ("_row", "ascending")])
    return rows.slice(number, 1)


def gone(table: Table, row: pa.Table) -> None:
    """One row deleted by an engine that knows nothing of us: its file is written anew without it."""
    same = And(EqualTo("_batch", row["_batch"][0].as_py()), EqualTo("_row", row["_row"][0].as_py()))
    (task,) = table.scan(row_filter=same).plan_files()
    rest = pq.ParquetFile(task.file.file_path).read().cast(table.scan().to_arrow().schema)
    at = pc.and_(pc.equal(rest["_batch"], row["_batch"][0]), pc.equal(rest["_row"], row["_row"][0]))
    with table.transaction() as transaction, transaction.update_snapshot().overwrite() as update:
        update.delete_data_file(task.file)
        for file in write(table, rest.filter(pc.invert(at))):
            update.append_data_file(file)


def with_value(row: pa.Table, column: str, value: object) -> pa.Table:
    at = row.column_names.index(column)
    return row.set_column(at, row.schema.field(column), pa.array([value], row.schema.field(column).type))


def test_right(lake, ledger):
    assert ledger.refused
    assert ledger.copies
    assert problems(lake, ledger) == ""


def test_right_so_far(tmp_path, ledger):
    """A lake that is behind its source is right until the source is said to be read to its end."""
    shorter = dataclasses.replace(ledger, records=ledger.records[:50])
    with make(tmp_path / "lake", shorter, rows=25) as lake:
        assert problems(lake, ledger, finished=False) == ""
        assert "bronze has 50 records of the" in problems(lake, ledger)


@pytest.mark.parametrize("layer", ["bronze", "silver", "quarantine"])
def test_lost(lake, ledger, layer):
    table = lake.table(f"{layer}.{DATASET}")
    gone(table, some(table, 1))
    told = problems(lake, ledger, finished=False)
    expected = {
        "bronze": "are not what was sent",
        "silver": "1 good records are not in silver",
        "quarantine": "1 bad records are not in quarantine",
    }
    assert expected[layer] in told
    assert "until batch" in told


@pytest.mark.parametrize("layer", ["bronze", "silver", "quarantine"])
def test_doubled(lake, ledger, layer):
    table = lake.table(f"{layer}.{DATASET}")
    append_as_others(table, some(table))
    assert "is there twice" in problems(lake, ledger)


def test_doubled_under_another_number(lake, ledger):
    table = lake.table(f"bronze.{DATASET}")
    last = some(table, len(ledger.records) - 1)
    append_as_others(table, with_value(last, "_row", last["_row"][0].as_py() + 1))
    assert f"bronze has {len(ledger.records) + 1} records, {len(ledger.records)} were sent" in problems(
        lake, ledger
    )


@pytest.mark.parametrize(
    ("layer", "column", "value", "expected"),
    [
        ("bronze", "raw", b"{}", "are not what was sent"),
        ("silver", "url", "https://shop.example.com/else", "differs in url"),
        ("quarantine", "raw", b"{}", "has other bytes than in bronze"),
        ("quarantine", "hash", "0" * 64, "has the hash of something else"),
    ],
)
def test_altered(lake, ledger, layer, column, value, expected):
    table = lake.table(f"{layer}.{DATASET}")
    row = some(table)
    gone(table, row)
    append_as_others(table, with_value(row, column, value))
    assert expected in problems(lake, ledger)


def test_misrouted(lake, ledger):
    """A good record in quarantine, in place of silver: the sums are right, the route is not."""
    silver, quarantine = (lake.table(f"{layer}.{DATASET}") for layer in ("silver", "quarantine"))
    row = some(silver)
    place = {name: row[name][0].as_py() for name in ("_batch", "_row")}
    gone(silver, row)
    raw = next(
        one
        for one in lake.table(f"bronze.{DATASET}").scan().to_arrow().to_pylist()
        if {name: one[name] for name in place} == place
    )
    false = {**some(quarantine).to_pylist()[0], **raw, "hash": hashlib.sha256(raw["raw"]).hexdigest()}
    append_as_others(quarantine, pa.Table.from_pylist([false], schema=some(quarantine).schema))
    told = problems(lake, ledger)
    assert "1 good records are in quarantine" in told
    assert "until batch" not in told


def test_in_two_places(lake, ledger):
    silver, quarantine = (lake.table(f"{layer}.{DATASET}") for layer in ("silver", "quarantine"))
    bad = some(quarantine).to_pylist()[0]
    row = some(silver)
    for name in ("_batch", "_row"):
        row = with_value(row, name, bad[name])
    append_as_others(silver, row)
    assert "1 records are in silver and in quarantine" in problems(lake, ledger)


def _place(lake: Lake, change: Callable[[dict], dict]) -> None:
    table = lake.table(f"bronze.{DATASET}")
    place = json.loads(table.current_snapshot().summary.additional_properties[PLACE])
    with table.transaction() as transaction:
        transaction.update_snapshot({PLACE: json.dumps(change(place))}).fast_append().commit()


def test_rewound(lake, ledger):
    _place(lake, lambda place: {name: [mark[0] - 1, {"position": 25}] for name, mark in place.items()})
    told = problems(lake, ledger)
    assert "went back from batch" in told
    assert "its cursor says 25" in told


def test_cursor_that_skips(lake, ledger):
    _place(lake, lambda place: {name: [mark[0] + 1, {"position": 999}] for name, mark in place.items()})
    assert "its cursor says 999" in problems(lake, ledger)


def test_partition_forgotten(lake, ledger):
    _place(lake, lambda _: {"another": [1, {}]})
    assert "was forgotten" in problems(lake, ledger)


def test_file_gone(lake, ledger):
    table = lake.table(f"silver.{DATASET}")
    Path(next(iter(table.scan().plan_files())).file.file_path).unlink()
    assert "is live and is not there" in problems(lake, ledger)


def test_file_added_twice(lake, ledger):
    table = lake.table(f"bronze.{DATASET}")
    file = next(iter(table.scan().plan_files())).file
    with table.transaction() as transaction, transaction.update_snapshot().fast_append() as update:
        update.append_data_file(file)
    assert "was added 2 times" in problems(lake, ledger)


def test_orphans_counted(lake, ledger):
    table = lake.table(f"bronze.{DATASET}")
    write(table, some(table))
    assert "1 files belong to nothing, 0 are allowed" in problems(lake, ledger)
    assert problems(lake, ledger, orphans=1) == ""


def test_database_damaged(lake, ledger):
    store = Path(lake.warehouse).parent / "store.db"
    with sqlite3.connect(store) as connection:
        connection.execute("CREATE TABLE one (text TEXT)")
        connection.executemany("INSERT INTO one VALUES (?)", [("x" * 500,)] * 50)
    connection.close()
    content = bytearray(store.read_bytes())
    content[4096:4112] = b"\0" * 16
    store.write_bytes(content)
    assert "store.db: " in problems(lake, ledger)
