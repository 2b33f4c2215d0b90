"""Requests that may come twice: what was asked under a key, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, select, update

from sentineldq.store.database import Store
from sentineldq.store.insert import insert
from sentineldq.store.tables import IDEMPOTENCY_KEYS as TABLE

TERM = timedelta(hours=24)
"""How long a key is remembered."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What became of asking for a key.

    state: `new`, do it; `running`, it is being done, or was broken off; `other`, the key is of another request; `done`,
    with the status and the answer of then (None: the answer was not for keeping).
    """

    state: Literal["new", "running", "other", "done"]
    status: int | None = None
    answer: Mapping[str, Any] | None = None


def claim(store: Store, *, actor: str, key: str, request: str, now: datetime) -> Claim:
    """Take a key for a request (its digest), or say who has it; keys whose term is over are forgotten on the way."""
    row = {
        "actor": actor,
        "key": key,
        "request": request,
        "status": None,
        "answer": None,
        "created_at": now,
        "expires_at": now + TERM,
    }
    with store.write() as connection:
        connection.execute(delete(TABLE).where(TABLE.c.expires_at <= now))
        statement = insert(connection, TABLE).values(**row).on_conflict_do_nothing()
        if connection.execute(statement.returning(TABLE.c.key)).first() is not None:
            return Claim(state="new")
        found = connection.execute(select(TABLE).where(_which(actor, key))).mappings().one()
    if found["request"] != request:
        return Claim(state="other")
    if found["status"] is None:
        return Claim(state="running")
    return Claim(state="done", status=found["status"], answer=found["answer"])


def finish(store: Store, *, actor: str, key: str, status: int, answer: Mapping[str, Any] | None) -> None:
    """Keep what was answered."""
    with store.write() as connection:
        connection.execute(update(TABLE).where(_which(actor, key)).values(status=status, answer=answer))


def release(store: Store, *, actor: str, key: str) -> None:
    """Forget a key: nothing was done, and it may be tried again."""
    with store.write() as connection:
        connection.execute(delete(TABLE).where(_which(actor, key)))


def _which(actor: str, key: str) -> Any:
    return (TABLE.c.actor == actor) & (TABLE.c.key == key)
