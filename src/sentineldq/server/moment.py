"""Times as clients give them: RFC 3339, with their offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Times beyond are a mistake, and what is reckoned from them may be no time at all."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]")


def _text(given: Any) -> Any:
    """Refuse numbers, which would be taken for seconds or milliseconds since 1970, whichever seems likely."""
    if isinstance(given, datetime) or (isinstance(given, str) and _DATE.match(given)):
        return given
    raise ValueError("a time is written as 2026-11-20T10:00:00Z")


def _sensible(given: datetime) -> datetime:
    if given.tzinfo is None:
        raise ValueError("a time needs its offset, as in 2026-11-20T10:00:00Z (`+` is %2B in an address)")
    if not FIRST <= given < LAST:
        raise ValueError("a time is from 1970 to 2199")
    return given.astimezone(UTC)


Moment = Annotated[datetime, BeforeValidator(_text), AfterValidator(_sensible)]
"""A time in UTC."""
