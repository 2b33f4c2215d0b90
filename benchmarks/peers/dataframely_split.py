"""dataframely: good rows to one Parquet file, bad rows with the rules they break to another."""

import sys

import polars as pl
from dataframely_check import Orders
from rules import path, tell


def main() -> None:
    good, bad = sys.argv[2:4]
    result, failure = Orders.filter(pl.scan_parquet(path())).collect_all(engine="streaming")
    result.write_parquet(good, compression="zstd")
    failure.write_parquet(bad, compression="zstd")
    tell(
        "dataframely",
        rows=len(result) + len(failure),
        failed={"bad": len(failure)},
        packages="dataframely polars",
    )


main()
