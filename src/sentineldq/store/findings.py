"""Findings: what somebody should know. One of a key is open at a time; seen again, it is counted."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update

from sentineldq.store import clock
from sentineldq.store.database import Store
from sentineldq.store.insert import insert
from sentineldq.store.rows import objects
from sentineldq.store.tables import FINDINGS, OPEN


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something found, from the first time it was seen to the last; open while `cleared_at` is None."""

    finding_id: str
    key: str
    kind: str
    dataset: str | None
    severity: str
    title: str
    details: Mapping[str, Any]
    first_seen_at: datetime
    last_seen_at: datetime
    count: int
    cleared_at: datetime | None


def report(
    store: Store,
    *,
    key: str,
    kind: str,
    severity: str,
    title: str,
    dataset: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> Finding:
    """Open a finding, or join the open one of its key: that is counted, and takes the newest words."""
    said = {
        "kind": kind,
        "severity": severity,
        "title": title,
        "dataset": dataset,
        "details": dict(details or {}),
    }
    with store.write() as connection:
        now = clock.read(connection)
        seen = {"first_seen_at": now, "last_seen_at": now, "count": 1}
        statement = (
            insert(connection, FINDINGS)
            .values(finding_id=str(uuid.uuid4()), key=key, **said, **seen)
            .on_conflict_do_update(
                index_elements=[FINDINGS.c.key],
                index_where=OPEN,
                set_={**said, "last_seen_at": now, "count": FINDINGS.c.count + 1},
            )
            .returning(FINDINGS)
        )
        return Finding(**connection.execute(statement).mappings().one())


def clear(store: Store, *, key: str) -> Finding | None:
    """Close the open finding of a key; None where there is none."""
    statement = (
        update(FINDINGS).where(FINDINGS.c.key == key, OPEN).values(cleared_at=clock.now()).returning(FINDINGS)
    )
    with store.write() as connection:
        row = connection.execute(statement).mappings().first()
    return None if row is None else Finding(**row)


def query(
    store: Store,
    *,
    dataset: str | None = None,
    kind: str | None = None,
    still: bool | None = None,
    seen: tuple[datetime, datetime] | None = None,
    limit: int | None = 100,
) -> list[Finding]:
    """Findings, the one seen last first; `still`: open (True), cleared (False), both (None).

    seen: those that were seen first or last between two moments.
    """
    statement = select(FINDINGS).order_by(FINDINGS.c.last_seen_at.desc(), FINDINGS.c.finding_id).limit(limit)
    if dataset is not None:
        statement = statement.where(FINDINGS.c.dataset == dataset)
    if kind is not None:
        statement = statement.where(FINDINGS.c.kind == kind)
    if still is not None:
        statement = statement.where(OPEN if still else FINDINGS.c.cleared_at.is_not(None))
    if seen is not None:
        first, last = FINDINGS.c.first_seen_at.between(*seen), FINDINGS.c.last_seen_at.between(*seen)
        statement = statement.where(or_(first, last))
    with store.read() as connection:
        return objects(Finding, connection.execute(statement))
