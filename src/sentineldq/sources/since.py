"""Reading only what is new: the greatest value of a field so far, and the records that stand right on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any, Literal

import msgspec

AHEAD = timedelta(days=1)
"""How far ahead of the server's clock a record's time may be and still move the boundary."""
MOST = 2000
"""How many keys a boundary holds; where more records share one value, the first of them are read again."""


class Incremental(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The field that grows, and the parameter that asks for its values from a bound on, the bound included.

    format: integer; epoch (seconds since 1970); datetime (ISO 8601); date (the same, but only the day is sent);
    text. `start` is the bound of the first reading.
    """

    field: str
    param: str
    format: Literal["integer", "epoch", "datetime", "date", "text"] = "datetime"
    start: str | int | None = None

    def rank(self, found: Any) -> Any:
        """A value as what it is compared by; None where it is not of the format."""
        if isinstance(found, bool) or not isinstance(found, (int, float, str)):
            return None
        try:
            if self.format == "text":
                return found if isinstance(found, str) else None
            if self.format in ("integer", "epoch"):
                number = int(found) if isinstance(found, str) else found
                return number if isfinite(number) else None
            instant = datetime.fromisoformat(str(found))
            return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            return None

    def instant(self, rank: Any) -> datetime | None:
        """The time that a rank stands for; None where it stands for none."""
        if isinstance(rank, datetime) or self.format != "epoch" or rank is None:
            return rank if isinstance(rank, datetime) else None
        try:
            return datetime.fromtimestamp(rank, UTC)
        except (ValueError, OverflowError, OSError):
            return datetime.max.replace(tzinfo=UTC)


class Boundary(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How far a list is read: the greatest value, as the server wrote it, and what else need not be given again.

    `keys` are of the records that have the value, so that of two in the same second neither is lost nor doubled;
    `ahead` of those from the future, which every reading gives again.
    """

    value: str | int | float | None = None
    keys: list[str] = []
    ahead: list[str] = []

    def bound(self, incremental: Incremental) -> str | None:
        """What to ask for; None where nothing was read before and no start is set."""
        bound = incremental.start if self.value is None else self.value
        if bound is None:
            return None
        return str(bound)[:10] if incremental.format == "date" else str(bound)

    def moved(self, incremental: Incremental, found: Any, key: str, *, now: datetime) -> bool:
        """Takes a record with this value of the field in; False where it is from the future."""
        rank, best = incremental.rank(found), incremental.rank(self.value)
        instant = incremental.instant(rank)
        if instant is not None and instant - AHEAD > now:
            self.ahead = [*self.ahead, key][-MOST:]
            return False
        if rank is not None and (best is None or rank > best):
            self.value, self.keys = found, [key]
        elif rank is not None and rank == best:
            self.keys = [*self.keys, key][-MOST:]
        return True
