"""A tiny project, and a lake and a store filled by hand as its runs would fill them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from sentineldq.cli.app import app
from sentineldq.lake.commit import commit
from sentineldq.lake.open import Lake
from sentineldq.lake.place import Mark, read_place
from sentineldq.lake.schema import BRONZE, QUARANTINE, RECEIVED

SETTINGS = """\
name: shop
pipelines:
  orders:
    contract: contracts/orders.odcs.yaml
    source: {kind: files, path: data}
    schedule: {every: 1h}
"""
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: urn:orders
name: orders
version: 1.0.0
status: active
description: {purpose: "Orders of a shop."}
team: {members: [{username: ada@example.com, role: Owner}]}
schema:
  - name: orders
    physicalName: orders
    logicalType: object
    description: One order.
    properties:
      - {name: id, logicalType: integer, physicalType: bigint, primaryKey: true, required: true, description: Its number.}
      - {name: at, logicalType: timestamp, physicalType: timestamp, required: true, partitioned: true, partitionKeyPosition: 1, description: When.}
slaProperties:
  - property: freshness
    value: 2
    unit: h
    element: orders.at
    customProperties: [{property: warnAfter, value: 1h}]
"""
SILVER = pa.schema({"id": pa.int64(), "at": pa.timestamp("us", "UTC"), "_batch": pa.int64()})


def register(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Make commands known that the command line may not list yet."""
    for name in names:
        line = app.lazy.get(name, ("", name))[1]
        monkeypatch.setitem(app.lazy, name, (f"sentineldq.cli.{name}:{name}", line))


def write_project(folder: Path, *, settings: str = SETTINGS, contract: str = CONTRACT) -> None:
    (folder / "sentinel.yaml").write_text(settings)
    (folder / "contracts").mkdir(exist_ok=True)
    (folder / "contracts/orders.odcs.yaml").write_text(contract)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data/orders.ndjson").write_text('{"id": 1, "at": "2026-03-01T12:00:00Z"}\n')


def add_bronze(lake: Lake, count: int) -> None:
    _add(lake, "bronze.orders", _rows(BRONZE, count), partition=RECEIVED)


def add_quarantine(lake: Lake, count: int) -> None:
    _add(lake, "quarantine.orders", _rows(QUARANTINE, count), partition=RECEIVED)


def add_silver(lake: Lake, times: Sequence[datetime], **facts: int) -> None:
    """A batch of silver; facts: what it counts beside its rows, as `duplicates`."""
    found = {"id": range(len(times)), "at": list(times), "_batch": [1] * len(times)}
    _add(lake, "silver.orders", pa.table(found, schema=SILVER), partition=("at", "day"), **facts)


def _add(lake: Lake, name: str, rows: pa.Table, *, partition: tuple[str, str], **facts: int) -> None:
    table = lake.ensure(name, rows.schema, partition=partition)
    before = read_place(table).marks.get("files:orders")
    mark = Mark(before.batch + 1 if before else 1, {})
    commit(table, partition="files:orders", expected=before, mark=mark, rows=rows, facts=facts)


def _rows(schema: pa.Schema, count: int) -> pa.Table:
    given = {
        "raw": [b"{}"] * count,
        "_partition": ["files:orders"] * count,
        "_row": range(count),
        "_received_at": [datetime(2026, 3, 1, 12, tzinfo=UTC)] * count,
    }
    columns = {field.name: given.get(field.name, [None] * count) for field in schema}
    return pa.table(columns, schema=schema)
