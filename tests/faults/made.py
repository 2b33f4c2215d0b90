"""A lake that is right, made by hand from a ledger with nothing of the pipeline: what the checker is tried on."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from sentineldq.lake.commit import commit
from sentineldq.lake.open import Lake, open_lake
from sentineldq.lake.place import Mark, read_place
from sentineldq.lake.schema import BRONZE, INSTANT, META, QUARANTINE, RECEIVED
from tests.faults.ledger import Ledger

DATASET = "clicks"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXTS = ("event_id", "event_type", "url", "ip", "product_id")
SILVER = pa.schema(
    [*(pa.field(name, pa.large_string()) for name in TEXTS), pa.field("occurred_at", INSTANT), *META]
)


def make(warehouse: Path, ledger: Ledger, *, rows: int) -> Lake:
    """Bronze, silver and quarantine of a ledger whose `refused` and `copies` are known, in batches of so many rows."""
    assert ledger.refused is not None
    assert ledger.copies is not None
    lake = open_lake(warehouse=str(warehouse))
    tables = [
        lake.ensure(f"bronze.{DATASET}", BRONZE, partition=RECEIVED),
        lake.ensure(f"quarantine.{DATASET}", QUARANTINE, partition=RECEIVED),
        lake.ensure(f"silver.{DATASET}", SILVER, partition=("occurred_at", "day")),
    ]
    for batch, start in enumerate(range(0, len(ledger.records), rows), start=1):
        chosen = range(start, min(start + rows, len(ledger.records)))
        raw = [raw_row(ledger, number, batch, number - start) for number in chosen]
        refused = [
            refused_row(row) for number, row in zip(chosen, raw, strict=True) if number in ledger.refused
        ]
        good = [number for number in chosen if number not in ledger.refused | ledger.copies]
        accepted = [silver_row(ledger, number, batch, number - start) for number in good]
        copies = len(chosen) - len(refused) - len(good)
        mark = Mark(batch, {"position": chosen.stop})
        for table, content, schema, facts in (
            (tables[0], raw, BRONZE, {}),
            (tables[1], refused, QUARANTINE, {}),
            (tables[2], accepted, SILVER, {"duplicates": copies, "dropped": 0}),
        ):
            commit(
                lake.table(".".join(table.name())),
                partition=ledger.partition,
                expected=read_place(lake.table(".".join(table.name()))).marks.get(ledger.partition),
                mark=mark,
                rows=pa.Table.from_pylist(content, schema=schema),
                facts=facts,
            )
    return lake


def raw_row(ledger: Ledger, number: int, batch: int, row: int) -> dict[str, Any]:
    return {
        "raw": ledger.records[number],
        "_partition": ledger.partition,
        "_batch": batch,
        "_row": row,
        "_origin": "a test",
        "_form": "json",
        "_fault": None,
        "_received_at": NOON,
    }


def refused_row(row: dict[str, Any]) -> dict[str, Any]:
    digest = hashlib.sha256(row["raw"]).hexdigest()
    return {**row, "errors": [], "hash": digest, "contract": "1.0.0", "contract_fingerprint": "-"}


def silver_row(ledger: Ledger, number: int, batch: int, row: int) -> dict[str, Any]:
    sent = json.loads(ledger.records[number])
    own = {"_partition": ledger.partition, "_batch": batch, "_row": row, "_received_at": NOON}
    return {
        **{name: sent[name] for name in TEXTS},
        "occurred_at": datetime.fromisoformat(sent["occurred_at"]),
        **own,
    }
