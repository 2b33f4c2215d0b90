"""Rows of silver, parted by when their events happened, and profiled.

What happened lately is kept by the hour. Older events are kept by the day, and very old ones by the month, under the
first hour of it: an archive of ten years that comes in at once is then some hundred profiles and not ninety thousand.
How old an event is counts from when its record arrived. Rows of very many hours at once are kept by coarser ones, the
oldest first, so that no batch costs more than so many profiles.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

import msgspec
import polars as pl

from sentineldq.contracts.event import event_column, service_level
from sentineldq.pipeline.rules import Rules
from sentineldq.profiles.build import profile
from sentineldq.profiles.model import Profile
from sentineldq.profiles.plan import Plan, plan_of

LADDER = ((100, 1_100), (10, 400), (2, 60), (0, 0))
"""Days of age up to which events are kept by the hour, and by the day; beyond them by the month. The first pair of them
that gives no more than MOST: it reaches further than monitors and baselines look back."""

MOST = 400
"""Hours that one call gives at most; rows of the rarest others are kept under the hour in which they arrived."""

ARRIVED = "_received_at"
_HOUR = "_hour"


def plan_for(rules: Rules) -> Plan:
    """What the contract asks to be profiled, by the event time that freshness is measured by too."""
    event = event_column(rules.contract, rules.table, service_level(rules.contract))
    return msgspec.structs.replace(plan_of(rules.table, rules.contract), event=event)


def hours_of(rows: pl.DataFrame, plan: Plan) -> dict[datetime, Profile]:
    """Profiles of rows (silver's columns, META among them) by the hours of their events, UTC.

    A row without event time counts in the hour in which it arrived.
    """
    if rows.is_empty():
        return {}
    parted = _parted(rows, plan.event).partition_by(_HOUR, as_dict=True, include_key=False)
    return {cast("datetime", hour): profile(part, plan=plan) for (hour,), part in parted.items()}


def _parted(rows: pl.DataFrame, event: str | None) -> pl.DataFrame:
    arrived = pl.col(ARRIVED).dt.truncate("1h")
    if event is None:
        return rows.with_columns(arrived.alias(_HOUR))
    at = _instant(event, rows.schema[event])
    for hourly, daily in LADDER:
        parted = rows.with_columns(pl.coalesce(_hour(at, hourly, daily), arrived).alias(_HOUR))
        counts = parted.group_by(_HOUR).len()
        if counts.height <= MOST:
            return parted
    kept = counts.sort("len", _HOUR, descending=True).head(MOST - 1)[_HOUR]
    return parted.with_columns(pl.when(pl.col(_HOUR).is_in(kept.implode())).then(_HOUR).otherwise(arrived))


def _hour(at: pl.Expr, hourly: int, daily: int) -> pl.Expr:
    """The hour of a moment, or the first of its day or its month, by its age in days when it arrived."""
    age = pl.col(ARRIVED) - at
    return (
        pl.when(age <= timedelta(days=hourly))
        .then(at.dt.truncate("1h"))
        .when(age <= timedelta(days=daily))
        .then(at.dt.truncate("1d"))
        .otherwise(at.dt.truncate("1mo"))
    )


def _instant(column: str, kind: pl.DataType) -> pl.Expr:
    """A date (its first moment) or timestamp as a moment in UTC; one without a zone is taken for UTC."""
    if isinstance(kind, pl.Datetime) and kind.time_zone is not None:
        return pl.col(column).dt.convert_time_zone("UTC").cast(pl.Datetime("us", "UTC"))
    return pl.col(column).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
