"""Real records nobody here wrote, from files to silver."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
import yaml

import sentineldq
from sentineldq.contracts.write import dump_contract
from sentineldq.lake.scan import scan
from sentineldq.pipeline.project import load_project
from sentineldq.pipeline.round import Round, run_round

pytestmark = pytest.mark.corpus
PROJECTS = Path(__file__).parents[2] / "projects"


def project(folder: Path, template: str, **sources: dict) -> Path:
    """A shipped project whose pipelines read other sources; those without one are left out."""
    shutil.copytree(PROJECTS / template, folder, ignore=shutil.ignore_patterns(".sentinel"))
    settings = yaml.safe_load((folder / "sentinel.yaml").read_text())
    settings["pipelines"] = {
        name: {**settings["pipelines"][name], "source": source} for name, source in sources.items()
    }
    settings |= {"lake": None, "catalog": None, "store": None}
    (folder / "sentinel.yaml").write_text(yaml.safe_dump(settings))
    return folder


def run(folder: Path) -> Round:
    found = load_project(folder)
    with found.open_lake() as lake, found.open_store() as store:
        return run_round(found, lake=lake, store=store)


def rows(folder: Path, table: str) -> pl.DataFrame:
    with load_project(folder).open_lake() as lake:
        return scan(lake.table(table)).collect()


def test_two_hours_of_github_land_without_a_false_refusal(shared_data: Path, tmp_path: Path) -> None:
    folder = project(
        tmp_path / "github",
        "github",
        events={"kind": "files", "path": str(shared_data / "github" / "*.json.gz")},
    )
    found = run(folder)
    (ran,) = found.pipelines
    assert (ran.status, ran.rows, ran.silver, ran.quarantined) == ("succeeded", 15_129, 15_129, 0)
    assert {made.status for made in found.gold} == {"published"}
    hours = rows(folder, "gold.events_per_hour")
    assert hours["events"].sum() == 15_129
    assert hours["hour"].n_unique() == 2
    again = run(folder)
    assert again.pipelines[0].rows == 0
    assert {made.status for made in again.gold} == {"unchanged"}


def test_bronze_is_the_files_byte_for_byte(shared_data: Path, tmp_path: Path) -> None:
    import gzip

    source = shared_data / "github" / "2015-01-01-0.json.gz"
    folder = project(tmp_path / "github", "github", events={"kind": "files", "path": str(source)})
    run(folder)
    bronze = rows(folder, "bronze.events").sort("_batch", "_row")
    assert b"".join(bronze["raw"].to_list()) == gzip.decompress(source.read_bytes())


def test_years_of_bars_from_yahoo_exports(shared_data: Path, tmp_path: Path) -> None:
    folder = project(
        tmp_path / "market", "market", bars={"kind": "yahoo", "folder": str(shared_data / "market")}
    )
    found = run(folder)
    (ran,) = found.pipelines
    assert ran.status == "succeeded"
    assert ran.rows == ran.silver + ran.quarantined + ran.duplicates
    assert ran.silver > 10_000
    assert {made.status for made in found.gold} <= {"published", "refused"}
    kept = rows(folder, "silver.bars")
    assert kept.filter(pl.col("high") < pl.col("low")).is_empty()


def test_a_shop_by_inferred_contracts(shared_data: Path, tmp_path: Path) -> None:
    """Nine related files, each by the contract that its own content suggests: every row has its place."""
    files = sorted((shared_data / "ecommerce" / "olist").glob("*.csv"))
    settings = {"name": "olist", "archive": {"enabled": False}, "pipelines": {}}
    (tmp_path / "contracts").mkdir()
    for file in files:
        name = file.stem.replace(".", "_")
        contract = tmp_path / "contracts" / f"{name}.odcs.yaml"
        contract.write_text(dump_contract(sentineldq.infer(file, name=name)))
        settings["pipelines"][name] = {
            "contract": f"contracts/{contract.name}",
            "source": {"kind": "files", "path": str(file)},
        }
    (tmp_path / "sentinel.yaml").write_text(yaml.safe_dump(settings))
    found = run(tmp_path)
    for file, ran in zip(files, sorted(found.pipelines, key=lambda ran: ran.pipeline), strict=True):
        lines = sentineldq.check(file).rows
        assert (ran.status, ran.error) == ("succeeded", None)
        assert ran.rows == lines
        assert ran.rows == ran.silver + ran.quarantined + ran.duplicates
        assert ran.quarantined <= 0.1 * ran.rows, ran.checks
