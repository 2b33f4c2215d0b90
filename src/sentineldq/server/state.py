"""What every request has at hand: the project, its store and lake, and who may ask."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from sentineldq.lake.open import Lake
from sentineldq.pipeline.project import Project
from sentineldq.server.cache import Cache
from sentineldq.server.feed import Feed
from sentineldq.server.security.known import Known
from sentineldq.server.security.limits import Limit
from sentineldq.store.database import Stamp, Store

if TYPE_CHECKING:
    from sentineldq.server.security.oidc import Provider


@dataclass
class State:
    """A server's state. open_: no one has to say who they are (`SENTINEL_AUTH=none`, on loopback alone).

    tries: how often one address, or one name, may try to log in. uploads: how often a principal may send a file.
    renewals: what takes long to work out, worked out anew before listeners are told that it changed.
    trials: how often a channel may be tried.
    """

    project: Project
    store: Store
    open_: bool = False
    tries: Limit = field(init=False)
    uploads: Limit = field(init=False)
    trials: Limit = field(init=False)
    cache: Cache = field(default_factory=Cache)
    renewals: list[Callable[[], object]] = field(default_factory=list)
    feed: Feed = field(init=False)
    known: Known = field(init=False)
    _lake: Lake | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.feed = Feed(self.store, self.before_telling)
        self.known = Known(self.store)
        self.tries = Limit(self.store, burst=10, per_minute=6)
        rate = self.project.settings.server.uploads_per_minute
        self.uploads = Limit(self.store, burst=rate, per_minute=rate)
        self.trials = Limit(self.store, burst=5, per_minute=6)

    @property
    def lake(self) -> Lake:
        """The lake, opened when it is first asked for."""
        with self._lock:
            if self._lake is None:
                self._lake = self.project.open_lake()
            return self._lake

    @cached_property
    def provider(self) -> Provider | None:
        """The identity provider, where the settings name one."""
        from sentineldq.server.security.oidc import (
            Provider,
        )  # which names the state itself, by way of who asks

        chosen = self.project.settings.server.oidc
        return Provider(chosen, self.store) if chosen is not None else None

    def stamp(self) -> tuple[Stamp, float]:
        """Another after each change of the store, and before listeners are told of one that its stamp has not shown."""
        return self.store.stamp(), self.cache.told

    def before_telling(self, since: float) -> None:
        """See to it that nobody who is told of a change is answered with what was known before it."""
        for renew in self.renewals:
            renew()
        self.cache.told = since

    def close(self) -> None:
        """Close what it opened, which the store is not."""
        if self.provider is not None:
            self.provider.close()
        if self._lake is not None:
            self._lake.close()


async def state_of(request: Request) -> State:
    """The state of the app that a request came to; asynchronous, since what is not takes another thread."""
    found: State = request.app.state.here
    return found


Here = Annotated[State, Depends(state_of)]
