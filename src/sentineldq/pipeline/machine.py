"""What the machine has to offer: Python, libraries, SQLite, time zones, disk."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import TZPATH, available_timezones

from sentineldq.pipeline.note import Level, Note

LIBRARIES = ("duckdb", "httpx", "msgspec", "polars", "pyarrow", "pyiceberg", "sqlalchemy")
OLDEST = (3, 11)
WAL_RESET = ((3, 7, 0), (3, 51, 3))
"""Versions of SQLite from which, and before which, a write-ahead log can be corrupted by several writers."""

SCARCE = 5_000_000_000
EMPTY = 200_000_000
"""Bytes of disk below which to warn, and below which a run is not to be started."""


def examine_python() -> Iterator[Note]:
    """Python, SentinelDQ and the libraries that decide most."""
    told = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info[:2] < OLDEST:
        hint = f"install Python {'.'.join(map(str, OLDEST))} or newer"
        yield Note(level="problem", about="python", what=told, where=sys.executable, hint=hint)
    else:
        yield Note(level="ok", about="python", what=told, where=sys.executable)
    yield Note(
        level="ok", about="libraries", what=", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    )


def examine_sqlite(files: Mapping[str, Path]) -> Iterator[Note]:
    """SQLite's version, and whether one of these databases keeps a write-ahead log that it can corrupt."""
    found, told = sqlite3.sqlite_version_info, f"SQLite {sqlite3.sqlite_version}"
    if not WAL_RESET[0] <= found < WAL_RESET[1]:
        yield Note(level="ok", about="sqlite", what=told)
        return
    logged = {name: path for name, path in files.items() if _write_ahead(path)}
    if not logged:
        told += "; its fault in write-ahead logs does no harm, none is used"
        yield Note(level="ok", about="sqlite", what=told)
    for name, path in logged.items():
        yield Note(
            level="warning",
            about="sqlite",
            what=f"the {name} keeps a write-ahead log, which {told} can corrupt when several processes write",
            where=str(path),
            hint=f"while nothing runs: sqlite3 {path} 'PRAGMA journal_mode = DELETE'; or use SQLite 3.51.3",
        )


def examine_zones() -> Iterator[Note]:
    """Whether times of day can be told: schedules and dates need the data of time zones."""
    count = len(available_timezones())
    if not count:
        hint = "pip install tzdata"
        yield Note(level="problem", about="time zones", what="there is no data of time zones", hint=hint)
        return
    system = next((place for place in TZPATH if Path(place).is_dir()), None)
    origin = f"tzdata {_version('tzdata')}" if system is None else "the system's"
    yield Note(level="ok", about="time zones", what=f"{count} time zones, {origin}", where=system)


def examine_disk(folder: Path) -> Iterator[Note]:
    """The room there is where runs write."""
    place = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(place).free
    told = f"{free / 1e9:,.1f} GB free"
    if free >= SCARCE:
        yield Note(level="ok", about="disk", what=told, where=str(place))
        return
    hint = "`sentinel lake expire` and `sentinel lake orphans --delete` free what nothing needs"
    level: Level = "problem" if free < EMPTY else "warning"
    yield Note(level=level, about="disk", what=told, where=str(place), hint=hint)


def examine_reports(variables: Mapping[str, str]) -> Iterator[Note]:
    """Whether error reports that are asked for can be sent."""
    if variables.get("SENTRY_DSN") and importlib.util.find_spec("sentry_sdk") is None:
        yield Note(
            level="warning",
            about="error reports",
            what="SENTRY_DSN is set, but sentry-sdk is not installed: nothing is reported",
            hint="pip install 'sentineldq[sentry]'",
        )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(no version)"


def _write_ahead(path: Path) -> bool:
    """Whether a SQLite file keeps a write-ahead log, as its header says (https://www.sqlite.org/fileformat.html)."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(20)[18:20] == b"\x02\x02"
