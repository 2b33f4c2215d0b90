"""Time us against the peers, whole processes, in interleaved repeats; print and write benchmarks/RESULTS.md.

    python benchmarks/run.py                         everything, 1 M and 10 M orders
    python benchmarks/run.py --rows 1e6 check        one job at another size
    python benchmarks/run.py --large 2e8             the file larger than memory as well
    python benchmarks/run.py --only ours,dataframely --dry

Each command runs once untimed (page cache, compiled bytecode, Soda's table), then `--repeats` times in turn
with the others. Wall time is the median; peak memory is the largest resident set of the process and the
children it waited for, as the kernel counts it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import alone
import envs
from sections import RESULTS, kept

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
JOBS = {
    "check": "sixteen checks over a Parquet file",
    "split": "good rows and bad rows with their reasons, written to two Parquet files",
    "records": "JSON records decoded and checked, 2 % of them bad",
}
WRITES = {"check": [], "split": ["good", "bad"], "records": []}


@dataclass
class Contestant:
    """One command and what was measured of it."""

    name: str
    command: list[str]
    seconds: list[float] = field(default_factory=list)
    peak_mb: float = 0
    version: str = ""
    verdict: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def run(self, *, timed: bool) -> None:
        """Run the command once; what it says is read from the untimed run."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            start = time.perf_counter()
            try:
                process = subprocess.Popen(self.command, stdout=out, stderr=err)
            except OSError as error:
                self.error = str(error)
                return
            _, status, usage = os.wait4(process.pid, 0)
            elapsed = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            err.seek(0)
            if process.returncode not in {0, 1} or not (said := out.read().strip()):
                self.error = (
                    err.read().decode(errors="replace").strip()[-300:] or f"exit code {process.returncode}"
                )
            elif timed:
                self.seconds.append(elapsed)
                self.peak_mb = max(self.peak_mb, usage.ru_maxrss / 1024)
            else:
                self.listen(json.loads(said.splitlines()[-1] if said.startswith(b'{"peer"') else said))

    def listen(self, said: dict) -> None:
        """Take version and verdict from a peer's line or from our own report."""
        if "peer" in said:
            self.version = said["version"]
            counts = said["failed_counts"].items()
        else:
            self.version = subprocess.run(
                [self.command[0], "--version"], capture_output=True, text=True, check=True
            ).stdout.strip()
            counts = [(check["column"] or "rows", check["failed"] or 0) for check in said["checks"]]
        for name, count in counts:
            column = name.split()[0]
            self.verdict[column] = self.verdict.get(column, 0) + count
        self.verdict = {column: count for column, count in self.verdict.items() if count}


def prepared(kind: str, rows: int) -> Path | None:
    """The data set, made by a process of its own: a child's peak memory starts at its parent's."""
    command = [sys.executable, str(HERE / "data.py"), f"--{kind}", str(rows)]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    return Path(said) if said else None


def contestants(job: str, source: Path, scratch: Path, only: set[str]) -> list[Contestant]:
    """Us first, then each peer that has a script for the job."""
    contract = f"--contract={HERE / 'orders.odcs.yaml'}"
    found = []
    for name in ["ours", *envs.PEERS]:
        script = HERE / "peers" / f"{name}_{job}.py"
        files = {part: str(scratch / f"{name}-{part}.parquet") for part in WRITES[job]}
        if name == "ours" and job in {"check", "split"}:
            flags = ["--format=json", *(f"--{part}={file}" for part, file in files.items())]
            command = [str(BIN / "sentinel"), "check", str(source), contract, *flags]
        elif script.exists():
            interpreter = sys.executable if name == "ours" else str(envs.python(name))
            command = [interpreter, str(script), str(source), *files.values()]
        else:
            continue
        found.append(Contestant(name, command, files=files))
    return [item for item in found if not only or item.name in only]


def race(entrants: list[Contestant], repeats: int) -> None:
    """One untimed run each, then the timed ones in turn."""
    for turn in range(repeats + 1):
        for item in entrants:
            if not item.error:
                print(f"  {item.name} {'warm-up' if turn == 0 else turn}", file=sys.stderr)
                item.run(timed=turn > 0)
    for item in entrants:
        if item.files and not item.error:
            item.verdict = {part: stored_rows(file) for part, file in item.files.items()}


def stored_rows(file: str) -> int:
    """The number of rows of a Parquet file."""
    from pyarrow.parquet import read_metadata

    return read_metadata(file).num_rows


def table(job: str, rows: int, entrants: list[Contestant]) -> str:
    """A Markdown section with one line per contestant, fastest first."""
    done = sorted((item for item in entrants if item.seconds), key=lambda item: item.median)
    ours = next((item for item in done if item.name == "ours"), None)
    lines = [
        f"## {job}: {JOBS[job]}, {rows:,} rows",
        "",
        "| | version | seconds (median) | fastest to slowest | peak MB | ours / theirs | same counts |",
        "|---|---|--:|--:|--:|--:|---|",
    ]
    for item in done:
        ratio = f"{ours.median / item.median:.2f}" if ours else "-"
        same = (
            "-"
            if ours is None
            else "yes"
            if ours.verdict == item.verdict
            else f"no: {_difference(ours, item)}"
        )
        spread = f"{min(item.seconds):.2f} to {max(item.seconds):.2f}"
        cells = [item.name, item.version, f"{item.median:.2f}", spread, f"{item.peak_mb:,.0f}", ratio, same]
        lines.append(f"| {' | '.join(cells)} |")
    lines += [
        f"\n{item.name} did not finish: `{' '.join(item.error.split())}`" for item in entrants if item.error
    ]
    return "\n".join([*lines, ""])


def _difference(ours: Contestant, other: Contestant) -> str:
    columns = sorted(ours.verdict.keys() | other.verdict.keys())
    different = [name for name in columns if ours.verdict.get(name) != other.verdict.get(name)]
    return ", ".join(f"{name} {ours.verdict.get(name, 0)}/{other.verdict.get(name, 0)}" for name in different)


def sizes(text: str) -> list[int]:
    """Row counts such as 1e6,1e7."""
    return [int(float(part)) for part in text.split(",")]


def machine() -> str:
    """What the numbers were measured on."""
    models = [
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if "model name" in line
    ]
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    cores = len(os.sched_getaffinity(0))
    system = f"{platform.system()} {platform.release()}; Python {platform.python_version()}"
    return f"{models[0] if models else platform.machine()}, {cores} cores, {memory:.0f} GB; {system}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=", ".join(JOBS))
    parser.add_argument("--rows", type=sizes, default=[1_000_000, 10_000_000], help="orders: 1e6,1e7")
    parser.add_argument(
        "--large", type=lambda text: int(float(text)), default=0, help="orders, memory capped"
    )
    parser.add_argument("--events", type=lambda text: int(float(text)), default=200_000, help="JSON records")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", default="", help="contestants, such as ours,dataframely")
    parser.add_argument("--dry", action="store_true", help="print, do not write RESULTS.md")
    arguments = parser.parse_args()
    if unknown := set(arguments.jobs) - set(JOBS):
        parser.error(f"unknown job {', '.join(unknown)}; known: {', '.join(JOBS)}")
    unfinished = False
    sections = [
        "# Results",
        "",
        f"Measured {datetime.now(UTC):%Y-%m-%d} by `benchmarks/run.py`: {machine()}.",
        f"Whole processes, median of {arguments.repeats} interleaved runs after one untimed run.",
        "*Same counts* compares the faults per column (ours/theirs where they differ), or the rows written.",
        "",
    ]
    if not arguments.jobs and not arguments.only:
        sections.append(alone.start(arguments.repeats))
        print(sections[-1])
    runs = [
        (job, rows)
        for job in arguments.jobs or JOBS
        for rows in ([arguments.events] if job == "records" else arguments.rows)
    ]
    for job, rows in runs:
        source = prepared("events" if job == "records" else "orders", rows)
        if source is None:
            sections.append(f"## {job}\n\nNot run: the real events are not at hand (SENTINEL_SHARED).\n")
            continue
        print(f"{job}, {rows:,} rows", file=sys.stderr)
        with tempfile.TemporaryDirectory(dir=source.parent) as scratch:
            entrants = contestants(job, source, Path(scratch), set(filter(None, arguments.only.split(","))))
            race(entrants, arguments.repeats)
        unfinished |= any(item.error for item in entrants)
        sections.append(table(job, rows, entrants))
        print(sections[-1])
    if arguments.large and (source := prepared("orders", arguments.large)):
        sections.append(alone.large(source))
        print(sections[-1])
    if not arguments.dry:
        RESULTS.write_text("\n".join([*sections, *(f"{one}\n" for one in kept())]), encoding="utf-8")
    sys.exit(int(unfinished))


if __name__ == "__main__":
    main()
