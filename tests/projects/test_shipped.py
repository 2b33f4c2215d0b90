"""What holds for every shipped project: complete contracts, an audit for every gold table, settings that fit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import sentineldq
from sentineldq.checks.derive import derive
from sentineldq.contracts.lint import lint_document
from sentineldq.contracts.privacy import is_private
from sentineldq.sources.registry import make
from tests.projects.gold import front, models
from tests.projects.records import PROJECTS

NAMES = sorted(path.parent.name for path in PROJECTS.glob("*/sentinel.yaml"))
CONTRACTS = sorted(PROJECTS.glob("*/contracts/*.odcs.yaml"))
MODELS = [(name, model) for name in NAMES for model in models(name)]
PERSONAL = re.compile(r"e?mail|phone|ip|login|full_name|address|street|postcode|user_agent")


def label(path: Path) -> str:
    return path.relative_to(PROJECTS).as_posix()


def settings(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((PROJECTS / name / "sentinel.yaml").read_text())
    return found


def test_there_are_three() -> None:
    assert NAMES == ["commerce", "github", "market"]


@pytest.mark.parametrize("path", CONTRACTS, ids=label)
def test_a_contract_has_nothing_to_complain_about(path: Path) -> None:
    assert [str(problem) for problem in lint_document(path)] == []


@pytest.mark.parametrize("path", CONTRACTS, ids=label)
def test_a_contract_is_complete(path: Path) -> None:
    agreed = sentineldq.load_contract(path)
    (table,) = agreed.schema
    assert path.name == f"{agreed.name}.odcs.yaml"
    assert agreed.id == f"{path.parts[-3]}-{(agreed.name or '').replace('gold_', 'gold-').replace('_', '-')}"
    assert (agreed.api_version, agreed.status) == ("v3.1.0", "active")
    assert agreed.name in (table.name, f"gold_{table.name}")
    assert agreed.description
    assert agreed.description.purpose
    assert agreed.description.usage
    assert agreed.description.limitations
    assert agreed.team
    assert agreed.servers
    assert agreed.sla_properties
    assert agreed.tags
    assert table.primary_key
    assert [where for where, item in table.walk() if not item.description and not where.endswith("[]")] == []


@pytest.mark.parametrize("path", CONTRACTS, ids=label)
def test_every_rule_says_what_it_is_about_and_what_it_weighs(path: Path) -> None:
    (table,) = sentineldq.load_contract(path).schema
    rules = [*table.quality, *(rule for _, item in table.walk() for rule in item.quality)]
    assert [rule for rule in rules if not (rule.name and rule.dimension and rule.severity)] == []
    mild = [check for check in derive(table) if check.severity != "CRITICAL"]
    assert [check.name for check in mild if check.on_violation != "warn" and check.kind != "row_count"] == []


@pytest.mark.parametrize("path", CONTRACTS, ids=label)
def test_personal_data_is_classified(path: Path) -> None:
    (table,) = sentineldq.load_contract(path).schema
    for where, item in table.walk():
        if PERSONAL.fullmatch(where.rpartition(".")[2]) and not where.startswith("org."):
            assert item.classification, where
    assert all(item.tags for _, item in table.walk() if is_private(item))


@pytest.mark.parametrize("name", NAMES)
def test_a_pipeline_has_a_contract_and_a_simulation(name: str) -> None:
    found = settings(name)
    assert found["name"] == name
    assert found["description"]
    for pipeline, told in found["pipelines"].items():
        agreed = sentineldq.load_contract(PROJECTS / name / told["contract"])
        assert agreed.schema[0].name == pipeline
        assert told["schedule"]
        simulated = told.get("simulate", told["source"])
        assert simulated["kind"] == "simulate"
        assert (PROJECTS / name / simulated["faults"]).is_file()


@pytest.mark.parametrize("name", NAMES)
def test_every_source_can_be_made(name: str) -> None:
    for pipeline, told in settings(name)["pipelines"].items():
        for config in filter(None, (told["source"], told.get("simulate"))):
            assert make(config, root=PROJECTS / name, name=pipeline).kind == config["kind"]


@pytest.mark.parametrize("name", NAMES)
def test_silver_is_partitioned_by_a_time_where_it_has_one(name: str) -> None:
    for told in settings(name)["pipelines"].values():
        (table,) = sentineldq.load_contract(PROJECTS / name / told["contract"]).schema
        times = [item for item in table.properties if item.logical_type == "timestamp"]
        assert [item.partitioned for item in times if item.partitioned] == [True] * bool(times)
        assert all(item in times for item in table.properties if item.partitioned)


@pytest.mark.parametrize(("name", "model"), MODELS, ids="/".join)
def test_a_gold_model_says_what_it_is_and_is_audited(name: str, model: str) -> None:
    told = front(name, model)
    assert told["description"].endswith(".")
    assert ("incremental" in told) == ("source_date" in told)
    (table,) = sentineldq.load_contract(PROJECTS / name / "contracts" / f"gold_{model}.odcs.yaml").schema
    assert table.name == model


@pytest.mark.parametrize("name", NAMES)
def test_no_gold_contract_is_left_over(name: str) -> None:
    audited = {path.name for path in (PROJECTS / name / "contracts").glob("gold_*.odcs.yaml")}
    assert audited == {f"gold_{model}.odcs.yaml" for model in models(name)}


@pytest.mark.parametrize("name", NAMES)
def test_a_project_is_described(name: str) -> None:
    page = (PROJECTS / name / "README.md").read_text()
    guide = (PROJECTS.parent / "docs" / "guides" / "projects" / f"{name}.md").read_text()
    for table in [*settings(name)["pipelines"], *models(name)]:
        assert f"`{table}`" in page or f".{table}`" in page, table
        assert f".{table}`" in guide, table
