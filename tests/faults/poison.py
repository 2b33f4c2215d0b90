"""A check of one's own that ends the process, and batches larger than memory."""

from __future__ import annotations

import dataclasses
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import yaml

from sentineldq.checks.definition import value_check
from tests.faults.disk import judge_end
from tests.faults.ledger import Simulation
from tests.faults.nursery import Nursery
from tests.faults.project import Trial, deliver, filed
from tests.faults.result import Result
from tests.faults.sweep import LEFT

WORD = "https://shop.example.com/abort"
TRIES = 4
"""Runs until a record that ends what checks it must be known."""


@value_check("fragile", says="nothing that ends a process")
def fragile(value: str) -> bool:
    """Ends the process at one word."""
    if value.startswith(WORD):
        os.abort()
    return True


def end_checks(folder: Path, nursery: Nursery, *, seed: int, trials: int) -> Iterator[Result]:
    """S33: records whose check aborts; run again and again, they alone end in quarantine."""
    for number in range(trials):
        own = seed * 1000 + number
        trial, where = _poisoned(folder / f"poison-{own}", own)
        codes = []
        for _ in range(TRIES):
            child = trial.run(nursery, patch=("load", "tests.faults.poison"))
            codes.append(child.code)
            if child.code == 0:
                break
        told = [] if codes[-1] == 0 else [f"the runs ended by {codes}: {child.text[-1000:]}"]
        told += trial.problems(finished=True, orphans=LEFT)
        name = f"{own}/records {where}"
        yield Result(fault="poison", name=name, fired=-6 in codes, in_flight=-6 in codes, problems=told)


def _poisoned(root: Path, seed: int) -> tuple[Trial, list[int]]:
    """A project whose contract has the check, and whose file has good records at which it aborts."""
    chance = random.Random(seed)
    trial = filed(root, Simulation(seed=seed, records=60, rows=60))
    ledger = trial.ledger
    assert ledger.refused is not None
    assert ledger.copies is not None
    records = list(ledger.records)
    keys = [_key(record) for record in records]
    single = [
        number for number, key in enumerate(keys) if number not in ledger.refused and keys.count(key) == 1
    ]
    where = sorted(chance.sample(single, chance.randint(1, 3)))
    for number in where:
        records[number] = json.dumps({**json.loads(records[number]), "url": WORD}).encode() + b"\n"
    path = root / "contracts" / "clicks.odcs.yaml"
    contract = yaml.safe_load(path.read_text())
    url = next(one for one in contract["schema"][0]["properties"] if one["name"] == "url")
    rule = {
        "type": "custom",
        "engine": "sentineldq",
        "implementation": {"check": "fragile"},
        "severity": "error",
    }
    url.setdefault("quality", []).append({"name": "not fragile", **rule})
    path.write_text(yaml.safe_dump(contract))
    trial = Trial(root, dataclasses.replace(ledger, records=records, refused=ledger.refused | set(where)))
    deliver(trial, 0, len(records))
    return trial, where


def _key(record: bytes) -> str | None:
    try:
        return str(json.loads(record).get("event_id"))
    except ValueError:
        return None


def exceed_memory(folder: Path, nursery: Nursery, *, seed: int, trials: int) -> Iterator[Result]:
    """S16: a huge record among small ones, and too little memory for it; then enough."""
    for number in range(trials):
        own = seed * 1000 + number
        chance = random.Random(own)
        trial = filed(folder / f"memory-{own}", Simulation(seed=own, records=200, rows=200))
        records = list(trial.ledger.records)
        assert trial.ledger.refused is not None
        at = chance.choice([place for place in range(len(records)) if place not in trial.ledger.refused])
        size = chance.choice([8, 24, 48]) * 1024 * 1024
        records[at] = b'{"filler":"' + b"x" * size + b'",' + records[at][1:]
        trial = Trial(trial.root, dataclasses.replace(trial.ledger, records=records))
        deliver(trial, 0, len(records))
        most = nursery.address_space() + chance.randrange(50, 400) * 1024 * 1024
        codes = []
        for _ in range(3):
            child = trial.run(nursery, limits={"memory": most}, seconds=30)
            codes.append(child.code)
        told = trial.problems(finished=False)
        told += judge_end(child) if child.code is not None and child.code > 0 else []
        last = trial.run(nursery)
        told += [] if last.code == 0 else [f"with enough memory: {last.code}: {last.text[-4000:]}"]
        told += trial.problems(finished=True, orphans=LEFT * 3)
        name = f"{own}/{size >> 20} MB record, {most >> 20} MB, ended by {codes}"
        yield Result(fault="memory", name=name, fired=any(codes), in_flight=any(codes), problems=told)
