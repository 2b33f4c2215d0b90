"""What all reports say of a result, as values: counts by status, the verdict in words, findings by type."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sentineldq.checks.model import STATUSES, Outcome, Result, Status
from sentineldq.readers.finding import Finding
from sentineldq.reports import figures

#: What became of the checks, as a sentence says it.
DONE: dict[Status, str] = {
    "error": "not evaluated",
    "fail": "failed",
    "warn": "warned",
    "skip": "skipped",
    "pass": "passed",
}


@dataclass(frozen=True, kw_only=True)
class Faults:
    """All reading findings of one type; `count` is of those that were kept."""

    type: str
    count: int
    examples: tuple[Finding, ...]


def tally(result: Result) -> dict[Status, int]:
    """How many checks have each status, worst first, none left out."""
    counts = Counter(check.status for check in result.checks)
    return {status: counts[status] for status in STATUSES}


def verdict(result: Result) -> str:
    """One sentence: `7 of 40 checks failed, 2 could not be evaluated, 4 warned`.

    Where that is no reason to fail the run, since all of them are of a lower severity, it says so.
    """
    counts = tally(result)
    total = figures.plural(len(result.checks), "check")
    if not result.checks:
        return "no checks were run"
    if counts["pass"] == len(result.checks):
        return f"{total} passed" if len(result.checks) == 1 else f"all {total} passed"
    parts = []
    if counts["fail"]:
        parts.append(f"{counts['fail']:,} of {total} failed")
    else:
        parts.append(f"{counts['pass']:,} of {total} passed")
    if counts["error"]:
        parts.append(f"{counts['error']:,} could not be evaluated")
    parts.extend(f"{counts[status]:,} {DONE[status]}" for status in ("warn", "skip") if counts[status])
    mild = result.passed and (counts["fail"] or counts["error"])
    return ", ".join(parts) + ("; none is severe enough to fail the run" if mild else "")


def faults(result: Result, *, examples: int) -> list[Faults]:
    """Reading findings grouped by type, the most frequent first, with the first few of each."""
    groups: dict[str, list[Finding]] = {}
    for finding in result.findings:
        groups.setdefault(finding.type, []).append(finding)
    return [
        Faults(type=kind, count=len(found), examples=tuple(found[:examples]))
        for kind, found in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    ]


def found(result: Result) -> int:
    """How many reading findings there were, kept or not."""
    return max(result.findings_count, len(result.findings))


def place(finding: Finding) -> str:
    """Where a finding is: `row 12, field 3 (email)`."""
    parts = []
    if finding.row_number is not None:
        parts.append(f"row {figures.count(finding.row_number)}")
    if finding.field_number is not None:
        parts.append(f"field {figures.count(finding.field_number)}")
    text = ", ".join(parts)
    name = figures.visible(finding.field_name) if finding.field_name else ""
    return f"{text} ({name})" if text and name else text or name


def contract(result: Result) -> str:
    """The contract with its version, or a word on where the checks come from."""
    if result.contract is None:
        return "inferred checks"
    version = f" {figures.visible(result.contract_version)}" if result.contract_version else ""
    return figures.visible(result.contract) + version


def counted(check: Outcome) -> str:
    """`1,204 of 1,000,000`; empty where a check counts no rows."""
    if check.failed is None:
        return ""
    if check.evaluated is None:
        return figures.count(check.failed)
    return f"{figures.count(check.failed)} of {figures.count(check.evaluated)}"


def tolerated(check: Outcome) -> str:
    """What the check puts up with, where it puts up with anything."""
    tolerance = check.tolerance
    if tolerance is None or (tolerance.warn is None and tolerance.fail == 0):
        return ""
    if tolerance.fail >= 1:  # nothing can fail it: it is a remark
        return ""
    parts = [] if tolerance.warn is None else [f"warns above {figures.bound(tolerance.warn)}"]
    return ", ".join([*parts, f"fails above {figures.bound(tolerance.fail)}"])
