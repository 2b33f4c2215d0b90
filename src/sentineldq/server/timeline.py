"""How one dataset has been over time: its records, its rows, its age and what was found, on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sentineldq.server.answers.datasets import Timeline, VersionOut
from sentineldq.server.catalog import Dataset
from sentineldq.server.dataset import quality_of, versions_of
from sentineldq.server.span import Span
from sentineldq.server.state import State
from sentineldq.store import flow, freshness
from sentineldq.store.flow import LENGTH, Grain


def timeline(here: State, dataset: Dataset, *, grain: Grain, span: Span) -> Timeline:
    """The hours or days of a span; where nothing came or was measured there are gaps."""
    times = span.times(grain)
    version = here.feed.version("batches", "runs", "findings", "alerts", "drift", "freshness")
    key = ("timeline", dataset.name, grain, times[0], times[-1])
    return here.cache.get(key, lambda: _made(here, dataset, grain, span, times), version=version)


def _made(here: State, dataset: Dataset, grain: Grain, span: Span, times: list[datetime]) -> Timeline:
    step = LENGTH[grain]
    since, until = times[0], times[-1] + step
    came = {one.at: one for one in quality_of(here, dataset, grain=grain, span=span)}
    found = {
        one.at: one
        for one in flow.found(
            here.store, since=since, until=until, grain=grain, dataset={dataset.name, *dataset.tables}
        )
    }
    # The times of simulated records are simulated too: how old they are means nothing.
    ages = [] if here.project.simulated else _ages(here, dataset, since, grain)
    aged = {one.at: one for one in ages}
    return Timeline(
        grain=grain,
        times=times,
        rows=[came[at].rows if at in came else None for at in times],
        accepted=[came[at].accepted if at in came else None for at in times],
        quarantined=[came[at].quarantined if at in came else None for at in times],
        score=[came[at].score if at in came else None for at in times],
        table_rows=_rows(versions_of(here, dataset), times, step),
        age_seconds=[aged[at].age_seconds if at in aged else None for at in times],
        allowed_seconds=[aged[at].allowed_seconds if at in aged else None for at in times],
        findings=[found[at].findings if at in found else 0 for at in times],
        alerts=[found[at].alerts if at in found else 0 for at in times],
        drifts=[found[at].drifts if at in found else 0 for at in times],
        simulated=here.project.simulated,
    )


def _ages(here: State, dataset: Dataset, since: datetime, grain: Grain) -> list[freshness.Worst]:
    return freshness.worst(here.store, dataset=dataset.main, since=since, grain=grain)


def _rows(versions: Sequence[VersionOut], times: Sequence[datetime], step: timedelta) -> list[int | None]:
    """The rows that the table had at the end of each span; None before its first snapshot that is kept."""
    oldest_first = sorted(versions, key=lambda one: one.committed_at)
    found: list[int | None] = []
    at, rows = 0, None
    for time in times:
        while at < len(oldest_first) and oldest_first[at].committed_at < time + step:
            rows = oldest_first[at].rows
            at += 1
        found.append(rows)
    return found
