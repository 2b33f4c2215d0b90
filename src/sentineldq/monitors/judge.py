"""From the numbers of a series to where it stands: anomalies by what is usual, with what people said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from sentineldq.monitors.anomaly.detector import detect
from sentineldq.monitors.anomaly.model import Feedback, Point, Verdict
from sentineldq.monitors.anomaly.settings import Settings
from sentineldq.monitors.model import Kind, Series, Watched

FLOOR: dict[Kind, float] = {"nulls": 0.005, "score": 0.005, "volume": 3.0}
"""The least difference from what was expected that is worth a word: half a per cent, three rows."""

DIRECTIONS: dict[Kind, Literal["up", "down", "both"]] = {"nulls": "up", "score": "down", "volume": "both"}

UNITS: dict[Kind, str] = {"volume": "rows", "nulls": "of its values are null", "score": "of the records pass"}

TWICE = 0.8
"""The score at twice the band's width from what was expected: critical from there on."""


def verdicts(
    series: Series, points: Sequence[Point], *, settings: Settings, feedback: Sequence[Feedback] = ()
) -> list[Verdict]:
    """The verdict on each point, from those before it; differences too small to matter are normal."""
    floor = FLOOR.get(series.kind, 0.0)
    return [_worth(one, floor) for one in detect(points, settings=settings, feedback=feedback)]


def _worth(verdict: Verdict, floor: float) -> Verdict:
    if verdict.status != "anomaly" or verdict.expected is None:
        return verdict
    if abs(verdict.value - verdict.expected) >= floor:
        return verdict
    return msgspec.structs.replace(
        verdict, status="normal", alert=0.0, reason="too small a difference to matter"
    )


def standing(series: Series, found: Sequence[Verdict]) -> Watched:
    """Where a series stands by the last of its verdicts."""
    if not found:
        return Watched(
            series=series.name, kind=series.kind, dataset=series.dataset, at=None, value=None, state="gap"
        )
    last = found[-1]
    wrong = last.status == "anomaly"
    return Watched(
        series=series.name,
        kind=series.kind,
        dataset=series.dataset,
        at=last.at,
        value=last.value,
        state=last.status,
        expected=last.expected,
        low=last.low,
        high=last.high,
        score=last.score,
        severity=None if not wrong else ("CRITICAL" if last.score >= TWICE else "WARNING"),
        message=_words(series, last, since=_since(found)) if wrong else last.reason,
        points=len(found),
    )


def _since(found: Sequence[Verdict]) -> Verdict:
    """The first of the anomalies that the last one belongs to."""
    first = found[-1]
    for one in reversed(found):
        if one.status == "normal":
            break
        first = one if one.status == "anomaly" else first
    return first


def _words(series: Series, last: Verdict, *, since: Verdict) -> str:
    where = f"{series.dataset}.{series.part}" if series.kind == "nulls" else series.part or series.dataset
    band = f"{_number(series.kind, last.low)} to {_number(series.kind, last.high)} was expected"
    said = f"{where}: {_number(series.kind, last.value)} {UNITS.get(series.kind, '')}".rstrip()
    return f"{said}; {band} (since {since.at:%Y-%m-%d %H:%M} UTC)"


def _number(kind: Kind, value: float | None) -> str:
    if value is None:
        return "any"
    if kind in {"nulls", "score"}:
        return f"{100 * min(max(value, 0.0), 1.0):.1f} %"
    if kind == "volume":
        return f"{max(value, 0.0):,.0f}"
    return f"{value:,.6g}"
