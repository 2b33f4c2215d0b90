"""From counts to a verdict: an outcome for each thing counted, the score they make, what is below its threshold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from sentineldq.checks.model import Outcome, Result, Severity, Tolerance
from sentineldq.checks.score import quality_of, score
from sentineldq.contracts.model import Dimension
from sentineldq.drift.model import Drift
from sentineldq.readers.table import Table
from sentineldq.reports import figures
from sentineldq.server.uploads.measure import Measured, Measures
from sentineldq.server.uploads.thresholds import Thresholds
from sentineldq.version import __version__

FINDINGS = 100
"""Faults of the file itself that a result lists."""

CHANGES = ("added", "removed", "renamed", "type")
"""What drift of the schema is: these metrics of `drift.compare`."""


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is below its threshold, or otherwise not as it has to be."""

    what: str
    severity: Severity
    message: str
    value: float | None = None
    threshold: float | None = None


def outcomes(measures: Measures, table: Table, thresholds: Thresholds) -> list[Outcome]:
    """What was counted, as outcomes of checks, whose units are cells, values, numbers and rows."""
    made = [_structure(measures.rows, table, thresholds)]
    if measures.rows:
        made.append(_duplicates(measures, thresholds))
    for column in measures.columns:
        if column.rows:
            made.append(_missing(column, thresholds))
        if column.values:
            made.append(_types(column, thresholds))
        if column.spread is not None and column.spread.low_fence is not None:
            made.append(_outliers(column, thresholds))
    return [one for one in made if one is not None]


def schema_outcome(drifts: Sequence[Drift], columns: int, thresholds: Thresholds) -> Outcome:
    """The columns that came, went, were renamed or changed their type since the source's last upload."""
    changed = {drift.field_name for drift in drifts if drift.metric_name in CHANGES}
    gone = sum(drift.metric_name == "removed" for drift in drifts)
    return _outcome(
        "schema",
        "consistency",
        thresholds,
        evaluated=max(columns + gone, len(changed), 1),
        failed=len(changed),
        expected="the columns and types of the last upload",
        samples=[drift.message for drift in drifts if drift.metric_name in CHANGES][:20],
    )


def result(
    name: str, rows: int, made: Sequence[Outcome], table: Table, thresholds: Thresholds, *, seconds: float
) -> Result:
    """The whole as a result: its score is the one of docs/concepts/score.md, with the source's weights."""
    overall, dimensions = score(made, msgspec.to_builtins(thresholds.weights))
    return Result(
        dataset=name,
        contract=None,
        engine="polars",
        rows=rows,
        passed=False,
        score=overall,
        dimensions=dimensions,
        duration_s=round(seconds, 3),
        checks=list(made),
        findings=table.findings[:FINDINGS],
        findings_count=len(table.findings),
        sentineldq=__version__,
    )


def parts(found: Result, thresholds: Thresholds) -> dict[str, Any]:
    """Where the points went: the parts' losses add up to 1 - score, the causes' to their part's loss."""
    weights = msgspec.to_builtins(thresholds.weights)
    scored = {name: weights.get(name, 1.0) for name in found.dimensions}
    total = sum(scored.values())
    made = {}
    for name, quality in found.dimensions.items():
        share = scored[name] / total if total else 0.0
        checks = [
            check for check in found.checks if check.dimension == name and quality_of(check) is not None
        ]
        weight = sum(check.weight for check in checks) or 1.0
        causes = {
            check.name: share * check.weight / weight * (1 - (quality_of(check) or 0.0)) for check in checks
        }
        made[name] = {
            "score": quality,
            "weight": scored[name],
            "lost": share * (1 - quality),
            "threshold": thresholds.of(name),
            "causes": _worst(causes),
        }
    return made


def _worst(causes: Mapping[str, float]) -> list[dict[str, Any]]:
    ordered = sorted(causes.items(), key=lambda item: (-item[1], item[0]))
    return [{"check": name, "lost": lost} for name, lost in ordered if lost > 0]


def breaches(found: Result, thresholds: Thresholds) -> list[Breach]:
    """What is below its threshold, the score first."""
    if not found.rows and found.score is None:
        return [Breach(what="empty", severity="WARNING", message=f"{found.dataset}: the file has no rows")]
    made = []
    if found.score is not None and found.score < thresholds.score:
        severity: Severity = "CRITICAL" if found.score < thresholds.critical else "WARNING"
        made.append(_breach("score", found.score, thresholds.score, found, severity))
    for name, value in found.dimensions.items():
        if value < thresholds.of(name):
            made.append(_breach(name, value, thresholds.of(name), found, "WARNING"))
    return made


def _breach(what: str, value: float, least: float, found: Result, severity: Severity) -> Breach:
    scored = [check for check in found.checks if check.failed and what in {"score", check.dimension}]
    worst = max(scored, key=lambda check: check.failed_share or 0.0, default=None)
    because = (
        f": {worst.name}, {figures.count(worst.failed or 0)} of {figures.count(worst.evaluated or 0)}"
        if worst
        else ""
    )
    message = f"{found.dataset}: {what} {figures.score(value)} is below {figures.score(least)}{because}"
    return Breach(what=what, severity=severity, message=message, value=value, threshold=least)


def _structure(rows: int, table: Table, thresholds: Thresholds) -> Outcome | None:
    """Records that fit no row of the table, which no other check sees."""
    misfits = table.details.get("misfits") or ()
    count = len(misfits) or int(table.details.get("rejected") or 0)
    if not count:
        return None
    return _outcome(
        "structure",
        "conformity",
        thresholds,
        evaluated=rows + count,
        failed=count,
        expected="records that fit the table",
        samples=[[cell or "" for cell in item.cells] for item in misfits[:5]],
    )


def _duplicates(measures: Measures, thresholds: Thresholds) -> Outcome:
    twins = measures.twins
    rows = [f"row {at + 1}" for at in twins.arg_true().head(5)]
    return _outcome(
        "duplicate_rows",
        "uniqueness",
        thresholds,
        evaluated=measures.rows,
        failed=int(twins.sum() or 0),
        expected="rows that differ from every earlier one",
        samples=rows,
    )


def _missing(column: Measured, thresholds: Thresholds) -> Outcome:
    nulls = column.missing - column.blanks - column.placeholders
    told = {"null": nulls, "blank": column.blanks, "placeholder": column.placeholders}
    return _outcome(
        "missing",
        "completeness",
        thresholds,
        column=column.name,
        evaluated=column.rows,
        failed=column.missing,
        expected="a value in every row",
        message=_told(told) if column.missing else None,
    )


def _types(column: Measured, thresholds: Thresholds) -> Outcome:
    return _outcome(
        "types",
        "conformity",
        thresholds,
        column=column.name,
        evaluated=column.values,
        failed=column.odd,
        expected=f"values of the form {column.form}" if column.form else f"values of the type {column.type}",
        samples=list(column.odd_samples),
        message=_told(column.forms) if column.odd else None,
    )


def _outliers(column: Measured, thresholds: Thresholds) -> Outcome:
    spread = column.spread
    assert spread is not None  # noqa: S101  # asked before
    low, high = figures.observation(spread.low_fence), figures.observation(spread.high_fence)
    return _outcome(
        "outliers",
        "accuracy",
        thresholds,
        column=column.name,
        evaluated=column.numbers,
        failed=column.outliers,
        expected=f"between {low} and {high} ({thresholds.outlier_factor:g} interquartile ranges beyond the quartiles)",
        samples=list(column.outlier_samples),
    )


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name}: {count:,}" for name, count in counts.items() if count)


def _outcome(
    kind: str,
    dimension: Dimension,
    thresholds: Thresholds,
    *,
    evaluated: int,
    failed: int,
    expected: str,
    column: str | None = None,
    samples: Iterable[Any] = (),
    message: str | None = None,
) -> Outcome:
    """One outcome: it fails where its own share is below its part's threshold, and warns where anything failed."""
    tolerated = 1 - thresholds.of(dimension)
    share = failed / evaluated if evaluated else 0.0
    return Outcome(
        name=f"{column}.{kind}" if column is not None else kind,
        kind=kind,
        column=column,
        dimension=dimension,
        severity="WARNING",
        status="fail" if share > tolerated else "warn" if failed else "pass",
        on_violation="allow",
        evaluated=evaluated,
        failed=failed,
        failed_share=share,
        tolerance=Tolerance(fail=tolerated),
        expected=expected,
        samples=list(samples),
        message=message,
    )
