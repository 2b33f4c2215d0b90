"""Leases: the right to do something alone, for a term, by the database's clock.

A lease is one row, changed under its lock. Whoever takes it over from another raises its epoch, so that a holder can
tell whether it still is one. A holder that is stopped in the middle may go on past its term without knowing: what it
then commits to a table is refused there, because the table has moved on.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, Select, select, update
from sqlalchemy.engine import Connection

from sentineldq.errors import LeaseLostError
from sentineldq.store import clock
from sentineldq.store.database import Store
from sentineldq.store.insert import insert
from sentineldq.store.process import Process, current, gone
from sentineldq.store.tables import LEASES

TERM = 30.0
"""Seconds until a lease that is not renewed is free."""

BEATS = 5
"""Renewals in a term: several may fail before it is lost."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """A lease as its owner holds it; `until` is of the database's clock."""

    name: str
    owner: str
    epoch: int
    until: datetime
    term: float


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who has a lease, for people."""

    name: str
    host: str
    pid: int
    epoch: int
    until: datetime


def acquire(store: Store, *, name: str, term: float = TERM) -> Lease | None:
    """Take a lease; None while another holds it.

    It is free when it was released, when its term is over, or when its holder was a process of this machine that is
    provably gone.
    """
    owner = str(uuid.uuid4())
    with store.write() as connection:
        connection.execute(insert(connection, LEASES).values(name=name, epoch=0).on_conflict_do_nothing())
        row = connection.execute(_locked(name)).mappings().one()
        now = clock.read(connection)
        if not _free(row, now):
            return None
        lease = Lease(
            name=name, owner=owner, epoch=row["epoch"] + 1, until=now + timedelta(seconds=term), term=term
        )
        _set(connection, name, epoch=lease.epoch, owner=owner, until=lease.until, **asdict(current()))
    return lease


def renew(store: Store, *, lease: Lease) -> Lease:
    """Hold a lease for another term from now; also past its term, if nobody took it. Raises LeaseLostError."""
    with store.write() as connection:
        row = connection.execute(_locked(lease.name)).mappings().first()
        if row is None or (row["owner"], row["epoch"]) != (lease.owner, lease.epoch):
            raise LeaseLostError(lease.name)
        until = clock.read(connection) + timedelta(seconds=lease.term)
        _set(connection, lease.name, until=until)
    return Lease(name=lease.name, owner=lease.owner, epoch=lease.epoch, until=until, term=lease.term)


def release(store: Store, *, lease: Lease) -> None:
    """Give a lease back; nothing happens when it is another's by now."""
    mine = (LEASES.c.name == lease.name) & (LEASES.c.owner == lease.owner) & (LEASES.c.epoch == lease.epoch)
    with store.write() as connection:
        connection.execute(update(LEASES).where(mine).values(owner=None, until=None))


def holder(store: Store, *, name: str) -> Holder | None:
    """Who has a lease; None where it is free."""
    with store.read() as connection:
        row = connection.execute(select(LEASES).where(LEASES.c.name == name)).mappings().first()
        if row is None or _free(row, clock.read(connection)):
            return None
    return Holder(name=name, host=row["host"], pid=row["pid"], epoch=row["epoch"], until=row["until"])


def _locked(name: str) -> Select:
    return select(LEASES).where(LEASES.c.name == name).with_for_update()


def _set(connection: Connection, name: str, **values: Any) -> None:
    connection.execute(update(LEASES).where(LEASES.c.name == name).values(**values))


def _free(row: RowMapping, now: datetime) -> bool:
    if row["owner"] is None or row["until"] <= now:
        return True
    return gone(Process(host=row["host"], machine=row["machine"], pid=row["pid"], born=row["born"]))
