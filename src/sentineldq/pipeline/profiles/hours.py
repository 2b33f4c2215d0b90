"""Rows of silver, parted by the hours of their events, and profiled.

Rows of very many hours at once are kept by coarser ones, the oldest first: by the day, or by the month, under the first
hour of it. So an archive of ten years that comes in at once is some hundred profiles and not ninety thousand, and no
batch costs more than so many.
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

LADDER = (None, (100, 1_100), (10, 400), (2, 60), (0, 60), (0, 0))
"""Days before the newest event up to which events are kept by the hour, and by the day; before them by the month. None:
all by the hour. The first that gives few enough is taken."""

FEWEST, MOST, ROWS = 48, 200, 50
"""Hours that one call gives at most: one for so many rows, as one of fewer says little, from the fewest to the most.
Rows of the rarest others are kept under the hour in which they arrived."""

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
    most = min(max(rows.height // ROWS, FEWEST), MOST)
    for rung in LADDER:
        parted = rows.with_columns(pl.coalesce(_hour(at, rung), arrived).alias(_HOUR))
        counts = parted.group_by(_HOUR).len()
        if counts.height <= most:
            return parted
    kept = counts.sort("len", _HOUR, descending=True).head(most - 1)[_HOUR]
    return parted.with_columns(pl.when(pl.col(_HOUR).is_in(kept.implode())).then(_HOUR).otherwise(arrived))


def _hour(at: pl.Expr, rung: tuple[int, int] | None) -> pl.Expr:
    """The hour of a moment, or the first one of its day or its month."""
    hour = at.dt.truncate("1h")
    if rung is None:
        return hour
    age = (
        pl.min_horizontal(at.max(), pl.col(ARRIVED).max()) - at
    )  # a wrong time in the future makes nothing old
    hourly, daily = (timedelta(days=days) for days in rung)
    days, months = at.dt.truncate("1d"), at.dt.truncate("1mo")
    return pl.when(age <= hourly).then(hour).when(age <= daily).then(days).otherwise(months)


def _instant(column: str, kind: pl.DataType) -> pl.Expr:
    """A date (its first moment) or timestamp as a moment in UTC; one without a zone is taken for UTC."""
    if isinstance(kind, pl.Datetime) and kind.time_zone is not None:
        return pl.col(column).dt.convert_time_zone("UTC").cast(pl.Datetime("us", "UTC"))
    return pl.col(column).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
