"""Who came with which secret, remembered for a few seconds.

A key that is revoked, a session that is ended or a user who is changed here is honoured at once: nothing is remembered
past a commit of this process. What another process commits is honoured within two seconds, so that while pipelines
write, which is all the time, not every request has to wait for them.
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

ELSEWHERE = 2.0
"""Seconds for which nobody looks again though another process has committed something."""

MOST = 10_000
"""Secrets that are remembered; the one that came first is forgotten first."""


@dataclass(frozen=True)
class _Seen:
    principal: Principal
    stamp: Stamp
    at: float
    ends: datetime | None


class Known:
    """Principals by the digest of their secret. For any thread."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def recall(self, digest: str) -> Principal | None:
        """Whose secret it is, where that is still known to hold."""
        found = self._seen.get(digest)
        if found is None or not self._holds(found):
            return None
        return None if found.ends is not None and datetime.now(UTC) >= found.ends else found.principal

    def _holds(self, found: _Seen) -> bool:
        stamp, age = self.store.stamp(), time.monotonic() - found.at
        return stamp[0] == found.stamp[0] and age < (HELD if stamp == found.stamp else min(HELD, ELSEWHERE))

    def remember(self, digest: str, principal: Principal, *, stamp: Stamp, ends: datetime | None) -> None:
        """Whose secret it is, and when it ends; stamp: the store's, before it was looked up there."""
        self._seen[digest] = _Seen(principal, stamp, time.monotonic(), ends)
        while len(self._seen) > MOST:
            self._seen.popitem(last=False)
