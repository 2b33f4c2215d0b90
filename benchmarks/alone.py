"""What no peer is measured on: how quickly a command starts, and a file larger than the memory allowed."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
SENTINEL = str(Path(sys.executable).parent / "sentinel")
TEN_ROWS = "id,name,email,amount\n" + "".join(
    f"{number},name {number},user{number}@example.com,{number}.5\n" for number in range(10)
)
ADDRESS_SPACE = 8 * 2**30
"""Bytes of address space in the large run (`ulimit -v 8388608`)."""


def start(repeats: int) -> str:
    """A Markdown section: seconds from nothing to an answer, median of `repeats` runs after one untimed run."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "ten.csv")
        data.write_text(TEN_ROWS)
        orders = [str(HERE.parent / "examples" / "orders.csv"), "--contract"]
        commands = {
            "sentinel --version": [SENTINEL, "--version"],
            "sentinel check TEN_ROWS.csv": [SENTINEL, "check", str(data)],
            "sentinel check orders.csv --contract …": [
                SENTINEL,
                "check",
                *orders,
                str(HERE.parent / "examples" / "orders.odcs.yaml"),
            ],
        }
        lines = [
            "## start: a command on a small input",
            "",
            "| | seconds (median) | fastest |",
            "|---|--:|--:|",
        ]
        for name, command in commands.items():
            seconds = [_run(command)[0] for _ in range(repeats + 1)][1:]
            lines.append(f"| `{name}` | {statistics.median(seconds):.3f} | {min(seconds):.3f} |")
    return "\n".join([*lines, ""])


def large(source: Path) -> str:
    """A Markdown section: the sixteen checks over a file that does not fit in the memory allowed."""
    command = [SENTINEL, "check", str(source), f"--contract={HERE / 'orders.odcs.yaml'}", "--format=json"]
    capped = ["sh", "-c", f'ulimit -v {ADDRESS_SPACE // 1024}; exec "$@"', "sh", *command]
    seconds, peak, said = _run(capped)
    rows = json.loads(said)["rows"]
    return (
        f"## large: sixteen checks over {rows:,} rows ({source.stat().st_size / 2**30:.1f} GiB of Parquet)\n\n"
        f"With `ulimit -v {ADDRESS_SPACE // 1024}`: {seconds:.0f} s, peak {peak:,.0f} MB, "
        f"one uniqueness over every row included.\n"
    )


def _run(command: list[str]) -> tuple[float, float, bytes]:
    with tempfile.TemporaryFile() as out:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in {0, 1}:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
        out.seek(0)
        return seconds, usage.ru_maxrss / 1024, out.read()
