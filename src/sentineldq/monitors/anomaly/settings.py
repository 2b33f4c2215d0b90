"""How a series is watched."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

Direction = Literal["up", "down", "both"]
Sensitivity = Literal["low", "medium", "high"]
Season = Literal["auto", "none", "day", "week"]

SURPRISES: dict[Sensitivity, float] = {"low": 5.0, "medium": 4.0, "high": 3.0}
"""From which surprise on a point is an anomaly: -log10 of the share of points that are as unusual."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a series is watched.

    direction: which side of the band is an anomaly. sensitivity: how rare an
    anomaly is: one point in 100,000, 10,000 or 1,000 of what is usual. season: what may be learned
    (`day`: hour of day; `week`: hour of week, for daily series day of week); `auto` takes what predicts best. warm_up:
    points before the first verdict. holidays: days, in `timezone`, that are `own` (a season of their own) or `masked`.
    timezone: whose hours and days the season counts.
    """

    direction: Direction = "both"
    sensitivity: Sensitivity = "medium"
    season: Season = "auto"
    warm_up: Annotated[int, msgspec.Meta(ge=4)] = 48
    holidays: tuple[date, ...] = ()
    on_holidays: Literal["own", "masked"] = "own"
    timezone: str = "UTC"

    @property
    def surprise(self) -> float:
        """From which -log10 probability on a point is an anomaly."""
        return SURPRISES[self.sensitivity]
