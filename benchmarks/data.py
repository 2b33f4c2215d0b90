"""Make the data sets of the benchmarks under benchmarks/data; the same bytes' worth of rows on every machine.

orders-{rows}.parquet  10 columns, zstd, row groups of 250,000; about 0.1 % of the values break each rule of
                       benchmarks/orders.odcs.yaml, except that `order_id` is unique and never null.
                       Made chunk by chunk, so memory does not grow with `rows`.
events-{rows}.ndjson   real events of the public GitHub API, repeated until there are enough, 2 % made bad.
                       They are read from the folder SENTINEL_SHARED and are no part of this repository.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

FOLDER = Path(__file__).parent / "data"
SHARED = Path(os.environ.get("SENTINEL_SHARED") or Path(__file__).parents[2] / "shared") / "data"
CHUNK = 250_000
STATUSES = ["placed", "paid", "shipped", "delivered", "cancelled"]
COUNTRIES = (
    "AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IT LT LU LV MT NL NO PL PT RO SE SI SK".split()  # noqa: SIM905
)
WORDS = [
    "leave",
    "at",
    "the",
    "door",
    "call",
    "before",
    "delivery",
    "gift",
    "please",
    "wrap",
    "ring",
    "twice",
]


def orders(rows: int) -> Path:
    """The Parquet file with so many orders; made when it is not there."""
    target = FOLDER / f"orders-{rows}.parquet"
    if target.exists():
        return target
    FOLDER.mkdir(exist_ok=True)
    partial = target.with_suffix(".partial")
    writer = None
    for start in range(0, rows, CHUNK):
        table = chunk(start, min(CHUNK, rows - start)).to_arrow(compat_level=pl.CompatLevel.oldest())
        writer = writer or pq.ParquetWriter(partial, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=CHUNK)
    if writer:
        writer.close()
    partial.rename(target)
    return target


def chunk(start: int, rows: int) -> pl.DataFrame:
    """Rows `start` to `start + rows`; each value depends on its row number alone."""
    frame = pl.select(row=pl.int_range(start, start + rows, dtype=pl.UInt64))
    words = [pick(WORDS, 30 + place) for place in range(6)]
    frame = frame.select(
        order_id=pl.format("ORD-{}", pl.col("row").cast(pl.String).str.zfill(12)),
        customer_id=pl.when(~fault(1)).then(
            pl.when(fault(2)).then(-1).otherwise(1).cast(pl.Int64) * (1 + below(5_000_000, 3))
        ),
        created_at=pl.when(~fault(4)).then(
            pl.lit(datetime(2025, 1, 1)).cast(pl.Datetime("us"))  # noqa: DTZ001
            + pl.duration(
                seconds=below(365 * 86_400, 5) + pl.when(fault(6)).then(6 * 365 * 86_400).otherwise(0),
                time_unit="us",
            )
        ),
        status=pl.when(~fault(7)).then(
            pl.when(fault(8)).then(pl.lit("unknown")).otherwise(pick(STATUSES, 9))
        ),
        country=pl.when(fault(10)).then(pl.lit("XX")).otherwise(pick(COUNTRIES, 11)),
        email=pl.when(fault(12))
        .then(pl.format("user{}.example", below(9_000_000, 13)))
        .otherwise(pl.format("user{}@example.{}", below(9_000_000, 13), pick(["com", "org", "net"], 14))),
        amount=pl.when(~fault(15)).then(
            below(1_000_000, 16) / 100 - pl.when(fault(17)).then(20_000).otherwise(0)
        ),
        quantity=pl.when(fault(18)).then(0).otherwise(1 + below(100, 19)).cast(pl.Int32),
        sku=pl.when(fault(20))
        .then(pl.lit("abc-1"))
        .otherwise(
            pl.format(
                "{}{}{}-{}",
                *(pick(list("ABCDEFGHKLMNPRST"), salt) for salt in (21, 22, 23)),
                (10_000 + below(90_000, 24)).cast(pl.String),
            )
        ),
        note=pl.when(fault(25))
        .then(pl.lit("x" * 240))
        .when(below(10, 26) < 3)
        .then(pl.concat_str(words, separator=" ")),
    )
    return frame.with_columns(pl.col("amount").cast(pl.Float64))


def noise(salt: int) -> pl.Expr:
    """64 even bits per row and salt: the finaliser of splitmix64 (Steele, Lea, Flood 2014), which wraps."""
    mixed = pl.col("row") * 0x9E3779B97F4A7C15 + (salt * 0xD1342543DE82EF95) % 2**64
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed // 2**shift)) * pl.lit(factor, dtype=pl.UInt64)
    return mixed ^ (mixed // 2**31)


def below(limit: int, salt: int) -> pl.Expr:
    return (noise(salt) % limit).cast(pl.Int64)


def fault(salt: int) -> pl.Expr:
    return noise(salt) % 1000 == 0


def pick(values: list[str], salt: int) -> pl.Expr:
    return pl.lit(pl.Series(values)).gather(below(len(values), salt))


def events(rows: int) -> Path | None:
    """The NDJSON file with so many events; None where the real ones are not at hand."""
    target = FOLDER / f"events-{rows}.ndjson"
    sources = sorted((SHARED / "github").glob("*.json.gz"))
    if target.exists():
        return target
    if not sources:
        return None
    FOLDER.mkdir(exist_ok=True)
    lines = [line for source in sources for line in gzip.decompress(source.read_bytes()).splitlines()]
    partial = target.with_suffix(".partial")
    with partial.open("wb") as file:
        for number, line in enumerate(itertools.islice(itertools.cycle(lines), rows)):
            file.write((spoiled(line, number) if number % 50 == 7 else line) + b"\n")
    partial.rename(target)
    return target


def spoiled(line: bytes, number: int) -> bytes:
    """The event with one of five faults: wrong type, missing key, bad date, null, cut short."""
    event = json.loads(line)
    match number // 50 % 5:
        case 0:
            event["actor"]["id"] = str(event["actor"]["id"])
        case 1:
            del event["repo"]
        case 2:
            event["created_at"] = "yesterday"
        case 3:
            event["type"] = None
        case _:
            return line[: len(line) // 2]
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()


def sizes(text: str) -> Iterator[int]:
    yield from (int(float(part)) for part in text.split(","))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--orders", default="", help="row counts, such as 1e6,1e7")
    parser.add_argument("--events", default="", help="row counts, such as 2e5")
    arguments = parser.parse_args()
    for make, wanted in ((orders, arguments.orders), (events, arguments.events)):
        for rows in sizes(wanted) if wanted else ():
            if path := make(rows):
                print(path)
            else:
                print(f"no events under {SHARED}", file=sys.stderr)


if __name__ == "__main__":
    main()
