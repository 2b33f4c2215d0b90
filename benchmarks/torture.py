"""Faults in earnest: kills, full and broken disks, rivals, damage; nothing may be lost or doubled.

    python benchmarks/torture.py --fault kill --trials 200 --seed 7

Prints a line for each fault: trials, how many of them the fault struck in, in how many of those a commit was being
made, and how many failed. The exit code is 1 where one failed. A failed trial is printed with its name, and what it
left behind is kept; the seed gives the same trials again, up to the machine's own timing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.faults.nursery import Nursery
from tests.faults.result import HEAD, Result
from tests.faults.scenarios import SCENARIOS, conduct, lacking


def main() -> None:
    chosen = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="sentineldq-torture-"))
    print(f"seed {chosen.seed}, in {folder}", flush=True)
    print(f"{HEAD} seconds  what it is", flush=True)
    failed = False
    with Nursery() as nursery:
        for name in chosen.fault or SCENARIOS:
            if reason := lacking(SCENARIOS[name], folder):
                print(f"{name:<12} not tried: {reason}", flush=True)
                continue
            trials = chosen.trials or SCENARIOS[name].torture
            begun = time.monotonic()
            table = conduct(name, folder, nursery, seed=chosen.seed, trials=trials, told=_complain)
            seconds = time.monotonic() - begun
            print(f"{table.line} {seconds:>7.0f}  {SCENARIOS[name].about}", flush=True)
            failed |= bool(table.failures)
    raise SystemExit(1 if failed else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, help="of each fault; by default as many as each is worth")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", action="append", choices=list(SCENARIOS), help="this one; may be repeated")
    return parser.parse_args()


def _complain(result: Result) -> None:
    if result.problems:
        print(f"  {result.fault} {result.name} FAILED", *result.problems, sep="\n    ", flush=True)


if __name__ == "__main__":
    main()
