"""Answers that many ask for, worked out once: kept until the store has moved on, and then renewed by one of those."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

Value = TypeVar("Value")

KEPT = 512
"""Answers that are kept, those asked for last."""

FRESH = 1.0
"""Seconds for which an answer is given again though the store has moved on."""

LONGEST = 60.0
"""Seconds after which an answer is worked out anew though nothing has moved: ages grow, windows end."""


@dataclass
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    made_at: float = 0.0
    version: object = None
    value: Any = None
    known: bool = False

    def holds(self, version: object, fresh: float, longest: float) -> bool:
        age = time.monotonic() - self.made_at
        return self.known and (age < fresh or (self.version == version and age < longest))


class Cache:
    """Values by key. While one thread renews a value that is known, the others get the one before."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(
        self,
        key: Hashable,
        make: Callable[[], Value],
        *,
        version: object = None,
        fresh: float = FRESH,
        longest: float = LONGEST,
    ) -> Value:
        """The value of a key, made where there is none of this version. What `make` raises is kept by nobody."""
        one = self._of(key)
        if one.holds(version, fresh, longest):
            return one.value  # type: ignore[no-any-return]
        if not one.lock.acquire(blocking=not one.known):
            return one.value  # type: ignore[no-any-return]
        try:
            if not one.holds(version, fresh, longest):
                one.value = make()
                one.version, one.made_at, one.known = version, time.monotonic(), True
            return one.value  # type: ignore[no-any-return]
        finally:
            one.lock.release()

    def _of(self, key: Hashable) -> _Kept:
        with self._lock:
            one = self._kept.setdefault(key, _Kept())
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return one
