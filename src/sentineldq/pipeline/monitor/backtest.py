"""What would have alerted: a series replayed, each point judged by those before it alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec
import polars as pl

from sentineldq.errors import UsageError, suggest
from sentineldq.monitors.anomaly.detector import detect
from sentineldq.monitors.anomaly.model import Point, Verdict
from sentineldq.monitors.anomaly.settings import Settings
from sentineldq.readers.open import open_table


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """Anomalies without a normal point between them: one alert, from its first point to its last.

    worst: the point furthest from its band.
    """

    since: datetime
    until: datetime
    points: int
    worst: Verdict


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """A series replayed: how many points, of them how many were judged, and the alerts there would have been."""

    series: str
    points: int
    judged: int
    since: datetime | None
    until: datetime | None
    episodes: list[Episode]


def backtest(series: str, found: Sequence[Verdict]) -> Backtest:
    """The alerts in a list of verdicts."""
    return Backtest(
        series=series,
        points=len(found),
        judged=sum(one.status in {"normal", "anomaly"} for one in found),
        since=found[0].at if found else None,
        until=found[-1].at if found else None,
        episodes=episodes(found),
    )


def episodes(found: Sequence[Verdict]) -> list[Episode]:
    """Runs of anomalies; gaps and masked points do not end one, a normal point does."""
    runs: list[list[Verdict]] = [[]]
    for one in found:
        if one.status == "anomaly":
            runs[-1].append(one)
        elif one.status == "normal" and runs[-1]:
            runs.append([])
    return [
        Episode(
            since=run[0].at,
            until=run[-1].at,
            points=len(run),
            worst=max(run, key=lambda one: one.score),
        )
        for run in runs
        if run
    ]


def replay_file(path: str, *, time: str | None, value: str | None, settings: Settings) -> list[Verdict]:
    """The verdicts on the series in a file: a column of times and one of numbers, by name, else the first of each.

    path: any data that `sentinel check` reads. Raises ReadError, UsageError.
    """
    frame = open_table(path).frame.collect()
    times = _column(frame, time, _instants, place=path, what="times")
    values = _column(frame, value, _numbers, place=path, what="numbers", but=times.name)
    rows = pl.DataFrame({"at": times, "value": values}).drop_nulls("at").sort("at")
    points = (Point(at.replace(tzinfo=UTC), number) for at, number in rows.fill_null(math.nan).iter_rows())
    return detect(points, settings=settings)


def _column(
    frame: pl.DataFrame,
    name: str | None,
    read: Callable[[pl.Series], pl.Series | None],
    *,
    place: str,
    what: str,
    but: str = "",
) -> pl.Series:
    """The column of that name, or the first that can be read as what is wanted."""
    if name is not None and name not in frame.columns:
        raise UsageError(f"{place}: there is no column {name!r}", hint=suggest(name, frame.columns))
    for column in frame.select(name).iter_columns() if name else frame.iter_columns():
        if column.name != but and (found := read(column)) is not None:
            return found
    said = f"column {name!r} holds no {what}" if name else f"no column holds {what}"
    raise UsageError(f"{place}: {said}", hint=f"its columns: {', '.join(frame.columns)}")


def _instants(column: pl.Series) -> pl.Series | None:
    """A column as times in UTC without a zone; None where it holds none."""
    kind = column.dtype
    if isinstance(kind, pl.Datetime):
        return (
            column.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if kind.time_zone else column
        ).cast(pl.Datetime("us"))
    if kind == pl.Date:
        return column.cast(pl.Datetime("us"))
    if kind != pl.String:
        return None
    found = column.str.strip_chars().str.replace("T", " ").str.strip_suffix("Z")
    instants = _whole(column, found.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us"))
    if instants is not None:
        return instants
    return _whole(column, found.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us")))


def _numbers(column: pl.Series) -> pl.Series | None:
    if column.dtype.is_numeric():
        return column.cast(pl.Float64)
    return _whole(column, column.cast(pl.Float64, strict=False)) if column.dtype == pl.String else None


def _whole(before: pl.Series, after: pl.Series) -> pl.Series | None:
    """A column that was converted, where nothing but empty text was lost."""
    lost = after.is_null() & before.is_not_null() & (before.cast(pl.String).str.strip_chars() != "")
    return None if after.is_null().all() or lost.any() else after
