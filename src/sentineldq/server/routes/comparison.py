"""Two windows of a dataset compared as one likes, and a column of it as it was in both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from sentineldq.pipeline.drift.run import run_drift, windows_of
from sentineldq.reports.drift.json import plain
from sentineldq.server.catalog import Dataset, pick, shortened
from sentineldq.server.problems import NotFoundError
from sentineldq.server.routes.drift import Kind, Severity, entity_of, hidden, without
from sentineldq.server.routes.matrix import FLOORS
from sentineldq.server.security.principal import Viewer
from sentineldq.server.state import Here, State
from sentineldq.store import flow, looks

router = APIRouter(prefix="/drift", tags=["drift"])


class WindowOut(BaseModel):
    """The hours from start to end; null where nothing says."""

    start: datetime | None
    end: datetime | None


class SideOut(BaseModel):
    """One of the two windows: its rows, of how many stored hours they are; left_out: hours that feedback masks."""

    source: str
    window: WindowOut
    rows: int
    hours: int
    left_out: int


class Drifted(BaseModel):
    """What drifted between the two windows."""

    drift_type: Kind
    entity: str
    field_name: str | None
    metric_name: str
    baseline_value: Any
    current_value: Any
    drift_score: float
    severity: Severity
    message: str
    metadata: dict[str, Any]


class TestOut(BaseModel):
    """A test that was made; of `not enough data` the note says what was missing.

    effect is held against the threshold: the statistic less what chance alone gives. adjusted: the p-value after the
    correction for many tests. baseline_rows, current_rows: what it was made of; 0 where it does not say.
    """

    __test__: ClassVar[bool] = False  # not a test for pytest

    drift_type: Kind
    entity: str | None
    field_name: str | None
    metric_name: str
    statistic: float | None
    effect: float | None
    p_value: float | None
    adjusted: float | None
    threshold: float | None
    score: float
    status: Literal["drift", "same", "not enough data"]
    note: str
    baseline_rows: int
    current_rows: int


class Shares(BaseModel):
    """A distribution in both windows, in shares: of `values`, with all others as `rest`, or of bins between `edges`.

    scale: of bins; `time` says that edges are seconds since 1970.
    """

    type: Literal["values", "bins"]
    title: str
    values: list[str] = []
    rest: list[float] | None = None
    scale: Literal["linear", "log", "time"] | None = None
    edges: list[float] = []
    baseline: list[float]
    current: list[float]


class StatisticOut(BaseModel):
    """A plain statistic of both windows, as people write it."""

    name: str
    baseline: str
    current: str


class QuantileOut(BaseModel):
    """The value below which a share of the values lies, in both windows."""

    rank: float
    baseline: float | None
    current: float | None


class LookOut(BaseModel):
    """A window that was looked at, and what the column scored in it; score: null where it had too little data."""

    start: datetime
    end: datetime
    rows: int
    score: float | None


class ColumnOut(BaseModel):
    """A column that was compared, with its worst score; what it held is left out of a brief answer."""

    name: str
    score: float
    drifted: bool
    distributions: list[Shares] = []
    statistics: list[StatisticOut] = []
    quantiles: list[QuantileOut] = []


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
    baseline: SideOut
    current: SideOut
    drifts: list[Drifted]
    tests: list[TestOut]
    columns: list[ColumnOut]
    history: dict[str, Any] | None
    made_at: datetime | None


class Distributions(BaseModel):
    """A column in both windows: what moved, the tests that were made, and its distributions in one frame.

    hidden: the column is classified, and none of its values are shown. history: the windows that were looked at before,
    oldest first. levels: the scores from which on a drift is INFO, WARNING, CRITICAL.
    """

    dataset: str
    column: str
    score: float
    drifted: bool
    hidden: bool
    notes: list[str]
    baseline: SideOut
    current: SideOut
    drifts: list[Drifted]
    tests: list[TestOut]
    distributions: list[Shares]
    statistics: list[StatisticOut]
    quantiles: list[QuantileOut]
    history: list[LookOut]
    levels: dict[Severity, float]


BaselineWindow = Annotated[
    str | None,
    Query(max_length=100, description="`7d`, `2026-11-01..2026-11-08`; as the project says by default."),
]
CurrentWindow = Annotated[
    str | None, Query(max_length=100, description="`24h`, `2026-11-08`; as the project says by default.")
]


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
    brief: Annotated[bool, Query(description="Columns without what they hold, and no tests.")] = False,
) -> ComparedOut:
    """Compare two windows of the stored profiles, now; nothing is written."""
    found = pick(here, dataset)
    told = compared(here, found, baseline=baseline, current=current, history=history)
    if brief:
        columns = [{name: one[name] for name in ("name", "score", "drifted")} for one in told["columns"]]
        told = {**told, "tests": [], "columns": columns}
    return ComparedOut(**{name: told[name] for name in ComparedOut.model_fields})


@router.get("/{dataset}/columns/{column:path}", summary="A column's two distributions")
def distributions(
    dataset: str,
    column: str,
    _: Viewer,
    here: Here,
    baseline: BaselineWindow = None,
    current: CurrentWindow = None,
    days: Annotated[int, Query(ge=1, le=365, description="Of its history.")] = 30,
) -> Distributions:
    """A column in both windows, in one frame, what of it moved, and what it scored before."""
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
        notes=told["notes"],
        tests=[each for each in told["tests"] if each["field_name"] == column],
        statistics=one["statistics"],
        quantiles=one["quantiles"],
        history=_history(here, found.name, column, days),
        levels=FLOORS,
    )


def _history(here: State, dataset: str, column: str, days: int) -> list[LookOut]:
    now = datetime.now(UTC) + flow.LENGTH["hour"]  # the hour that is not over ends later
    until = min(now, looks.last(here.store, dataset=dataset) or now)
    found = looks.query(here.store, datasets=[dataset], since=until - timedelta(days=days), until=until)
    return [
        LookOut(start=one.current_start, end=one.current_end, rows=one.current_rows, score=one.scores[column])
        for one in found
        if column in one.scores
    ]


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


def _masked(told: dict[str, Any], dataset: Dataset) -> dict[str, Any]:
    drifts = [without(one) if hidden(dataset, one["field_name"]) else one for one in told["drifts"]]
    tests = [
        {**one, "note": "", "entity": entity_of(one)} if hidden(dataset, one["field_name"]) else one
        for one in told["tests"]
    ]
    columns = [
        {**one, "distributions": [], "statistics": [], "quantiles": []}
        if hidden(dataset, one["name"])
        else one
        for one in told["columns"]
    ]
    verdict = told["verdict"]
    if drifts != told["drifts"]:
        verdict = f"{len(drifts)} drifts"
    return {**told, "drifts": drifts, "tests": tests, "columns": columns, "verdict": verdict}
