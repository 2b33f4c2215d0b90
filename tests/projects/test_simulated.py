"""What is injected into a project's simulation is refused, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any

import pytest
import yaml

from sentineldq.sources.registry import make
from sentineldq.sources.simulate import Simulate
from sentineldq.sources.simulate.truth import Injected
from tests.projects.gold import audit, build
from tests.projects.records import PROJECTS, contract, judge


def simulations() -> dict[str, dict[str, Any]]:
    """The configuration of every simulation, by project and pipeline."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(PROJECTS.glob("*/sentinel.yaml")):
        for name, told in yaml.safe_load(path.read_text())["pipelines"].items():
            found[f"{path.parent.name}/{name}"] = told.get("simulate", told["source"])
    return found


SIMULATIONS = simulations()
KEYS = {
    "primaryKey",
    *(f"{name}_id.unique" for name in ("event", "order", "order_item", "customer", "product")),
    "id.unique",
}


@pytest.fixture(scope="module")
def simulated() -> Callable[[str, str], tuple[list[bytes], dict[str, Injected]]]:
    """The records of a pipeline's simulation, each once, and what is wrong on purpose, by the hash of the record."""

    @cache
    def made(project: str, name: str) -> tuple[list[bytes], dict[str, Injected]]:
        config = SIMULATIONS[f"{project}/{name}"]
        source = make({**config, "truth": None}, root=PROJECTS / project, name=name)
        assert isinstance(source, Simulate)
        records = dict.fromkeys(record for batch in source.read({}) for record in batch.records.to_pylist())
        stream = source._made.stream(source._made.start or 0.0)
        return list(records), {line.hash: line for line in stream.truth() if line.expected == "refused"}

    return made


@pytest.mark.parametrize("pipeline", SIMULATIONS)
def test_exactly_the_injected_faults_are_refused(pipeline: str, simulated: Any) -> None:
    project, name = pipeline.split("/")
    records, injected = simulated(project, name)
    sound = [record for record in records if sha256(record).hexdigest() not in injected]
    faulty = [record for record in records if sha256(record).hexdigest() in injected]
    assert faulty
    assert judge(contract(project, name), b"\n".join(sound)).refused == []
    verdict = judge(contract(project, name), b"\n".join(faulty))
    assert (verdict.good.height, len(verdict.refused)) == (0, len(faulty))
    assert [reasons for reasons in verdict.refused if reasons <= KEYS] == []


@pytest.mark.parametrize("project", ["commerce", "github", "market"])
def test_gold_of_a_simulation_is_published(project: str, simulated: Any) -> None:
    names = [name.split("/")[1] for name in SIMULATIONS if name.startswith(f"{project}/")]
    silver = {
        name: judge(contract(project, name), b"\n".join(simulated(project, name)[0])).good for name in names
    }
    for name, table in build(project, silver).items():
        result = audit(project, name, table)
        assert result.passed, (name, result.failing())
