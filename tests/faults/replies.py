"""The catalog answers wrongly, or the process dies just before or after it answers, at each commit of a batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.faults.disk import judge
from tests.faults.nursery import Nursery
from tests.faults.result import Result
from tests.faults.sweep import prepare

COMMITS = 3
"""Bronze, quarantine, silver."""

HOW = ("reply lost", "request lost", "die before", "die after")


def lose_replies(folder: Path, nursery: Nursery, *, seed: int, trials: int) -> Iterator[Result]:
    """S3, S5: a reply or a request is lost at one of the commits, or the process dies on either side of it."""
    trial = prepare(folder, nursery, seed=seed)
    for number in range(trials):
        how, at = HOW[number % len(HOW)], number // len(HOW) % COMMITS + 1
        trial.again()
        child = trial.run(nursery, patch=(how, at))
        name = f"{seed}/{number}/{how} at commit {at}"
        if how.startswith("die"):
            fired, child.code = child.code == -9, 0 if child.code == -9 else child.code
        else:
            fired = True  # the run asks the catalog three times, whatever comes of it
        yield judge(trial, nursery, "reply", name, child, fired=fired)
