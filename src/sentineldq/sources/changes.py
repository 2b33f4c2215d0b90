"""What is new among the files that are there: found by comparing them with the ledger, before anything is read.

A file is known by its name. Is it larger, and begins as it did, it has grown: reading goes on. Does it begin
otherwise, or is it smaller, it has been replaced. A new name whose content begins with all that a file had which is
no longer there (or was replaced) is that file, renamed: it is gone on with. Content is compared by samples.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO, Final

from sentineldq.sources.ledger import Key, Ledger, Seen, name_hash, time_hash
from sentineldq.sources.listing import Entry, Folder

HEAD: Final = 1024
"""Bytes that must be equal before more is compared; smaller files are told apart by their times as well."""
_WHOLE: Final = 1 << 20
_SAMPLE: Final = 1 << 16
_LOCAL: Final = 16
_REMOTE: Final = 2  # each sample of an object is a request


@dataclass(frozen=True)
class Task:
    """A file to read from a position on; replaced: it was read before, with another content."""

    entry: Entry
    at: int = 0
    replaced: bool = False


def sample(raw: IO[bytes], size: int, *, remote: bool = False) -> tuple[bytes, bytes]:
    """Hashes of the head and of samples of the first `size` bytes; of all of them where they are few (1 MB)."""
    count = _REMOTE if remote else _LOCAL
    raw.seek(0)
    head = raw.read(min(HEAD, size))
    content = hashlib.blake2b(digest_size=8)
    if size <= (count * _SAMPLE if remote else _WHOLE):
        raw.seek(0)
        content.update(raw.read(size))
    else:
        for number in range(count):
            raw.seek(number * (size - _SAMPLE) // (count - 1))
            content.update(raw.read(_SAMPLE))
    return hashlib.blake2b(head, digest_size=4).digest(), content.digest()


def look(
    entries: Iterable[Entry],
    places: Mapping[bytes, tuple[int, Key]],
    ledger: Ledger,
    folder: Folder,
    troubles: list[str],
) -> list[Task]:
    """The files to read, in the order of `entries`; the ledger learns new names and times of files it knows.

    `places` holds when each file arrived, and its place in the order; `troubles` grows by the files that cannot be
    read.
    """
    tasks: dict[bytes, Task | None] = {}
    gone = [item for item in ledger.items() if item.name not in places]
    fresh: list[Task] = []
    for entry in entries:
        name = name_hash(entry.name)
        seen = ledger.get(name)
        tasks[name] = None
        if seen is None:
            if not ledger.covers(*places[name]):
                fresh.append(Task(entry))
            continue
        with _noting(entry, troubles):
            tasks[name] = task = _known(entry, seen, ledger, folder)
            if task is not None and task.replaced:
                gone.append(seen)
                fresh.append(task)
    for task in fresh:
        with _noting(task.entry, troubles):
            tasks[name_hash(task.entry.name)] = _renamed(task, gone, ledger, folder) if gone else task
    return [task for task in tasks.values() if task is not None]


@contextmanager
def _noting(entry: Entry, troubles: list[str]) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:  # gone since it was listed
        return
    except OSError as error:
        troubles.append(f"{entry.name}: {error.strerror or error}")


def _known(entry: Entry, seen: Seen, ledger: Ledger, folder: Folder) -> Task | None:
    """What to do with a file whose name is known."""
    time = time_hash(entry.changed)
    if entry.size != seen.size or time != seen.changed:
        if not _begins(entry, seen, folder):
            return Task(entry, replaced=True)
        if entry.size > seen.size:
            return Task(entry, seen.at)
        ledger.put(replace(seen, changed=time))  # touched, or copied back
    return None if seen.done else Task(entry, seen.at)


def _renamed(task: Task, gone: list[Seen], ledger: Ledger, folder: Folder) -> Task | None:
    """What to do with a file whose name, or content under this name, is new."""
    entry = task.entry
    name, time = name_hash(entry.name), time_hash(entry.changed)
    with folder.open(entry) as raw:
        head, _ = sample(raw, min(entry.size, HEAD))
    near = [
        item
        for item in gone
        if item.size <= entry.size and (item.head == head if item.size >= HEAD else item.changed == time)
    ]
    for seen in sorted(near, key=lambda item: -item.size):
        if not _begins(entry, seen, folder):
            continue
        gone.remove(seen)
        if ledger.get(seen.name) == seen:
            ledger.drop(seen.name)
        ledger.put(replace(seen, name=name, changed=time))
        return None if seen.done and entry.size == seen.size else Task(entry, seen.at)
    return task


def _begins(entry: Entry, seen: Seen, folder: Folder) -> bool:
    """Whether a file begins with the bytes that were seen."""
    if entry.size < seen.size:
        return False
    with folder.open(entry) as raw:
        return sample(raw, seen.size, remote=folder.remote) == (seen.head, seen.content)
