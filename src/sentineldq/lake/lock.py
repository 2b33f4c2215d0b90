"""A SQLite catalog that another process holds: how long is waited for it, and who it is."""

from __future__ import annotations

from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog

from sentineldq.holder import holder

BUSY = 10
"""Seconds to wait for another process that holds the catalog; a commit takes some 30 ms of them."""


def is_locked(fault: BaseException) -> bool:
    """Whether a fault says that the catalog was held by another process all that time: nothing was changed."""
    return "database is locked" in str(fault)


def advice(catalog: Catalog | str | None) -> str:
    """What to do about a catalog (or its URL) that is held, naming the process where that is known."""
    url = str(catalog.engine.url) if isinstance(catalog, SqlCatalog) else catalog
    path = url.removeprefix("sqlite:///").partition("?")[0] if isinstance(url, str) else ""
    who = (holder(path) if path else None) or "another process"
    return f"{who} holds the SQLite catalog: end it, or let it go on; Postgres takes many writers"
