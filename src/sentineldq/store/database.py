"""A store: an engine, and the two kinds of transaction on it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError, StatementError

from sentineldq.errors import SentinelError, StoreError, first_line
from sentineldq.holder import holder

WRITES = "sentinel_writes"
"""Execution option of a connection whose transactions write; on SQLite they begin with the lock they need."""

GRAIN = 20_000_000
"""Nanoseconds within which a file system may give two changes of a file the same time."""

Stamp = tuple[int, tuple[int, ...]]


class Store:
    """The operational database, made by `open_store`; functions of the modules beside this one take it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.url = shown(engine.url)
        self._file = Path(engine.url.database) if engine.dialect.name == "sqlite" else None
        self._commits = count(1)
        self._commit = 0

    def stamp(self) -> Stamp:
        """What is another after each commit: by this process, and on SQLite by any other too, which its file tells.

        Elsewhere it is another with each second, which is how long what others commit may go unseen. Nothing is asked
        of the database, and nothing waits for one that writes.
        """
        if self._file is None:
            return self._commit, (int(time.monotonic()),)
        try:
            found = self._file.stat()
        except OSError:  # as it is read, the database says what is wrong
            return self._commit, (time.time_ns(),)
        just_now = time.time_ns()
        if just_now - found.st_mtime_ns < GRAIN:
            return self._commit, (found.st_mtime_ns, found.st_size, just_now)
        return self._commit, (found.st_mtime_ns, found.st_size)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state and changes nothing. Raises StoreError."""
        with told(self.url), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes: all of it, or after an exception nothing. Raises StoreError."""
        with told(self.url), self.engine.connect() as connection:
            writing = connection.execution_options(**{WRITES: True})
            with writing.begin():
                yield writing
            self._commit = next(self._commits)

    def close(self) -> None:
        """Close its connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def shown(url: Any) -> str:
    """A URL as it may be shown: without its password."""
    return str(make_url(url).render_as_string(hide_password=True))


@contextmanager
def told(url: str) -> Iterator[None]:
    """Say what the database refuses as a StoreError."""
    try:
        yield
    except SQLAlchemyError as fault:
        cause = fault.orig if isinstance(fault, StatementError) else None
        if isinstance(cause, SentinelError):  # from a column's type
            raise cause from None
        raise StoreError(
            f"store {url}: {first_line(cause or fault)}", hint=_hint(str(cause or fault), url)
        ) from fault


def _hint(text: str, url: str) -> str | None:
    if "database is locked" in text:
        who = holder(url.removeprefix("sqlite:///").partition("?")[0]) or "another process"
        return f"{who} has held it all the time that was waited for it: end it, or let it go on"
    hints = {
        "readonly": "the file or its folder cannot be written",
        "unable to open": "does the folder exist, and may it be written?",
        "disk is full": "free some space; what is committed is kept",
        "malformed": "the file is damaged; move it away and a new one is filled again from the lake",
        "not a database": "the file is something else; name another one",
        "refused": "is the server running, and are host and port right?",
        "authentication": "are user and password right?",
    }
    return next((hint for part, hint in hints.items() if part in text), None)
