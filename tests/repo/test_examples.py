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
    command = ["check", "orders.csv", "--contract", "orders.odcs.yaml", "--format", "json"]
    run = subprocess.run(
        [sys.executable, "-m", "sentineldq", *command],
        cwd=EXAMPLES,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stderr
    failed: dict[str, int] = {}
    for check in json.loads(run.stdout)["checks"]:
        if check["status"] == "fail":
            column = check["column"] or "orders"
            failed[column] = failed.get(column, 0) + check["failed"]
    assert failed.keys() == {
        "order_id", "customer_id", "status", "country", "email", "sku", "quantity", "amount", "orders",
    }  # fmt: skip
    assert {
        name: failed[name] for name in ("customer_id", "status", "country", "email", "sku", "amount")
    } == {
        "customer_id": 1,
        "status": 2,
        "country": 2,
        "email": 2,
        "sku": 1,
        "amount": 1,
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
