"""Users: who may come in, with which role. Passwords are kept as Argon2 hashes that others make."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError

from sentineldq.errors import StoreError, UsageError
from sentineldq.store.database import Store
from sentineldq.store.tables import ROLES, SESSIONS, USERS


@dataclass(frozen=True, kw_only=True)
class User:
    """A user. password: a hash; None for one who comes by an identity provider (`issuer`, `subject`)."""

    user_id: str
    name: str
    display_name: str | None
    role: str
    password: str | None
    issuer: str | None
    subject: str | None
    active: bool
    created_at: datetime
    changed_at: datetime


def add(
    store: Store,
    *,
    name: str,
    role: str,
    now: datetime,
    password: str | None = None,
    display_name: str | None = None,
    issuer: str | None = None,
    subject: str | None = None,
) -> User:
    """Add a user. Raises UsageError for a name that is taken, or a role that is none."""
    _refuse_role(role)
    user = User(
        user_id=str(uuid.uuid4()),
        name=name,
        display_name=display_name,
        role=role,
        password=password,
        issuer=issuer,
        subject=subject,
        active=True,
        created_at=now,
        changed_at=now,
    )
    try:
        with store.write() as connection:
            connection.execute(USERS.insert().values(**vars(user)))
    except StoreError as fault:
        if isinstance(fault.__cause__, IntegrityError):
            raise UsageError(f"there is a user {name!r} already") from fault
        raise
    return user


def change(
    store: Store,
    user_id: str,
    *,
    now: datetime,
    role: str | None = None,
    password: str | None = None,
    active: bool | None = None,
    display_name: str | None = None,
) -> User | None:
    """Change a user; every session of theirs ends where role, password or standing change. None: there is none.

    Raises UsageError for a role that is none, and for a change that leaves no admin.
    """
    if role is not None:
        _refuse_role(role)
    given = {"role": role, "password": password, "active": active, "display_name": display_name}
    values = {name: value for name, value in given.items() if value is not None}
    with store.write() as connection:
        if connection.dialect.name == "postgresql":  # else two admins could each make the other the last
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('users'))"))
        which = USERS.c.user_id == user_id
        row = (
            connection.execute(update(USERS).where(which).values(**values, changed_at=now).returning(USERS))
            .mappings()
            .first()
        )
        if row is None:
            return None
        admins = connection.scalar(
            select(func.count()).select_from(USERS).where(USERS.c.role == "admin", USERS.c.active)
        )
        if not admins:
            raise UsageError("one admin has to stay", hint="make another user admin first")
        if values.keys() & {"role", "password", "active"}:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.user_id == user_id))
    return User(**row)


def by_name(store: Store, name: str) -> User | None:
    """The user of a name."""
    return _one(store, USERS.c.name == name)


def by_id(store: Store, user_id: str) -> User | None:
    """The user of an id."""
    return _one(store, USERS.c.user_id == user_id)


def by_subject(store: Store, *, issuer: str, subject: str) -> User | None:
    """The user that an identity provider knows by this subject."""
    return _one(store, (USERS.c.issuer == issuer) & (USERS.c.subject == subject))


def everyone(store: Store) -> list[User]:
    """All users, by name."""
    with store.read() as connection:
        return [User(**row) for row in connection.execute(select(USERS).order_by(USERS.c.name)).mappings()]


def count(store: Store) -> int:
    """How many users there are."""
    with store.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(USERS)) or 0)


def _one(store: Store, which: object) -> User | None:
    with store.read() as connection:
        row = connection.execute(select(USERS).where(which)).mappings().first()
    return None if row is None else User(**row)


def _refuse_role(role: str) -> None:
    if role not in ROLES:
        raise UsageError(f"{role!r} is no role", hint=f"known: {', '.join(ROLES)}")
