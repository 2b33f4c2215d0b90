"""What a source of files has read: small enough for a cursor, exact for the newest files, and for all by a rule.

Each of the last 2,000 files that were touched is 35 bytes: the hash of its name, its size, the position behind
what was read, the hash of its time, and two hashes of its content. So a file that grows, is replaced, touched or
renamed is told from a new one, and thousands of files cost 95 KB.

Older ones are forgotten under a rule that is as exact while clocks do not run backwards by more than a minute:
files are read in order (`key`), and everything that had arrived before a listing began (less a minute) and comes
before the last file read in order has been read. A file that comes late arrives late, whatever its name or age is.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

KEPT: Final = 2_000
MARGIN: Final = 60 * 10**9
_WIDTHS: Final = (6, 6, 6, 4, 4, 8, 1)  # name, size, at, changed, head, content, done
_SIZE: Final = sum(_WIDTHS)

Key = tuple[int, str]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """How far a file has been read, and how to know it again.

    size: of the file when it was last found. at: the position behind what was read. changed: hash of its time.
    head: hash of its first bytes. content: hash of samples of its first `size` bytes. done: nothing was left.
    """

    name: bytes
    size: int
    at: int
    changed: bytes
    head: bytes
    content: bytes
    done: bool

    def pack(self) -> bytes:
        numbers = self.size.to_bytes(6, "big") + self.at.to_bytes(6, "big")
        return self.name + numbers + self.changed + self.head + self.content + bytes([self.done])

    @classmethod
    def unpack(cls, data: bytes) -> Self:
        fields, at = [], 0
        for width in _WIDTHS:
            fields.append(data[at : at + width])
            at += width
        name, size, position, changed, head, content, done = fields
        return cls(
            name=name,
            size=int.from_bytes(size, "big"),
            at=int.from_bytes(position, "big"),
            changed=changed,
            head=head,
            content=content,
            done=done != b"\0",
        )


def name_hash(name: str) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=6).digest()


def time_hash(changed: int) -> bytes:
    return hashlib.blake2b(changed.to_bytes(12, "big", signed=True), digest_size=4).digest()


class Ledger:
    """The files that have been read, by the hash of their names, in the order in which they were touched."""

    def __init__(self, cursor: Mapping[str, Any]) -> None:
        data = base64.b64decode(cursor.get("seen", ""))
        packed = (data[at : at + _SIZE] for at in range(0, len(data), _SIZE))
        self._seen = {item.name: item for item in map(Seen.unpack, packed)}
        self._packed = {name: item.pack() for name, item in self._seen.items()}
        self.before: int = cursor.get("before", 0)
        self.until: int = cursor.get("until", 0)
        last = cursor.get("last")
        self.last: Key | None = (last[0], last[1]) if last else None

    def cursor(self) -> dict[str, Any]:
        found: dict[str, Any] = {"seen": base64.b64encode(b"".join(self._packed.values())).decode()}
        if self.until:
            found |= {"before": self.before, "until": self.until, "last": self.last and list(self.last)}
        return found

    def __len__(self) -> int:
        return len(self._seen)

    def get(self, name: bytes) -> Seen | None:
        return self._seen.get(name)

    def items(self) -> Iterable[Seen]:
        return self._seen.values()

    def put(self, item: Seen) -> None:
        """Take note of a file; it becomes the one touched last."""
        self.drop(item.name)
        self._seen[item.name] = item
        self._packed[item.name] = item.pack()

    def drop(self, name: bytes) -> None:
        self._seen.pop(name, None)
        self._packed.pop(name, None)

    def covers(self, arrived: int, key: Key) -> bool:
        """Whether the rule says that a file has been read, which is not remembered itself."""
        if arrived <= self.before:
            return True
        return arrived <= self.until and self.last is not None and key <= self.last

    def advance(self, arrived: int, key: Key) -> None:
        """A file has been read to its end, as all have before it that the rule is about."""
        if arrived <= self.until and (self.last is None or key > self.last):
            self.last = key

    def begin(self, now: int) -> None:
        """Everything that the rule is about has been read; it goes on with what had arrived before `now` (ns)."""
        self.before, self.until, self.last = self.until, max(self.until, now - MARGIN), None

    def forget(self, places: Mapping[bytes, tuple[int, Key]]) -> None:
        """Drop the oldest that the rule covers, or that are gone, until few enough are left.

        `places` holds when each file that is there arrived, and its place in the order.
        """
        if len(self._seen) <= KEPT:
            return
        for item in list(self._seen.values()):
            place = places.get(item.name)
            if item.done and (place is None or self.covers(*place)):
                self.drop(item.name)
            if len(self._seen) <= KEPT:
                return
