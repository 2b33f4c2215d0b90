"""One batch as profiles by the hour of its events, so that any window is a merge.

The rule: rows go to the hour (UTC) of their event time; those without one, or of a batch whose plan has no event
time, to the hour the batch arrived in. A batch of more than HOURS hours is split by day, of more than DAYS days by
month, of more than MONTHS months by year: what is split coarsely is put at the start of its day, month or year. So a
backfill of years makes a few dozen profiles of a batch, not thousands.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from sentineldq.profiles.build import Data, profile
from sentineldq.profiles.model import Profile
from sentineldq.profiles.number import micros
from sentineldq.profiles.plan import Plan

Grain = Literal["hour", "day", "month", "year"]

HOURS = 48
DAYS = 62
MONTHS = 36

_UNITS: Final[dict[Grain, str]] = {"hour": "h", "day": "D", "month": "M", "year": "Y"}
_MOST: Final[dict[Grain, int]] = {"hour": HOURS, "day": DAYS, "month": MONTHS}

Moments = npt.NDArray[np.datetime64]


def by_hour(
    table: Data, *, plan: Plan, arrival: datetime, grain: Literal["hour", "day"] = "hour"
) -> dict[datetime, Profile]:
    """The profile of each hour (or day) a batch has events of, by its start, UTC.

    `arrival` is when the batch came (aware, or taken for UTC). Empty of no rows.
    """
    if isinstance(table, pl.DataFrame):
        table = table.to_arrow()
    if isinstance(table, pa.RecordBatch):
        table = pa.Table.from_batches([table])
    if not table.num_rows:
        return {}
    came = _utc(arrival)
    starts = _starts(_moments(table, plan.event), came, grain)
    if starts is None or len(first := np.unique(starts)) == 1:
        start = _floor(came, grain) if starts is None else _moment(first[0])
        return {start: profile(table, plan=plan)}
    order = np.argsort(starts, kind="stable")
    hours, places = np.unique(starts[order], return_index=True)
    sorted_ = table.take(pa.array(order))
    ends = [*places[1:].tolist(), table.num_rows]
    return {
        _moment(hour): profile(sorted_.slice(place, end - place), plan=plan)
        for hour, place, end in zip(hours, places.tolist(), ends, strict=True)
    }


def _starts(moments: Moments | None, came: datetime, grain: Grain) -> Moments | None:
    """Where each row goes, in the finest grain that makes not too many; None where no row has a time."""
    if moments is None:
        return None
    missing = np.isnat(moments)
    grains = list(_UNITS)
    starts = moments
    for coarser in grains[grains.index(grain) :]:
        starts = moments.astype(f"datetime64[{_UNITS[coarser]}]").astype("datetime64[us]")
        found = np.unique(starts[~missing])
        if len(found) <= _MOST.get(coarser, len(found)):
            break
    starts[missing] = np.datetime64(_floor(came, grain).replace(tzinfo=None), "us")
    return starts


def _moments(table: pa.Table, event: str | None) -> Moments | None:
    """The event time of each row, NaT where there is none; None where the table has no such column."""
    if event is None:
        return None
    first, *rest = event.split(".")
    if first not in table.column_names:
        return None
    array = table.column(first).combine_chunks()
    for step in rest:
        kind = array.type
        if not pa.types.is_struct(kind) or kind.get_field_index(step) < 0:
            return None
        array = array.flatten()[kind.get_field_index(step)]
    if not (pa.types.is_timestamp(array.type) or pa.types.is_date(array.type)):
        return None
    ticks = micros(array.fill_null(0) if array.null_count else array).to_numpy(zero_copy_only=False)
    found: Moments = ticks.astype("datetime64[us]")
    gone = array.is_null().to_numpy(zero_copy_only=False)
    gone |= (found < np.datetime64("0001-01-01")) | (found > np.datetime64("9999-12-31"))
    if gone.any():
        found[gone] = np.datetime64("NaT")
    return found


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _floor(moment: datetime, grain: Grain) -> datetime:
    hour = moment.hour if grain == "hour" else 0
    return moment.replace(hour=hour, minute=0, second=0, microsecond=0)


def _moment(start: np.datetime64) -> datetime:
    found: datetime = start.astype("datetime64[us]").item()
    return found.replace(tzinfo=UTC)
