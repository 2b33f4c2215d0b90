"""The audit log: who did what, when, and what came of it. Entries are only added, each chained to the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select, text

from sentineldq.store.database import Store
from sentineldq.store.tables import AUDIT_LOG as TABLE

FIRST = "0" * 64
"""What the first entry is chained to."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that was done. chain: SHA-256 of the chain before and of this entry, so that none can be taken out."""

    entry_id: int
    at: datetime
    actor: str | None
    role: str | None
    address: str | None
    action: str
    target: str | None
    status: int
    details: Mapping[str, Any]
    chain: str


def add(
    store: Store,
    *,
    at: datetime,
    actor: str | None,
    role: str | None,
    address: str | None,
    action: str,
    target: str | None,
    status: int,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write down what was done. Raises StoreError."""
    said = {
        "at": at,
        "actor": actor,
        "role": role,
        "address": address,
        "action": action,
        "target": target,
        "status": status,
        "details": dict(details or {}),
    }
    with store.write() as connection:
        if connection.dialect.name == "postgresql":  # one after the other; SQLite has one writer anyway
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('audit_log'))"))
        newest = select(TABLE.c.chain).order_by(TABLE.c.entry_id.desc()).limit(1)
        before = connection.scalar(newest) or FIRST
        connection.execute(TABLE.insert().values(**said, chain=link(before, said)))


def link(before: str, said: Mapping[str, Any]) -> str:
    """The chain of an entry: SHA-256 over the chain before and the entry as JSON, times in whole microseconds UTC."""
    plain = {**said, "at": int(said["at"].timestamp() * 1_000_000)}
    return hashlib.sha256(before.encode() + msgspec.json.encode(plain, order="sorted")).hexdigest()


def query(
    store: Store, *, before: int | None = None, actor: str | None = None, limit: int = 100
) -> list[Entry]:
    """Entries, the newest first; `before`: the id of the last one of the page before."""
    statement = select(TABLE).order_by(TABLE.c.entry_id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(TABLE.c.entry_id < before)
    if actor is not None:
        statement = statement.where(TABLE.c.actor == actor)
    with store.read() as connection:
        return [Entry(**row) for row in connection.execute(statement).mappings()]


def broken(store: Store) -> int | None:
    """The first entry that does not fit the one before it; None where the chain is whole."""
    before = FIRST
    for entry in _all(store):
        said = {name: value for name, value in vars(entry).items() if name not in {"entry_id", "chain"}}
        if link(before, said) != entry.chain:
            return entry.entry_id
        before = entry.chain
    return None


def _all(store: Store) -> Iterator[Entry]:
    with store.read() as connection:
        for row in connection.execute(select(TABLE).order_by(TABLE.c.entry_id)).mappings():
            yield Entry(**row)
