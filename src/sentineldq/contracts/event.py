"""The column of a dataset that says when its events happened, and the service level that may name it."""

from __future__ import annotations

from sentineldq.contracts.model import Contract, SchemaObject, ServiceLevel

LEVELS = ("freshness", "latency", "ly")
"""The service levels that allow an age, the first one given counting: ODCS's names, and its two-letter driver."""


def service_level(contract: Contract) -> ServiceLevel | None:
    """The service level that allows an age; `freshness` before `latency`."""
    by_name = {level.property.lower(): level for level in reversed(contract.sla_properties)}
    return next((by_name[name] for name in LEVELS if name in by_name), None)


def event_column(contract: Contract, table: SchemaObject, level: ServiceLevel | None) -> str | None:
    """The column of the event time; None where it cannot be told.

    It is the service level's element, else the column that parts the table by date, else the only date or timestamp.
    """
    dated = [item for item in table.properties if item.logical_type in {"date", "timestamp"}]
    element = (level.element if level else None) or contract.sla_default_element or ""
    for name in (part.strip().rpartition(".")[2] for part in element.split(",")):
        if named := [item for item in dated if name in {item.name, item.column}]:
            return named[0].column
    chosen = [item for item in dated if item.partitioned] or (dated if len(dated) == 1 else [])
    return chosen[0].column if chosen else None
