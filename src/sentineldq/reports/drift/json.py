"""A comparison as JSON: stable, always valid, described by `drift.schema.json`."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from sentineldq.drift.model import Comparison, DriftType, Status
from sentineldq.drift.settings import Severity
from sentineldq.pipeline.drift.compared import Compared, Heat, Side
from sentineldq.profiles.model import Column as Summary
from sentineldq.reports.drift import words
from sentineldq.reports.drift.shapes import Bars, Histogram
from sentineldq.reports.drift.statistics import statistics
from sentineldq.version import __version__

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTITY = "urn:sentineldq:drift:1"
RANKS = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What drifted; the keys of `drift_results` in the store."""

    drift_type: DriftType
    entity: str
    field_name: str | None
    metric_name: str
    baseline_value: Any
    current_value: Any
    drift_score: float
    severity: Severity
    message: str
    metadata: dict[str, Any]


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A test that was made, drifted or not; `not enough data` is neither.

    effect: what is held against the threshold: the statistic less what chance alone gives. baseline_rows, current_rows:
    what it was made of; 0 where it does not say.
    """

    drift_type: DriftType
    entity: str | None
    field_name: str | None
    metric_name: str
    statistic: float | None
    effect: float | None
    p_value: float | None
    adjusted: float | None
    threshold: float | None
    score: float
    status: Status
    note: str
    baseline_rows: int
    current_rows: int


class Values(msgspec.Struct, frozen=True, kw_only=True, tag="values"):
    """Shares of values in both windows; `rest` is that of all values not listed."""

    title: str
    values: list[str]
    baseline: list[float]
    current: list[float]
    rest: tuple[float, float] | None


class Bins(msgspec.Struct, frozen=True, kw_only=True, tag="bins"):
    """Shares per bin in both windows; `edges` has one more; times are seconds since 1970.

    scale: on which bins are equally wide; `time` says that edges are times.
    """

    title: str
    scale: Literal["linear", "log", "time"]
    edges: list[float]
    baseline: list[float]
    current: list[float]


class Statistic(msgspec.Struct, frozen=True, kw_only=True):
    """A plain statistic of both windows, as people write it."""

    name: str
    baseline: str
    current: str


class Quantile(msgspec.Struct, frozen=True, kw_only=True):
    """The value below which a share of the values lies, in both windows; times are seconds since 1970."""

    rank: float
    baseline: float | None
    current: float | None


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column that was compared, with its worst score and what it looked like in both windows."""

    name: str
    score: float
    drifted: bool
    distributions: list[Values | Bins]
    statistics: list[Statistic]
    quantiles: list[Quantile]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Two windows of one dataset compared; where there was nothing to compare, `reason` says why."""

    dataset: str
    compared: bool
    drifted: bool
    worst: Severity | None
    verdict: str
    reason: str | None
    notes: list[str]
    baseline: Side
    current: Side
    drifts: list[Finding]
    tests: list[Made]
    columns: list[Column]
    history: Heat | None
    made_at: datetime | None
    sentineldq: str
    kind: Literal["drift"] = "drift"


def render(compared: Compared) -> str:
    """JSON (UTF-8, indented by 2), keys in the order of the structs; a number that is not finite is null."""
    return json.dumps(plain(compared), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def render_all(found: Sequence[Compared]) -> str:
    """Several datasets as one array."""
    return json.dumps([plain(one) for one in found], ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def plain(compared: Compared) -> dict[str, Any]:
    """The comparison in values that JSON has."""
    tree: dict[str, Any] = _finite(msgspec.to_builtins(report(compared)))
    return tree


def report(compared: Compared) -> Report:
    """What is written of a comparison."""
    comparison = compared.comparison
    return Report(
        dataset=compared.dataset,
        compared=comparison is not None,
        drifted=bool(comparison and comparison.drifts),
        worst=compared.worst,
        verdict=words.verdict(compared),
        reason=compared.reason,
        notes=compared.notes,
        baseline=compared.baseline,
        current=compared.current,
        drifts=_findings(comparison) if comparison else [],
        tests=_tests(comparison) if comparison else [],
        columns=_columns(compared, comparison) if comparison else [],
        history=compared.heat,
        made_at=compared.made_at,
        sentineldq=__version__,
    )


def schema() -> dict[str, Any]:
    """The JSON schema (2020-12) of what `render` writes; published as `drift.schema.json`.

    All fields are always written, hence required. A reader should ignore keys it does not know: new ones may come,
    none will go or change meaning within one version of the schema.
    """
    made = msgspec.json.schema(Report)
    for part in made["$defs"].values():
        if part.get("type") == "object" and "properties" in part:
            part["required"] = list(part["properties"])
    return {"$schema": DIALECT, "$id": IDENTITY, "title": "SentinelDQ drift"} | made


def _findings(comparison: Comparison) -> list[Finding]:
    names = Finding.__struct_fields__
    return [Finding(**{name: getattr(drift, name) for name in names}) for drift in comparison.drifts]


def _tests(comparison: Comparison) -> list[Made]:
    return [
        Made(**{name: getattr(test, name) for name in Made.__struct_fields__}) for test in comparison.tests
    ]


def _columns(compared: Compared, comparison: Comparison) -> list[Column]:
    moved = {one.path for one in words.subjects(compared)}
    names = [
        *comparison.baseline.columns,
        *(path for path in comparison.current.columns if path not in comparison.baseline.columns),
    ]
    return [
        Column(
            name=name,
            score=comparison.scores.get(name, 0.0),
            drifted=name in moved,
            distributions=[_distribution(shape) for shape in words.drawn(compared, name)],
            statistics=[
                Statistic(name=title, baseline=left, current=right)
                for title, left, right in statistics(*_sides(comparison, name))
            ],
            quantiles=_quantiles(*_sides(comparison, name)),
        )
        for name in names
    ]


def _sides(comparison: Comparison, name: str) -> tuple[Summary | None, Summary | None]:
    return comparison.baseline.columns.get(name), comparison.current.columns.get(name)


def _quantiles(baseline: Summary | None, current: Summary | None) -> list[Quantile]:
    """Those of numbers and times; none where neither window has values."""
    left, right = (_at_ranks(side) for side in (baseline, current))
    if not any(value is not None for value in (*left, *right)):
        return []
    return [
        Quantile(rank=rank, baseline=before, current=after)
        for rank, before, after in zip(RANKS, left, right, strict=True)
    ]


def _at_ranks(side: Summary | None) -> list[float | None]:
    if side is None or side.quantiles is None or not side.quantiles.count:
        return [None] * len(RANKS)
    return list(side.quantiles.at(RANKS))


def _distribution(shape: Bars | Histogram) -> Values | Bins:
    if isinstance(shape, Bars):
        return Values(
            title=shape.title,
            values=[row[0] for row in shape.rows],
            baseline=[row[1] for row in shape.rows],
            current=[row[2] for row in shape.rows],
            rest=shape.rest,
        )
    return Bins(
        title=shape.title,
        scale=shape.scale,
        edges=shape.edges,
        baseline=shape.baseline,
        current=shape.current,
    )


def _finite(item: Any) -> Any:
    """No number that is not finite, no text that UTF-8 cannot hold."""
    if isinstance(item, dict):
        return {_finite(key): _finite(inside) for key, inside in item.items()}
    if isinstance(item, list | tuple):
        return [_finite(inside) for inside in item]
    if isinstance(item, float) and not math.isfinite(item):
        return None
    if isinstance(item, str) and not item.isascii():
        return item.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return item
