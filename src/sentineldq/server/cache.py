"""Answers that many ask for, worked out once: kept until the store has moved on, and then renewed by one of those.

What was made before a change that listeners were told of is given to nobody afterwards: they ask once, and no further.
"""

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

    def holds(self, version: object, fresh: float, longest: float, told: float) -> bool:
        age = time.monotonic() - self.made_at
        young = age < fresh and self.made_at >= told
        return self.known and (young or (self.version == version and age < longest))


class Cache:
    """Values by key. While one thread renews a value that is known, the others get the one before.

    told: the moment from which on what is read has all the changes that listeners were told of.
    """

    def __init__(self) -> None:
        self.told = 0.0
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept

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
        if one.holds(version, fresh, longest, self.told):
            return one.value  # type: ignore[no-any-return]
        if not one.lock.acquire(blocking=not one.known or fresh <= 0 or one.made_at < self.told):
            return one.value  # type: ignore[no-any-return]
        try:
            if not one.holds(version, fresh, longest, self.told):
                begun = time.monotonic()
                one.value = make()
                one.version, one.made_at, one.known = version, begun, True
            return one.value  # type: ignore[no-any-return]
        finally:
            one.lock.release()

    def _of(self, key: Hashable) -> _Kept:
        with self._lock:
            one = self._kept.get(key)
            if one is not None:
                self._kept.move_to_end(key)
                return one
            one = self._kept[key] = _Kept()
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return one
