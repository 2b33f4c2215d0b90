"""Contracts that are edited while runs go on, and replays out of quarantine that are killed, or run at once."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.faults import strace
from tests.faults.disk import judge_end
from tests.faults.ledger import Simulation
from tests.faults.nursery import Child, Nursery
from tests.faults.project import CONTRACT, DATASET, Trial, deliver, filed, simulated
from tests.faults.result import Result
from tests.faults.sweep import LEFT

REPLAY = ("quarantine", "replay", DATASET, "--yes")
REPLAYED = (0, 1)
"""How a replay ends that did its work; 1: some are still refused."""


def _column(name: str, **said: Any) -> Callable[[dict[str, Any]], None]:
    def edit(contract: dict[str, Any]) -> None:
        contract["schema"][0]["properties"].append({"name": name, "logicalType": "string", **said})

    return edit


def _types(*known: str) -> Callable[[dict[str, Any]], None]:
    def edit(contract: dict[str, Any]) -> None:
        kind = next(one for one in contract["schema"][0]["properties"] if one["name"] == "event_type")
        kind["quality"][0]["arguments"]["validValues"] = list(known)

    return edit


def _retype(name: str, logical: str) -> Callable[[dict[str, Any]], None]:
    def edit(contract: dict[str, Any]) -> None:
        found = next(one for one in contract["schema"][0]["properties"] if one["name"] == name)
        found.clear()
        found |= {"name": name, "logicalType": logical}

    return edit


def _broken(contract: dict[str, Any]) -> None:
    contract["version"] = {"no": "version"}


EDITS: list[Callable[[dict[str, Any]], None]] = [
    _retype("product_id", "integer"),  # silver's column is text: the edit is refused
    _column("campaign"),  # silver gets a column; the contract without it is then refused
    _column("device"),
    _types("nothing"),  # refuses every record
    _types("page_view", "search"),
    _broken,
]


def write(trial: Trial, *edits: Callable[[dict[str, Any]], None]) -> None:
    """The contract with these edits, in place of the one there; at once, as an editor saves it."""
    contract = yaml.safe_load(CONTRACT.read_text())
    for edit in edits:
        edit(contract)
    path = trial.root / "contracts" / "clicks.odcs.yaml"
    path.with_suffix(".new").write_text(yaml.safe_dump(contract))
    path.with_suffix(".new").replace(path)


def edit_contracts(folder: Path, nursery: Nursery, *, seed: int, trials: int) -> Iterator[Result]:
    """S34: while runs go on and are killed, the contract is edited; each batch is judged by one version, whole."""
    chance = random.Random(seed)
    for number in range(trials):
        own = seed * 1000 + number
        made = simulated(folder / f"drift-{own}", Simulation(seed=own, records=240, rows=12))
        trial = Trial(made.root, dataclasses.replace(made.ledger, refused=None, copies=None))
        told: list[str] = []
        for _ in range(5):
            child = trial.start(nursery)
            nursery.wait(child, chance.uniform(0.1, 0.6))
            edits = (
                EDITS if "silver" in trial.marks() else EDITS[1:]
            )  # or silver's would be the type of the edit
            write(trial, *chance.sample(edits, chance.randint(0, 2)))
            nursery.wait(child, chance.uniform(0.1, 0.8))
            nursery.end(child)
            told += [] if child.code == -9 else judge_end(child)
            told += trial.problems(finished=False)
        write(trial, *EDITS[1:3])
        last = trial.run(nursery)
        told += [] if last.code == 0 else [f"the last run ended by {last.code}: {last.text[-4000:]}"]
        told += trial.problems(finished=True, orphans=LEFT * 5)
        yield Result(fault="drift", name=f"{own}", fired=True, in_flight=True, problems=told)


def prepare(folder: Path, nursery: Nursery, *, seed: int) -> Trial:
    """A lake whose contract was too strict, and has been mended: quarantine holds what is to be replayed; kept."""
    trial = filed(folder / f"replay-{seed}", Simulation(seed=seed, records=120, rows=40))
    write(trial, _types("page_view", "add_to_cart", "checkout", "purchase"))  # no search
    for start in range(0, len(trial.ledger.records), 40):
        deliver(trial, start, start + 40)
    child = trial.run(nursery)
    if child.code != 0:
        raise RuntimeError(f"the run before the trial failed: {child.text}")
    write(trial)
    trial.keep()
    return trial


def kill_replays(folder: Path, nursery: Nursery, *, seed: int, trials: int) -> Iterator[Result]:
    """S37: a replay is killed at a system call of its own, or two run at once; the one after it ends the work."""
    trial = prepare(folder, nursery, seed=seed)
    log = trial.root / "trace"
    child = nursery.start(trial.root, *REPLAY, held=True)
    with strace.traced(nursery, child, log, calls=strace.CHANGING):
        nursery.wait(child, 60)
    if child.code not in REPLAYED:
        raise RuntimeError(f"a replay that was only watched ended by {child.code}: {child.text}")
    found = strace.points(log, child.pid)
    chance = random.Random(seed)
    for number in range(trials):
        trial.again()
        if number % 5 == 4:
            children = [nursery.start(trial.root, *REPLAY) for _ in range(2)]
            for one in children:
                nursery.wait(one, 60)
            name, fired = "two at once", True
            told = [text for one in children if one.code not in REPLAYED for text in judge_end(one)]
        else:
            point = chance.choice(found)
            child = _kill(trial, nursery, point)
            name, fired = str(point), child.code == -9
            told = [] if fired or child.code in REPLAYED else judge_end(child)
        last = nursery.run(trial.root, *REPLAY)
        told += (
            []
            if last.code in REPLAYED
            else [f"the replay after it ended by {last.code}: {last.text[-4000:]}"]
        )
        again = trial.run(nursery)
        told += [] if again.code == 0 else [f"the run after it ended by {again.code}: {again.text[-800:]}"]
        told += trial.problems(finished=True, orphans=LEFT)
        yield Result(
            fault="replay", name=f"{seed}/{number}/{name}", fired=fired, in_flight=fired, problems=told
        )


def _kill(trial: Trial, nursery: Nursery, point: strace.Point) -> Child:
    child = nursery.start(trial.root, *REPLAY, held=True)
    inject = f"signal=KILL:when={point.number}"
    log = trial.root / "trace"
    with strace.traced(nursery, child, log, calls=point.call, inject=inject, follow=point.follow):
        nursery.wait(child, 60)
    return child
