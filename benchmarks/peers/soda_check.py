"""Soda 4 on a DuckDB file. Its table is loaded by the first, untimed run, which favours Soda."""

import os
import tempfile
from pathlib import Path

os.environ["SODA_CORE_TELEMETRY_ENABLED"] = "false"

import duckdb
from rules import COUNTRIES, EMAIL, FIRST, LAST, SKU, STATUSES, path, tell
from soda_core.contracts import verify_contract_locally

SOURCE = """
type: duckdb
name: shop
connection: {{database: "{database}"}}
"""
CONTRACT = rf"""
dataset: shop/main/orders
columns:
  - {{name: order_id, checks: [missing: , duplicate: ]}}
  - {{name: customer_id, checks: [missing: , invalid: {{valid_min: 1}}]}}
  - {{name: created_at, checks: [missing: ]}}
  - {{name: status, checks: [missing: , invalid: {{valid_values: {STATUSES}}}]}}
  - {{name: country, checks: [invalid: {{valid_values: {COUNTRIES}}}]}}
  - {{name: email, checks: [invalid: {{valid_format: {{name: email, regex: '{EMAIL}'}}}}]}}
  - {{name: amount, checks: [missing: , invalid: {{valid_min: 0, valid_max: 10000}}]}}
  - {{name: quantity, checks: [invalid: {{valid_min: 1, valid_max: 100}}]}}
  - {{name: sku, checks: [invalid: {{valid_format: {{name: sku, regex: '{SKU}'}}}}]}}
  - {{name: note, checks: [invalid: {{valid_max_length: 200}}]}}
checks:
  - failed_rows: {{expression: "created_at NOT BETWEEN '{FIRST}' AND '{LAST}'"}}
  - row_count: {{threshold: {{must_be_greater_than: 0}}}}
"""
ORDER = [
    "order_id missing",
    "order_id duplicate",
    "customer_id missing",
    "customer_id invalid",
    "created_at missing",
    "None failed_rows",
    "status invalid",
    "status missing",
    "country invalid",
    "email invalid",
    "sku invalid",
    "amount invalid",
    "amount missing",
    "quantity invalid",
    "note invalid",
]


def load(parquet: Path) -> Path:
    """A DuckDB file with the table in it."""
    database = parquet.with_suffix(".duckdb")
    if not database.exists():
        with duckdb.connect(str(database)) as connection:
            connection.execute(f"CREATE TABLE orders AS SELECT * FROM read_parquet('{parquet}')")
    return database


def main() -> None:
    database = load(path())
    with tempfile.TemporaryDirectory() as folder:
        source, contract = Path(folder, "source.yml"), Path(folder, "contract.yml")
        source.write_text(SOURCE.format(database=database))
        contract.write_text(CONTRACT)
        session = verify_contract_locally(data_source_file_path=str(source), contract_file_path=str(contract))
    [result] = session.contract_verification_results
    counts = {
        f"{item.check.column_name} {item.check.type}": item.threshold_value for item in result.check_results
    }
    rows = counts["None row_count"]
    tell(
        "soda", rows=rows, failed=[*(counts[name] for name in ORDER), rows == 0], packages="soda_core duckdb"
    )


main()
