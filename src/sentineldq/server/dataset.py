"""What is known of one dataset: its contract, its tables, its records over time, some of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from pydantic import BaseModel

from sentineldq.checks.model import SEVERITIES
from sentineldq.lake import describe
from sentineldq.lake.scan import scan
from sentineldq.pipeline.replay.view import masked_value
from sentineldq.server.answers.datasets import (
    Age,
    CheckOut,
    ColumnOut,
    ContractOut,
    DatasetOut,
    LastRun,
    LayerOut,
    QualityOut,
    ReasonOut,
    Sample,
    StandingAlert,
    VersionOut,
)
from sentineldq.server.catalog import Catalog, Dataset, catalog_of
from sentineldq.server.span import Span
from sentineldq.server.standing import Standing, score
from sentineldq.server.state import State
from sentineldq.store import flow, results


def shown(one: Standing) -> DatasetOut:
    """A dataset as it is answered."""
    fresh = one.freshness
    now = datetime.now(UTC)
    return DatasetOut(
        name=one.dataset.name,
        layer=one.dataset.layer,  # type: ignore[arg-type]
        pipeline=one.dataset.pipeline,
        description=one.dataset.description,
        domain=one.dataset.domain,
        tags=list(one.dataset.tags),
        owners=list(one.dataset.owners),
        health=one.level,
        reasons=[ReasonOut(**vars(reason)) for reason in one.reasons],
        score=one.score,
        rows=one.flow.rows if one.flow else 0,
        quarantined=one.flow.quarantined if one.flow else 0,
        run=LastRun(**{name: getattr(one.run, name) for name in LastRun.model_fields}) if one.run else None,
        freshness=None
        if fresh is None
        else Age(
            status=fresh.status,
            age_seconds=None
            if fresh.age_seconds is None
            else round(fresh.age_seconds + (now - fresh.measured_at).total_seconds(), 1),
            allowed_seconds=fresh.allowed_seconds,
            last_event_at=fresh.last_event_at,
            measured_at=fresh.measured_at,
        ),
        alerts=dict(Counter(alert.severity for alert in one.alerts)),
    )


def scores_of(here: State, names: list[str], *, days: int) -> dict[str, list[float | None]]:
    """The share of records accepted by some datasets on each of so many days with the present one, oldest first."""
    today = flow.floor(datetime.now(UTC), "day")
    key = ("scores", days, *names)
    return here.cache.get(
        key, lambda: _scores(here, names, today, days), version=(today, here.feed.version("batches"))
    )


def _scores(here: State, names: list[str], today: datetime, days: int) -> dict[str, list[float | None]]:
    times = [today - timedelta(days=back) for back in reversed(range(days))]
    sums = flow.by_day(here.store, since=times[0], datasets=names)
    return {name: [score(sums.get((name, at))) for at in times] for name in names}


def contract_of(dataset: Dataset) -> ContractOut:
    """The contract of a dataset in short."""
    contract, table = dataset.contract, dataset.table
    private, keys = dataset.private, set(table.primary_key if table else ())
    columns = [
        ColumnOut(
            path=path,
            type=item.logical_type,
            description=item.description,
            required=item.required,
            unique=item.unique,
            key=path in keys,
            classification=item.classification,
            classified=path in private,
            checks=len(item.quality),
        )
        for path, item in (table.walk() if table else ())
    ]
    levels = msgspec.to_builtins(contract.sla_properties) if contract else []
    return ContractOut(
        path=dataset.path,
        id=contract.id if contract else None,
        version=contract.version if contract else None,
        status=contract.status if contract else None,
        fault=dataset.fault,
        columns=columns,
        checks=sum(column.checks for column in columns) + (len(table.quality) if table else 0),
        service_levels=levels,
    )


def layers_of(here: State, dataset: Dataset) -> list[LayerOut]:
    """The tables of a dataset, from their metadata alone."""
    version = here.feed.version("batches", "runs")
    return here.cache.get(
        ("layers", dataset.name), lambda: _layers(here, dataset), version=version, longest=15
    )


def quality_of(here: State, dataset: Dataset, *, grain: flow.Grain, span: Span) -> list[QualityOut]:
    """What became of the records of each hour or day of a span."""
    times = span.times(grain)
    since, until = times[0], times[-1] + flow.LENGTH[grain]
    return here.cache.get(
        ("quality", dataset.name, grain, since, until),
        lambda: _quality(here, dataset.name, since, until, grain),
        version=here.feed.version("batches"),
    )


def _quality(here: State, name: str, since: datetime, until: datetime, grain: flow.Grain) -> list[QualityOut]:
    rows = flow.records(here.store, since=since, until=until, grain=grain, dataset=name)
    return [
        QualityOut(
            at=row.at,
            rows=row.rows,
            accepted=row.silver,
            quarantined=row.quarantined,
            duplicates=row.duplicates,
            dropped=row.dropped,
            score=round(1 - row.quarantined / row.rows, 6) if row.rows else None,
        )
        for row in rows
    ]


def checks_of(here: State, dataset: Dataset) -> list[CheckOut]:
    """What each check found in the last seven days, those that failed most first."""
    version = here.feed.version("results")
    return here.cache.get(("checks", dataset.name), lambda: _checks(here, dataset), version=version)


def _checks(here: State, dataset: Dataset) -> list[CheckOut]:
    since = datetime.now(UTC) - timedelta(days=7)
    found = results.by_check(here.store, dataset=dataset.name, since=since)
    return [CheckOut(**{name: getattr(one, name) for name in CheckOut.model_fields}) for one in found[:100]]


def present(here: State) -> set[str]:
    """The tables that the lake has."""
    version = here.feed.version("batches", "runs")
    return here.cache.get("tables", lambda: set(here.lake.names()), version=version, longest=15)


def _layers(here: State, dataset: Dataset) -> list[LayerOut]:
    there = present(here)
    found = []
    for table in dataset.tables:
        layer: Any = table.partition(".")[0]
        told = describe.summarise(here.lake.table(table)) if table in there else {"rows": None}
        found.append(LayerOut(**{**told, "layer": layer, "table": table}))
    return found


def versions_of(here: State, dataset: Dataset) -> list[VersionOut]:
    """The snapshots of the table of accepted rows, newest first."""
    version = here.feed.version("batches", "runs")
    return here.cache.get(("versions", dataset.name), lambda: _versions(here, dataset), version=version)


def _versions(here: State, dataset: Dataset) -> list[VersionOut]:
    if dataset.main not in present(here):
        return []
    rows = describe.history(here.lake.table(dataset.main))
    return [VersionOut(**{**_only(row, VersionOut), "snapshot": str(row["snapshot"])}) for row in rows]


def standing_of(one: Standing) -> list[StandingAlert]:
    """The alerts that are not resolved, the worst and newest first."""
    ranked = sorted(one.alerts, key=lambda alert: alert.opened_at, reverse=True)
    ranked.sort(key=lambda alert: SEVERITIES.index(alert.severity), reverse=True)
    names = StandingAlert.model_fields
    return [StandingAlert(**{name: getattr(alert, name) for name in names}) for alert in ranked[:50]]


def _only(row: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    return {name: row[name] for name in model.model_fields}


def sample_of(here: State, dataset: Dataset, limit: int) -> Sample:
    """Some of the accepted rows, without what the contract classifies."""
    version = here.feed.version("batches", "runs")
    key = ("sample", dataset.name, limit)
    return here.cache.get(key, lambda: _sample(here, dataset, limit), version=(dataset, version))


def _sample(here: State, dataset: Dataset, limit: int) -> Sample:
    assert dataset.table is not None  # noqa: S101  # as its caller has seen
    known = {item.column for item in dataset.table.properties}
    frame = scan(here.lake.table(dataset.main)).head(limit).collect()
    columns = [name for name in frame.columns if name in known or not name.startswith("_")]
    rows, masked = [], 0
    for row in frame.select(columns).iter_rows(named=True):
        value, count = masked_value(msgspec.json.encode(row), dataset.private)
        rows.append(value)
        masked += count
    return Sample(columns=columns, rows=rows, masked=masked)


def upstream(here: State, name: str) -> list[str]:
    """The datasets it is made of, at any number of steps."""
    catalog = catalog_of(here)
    return _reached(name, lambda each: (up for up in catalog[each].reads if up in catalog))


def downstream(here: State, name: str) -> list[str]:
    """The datasets made of it, at any number of steps."""
    catalog = catalog_of(here)
    readers = here.cache.get("readers", lambda: _readers(catalog), version=catalog, fresh=0)
    return _reached(name, lambda each: readers.get(each, ()))


def _readers(catalog: Catalog) -> dict[str, list[str]]:
    """The datasets that each one is read by."""
    found: dict[str, list[str]] = {}
    for one in catalog.values():
        for each in one.reads:
            found.setdefault(each, []).append(one.name)
    return found


def _reached(start: str, step: Callable[[str], Iterable[str]]) -> list[str]:
    found: dict[str, None] = {}
    waiting = [start]
    while waiting:
        for each in step(waiting.pop()):
            if each not in found and each != start:
                found[each] = None
                waiting.append(each)
    return list(found)
