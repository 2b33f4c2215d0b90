"""Measurements of a project, from what is there already: profiles, batches, and queries over the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from sentineldq.errors import SentinelError, UsageError
from sentineldq.lake.open import Lake
from sentineldq.monitors.buckets import grain, whole
from sentineldq.monitors.model import Measurement, Series
from sentineldq.pipeline.monitor.metric import measure_metric
from sentineldq.pipeline.project import Project
from sentineldq.profiles.codec import decode
from sentineldq.profiles.model import Profile
from sentineldq.store import batches, measurements, profiles
from sentineldq.store.database import Store

ENOUGH = 30
"""Rows that a bucket needs before a share of them means something."""

AGAIN = 3
"""Buckets that are measured again, since late records may have changed them."""

Told = Callable[[str, SentinelError], None]

OLDEST = datetime(1970, 1, 1, tzinfo=UTC)


def of_profiles(
    store: Store, dataset: str, *, kinds: Iterable[str], now: datetime, settle: timedelta, keep: timedelta
) -> list[Measurement]:
    """Volume, columns and null shares of the buckets that are new, or may have changed, since the last time."""
    wanted = set(kinds)
    rows = dict(profiles.counts(store, dataset=dataset, since=now - keep, until=now + timedelta(days=1)))
    buckets = whole(rows, until=now, settle=settle)
    if not buckets:
        return []
    volume = Series("volume", dataset)
    since = _since(store, volume, step=grain(rows))
    found = []
    if "volume" in wanted:
        found = [Measurement(series=volume, at=at, value=count) for at, count in buckets if at >= since]
    over = {at for at, count in buckets if count and at >= since}
    if over and wanted & {"nulls", "schema"}:
        for at, content in profiles.window(store, dataset=dataset, since=min(over), until=now):
            if at in over:
                found += _of_profile(dataset, at, decode(content), wanted)
    return found


def _since(store: Store, series: Series, *, step: timedelta) -> datetime:
    last = measurements.latest(store, series=series.name)
    return OLDEST if last is None else last.at - (AGAIN - 1) * step


def _of_profile(dataset: str, at: datetime, profile: Profile, wanted: set[str]) -> Iterator[Measurement]:
    if "schema" in wanted:
        yield Measurement(series=Series("schema", dataset), at=at, value=len(profile.columns))
    if "nulls" in wanted and profile.rows >= ENOUGH:
        for path, column in profile.columns.items():
            if column.rows:
                share = column.nulls / column.rows
                yield Measurement(series=Series("nulls", dataset, path), at=at, value=share)


def of_batches(store: Store, dataset: str, *, now: datetime, keep: timedelta) -> list[Measurement]:
    """The share of records accepted, by the hour in which they were committed; the hour going on included."""
    series = Series("score", dataset)
    since = max(_since(store, series, step=timedelta(hours=1)), now - keep)
    since = since.replace(minute=0, second=0, microsecond=0)
    seen, refused = defaultdict[datetime, int](int), defaultdict[datetime, int](int)
    for one in batches.query(store, dataset=dataset, since=since, limit=None):
        hour = one.committed_at.replace(minute=0, second=0, microsecond=0)
        seen[hour] += one.rows
        refused[hour] += one.quarantined
    return [
        Measurement(series=series, at=hour, value=1 - refused[hour] / rows)
        for hour, rows in sorted(seen.items())
        if rows >= ENOUGH
    ]


def of_metrics(project: Project, lake: Lake, *, now: datetime, told: Told) -> list[Measurement]:
    """The numbers of the project's own queries; one that fails is told, and the others are measured."""
    found = []
    for name, metric in project.settings.monitors.metrics.items():
        try:
            dataset, value = measure_metric(lake, name, metric)
        except UsageError:
            raise
        except SentinelError as fault:
            told(name, fault)
        else:
            found.append(Measurement(series=Series("metric", dataset, name), at=now, value=value))
    return found
