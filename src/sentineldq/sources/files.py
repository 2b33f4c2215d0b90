"""Files as a source: a folder, a glob or an object-store prefix, read as its files come, grow and are replaced."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from sentineldq.errors import UsageError
from sentineldq.sources.batch import Batch, Cursor
from sentineldq.sources.ledger import Ledger
from sentineldq.sources.listing import Folder, folder_of
from sentineldq.sources.registry import settings
from sentineldq.sources.source import Source
from sentineldq.sources.visit import Settings, Visit


class Files(Source):
    """The files of one folder as one partition, `files:NAME`, in their order."""

    kind: ClassVar[str] = "files"

    def __init__(self, folder: Folder, *, settings: Settings, name: str) -> None:
        self.name = name
        self.pause = 10.0 if folder.remote else 0.25
        self.partition = f"files:{name}"
        self._folder = folder
        self._settings = settings
        self._first = True

    @classmethod
    def from_config(cls, config: Mapping[str, Any], *, root: Path, name: str) -> Self:
        found = settings(Settings, config, name=name)
        for key in ("batch_rows", "batch_bytes", "max_record"):
            if getattr(found, key) < 1:
                raise UsageError(f"source of {name}: `{key}` is less than 1")
        return cls(folder_of(found.path, root=root, name=name), settings=found, name=name)

    def read(self, cursors: Mapping[str, Cursor]) -> Iterator[Batch]:
        """See Source. A file that cannot be read holds up no other; SourceError tells of it after them.

        The first time, files that may not be written to their ends yet are waited for (`settle`), so that one run
        reads all that is there; later on they are left for the next time.
        """
        ledger = Ledger(cursors.get(self.partition, {}))
        while True:
            visit = Visit(
                self._folder, ledger, settings=self._settings, name=self.name, partition=self.partition
            )
            yield from visit.batches()
            if self._first and visit.unsettled and not visit.more:
                time.sleep(self._settings.settle)
                self._first = False
            elif not visit.more:
                break
        self._first = False
        visit.complain()
