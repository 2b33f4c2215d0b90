"""What dbt's words mean here, shared by reading and writing."""

from __future__ import annotations

import re
from typing import Any

from sentineldq.contracts.formats.expectations import MisfitError

WHY = "dbt has no place for it"
SEVERITIES = {"warn": "WARNING", "error": "CRITICAL"}
UNITS = {"minute": "m", "hour": "h", "day": "d"}
# the failing condition, negated: what the number of failing rows must be
NEGATED = {
    ">": "less_or_equal",
    ">=": "less",
    "<": "greater_or_equal",
    "<=": "greater",
    "!=": "equal",
    "<>": "equal",
    "=": "not_equal",
    "==": "not_equal",
}


def plain(value: Any) -> Any:
    """A bound of a range: a number, or a date in quotes; SQL is computed by the warehouse."""
    if isinstance(value, str):
        inner = value.strip().strip("'")
        if re.fullmatch(r"\d{4}-\d\d-\d\d([T ][\d:.]+)?", inner):
            return inner
        raise MisfitError(f"the bound {value!r} is computed by the warehouse")
    return value
