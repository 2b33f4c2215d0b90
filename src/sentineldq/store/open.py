"""Opening a store: its tables are made, or brought up to date, on the way."""

from __future__ import annotations

from sentineldq.store.connect import connect
from sentineldq.store.database import Store
from sentineldq.store.migrate import bring_up

__all__ = ["Store", "open_store"]


def open_store(url: str) -> Store:
    """The store at `sqlite:///PATH` or `postgresql://…`, with the tables of this version.

    Any number of processes may do so at once. Raises UsageError for a URL that is none, StoreError for a database that
    cannot be reached or was made by a newer version, MissingExtraError without the driver of Postgres.
    """
    store = Store(connect(url))
    try:
        bring_up(store)
    except BaseException:
        store.close()
        raise
    return store
