"""Monitors: what is watched over time, the band it is expected in, and what people say of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from sentineldq.errors import UsageError, suggest
from sentineldq.monitors.model import KINDS, Kind
from sentineldq.server.catalog import shortened
from sentineldq.server.moment import Moment
from sentineldq.server.page import Cursor, Limit, Page, decode_cursor, paged
from sentineldq.server.problems import NotFoundError, RequestError
from sentineldq.server.security.principal import Steward, Viewer
from sentineldq.server.state import Here, State
from sentineldq.store import feedback, measurements
from sentineldq.store.feedback import Feedback
from sentineldq.store.measurements import Measurement

router = APIRouter(prefix="/monitors", tags=["monitors"])

BOUNDLESS = 1e15
"""From here on an end of a band says nothing."""

Verdict = Literal["false_positive", "expected_change", "incident"]
Name = Annotated[str, Path(max_length=1_000, description="As the list names it, `volume/events`.")]


class SeriesOut(BaseModel):
    """A series and its last point, with the band that was expected.

    values: the last ones, the oldest first, as many as asked for.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "series": "volume/events",
                    "kind": "volume",
                    "dataset": "events",
                    "at": "2026-11-20T11:00:00Z",
                    "value": 48120.0,
                    "low": 41000.0,
                    "high": 56000.0,
                    "score": 0.0,
                    "verdict": "normal",
                }
            ]
        }
    )

    series: str
    kind: str
    dataset: str | None
    at: datetime
    value: float | None
    low: float | None
    high: float | None
    score: float | None
    verdict: str | None
    values: list[float | None] = []


class PointOut(BaseModel):
    """One point: null where nothing could be measured. low, high: the band it was expected in."""

    at: datetime
    value: float | None
    low: float | None
    high: float | None
    score: float | None
    verdict: str | None


class FeedbackOut(BaseModel):
    """What somebody said of a stretch of a series."""

    series: str
    since: datetime
    until: datetime
    verdict: Verdict
    note: str | None
    made_by: str | None
    made_at: datetime


class Points(BaseModel):
    """A stretch of a series, oldest first, and what people said of it."""

    series: str
    items: list[PointOut]
    feedback: list[FeedbackOut]


class Said(BaseModel):
    """A verdict on [since, until): it was normal after all, it was meant, or it was wrong and is no baseline."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "since": "2026-11-20T02:00:00Z",
                    "until": "2026-11-20T05:00:00Z",
                    "verdict": "incident",
                    "note": "the source was down",
                }
            ]
        }
    )

    since: Moment
    until: Moment
    verdict: Verdict
    note: Annotated[str | None, Field(max_length=2_000)] = None


@router.get("", summary="List series")
def list_series(
    _: Viewer,
    here: Here,
    kind: Kind | None = None,
    dataset: Annotated[str | None, Query(max_length=500)] = None,
    search: Annotated[str | None, Query(max_length=200, description="Part of a name.")] = None,
    verdict: Annotated[
        str | None, Query(max_length=50, description="Of the last point, as `anomaly`.")
    ] = None,
    sort: Annotated[Literal["name", "worst"], Query(description="worst: anomalies first.")] = "name",
    values: Annotated[int, Query(ge=0, le=200, description="So many of the last values of each.")] = 0,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[SeriesOut]:
    """What is watched, by name, and where each series stands."""
    chosen = [
        one
        for one in _heads(here).values()
        if (kind is None or one.monitor == kind)
        and (dataset is None or one.dataset in {dataset, f"silver.{dataset}"})
        and (not search or search.casefold() in one.series.casefold())
        and (verdict is None or one.verdict == verdict)
    ]
    place = _PLACES[sort]
    after = decode_cursor(cursor, int, float, str)
    rows = [one for one in sorted(chosen, key=place) if after is None or place(one) > after]
    tails = (
        measurements.tails(here.store, series=[one.series for one in rows[:limit]], points=values)
        if values
        else {}
    )
    return paged(
        rows,
        limit,
        item=lambda one: shown(one).model_copy(update={"values": tails.get(one.series, [])}),
        place=place,
        total=len(chosen),
    )


def _worst_first(one: Measurement) -> tuple[int, float, str]:
    return (int(one.verdict != "anomaly"), -(one.score or 0.0), one.series)


_PLACES: dict[str, Callable[[Measurement], tuple[int, float, str]]] = {
    "name": lambda one: (0, 0.0, one.series),
    "worst": _worst_first,
}
"""The place of a series in each order."""


@router.get("/feedback", summary="List feedback")
def list_feedback(
    _: Viewer,
    here: Here,
    series: Annotated[str | None, Query(max_length=1_000)] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[FeedbackOut]:
    """What people have said, by the beginning of the stretch."""
    found = feedback.query(here.store, series=series)
    places = [(one.since, one.series, one.until) for one in found]
    after = decode_cursor(cursor, datetime, str, datetime)
    rows = [one for one, place in zip(found, places, strict=True) if after is None or place > after]
    return paged(
        rows, limit, item=said_of, place=lambda one: (one.since, one.series, one.until), total=len(found)
    )


@router.get("/{series:path}/points", summary="The points of a series")
def points(
    series: Name,
    _: Viewer,
    here: Here,
    days: Annotated[int, Query(ge=1, le=366)] = 14,
    since: Moment | None = None,
    until: Moment | None = None,
) -> Points:
    """The points of a series, each with its band; at most the newest 5,000. days: up to now, or its last point."""
    head = _known(here, series)
    name = head.series
    first = since or (until or min(datetime.now(UTC), head.at)) - timedelta(days=days)
    rows = measurements.read(here.store, series=name, since=first, until=until, limit=5_000)
    answers = feedback.query(here.store, series=name, since=first, until=until)
    return Points(series=name, items=[point(row) for row in rows], feedback=[said_of(one) for one in answers])


@router.post("/{series:path}/feedback", status_code=201, summary="Say something of a series")
def give(series: Name, given: Said, me: Steward, here: Here) -> FeedbackOut:
    """A verdict on a stretch of a series: monitors learn from it, and drift leaves incidents out of its baselines."""
    said = Feedback(
        series=_known(here, series).series,
        since=given.since,
        until=given.until,
        verdict=given.verdict,
        note=given.note,
        made_by=me.name,
        made_at=datetime.now(UTC),
    )
    try:
        feedback.give(here.store, said)
    except UsageError as fault:
        raise RequestError(422, fault.message, hint=fault.hint) from fault
    return said_of(said)


@router.delete("/{series:path}/feedback", status_code=204, summary="Take feedback back")
def withdraw(
    series: Name,
    _: Steward,
    here: Here,
    since: Moment,
    until: Moment,
) -> None:
    """Take a verdict on this very stretch back."""
    if not feedback.withdraw(here.store, series=series, since=since, until=until):
        raise NotFoundError(f"feedback on {shortened(series)!r} of this stretch")


def shown(one: Measurement) -> SeriesOut:
    """A series as it is listed, by its last point."""
    return SeriesOut(series=one.series, kind=one.monitor, dataset=one.dataset, **dict(point(one)))


def point(one: Measurement) -> PointOut:
    """A point as it is answered."""
    return PointOut(
        at=one.at,
        value=one.value,
        low=_bound(one.expected_low),
        high=_bound(one.expected_high),
        score=one.score,
        verdict=one.verdict,
    )


def _bound(value: float | None) -> float | None:
    """An end of a band; none where anything would be within it, as while too few points are known."""
    return None if value is None or abs(value) > BOUNDLESS else value


def said_of(one: Feedback) -> FeedbackOut:
    """Feedback as it is answered."""
    return FeedbackOut(**vars(one))


def _heads(here: State) -> dict[str, Measurement]:
    """The last point of every series, by name."""

    def made() -> dict[str, Measurement]:
        return {one.series: one for one in measurements.heads(here.store) if one.monitor in KINDS}

    return here.cache.get("series", made, version=here.feed.version("measurements"))


def _known(here: State, series: str) -> Measurement:
    known = _heads(here)
    found = known.get(series)
    if found is None:
        raise NotFoundError(f"series {shortened(series)!r}", hint=suggest(series[:100], known))
    return found
