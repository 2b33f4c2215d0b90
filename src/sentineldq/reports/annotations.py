"""The result as notes on files, for code review: one per check that did not pass, in SARIF 2.1.0."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal

from sentineldq.checks.model import Outcome, Result
from sentineldq.reports import figures, summary
from sentineldq.reports.sarif import SarifResult, sarif

Level = Literal["error", "warning", "note"]


def render(
    result: Result,
    *,
    contract_file: str | None = None,
    data_file: str | None = None,
    line: Callable[[str], int | None] | None = None,
) -> str:
    """A SARIF 2.1.0 log with one run: a rule per kind of check, a result per remark (see `remarks`)."""
    found = remarks(result, contract_file=contract_file, data_file=data_file, line=line)
    kinds = {remark.rule: f"check: {remark.rule}" for remark in found}
    return json.dumps(sarif(found, rules=kinds), ensure_ascii=False, indent=2) + "\n"


def remarks(
    result: Result,
    *,
    contract_file: str | None = None,
    data_file: str | None = None,
    line: Callable[[str], int | None] | None = None,
) -> list[SarifResult]:
    """A remark per check with status error, fail or warn, worst first.

    It stands in the contract, at the line that `line` gives for the check's origin, where the check comes
    from a contract; else at the data. Files are as the result names them where they are not given.
    """
    contract = contract_file or result.contract
    data = data_file or result.dataset
    found = []
    for check in result.worst():
        if check.status not in {"error", "fail", "warn"}:
            continue
        known = contract is not None and check.origin is not None
        found.append(
            SarifResult(
                rule=figures.visible(check.kind),
                level=_level(check),
                message=_message(check),
                uri=contract if known and contract is not None else data,
                line=line(check.origin) if known and line is not None and check.origin is not None else None,
                key=figures.visible(check.fingerprint),
            )
        )
    return found


def _level(check: Outcome) -> Level:
    """An error is always one; a failure weighs what its severity says."""
    if check.status == "error":
        return "error"
    if check.status == "warn":
        return "note" if check.severity == "INFO" else "warning"
    return {"CRITICAL": "error", "WARNING": "warning", "INFO": "note"}[check.severity]  # type: ignore[return-value]


def _message(check: Outcome) -> str:
    parts = [check.name + (" could not be evaluated" if check.status == "error" else "")]
    if check.message:
        parts.append(check.message)
    if summary.counted(check):
        parts.append(f"{summary.counted(check)} rows failed ({figures.share(check.failed_share)})")
    if check.expected:
        parts.append(f"expected {check.expected}")
    if check.observed is not None:
        parts.append(f"observed {figures.observation(check.observed, limit=200)}")
    return figures.visible("; ".join(parts).replace(figures.NBSP, " "))
