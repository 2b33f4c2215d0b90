from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from sentineldq import load_contract

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def test_orders_are_what_the_generator_writes() -> None:
    generator = runpy.run_path(str(EXAMPLES / "generate.py"))
    assert generator["text"]() == (EXAMPLES / "orders.csv").read_text(encoding="utf-8")


def test_check_finds_each_fault_that_was_put_there() -> None:
    files = ["examples/orders.csv", "--contract", "examples/orders.odcs.yaml"]
    run = subprocess.run(
        [sys.executable, "-m", "sentineldq", "check", *files, "--format", "json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stderr
    checks = json.loads(run.stdout)["checks"]
    assert {check["name"]: check["failed"] for check in checks if check["status"] != "pass"} == {
        "order_id.unique": 2,
        "customer_id.not_null": 1,
        "status.in_set": 2,
        "country.in_set": 2,
        "email.format": 2,
        "sku.pattern": 1,
        "quantity.range": 1,
        "amount.range": 1,
        "shipped after it was ordered": None,
    }


@pytest.mark.parametrize("contract", sorted(ROOT.glob("*/*.odcs.yaml")), ids=lambda path: path.name)
def test_every_shipped_contract_loads(contract: Path) -> None:
    assert load_contract(contract).schema


def test_benchmark_orders_hold_faults_and_a_unique_key() -> None:
    generator = runpy.run_path(str(ROOT / "benchmarks" / "data.py"))
    whole, tail = generator["chunk"](0, 20_000), generator["chunk"](15_000, 5_000)
    assert whole.tail(5_000).equals(tail)
    assert whole["order_id"].n_unique() == 20_000
    assert 5 < whole["customer_id"].null_count() < 60
    assert 5 < (whole["quantity"] == 0).sum() < 60
