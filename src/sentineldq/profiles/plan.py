"""What of a dataset is profiled, and what must not be kept of it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from sentineldq.contracts.event import event_column, service_level
from sentineldq.contracts.model import Contract, SchemaObject
from sentineldq.contracts.privacy import classified

ENTITIES = "entities"
"""The custom property that names the columns whose rows are counted per value."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to profile.

    columns: top-level columns; None for all. key: the columns of the primary key. entities: column paths whose rows
    are counted per value. event: the path of the event time. hidden: paths of which no value is kept, nor of what
    lies inside them.
    """

    columns: tuple[str, ...] | None = None
    key: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    event: str | None = None
    hidden: frozenset[str] = frozenset()

    def hides(self, path: str) -> bool:
        """Whether no value of a column may be kept."""
        return path in self.hidden or any(
            path.startswith((f"{hidden}.", f"{hidden}[]")) for hidden in self.hidden
        )


def plan_of(contract_object: SchemaObject, contract: Contract) -> Plan:
    """The plan a contract asks for: `entities: [type, repo.name]`, its key, its event time, what it classifies."""
    names = tuple(item.column for item in contract_object.properties)
    return Plan(
        columns=names or None,
        key=tuple(contract_object.primary_key),
        entities=_listed(contract_object.custom(ENTITIES)),
        event=event_column(contract, contract_object, service_level(contract)),
        hidden=classified(contract_object),
    )


def _listed(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(item) for item in value) if isinstance(value, Iterable) else ()
