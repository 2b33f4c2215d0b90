"""Others at the same tables: a second runner, one that was stopped and wakes up, maintenance at any moment."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from sentineldq.errors import SentinelError
from sentineldq.lake.compact import compact, pack
from sentineldq.lake.expire import Keep, expire
from sentineldq.lake.open import open_lake
from sentineldq.lake.place import read_place
from tests.faults.disk import judge_end
from tests.faults.ledger import Simulation
from tests.faults.nursery import Child, Nursery
from tests.faults.project import DATASET, Trial, simulated
from tests.faults.result import Result
from tests.faults.sweep import LEFT
from tests.lake.parts import append_as_others, records

STRANGER = "a stranger"


def beside(trial: Trial) -> Trial:
    """The same project in another folder: the same lake, but a store of its own, so no lease keeps them apart."""
    root = trial.root.with_name(f"{trial.root.name}-beside")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    shutil.copytree(trial.root / "contracts", root / "contracts")
    settings = yaml.safe_load((trial.root / "sentinel.yaml").read_text())
    (root / "sentinel.yaml").write_text(yaml.safe_dump({**settings, "lake": str(trial.warehouse)}))
    return Trial(root, trial.ledger)


def run_two(folder: Path, nursery: Nursery, *, seed: int, trials: int) -> Iterator[Result]:
    """S7: two whole runners on one lake, without a lease between them; one is killed in every third trial."""
    chance = random.Random(seed)
    for number in range(trials):
        own = seed * 1000 + number
        trial = simulated(folder / f"two-{own}", Simulation(seed=own, records=120, rows=12))
        other = beside(trial)
        children = [one.start(nursery) for one in (trial, other)]
        if number % 3 == 2:
            time.sleep(chance.uniform(0.1, 0.8))
            nursery.end(children[0])
        for child in children:
            nursery.wait(child, 60)
            nursery.end(child)
        told = [text for child in children if child.code != -9 for text in judge_end(child)]
        yield _close(trial, nursery, "two runners", f"{own}", told, fired=_met(children))


def wake_zombies(folder: Path, nursery: Nursery, *, seed: int, trials: int) -> Iterator[Result]:
    """S8: a run is stopped (SIGSTOP) before a commit or at any moment, another finishes its work, and it wakes up."""
    chance = random.Random(seed)
    for number in range(trials):
        own = seed * 1000 + number
        trial = simulated(folder / f"zombie-{own}", Simulation(seed=own, records=90, rows=12))
        if number % 2:
            child = trial.start(nursery, patch=("stop before", chance.randrange(1, 15)))
        else:
            child = trial.start(nursery)
            time.sleep(chance.uniform(0.1, 0.6))
            _signal(child, signal.SIGSTOP)
        fired = _stopped(child)
        second = beside(trial).run(nursery, seconds=20)  # or not: what is stopped may hold SQLite's lock
        _signal(child, signal.SIGCONT)
        nursery.wait(child, 60)
        nursery.end(child)
        told = judge_end(child) + ([] if second.code == -9 else judge_end(second))
        yield _close(trial, nursery, "zombie", f"{own}", told, fired=fired)


def maintain(folder: Path, nursery: Nursery, *, seed: int, trials: int) -> Iterator[Result]:
    """S10: beside runs that are killed now and then, another process compacts, expires and appends rows of its own."""
    chance = random.Random(seed)
    for number in range(trials):
        own = seed * 1000 + number
        trial = simulated(folder / f"upkeep-{own}", Simulation(seed=own, records=300, rows=15))
        trial.state.mkdir()
        other = nursery.start(trial.root, str(trial.warehouse), str(own), call="tests.faults.rivals:meddle")
        told = []
        for _ in range(3):
            child = trial.start(nursery)
            nursery.wait(child, chance.uniform(0.2, 2.5))
            nursery.end(child)
            told += [] if child.code == -9 else judge_end(child)
        last = trial.run(nursery)
        told += judge_end(last)
        os.kill(other.pid, signal.SIGTERM)
        nursery.wait(other, 30)
        nursery.end(other)
        told += [] if other.code == 0 else [f"maintenance ended by {other.code}: {other.text[-800:]}"]
        fired = "compacted" in other.text and "appended" in other.text
        yield _close(trial, nursery, "maintenance", f"{own}", told, fired=fired, orphans=None)


def meddle(warehouse: str, seed: str) -> None:
    """Maintenance by a process of its own, until it is told to end; what it did on standard output."""
    chance = random.Random(seed)
    over = []
    signal.signal(signal.SIGTERM, lambda *_: over.append(True))
    keep = Keep(age=timedelta(), least=2, most=20, floor=timedelta(), metadata=2)
    with open_lake(warehouse=warehouse) as lake:
        batch = 0
        while not over:
            time.sleep(chance.uniform(0, 0.05))
            names = [name for name in lake.names() if name.endswith(DATASET)]
            if not names:
                continue
            table = lake.table(chance.choice(names))
            try:
                what = chance.choice(["append", "compact", "expire", "compact"])
                if what == "append" and table.name()[0] == "bronze" and read_place(table).marks:
                    batch += 1
                    append_as_others(table, records(2, batch=batch, partition=STRANGER))
                    print("appended", flush=True)  # noqa: T201
                elif what == "compact" and compact(table, pack(table)).bins:
                    print("compacted", flush=True)  # noqa: T201
                elif what == "expire" and expire(table, keep, now=datetime.now(UTC)).snapshots:
                    print("expired", flush=True)  # noqa: T201
            except SentinelError as fault:
                print(f"not done: {fault}", flush=True)  # noqa: T201
            except Exception as fault:  # noqa: BLE001  # an append that is refused: whoever appends looks at no place
                print(f"refused: {type(fault).__name__} {fault}", flush=True)  # noqa: T201


def _close(
    trial: Trial,
    nursery: Nursery,
    fault: str,
    name: str,
    told: list[str],
    *,
    fired: bool,
    orphans: int | None = LEFT,
) -> Result:
    """Another run, and all must be there."""
    problems = told + trial.problems(finished=False)
    last = trial.run(nursery)
    if last.code != 0 or '"status": "busy"' in last.text:
        problems.append(f"the last run ended by {last.code}: {last.text[-4000:]}")
    problems += trial.problems(finished=True, orphans=orphans)
    return Result(fault=fault, name=name, fired=fired, in_flight=fired, problems=problems)


def _met(children: list[Child]) -> bool:
    """Whether the runners came into each other's way."""
    return any("another writer was first" in child.text for child in children)


def _signal(child: Child, number: signal.Signals) -> None:
    """To the whole process; one that has ended already is let be."""
    try:
        os.kill(child.pid, number)
    except ProcessLookupError:
        return


def _stopped(child: Child) -> bool:
    """Wait a little until a process is stopped; whether it is."""
    until = time.monotonic() + 2
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return False
        if state in "TZ":
            return state == "T"
        time.sleep(0.005)
    return False
