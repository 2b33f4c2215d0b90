"""A pipeline of clicks in memory: its contract, its source, and what its tables come to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import polars as pl
import pyarrow as pa
import yaml

from sentineldq.contracts.load import load_contract
from sentineldq.lake.scan import head_facts, scan
from sentineldq.pipeline.dataset import Dataset, Landed, bronze_rows
from sentineldq.pipeline.rules import Rules, rules_of
from sentineldq.pipeline.runner import Runner
from sentineldq.pipeline.validate import validate
from sentineldq.sources.batch import Batch, Cursor, records_of
from sentineldq.sources.source import Source

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DATASET = "clicks"
ORIGIN = ["_partition", "_batch", "_row"]


def contract(
    *,
    version: str = "1.0.0",
    kinds: Sequence[str] = ("a", "b", "c"),
    key: bool = True,
    custom: Mapping[str, Any] | None = None,
    quality: Sequence[Mapping[str, Any]] = (),
    rules: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> dict[str, Any]:
    """The contract as a document. custom: of the object. quality: rules of the object, rules: of its columns."""
    known = {
        "name": "known kind",
        "metric": "invalidValues",
        "mustBe": 0,
        "arguments": {"validValues": list(kinds)},
        "severity": "error",
    }
    columns: list[dict[str, Any]] = [
        {"name": "id", "logicalType": "integer", "required": True}
        | ({"primaryKey": True, "primaryKeyPosition": 1} if key else {}),
        {"name": "kind", "logicalType": "string", "required": True, "quality": [known]},
        {"name": "size", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
        {"name": "at", "logicalType": "timestamp", "partitioned": True},
        {"name": "email", "logicalType": "string", "classification": "restricted"},
    ]
    for column in columns:
        column["quality"] = [*column.get("quality", []), *(rules or {}).get(column["name"], [])]
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "clicks",
        "name": "clicks",
        "version": version,
        "status": "active",
        "schema": [
            {
                "name": DATASET,
                "logicalType": "object",
                "customProperties": [
                    {"property": name, "value": value} for name, value in (custom or {}).items()
                ],
                "quality": list(quality),
                "properties": columns,
            }
        ],
    }


def rule(name: str, check: str, *, violation: str = "quarantine", **params: Any) -> dict[str, Any]:
    """A quality rule of ours."""
    return {
        "name": name,
        "type": "custom",
        "engine": "sentineldq",
        "implementation": {"check": check, "on_violation": violation, **params},
        "severity": "error",
    }


def rules(**options: Any) -> Rules:
    """The rules of `contract` with these options."""
    made = load_contract(contract(**options))
    return rules_of(made, made.schema[0])


def click(number: int, **values: Any) -> dict[str, Any]:
    return {"id": number, "kind": "a", "size": number, "at": "2026-03-01T00:00:00Z"} | values


def line(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def batch(records: Iterable[Any], *, at: int = 1, partition: str = "web", **options: Any) -> Batch:
    """A batch of a source: documents, or bytes as they are."""
    lines = records_of([line(record) for record in records])
    told = {"cursor": {"at": at}, "time": NOW, "origin": "memory", **options}
    return Batch(partition=partition, records=lines, **told)


def rows(records: Iterable[Any], *, number: int = 1, received: datetime = NOW, **options: Any) -> pa.Table:
    """Records as a batch of bronze."""
    return bronze_rows(batch(records, **options), number=number, received=received)


class Given(Source):
    """A source of batches that are known beforehand, by partition; a cursor is how many were given.

    What is put among them that is an error is raised once, in its turn.
    """

    kind = "given"
    pause = 0.0

    def __init__(self, **partitions: list[Any]) -> None:
        self.partitions = partitions
        self.asked: list[dict[str, Cursor]] = []

    def read(self, cursors: Mapping[str, Cursor]) -> Iterator[Batch]:
        self.asked.append(dict(cursors))
        for partition, batches in self.partitions.items():
            at = cursors.get(partition, {"at": 0})["at"]
            while at < len(batches):
                if isinstance(batches[at], Exception):
                    raise batches.pop(at)
                at += 1
                yield batch(batches[at - 1], at=at, partition=partition)

    @classmethod
    def from_config(cls, config: Mapping[str, Any], *, root: Path, name: str) -> Self:
        raise NotImplementedError


def write_project(root: Path, *, source: Mapping[str, Any] | None = None, **options: Any) -> Path:
    """A project's folder with one pipeline."""
    (root / "contracts").mkdir(parents=True, exist_ok=True)
    write_contract(root, **options)
    settings = {
        "name": "trial",
        "archive": {"enabled": False},
        "pipelines": {
            DATASET: {"contract": "contracts/clicks.odcs.yaml", "source": dict(source or {"kind": "given"})}
        },
    }
    (root / "sentinel.yaml").write_text(yaml.safe_dump(settings))
    return root


def write_contract(root: Path, **options: Any) -> None:
    (root / "contracts" / "clicks.odcs.yaml").write_text(yaml.safe_dump(contract(**options)))


@dataclass(frozen=True)
class Tables:
    """What the three tables hold, in the order of arrival."""

    bronze: pl.DataFrame
    silver: pl.DataFrame
    quarantine: pl.DataFrame
    facts: Mapping[str, str] = field(repr=False)

    @property
    def ids(self) -> list[int]:
        return self.silver["id"].to_list()

    def check(self) -> None:
        """Every record is in one place, and what is refused is what was sent."""
        count = int(self.facts.get("duplicates", 0)) + int(self.facts.get("dropped", 0))
        assert self.bronze.height == self.silver.height + self.quarantine.height + count
        origins = self.bronze.select(ORIGIN)
        assert origins.is_duplicated().sum() == 0
        both = pl.concat([self.silver.select(ORIGIN), self.quarantine.select(ORIGIN)])
        assert both.is_duplicated().sum() == 0
        assert both.join(origins, on=ORIGIN, how="anti").is_empty()
        refused = self.quarantine.join(self.bronze, on=[*ORIGIN, "raw"], how="semi")
        assert refused.height == self.quarantine.height
        assert [sha256(raw).hexdigest() for raw in refused["raw"]] == refused["hash"].to_list()


def tables(dataset: Dataset) -> Tables:
    """What the tables hold now, read anew."""
    dataset.reload()
    found = {
        name: scan(getattr(dataset, name)).collect().sort(ORIGIN)
        for name in ("bronze", "silver", "quarantine")
    }
    return Tables(**found, facts=head_facts(dataset.silver))


def of(runner: Runner) -> Tables:
    """What the tables of a pipeline hold."""
    name = runner.project.dataset(runner.name)
    made = load_contract(runner.project.root / runner.project.pipeline(runner.name).contract)
    return tables(Dataset(runner.lake, name, rules_of(made, made.schema[0])))


def land(dataset: Dataset, records: Iterable[Any], *, number: int, partition: str = "web") -> Landed:
    """Bring a batch through all three tables."""
    one = batch(records, at=number, partition=partition)
    found = bronze_rows(one, number=number, received=NOW)
    dataset.ingest(one, found, number=number)
    return dataset.settle(validate(found, dataset.rules), dataset.rules, partition=partition, batch=number)
