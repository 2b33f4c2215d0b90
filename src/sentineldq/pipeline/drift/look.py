"""A look at drift in every dataset of a project, as a run and the watcher make it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from sentineldq.drift.model import Drift
from sentineldq.drift.settings import Severity
from sentineldq.errors import SentinelError
from sentineldq.pipeline.drift.compared import Compared
from sentineldq.pipeline.drift.hours import masked, masks
from sentineldq.pipeline.drift.run import placed, run_drift, windows_of
from sentineldq.pipeline.project import Project
from sentineldq.store import looks, profiles
from sentineldq.store.database import Store


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at a dataset came to.

    drifted: its columns, and whatever else of it drifted, the worst first. reason: why nothing was compared, or what
    went wrong.
    """

    dataset: str
    worst: Severity | None = None
    drifted: list[str] = []
    reason: str | None = None


def look_at_drift(project: Project, store: Store, *, now: datetime, moved: bool = False) -> list[Looked]:
    """Compare the newest window of every dataset with the time before it; nothing where monitors are switched off.

    moved: leave out the datasets of which nothing has changed in either window since the last look. What goes wrong
    with one dataset is told, and the others are looked at.
    """
    if not project.settings.monitors.enabled:
        return []
    names = sorted({project.dataset(name) for name in project.settings.pipelines})
    return list(_each(project, store, names, now=now, moved=moved))


def _each(
    project: Project, store: Store, names: Iterable[str], *, now: datetime, moved: bool
) -> Iterator[Looked]:
    for name in names:
        try:
            if moved and not _moved(project, store, name, now):
                continue
            yield _told(run_drift(project, store, name, now=now))
        except SentinelError as fault:
            yield Looked(dataset=name, reason=fault.message)


def _moved(project: Project, store: Store, dataset: str, now: datetime) -> bool:
    """Whether the windows have other bounds or other rows than the last look had; the profiles are not read."""
    span = profiles.span(store, dataset)
    if span is None:
        return False
    known, tested = placed(windows_of(project.settings.drift), span=span, now=now)
    last = looks.at(store, dataset=dataset, start=tested.start, end=tested.end)
    stretches = masks(store, dataset)
    baseline = profiles.counts(store, dataset=dataset, since=known.start, until=known.end)
    current = profiles.counts(store, dataset=dataset, since=tested.start, until=tested.end)
    rows = (
        sum(count for hour, count in baseline if not masked(hour, stretches)),
        sum(count for _, count in current),
    )
    return last is None or (last.baseline_rows, last.current_rows) != rows


def _told(compared: Compared) -> Looked:
    comparison = compared.comparison
    if comparison is None:
        return Looked(dataset=compared.dataset, reason=compared.reason)
    return Looked(
        dataset=compared.dataset,
        worst=comparison.worst,
        drifted=list(dict.fromkeys(_name(drift) for drift in comparison.drifts)),
    )


def _name(drift: Drift) -> str:
    return drift.field_name or drift.entity or drift.drift_type
