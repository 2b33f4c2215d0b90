"""Profiles: a full one of a Parquet file beside what others tell of it, merged windows, bytes, the silver pass.

    python benchmarks/profiles.py [ROWS]          (10 million rows of 9 columns by default)

Every contender runs in a process of its own: wall and CPU seconds, imports left out, and peak memory. Peers run where
`envs.py` has made their environments, on the first million rows, since they hold all of them in memory.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from data import FOLDER
from envs import python

CHUNK = 1_000_000
START = 1_767_225_600_000_000
"""2026-01-01, microseconds since 1970."""

WEEK = 7 * 24
SELF = Path(__file__)

PEERS = {
    "whylogs": "import whylogs; frame = read(); start(); whylogs.log(frame).view()",
    "evidently": (
        "from evidently import Report; from evidently.presets import DataSummaryPreset; frame = read(); start(); "
        "Report([DataSummaryPreset()]).run(frame, None).dict()"
    ),
}
PRELUDE = """
import resource, sys, time
def read():
    import pandas
    return pandas.read_csv(sys.argv[1], parse_dates=["at"])
def start():
    global began
    began = time.perf_counter(), time.process_time()
"""
EPILOGUE = """
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(time.perf_counter() - began[0], time.process_time() - began[1], peak)
"""


def make(rows: int) -> Path:
    """Nine columns: unique and skewed keys, categories, amounts with gaps, times in order, flags."""
    target = FOLDER / f"profiles-{rows}.parquet"
    if target.exists():
        return target
    FOLDER.mkdir(exist_ok=True)
    partial = target.with_suffix(".partial")
    rng = np.random.default_rng(7)
    writer = None
    for first in range(0, rows, CHUNK):
        table = _chunk(rng, first, min(CHUNK, rows - first))
        writer = writer or pq.ParquetWriter(partial, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=CHUNK)
    if writer:
        writer.close()
    partial.rename(target)
    return target


def _chunk(rng: np.random.Generator, first: int, rows: int) -> pa.Table:
    def coded(names: list[str], shares: list[float] | None = None) -> pa.Array:
        codes = pa.array(rng.choice(len(names), rows, p=shares).astype(np.int32))
        return pa.DictionaryArray.from_arrays(codes, pa.array(names)).cast(pa.string())

    def named(prefix: str, numbers: np.ndarray) -> pa.Array:
        return pc.binary_join_element_wise(prefix, pa.array(numbers).cast(pa.string()), "")

    return pa.table(
        {
            "id": pa.array(np.arange(first, first + rows)),
            "order": named("ORD-", rng.permutation(rows) + 3 * first),
            "customer": named("C", np.minimum(rng.zipf(1.3, rows), 2_000_000)),
            "city": coded([f"City {number}" for number in range(200)]),
            "status": coded(["paid", "open", "void", "late"], [0.7, 0.2, 0.08, 0.02]),
            "amount": pa.array(rng.lognormal(3, 1, rows), mask=rng.random(rows) < 0.02),
            "quantity": pa.array(rng.integers(1, 20, rows)),
            "at": pa.array(
                START + np.sort(rng.integers(0, 604_800_000_000, rows)), pa.timestamp("us", "UTC")
            ),
            "gift": pa.array(rng.random(rows) < 0.1),
        }
    )


# ------------------------------------------------------------------------------------------ contenders


def ours(path: str) -> None:
    from sentineldq.profiles.scan import profile_file

    profile_file(path)


def summarize(path: str) -> None:
    import duckdb

    duckdb.sql(f"SUMMARIZE SELECT * FROM '{path}'").fetchall()


def statistics(path: str) -> None:
    """Nulls, distinct values, least and greatest; of numbers mean, deviation and three quantiles."""
    frame = pl.scan_parquet(path)
    schema = frame.collect_schema()
    numbers = [name for name, kind in schema.items() if kind.is_numeric()]
    every = [pl.all().null_count().name.suffix("_nulls"), pl.all().approx_n_unique().name.suffix("_distinct")]
    bounds = [pl.all().min().name.suffix("_min"), pl.all().max().name.suffix("_max")]
    means = [pl.col(numbers).mean().name.suffix("_mean"), pl.col(numbers).std().name.suffix("_std")]
    quantiles = [pl.col(numbers).quantile(q).name.suffix(f"_{q}") for q in (0.25, 0.5, 0.75)]
    frame.select(*every, *bounds, *means, *quantiles).collect(engine="streaming")


CONTENDERS: dict[str, Callable[[str], None]] = {"ours": ours, "duckdb": summarize, "polars": statistics}
NAMES = {
    "ours": "full profile",
    "duckdb": "DuckDB `SUMMARIZE`",
    "polars": "Polars, bare statistics",
}


def alone(name: str, path: str) -> None:
    """Run one contender in this process, and print wall, CPU and peak memory."""
    import duckdb  # noqa: F401 - nobody's imports are timed

    import sentineldq.profiles.scan  # noqa: F401

    wall, processor = time.perf_counter(), time.process_time()
    CONTENDERS[name](path)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(wall, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measured(command: list[str]) -> tuple[float, float, float]:
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    wall, processor, peak = (float(part) for part in said[-3:])
    return wall, processor, peak


def scans(path: Path, rows: int) -> None:
    print(f"## profiles: {rows:,} rows x 9 columns of Parquet\n")
    print("| | wall s | CPU s | peak MB |\n|---|--:|--:|--:|")
    for name, title in NAMES.items():
        best = min(measured([sys.executable, str(SELF), "--alone", name, str(path)]) for _ in range(3))
        print(f"| {title} | {best[0]:.2f} | {best[1]:.2f} | {best[2]:,.0f} |")
    text = FOLDER / "profiles-peers.csv"  # not every peer's environment can read Parquet
    pl.scan_parquet(path).head(CHUNK).sink_csv(text)
    for name, code in PEERS.items():
        if python(name).exists():
            script = PRELUDE + code.replace("; ", "\n") + EPILOGUE
            try:
                wall, processor, peak = measured([str(python(name)), "-c", script, str(text)])
            except subprocess.CalledProcessError as fault:
                print(f"| {name} | did not run: {fault.stderr.strip().splitlines()[-1]} | | |")
                continue
            print(
                f"| {name}, {min(rows, CHUNK):,} rows in memory | {wall:.2f} | {processor:.2f} | {peak:,.0f} |"
            )
    text.unlink()


# ------------------------------------------------------------------------------------------ windows


def wide(seed: int, rows: int = 20_000) -> pl.DataFrame:
    """An hour of fifty columns: 20 numbers, 3 times, 12 categories, 10 texts, 5 flags."""
    rng = np.random.default_rng(seed)
    columns: dict[str, object] = {f"float{at}": rng.normal(at, 1 + at, rows) for at in range(15)}
    columns |= {f"whole{at}": rng.integers(0, 10 ** (at + 1), rows) for at in range(5)}
    for at in range(3):
        moments = pl.Series(START + rng.integers(0, 3_600_000_000, rows))
        columns[f"time{at}"] = moments.cast(pl.Datetime("us", "UTC"))
    for at in range(12):
        columns[f"code{at}"] = pl.Series(rng.zipf(1.5, rows) % (5 * (at + 1))).cast(pl.String)
    for at in range(10):
        columns[f"text{at}"] = [
            f"user-{number:08x}" for number in rng.integers(0, 10 ** (at % 5 + 3), rows).tolist()
        ]
    columns |= {f"flag{at}": rng.random(rows) < 0.3 for at in range(5)}
    return pl.DataFrame(columns)


def windows() -> None:
    from sentineldq.profiles.build import profile
    from sentineldq.profiles.codec import decode, encode
    from sentineldq.profiles.merge import merge

    stored = [encode(profile(wide(seed))) for seed in range(8)] * (WEEK // 8)
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        found = merge(decode(part) for part in stored)
        for column in found.columns.values():
            _ask(column)
        seconds.append(time.perf_counter() - began)
    print(f"\n## profiles: {len(stored)} hours x 50 columns\n")
    print(f"- an hour's profile: {max(map(len, stored)) / 1e3:.0f} KB")
    print(f"- decoded, merged, every sketch asked: {min(seconds):.3f} s")


def _ask(column: object) -> None:
    """Read what a drift test would."""
    for name in ("distinct", "quantiles", "frequent", "patterns", "length_quantiles"):
        part = getattr(column, name)
        if part is not None:
            _ = (
                part.estimate
                if name == "distinct"
                else part.at([0.1, 0.5, 0.9])
                if "quant" in name
                else part.counts
            )


def batches() -> None:
    from sentineldq.profiles.build import profile

    print("\n## profiles: one batch of 50 columns in memory\n")
    print("| rows | wall ms | CPU ms |\n|--:|--:|--:|")
    for rows in (100, 1_000, 10_000, 200_000):
        table = wide(1, rows).to_arrow()
        best = (float("inf"), float("inf"))
        for _ in range(5):
            wall, processor = time.perf_counter(), time.process_time()
            profile(table)
            best = min(best, (time.perf_counter() - wall, time.process_time() - processor))
        print(f"| {rows:,} | {best[0] * 1e3:.1f} | {best[1] * 1e3:.1f} |")


def main() -> None:
    if sys.argv[1:2] == ["--alone"]:
        alone(sys.argv[2], sys.argv[3])
        return
    rows = int(float(sys.argv[1])) if sys.argv[1:] else 10_000_000
    scans(make(rows), rows)
    windows()
    batches()


if __name__ == "__main__":
    main()
