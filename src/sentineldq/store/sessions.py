"""Sessions: who is logged in. Only the digest of a session's secret is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from sentineldq.store.database import Store
from sentineldq.store.tables import SESSIONS, USERS
from sentineldq.store.users import User

SEEN = timedelta(minutes=1)
"""How exactly it is kept when a session was last used."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """A session. digest: SHA-256 of its secret, in hex. csrf: what a page has to send back with every write."""

    digest: str
    user_id: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


def begin(store: Store, session: Session) -> None:
    """Write a new session down."""
    with store.write() as connection:
        connection.execute(SESSIONS.insert().values(**vars(session)))


def find(store: Store, digest: str, *, now: datetime) -> tuple[Session, User] | None:
    """A session that is not over, and its user, who is active; None otherwise."""
    statement = (
        select(SESSIONS, USERS)
        .join(USERS, USERS.c.user_id == SESSIONS.c.user_id)
        .where(SESSIONS.c.digest == digest, SESSIONS.c.expires_at > now, USERS.c.active)
    )
    with store.read() as connection:
        row = connection.execute(statement).first()
    if row is None:
        return None
    values = row._mapping  # noqa: SLF001  # SQLAlchemy's public name for it
    session = Session(**{column.name: values[column] for column in SESSIONS.columns})
    user = User(**{column.name: values[column] for column in USERS.columns})
    if now - session.seen_at > SEEN:
        with store.write() as connection:
            connection.execute(update(SESSIONS).where(SESSIONS.c.digest == digest).values(seen_at=now))
    return session, user


def end(store: Store, digest: str) -> None:
    """End a session."""
    with store.write() as connection:
        connection.execute(delete(SESSIONS).where(SESSIONS.c.digest == digest))


def end_all(store: Store, user_id: str, *, but: str | None = None) -> None:
    """End every session of a user, but for the one of this digest."""
    which = (SESSIONS.c.user_id == user_id) & (SESSIONS.c.digest != (but or ""))
    with store.write() as connection:
        connection.execute(delete(SESSIONS).where(which))


def of_user(store: Store, user_id: str, *, now: datetime) -> list[Session]:
    """The sessions of a user that are not over, the one used last first."""
    statement = select(SESSIONS).where(SESSIONS.c.user_id == user_id, SESSIONS.c.expires_at > now)
    with store.read() as connection:
        rows = connection.execute(statement.order_by(SESSIONS.c.seen_at.desc())).mappings().all()
    return [Session(**row) for row in rows]


def standing(store: Store, *, now: datetime) -> dict[str, tuple[int, datetime]]:
    """By user, how many sessions are not over, and when one was used last."""
    statement = (
        select(SESSIONS.c.user_id, func.count(), func.max(SESSIONS.c.seen_at, type_=SESSIONS.c.seen_at.type))
        .where(SESSIONS.c.expires_at > now)
        .group_by(SESSIONS.c.user_id)
    )
    with store.read() as connection:
        return {user: (count, seen) for user, count, seen in connection.execute(statement)}


def prune(store: Store, *, now: datetime) -> None:
    """Forget sessions that are over."""
    with store.write() as connection:
        connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at <= now))
