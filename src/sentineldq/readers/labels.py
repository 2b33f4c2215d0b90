"""Column names out of a header: complete, distinct, and the same ones every time."""

from __future__ import annotations

from collections.abc import Sequence

from sentineldq.readers.finding import Finding
from sentineldq.readers.layout import Layout


def name(plan: Layout) -> tuple[list[str], list[Finding]]:
    """Name the columns of a table; blank, missing and repeated labels are replaced, each with a finding.

    The rows of a header of several rows are joined by a space. A column without a label is `column_3`; a
    label that comes again is `label_2`.
    """
    given = _join(plan.labels)
    names: list[str] = []
    findings: list[Finding] = []
    if plan.header > 1:
        message = f"the header takes {plan.header} rows; their labels are joined by a space"
        findings.append(Finding(type="source-error", message=message, row_number=plan.preamble + 1))
    for at in range(plan.width):
        label = given[at] if at < len(given) else ""
        fault = _fault(label, names, missing=at >= len(given))
        names.append(_free(label if label.strip() else f"column_{at + 1}", names, given) if fault else label)
        if fault and plan.header:
            message = f"field {at + 1} of the header {fault[1]}; the column is named {names[-1]!r}"
            row = plan.preamble + 1
            findings.append(
                Finding(
                    type=fault[0], message=message, row_number=row, field_number=at + 1, field_name=names[-1]
                )
            )
    return names, findings


def _join(labels: Sequence[Sequence[str]]) -> list[str]:
    if len(labels) == 1:
        return list(labels[0])
    return [" ".join(filter(None, map(str.strip, parts))) for parts in zip(*labels, strict=False)]


def _fault(label: str, names: Sequence[str], *, missing: bool) -> tuple[str, str] | None:
    if missing:
        return "missing-label", "is missing"
    if not label.strip():
        return "blank-label", "has no text"
    return ("duplicate-label", f"repeats {label!r}") if label in names else None


def _free(name: str, names: Sequence[str], given: Sequence[str]) -> str:
    """Make a name that neither an earlier column nor any label of the header has."""
    if name not in names and name not in given:
        return name
    number = 2
    while (renamed := f"{name}_{number}") in names or renamed in given:
        number += 1
    return renamed
