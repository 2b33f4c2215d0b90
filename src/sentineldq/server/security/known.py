"""Who came with which secret, remembered for a few seconds, as long as nothing was committed to the store.

So a key that is revoked, a session that is ended or a user who is changed is honoured at once: by any process on
SQLite, by this one on Postgres, where what another commits is seen within a second.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sentineldq.store.database import Stamp, Store

if TYPE_CHECKING:
    from sentineldq.server.security.principal import Principal

HELD = 10.0
"""Seconds: when a key or a session was last used is written down more exactly than that nowhere."""

MOST = 10_000
"""Secrets that are remembered; the one that came first is forgotten first."""


@dataclass(frozen=True)
class _Seen:
    principal: Principal
    stamp: Stamp
    until: float
    ends: datetime | None


class Known:
    """Principals by the digest of their secret. For any thread."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def recall(self, digest: str) -> Principal | None:
        """Whose secret it is, where that is still known to hold."""
        found = self._seen.get(digest)
        if found is None or found.stamp != self.store.stamp() or time.monotonic() > found.until:
            return None
        return None if found.ends is not None and datetime.now(UTC) >= found.ends else found.principal

    def remember(self, digest: str, principal: Principal, *, stamp: Stamp, ends: datetime | None) -> None:
        """Whose secret it is, and when it ends; stamp: the store's, before it was looked up there."""
        self._seen[digest] = _Seen(principal, stamp, time.monotonic() + HELD, ends)
        while len(self._seen) > MOST:
            self._seen.popitem(last=False)
