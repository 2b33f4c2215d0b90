"""Time the pipeline from a file of events to committed tables, beside dlt loading the same file.

    python benchmarks/pipeline.py                            200,000 and 1,000,000 events
    python benchmarks/pipeline.py --rows 2e4 --only ours --dry

Whole processes, from their start to their end, in interleaved repeats after one untimed run of the smallest size; the
median. Peak memory is the largest resident set of the process and the children it waited for. Ours checks every event
against the contract of projects/github, tells repeats apart by key and commits three Iceberg tables per batch, each
commit synced to the disk; dlt writes one table of Parquet files and checks nothing. Writes a section of RESULTS.md,
in place of the one there was.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import envs
from run import HERE, machine
from sections import keep

CONTESTANTS = {
    "ours": ["ours"],
    "ours, with the raw archive": ["ours", "--archive"],
    "ours, without profiles": ["ours", "--no-profiles"],
    "dlt": ["dlt"],
}


@dataclass
class Run:
    """What was measured of one contestant with one file."""

    name: str
    rows: int
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak_mb: float = 0
    said: list[dict] = field(default_factory=list)
    error: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def pace(self) -> float:
        """Events per second of the whole process."""
        return self.rows / self.median

    def once(self, events: Path, *, timed: bool = True) -> None:
        """Run the contestant in an empty folder beside the events."""
        peer, *flags = CONTESTANTS[self.name]
        interpreter = sys.executable if peer == "ours" else str(envs.python(peer))
        with (
            tempfile.TemporaryDirectory(dir=events.parent) as folder,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            script = HERE / "peers" / f"{peer}_pipeline.py"
            start = time.perf_counter()
            process = subprocess.Popen(
                [interpreter, str(script), str(events), folder, *flags], stdout=out, stderr=err
            )
            _, status, usage = os.wait4(process.pid, 0)
            elapsed = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            err.seek(0)
            lines = out.read().strip().splitlines()
            if process.returncode or not lines:
                self.error = err.read().decode(errors="replace").strip()[-300:] or "no answer"
            elif timed:
                self.seconds.append(elapsed)
                self.cpu.append(usage.ru_utime + usage.ru_stime)
                self.peak_mb = max(self.peak_mb, usage.ru_maxrss / 1024)
                self.said.append(json.loads(lines[-1]))


def prepared(rows: int) -> Path:
    """The file of events, made by a process of its own: a child's peak memory starts at its parent's."""
    command = [sys.executable, str(HERE / "events.py"), str(rows)]
    return Path(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip())


def race(sizes: list[int], names: list[str], repeats: int) -> list[Run]:
    """Every contestant with every file, in turn."""
    files = {rows: prepared(rows) for rows in sizes}
    for name in names:
        print(f"  {name} warm-up", file=sys.stderr)
        Run(name, min(sizes)).once(files[min(sizes)], timed=False)
    runs = [Run(name, rows) for rows in sizes for name in names]
    for turn in range(repeats):
        for run in runs:
            if not run.error:
                print(f"  {run.name}, {run.rows:,} events, {turn + 1}", file=sys.stderr)
                run.once(files[run.rows])
    return runs


def table(runs: list[Run]) -> list[str]:
    """Rows of Markdown."""
    lines = [
        "| | version | events | seconds | events/s | CPU s | peak MB | times as fast as dlt |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for run in runs:
        if run.error:
            lines.append(
                f"| {run.name} | failed: {run.error.splitlines()[-1][:80]} | {run.rows:,} | | | | | |"
            )
            continue
        other = next((one for one in runs if (one.name, one.rows) == ("dlt", run.rows) and one.seconds), None)
        share = f"{other.median / run.median:.1f}" if other else ""
        lines.append(
            f"| {run.name} | {run.said[0]['version']} | {run.rows:,} | {run.median:.2f} | {run.pace:,.0f} "
            f"| {statistics.median(run.cpu):.2f} | {run.peak_mb:,.0f} | {share} |"
        )
    return lines


def steps(runs: list[Run]) -> list[str]:
    """Rows of Markdown: where our time goes."""
    ours = [run for run in runs if run.seconds and "seconds" in run.said[0]]
    if not ours:
        return []
    names = list(ours[0].said[0]["seconds"])
    lines = [
        "",
        "Seconds by step, which overlap (`all`: from first read to last commit, without the start of the process):",
        "",
        f"| | events | {' | '.join(names)} | events/s of all | silver | quarantine |",
        f"|---|--:|{'--:|' * (len(names) + 3)}",
    ]
    for run in ours:
        middle = sorted(run.said, key=lambda said: said["seconds"]["all"])[len(run.said) // 2]
        counts, took = middle["counts"], middle["seconds"]
        cells = " | ".join(f"{took[name]:.2f}" for name in names)
        lines.append(
            f"| {run.name} | {run.rows:,} | {cells} | {run.rows / took['all']:,.0f} "
            f"| {counts['silver']:,} | {counts['quarantined']:,} |"
        )
    return lines


def marginal(runs: list[Run]) -> list[str]:
    """What each event more costs, from the smallest to the largest file: the measure of being linear."""
    lines = []
    for name in dict.fromkeys(run.name for run in runs):
        found = sorted((run for run in runs if run.name == name and run.seconds), key=lambda run: run.rows)
        if len(found) > 1:
            few, many = found[0], found[-1]
            pace = (many.rows - few.rows) / (many.median - few.median)
            lines.append(f"{name}: {pace:,.0f} events/s from {few.rows:,} to {many.rows:,}")
    return ["", "Between the sizes: " + "; ".join(lines) + "."] if lines else []


def section(runs: list[Run], repeats: int) -> str:
    """The part of RESULTS.md."""
    about = (
        f"Measured {datetime.now(UTC):%Y-%m-%d} by `benchmarks/pipeline.py`: {machine()}. "
        f"Whole processes, median of {repeats}. Ours: decoded, checked by the contract of projects/github, "
        "deduplicated, profiled by the hour, in bronze, silver and quarantine; dlt: one table, nothing checked."
    )
    title = "## pipeline: a file of GitHub events, 1.8 KB each and 2 % of them bad, to committed tables"
    return "\n".join([title, "", about, "", *table(runs), *steps(runs), *marginal(runs)])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", default="2e5,1e6", help="numbers of events: 2e5,1e6")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", default="", help="contestants: ours, dlt")
    parser.add_argument("--dry", action="store_true", help="print, do not write RESULTS.md")
    arguments = parser.parse_args()
    only = set(filter(None, arguments.only.split(",")))
    names = [name for name, (peer, *_) in CONTESTANTS.items() if not only or peer in only]
    if "dlt" in names:
        envs.make("dlt")
    sizes = [int(float(text)) for text in arguments.rows.split(",")]
    runs = race(sizes, names, arguments.repeats)
    text = section(runs, arguments.repeats)
    print(text)
    if not arguments.dry:
        keep("pipeline", text)
    sys.exit(int(any(run.error for run in runs)))


if __name__ == "__main__":
    main()
