"""How each dataset is, as the worst of its run, its freshness and its alerts, with the reasons in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeVar

from sentineldq.server.cache import FRESH
from sentineldq.server.catalog import Dataset, catalog_of
from sentineldq.server.state import State
from sentineldq.store import alerts, flow, freshness, runs
from sentineldq.store.alerts import Alert
from sentineldq.store.flow import Flow
from sentineldq.store.freshness import Freshness
from sentineldq.store.process import gone
from sentineldq.store.runs import Run

Part = TypeVar("Part")

Level = Literal["healthy", "unknown", "warning", "critical"]
LEVELS: tuple[Level, ...] = ("healthy", "unknown", "warning", "critical")
"""Best first; of what was never measured nothing is said but that."""

DAY = timedelta(days=1)
QUIET = ("snoozed",)
"""Alerts that say nothing for a while."""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a dataset is not healthy: which part of it, how bad, and a sentence."""

    part: Literal["run", "freshness", "alerts", "contract"]
    level: Level
    message: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A dataset and how it is. flow: what came in the last 24 hours; alerts: those that are not resolved."""

    dataset: Dataset
    level: Level
    reasons: tuple[Reason, ...]
    run: Run | None
    freshness: Freshness | None
    flow: Flow | None
    alerts: tuple[Alert, ...]

    @property
    def score(self) -> float | None:
        """The share of records accepted in the last 24 hours, 0 to 1; None where none came."""
        return score(self.flow)


class Standings(dict[str, Standing]):
    """How the datasets are, by name, as read at one time: equal to no other reading, which need not be compared."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__  # type: ignore[assignment]


def score(flow: Flow | None) -> float | None:
    """The share of records that were not refused; None of no records."""
    return None if flow is None or not flow.rows else round(1 - flow.quarantined / flow.rows, 6)


def standings(here: State, *, fresh: float = FRESH) -> Standings:
    """How every dataset of the project is, by name; at most so many seconds old."""
    catalog = catalog_of(here)
    version = here.feed.version("runs", "batches", "freshness", "alerts")
    return here.cache.get("standings", lambda: _read(here), version=(catalog, version), fresh=fresh)


def renew(here: State) -> None:
    """Read anew how the datasets are, where that was asked for before."""
    if "standings" in here.cache:
        standings(here, fresh=0)


def _read(here: State) -> Standings:
    now = datetime.now(UTC)
    newest = _part(here, "runs", lambda: runs.newest(here.store, project=here.project.name))
    # The times of simulated records are simulated too: how old they are means nothing.
    measured = {} if here.project.simulated else _part(here, "freshness", lambda: _measured(here))
    flows = _part(here, "batches", lambda: flow.by_dataset(here.store, since=now - DAY))
    open_ = _part(here, "alerts", lambda: _open(here))
    return Standings(
        (
            name,
            _standing(
                dataset,
                now=now,
                run=newest.get(dataset.pipeline) if dataset.pipeline else None,
                fresh=measured.get(dataset.main),
                flow=flows.get(name),
                found=tuple(open_.get(name, ())),
            ),
        )
        for name, dataset in catalog_of(here).items()
    )


def _part(here: State, subject: str, make: Callable[[], Part]) -> Part:
    """A part that is read again only where its own subject has changed: with runs under way others mostly have not."""
    return here.cache.get(("standing", subject), make, version=here.feed.version(subject), fresh=0)


def _measured(here: State) -> dict[str, Freshness]:
    return {one.dataset: one for one in freshness.current(here.store)}


def _open(here: State) -> dict[str, list[Alert]]:
    found: dict[str, list[Alert]] = {}
    for one in alerts.standing(here.store):
        if one.dataset is not None:
            found.setdefault(owner(one.dataset), []).append(one)
    return found


def owner(table: str) -> str:
    """The dataset that a table belongs to: `silver.events` and `quarantine.events` to `events`."""
    layer, _, rest = table.partition(".")
    return rest if rest and layer in {"bronze", "silver", "quarantine"} else table


def _standing(
    dataset: Dataset,
    *,
    now: datetime,
    run: Run | None,
    fresh: Freshness | None,
    flow: Flow | None,
    found: tuple[Alert, ...],
) -> Standing:
    reasons = [*_of_contract(dataset), *_of_run(dataset, run, now), *_of_freshness(fresh), *_of_alerts(found)]
    reasons.sort(key=lambda reason: -LEVELS.index(reason.level))
    return Standing(
        dataset=dataset,
        level=reasons[0].level if reasons else "healthy",
        reasons=tuple(reasons),
        run=run,
        freshness=fresh,
        flow=flow,
        alerts=found,
    )


def _of_contract(dataset: Dataset) -> Iterator[Reason]:
    if dataset.fault:
        yield Reason(
            part="contract", level="critical", message=f"its contract cannot be used: {dataset.fault}"
        )


def _of_run(dataset: Dataset, run: Run | None, now: datetime) -> Iterator[Reason]:
    if dataset.pipeline is None:
        return
    if run is None:
        yield Reason(part="run", level="unknown", message="its pipeline has never run")
    elif died(run, now):
        yield Reason(part="run", level="critical", message=f"its last run failed: {runs.DIED}")
    elif run.status == "failed":
        yield Reason(
            part="run", level="critical", message=f"its last run failed: {run.error or 'no reason given'}"
        )
    elif run.status == "stopped":
        yield Reason(part="run", level="warning", message="its last run was stopped")


def died(run: Run, now: datetime) -> bool:
    """Whether a run that is said to go on has given no sign of life for long, or its process is gone."""
    silent = now - run.heartbeat_at > timedelta(seconds=runs.SILENCE)
    return run.status == "running" and (silent or gone(run.process))


def _of_freshness(fresh: Freshness | None) -> Iterator[Reason]:
    if fresh is None or fresh.status in {"pass", "skip"}:
        return
    if fresh.status == "error" or fresh.age_seconds is None:
        yield Reason(part="freshness", level="warning", message="its freshness could not be measured")
        return
    allowed = f", {said(fresh.allowed_seconds)} are allowed" if fresh.allowed_seconds is not None else ""
    level: Level = "critical" if fresh.status == "fail" else "warning"
    message = f"its newest event was {said(fresh.age_seconds)} old{allowed}"
    yield Reason(part="freshness", level=level, message=message)


def _of_alerts(found: tuple[Alert, ...]) -> Iterator[Reason]:
    for severity, level in (("CRITICAL", "critical"), ("WARNING", "warning")):
        which = [one for one in found if one.severity == severity and one.status not in QUIET]
        if which:
            more = f" and {len(which) - 1} more" if len(which) > 1 else ""
            yield Reason(part="alerts", level=level, message=f"{which[-1].title}{more}")  # type: ignore[arg-type]


def said(seconds: float) -> str:
    """A length of time in its largest whole unit: `3 days`, `90 minutes`."""
    for name, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}s"
    return f"{max(seconds, 0):.0f} seconds"
