"""One look at everything that is watched: measure, keep, judge, tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import isfinite
from typing import Literal

from sentineldq.contracts.duration import parse_duration
from sentineldq.errors import SentinelError
from sentineldq.lake.open import Lake
from sentineldq.monitors.anomaly.model import Feedback, Point, Verdict
from sentineldq.monitors.anomaly.settings import Settings
from sentineldq.monitors.buckets import DAY, HOUR
from sentineldq.monitors.freshness import Freshness
from sentineldq.monitors.judge import DIRECTIONS, standing, verdicts
from sentineldq.monitors.model import KINDS, Kind, Measurement, Series, Watched
from sentineldq.pipeline.freshness import keep as keep_freshness
from sentineldq.pipeline.freshness import measure_all
from sentineldq.pipeline.monitor import measure
from sentineldq.pipeline.monitor.schema import schema_changes
from sentineldq.pipeline.project import Project
from sentineldq.pipeline.settings import Monitors
from sentineldq.store import feedback as said
from sentineldq.store import findings, measurements
from sentineldq.store.database import Store
from sentineldq.telemetry.logs import logger

LONGEST = 4_000
"""Points of a series that are looked at: half a year of hours, two weeks of five minutes."""

STALE: dict[str, Literal["WARNING", "CRITICAL"]] = {"fail": "CRITICAL", "warn": "WARNING", "error": "WARNING"}
"""How severe a status of freshness is; one that cannot be measured counts as stale."""

log = logger(__name__)


def run_monitors(
    project: Project, lake: Lake, store: Store, *, now: datetime, kinds: Collection[Kind] = ()
) -> list[Watched]:
    """Measure what is new, judge it by what is usual, and open, update or clear the findings.

    kinds: of what is watched; those of the settings, unless said. One condition is one open finding: an anomaly that
    goes on updates it, a number back in its band clears it. Simulated data is stale by nature: its freshness is left
    out. Raises UsageError for a metric that is no query, StoreError, LakeError.
    """
    settings = project.settings.monitors
    wanted = [kind for kind in KINDS if kind in (kinds or settings.kinds or KINDS)]
    found: list[Watched] = []
    if "freshness" in wanted and not project.simulated:
        found += _freshness(project, lake, store, now=now)
    taken = _measured(project, lake, store, wanted, now=now)
    _keep(store, taken)
    for series, points in _by_series(taken).items():
        if series.kind == "schema":
            found.append(schema_changes(store, series, points[-1]))
        else:
            found.append(_judged(project, store, series, since=points[0].at, now=now))
    for one in found:
        tell(store, project.name, one)
    return sorted(found, key=lambda one: (one.severity is None, -one.score, one.series))


def _measured(
    project: Project, lake: Lake, store: Store, kinds: Collection[Kind], *, now: datetime
) -> list[Measurement]:
    settings = project.settings.monitors
    history, settle = parse_duration(settings.history), parse_duration(settings.settle)
    found: list[Measurement] = []
    for dataset in datasets(project):
        found += measure.of_profiles(store, dataset, kinds=kinds, now=now, settle=settle, keep=history)
        if "score" in kinds:
            found += measure.of_batches(store, dataset, now=now, keep=history)
    if "metric" in kinds:
        found += measure.of_metrics(project, lake, now=now, told=_failed(store, project.name))
    return found


def datasets(project: Project) -> list[str]:
    """The datasets of a project, by name."""
    return sorted({project.dataset(name) for name in project.settings.pipelines})


def _failed(store: Store, project: str) -> measure.Told:
    def told(name: str, fault: SentinelError) -> None:
        findings.report(
            store,
            key=f"metric-failed/{project}/{name}",
            kind="monitor",
            severity="WARNING",
            title=fault.message[:500],
            details={"metric": name, "hint": fault.hint},
        )
        log.warning("a metric cannot be measured", metric=name, error=fault.message)

    return told


def _keep(store: Store, taken: Iterable[Measurement]) -> None:
    rows = [
        measurements.Measurement(
            series=one.series.name,
            at=one.at,
            value=one.value if isfinite(one.value) else None,
            dataset=one.series.dataset,
            monitor=one.series.kind,
        )
        for one in taken
    ]
    if rows:
        measurements.record(store, rows)


def _by_series(taken: Iterable[Measurement]) -> Mapping[Series, list[Measurement]]:
    found: dict[Series, list[Measurement]] = defaultdict(list)
    for one in taken:
        found[one.series].append(one)
    return found


# ---------------------------------------------------------------------------------------- by what is usual


def history(
    store: Store, series: Series, *, now: datetime, keep: timedelta
) -> tuple[list[Point], list[Feedback]]:
    """The points of a series, oldest first, and what people said of them."""
    rows = measurements.read(store, series=series.name, since=now - keep, limit=LONGEST)
    points = [Point(row.at, float("nan") if row.value is None else row.value) for row in rows]
    answers = [
        Feedback(since=one.since, until=one.until, answer=one.verdict)
        for one in said.query(store, series=series.name)
    ]
    return points, answers


def settings_for(settings: Monitors, series: Series, points: Sequence[Point]) -> Settings:
    """How a series is watched: two days of hours, or two weeks of days, before the first verdict."""
    daily = len(points) > 1 and points[-1].at - points[0].at >= (len(points) - 1) * DAY * 0.9
    metric = settings.metrics.get(series.part) if series.kind == "metric" else None
    return Settings(
        direction=metric.direction if metric else DIRECTIONS.get(series.kind, "both"),
        sensitivity=(metric.sensitivity if metric else None) or settings.sensitivity,
        warm_up=14 if daily else 2 * (DAY // HOUR),
        holidays=tuple(settings.holidays),
        timezone=settings.timezone,
    )


def judge_series(
    project: Project, store: Store, series: Series, *, now: datetime
) -> tuple[list[Verdict], Settings]:
    """The verdict on every point that is kept of a series, each from those before it."""
    settings = project.settings.monitors
    points, answers = history(store, series, now=now, keep=parse_duration(settings.history))
    chosen = settings_for(settings, series, points)
    return verdicts(series, points, settings=chosen, feedback=answers), chosen


def _judged(project: Project, store: Store, series: Series, *, since: datetime, now: datetime) -> Watched:
    found, _ = judge_series(project, store, series, now=now)
    fresh = [one for one in found if one.at >= since]
    measurements.record(store, [_row(series, one) for one in fresh])
    return standing(series, found)


def _row(series: Series, verdict: Verdict) -> measurements.Measurement:
    return measurements.Measurement(
        series=series.name,
        at=verdict.at,
        value=None if verdict.status == "gap" else verdict.value,
        dataset=series.dataset,
        monitor=series.kind,
        expected_low=verdict.low,
        expected_high=verdict.high,
        score=verdict.score,
        verdict=verdict.status,
    )


# ---------------------------------------------------------------------------------------- by a rule


def _freshness(project: Project, lake: Lake, store: Store, *, now: datetime) -> list[Watched]:
    measured = measure_all(project, lake, now=now)
    keep_freshness(lake, store, measured, now=now)
    _keep(store, [one for fresh in measured if (one := _age(fresh, now))])
    return [stale(one, now=now) for one in measured]


def _age(fresh: Freshness, now: datetime) -> Measurement | None:
    if fresh.age_seconds is None:
        return None
    return Measurement(series=Series("freshness", fresh.dataset), at=now, value=fresh.age_seconds)


def stale(fresh: Freshness, *, now: datetime) -> Watched:
    """Where the freshness of a dataset stands, by its service level; one that cannot be measured is a warning."""
    return Watched(
        series=Series("freshness", fresh.dataset).name,
        kind="freshness",
        dataset=fresh.dataset.removeprefix("silver."),
        at=now,
        value=fresh.age_seconds,
        state="judged",
        high=fresh.allowed_seconds,
        score={"fail": 1.0, "warn": 0.5, "error": 0.5}.get(fresh.status, 0.0),
        severity=STALE.get(fresh.status),
        message=f"{fresh.dataset}: {fresh.message}" if fresh.message else "",
    )


# ---------------------------------------------------------------------------------------- told


def tell(store: Store, project: str, one: Watched) -> None:
    """One open finding for one condition: opened, updated, or cleared."""
    key = f"{one.series}/{project}"
    if one.severity is None:
        if one.state in {"normal", "judged"}:
            findings.clear(store, key=key)
        return
    findings.report(
        store,
        key=key,
        kind=one.kind,
        severity=one.severity,
        title=one.message[:500],
        dataset=one.dataset,
        details={
            "series": one.series,
            "at": one.at.isoformat() if one.at else None,
            "value": one.value,
            "expected": one.expected,
            "low": one.low,
            "high": one.high,
            "score": round(one.score, 4),
        },
    )
