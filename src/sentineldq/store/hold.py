"""Holding leases for as long as some work takes: a thread renews them, and says when it could not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sentineldq.errors import LeaseLostError, StoreError
from sentineldq.store import leases
from sentineldq.store.database import Store
from sentineldq.store.leases import BEATS, TERM, Lease


class Held:
    """A lease that is being renewed; `check` before whatever must be done alone."""

    def __init__(
        self, store: Store, lease: Lease, *, asked: float, beat: Callable[[], None] | None = None
    ) -> None:
        self.lease = lease
        self.lost = threading.Event()
        self._store = store
        self._beat = beat
        self._done = threading.Event()
        self._renewed = asked

    def check(self) -> None:
        """Raises LeaseLostError when the lease is another's, or could not be renewed for its whole term."""
        if self.lost.is_set() or self._over():
            raise LeaseLostError(self.lease.name)

    def keep(self) -> None:
        """Renew until `stop`, or until the lease is lost; an unreachable store is asked again at the next beat."""
        while not self.lost.is_set() and not self._done.wait(self.lease.term / BEATS):
            asked = time.monotonic()  # the term runs from before the question, not from the answer
            try:
                leases.renew(self._store, lease=self.lease)
                self._renewed = asked
                if self._beat is not None:
                    self._beat()
            except LeaseLostError:
                self.lost.set()
            except StoreError:
                if self._over():
                    self.lost.set()

    def _over(self) -> bool:
        return time.monotonic() - self._renewed >= self.lease.term

    def stop(self) -> None:
        """End `keep`."""
        self._done.set()


@contextmanager
def hold(
    store: Store, *, name: str, term: float = TERM, beat: Callable[[], None] | None = None
) -> Iterator[Held | None]:
    """Hold a lease within the block, None where another has it; `beat` is called at each renewal.

    At the block's end it is given back; a store that fails then changes nothing, the term frees it.
    """
    asked = time.monotonic()
    lease = leases.acquire(store, name=name, term=term)
    if lease is None:
        yield None
        return
    held = Held(store, lease, asked=asked, beat=beat)
    thread = threading.Thread(target=held.keep, name=f"lease {name}", daemon=True)
    thread.start()
    try:
        yield held
    finally:
        held.stop()
        thread.join()
        with suppress(StoreError):
            leases.release(store, lease=lease)
