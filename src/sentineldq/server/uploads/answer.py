"""A report as the API answers it: the same as what the limited process wrote, without the profile."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

Severity = Literal["INFO", "WARNING", "CRITICAL"]


class Cause(BaseModel):
    """A check that cost points, and how many of the whole score."""

    check: str
    lost: float


class Part(BaseModel):
    """A part of the score. lost: what it costs of the whole; threshold: what it had to reach; causes: worst first."""

    score: float
    weight: float
    lost: float
    threshold: float
    causes: list[Cause]


class Spread(BaseModel):
    """The quartiles of a column of numbers, and Tukey's fences around them."""

    lower: float
    upper: float
    low_fence: float | None = None
    high_fence: float | None = None


class Measure(BaseModel):
    """One column. missing: nulls, blanks and placeholders together; odd: values not of the column's own form.

    Samples, low and high are values of the data: null for those who may not see them.
    """

    name: str
    type: str
    rows: int
    missing: int
    blanks: int = 0
    placeholders: int = 0
    form: str | None = None
    forms: dict[str, int] = {}
    odd: int = 0
    odd_samples: list[str] | None = None
    numbers: int = 0
    spread: Spread | None = None
    outliers: int = 0
    outlier_samples: list[float] | None = None
    distinct: int | None = None
    low: Any = None
    high: Any = None
    mean: float | None = None


class Checked(BaseModel):
    """One check of the file: how many units it looked at, and how many did not hold."""

    name: str
    kind: str
    column: str | None = None
    dimension: str | None = None
    severity: Severity
    status: str
    evaluated: int | None = None
    failed: int | None = None
    failed_share: float | None = None
    expected: str | None = None
    message: str | None = None
    samples: list[Any] = []


class Misfit(BaseModel):
    """A fault of the file itself, and where it is."""

    type: str
    message: str
    row: int | None = None
    field: str | None = None


class Breached(BaseModel):
    """Something that was below its threshold, or otherwise not as it has to be."""

    what: str
    severity: Severity
    message: str
    value: float | None = None
    threshold: float | None = None


class Moved(BaseModel):
    """What moved since the source's last upload."""

    kind: str
    column: str
    metric: str
    score: float
    severity: Severity
    message: str


class ThresholdsOut(BaseModel):
    """What a source's uploads must reach, and how much each part counts."""

    score: float
    critical: float
    completeness: float
    uniqueness: float
    conformity: float
    accuracy: float
    consistency: float
    outlier_factor: float
    weights: dict[str, float]


class ReportOut(BaseModel):
    """All that was found in a file. compared: whether there was an upload to hold it against."""

    seconds: float
    failing_rows: int
    duplicates: int
    compared: bool
    checks: list[Checked]
    faults: list[Misfit]
    faults_count: int
    measures: list[Measure]
    breaches: list[Breached]
    drifts: list[Moved]
    thresholds: ThresholdsOut
    details: dict[str, Any]


def report_of(report: dict[str, Any]) -> ReportOut:
    """What is answered of a report that has been through `history.shown`."""
    result = report["result"]
    checks = [Checked(**{name: one.get(name) for name in Checked.model_fields}) for one in result["checks"]]
    return ReportOut(
        **{name: report[name] for name in ("seconds", "failing_rows", "measures", "breaches", "drifts")},
        duplicates=sum(one.failed or 0 for one in checks if one.kind == "duplicate_rows"),
        compared=any(one.kind == "schema" for one in checks),
        checks=checks,
        faults=[_fault(one) for one in result["findings"]],
        faults_count=result["findings_count"],
        thresholds=report["thresholds"],
        details=report["details"],
    )


def _fault(finding: dict[str, Any]) -> Misfit:
    return Misfit(
        type=finding["type"],
        message=finding["message"],
        row=finding.get("rowNumber"),
        field=finding.get("fieldName") or None,
    )
