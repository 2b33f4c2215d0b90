"""A run killed at any moment, over and over; each run after it is the recovery."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

from tests.faults.ledger import Simulation
from tests.faults.nursery import Nursery
from tests.faults.project import Trial, simulated
from tests.faults.result import Result

CHAIN = 20
"""Kills of one lake, before it is brought to its end and another one begun."""

LONGEST = 0.7
"""Seconds until the kill, at most: a run's start and its first few batches."""

ROWS, BATCHES = 20, 4
"""Records of a batch, and batches for each kill: more than a run comes to until it is killed."""

PER_KILL = 40
"""Files that a killed run may leave behind: those of three batches that were being written, and no more."""


def kill_at_random(folder: Path, nursery: Nursery, *, seed: int, trials: int) -> Iterator[Result]:
    """S1: `kill -9` after a time that the seed gives."""
    for start in range(0, trials, CHAIN):
        own = seed * 1_000_003 + start
        chance = random.Random(own)
        kills = min(CHAIN, trials - start)
        records = ROWS * BATCHES * (kills + 1)
        trial = simulated(folder / f"kill-{own}", Simulation(seed=own, records=records, rows=ROWS))
        before: set[str] = set()
        for number in range(kills):
            yield _kill(trial, nursery, f"{own}/{number}", chance.uniform(0, LONGEST), before)
        yield _finish(trial, nursery, f"{own}/end", orphans=PER_KILL * CHAIN)


def _kill(trial: Trial, nursery: Nursery, name: str, seconds: float, before: set[str]) -> Result:
    child = trial.start(nursery)
    time.sleep(seconds)
    nursery.end(child)
    fired = child.code == -9
    problems = trial.problems(finished=False)
    if not fired and child.code != 0:
        problems.append(f"the run ended by {child.code}: {child.text[-1000:]}")
    lost, marks = trial.lost(), trial.marks()
    new = lost - before
    before |= lost
    in_flight = bool(new) or marks.get("silver", 0) < marks.get("bronze", 0)
    if len(new) > PER_KILL:
        problems.append(f"{len(new)} files were left behind")
    return Result(fault="kill", name=name, fired=fired, in_flight=in_flight, problems=problems)


def _finish(trial: Trial, nursery: Nursery, name: str, *, orphans: int) -> Result:
    """The last run is let be; all must be there then."""
    child = trial.run(nursery)
    problems = [] if child.code == 0 else [f"the last run ended by {child.code}: {child.text[-1000:]}"]
    problems += trial.problems(finished=True, orphans=orphans)
    return Result(fault="kill", name=name, fired=False, problems=problems)
