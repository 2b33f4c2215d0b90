"""A profile as plain values: what JSON shows of it, and what of a classified column nobody is shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from sentineldq.profiles.distinct import Distinct
from sentineldq.profiles.frequent import Frequent
from sentineldq.profiles.model import Column, Profile
from sentineldq.profiles.moments import Moments
from sentineldq.profiles.quantiles import Quantiles

RANKS = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
TOP = 20
"""Frequent values that are listed."""

Hides = Callable[[str], bool]
"""Whether a column is classified, by its path."""

_VALUES = ("trues", "moments", "low", "high", "quantiles", "frequent", "patterns", "words", "rhythm")


def masked(profile: Profile, hides: Hides) -> Profile:
    """Without what shows a value of a classified column, also where it was profiled before it was classified."""
    columns = {
        path: msgspec.structs.replace(column, **dict.fromkeys(_VALUES)) if hides(path) else column
        for path, column in profile.columns.items()
    }
    entities = {path: found for path, found in profile.entities.items() if not hides(path)}
    return msgspec.structs.replace(profile, columns=columns, entities=entities)


def facts(profile: Profile, *, source: str, hides: Hides = lambda _: False) -> dict[str, Any]:
    """All that a profile says; numbers that are none (NaN, infinity) are null, times are ISO 8601."""
    shown = masked(profile, hides)
    told = {
        "source": source,
        "rows": shown.rows,
        "since": _iso(shown.since),
        "until": _iso(shown.until),
        "keys": _distinct(shown.keys),
        "duplicates": shown.duplicates,
        "columns": [{**_column(column), "masked": hides(path)} for path, column in shown.columns.items()],
        "entities": {path: _frequent(found) for path, found in shown.entities.items()},
        "correlations": [
            {"columns": list(pair), "r": r}
            for pair, r in shown.correlations.items()
            if not any(map(hides, pair))
        ],
    }
    plain: dict[str, Any] = _plain(told)
    return plain


def when(seconds: float) -> str | None:
    """Seconds since 1970 in ISO 8601; None beyond the years 1 to 9999."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _column(column: Column) -> dict[str, Any]:
    timely = column.kind == "time"
    return {
        "path": column.path,
        "kind": column.kind,
        "types": column.types,
        "rows": column.rows,
        "nulls": column.nulls,
        "null_share": column.nulls / column.rows if column.rows else None,
        "empties": column.empties,
        "trues": column.trues,
        "distinct": _distinct(column.distinct),
        "low": column.low,
        "high": column.high,
        "moments": _moments(column.moments, timely=timely),
        "quantiles": _quantiles(column.quantiles, timely=timely),
        "frequent": _frequent(column.frequent),
        "lengths": _moments(column.lengths, timely=False),
        "length_quantiles": _quantiles(column.length_quantiles, timely=False),
        "patterns": _frequent(column.patterns),
        "words": _frequent(column.words),
        "rhythm": column.rhythm,
    }


def _distinct(found: Distinct | None) -> dict[str, float] | None:
    return None if found is None else {"estimate": found.estimate, "low": found.low, "high": found.high}


def _moments(found: Moments | None, *, timely: bool) -> dict[str, Any] | None:
    if found is None:
        return None
    told: dict[str, Any] = {
        "count": found.count,
        "mean": when(found.mean) if timely else found.mean,
        "deviation": found.deviation,
        "skew": found.skew,
        "kurtosis": found.kurtosis,
    }
    return told if timely else told | {"sum": found.sum}


def _quantiles(found: Quantiles | None, *, timely: bool) -> dict[str, Any] | None:
    if found is None:
        return None
    values = zip(RANKS, found.at(RANKS), strict=True)
    told: dict[str, Any] = {str(rank): when(value) if timely else value for rank, value in values}
    return {"error": found.error, "values": told}


def _frequent(found: Frequent | None) -> dict[str, Any] | None:
    if found is None:
        return None
    values = [{"value": value, "count": count} for value, count in [*found.counts.items()][:TOP]]
    return {
        "total": found.total,
        "error": found.error,
        "exact": found.exact and len(found.counts) <= TOP,
        "values": values,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _plain(value: Any) -> Any:
    match value:
        case float() if not math.isfinite(value):
            return None
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value
