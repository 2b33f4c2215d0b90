"""One bit flipped in a file at rest: it does not matter, or it is found; never is anything wrong committed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from tests.faults.disk import judge_end
from tests.faults.nursery import Nursery
from tests.faults.project import Trial
from tests.faults.result import Result
from tests.faults.sweep import LEFT, prepare

KINDS = (
    "*.parquet",
    "*.avro",
    "*.metadata.json",
    "catalog.db",
    "store.db",
    "raw/**/*.json*",
    "contracts/*.yaml",
)


def flip_bits(folder: Path, nursery: Nursery, *, seed: int, trials: int) -> Iterator[Result]:
    """S15: a run meets a damaged file; then the bit is set right (as from a backup), and the next run goes on."""
    trial = prepare(folder, nursery, seed=seed)
    chance = random.Random(seed)
    for number in range(trials):
        trial.again()
        path, at, bit = _choose(trial, KINDS[number % len(KINDS)], chance)
        _flip(path, at, bit)
        damaged = path.read_bytes()
        child = trial.run(nursery)
        told = judge_end(child)
        if path.is_file() and path.read_bytes()[at : at + 1] == damaged[at : at + 1]:
            _flip(path, at, bit)
        last = trial.run(nursery)
        if last.code != 0:
            told.append(f"the recovery ended by {last.code}: {last.text[-4000:]}")
        told += trial.problems(finished=True, orphans=LEFT)
        name = f"{seed}/{number}/{path.name}:{at}:{bit}"
        yield Result(fault="bit flip", name=name, fired=True, in_flight=child.code != 0, problems=told)


def _choose(trial: Trial, kind: str, chance: random.Random) -> tuple[Path, int, int]:
    paths = [path for path in sorted(trial.state.rglob(kind)) if path.is_file() and path.stat().st_size]
    path = chance.choice(paths)
    return path, chance.randrange(path.stat().st_size), chance.randrange(8)


def _flip(path: Path, at: int, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << bit
    path.write_bytes(content)
