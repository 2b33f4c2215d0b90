"""Every fault there is a trial for: what it is, how often it is tried, and what it needs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.damage import flip_bits
from tests.faults.disk import fail_calls, fill_disk, limit_files, mounted
from tests.faults.drift import edit_contracts, kill_replays
from tests.faults.kills import kill_at_random
from tests.faults.nursery import Nursery
from tests.faults.poison import end_checks, exceed_memory
from tests.faults.races import race_commits
from tests.faults.replies import lose_replies
from tests.faults.result import Result, Table, count
from tests.faults.rivals import maintain, run_two, wake_zombies
from tests.faults.sweep import kill_everywhere, kill_recovery

Run = Callable[..., Iterator[Result]]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A fault. torture: trials by `make torture`; None is as many as there are. needs: `strace`, `mount`."""

    about: str
    run: Run
    torture: int | None
    needs: str | None = None


SCENARIOS = {
    "kill": Scenario(about="kill -9 at a random moment", run=kill_at_random, torture=2000),
    "sweep": Scenario(
        about="kill -9 at each system call of a batch", run=kill_everywhere, torture=None, needs="strace"
    ),
    "sweep-twice": Scenario(
        about="and at one of the recovery from that", run=kill_recovery, torture=500, needs="strace"
    ),
    "reply": Scenario(about="reply or request lost, death beside a commit", run=lose_replies, torture=120),
    "race": Scenario(about="two writers commit on one head", run=race_commits, torture=1000),
    "two": Scenario(about="two whole runners without a lease", run=run_two, torture=60),
    "zombie": Scenario(about="stopped, overtaken, awake again", run=wake_zombies, torture=60),
    "maintenance": Scenario(about="compaction, expiry and appends beside runs", run=maintain, torture=40),
    "disk-full": Scenario(
        about="a disk that is full, then made larger", run=fill_disk, torture=40, needs="mount"
    ),
    "disk-error": Scenario(
        about="EIO, ENOSPC at a call, once or from then on", run=fail_calls, torture=600, needs="strace"
    ),
    "short-write": Scenario(about="writes cut short by a limit", run=limit_files, torture=100),
    "bit-flip": Scenario(about="a bit flipped in a file at rest", run=flip_bits, torture=700),
    "memory": Scenario(about="too little memory for a huge record", run=exceed_memory, torture=20),
    "poison": Scenario(about="records whose check aborts", run=end_checks, torture=15),
    "drift": Scenario(about="the contract edited in mid-run", run=edit_contracts, torture=40),
    "replay": Scenario(
        about="a replay killed at a system call, or twice at once",
        run=kill_replays,
        torture=200,
        needs="strace",
    ),
}


def lacking(scenario: Scenario, folder: Path) -> str | None:
    """What this machine lacks for a scenario; None where it has all."""
    if scenario.needs == "strace" and shutil.which("strace") is None:
        return "strace is not installed (apt-get install strace)"
    if scenario.needs == "mount":
        try:
            with mounted(folder / "try", "64k"):
                pass
        except (subprocess.CalledProcessError, OSError) as fault:
            return f"file systems cannot be mounted here: {fault}"
    return None


def conduct(
    name: str, folder: Path, nursery: Nursery, *, seed: int, trials: int | None, told: Callable[[Result], Any]
) -> Table:
    """Try a fault so many times; `told` is given each result. What failed is kept in the folder."""
    place = folder / f"{name}-{seed}"
    place.mkdir(parents=True)

    def watched() -> Iterator[Result]:
        for result in SCENARIOS[name].run(place, nursery, seed=seed, trials=trials):
            told(result)
            yield result

    table = count(name, watched())
    if not table.failures:
        shutil.rmtree(place)
    return table
