"""A number of one's own: what one query over silver, gold and quarantine gives."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb

from sentineldq.checks.sql.query import check_query
from sentineldq.errors import CheckDefinitionError, EngineError, LakeError, UsageError, first_line
from sentineldq.lake.open import Lake
from sentineldq.pipeline.gold.query import Version, session
from sentineldq.pipeline.settings import Metric

if TYPE_CHECKING:
    from sqlglot import exp

LAYERS = ("silver", "gold", "quarantine")


def measure_metric(lake: Lake, name: str, metric: Metric) -> tuple[str, float]:
    """The dataset that a metric is of, and its number now; not-a-number where the query gives NULL.

    Raises UsageError for a query that is no SELECT over the lake's tables, EngineError for one that fails or gives
    anything but one number, LakeError for a table that is not there.
    """
    tables = tables_read(name, metric.sql)
    versions = {table: _version(lake, table) for table in tables}
    try:
        with session(versions) as con:
            rows = con.execute(metric.sql).fetchmany(2)
    except duckdb.Error as fault:
        raise EngineError(f"metric {name}: {first_line(fault)}") from fault
    return metric.dataset or tables[0].partition(".")[2], _number(name, rows)


def tables_read(name: str, sql: str) -> list[str]:
    """The tables that a metric reads, `silver.orders`. Raises UsageError."""
    from sqlglot import exp, parse_one

    try:
        tree = parse_one(check_query(sql), dialect="duckdb")
    except CheckDefinitionError as fault:
        raise UsageError(f"metric {name}: {fault.message}", hint=fault.hint) from None
    defined = {part.alias.lower() for part in tree.find_all(exp.CTE)}
    found = list(dict.fromkeys(_named(name, table, defined) for table in tree.find_all(exp.Table)))
    tables = [table for table in found if table]
    if not tables:
        raise UsageError(f"metric {name}: its query reads no table", hint="read silver.NAME or gold.NAME")
    return tables


def _named(name: str, table: exp.Table, defined: set[str]) -> str:
    """`silver.orders`; nothing for a function, or what the query itself defines."""
    from sqlglot import exp

    if isinstance(table.this, exp.Func) or (not table.db and table.name.lower() in defined):
        return ""
    if table.catalog or table.db.lower() not in LAYERS:
        raise UsageError(
            f"metric {name}: unknown table {table.sql('duckdb')}",
            hint="a metric reads silver.NAME, gold.NAME and quarantine.NAME",
        )
    return f"{table.db}.{table.name}".lower()


def _version(lake: Lake, name: str) -> Version:
    table = lake.table(name)
    if (head := table.metadata.current_snapshot_id) is None:
        raise LakeError(name, "it has no rows yet")
    return Version(table=table, snapshot=head)


def _number(name: str, rows: list[tuple[object, ...]]) -> float:
    if len(rows) != 1 or len(rows[0]) != 1:
        shape = f"{len(rows)} rows of {len(rows[0])} columns" if rows else "no row"
        raise EngineError(f"metric {name}: one number is expected, the query gives {shape}")
    value = rows[0][0]
    if value is None:
        return math.nan
    if isinstance(value, bool | int | float | Decimal):
        return float(value)
    raise EngineError(f"metric {name}: one number is expected, the query gives {type(value).__name__}")
