"""The windows of an evaluation for the peers that take data frames: the same days for each of them.

`streams.json` beside the data says what there is (see evaluate/streams.py). At every midnight the day before it is
compared with the 7 days before that. A stream in which something drifts is left when the drift has been named.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

Compare = Callable[[pd.DataFrame, pd.DataFrame, list[str], list[str]], list[str]]
"""From baseline, current, names of numbers and names of categories to the names of what drifts."""
DAY = pd.Timedelta(days=1)


def evaluate(compare: Compare, *, version: str) -> None:
    """Run over the streams whose names are read from standard input; print what was said and how long it took."""
    folder, wanted = Path(sys.argv[1]), json.load(sys.stdin)
    held = json.loads((folder / "streams.json").read_text())
    alarms: dict[str, dict[str, list[str]]] = {}
    seconds, checks = 0.0, 0
    for stream in held["streams"]:
        if stream["name"] not in wanted:
            continue
        frame = pd.read_parquet(folder / stream["name"] / "table.parquet")
        frame["at"] = pd.to_datetime(frame["at"])
        told = alarms.setdefault(stream["name"], {})
        for check in stream["checks"]:
            begin = time.process_time()
            told[check] = _names(frame, pd.Timestamp(check), held, compare)
            seconds += time.process_time() - begin
            checks += 1
            if stream["onset"] and set(told[check]) & set(stream["targets"] or ["*"]):
                break
    print(json.dumps({"version": version, "alarms": alarms, "seconds": seconds, "checks": checks}))


def _names(frame: pd.DataFrame, end: pd.Timestamp, held: dict[str, Any], compare: Compare) -> list[str]:
    current = _window(frame, end - DAY, end)
    baseline = _window(frame, end - 8 * DAY, end - DAY)
    there = [name for name in baseline.columns if name not in {"id", "at"}]
    numbers = [name for name in there if name in held["numbers"] or name == "quota"]
    return compare(baseline, current, numbers, [name for name in there if name not in numbers])


def _window(frame: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """The rows of a time, with the columns that have a value in any of them: files of those days have no others."""
    rows = frame[(frame["at"] >= start) & (frame["at"] < end)]
    return rows.dropna(axis="columns", how="all").reset_index(drop=True)
