"""Writers that race for one head: each round both have read the same place, and both commit the next batch."""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sentineldq.errors import FencedError
from sentineldq.lake.commit import commit
from sentineldq.lake.open import open_lake
from sentineldq.lake.place import Mark, read_place
from sentineldq.lake.schema import BRONZE, RECEIVED
from tests.faults.nursery import Child, Nursery
from tests.faults.result import Result
from tests.lake.parts import records

TABLE = "bronze.races"
PARTITION = "github"
CHAIN = 100
"""Rounds on one table."""


def race_commits(
    folder: Path, nursery: Nursery, *, seed: int, trials: int, writers: int = 2
) -> Iterator[Result]:
    """S7: writers race for one head, so many rounds; every round must have one winner, and the table just its rows."""
    for start in range(0, trials, CHAIN):
        own = seed * 1_000_003 + start
        yield from _race(folder / f"race-{own}", nursery, own, min(CHAIN, trials - start), writers)


def _race(folder: Path, nursery: Nursery, seed: int, rounds: int, writers: int) -> Iterator[Result]:
    folder.mkdir(parents=True)
    with open_lake(warehouse=str(folder / "lake")) as lake:
        lake.ensure(TABLE, BRONZE, partition=RECEIVED)
    arguments = [(str(folder), str(seed), str(rounds), str(writers), str(me)) for me in range(writers)]
    children = [nursery.start(folder, *given, call="tests.faults.races:write_rounds") for given in arguments]
    for child in children:
        if not nursery.wait(child, 300):
            nursery.end(child)
    lines = [
        json.loads(line) for child in children for line in child.text.splitlines() if line.startswith("{")
    ]
    told = list(_judge(folder, children, lines, rounds))
    fenced = Counter(one["round"] for one in lines if one["outcome"] == "fenced")
    for number in range(1, rounds + 1):
        met = fenced[number] == writers - 1
        yield Result(fault="race", name=f"{seed}/{number}", fired=met, in_flight=met, problems=told)
        told = []


def _judge(folder: Path, children: list[Child], outcomes: list[dict[str, Any]], rounds: int) -> Iterator[str]:
    yield from (f"a writer ended by {child.code}: {child.text[-500:]}" for child in children if child.code)
    winners = {one["round"]: one["me"] for one in outcomes if one["outcome"] == "applied"}
    wins = Counter(one["round"] for one in outcomes if one["outcome"] == "applied")
    for number in range(1, rounds + 1):
        if wins[number] != 1:
            yield f"round {number} has {wins[number]} winners"
    with open_lake(warehouse=str(folder / "lake")) as lake:
        table = lake.table(TABLE)
        rows = table.scan().to_arrow()
        held = Counter(zip(rows["_batch"].to_pylist(), rows["_origin"].to_pylist(), strict=True))
        wanted = {(number, str(me)): 3 for number, me in winners.items()}
        if held != wanted:
            yield f"the table holds {held - Counter(wanted)} too much, lacks {Counter(wanted) - held}"
        if read_place(table).marks[PARTITION].batch != rounds:
            yield f"the place is {read_place(table)}, not {rounds}"


def write_rounds(folder: str, seed: str, rounds: str, writers: str, me: str) -> None:
    """One writer: waits for the others to have read the same place, then commits; a line of JSON per round."""
    chance = random.Random(f"{seed}/{me}")
    with open_lake(warehouse=f"{folder}/lake") as lake:
        for number in range(1, int(rounds) + 1):
            table = lake.table(TABLE)
            expected = read_place(table).marks.get(PARTITION)
            rows = records(3, batch=number, partition=PARTITION)
            at = rows.column_names.index("_origin")
            rows = rows.set_column(at, "_origin", [[me] * 3])
            _meet(Path(folder), f"{number}a", me, int(writers))
            time.sleep(chance.random() * 0.004)
            outcome = "applied"
            try:
                commit(
                    table, partition=PARTITION, expected=expected, mark=Mark(number, {"by": me}), rows=rows
                )
            except FencedError:
                outcome = "fenced"
            sys.stdout.write(json.dumps({"round": number, "me": me, "outcome": outcome}) + "\n")
            _meet(Path(folder), f"{number}b", me, int(writers))


def _meet(folder: Path, name: str, me: str, writers: int) -> None:
    (folder / f"{name}.{me}").touch()
    until = time.monotonic() + 60
    while not all((folder / f"{name}.{other}").exists() for other in range(writers)):
        if time.monotonic() > until:
            raise TimeoutError("the other writer does not come")
        time.sleep(0.0003)
