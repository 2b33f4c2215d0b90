"""A flipped bit in a data file: what reads in order to commit finds it, and never writes it anew as if it were right."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sentineldq.errors import LakeError, SentinelError
from sentineldq.lake.commit import commit
from sentineldq.lake.compact import compact, pack
from sentineldq.lake.open import Lake, open_lake
from sentineldq.lake.place import Mark, read_place
from sentineldq.lake.scan import read_after, scan
from tests.faults.ledger import Ledger, Simulation
from tests.faults.made import DATASET, make

FLIPS = 25
ROWS = 20


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Simulation(seed=8, records=80, rows=ROWS).ledger()


@pytest.fixture(scope="module")
def good(tmp_path_factory, ledger):
    folder = tmp_path_factory.mktemp("damage")
    make(folder / "lake", ledger, rows=ROWS).close()
    shutil.copytree(folder / "lake", folder / "copy")
    return folder


def _damaged(good: Path, layer: str, number: int) -> Lake:
    """The lake as it was, but for one bit of a data file."""
    shutil.rmtree(good / "lake")
    shutil.copytree(good / "copy", good / "lake")
    chance = random.Random(f"{layer}/{number}")
    path = chance.choice(sorted((good / "lake" / layer).rglob("*.parquet")))
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    return open_lake(warehouse=str(good / "lake"))


def _bronze(lake: Lake, ledger: Ledger) -> list[bytes]:
    table = lake.table(f"bronze.{DATASET}")
    return [
        raw
        for rows in read_after(table, partition=ledger.partition, batch=0)
        for raw in rows["raw"].to_pylist()
    ]


def _stored(lake: Lake, layer: str) -> list[dict]:
    """The rows of a table by its files, verified."""
    files = [task.file.file_path for task in lake.table(f"{layer}.{DATASET}").scan().plan_files()]
    rows = [
        row
        for file in files
        for row in pq.ParquetFile(file, page_checksum_verification=True).read().to_pylist()
    ]
    return sorted(rows, key=lambda row: (row["_batch"], row["_row"]))


def test_reading_on_finds_it(good, ledger):
    found = 0
    for number in range(FLIPS):
        with _damaged(good, "bronze", number) as lake:
            try:
                assert _bronze(lake, ledger) == ledger.records
            except SentinelError:
                found += 1
    assert found > FLIPS / 2


@pytest.mark.parametrize("layer", ["bronze", "silver", "quarantine"])
def test_a_scan_finds_it(good, layer):
    """Whole and by a condition, in memory and streaming: the right rows, or an error that names the file."""
    shutil.rmtree(good / "lake")
    shutil.copytree(good / "copy", good / "lake")
    reads = {
        "whole": lambda table: scan(table).sort("_batch", "_row").collect(engine="streaming"),
        "part": lambda table: scan(table, where=pl.col("_batch") == 2).sort("_row").collect(),
    }
    with open_lake(warehouse=str(good / "lake")) as lake:
        right = {name: read(lake.table(f"{layer}.{DATASET}")) for name, read in reads.items()}
    told = []
    for number in range(FLIPS):
        with _damaged(good, layer, number) as lake:
            for name, read in reads.items():
                try:
                    assert read(lake.table(f"{layer}.{DATASET}")).equals(right[name])
                except LakeError as fault:
                    told.append(fault.message)
    assert all(".parquet cannot be read" in one for one in told)
    assert len(told) > FLIPS / 4


@pytest.mark.parametrize("how", ["compact", "delete"])
def test_it_is_not_written_anew(good, ledger, how):
    with open_lake(warehouse=str(good / "lake")) as lake:
        shutil.rmtree(good / "lake")
        shutil.copytree(good / "copy", good / "lake")
        right = _stored(lake, "silver")
    found = 0
    for number in range(FLIPS):
        with _damaged(good, "silver", number) as lake:
            table = lake.table(f"silver.{DATASET}")
            expected = right
            try:
                if how == "compact":
                    compact(table, pack(table))
                else:
                    expected = [row for row in right if row["_row"] != right[0]["_row"]]
                    mark = read_place(table).marks[ledger.partition]
                    commit(
                        table,
                        partition=ledger.partition,
                        expected=mark,
                        mark=Mark(mark.batch + 1, None),
                        delete=f"_row = {right[0]['_row']}",
                    )
                assert _stored(lake, "silver") == expected
            except (
                SentinelError,
                pa.ArrowException,
                OSError,
                KeyError,
            ):  # of ours, or of the look at the files
                found += 1
    assert found > FLIPS / 2


@pytest.mark.filterwarnings("ignore:Encountered invalid snapshot summary")
def test_a_place_is_read_as_it_was_written_or_not_at_all(good, ledger):
    """Metadata has no checksum, and damaged JSON may still be JSON: with another cursor, or with no head at all."""
    shutil.rmtree(good / "lake")
    shutil.copytree(good / "copy", good / "lake")
    with open_lake(warehouse=str(good / "lake")) as lake:
        path = Path(lake.table(f"bronze.{DATASET}").metadata_location)
        right = read_place(lake.table(f"bronze.{DATASET}")).marks
        content = path.read_bytes()
        chance, found = random.Random(1), 0
        for _ in range(300):
            damaged = bytearray(content)
            damaged[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            path.write_bytes(damaged)
            try:
                assert read_place(lake.table(f"bronze.{DATASET}")).marks == right
            except SentinelError:
                found += 1
        path.write_bytes(content)
    assert found > 50
