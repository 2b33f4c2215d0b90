"""Logins that are under way at an identity provider: the digest of what the browser has to bring back, once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from sentineldq.store.database import Store
from sentineldq.store.tables import LOGINS as TABLE

MOST = 1_000
"""Logins under way at once; those that end first are forgotten where there are more."""


def begin(store: Store, digest: str, *, now: datetime, until: datetime) -> None:
    """Write a login down, and forget those that are over."""
    newest = select(TABLE.c.digest).order_by(TABLE.c.expires_at.desc(), TABLE.c.digest).limit(MOST - 1)
    with store.write() as connection:
        connection.execute(delete(TABLE).where(TABLE.c.expires_at <= now))
        connection.execute(delete(TABLE).where(TABLE.c.digest.not_in(newest)))
        connection.execute(TABLE.insert().values(digest=digest, expires_at=until))


def finish(store: Store, digest: str, *, now: datetime) -> bool:
    """Whether such a login was begun and is not over; from now on it is."""
    with store.write() as connection:
        row = connection.execute(
            delete(TABLE).where(TABLE.c.digest == digest).returning(TABLE.c.expires_at)
        ).first()
    return row is not None and row.expires_at > now
