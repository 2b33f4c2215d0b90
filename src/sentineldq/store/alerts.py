"""Alerts and their history; each change is one transaction with its event and with what is to be sent of it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, or_, select, tuple_, update
from sqlalchemy.engine import Connection

from sentineldq.errors import UsageError
from sentineldq.store import deliveries
from sentineldq.store.database import Store
from sentineldq.store.like import ESCAPE, escaped
from sentineldq.store.rows import objects
from sentineldq.store.tables import ALERT_EVENTS as EVENTS
from sentineldq.store.tables import ALERTS as TABLE
from sentineldq.store.tables import STANDING

UNRESOLVED = {"open", "acknowledged", "snoozed"}

_ID = re.compile(r"[0-9a-f-]{4,36}")


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A condition that somebody has to know of, from its opening to its end.

    finding_id: the finding it follows; None for one that was made by hand. cause: the alert that explains it, which is
    told in its place. count: how often the condition was seen. escalated: how many steps up it was told.
    """

    alert_id: str
    key: str
    finding_id: str | None = None
    kind: str
    dataset: str | None
    severity: str
    status: str = "open"
    title: str
    details: Mapping[str, Any]
    count: int = 1
    cause: str | None = None
    assignee: str | None = None
    opened_at: datetime
    updated_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    snoozed_until: datetime | None = None
    escalated: int = 0
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Event:
    """One entry of an alert's history; actor: who did it, None where it came about by itself."""

    kind: str
    actor: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An event as it is kept."""

    event_id: int
    alert_id: str
    at: datetime
    kind: str
    actor: str | None
    details: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What becomes of one alert: new values, its event, and messages to send. A new alert has `values` whole."""

    alert_id: str
    values: Mapping[str, Any]
    event: Event
    sends: Sequence[deliveries.Send] = ()
    new: bool = False


def identify() -> str:
    """The id of an alert to be."""
    return str(uuid.uuid4())


def apply(store: Store, changes: Iterable[Change], *, now: datetime) -> None:
    """Make changes, all of them or none, each with its event and its messages. Raises StoreError."""
    with store.write() as connection:
        for change in changes:
            _apply(connection, change, now)


def _apply(connection: Connection, change: Change, now: datetime) -> None:
    if change.new:
        connection.execute(TABLE.insert().values(alert_id=change.alert_id, updated_at=now, **change.values))
    elif change.values:
        which = TABLE.c.alert_id == change.alert_id
        connection.execute(update(TABLE).where(which).values(updated_at=now, **change.values))
    event = change.event
    statement = EVENTS.insert().values(
        alert_id=change.alert_id, at=now, kind=event.kind, actor=event.actor, details=dict(event.details)
    )
    number = connection.execute(statement.returning(EVENTS.c.event_id)).scalar_one()
    deliveries.add(connection, change.sends, cause=f"{change.alert_id}/{number}", now=now)


def standing(store: Store) -> list[Alert]:
    """The alerts that are not resolved, oldest first."""
    with store.read() as connection:
        found = objects(Alert, connection.execute(select(TABLE).where(STANDING)))
    return sorted(
        found, key=lambda one: (one.opened_at, one.alert_id)
    )  # or SQLite reads through all there ever were


def resolved_of(store: Store, finding_ids: Collection[str]) -> set[str]:
    """Which of these findings have an alert that was resolved already."""
    found: set[str] = set()
    ids = list(finding_ids)
    with store.read() as connection:
        for start in range(0, len(ids), 500):
            which = TABLE.c.finding_id.in_(ids[start : start + 500]) & ~STANDING
            found |= set(connection.scalars(select(TABLE.c.finding_id).where(which)))
    return found


def get(store: Store, alert_id: str) -> Alert:
    """One alert, by its id or the beginning of it. Raises UsageError where there is none, or several."""
    like = f"{alert_id}%" if _ID.fullmatch(alert_id) else ""
    with store.read() as connection:
        rows = connection.execute(select(TABLE).where(TABLE.c.alert_id.like(like)).limit(2)).mappings().all()
    if len(rows) != 1:
        said = "there are several alerts" if rows else "there is no alert"
        raise UsageError(f"{said} {alert_id!r}", hint="`sentinel alerts list` shows their ids")
    return Alert(**rows[0])


def history(store: Store, alert_id: str) -> list[Entry]:
    """What happened to an alert, oldest first."""
    statement = select(EVENTS).where(EVENTS.c.alert_id == alert_id).order_by(EVENTS.c.event_id)
    with store.read() as connection:
        return objects(Entry, connection.execute(statement))


def query(
    store: Store,
    *,
    statuses: Collection[str] = (),
    severities: Collection[str] = (),
    dataset: str | None = None,
    assignee: str | None = None,
    unassigned: bool = False,
    before: tuple[datetime, str] | None = None,
    limit: int = 100,
) -> list[Alert]:
    """Alerts, the one that changed last first; `before`: (updated_at, alert_id) of the last one of the page before."""
    statement = select(TABLE).where(*_where(statuses, severities, dataset, assignee))
    if unassigned:
        statement = statement.where(TABLE.c.assignee.is_(None))
    if before is not None:
        statement = statement.where(tuple_(TABLE.c.updated_at, TABLE.c.alert_id) < before)
    statement = statement.order_by(TABLE.c.updated_at.desc(), TABLE.c.alert_id.desc()).limit(limit)
    with store.read() as connection:
        return objects(Alert, connection.execute(statement))


def search(store: Store, *, text: str, limit: int) -> list[Alert]:
    """Alerts whose title or dataset has a text in it, whatever its case: those that stand first, then the newest."""
    like = f"%{escaped(text)}%"
    which = or_(*(column.ilike(like, escape=ESCAPE) for column in (TABLE.c.title, TABLE.c.dataset)))
    order = case((STANDING, 0), else_=1), TABLE.c.opened_at.desc(), TABLE.c.alert_id
    with store.read() as connection:
        rows = connection.execute(select(TABLE).where(which).order_by(*order).limit(limit)).mappings()
        return [Alert(**row) for row in rows]


def of_keys(store: Store, keys: Collection[str], *, dataset: str, since: datetime) -> dict[str, Alert]:
    """Of each of a dataset's keys the first alert that stood at a moment, or was opened after it."""
    which = (TABLE.c.dataset == dataset) & TABLE.c.key.in_(list(keys))
    which &= TABLE.c.resolved_at.is_(None) | (TABLE.c.resolved_at >= since)
    statement = select(TABLE).where(which).order_by(TABLE.c.opened_at.desc())
    with store.read() as connection:
        return {row["key"]: Alert(**row) for row in connection.execute(statement).mappings()}


def counts(store: Store) -> dict[tuple[str, str], int]:
    """How many alerts there are, by (status, severity)."""
    statement = select(TABLE.c.status, TABLE.c.severity, func.count()).group_by(
        TABLE.c.status, TABLE.c.severity
    )
    with store.read() as connection:
        return {
            (str(status), str(level)): int(number) for status, level, number in connection.execute(statement)
        }


def _where(
    statuses: Collection[str], severities: Collection[str], dataset: str | None, assignee: str | None
) -> list[Any]:
    terms: list[Any] = []
    if set(statuses) == UNRESOLVED:
        terms.append(STANDING)
    elif statuses:
        terms.append(TABLE.c.status.in_(statuses))
    if severities:
        terms.append(TABLE.c.severity.in_(severities))
    if dataset is not None:
        terms.append(TABLE.c.dataset == dataset)
    if assignee is not None:
        terms.append(TABLE.c.assignee == assignee)
    return terms
