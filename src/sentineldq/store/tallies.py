"""How much work waits: jobs and deliveries by state, without those that are done."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from sentineldq.store.database import Store
from sentineldq.store.tables import DELIVERIES, JOBS


@dataclass(frozen=True)
class Tallies:
    """Counts by state."""

    jobs: dict[str, int]
    deliveries: dict[str, int]


def read(store: Store) -> Tallies:
    """What waits, runs or failed, each counted by an index. Raises StoreError."""
    wanted = (JOBS, ("waiting", "running")), (DELIVERIES, ("due", "failed"))
    found = []
    with store.read() as connection:
        for table, states in wanted:
            statement = select(table.c.state, func.count()).where(table.c.state.in_(states))
            counted = {
                str(state): int(count)
                for state, count in connection.execute(statement.group_by(table.c.state))
            }
            found.append({state: counted.get(state, 0) for state in states})
    return Tallies(*found)
