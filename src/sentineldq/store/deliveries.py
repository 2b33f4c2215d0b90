"""Deliveries: messages to be sent, written with what they tell of, and tried until they are or are given up.

A message is sent at least once: whoever sends it claims it for a while, and marks it afterwards. One whose sender died
in between is sent again, with the same key, by which a receiver can tell.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.engine import Connection

from sentineldq.store.database import Store
from sentineldq.store.insert import insert
from sentineldq.store.rows import objects
from sentineldq.store.tables import DELIVERIES as TABLE


@dataclass(frozen=True, kw_only=True)
class Send:
    """A message for a channel, not before `due_at`."""

    channel: str
    message: Mapping[str, Any]
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A message as it is kept: `due`, `sent`, or `failed` (given up)."""

    delivery_id: int
    key: str
    channel: str
    state: str
    message: Mapping[str, Any]
    created_at: datetime
    due_at: datetime
    attempts: int
    claimed_until: datetime | None
    sent_at: datetime | None
    error: str | None


def add(connection: Connection, sends: Sequence[Send], *, cause: str, now: datetime) -> None:
    """Write messages down in a transaction of the caller's; the same cause and channel make one message."""
    for send in sends:
        values = {
            "key": f"{cause}/{send.channel}",
            "channel": send.channel,
            "state": "due",
            "message": dict(send.message),
            "created_at": now,
            "due_at": send.due_at,
            "attempts": 0,
        }
        connection.execute(insert(connection, TABLE).values(**values).on_conflict_do_nothing())


def channels_due(store: Store, *, now: datetime) -> list[str]:
    """The channels that have something to send now."""
    statement = select(TABLE.c.channel).where(*_due(now)).distinct().order_by(TABLE.c.channel)
    with store.read() as connection:
        return [str(name) for name in connection.scalars(statement)]


def claim(store: Store, *, channel: str, now: datetime, term: timedelta, limit: int) -> list[Delivery]:
    """Take the messages of a channel that are due, oldest first, for a while; nobody else has them meanwhile."""
    chosen = select(TABLE.c.delivery_id).where(*_due(now), TABLE.c.channel == channel)
    chosen = (
        chosen.order_by(TABLE.c.due_at, TABLE.c.delivery_id).limit(limit).with_for_update(skip_locked=True)
    )
    with store.write() as connection:
        ids = list(connection.scalars(chosen))
        if not ids:
            return []
        statement = (
            update(TABLE)
            .where(TABLE.c.delivery_id.in_(ids))
            .values(claimed_until=now + term, attempts=TABLE.c.attempts + 1)
            .returning(TABLE)
        )
        rows = connection.execute(statement).mappings().all()
    return sorted((Delivery(**row) for row in rows), key=lambda one: one.delivery_id)


def sent(store: Store, ids: Collection[int], *, now: datetime) -> None:
    """Mark messages as sent."""
    _mark(store, ids, state="sent", sent_at=now, claimed_until=None, error=None)


def later(
    store: Store, ids: Collection[int], *, due_at: datetime, error: str | None, tried: bool = True
) -> None:
    """Put messages off; without `tried` the attempt does not count (a limit was reached, nothing was sent)."""
    attempts = TABLE.c.attempts if tried else TABLE.c.attempts - 1
    _mark(store, ids, due_at=due_at, claimed_until=None, error=error, attempts=attempts)


def give_up(store: Store, ids: Collection[int], *, error: str) -> None:
    """Mark messages as failed for good."""
    _mark(store, ids, state="failed", claimed_until=None, error=error)


def sent_since(store: Store, *, channel: str, since: datetime) -> int:
    """How many messages a channel has sent since then."""
    which = (TABLE.c.channel == channel) & (TABLE.c.state == "sent") & (TABLE.c.sent_at >= since)
    with store.read() as connection:
        return int(connection.scalar(select(func.count(func.distinct(TABLE.c.sent_at))).where(which)) or 0)


def query(
    store: Store,
    *,
    state: str | None = None,
    channel: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Delivery]:
    """Messages, the newest first; `before`: the id of the last one of the page before."""
    statement = select(TABLE).order_by(TABLE.c.delivery_id.desc()).limit(limit)
    if state is not None:
        statement = statement.where(TABLE.c.state == state)
    if channel is not None:
        statement = statement.where(TABLE.c.channel == channel)
    if before is not None:
        statement = statement.where(TABLE.c.delivery_id < before)
    with store.read() as connection:
        return objects(Delivery, connection.execute(statement))


def undone(store: Store) -> dict[tuple[str, str], int]:
    """How many messages of each channel are due, and how many were given up."""
    statement = (
        select(TABLE.c.channel, TABLE.c.state, func.count())
        .where(TABLE.c.state.in_(("due", "failed")))
        .group_by(TABLE.c.channel, TABLE.c.state)
    )
    with store.read() as connection:
        return {(name, state): count for name, state, count in connection.execute(statement)}


def tried_last(store: Store, channel: str) -> Delivery | None:
    """The newest message of a channel that was tried, whatever came of it."""
    statement = (
        select(TABLE)
        .where(TABLE.c.channel == channel, TABLE.c.attempts > 0)
        .order_by(TABLE.c.created_at.desc(), TABLE.c.delivery_id.desc())
        .limit(1)
    )
    with store.read() as connection:
        row = connection.execute(statement).mappings().first()
    return None if row is None else Delivery(**row)


def again(store: Store, delivery_id: int, *, now: datetime) -> bool:
    """Have a message tried anew, now, one that was given up too; False where it was sent, or there is none."""
    which = (TABLE.c.delivery_id == delivery_id) & (TABLE.c.state != "sent")
    values = {"state": "due", "due_at": now, "attempts": 0}
    with store.write() as connection:
        return int(connection.execute(update(TABLE).where(which).values(**values)).rowcount) > 0


def _due(now: datetime) -> list[Any]:
    free = or_(TABLE.c.claimed_until.is_(None), TABLE.c.claimed_until <= now)
    return [TABLE.c.state == "due", TABLE.c.due_at <= now, free]


def _mark(store: Store, ids: Collection[int], **values: Any) -> None:
    with store.write() as connection:
        connection.execute(update(TABLE).where(TABLE.c.delivery_id.in_(list(ids))).values(**values))
