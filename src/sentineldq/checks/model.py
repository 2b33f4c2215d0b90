"""What a check is and what comes out of it, as values.

Three things that are often mixed up stay three fields: `status` (what happened), `severity` (how much it
matters) and `on_violation` (what is done about it).
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec

from sentineldq.contracts.model import Dimension
from sentineldq.readers.finding import Finding

Status = Literal["pass", "warn", "fail", "error", "skip"]
Severity = Literal["INFO", "WARNING", "CRITICAL"]
OnViolation = Literal["allow", "warn", "quarantine", "drop", "block"]

SEVERITIES: tuple[Severity, ...] = ("INFO", "WARNING", "CRITICAL")
STATUSES: tuple[Status, ...] = ("error", "fail", "warn", "skip", "pass")  # worst first


class Tolerance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Share of evaluated rows (0 to 1) that may fail: above `warn` the check warns, above `fail` it fails."""

    warn: float | None = None
    fail: float = 0.0


class Threshold(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a measured number must satisfy; the operators are those of ODCS.

    For row checks the number is that of the failing rows, in rows or in percent (`unit`).
    `between` is inclusive at both ends unless `strict_min` or `strict_max` says otherwise.
    """

    equal: Any = None
    not_equal: Any = None
    greater: float | None = None
    greater_or_equal: float | None = None
    less: float | None = None
    less_or_equal: float | None = None
    between: tuple[float | None, float | None] | None = None
    not_between: tuple[float, float] | None = None
    unit: Literal["rows", "percent"] = "rows"


class Check(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rule: a kind from the catalogue, the column path(s) it reads, and its parameters."""

    kind: str
    column: str | None = None
    columns: tuple[str, ...] = ()
    params: dict[str, Any] = {}
    name: str = ""
    description: str | None = None
    dimension: Dimension | None = None
    severity: Severity = "CRITICAL"
    on_violation: OnViolation = "quarantine"
    tolerance: Tolerance = Tolerance()
    threshold: Threshold | None = None
    where: str | None = None
    origin: str | None = None  # where in the contract it comes from: `schema[orders].properties[id].unique`
    weight: float = 1.0

    @property
    def label(self) -> str:
        """Its name, or `column.kind` where none was given."""
        if self.name:
            return self.name
        target = self.column or ",".join(self.columns)
        return f"{target}.{self.kind}" if target else self.kind

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what decides the verdict (kind, columns, parameters, filter), 16 hex digits.

        Names, descriptions, severities and tolerances may change without changing it.
        """
        decisive = (self.kind, self.column, self.columns, self.params, self.where)
        raw = msgspec.json.encode(decisive, order="sorted", enc_hook=str)
        return hashlib.sha256(raw).hexdigest()[:16]


class Outcome(msgspec.Struct, kw_only=True):
    """The verdict of one check; counts are rows (elements for a path through an array)."""

    name: str
    kind: str
    column: str | None
    dimension: Dimension | None
    severity: Severity
    status: Status
    on_violation: OnViolation
    evaluated: int | None = None
    failed: int | None = None
    failed_share: float | None = None
    tolerance: Tolerance | None = None
    observed: Any = None
    expected: str | None = None
    samples: list[Any] = []
    message: str | None = None
    description: str | None = None
    origin: str | None = None
    weight: float = 1.0
    fingerprint: str = ""


class Result(msgspec.Struct, kw_only=True):
    """The verdict on one dataset; `score` is in 0..1, None when nothing could be scored."""

    dataset: str
    contract: str | None
    contract_version: str | None = None
    engine: str
    rows: int
    passed: bool
    score: float | None
    dimensions: dict[str, float] = {}
    duration_s: float = 0.0
    checks: list[Outcome] = []
    findings: list[Finding] = []
    findings_count: int = 0
    sentineldq: str = ""

    def worst(self) -> list[Outcome]:
        """Checks ordered worst first: by status, then severity, then share of failing rows."""
        return sorted(
            self.checks,
            key=lambda check: (
                STATUSES.index(check.status),
                -SEVERITIES.index(check.severity),
                -(check.failed_share or 0.0),
                check.name,
            ),
        )

    def failing(self, at_least: Severity = "CRITICAL") -> list[Outcome]:
        """Checks with status fail or error whose severity is at least the one given."""
        floor = SEVERITIES.index(at_least)
        return [
            check
            for check in self.checks
            if check.status in {"fail", "error"} and SEVERITIES.index(check.severity) >= floor
        ]
