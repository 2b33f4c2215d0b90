"""API keys: digests of secrets that programs come in with, with a role, perhaps scopes and an end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from sentineldq.errors import UsageError
from sentineldq.store.database import Store
from sentineldq.store.tables import API_KEYS as TABLE
from sentineldq.store.tables import ROLES, USERS

USED = timedelta(minutes=1)
"""How exactly it is kept when a key was last used."""


@dataclass(frozen=True, kw_only=True)
class Key:
    """An API key. digest: SHA-256 of its secret, in hex. scopes: the first parts of paths it is good for; none: all."""

    key_id: str
    digest: str
    name: str
    user_id: str | None
    role: str
    scopes: Sequence[str]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None = None
    revoked_at: datetime | None = None


def add(store: Store, key: Key) -> None:
    """Write a key down."""
    values = {**vars(key), "scopes": list(key.scopes)}
    with store.write() as connection:
        connection.execute(TABLE.insert().values(**values))


def find(store: Store, digest: str, *, now: datetime) -> Key | None:
    """The key of a secret, if it holds: neither revoked nor over, nor of a user who is no longer active.

    Its role is never above that of its user.
    """
    statement = (
        select(TABLE, USERS.c.role.label("highest"))
        .outerjoin(USERS, USERS.c.user_id == TABLE.c.user_id)
        .where(TABLE.c.digest == digest, TABLE.c.revoked_at.is_(None))
        .where(TABLE.c.expires_at.is_(None) | (TABLE.c.expires_at > now))
        .where(TABLE.c.user_id.is_(None) | USERS.c.active)
    )
    with store.read() as connection:
        row = connection.execute(statement).mappings().first()
    if row is None:
        return None
    values = dict(row)
    highest = values.pop("highest") or row["role"]
    key = Key(**{**values, "role": min(row["role"], highest, key=ROLES.index)})
    if key.used_at is None or now - key.used_at > USED:
        with store.write() as connection:
            connection.execute(update(TABLE).where(TABLE.c.key_id == key.key_id).values(used_at=now))
    return key


def every(store: Store) -> list[Key]:
    """All keys, the newest first."""
    statement = select(TABLE).order_by(TABLE.c.created_at.desc(), TABLE.c.key_id)
    with store.read() as connection:
        return [Key(**row) for row in connection.execute(statement).mappings()]


def get(store: Store, key_id: str) -> Key:
    """The key of an id, or of the beginning of one. Raises UsageError where there is none, or more than one."""
    found = [key for key in every(store) if key.key_id.startswith(key_id)] if key_id else []
    if len(found) != 1:
        raise UsageError(f"there {'is no key' if not found else 'are several keys'} {key_id!r}")
    return found[0]


def revoke(store: Store, key_id: str, *, now: datetime) -> bool:
    """End a key; False where there is none that holds."""
    which = (TABLE.c.key_id == key_id) & TABLE.c.revoked_at.is_(None)
    with store.write() as connection:
        return int(connection.execute(update(TABLE).where(which).values(revoked_at=now)).rowcount) > 0
