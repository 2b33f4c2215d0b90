from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


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
