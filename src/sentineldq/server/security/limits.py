"""How often somebody may try: a bucket of tokens for each address and name, in memory."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from fastapi import Request

from sentineldq.server.problems import RequestError

MOST = 10_000
"""Buckets that are remembered; the one longest unused is forgotten first."""


class Limit:
    """At most `burst` at once, and `per_minute` after that, for each key. Raises RequestError with Retry-After."""

    def __init__(self, *, burst: int, per_minute: float) -> None:
        self.burst, self.rate = burst, per_minute / 60
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> None:
        """One try; too many are refused."""
        now = time.monotonic()
        with self._lock:
            left, since = self._buckets.pop(key, (float(self.burst), now))
            left = min(self.burst, left + (now - since) * self.rate)
            self._buckets[key] = (left - 1 if left >= 1 else left, now)
            while len(self._buckets) > MOST:
                self._buckets.popitem(last=False)
        if left < 1:
            wait = str(max(1, round((1 - left) / self.rate)))
            raise RequestError(429, "too many tries; wait a little", headers={"Retry-After": wait})


def address(request: Request) -> str:
    """Where a request comes from, as the connection says; no header is believed."""
    return request.client.host if request.client else "unknown"
