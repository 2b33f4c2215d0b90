"""Times and spans as people write them in YAML."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from sentineldq.errors import UsageError

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def moment(value: Any, *, name: str) -> float:
    """Epoch seconds of an ISO 8601 text, a date or a datetime; UTC where no zone is said. Raises UsageError."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise UsageError(
                f"{name}: {value!r} is not a time", hint="write it as 2025-01-06T08:00:00Z"
            ) from None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, datetime):
        raise UsageError(f"{name}: {value!r} is not a time", hint="write it as 2025-01-06T08:00:00Z")
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()


def span(value: float | str, *, name: str) -> float:
    """Seconds of a number of them, or of a text such as `90m`, `6h`, `3d`. Raises UsageError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhdw])", value) if isinstance(value, str) else None
    seconds = float(found[1]) * UNITS[found[2]] if found else value
    if isinstance(seconds, str) or seconds <= 0:
        raise UsageError(f"{name}: {value!r} is not a span of time", hint="write it as 90m, 6h or 3d")
    return float(seconds)
