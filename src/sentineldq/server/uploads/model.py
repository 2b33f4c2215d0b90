"""What the routes of data quality answer, and what they are given."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from sentineldq.server.uploads.answer import Part, ReportOut, Severity, ThresholdsOut


class Accepted(BaseModel):
    """An upload that is on disk and will be checked, whatever happens to the server. job_id: to follow it by."""

    check_id: str
    source_id: str
    job_id: str
    file_name: str
    size: int


class FileCheck(BaseModel):
    """A check of an upload. parts: of each part of the score its value, weight, threshold, and what it costs.

    below: which of `score` and the parts are under their threshold: the parts' as it was, the score's as it is.
    """

    check_id: str
    source_id: str
    source_name: str
    job_id: str | None
    file_name: str
    format: str | None
    size: int
    rows: int | None
    columns: int | None
    status: Literal["waiting", "running", "done", "failed"]
    score: float | None
    parts: dict[str, Part]
    below: list[str]
    error: str | None
    uploaded_by: str | None
    created_at: datetime
    ended_at: datetime | None


class CheckWithReport(FileCheck):
    """A check with all that was found. Values of the data are for analysts; others get the counts alone."""

    report: ReportOut | None


class AlertOfCheck(BaseModel):
    """The alert of something that was below its threshold; `what` is the breach's."""

    what: str
    alert_id: str
    status: Literal["open", "acknowledged", "snoozed", "resolved"]
    severity: Severity
    title: str


class SourceOut(BaseModel):
    """A source, and its newest check. thresholds: in force; recent: its last scores, at most twenty, oldest first."""

    source_id: str
    name: str
    description: str | None
    owner: str | None
    thresholds: ThresholdsOut
    created_at: datetime
    updated_at: datetime
    latest: FileCheck | None
    recent: list[float] = []
    checks: int


class ScoreTrend(BaseModel):
    """Where a source's score goes. change: against the check before; slope: per check, over the last ten."""

    checks: int
    mean: float | None
    change: float | None
    slope: float | None


class Quality(BaseModel):
    """A source with its newest finished check and its history, oldest first."""

    source: SourceOut
    latest: CheckWithReport | None
    history: list[FileCheck]
    trend: ScoreTrend


class Summary(BaseModel):
    """All sources together. score: the mean of their newest; below: those under a threshold of theirs.

    upload_limit: bytes that a file may have. kept: whether files are kept, so that they can be checked again.
    """

    sources: int
    checks: int
    checks_today: int
    waiting: int
    failed: int
    score: float | None
    below: int
    worst: list[SourceOut]
    upload_limit: int
    kept: bool


class Described(BaseModel):
    """What people know of a source."""

    description: Annotated[str | None, Field(max_length=5000)] = None
    owner: Annotated[str | None, Field(max_length=200)] = None
