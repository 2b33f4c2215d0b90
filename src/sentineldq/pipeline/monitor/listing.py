"""The series there are, and where each stood at the last look."""

from __future__ import annotations

from datetime import datetime

import msgspec

from sentineldq.errors import UsageError, suggest
from sentineldq.monitors.model import KINDS, Kind, Series
from sentineldq.store import measurements
from sentineldq.store.database import Store


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A series, its points, and its last one with the band that was expected."""

    series: str
    kind: Kind
    dataset: str
    points: int
    first_at: datetime
    last_at: datetime
    value: float | None
    low: float | None
    high: float | None
    verdict: str | None


def listing(store: Store) -> list[Listed]:
    """Every series of a store, by name."""
    return [_listed(store, one) for one in measurements.series(store) if one.monitor in KINDS]


def _listed(store: Store, one: measurements.Series) -> Listed:
    last = measurements.latest(store, series=one.series)
    return Listed(
        series=one.series,
        kind=one.monitor,  # type: ignore[arg-type]
        dataset=one.dataset or "",
        points=one.points,
        first_at=one.first_at,
        last_at=one.last_at,
        value=last.value if last else None,
        low=last.expected_low if last else None,
        high=last.expected_high if last else None,
        verdict=last.verdict if last else None,
    )


def find(store: Store, name: str) -> Series:
    """A series by its name. Raises UsageError."""
    known = {one.series: one for one in measurements.series(store)}
    one = known.get(name)
    if one is None:
        hint = suggest(name, known) or (
            "`sentinel monitor run` makes the first measurements" if not known else None
        )
        raise UsageError(f"there is no series {name!r}", hint=hint)
    dataset = one.dataset or ""
    part = name.removeprefix(f"{one.monitor}/{dataset}").removeprefix("/")
    return Series(one.monitor, dataset, part)  # type: ignore[arg-type]
