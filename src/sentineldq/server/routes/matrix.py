"""Drift by dataset, column and time: the worst score of each cell, of what did not drift too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from sentineldq.drift.settings import Severity
from sentineldq.server.catalog import pick
from sentineldq.server.page import Cursor, Limit, decode_cursor, paged
from sentineldq.server.security.principal import Viewer
from sentineldq.server.span import INSTANT, spans
from sentineldq.server.span import Span as Asked
from sentineldq.server.state import Here, State
from sentineldq.store import flow, looks
from sentineldq.store.looks import ITSELF, Look

router = APIRouter(prefix="/drift", tags=["drift"])

Grain = Literal["hour", "day"]
FLOORS: dict[Severity, float] = {"INFO": 0.25, "WARNING": 0.5, "CRITICAL": 0.75}
"""The score from which on a drift is of a severity."""
LONGEST = 366
"""Spans of time at most."""


class MatrixColumn(BaseModel):
    """A column of a dataset: its worst score in each span of time. name: null is the dataset itself (its volume).

    scores: null where it was not looked at, or could not be tested; `few` are the places of the latter. drifts: spans
    in which it drifted.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "type", "worst": 0.71, "drifts": 1, "scores": [None, 0.02, 0.71], "few": [0]}
            ]
        }
    )

    name: str | None
    worst: float
    drifts: int
    scores: list[float | None]
    few: list[int]


class Looked(BaseModel):
    """The newest window that was looked at in a span of time, and its rows."""

    start: datetime
    end: datetime
    rows: int


class MatrixRow(BaseModel):
    """A dataset of the matrix, its worst columns first; more_columns: of how many nothing is shown.

    windows: of each span; null where none was looked at.
    """

    dataset: str
    worst: float
    windows: list[Looked | None]
    columns: list[MatrixColumn]
    more_columns: int


class Matrix(BaseModel):
    """Dataset x column x time: the worst drift in each cell. times: the beginning of each span, oldest first.

    A window belongs to the span in which it ends. total: datasets, those of all pages. threshold: the score from which
    on it is a drift. ended: where nothing was looked at up to now, when what was looked at last did end; the spans are
    those up to then.
    """

    grain: Grain
    times: list[datetime]
    threshold: float
    ended: datetime | None
    items: list[MatrixRow]
    next_cursor: str | None
    total: int


class Span(BaseModel):
    """The spans of time that are shown: so many of them, up to now."""

    model_config = ConfigDict(frozen=True)

    grain: Grain
    times: tuple[datetime, ...]

    @property
    def since(self) -> datetime:
        return self.times[0]

    @property
    def until(self) -> datetime:
        return self.times[-1] + flow.LENGTH[self.grain]

    def place(self, end: datetime) -> int:
        """The span that a window belongs to; one that ends at midnight is of the day before."""
        return int((end - INSTANT - self.since) / flow.LENGTH[self.grain])


@router.get("/matrix", summary="Drift by dataset, column and time")
def matrix(
    _: Viewer,
    here: Here,
    asked: Annotated[Asked, Depends(spans(usual=14, most=LONGEST))],
    dataset: Annotated[str | None, Query(max_length=500)] = None,
    search: Annotated[str | None, Query(max_length=200, description="Part of a column's name.")] = None,
    severity: Annotated[
        Severity | None, Query(description="Columns that drifted so badly, or worse.")
    ] = None,
    grain: Grain = "day",
    columns: Annotated[int, Query(ge=1, le=1_000, description="Columns of a dataset, the worst ones.")] = 50,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Matrix:
    """The worst score of each column in each hour or day, the worst datasets first; of many hours the newest."""
    name = None if dataset is None else pick(here, dataset).name
    span, ended = _spans(here, asked, grain, name)
    floor = FLOORS[severity] if severity else 0.0
    chosen = [
        (worst, one)
        for one, worst in _worst(here, span, search or "").items()
        if name in (None, one) and worst >= floor
    ]
    chosen.sort(key=lambda pair: (-pair[0], pair[1]))
    after = decode_cursor(cursor, float, str)
    rest = [pair for pair in chosen if after is None or (-pair[0], pair[1]) > after]
    page = paged(rest, limit, item=lambda pair: pair, place=lambda pair: (-pair[0], pair[1]))
    made = _made(here, span, tuple(one for _, one in page.items))
    return Matrix(
        grain=grain,
        times=list(span.times),
        threshold=FLOORS["INFO"],
        ended=ended,
        items=[_cut(made[one], search, floor, columns) for _, one in page.items if one in made],
        next_cursor=page.next_cursor,
        total=len(chosen),
    )


def _spans(here: State, asked: Asked, grain: Grain, dataset: str | None) -> tuple[Span, datetime | None]:
    """The spans that are asked for; of days up to now, where the data ended before, those up to its end, and that."""
    # A window ends with the hour that is not over yet, which may be the next day's first moment.
    span = Span(grain=grain, times=tuple(asked.times(grain)[-LONGEST:]))
    if asked.days is None:
        return span, None
    version = here.feed.version("drift")
    last = here.cache.get(
        ("last look", dataset), lambda: looks.last(here.store, dataset=dataset), version=version
    )
    if last is None or last > span.since:
        return span, None
    back = span.times[-1] - flow.floor(last - INSTANT, grain)
    return Span(grain=grain, times=tuple(at - back for at in span.times)), last


def _worst(here: State, span: Span, search: str) -> dict[str, float]:
    """The worst score of every dataset; with a search only of those that have such a column."""

    def made() -> dict[str, float]:
        known = looks.worst(here.store, since=span.since, until=span.until)
        if not search:
            return known
        newest = looks.newest(here.store, since=span.since, until=span.until)
        fits = {one.dataset for one in newest if any(_fits(column, search) for column in one.scores)}
        return {name: score for name, score in known.items() if name in fits}

    return here.cache.get(("worst", span, search), made, version=here.feed.version("drift"))


def _made(here: State, span: Span, names: tuple[str, ...]) -> dict[str, MatrixRow]:
    """The rows of some datasets."""

    def made() -> dict[str, MatrixRow]:
        found = looks.query(here.store, datasets=names, since=span.since, until=span.until)
        return {
            name: _row(name, list(those), span) for name, those in groupby(found, lambda one: one.dataset)
        }

    return here.cache.get(("matrix", span, names), made, version=here.feed.version("drift"))


def _row(name: str, found: Sequence[Look], span: Span) -> MatrixRow:
    windows: list[Looked | None] = [None] * len(span.times)
    scores: dict[str, list[float | None]] = {}
    few: dict[str, set[int]] = {}
    for look in found:
        at = span.place(look.current_end)
        windows[at] = Looked(start=look.current_start, end=look.current_end, rows=look.current_rows)
        for column, score in look.scores.items():
            line = scores.setdefault(column, [None] * len(span.times))
            if score is None:
                few.setdefault(column, set()).add(at)
            else:
                line[at] = max(score, line[at] or 0.0)
    columns = [_column(column, line, few.get(column, ())) for column, line in scores.items()]
    columns.sort(key=lambda one: (-one.worst, one.name or ""))
    return MatrixRow(
        dataset=name,
        worst=max(look.worst for look in found),
        windows=windows,
        columns=columns,
        more_columns=0,
    )


def _column(name: str, scores: list[float | None], few: Iterable[int]) -> MatrixColumn:
    known = [score for score in scores if score is not None]
    return MatrixColumn(
        name=None if name == ITSELF else name,
        worst=max(known, default=0.0),
        drifts=sum(score >= FLOORS["INFO"] for score in known),
        scores=scores,
        few=sorted(at for at in few if scores[at] is None),
    )


def _cut(row: MatrixRow, search: str | None, floor: float, most: int) -> MatrixRow:
    fitting = [one for one in row.columns if one.worst >= floor and (not search or _fits(one.name, search))]
    return row.model_copy(update={"columns": fitting[:most], "more_columns": max(0, len(fitting) - most)})


def _fits(column: str | None, search: str) -> bool:
    return search.casefold() in (column or "").casefold() if search else True
