"""An index of hashes in memory: a few sorted runs, each much longer than the next."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

RATIO = 4
"""How many times longer than the next a run is at least; so there are few, and each hash is merged a few times."""

ENTRIES = pl.Schema({"hash": pl.UInt64(), "origin": pl.UInt32()})


class Runs:
    """Hashes, each with the number of where it came from; 12 bytes apiece, twice that while runs are merged."""

    def __init__(self) -> None:
        self._runs: list[pl.DataFrame] = []

    def __len__(self) -> int:
        return sum(run.height for run in self._runs)

    def add(self, entries: pl.DataFrame) -> None:
        """Add entries (`hash` u64, `origin` u32)."""
        if entries.height == 0:
            return
        self._runs.append(entries.sort("hash"))
        while len(self._runs) > 1 and self._runs[-2].height < RATIO * self._runs[-1].height:
            shorter = self._runs.pop()
            self._runs[-1] = self._runs[-1].merge_sorted(shorter, key="hash").rechunk()

    def find(self, hashes: pl.Series) -> pl.DataFrame:
        """Where hashes (u64) may be from: `row` (u32, the hash's position) and `origin`, once for each entry."""
        found = [_entries(run, hashes) for run in self._runs]
        return pl.concat(found) if found else pl.DataFrame(schema={"row": pl.UInt32, "origin": pl.UInt32})

    def forget(self, origins: Collection[int]) -> None:
        """Drop the entries of some origins."""
        gone = pl.Series(list(origins), dtype=pl.UInt32).implode()
        kept = (run.filter(~pl.col("origin").is_in(gone)) for run in self._runs)
        self._runs = [run for run in kept if run.height]


def _entries(run: pl.DataFrame, hashes: pl.Series) -> pl.DataFrame:
    first = run["hash"].search_sorted(hashes, side="left")
    end = run["hash"].search_sorted(hashes, side="right")
    ranges = (
        pl.DataFrame({"first": first, "end": end})
        .with_row_index("row")
        .filter(pl.col("end") > pl.col("first"))
    )
    places = ranges.select("row", pl.int_ranges("first", "end", dtype=pl.UInt32).alias("at")).explode("at")
    return places.select("row", pl.Series("origin", run["origin"].gather(places["at"]), dtype=pl.UInt32))
