"""The series of a project, replayed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from sentineldq.monitors.judge import verdicts
from sentineldq.pipeline.monitor.backtest import Backtest, backtest
from sentineldq.pipeline.monitor.listing import find, listing
from sentineldq.pipeline.monitor.run import history, settings_for
from sentineldq.pipeline.project import Project
from sentineldq.store.database import Store

ALL_OF_TIME = timedelta(days=36_500)
RULED = ("freshness", "schema")
"""Kinds that are judged by a rule, not by what is usual: there is nothing to replay."""


def replay_project(
    project: Project, name: str | None, *, sensitivity: Literal["low", "medium", "high"] | None = None
) -> list[Backtest]:
    """What would have alerted in one series of a project, or in all of them. Raises UsageError, StoreError."""
    with project.open_store() as store:
        names = [name] if name else [one.series for one in listing(store) if one.kind not in RULED]
        return [_replay(project, store, one, sensitivity) for one in names]


def _replay(
    project: Project, store: Store, name: str, sensitivity: Literal["low", "medium", "high"] | None
) -> Backtest:
    series = find(store, name)
    points, answers = history(store, series, now=datetime.now(UTC), keep=ALL_OF_TIME)
    settings = settings_for(project.settings.monitors, series, points)
    if sensitivity:
        settings = replace(settings, sensitivity=sensitivity)
    return backtest(name, verdicts(series, points, settings=settings, feedback=answers))
