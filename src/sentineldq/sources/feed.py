"""A list of events, newest first, that moves on while it is read page by page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sentineldq.sources.slices import value


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event's bytes as they stand, its id (a digest of them where it has none) and its time, UTC."""

    raw: bytes
    id: str
    time: datetime | None = None

    @classmethod
    def of(cls, raw: bytes) -> Event:
        """The event of some bytes, whatever they hold."""
        found = value(raw, "id")
        sound = isinstance(found, (str, int)) and not isinstance(found, bool) and found != ""
        name = str(found) if sound else f"#{sha256(raw).hexdigest()[:24]}"
        return cls(raw=raw, id=name, time=_instant(value(raw, "created_at")))


@dataclass(kw_only=True)
class Poll:
    """What the pages of one poll hold, against the ids that were `seen` before.

    `events`: each once, newest first. `ended`: the last page held nothing new, so that those behind it do not
    either. `outrun`: between two pages so much came in that events may lie between them unread.
    """

    seen: frozenset[str]
    events: dict[str, Event] = field(default_factory=dict)
    ended: bool = False
    outrun: bool = False

    def add(self, page: Iterable[Event]) -> None:
        """Takes the next page in."""
        found: dict[str, Event] = {}
        for event in page:
            found.setdefault(event.id, event)
        # A page that shares nothing with those before it follows them, as it should, or lies wholly before them.
        apart = bool(found) and bool(self.events) and found.keys().isdisjoint(self.events)
        self.outrun |= apart and _head(found.values()) > _head(self.events.values())
        self.ended = found.keys() <= self.seen
        self.events = {
            **self.events,
            **{name: event for name, event in found.items() if name not in self.events},
        }

    @property
    def fresh(self) -> list[Event]:
        """The events not seen before, oldest first."""
        return [event for event in reversed(self.events.values()) if event.id not in self.seen]

    @property
    def gap(self) -> bool:
        """True where events since the last poll may be missing: nothing of what was seen then is to be seen now."""
        return self.outrun or bool(self.seen and self.events and self.seen.isdisjoint(self.events))

    def rewound(self, newest: datetime | None) -> bool:
        """True where all is older than the newest event seen: an answer from a cache, of the time before."""
        times = [event.time for event in self.events.values() if event.time]
        return bool(newest and times and max(times) < newest)


def _head(events: Iterable[Event]) -> tuple[datetime, int]:
    """What the newest event is known by: ids decide within a second."""
    none = datetime.min.replace(tzinfo=UTC)
    return max((event.time or none, int(event.id) if event.id.isdecimal() else -1) for event in events)


def _instant(text: Any) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
