"""A lake with one silver table of events, and gold models over it, for the tests of gold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from sentineldq.contracts.load import load_contract
from sentineldq.contracts.model import Contract
from sentineldq.lake.commit import commit
from sentineldq.lake.open import Lake
from sentineldq.lake.place import Mark, read_place
from sentineldq.pipeline.gold.build import Built, build
from sentineldq.pipeline.gold.model import Model, read_model

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
START = datetime(2026, 3, 1, tzinfo=UTC)

SILVER = pa.schema(
    {
        "id": pa.int64(),
        "kind": pa.large_string(),
        "size": pa.int64(),
        "created_at": pa.timestamp("us", "UTC"),
        "_partition": pa.large_string(),
        "_batch": pa.int64(),
        "_row": pa.int32(),
        "_received_at": pa.timestamp("us", "UTC"),
    }
)

DAILY = """\
-- incremental: day
-- source_date: created_at
SELECT CAST(created_at AS DATE) AS day, kind, count(*) AS events, sum(size) AS bytes
FROM silver.events GROUP BY ALL
"""
TOTALS = "SELECT kind, sum(events) AS events FROM gold.daily GROUP BY ALL ORDER BY events DESC, kind\n"


def event(number: int, *, day: int | None = 0, kind: str = "push", size: int = 1) -> dict[str, Any]:
    """An event of a day after the first of March; of no day with None."""
    at = None if day is None else START + timedelta(days=day, hours=number % 24)
    return {"id": number, "kind": kind, "size": size, "created_at": at}


def add(
    lake: Lake, events: Sequence[Mapping[str, Any]], *, delete: str | None = None, schema: pa.Schema = SILVER
) -> None:
    """Commit events as the next batch of silver; `delete` is a condition on rows to remove in the same commit."""
    table = lake.ensure("silver.events", schema, partition=("created_at", "day"))
    last = read_place(table).marks.get("events")
    batch = (last.batch if last else 0) + 1
    rows = [
        {**one, "_partition": "events", "_batch": batch, "_row": row, "_received_at": NOW}
        for row, one in enumerate(events)
    ]
    commit(
        table,
        partition="events",
        expected=last,
        mark=Mark(batch, {"at": batch}),
        rows=pa.Table.from_pylist(rows, schema=schema) if rows else None,
        delete=delete,
    )


def models(folder: Path, **sources: str) -> list[Model]:
    """Models by name, written to a folder."""
    folder.mkdir(exist_ok=True)
    for name, sql in sources.items():
        (folder / f"{name}.sql").write_text(sql)
    return [read_model(folder / f"{name}.sql") for name in sources]


def run(lake: Lake, chosen: list[Model], **contracts: Contract) -> dict[str, Built]:
    """Build, and the results by model."""
    return {one.model: one for one in build(lake, chosen, contracts=contracts, now=NOW)}


def rows(lake: Lake, name: str, *, snapshot: int | None = None) -> list[dict[str, Any]]:
    """The rows of a table, sorted, for comparing."""
    found = lake.table(name).scan(snapshot_id=snapshot).to_arrow()
    return pl.DataFrame(pl.from_arrow(found)).sort(pl.all()).to_dicts()


def contract(
    *, table: str, columns: Mapping[str, str], quality: Sequence[Mapping[str, Any]] = ()
) -> Contract:
    """A contract of one table; columns: name to logical type."""
    return load_contract(
        {
            "apiVersion": "v3.1.0",
            "kind": "DataContract",
            "id": f"urn:{table}",
            "version": "1.0.0",
            "status": "active",
            "schema": [
                {
                    "name": table,
                    "properties": [{"name": name, "logicalType": kind} for name, kind in columns.items()],
                    "quality": list(quality),
                }
            ],
        }
    )
