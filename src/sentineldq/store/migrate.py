"""From the tables a database has to those of this version, by one process at a time.

The question whether anything is due is one query. Only then is Alembic imported, the lock taken and the question asked
again. Everything happens in one transaction, on SQLite too: what dies in the middle has changed nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from sentineldq.errors import StoreError
from sentineldq.store.database import WRITES, Store, told

HERE = Path(__file__).parent / "migrations"
VERSIONS = (HERE / "versions",)
HEAD = "0009"
"""The newest revision; revisions are counted up, so that text says which is newer."""

TABLE = "store_version"
"""Where the revision stands: not Alembic's default, which another program may keep in the same database."""

LOCK = 0x53454E54494E454C
"""The advisory lock of migrations on Postgres ("SENTINEL")."""


def bring_up(store: Store) -> None:
    """Migrate where that is due. Raises StoreError when a newer version made the tables."""
    with store.read() as connection:
        found = revision(connection)
    if _due(store, found, HEAD):
        upgrade(store)


def revision(connection: Connection) -> str | None:
    """The revision of the tables; None where there are none."""
    if not inspect(connection).has_table(TABLE):
        return None
    found = connection.scalar(text(f"SELECT version_num FROM {TABLE}"))
    return None if found is None else str(found)


def upgrade(store: Store, *, target: str = HEAD, versions: Sequence[Path] = VERSIONS) -> None:
    """Bring the tables up to a revision, unless another process was first. Raises StoreError."""
    with _locked(store) as connection:
        found = revision(connection)
        if _due(store, found, target):
            _back_up(store, found)
            _run(connection, "upgrade", target, versions)


def downgrade(store: Store, *, target: str, versions: Sequence[Path] = VERSIONS) -> None:
    """Bring the tables back to a revision; `base` leaves none. Raises StoreError."""
    with _locked(store) as connection:
        _back_up(store, revision(connection))
        _run(connection, "downgrade", target, versions)


@contextmanager
def _locked(store: Store) -> Iterator[Connection]:
    """The one transaction of a migration, which no other process has at the same time."""
    with told(store.url), store.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            with _unreferenced(connection), connection.execution_options(**{WRITES: True}).begin():
                yield connection
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise StoreError(f"store {store.url}: the migration would break a reference")
        else:
            with connection.begin():
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
                yield connection


@contextmanager
def _unreferenced(connection: Connection) -> Iterator[None]:
    """SQLite without foreign keys: to rebuild a table drops the old one, which must not reach into others."""
    driver = connection.connection.driver_connection  # the setting holds outside of transactions only
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _due(store: Store, found: str | None, target: str) -> bool:
    if found is not None and found > target:
        raise StoreError(
            f"store {store.url}: its tables are of revision {found}, this version of SentinelDQ knows {target}",
            hint="upgrade sentineldq, or name another store",
        )
    return found != target


def _back_up(store: Store, found: str | None) -> None:
    """A copy of a SQLite file beside it; another connection may read while ours has the lock to write."""
    if found is None or store.engine.dialect.name != "sqlite":
        return
    file = store.engine.url.database
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(f"{file}.{found}.bak")) as copy:
        source.backup(copy)


def _run(connection: Connection, verb: str, target: str, versions: Sequence[Path]) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _escaped(HERE))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(_escaped(folder) for folder in versions))
    config.attributes["connection"] = connection
    getattr(command, verb)(config, target)


def _escaped(path: Path) -> str:
    """A path in a configuration, where a percent sign would mean something."""
    return str(path).replace("%", "%%")


def facts(store: Store) -> dict[str, Any]:
    """What a diagnosis shows of a store: its URL, database and revision."""
    with store.read() as connection:
        return {
            "url": store.url,
            "database": connection.dialect.name,
            "server": ".".join(map(str, connection.dialect.server_version_info or ())),
            "revision": revision(connection),
        }
