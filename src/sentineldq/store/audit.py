"""The audit log: who did what, when, and what came of it. Entries are only added, each chained to the one before.

What is going to be done is an entry too, an intent, which the entry of what came of it names. Of two such the lists
show the second; an intent that nothing names was broken off, or is under way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, alias, exists, or_, select, text

from sentineldq.store.database import Store
from sentineldq.store.rows import objects
from sentineldq.store.tables import AUDIT_LOG as TABLE

FIRST = "0" * 64
"""What the first entry is chained to."""

UNKNOWN = 0
"""The status of an intent: what came of it is not known."""


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
    intent: int | None = None


@dataclass(frozen=True, kw_only=True)
class Which:
    """Which entries; what is not given fits all. text: part of action, target or actor; status: from, and below."""

    actor: str | None = None
    text: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    status: tuple[int, int] | None = None


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
    intent: int | None = None,
) -> int:
    """Write down what was done, or with the status UNKNOWN what is going to be; the entry's id. Raises StoreError."""
    said = {
        "at": at,
        "actor": actor,
        "role": role,
        "address": address,
        "action": action,
        "target": target,
        "status": status,
        "details": dict(details or {}),
        "intent": intent,
    }
    with store.write() as connection:
        if connection.dialect.name == "postgresql":  # one after the other; SQLite has one writer anyway
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('audit_log'))"))
        newest = select(TABLE.c.chain).order_by(TABLE.c.entry_id.desc()).limit(1)
        before = connection.scalar(newest) or FIRST
        made = TABLE.insert().values(**said, chain=link(before, said)).returning(TABLE.c.entry_id)
        return int(connection.execute(made).scalar_one())


def link(before: str, said: Mapping[str, Any]) -> str:
    """The chain of an entry: SHA-256 over the chain before and the entry as JSON, times in whole microseconds UTC."""
    plain = {**said, "at": int(said["at"].timestamp() * 1_000_000)}
    if plain.get("intent") is None:  # as entries were chained before there were intents
        plain.pop("intent", None)
    return hashlib.sha256(before.encode() + msgspec.json.encode(plain, order="sorted")).hexdigest()


def query(
    store: Store, *, before: int | None = None, which: Which | None = None, limit: int = 100
) -> list[Entry]:
    """Entries, the newest first; `before`: the id of the last one of the page before."""
    statement = select(TABLE).where(_open(), *_fits(which or Which()))
    statement = statement.order_by(TABLE.c.entry_id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(TABLE.c.entry_id < before)
    with store.read() as connection:
        return objects(Entry, connection.execute(statement))


def _open() -> ColumnElement[bool]:
    """All but intents of which another entry tells what came of them."""
    told = alias(TABLE)
    return or_(TABLE.c.status != UNKNOWN, ~exists().where(told.c.intent == TABLE.c.entry_id))


def _fits(which: Which) -> list[ColumnElement[bool]]:
    found = []
    if which.actor is not None:
        found.append(TABLE.c.actor == which.actor)
    if which.text:
        said = (TABLE.c.action, TABLE.c.target, TABLE.c.actor)
        found.append(or_(*(column.icontains(which.text, autoescape=True) for column in said)))
    if which.since is not None:
        found.append(TABLE.c.at >= which.since)
    if which.until is not None:
        found.append(TABLE.c.at < which.until)
    if which.status is not None:
        found += [TABLE.c.status >= which.status[0], TABLE.c.status < which.status[1]]
    return found


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
