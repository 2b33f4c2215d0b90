"""One visit to the files of a source: what is new among them is found first, then read in order."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import msgspec

from sentineldq.errors import SourceError
from sentineldq.sources.batch import Batch
from sentineldq.sources.changes import Task, look, sample
from sentineldq.sources.formats import form_of, format_of, pieces
from sentineldq.sources.ledger import KEPT, Key, Ledger, Seen, name_hash, time_hash
from sentineldq.sources.listing import Entry, Folder, Wanted
from sentineldq.sources.piece import Limits

_HOUR: Final = re.compile(r"(?:^|/)(\d{4}-\d{2}-\d{2})-([01]?\d|2[0-3])\.json(?:\.gz|\.zst)?$")
_SECOND: Final = 10**9


class Settings(msgspec.Struct, kw_only=True, frozen=True):
    """The configuration of a source of files; sizes are bytes, times seconds."""

    path: str
    format: Literal["auto", "ndjson", "json", "csv", "parquet", "arrow"] = "auto"
    pattern: str | None = None
    records: str | None = None
    order: Literal["time", "name"] = "time"
    min_age: float = 0.0
    settle: float = 2.0
    on_replace: Literal["reread", "refuse", "ignore"] = "reread"
    batch_rows: int = 25_000
    batch_bytes: int = 48 << 20
    max_record: int = 64 << 20


class Visit:
    """One visit.

    `unsettled` says that something was left which may not be written to its end yet; `more` that there were so many
    files that it is time to list them again.
    """

    def __init__(
        self, folder: Folder, ledger: Ledger, *, settings: Settings, name: str, partition: str
    ) -> None:
        self.unsettled = False
        self.more = False
        self._folder = folder
        self._ledger = ledger
        self._settings = settings
        self._name = name
        self._partition = partition
        self._wanted = Wanted(f"**/{settings.pattern}") if settings.pattern else None
        self._limits = Limits(rows=settings.batch_rows, size=settings.batch_bytes, record=settings.max_record)
        self._troubles: list[str] = []
        self._now = time.time_ns()

    def batches(self) -> Iterator[Batch]:
        """The records that are new, file after file. Raises SourceError where the files cannot be listed."""
        entries = sorted(self._entries(), key=self._key)
        places = {name_hash(entry.name): (entry.arrived, self._key(entry)) for entry in entries}
        tasks = look(entries, places, self._ledger, self._folder, self._troubles)
        count = 0
        for task in self._ordered(tasks):
            self._ledger.forget(places)
            if count >= KEPT // 2:
                self.more = True
                return
            try:
                for batch in self._read(task):
                    yield batch
                    count += batch.cursor["done"]
            except FileNotFoundError:  # gone since it was listed
                continue
            except OSError as error:
                self._troubles.append(f"{task.entry.name}: {error.strerror or error}")

    def complain(self) -> None:
        """Raises SourceError for the files that could not be read."""
        if self._troubles:
            more = f" (and {len(self._troubles) - 1} more)" if len(self._troubles) > 1 else ""
            hint = "all other files have been read"
            raise SourceError(self._name, f"{self._troubles[0]}{more}", hint=hint)

    def _entries(self) -> Iterator[Entry]:
        """The files that are data, not empty, and old enough. Raises SourceError."""
        for entry in self._folder.entries():
            if self._wanted is not None and not self._wanted.takes(entry.name):
                continue
            if self._settings.format == "auto" and format_of(entry.name) is None:
                if self._wanted is not None or self._folder.named:
                    hint = "say which it is: `format`"
                    raise SourceError(self._name, f"the name {entry.name!r} tells no format", hint=hint)
                continue
            if entry.size and self._now - entry.arrived >= self._settings.min_age * _SECOND:
                yield entry

    def _key(self, entry: Entry) -> Key:
        return (entry.changed if self._settings.order == "time" else 0, entry.name)

    def _ordered(self, tasks: list[Task]) -> Iterator[Task]:
        """The tasks in order; where files have to be forgotten, those first that the ledger's rule is about.

        The rule moves on when all that it is about has been read, and stands still where something could not be.
        """
        yield from (task for task in tasks if task.entry.arrived <= self._ledger.until)
        tasks = [task for task in tasks if task.entry.arrived > self._ledger.until]
        if len(self._ledger) + len(tasks) > KEPT and not self._troubles:
            self._ledger.begin(self._now - int(self._settings.min_age * _SECOND))
            yield from (task for task in tasks if task.entry.arrived <= self._ledger.until)
            tasks = [task for task in tasks if task.entry.arrived > self._ledger.until]
        yield from tasks

    def _read(self, task: Task) -> Iterator[Batch]:
        """The batches of one file. Raises OSError."""
        entry, ledger = task.entry, self._ledger
        if task.replaced and self._settings.on_replace == "refuse":
            self._troubles.append(
                f"{entry.name} was replaced, or changed where it had been read (`on_replace`)"
            )
            return
        with self._folder.open(entry) as raw:
            head, content = sample(raw, entry.size, remote=self._folder.remote)

        def seen(at: int, *, done: bool) -> Seen:
            time = time_hash(entry.changed)
            name = name_hash(entry.name)
            return Seen(
                name=name, size=entry.size, at=at, changed=time, head=head, content=content, done=done
            )

        if task.replaced and self._settings.on_replace == "ignore":
            ledger.put(seen(entry.size, done=True))  # what is appended to it is new
            return
        format_ = format_of(entry.name) or "" if self._settings.format == "auto" else self._settings.format
        settled = self._folder.remote or self._now - entry.arrived >= self._settings.settle * _SECOND
        last = False
        for piece in pieces(
            self._folder,
            entry,
            format_,
            at=task.at,
            limits=self._limits,
            path=self._settings.records,
            settled=settled,
        ):
            last = piece.last
            ledger.put(seen(piece.at, done=last))
            if last and not self._troubles:
                ledger.advance(entry.arrived, self._key(entry))
            yield Batch(
                partition=self._partition,
                records=piece.records,
                cursor={"file": entry.name, "at": piece.at, "done": last, **ledger.cursor()},
                time=_time(entry),
                origin=self._folder.origin(entry),
                form=form_of(format_),
                fault=piece.fault,
            )
        self.unsettled = self.unsettled or not (last or settled)


def _time(entry: Entry) -> datetime:
    """When a file was written; the hour it is of, where it is one of GH Archive."""
    hour = _HOUR.search(entry.name)
    if hour:
        with suppress(ValueError):  # a name with a 13th month
            return datetime.fromisoformat(f"{hour[1]}T{int(hour[2]):02}:00:00+00:00")
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=entry.changed // 1000)
