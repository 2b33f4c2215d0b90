"""Find drift in simulated streams with ours, Evidently and NannyML, and write what each is worth to RESULTS.md.

    python benchmarks/evaluation.py [--seed 900] [--tools ours,evidently,nannyml] [--dry]

Tools that are not named keep what they said the last time.

The seeds from 900 on are held out: nothing was ever chosen by what came of them. Other seeds are for work on ours, and
leave RESULTS.md alone.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import envs
import msgspec
import sections
from evaluate.score import table
from evaluate.streams import AFTER, CATEGORIES, NUMBERS, Stream, make, streams

HERE = Path(__file__).parent
DATA = HERE / "data" / "drift"
HELD_OUT = 900
TOOLS = ("ours", "evidently", "nannyml")
WORKERS = 2


def prepare(chosen: Sequence[Stream], folder: Path) -> None:
    """Make the data that is not there, and tell the tools what there is."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(WORKERS) as pool:
        list(pool.map(partial(make, folder=folder), sorted(chosen, key=lambda one: -one.rows * one.days)))
    held = {"streams": msgspec.to_builtins(list(chosen)), "numbers": NUMBERS, "categories": CATEGORIES}
    (folder / "streams.json").write_text(json.dumps(held))


def ask(tool: str, chosen: Sequence[Stream], folder: Path) -> dict[str, Any]:
    """What a tool says about all streams: shared out among processes, each of one core."""
    order = sorted(chosen, key=lambda one: -one.rows * len(one.checks))
    parts = [[one.name for one in order[number::WORKERS]] for number in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        told = list(pool.map(partial(_run, tool, folder), parts))
    return {
        "version": told[0]["version"],
        "alarms": {name: named for one in told for name, named in one["alarms"].items()},
        "seconds": sum(one["seconds"] for one in told),
        "checks": sum(one["checks"] for one in told),
    }


def _run(tool: str, folder: Path, names: list[str]) -> dict[str, Any]:
    python = Path(sys.executable) if tool == "ours" else envs.python(tool)
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"), "1")
    done = subprocess.run(
        [str(python), str(HERE / "peers" / f"{tool}_drift.py"), str(folder)],
        input=json.dumps(names),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **single},
    )
    if done.returncode:
        raise SystemExit(f"{tool} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def section(chosen: Sequence[Stream], told: dict[str, dict[str, Any]], *, seed: int) -> str:
    columns = {
        f"{tool} ({one['version']})" if tool == "ours" else one["version"]: one for tool, one in told.items()
    }
    spent = ", ".join(f"{tool} {one['seconds']:.0f} s" for tool, one in told.items())
    measured = f"Measured {datetime.now(UTC).date()} by `benchmarks/evaluation.py --seed {seed}`"
    return f"""
## drift: found, how soon, and false alarms

{measured} (seeds held out: nothing was chosen by them): {os.cpu_count()} cores, Python {platform.python_version()}.
{len(chosen)} streams of [simulated tables](../docs/guides/simulate.md) with fourteen columns. Every midnight the last
24 hours are compared with the 7 days before, for {AFTER} checks after a drift began.
Cells of the drifts: found of tried, by strength from left to right, and the median hours from the onset (at any
hour of the day) to the first check that names it. False alarms are per 1,000 column-days without drift.

{table(chosen, columns)}

By chance: how often a tool's false alarms on quiet streams of the same volume would name the column within as many
checks. Above chance: (found - by chance) / (1 - by chance), volume left out.

Ours: profiles by the day, merged, default settings, confirmed against the same day of last week; a finding is an alarm
whatever its severity. Evidently: `DataDriftPreset()` with the types of columns told, the verdicts of its tests.
NannyML: `UnivariateDriftCalculator`, default method and thresholds, a reference of 7 days in chunks of one. Neither
looks at the number of rows so; where they refuse a window for a column that is missing, that counts as found. Where
ours loses: tails of skewed numbers, and weak shifts with 200 rows a day. Quantile sketches draw at random, so ours
may differ by a stream or two from run to run. CPU time of all checks: {spent}.
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=HELD_OUT)
    parser.add_argument("--tools", default=",".join(TOOLS))
    parser.add_argument("--dry", action="store_true", help="print, and leave RESULTS.md alone")
    arguments = parser.parse_args()
    chosen = list(streams(seed=arguments.seed))
    folder = DATA / str(arguments.seed)
    prepare(chosen, folder)
    for tool in filter(None, arguments.tools.split(",")):
        (folder / f"{tool}.json").write_text(json.dumps(ask(tool, chosen, folder)))
    told = {
        tool: json.loads(held.read_text()) for tool in TOOLS if (held := folder / f"{tool}.json").exists()
    }
    text = section(chosen, told, seed=arguments.seed)
    print(text)
    if arguments.seed == HELD_OUT and not arguments.dry:
        sections.keep("drift", text)


if __name__ == "__main__":
    main()
