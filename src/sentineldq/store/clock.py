"""The database's clock: the one that all who share a store agree on."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from sentineldq.store.types import Timestamp


class now(FunctionElement):  # type: ignore[misc]  # noqa: N801  # named as an SQL function is
    """The moment at which the statement is run, not the one at which its transaction began."""

    type = Timestamp()
    inherit_cache = True


def _sqlite(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


def _postgres(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "clock_timestamp()"


compiles(now, "sqlite")(_sqlite)
compiles(now, "postgresql")(_postgres)


def read(connection: Any) -> datetime:
    """What the database's clock says."""
    return cast("datetime", connection.scalar(select(now())))
