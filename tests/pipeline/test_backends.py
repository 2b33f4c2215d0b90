"""The same pipeline on what production runs on: Postgres for catalog and store, a REST catalog, an object store for tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from sentineldq.lake.facts import head_facts
from sentineldq.lake.scan import scan
from sentineldq.pipeline.project import Project, load_project
from sentineldq.pipeline.round import Round, run_round
from sentineldq.store import batches, freshness, results

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
slaProperties:
  - {property: freshness, value: 100000, unit: d, element: orders.at}
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true}
      - {name: amount, logicalType: number, logicalTypeOptions: {minimum: 0}}
      - {name: at, logicalType: timestamp, required: true, partitioned: true}
"""
GOLD = "-- export: csv\nSELECT count(*) AS orders, sum(amount) AS amount FROM silver.orders\n"


KINDS = [
    "local",
    "postgres",
    pytest.param("rest", marks=pytest.mark.rest),
    pytest.param("s3", marks=pytest.mark.s3),
]


@pytest.fixture(params=KINDS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    settings: dict[str, object] = {
        "name": "shop",
        "pipelines": {
            "orders": {"contract": "orders.odcs.yaml", "source": {"kind": "files", "path": "data"}}
        },
    }
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_catalog")
        settings |= {"catalog": url, "store": url}
    if request.param == "rest":
        settings |= {"catalog": request.getfixturevalue("rest_catalog")}
    if request.param == "s3":
        settings |= {"lake": request.getfixturevalue("s3"), "catalog": "sqlite:///catalog.db"}
    (tmp_path / "data").mkdir()
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "totals.sql").write_text(GOLD)
    (tmp_path / "orders.odcs.yaml").write_text(CONTRACT)
    (tmp_path / "sentinel.yaml").write_text(yaml.safe_dump(settings))
    return load_project(tmp_path)


def feed(project: Project, name: str, numbers: range) -> None:
    records = [
        {"id": number, "amount": number - 2, "at": f"2026-01-0{number % 3 + 1}T00:00:00Z"}
        for number in numbers
    ]
    (project.root / "data" / name).write_text("".join(json.dumps(record) + "\n" for record in records))


def run(project: Project) -> Round:
    with project.open_lake() as lake, project.open_store() as store:
        return run_round(project, lake=lake, store=store)


def test_all_layers_agree_wherever_they_are(project: Project) -> None:
    feed(project, "1.ndjson", range(1, 6))
    feed(project, "2.ndjson", range(4, 10))
    first = run(project)
    assert [
        (ran.status, ran.rows, ran.silver, ran.quarantined, ran.duplicates) for ran in first.pipelines
    ] == [("succeeded", 11, 8, 1, 2)]
    assert [made.status for made in first.gold] == ["published"]
    feed(project, "3.ndjson", range(10, 12))
    assert run(project).pipelines[0].silver == 2
    with project.open_lake() as lake, project.open_store() as store:
        assert scan(lake.table("bronze.orders")).collect().height == 13
        silver = scan(lake.table("silver.orders")).collect()
        assert sorted(silver["id"]) == list(range(2, 12))
        refused = scan(lake.table("quarantine.orders")).collect()
        assert [error["check"] for error in refused["errors"][0]] == ["amount.range"]
        assert scan(lake.table("gold.totals")).collect().rows() == [(10, 45.0)]
        facts = head_facts(lake.table("silver.orders"))
        assert (facts["rows"], facts["duplicates"], facts["dropped"]) == ("13", "2", "0")
        assert batches.totals(store)[0].rows == 13
        assert [tally.check for tally in results.by_check(store) if tally.failed] == ["*", "amount.range"]
        assert [one.status for one in freshness.current(store)] == ["pass"]
