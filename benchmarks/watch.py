"""How soon a record is seen in silver, in watch mode: from its write to a file until a fresh reader counts it.

    python benchmarks/watch.py [--rate 1000] [--seconds 60] [--dry]

A process watches a project (`sentinel run --watch`) whose source is one growing file; events are appended every 50 ms
at the rate; the table is loaded anew from its catalog every 25 ms. The first ten seconds are not counted. Writes a
section of RESULTS.md, in place of the one there was.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from threading import Thread

sys.path.insert(0, str(Path(__file__).parent / "peers"))

import polars as pl
from ours_pipeline import project
from run import machine
from sections import keep

from sentineldq.errors import LakeError
from sentineldq.lake.scan import scan
from sentineldq.pipeline.project import load_project
from sentineldq.sources.simulate import generate

STEP, LOOK = 0.05, 0.025
WARM = 10.0


def write(
    path: Path, events: Iterator[bytes], *, rate: int, seconds: float, written: list[tuple[int, float]]
) -> None:
    """Append events at a rate, and note how many there were at what time."""
    count, begun = 0, time.monotonic()
    with path.open("ab", buffering=0) as file:
        while (passed := time.monotonic() - begun) < seconds:
            due = int(passed * rate) - count
            lines = [event.rstrip(b"\n") + b"\n" for event in islice(events, due)]
            count += len(lines)
            written.append((count, time.monotonic()))
            file.write(b"".join(lines))
            time.sleep(STEP)


def look(
    folder: Path, watching: subprocess.Popen, writer: Thread, written: list[tuple[int, float]]
) -> list[tuple[int, float]]:
    """How many rows silver had at what time, until it has all that was written."""
    seen: list[tuple[int, float]] = []
    head = None
    with load_project(folder).open_lake() as lake:
        while writer.is_alive() or not seen or seen[-1][0] < written[-1][0]:
            time.sleep(LOOK)
            if watching.poll() is not None:
                sys.exit("the process that watches has ended")
            try:
                table = lake.table("silver.events")
            except LakeError:  # not there yet
                continue
            snapshot = table.current_snapshot()
            if snapshot is None or snapshot.snapshot_id == head:
                continue
            head = snapshot.snapshot_id
            rows = scan(table).select(pl.len()).collect().item()
            seen.append((rows, time.monotonic()))
    return seen


def lags(written: list[tuple[int, float]], seen: list[tuple[int, float]], rate: int) -> list[float]:
    """Seconds from the write of each record until it was counted, the first ones left out."""
    counts = [count for count, _ in seen]
    found, before = [], 0
    for count, moment in written:
        if count > WARM * rate:
            lag = seen[bisect_left(counts, count)][1] - moment
            found += [lag] * (count - before)
        before = count
    return sorted(found)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=int, default=1000, help="events per second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--dry", action="store_true", help="print, do not write RESULTS.md")
    arguments = parser.parse_args()
    total = int(arguments.rate * arguments.seconds)
    events = list(generate("github", seed=1, records=total))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        file = folder / "data" / "events.ndjson"
        project(folder, folder / "data", archive=False)
        command = [
            sys.executable,
            "-m",
            "sentineldq",
            "run",
            "--watch",
            "--project",
            name,
            "--log-level",
            "warning",
        ]
        watching = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        written: list[tuple[int, float]] = []
        options = {"rate": arguments.rate, "seconds": arguments.seconds, "written": written}
        writer = Thread(daemon=True, target=write, args=(file, iter(events)), kwargs=options)
        time.sleep(3)
        writer.start()
        seen = look(folder, watching, writer, written)
        watching.send_signal(signal.SIGTERM)
        watching.wait(60)
    found = lags(written, seen, arguments.rate)
    p50, p99 = (found[int(len(found) * share)] for share in (0.5, 0.99))
    text = (
        f"## watch: from the write of a record to a fresh reader's sight of it in silver\n\n"
        f"Measured {datetime.now(UTC):%Y-%m-%d} by `benchmarks/watch.py`: {machine()}.\n"
        f"At {arguments.rate:,} events a second for {arguments.seconds:.0f} s, writer and reader on the same cores, "
        f"the file looked at every 0.25 s: median {p50:.2f} s, 99th percentile {p99:.2f} s, longest {found[-1]:.2f} s; "
        f"{len(seen):,} commits seen. `benchmarks/microbatches.py` shows what ten thousand batches a day come to "
        "(docs/guides/upkeep.md)."
    )
    print(text)
    if not arguments.dry:
        keep("watch", text)


if __name__ == "__main__":
    main()
