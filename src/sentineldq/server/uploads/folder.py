"""Where uploads lie: a folder of the project's that its user alone can enter, files named by the server."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sentineldq.store import uploads
from sentineldq.store.database import Store

SPARED = 3600.0
"""Seconds for which a file that nothing in the store knows is left alone: it may be on its way."""

ROOM = 200 << 20
"""Bytes that stay free on the disk."""


class Folder:
    """The uploads of a project: `ID.part` on its way, `ID.data` waiting or kept, `ID.work` while it is checked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.results = root / "results"
        for folder in (root, self.results):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)

    def part(self, check_id: str) -> Path:
        return self.root / f"{check_id}.part"

    def data(self, check_id: str) -> Path:
        return self.root / f"{check_id}.data"

    def work(self, check_id: str) -> Path:
        """The folder of scratch files of a check, made anew."""
        place = self._work(check_id)
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700)
        return place

    def failing(self, check_id: str) -> Path:
        """The failing rows of a check, as CSV."""
        return self.results / f"{check_id}.csv"

    def free(self) -> int:
        """Bytes that may still be taken."""
        return max(0, shutil.disk_usage(self.root).free - ROOM)

    def create(self, check_id: str) -> BinaryIO:
        """A new file that only this user can read."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        return os.fdopen(os.open(self.part(check_id), flags, 0o600), "wb")

    def accept(self, check_id: str) -> None:
        """Make a file that is whole lasting, under the name by which it is checked."""
        self.part(check_id).rename(self.data(check_id))
        handle = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def drop(self, check_id: str, *, kept: bool = False) -> None:
        """Remove what a check leaves behind: its scratch files, and the file itself unless it is `kept`."""
        shutil.rmtree(self._work(check_id), ignore_errors=True)
        self.part(check_id).unlink(missing_ok=True)
        if not kept:
            self.data(check_id).unlink(missing_ok=True)

    def sweep(self, store: Store, *, keep: bool, now: float | None = None) -> list[str]:
        """Remove files whose check is over, or that none knows of; the names of those. Raises StoreError."""
        before = (time.time() if now is None else now) - SPARED
        found = [*self._old(before)]
        pending = uploads.pending(store)
        known = uploads.known(store, {path.stem for path in found})
        removed = []
        for path in found:
            meant = path.stem in pending or (path.stem in known and (keep or path.parent == self.results))
            if meant and path.suffix in {".data", ".csv", ".work"}:
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            removed.append(path.name)
        return sorted(removed)

    def _old(self, before: float) -> Iterator[Path]:
        for path in (*self.root.iterdir(), *self.results.iterdir()):
            if path != self.results and path.lstat().st_mtime < before:
                yield path

    def _work(self, check_id: str) -> Path:
        return self.root / f"{check_id}.work"
