"""SentinelDQ at its defaults: a profile for each day, merged into windows, and compared; rows an hour for the volume.

Beside all findings it tells those from WARNING on. No row is read twice: a day is profiled once, and is part of eight
comparisons.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from sentineldq.drift.compare import compare
from sentineldq.drift.model import Drift, Window
from sentineldq.drift.season import confirm
from sentineldq.drift.volume import volume
from sentineldq.profiles.build import profile
from sentineldq.profiles.merge import merge
from sentineldq.profiles.model import Profile
from sentineldq.version import __version__

DAY = timedelta(days=1)
BASELINE = 7


def checks(path: Path, ends: list[str]) -> Iterator[tuple[str, list[Drift]]]:
    """What each check finds; days are profiled when they are first needed."""
    frame = pl.read_parquet(path).with_columns(pl.col("at").str.to_datetime(time_zone="UTC"))
    frame = frame.with_columns(day=pl.col("at").dt.date())
    hours = frame.group_by(pl.col("at").dt.truncate("1h")).len().sort("at").rows()
    days = {day["day"][0]: _profile(day) for day in frame.partition_by("day", maintain_order=True)}
    for text in ends:
        end = datetime.fromisoformat(text)
        before = [(end - (2 + number) * DAY).date() for number in range(BASELINE)]
        baseline, current = merge(days[day] for day in before if day in days), days[(end - DAY).date()]
        history = [(at, rows) for at, rows in hours if at < end]
        comparison = compare(baseline, current)
        if (week := (end - 8 * DAY).date()) in days:
            comparison = confirm(comparison, days[week])
        yield text, [*comparison.drifts, *volume(history, Window(start=end - DAY, end=end))]


def _profile(day: pl.DataFrame) -> Profile:
    """Of a day's features; a column without any value is one that the day's file would not have."""
    return profile(day.select(item for item in day.drop("id", "at", "day") if item.null_count() < day.height))


def main() -> None:
    folder, wanted = Path(sys.argv[1]), json.load(sys.stdin)
    alarms: dict[str, dict[str, list[str]]] = {}
    seconds, count = 0.0, 0
    for stream in json.loads((folder / "streams.json").read_text())["streams"]:
        if stream["name"] not in wanted:
            continue
        begin = time.process_time()
        told = alarms.setdefault(stream["name"], {})
        for end, drifts in checks(folder / stream["name"] / "table.parquet", stream["checks"]):
            count += 1
            told[end] = sorted({drift.field_name or "*" for drift in drifts})
            if stream["onset"] and set(told[end]) & set(stream["targets"] or ["*"]):
                break
        seconds += time.process_time() - begin
    print(
        json.dumps(
            {"version": f"sentineldq {__version__}", "alarms": alarms, "seconds": seconds, "checks": count}
        )
    )


if __name__ == "__main__":
    main()
