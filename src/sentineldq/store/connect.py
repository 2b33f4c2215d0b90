"""Engines for the two databases, set up so that many processes can share them.

SQLite keeps a rollback journal rather than a write-ahead log: versions 3.7.0 to 3.51.2 can corrupt the latter when
several processes write (the WAL-reset bug), and one file is opened by many Pythons. A transaction that writes takes its
lock as it begins, where waiting is possible, and not at its first write, where SQLite refuses at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError

from sentineldq.errors import MissingExtraError, StoreError, UsageError
from sentineldq.store.database import WRITES, shown

PATIENCE = 15.0
"""Seconds to wait for another process's transaction."""


def connect(url: str) -> Engine:
    """An engine for `sqlite:///PATH` or `postgresql://…`; nothing is asked of it yet. Raises UsageError."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        # The text itself stays untold: it may hold a password that is not where one would look for it.
        raise UsageError("that is not the URL of a store", hint="sqlite:///PATH or postgresql://…") from None
    kind = parsed.drivername.partition("+")[0]
    if kind == "sqlite":
        return _sqlite(parsed)
    if kind in {"postgresql", "postgres"}:
        return _postgres(parsed)
    raise UsageError(f"a store in {kind} is not known", hint="sqlite:///PATH or postgresql://…")


def _sqlite(url: Any) -> Engine:
    if url.database in {None, "", ":memory:"}:
        raise UsageError("a store in memory cannot be shared", hint="sqlite:///PATH")
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise StoreError(f"store {shown(url)}: cannot make its folder: {fault.strerror}") from fault
    engine = create_engine(url.set(drivername="sqlite"), connect_args={"timeout": PATIENCE})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # or the driver begins and commits transactions as it likes
    for setting in ("journal_mode = TRUNCATE", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin(connection: Any) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgres(url: Any) -> Engine:
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise MissingExtraError("psycopg", extra="postgres", purpose="a store in Postgres") from None
    return create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
