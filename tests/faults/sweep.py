"""One micro-batch, killed at its system calls one after the other, and again while a killed one recovers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.faults import strace
from tests.faults.ledger import Simulation
from tests.faults.nursery import Child, Nursery
from tests.faults.project import Trial, deliver, filed
from tests.faults.result import Result

ROWS = 40
LEFT = 60
"""Files that may belong to nothing after two runs that were killed."""


def prepare(folder: Path, nursery: Nursery, *, seed: int) -> Trial:
    """A lake with one batch in it, and a second file that the next run will read; kept, to come back to."""
    trial = filed(folder / f"sweep-{seed}", Simulation(seed=seed, records=2 * ROWS - 6, rows=ROWS))
    deliver(trial, 0, ROWS)
    child = trial.run(nursery)
    if child.code != 0:
        raise RuntimeError(f"the run before the trial failed: {child.text}")
    deliver(trial, ROWS, len(trial.ledger.records))
    trial.keep()
    return trial


def watch(trial: Trial, nursery: Nursery, *, calls: str = strace.CHANGING) -> list[strace.Point]:
    """Every point at which the next run can be struck; told by letting one go to its end."""
    trial.again()
    log = trial.root / "trace"
    child = trial.start(nursery, held=True)
    with strace.traced(nursery, child, log, calls=calls):
        nursery.wait(child, 60)
    if child.code != 0:
        raise RuntimeError(f"a run that was only watched ended by {child.code}: {child.text}")
    return strace.points(log, child.pid)


def kill_everywhere(folder: Path, nursery: Nursery, *, seed: int, trials: int | None) -> Iterator[Result]:
    """S2: at every point; or at so many of them, evenly spread from one that the seed gives. Then a run is let be."""
    trial = prepare(folder, nursery, seed=seed)
    found = watch(trial, nursery)
    every = max(1, len(found) // trials) if trials else 1
    for point in found[random.Random(seed).randrange(every) :: every]:
        trial.again()
        yield _judge(trial, nursery, "sweep", f"{seed}/{point}", [kill_at(trial, nursery, point)])


def kill_recovery(folder: Path, nursery: Nursery, *, seed: int, trials: int) -> Iterator[Result]:
    """S4: at one point, and at another of the run after it."""
    trial = prepare(folder, nursery, seed=seed)
    found = watch(trial, nursery)
    chance = random.Random(seed)
    for number in range(trials):
        trial.again()
        pair = [chance.choice(found), chance.choice(found)]
        children = [kill_at(trial, nursery, point) for point in pair]
        yield _judge(trial, nursery, "sweep twice", f"{seed}/{number}/{pair[0]}+{pair[1]}", children)


def kill_at(trial: Trial, nursery: Nursery, point: strace.Point) -> Child:
    child = trial.start(nursery, held=True)
    inject = f"signal=KILL:when={point.number}"
    log = trial.root / "trace"
    with strace.traced(nursery, child, log, calls=point.call, inject=inject, follow=point.follow):
        nursery.wait(child, 60)
    return child


def _judge(trial: Trial, nursery: Nursery, fault: str, name: str, children: Sequence[Child]) -> Result:
    fired = all(child.code == -9 for child in children)
    problems = [
        f"a run ended by {child.code}: {child.text[-800:]}" for child in children if child.code not in (-9, 0)
    ]
    problems += trial.problems(finished=False)
    marks = trial.marks()
    in_flight = bool(trial.lost()) or marks["silver"] < marks["bronze"]
    last = trial.run(nursery)
    if last.code != 0:
        problems.append(f"the recovery ended by {last.code}: {last.text[-4000:]}")
    problems += trial.problems(finished=True, orphans=LEFT)
    return Result(fault=fault, name=name, fired=fired, in_flight=in_flight, problems=problems)
