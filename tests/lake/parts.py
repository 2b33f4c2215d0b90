"""What the tests of the lake share: rows of bronze, what a table and its folder hold, catalogs that fail."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from sentineldq.lake.open import Lake
from sentineldq.lake.schema import BRONZE, RECEIVED
from sentineldq.lake.write import write

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def ensure_bronze(lake: Lake, name: str = "bronze.events") -> Any:
    return lake.ensure(name, BRONZE, partition=RECEIVED)


def records(count: int, *, batch: int, partition: str = "github", at: datetime = NOON) -> pa.Table:
    """So many rows of bronze, each of its own content."""
    return pa.table(
        {
            "raw": pa.array([b'{"batch":%d,"row":%d}\n' % (batch, row) for row in range(count)]),
            "_partition": pa.array([partition] * count),
            "_batch": pa.array([batch] * count, pa.int64()),
            "_row": pa.array(range(count), pa.int32()),
            "_origin": pa.array(["a test"] * count),
            "_form": pa.array(["json"] * count),
            "_fault": pa.nulls(count, pa.large_string()),
            "_received_at": pa.array([at] * count, BRONZE.field("_received_at").type),
        }
    )


def held(table: Any) -> list[tuple[str, int, int]]:
    """Which records a table holds, as (partition, batch, row), sorted; twice where it holds them twice."""
    rows = table.scan(selected_fields=("_partition", "_batch", "_row")).to_arrow()
    return sorted(zip(*(rows[name].to_pylist() for name in ("_partition", "_batch", "_row")), strict=True))


def batch(number: int, count: int, *, partition: str = "github") -> list[tuple[str, int, int]]:
    """The same for one whole batch."""
    return [(partition, number, row) for row in range(count)]


def append_as_others(table: Any, rows: pa.Table) -> None:
    """An append by an engine that knows nothing of places."""
    with table.transaction() as transaction, transaction.update_snapshot().fast_append() as update:
        for file in write(table, rows):
            update.append_data_file(file)


def data_files(lake: Lake, name: str = "bronze.events") -> set[str]:
    """The data files that lie in a local table's folder."""
    return {str(path) for path in Path(lake.table(name).location(), "data").rglob("*.parquet")}


def live_files(table: Any) -> set[str]:
    return {task.file.file_path for task in table.scan().plan_files()}


class Unreliable:
    """A catalog whose next commits go as `script` says.

    ok; refuse-reply: applied, yet another exception than a refusal comes back; never: raised before anything is
    done; or an exception to raise before anything is done. `meet`: a barrier that all wait at before they commit.
    """

    script: list[Any] = []  # noqa: RUF012
    meet: threading.Barrier | None = None
    calls = 0

    def commit_table(self, table, requirements, updates):
        self.calls += 1
        step = self.script.pop(0) if self.script else "ok"
        if self.meet is not None:
            barrier, self.meet = self.meet, None
            barrier.wait(30)
        if isinstance(step, Exception):
            raise step
        if step == "never":
            raise ConnectionResetError("the connection broke before the request was sent")
        done = super().commit_table(table, requirements, updates)
        if step == "reply lost":
            raise ConnectionResetError("the connection broke before the reply was read")
        return done


def unreliable(lake: Lake, *script: Any) -> Lake:
    """The same lake through a catalog that fails as told."""
    kind = type(lake.catalog)
    catalog: Any = type("Failing", (Unreliable, kind), {})(lake.catalog.name, **lake.catalog.properties)
    catalog.script = list(script)
    return Lake(catalog, lake.warehouse)
