"""Disks that fail: errors and full disks injected into a run, small disks, files cut short by a limit."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults import strace
from tests.faults.ledger import Simulation
from tests.faults.nursery import Child, Nursery
from tests.faults.project import Trial, simulated
from tests.faults.result import Result
from tests.faults.sweep import LEFT, prepare, watch

FAILING = {strace.READING: ("EIO",), strace.CHANGING: ("EIO", "ENOSPC")}
CLEAN = (0, 2, 3)
"""How a run may end whose disk fails: it did not matter, or it says what is wrong."""


def fail_calls(folder: Path, nursery: Nursery, *, seed: int, trials: int) -> Iterator[Result]:
    """S11, S12: a system call fails by EIO or ENOSPC, once or from then on; the run after it has a good disk."""
    trial = prepare(folder, nursery, seed=seed)
    chance = random.Random(seed)
    found = {calls: watch(trial, nursery, calls=calls) for calls in FAILING}
    for number in range(trials):
        calls = chance.choice([strace.READING, strace.CHANGING, strace.CHANGING])
        point, error = chance.choice(found[calls]), chance.choice(FAILING[calls])
        when = f"{point.number}{chance.choice(['', '+'])}"
        trial.again()
        child = trial.start(nursery, held=True)
        log = trial.root / "trace"
        inject = f"error={error}:when={when}"
        with strace.traced(nursery, child, log, calls=point.call, inject=inject, follow=point.follow):
            nursery.wait(child, 60)
        name = f"{seed}/{number}/{point}:{error}:{when}"
        yield judge(trial, nursery, "disk", name, child, fired=strace.injected(log))


def limit_files(folder: Path, nursery: Nursery, *, seed: int, trials: int) -> Iterator[Result]:
    """S14: no file may be longer than so many bytes; the write that crosses that is cut short, the next one fails."""
    trial = prepare(folder, nursery, seed=seed)
    chance = random.Random(seed)
    for number in range(trials):
        trial.again()
        most = int(1024 * 2 ** chance.uniform(-2, 8))
        child = trial.run(nursery, limits={"file size": most})
        fired = child.code != 0 or "too large" in child.text
        yield judge(trial, nursery, "short write", f"{seed}/{number}/{most}", child, fired=fired)


def fill_disk(folder: Path, nursery: Nursery, *, seed: int, trials: int) -> Iterator[Result]:
    """S11: a disk of a few hundred KB, all of the state on it, that is full at some point, and is then made larger."""
    chance = random.Random(seed)
    for number in range(trials):
        own = seed * 1000 + number
        trial = simulated(folder / f"full-{own}", Simulation(seed=own, records=150, rows=25))
        size = chance.randrange(300, 1100)
        with mounted(trial.state, f"{size}k"):
            child = trial.run(nursery)
            fired = child.code != 0
            told = judge_end(child)
            subprocess.run(["mount", "-o", "remount,size=64m", str(trial.state)], check=True)
            last = trial.run(nursery)
            told += [] if last.code == 0 else [f"the recovery ended by {last.code}: {last.text[-4000:]}"]
            told += trial.problems(finished=True, orphans=LEFT)
            yield Result(
                fault="disk full", name=f"{own}/{size}k", fired=fired, in_flight=fired, problems=told
            )


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[None]:
    """A file system in memory. Raises CalledProcessError where it may not be mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True, capture_output=True
    )
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def judge_end(child: Child) -> list[str]:
    """A run that fails says why, in words."""
    told = [] if child.code in CLEAN else [f"the run ended by {child.code}: {child.text[-1500:]}"]
    shown = child.code in CLEAN and any(line.startswith("Traceback") for line in child.text.splitlines())
    return told + (["a traceback was shown"] if shown else [])


def judge(trial: Trial, nursery: Nursery, fault: str, name: str, child: Child, *, fired: bool) -> Result:
    """What a run left behind, what it said, and whether the next one mends it."""
    problems = judge_end(child) + trial.problems(finished=False)
    marks = trial.marks()
    in_flight = bool(trial.lost()) or marks["silver"] < marks["bronze"]
    last = trial.run(nursery)
    if last.code != 0:
        problems.append(f"the recovery ended by {last.code}: {last.text[-4000:]}")
    problems += trial.problems(finished=True, orphans=LEFT)
    return Result(fault=fault, name=name, fired=fired, in_flight=in_flight, problems=problems)
