"""Thousands of small commits to one table: does the last cost what the first did?

    python benchmarks/microbatches.py [--batches 3000] [--rows 1000] [--warehouse FOLDER] [--only on|off]

Appends batches of small rows, once with upkeep after each commit where it is due and once without. At every tenth of
the way: the median append, the 99th percentile of append and upkeep together (what the next batch waits for), the
upkeep per batch, and the time of a scan that counts the rows of one partition's batch. Milliseconds; then the files
that are left on disk.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa

from sentineldq.lake.commit import commit
from sentineldq.lake.expire import Keep
from sentineldq.lake.open import open_lake
from sentineldq.lake.place import Mark
from sentineldq.lake.scan import scan
from sentineldq.lake.schema import BRONZE, RECEIVED
from sentineldq.lake.upkeep import Policy, due, perform, plan

START = datetime(2026, 1, 1, tzinfo=UTC)
PACE = timedelta(days=1) / 10_000


def batch(number: int, rows: int) -> pa.Table:
    """A batch as a source would give it at ten thousand batches a day."""
    frame = pl.select(_row=pl.int_range(rows, dtype=pl.Int32)).with_columns(
        raw=pl.struct(id="_row", batch=pl.lit(number)).struct.json_encode().cast(pl.Binary),
        _partition=pl.lit("github"),
        _batch=pl.lit(number, pl.Int64),
        _origin=pl.lit("benchmark"),
        _form=pl.lit("json"),
        _fault=pl.lit(None, pl.String),
        _received_at=pl.lit(START + number * PACE, pl.Datetime("us", "UTC")),
    )
    return frame.to_arrow()


def run(folder: Path, *, batches: int, rows: int, policy: Policy | None) -> None:
    with open_lake(warehouse=str(folder)) as lake:
        table = lake.ensure("bronze.events", BRONZE, partition=RECEIVED)
        before = None
        appends: list[float] = []
        upkeeps: list[float] = []
        tenth = max(1, batches // 10)
        print("  batch   append     p99  upkeep    scan   files  snapshots")
        for number in range(1, batches + 1):
            content, mark = batch(number, rows), Mark(number, {"at": number})
            started = time.perf_counter()
            table = commit(table, partition="github", expected=before, mark=mark, rows=content)
            committed = time.perf_counter()
            if policy and due(table, policy):
                table = perform(table, plan(table, policy), policy).table
            upkeeps.append(time.perf_counter() - committed)
            appends.append(committed - started)
            before = mark
            if number % tenth == 0:
                tell(table, number, appends[-tenth:], upkeeps[-tenth:], rows)
    kept = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    print(f"  left on disk: {len(kept):,} files, {sum(kept) / 1e6:,.1f} MB")


def tell(table, number: int, appends: list[float], upkeeps: list[float], rows: int) -> None:
    started = time.perf_counter()
    found = scan(table).filter(pl.col("_batch") == number - 1).select(pl.len()).collect().item()
    scanned = time.perf_counter() - started
    if found != rows:
        raise SystemExit(f"batch {number - 1} has {found} rows")
    both = sorted(one + other for one, other in zip(appends, upkeeps, strict=True))
    files = table.current_snapshot().summary.additional_properties["total-data-files"]
    figures = (statistics.median(appends), both[int(len(both) * 0.99)], statistics.mean(upkeeps), scanned)
    print(
        f"{number:7,}",
        *(f"{value * 1000:7.1f}" for value in figures),
        f"{files:>7}",
        f"{len(table.snapshots()):10}",
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--batches", type=int, default=3000)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument(
        "--warehouse", type=Path, help="a folder to make the lakes in; a temporary one by default"
    )
    parser.add_argument("--only", choices=["on", "off"], help="one of the two")
    options = parser.parse_args()
    # A benchmark runs a day's commits in minutes: the floor shrinks with it.
    policy = Policy(keep=Keep(floor=timedelta(seconds=5)))
    for name, chosen in (("on", policy), ("off", None)):
        if options.only in {name, None}:
            folder = Path(tempfile.mkdtemp(dir=options.warehouse))
            print(f"upkeep {name}: {options.batches:,} batches of {options.rows:,} rows")
            try:
                run(folder, batches=options.batches, rows=options.rows, policy=chosen)
            finally:
                shutil.rmtree(folder)


if __name__ == "__main__":
    main()
