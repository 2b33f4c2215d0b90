"""The project now, held against yesterday at this time: the overview, and what became different."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sentineldq.server.answers.dashboard import (
    Changed,
    Difference,
    Differences,
    Mover,
    Overview,
    Since,
    Trend,
)
from sentineldq.server.answers.datasets import QualityOut
from sentineldq.server.catalog import catalog_of
from sentineldq.server.dataset import shown
from sentineldq.server.span import AHEAD
from sentineldq.server.standing import DAY, LEVELS, Standings, said, score, standings
from sentineldq.server.state import State
from sentineldq.store import flow, since
from sentineldq.store.flow import Flow

WORST = 10
MOVERS = 3
LEAST = 0.0001
"""Points of the score under which no dataset is named."""


def overview(here: State, known: Standings, hours: list[Trend]) -> Overview:
    """The project at a glance."""
    every = list(known.values())
    levels = Counter(one.level for one in every)
    worst = sorted(
        (one for one in every if one.level in {"warning", "critical"}),
        key=lambda one: (-LEVELS.index(one.level), one.dataset.name),
    )
    alerts = [alert for one in every for alert in one.alerts]
    against = _since(here, known)
    return Overview(
        at=datetime.now(UTC),
        project=here.project.name,
        simulated=here.project.simulated,
        health=max((one.level for one in every), key=LEVELS.index, default="unknown"),
        datasets={str(level): levels[level] for level in LEVELS if levels[level]},
        score=against.score,
        freshness=dict(Counter(one.freshness.status if one.freshness else "unmeasured" for one in every)),
        alerts=dict(Counter(alert.status for alert in alerts)),
        severities=dict(Counter(alert.severity for alert in alerts)),
        pipelines=dict(
            Counter(one.run.status if one.run else "never" for one in every if one.dataset.pipeline)
        ),
        flow=[
            QualityOut(**{name: getattr(hour, name) for name in QualityOut.model_fields}) for hour in hours
        ],
        since_yesterday=against,
        worst=[shown(one) for one in worst[:WORST]],
    )


def _since(here: State, known: Standings) -> Since:
    """The last 24 hours against those before."""
    middle = datetime.now(UTC) - DAY
    now = {name: one.flow for name, one in known.items() if one.flow}
    earlier = here.cache.get(
        "yesterday", lambda: flow.by_dataset(here.store, since=middle - DAY, until=middle)
    )
    before = {name: one for name, one in earlier.items() if name in known}
    counted: dict[str, int] = {}
    for end, of, start in (("", now, middle), ("_before", before, middle - DAY)):
        counted |= {
            f"{name}{end}": sum(getattr(one, name) for one in of.values()) for name in ("rows", "quarantined")
        }
        until = start + DAY + (AHEAD if of is now else timedelta(0))
        found = flow.found(here.store, since=start, until=until, grain="day")
        counted |= {
            f"{name}{end}": sum(getattr(one, name) for one in found)
            for name in ("findings", "alerts", "drifts")
        }
    return Since(
        **counted,
        score=_share(counted["quarantined"], counted["rows"]),
        score_before=_share(counted["quarantined_before"], counted["rows_before"]),
        because=movers(now, before),
    )


def _share(refused: int, rows: int) -> float | None:
    return round(1 - refused / rows, 6) if rows else None


def movers(now: Mapping[str, Flow], before: Mapping[str, Flow]) -> list[Mover]:
    """The datasets that moved the score of all the way it went, most first; none where one end has no records.

    The share refused is a sum over datasets, each refused record over all records; how much a dataset's part of it
    fell is what it gave. These add up to the whole change.
    """
    rows, rows_before = (sum(one.rows for one in of.values()) for of in (now, before))
    if not rows or not rows_before:
        return []
    given = {
        name: _refused(before.get(name)) / rows_before - _refused(now.get(name)) / rows
        for name in sorted({*now, *before})
    }
    way = 1 if sum(given.values()) > 0 else -1
    most = sorted(given, key=lambda name: -way * given[name])[:MOVERS]
    return [
        Mover(
            dataset=name,
            points=round(given[name], 6),
            score=score(now.get(name)),
            score_before=score(before.get(name)),
            rows=now[name].rows if name in now else 0,
        )
        for name in most
        if way * given[name] >= LEAST
    ]


def _refused(one: Flow | None) -> int:
    return one.quarantined if one else 0


def changed(here: State, start: datetime) -> Changed:
    """What became different since a moment."""
    store = here.store
    return Changed(
        since=start,
        alerts=_told(since.opened(store, since=start)),
        contracts=_told(since.contracted(store, since=start)),
        runs=_told(since.failed(store, project=here.project.name, since=start)),
        drift=_told(since.drifted(store, since=start)),
        late=_late(here, start),
    )


def _told(found: since.Changes) -> Differences:
    return Differences(count=found.count, items=[Difference(**vars(one)) for one in found.told])


def _late(here: State, start: datetime) -> Differences:
    """Datasets that are late and were not, the oldest data first. Times of simulated records mean nothing."""
    names = {one.main: name for name, one in catalog_of(here).items()}
    new = {} if here.project.simulated else since.late(here.store, since=start)
    known = standings(here)
    found = []
    for table, at in new.items():
        fresh = known[names[table]].freshness if table in names and names[table] in known else None
        if fresh is not None and fresh.age_seconds is not None:
            allowed = "" if fresh.allowed_seconds is None else f", {said(fresh.allowed_seconds)} are allowed"
            title = f"its newest event was {said(fresh.age_seconds)} old{allowed}"
            found.append((-fresh.age_seconds, Difference(at=at, dataset=names[table], title=title)))
    found.sort(key=lambda pair: (pair[0], pair[1].dataset or ""))
    return Differences(count=len(found), items=[one for _, one in found[: since.MOST]])
