"""Drift: what was found, where and when, and two windows compared as one likes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from sentineldq.pipeline.drift.run import run_drift, windows_of
from sentineldq.reports.drift.json import plain
from sentineldq.server.catalog import Dataset, catalog_of, pick, shortened
from sentineldq.server.page import Cursor, Limit, Page, decode_cursor, paged
from sentineldq.server.problems import NotFoundError
from sentineldq.server.security.principal import Viewer
from sentineldq.server.state import Here, State
from sentineldq.store import drift, flow
from sentineldq.store.drift import Cell, Drift

router = APIRouter(prefix="/drift", tags=["drift"])

Severity = Literal["INFO", "WARNING", "CRITICAL"]
Kind = Literal["schema", "distribution", "volume"]
MASK = "***"


class DriftOut(BaseModel):
    """One metric of one field that moved between two windows. Values of classified columns read `***`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "drift_id": "0b6d1c62-2a4b-5f0c-9d0e-6f4b8a1f2c3d",
                    "dataset": "events",
                    "drift_type": "distribution",
                    "entity": "events",
                    "field_name": "type",
                    "metric_name": "psi",
                    "baseline_start": "2026-11-13T00:00:00Z",
                    "baseline_end": "2026-11-20T00:00:00Z",
                    "current_start": "2026-11-20T00:00:00Z",
                    "current_end": "2026-11-21T00:00:00Z",
                    "baseline_value": {"PushEvent": 0.52},
                    "current_value": {"PushEvent": 0.31},
                    "drift_score": 0.71,
                    "severity": "WARNING",
                    "message": "type: PushEvent fell from 52 % to 31 %",
                    "detected_at": "2026-11-21T00:05:00Z",
                    "metadata": {"statistic": 0.31},
                }
            ]
        }
    )

    drift_id: str
    dataset: str
    drift_type: Kind
    entity: str
    field_name: str | None
    metric_name: str
    baseline_start: datetime | None
    baseline_end: datetime | None
    current_start: datetime | None
    current_end: datetime | None
    baseline_value: Any
    current_value: Any
    drift_score: float
    severity: Severity
    message: str
    detected_at: datetime
    metadata: dict[str, Any]


class MatrixColumn(BaseModel):
    """A column of a dataset: its worst score in each span of time, null where nothing drifted. name: null: volume."""

    name: str | None
    worst: float
    drifts: int
    scores: list[float | None]


class MatrixRow(BaseModel):
    """A dataset of the matrix, its worst columns first; more_columns: of how many nothing is shown."""

    dataset: str
    worst: float
    columns: list[MatrixColumn]
    more_columns: int


class Matrix(BaseModel):
    """Dataset x column x time: the worst drift in each cell. times: the beginning of each span, oldest first."""

    grain: Literal["hour", "day"]
    times: list[datetime]
    items: list[MatrixRow]
    next_cursor: str | None
    total: int


class ComparedOut(BaseModel):
    """Two windows compared live; nothing is kept of it. Of classified columns no distribution is shown.

    compared: false where there was nothing to compare, and `reason` says why. drifts: worst first. tests: all that
    were made. columns: with a score from 0 to 1 and both distributions: shares of `values`, or of `bins` between
    `edges`. history: the score of each column in each window before.
    """

    dataset: str
    compared: bool
    drifted: bool
    worst: Severity | None
    verdict: str
    reason: str | None
    notes: list[str]
    baseline: dict[str, Any]
    current: dict[str, Any]
    drifts: list[dict[str, Any]]
    tests: list[dict[str, Any]]
    columns: list[dict[str, Any]]
    history: dict[str, Any] | None
    made_at: datetime | None


class Distributions(BaseModel):
    """A column in both windows: what moved, and its distributions in one frame.

    distributions: `{type: values, values, baseline, current, rest}` or `{type: bins, edges, baseline, current}`, in
    shares. hidden: the column is classified, and none are shown.
    """

    dataset: str
    column: str
    score: float
    drifted: bool
    hidden: bool
    baseline: dict[str, Any]
    current: dict[str, Any]
    drifts: list[dict[str, Any]]
    distributions: list[dict[str, Any]]


BaselineWindow = Annotated[
    str | None,
    Query(max_length=100, description="`7d`, `2026-11-01..2026-11-08`; as the project says by default."),
]
CurrentWindow = Annotated[
    str | None, Query(max_length=100, description="`24h`, `2026-11-08`; as the project says by default.")
]


@router.get("", summary="List drift that was found")
def list_drift(
    _: Viewer,
    here: Here,
    dataset: Annotated[str | None, Query(max_length=500)] = None,
    drift_type: Kind | None = None,
    entity: Annotated[str | None, Query(max_length=500)] = None,
    field_name: Annotated[str | None, Query(max_length=500)] = None,
    severity: Severity | None = None,
    days: Annotated[int, Query(ge=1, le=365)] = 30,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[DriftOut]:
    """What drifted, newest first, of one look the worst first."""
    rows = drift.query(
        here.store,
        dataset=None if dataset is None else pick(here, dataset).name,
        drift_type=drift_type,
        entity=entity,
        field_name=field_name,
        severity=severity,
        since=datetime.now(UTC) - timedelta(days=days),
        before=decode_cursor(cursor, datetime, float, str),  # type: ignore[arg-type]
        limit=limit + 1,
    )
    return paged(
        rows,
        limit,
        item=lambda row: shown(row, here),
        place=lambda row: (row.detected_at, row.drift_score, row.drift_id),
    )


@router.get("/matrix", summary="Drift by dataset, column and time")
def matrix(
    _: Viewer,
    here: Here,
    dataset: Annotated[str | None, Query(max_length=500)] = None,
    days: Annotated[int, Query(ge=1, le=90)] = 14,
    grain: Literal["hour", "day"] = "day",
    columns: Annotated[int, Query(ge=1, le=1_000, description="Columns of a dataset, the worst ones.")] = 50,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Matrix:
    """The worst score of each column in each hour or day, the worst datasets first."""
    name = None if dataset is None else pick(here, dataset).name
    until = flow.floor(datetime.now(UTC), grain) + flow.LENGTH[grain]
    count = min(days * (24 if grain == "hour" else 1), 24 * 14)
    times = [until - flow.LENGTH[grain] * (count - at) for at in range(count)]
    cells = here.cache.get(
        ("matrix", name, count, grain),
        lambda: _rows(drift.worst(here.store, since=times[0], until=until, grain=grain, dataset=name), times),
        version=(until, here.feed.version("drift")),
    )
    after = decode_cursor(cursor, float, str)
    rows = [one for one in cells if after is None or (-one.worst, one.dataset) > after]
    page = paged(
        rows,
        limit,
        item=lambda one: _cut(one, columns),
        place=lambda one: (-one.worst, one.dataset),
        total=len(cells),
    )
    return Matrix(grain=grain, times=times, items=page.items, next_cursor=page.next_cursor, total=len(cells))


@router.get("/{dataset}/compare", summary="Compare two windows of a dataset")
def compare(
    dataset: str,
    _: Viewer,
    here: Here,
    baseline: BaselineWindow = None,
    current: CurrentWindow = None,
    *,
    history: Annotated[
        bool, Query(description="Also hold each earlier window against the time before it.")
    ] = False,
) -> ComparedOut:
    """Compare two windows of the stored profiles, now; nothing is written."""
    found = pick(here, dataset)
    told = compared(here, found, baseline=baseline, current=current, history=history)
    return ComparedOut(**{name: told[name] for name in ComparedOut.model_fields})


@router.get("/{dataset}/columns/{column:path}", summary="A column's two distributions")
def distributions(
    dataset: str,
    column: str,
    _: Viewer,
    here: Here,
    baseline: BaselineWindow = None,
    current: CurrentWindow = None,
) -> Distributions:
    """A column in both windows, in one frame, and what of it moved."""
    found = pick(here, dataset)
    told = compared(here, found, baseline=baseline, current=current)
    one = next((each for each in told["columns"] if each["name"] == column), None)
    if one is None:
        reason = told["reason"] or f"{found.name} has no such column in these windows"
        raise NotFoundError(f"column {shortened(column)!r} to compare", hint=reason)
    return Distributions(
        dataset=found.name,
        column=column,
        score=one["score"],
        drifted=one["drifted"],
        hidden=hidden(found, column),
        baseline=told["baseline"],
        current=told["current"],
        drifts=[each for each in told["drifts"] if each["field_name"] == column],
        distributions=one["distributions"],
    )


def compared(
    here: State, dataset: Dataset, *, baseline: str | None, current: str | None, history: bool = False
) -> dict[str, Any]:
    """A comparison as plain values, without those of classified columns."""
    windows = windows_of(here.project.settings.drift, baseline=baseline, current=current)

    def made() -> dict[str, Any]:
        found = run_drift(here.project, here.store, dataset.name, windows=windows, keep=False, heat=history)
        return _masked(plain(found), dataset)

    version = (dataset, here.feed.version("profiles", "feedback"))
    return here.cache.get(("compare", dataset.name, baseline, current, history), made, version=version)


def hidden(dataset: Dataset, column: str | None) -> bool:
    """Whether no value of a column may be shown."""
    if column is None:
        return False
    private = dataset.private
    return column in private or any(column.startswith((f"{one}.", f"{one}[]")) for one in private)


def shown(row: Drift, here: State) -> DriftOut:
    """A finding as it is answered."""
    dataset = catalog_of(here).get(row.dataset)
    metadata = dict(row.metadata)
    told = {**vars(row), "message": str(metadata.pop("message", "")), "metadata": metadata}
    if dataset is not None and hidden(dataset, row.field_name):
        told = _without(told)
    return DriftOut(**told)


def _without(told: dict[str, Any]) -> dict[str, Any]:
    """A finding without the values of its column; numbers about it (shares, counts) stay."""
    numbers = {name: value for name, value in told["metadata"].items() if isinstance(value, int | float)}
    return {
        **told,
        "baseline_value": _number(told["baseline_value"]),
        "current_value": _number(told["current_value"]),
        "message": f"{told['field_name']}: {told['metric_name']} moved",
        "metadata": numbers,
    }


def _number(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float) else MASK


def _masked(told: dict[str, Any], dataset: Dataset) -> dict[str, Any]:
    drifts = [_without(one) if hidden(dataset, one["field_name"]) else one for one in told["drifts"]]
    tests = [{**one, "note": ""} if hidden(dataset, one["field_name"]) else one for one in told["tests"]]
    columns = [
        {**one, "distributions": []} if hidden(dataset, one["name"]) else one for one in told["columns"]
    ]
    verdict = told["verdict"]
    if drifts != told["drifts"]:
        verdict = f"{len(drifts)} drifts"
    return {**told, "drifts": drifts, "tests": tests, "columns": columns, "verdict": verdict}


def _rows(cells: list[Cell], times: list[datetime]) -> list[MatrixRow]:
    at = {moment: place for place, moment in enumerate(times)}
    found: dict[str, dict[str | None, MatrixColumn]] = {}
    for cell in cells:
        columns = found.setdefault(cell.dataset, {})
        column = columns.setdefault(
            cell.field_name, MatrixColumn(name=cell.field_name, worst=0, drifts=0, scores=[None] * len(times))
        )
        column.worst = max(column.worst, cell.drift_score)
        column.drifts += cell.drifts
        column.scores[at[cell.at]] = cell.drift_score
    rows = []
    for name, columns in found.items():
        worst = sorted(columns.values(), key=lambda column: (-column.worst, column.name or ""))
        rows.append(MatrixRow(dataset=name, worst=worst[0].worst, columns=worst, more_columns=0))
    return sorted(rows, key=lambda row: (-row.worst, row.dataset))


def _cut(row: MatrixRow, most: int) -> MatrixRow:
    shown = row.columns[:most]
    return MatrixRow(
        dataset=row.dataset, worst=row.worst, columns=shown, more_columns=len(row.columns) - len(shown)
    )
