"""One reading of a paged list: which records of a page are new, and where to go on."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import msgspec

from sentineldq.sources.batch import Cursor
from sentineldq.sources.paging import Place, Trail
from sentineldq.sources.since import Boundary, Incremental
from sentineldq.sources.slices import PieceError, piece, value

WINDOW = 10_000
"""Keys of a sweep that are remembered: pages that shift repeat records of their neighbours."""
RECENT = 100
"""Keys that the cursor holds, at least: those of its last page."""
UNCHANGED = 100
"""Pages whose digests are held, to pass over those that have not changed since the last sweep."""


class Progress(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A sweep under way: the page to read next, and what its end will make of the state."""

    place: Place
    pages: int = 0
    total: int | None = None
    boundary: Boundary = msgspec.field(default_factory=Boundary)
    recent: list[str] = []
    digests: list[str] = []


class State(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The cursor of a list: its boundary, digests of its pages where it has none, and the sweep under way."""

    boundary: Boundary = msgspec.field(default_factory=Boundary)
    unchanged: list[str] = []
    progress: Progress | None = None
    fault: str | None = None


class Sweep:
    """Goes through a list from a state on.

    `resumed`: it began in the middle; `inherited`: its place is still the one of the cursor. `older` counts records
    from before the boundary that came all the same.
    """

    def __init__(
        self,
        cursor: Cursor | None,
        *,
        incremental: Incremental | None,
        key: Sequence[str],
        start: Place,
        most: int,
    ) -> None:
        """Raises ValueError where the cursor is none of ours."""
        self.state = msgspec.convert(cursor or {}, State)
        self.resumed = self.inherited = self.state.progress is not None
        self.older = 0
        self._incremental = incremental
        self._paths = key
        self._start = start
        self._most = most
        boundary = self.state.boundary
        self._held = {*boundary.keys, *boundary.ahead}
        self._rank = incremental.rank(boundary.value) if incremental else None
        self.progress = self.state.progress or Progress(place=start, boundary=_copy(boundary))
        self._seen = dict.fromkeys(self.progress.recent)
        self._trail = Trail.of(self.progress.place, most=most, pages=self.progress.pages)

    @property
    def bound(self) -> str | None:
        """What the incremental parameter asks for."""
        return self.state.boundary.bound(self._incremental) if self._incremental else None

    def take(
        self, records: list[bytes], *, now: datetime | None
    ) -> tuple[list[bytes], datetime | None, bool]:
        """The records of a page that are new, the newest time among them, and whether the sweep saw only repeats."""
        self.inherited, self.state.fault = False, None
        fresh, newest, repeated = [], None, True
        keys = [key_of(record, self._paths) for record in records]
        for record, key in zip(records, keys, strict=True):
            if key in self._seen:
                continue
            self._seen[key] = None
            repeated = False
            known, instant = self._judged(record, key, now or datetime.now(UTC))
            if not known:
                fresh.append(record)
                newest = max(filter(None, (newest, instant)), default=None)
        for key in list(self._seen)[: max(0, len(self._seen) - WINDOW)]:
            del self._seen[key]
        self.progress.recent = [*self.progress.recent, *keys][-max(RECENT, len(keys)) :]
        return [] if self._unchanged(records) else fresh, newest, repeated

    def turn(self, place: Place, *, repeated: bool) -> None:
        """Goes to the next page, from one that held only repeats or not. Raises PagingError, and then stays."""
        self._trail.step(place, fresh=not repeated)
        self.progress.place = place
        self.progress.pages += 1

    def shrunk(self, total: int | None) -> bool:
        """True where fewer records are there than before: others have moved to pages already passed."""
        before, self.progress.total = self.progress.total, total
        return before is not None and total is not None and total < before

    def restart(self) -> None:
        """Goes back to the first page; what was given stays given."""
        self.inherited = False
        self.progress.place, self.progress.pages, self.progress.digests = self._start, 0, []
        self._trail = Trail.of(self._start, most=self._most, pages=0)

    def cursor(self, *, done: bool = False) -> dict[str, Any]:
        """The state as JSON, with the sweep under way or at its end."""
        state = State(
            boundary=self.progress.boundary if done else self.state.boundary,
            unchanged=self.progress.digests[:UNCHANGED] if done else self.state.unchanged,
            progress=None if done else self.progress,
            fault=self.state.fault,
        )
        return dict(msgspec.to_builtins(state))

    def faulty(self, body: bytes) -> bool:
        """Takes note of a body that cannot be read; True where it is the one of the last time."""
        before, self.state.fault = self.state.fault, short(body)
        return before == self.state.fault

    def _judged(self, record: bytes, key: str, now: datetime) -> tuple[bool, datetime | None]:
        """Whether the record was given by an earlier sweep, and its time."""
        if self._incremental is None:
            return False, None
        found = value(record, self._incremental.field)
        rank = self._incremental.rank(found)
        older = rank is not None and self._rank is not None and rank < self._rank
        self.older += older
        if older or key in self._held:
            return True, None
        sound = self.progress.boundary.moved(self._incremental, found, key, now=now)
        return False, self._incremental.instant(rank) if sound else None

    def _unchanged(self, records: list[bytes]) -> bool:
        """Whether the last sweep had the very same page, in a list without a boundary."""
        if self._incremental is not None or not records:
            return False
        digest = short(b"\n".join(records))
        if len(self.progress.digests) < UNCHANGED:
            self.progress.digests.append(digest)
        return digest in self.state.unchanged


def key_of(record: bytes, paths: Sequence[str]) -> str:
    """What makes a record the same record: the values at the paths, else all its bytes; as a short digest."""
    try:
        parts = [piece(record, path) for path in paths]
    except PieceError:
        parts = []
    found = [part for part in parts if part is not None]
    return short(b"\0".join(found) if parts and len(found) == len(parts) else record)


def short(text: bytes) -> str:
    """64 bits of a hash in 11 characters."""
    return urlsafe_b64encode(blake2b(text, digest_size=8).digest())[:11].decode()


def _copy(boundary: Boundary) -> Boundary:
    return Boundary(value=boundary.value, keys=list(boundary.keys), ahead=list(boundary.ahead))
