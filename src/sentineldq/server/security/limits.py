"""How often somebody may try, counted in the store: several servers on it count together."""

from __future__ import annotations

import math
from datetime import timedelta

from fastapi import Request

from sentineldq.server.problems import RequestError
from sentineldq.store import tries
from sentineldq.store.database import Store


class Limit:
    """At most `burst` at once, and `per_minute` after that, for each name."""

    def __init__(self, store: Store, *, burst: int, per_minute: float) -> None:
        self.store, self.burst, self.every = store, burst, timedelta(minutes=1 / per_minute)

    def take(self, *names: str) -> None:
        """One try of each of these. Raises RequestError with Retry-After where one has none left."""
        wait = tries.take(self.store, names, burst=self.burst, every=self.every)
        if wait:
            seconds = str(math.ceil(wait.total_seconds()))
            raise RequestError(429, "too many tries; wait a little", headers={"Retry-After": seconds})


def address(request: Request) -> str:
    """Where a request comes from, as the connection says; no header is believed."""
    return request.client.host if request.client else "unknown"
