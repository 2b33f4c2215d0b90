"""Drift: what was found, where and when."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from sentineldq.server.catalog import Dataset, catalog_of, pick
from sentineldq.server.page import Cursor, Limit, Page, decode_cursor, paged
from sentineldq.server.security.principal import Viewer
from sentineldq.server.span import MOST, Span, spans
from sentineldq.server.state import Here, State
from sentineldq.store import drift
from sentineldq.store.drift import Drift

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


@router.get("", summary="List drift that was found")
def list_drift(
    _: Viewer,
    here: Here,
    span: Annotated[Span, Depends(spans(usual=30, most=MOST))],
    dataset: Annotated[str | None, Query(max_length=500)] = None,
    drift_type: Kind | None = None,
    entity: Annotated[str | None, Query(max_length=500)] = None,
    field_name: Annotated[str | None, Query(max_length=500)] = None,
    severity: Severity | None = None,
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
        since=span.since,
        until=span.until,
        before=decode_cursor(cursor, datetime, float, str),  # type: ignore[arg-type]
        limit=limit + 1,
    )
    return paged(
        rows,
        limit,
        item=lambda row: shown(row, here),
        place=lambda row: (row.detected_at, row.drift_score, row.drift_id),
    )


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
        told = without(told)
    return DriftOut(**told)


def without(told: dict[str, Any]) -> dict[str, Any]:
    """A finding without the values of its column; numbers about it (shares, counts) stay."""
    numbers = {name: value for name, value in told["metadata"].items() if isinstance(value, int | float)}
    return {
        **told,
        "entity": entity_of(told),
        "baseline_value": _number(told["baseline_value"]),
        "current_value": _number(told["current_value"]),
        "message": f"{told['field_name']}: {told['metric_name']} moved",
        "metadata": numbers,
    }


def entity_of(told: dict[str, Any]) -> Any:
    """The entity of a finding or a test, without the value of a classified column by which it is known."""
    entity, field = told["entity"], told["field_name"]
    return f"{field}={MASK}" if entity is not None and entity.startswith(f"{field}=") else entity


def _number(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float) else MASK
