"""Drift written down: every finding in `drift_results`, and one open finding for each condition that lasts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from sentineldq.drift.model import ORDER, Comparison, Drift
from sentineldq.pipeline.drift.compared import Compared
from sentineldq.store import drift as results
from sentineldq.store import findings
from sentineldq.store.database import Store

KIND = "drift"
NAMESPACE = uuid.UUID("6c1f35d2-6f0e-5f43-9a51-6f1b1f0f7a2e")
MOST = 10_000
"""Open findings of a dataset that are looked through."""


def record(store: Store, compared: Compared, *, now: datetime) -> None:
    """Write findings to `drift_results`; those of the same windows are replaced. Raises StoreError."""
    if compared.comparison is None:
        return
    rows = [_row(compared, drift, now) for drift in compared.comparison.drifts]
    # An entity may be in the list once for each of its metrics, never twice for one.
    results.record(store, list({row.drift_id: row for row in rows}.values()))


def settle(store: Store, compared: Compared) -> None:
    """Open, update and clear findings: one condition (a column, an entity, the volume) has one open finding.

    A condition opens one from WARNING on; an open one is kept while anything of it is left, and cleared when it is
    tested and gone. What could not be tested stays as it is. Raises StoreError.
    """
    if compared.comparison is None:
        return
    still = _conditions(compared.dataset, compared.comparison.drifts)
    before = findings.query(store, dataset=compared.dataset, kind=KIND, still=True, limit=MOST)
    standing = {finding.key for finding in before}
    for key, drifts in still.items():
        worst = max(drifts, key=lambda drift: (ORDER.index(drift.severity), drift.drift_score))
        if key in standing or worst.severity != "INFO":
            findings.report(
                store,
                key=key,
                kind=KIND,
                severity=worst.severity,
                title=worst.message,
                dataset=compared.dataset,
                details=_details(compared, drifts),
            )
    untested = _untested(compared.dataset, compared.comparison)
    for key in standing - still.keys() - untested:
        findings.clear(store, key=key)


def key_of(dataset: str, drift: Drift) -> str:
    """The condition a finding is of; what a column drifts by is one condition, whichever metrics see it."""
    return f"{KIND}/{dataset}/{drift.drift_type}/{drift.field_name or drift.entity}"


def _conditions(dataset: str, drifts: Iterable[Drift]) -> Mapping[str, list[Drift]]:
    found: dict[str, list[Drift]] = {}
    for drift in drifts:
        found.setdefault(key_of(dataset, drift), []).append(drift)
    return found


def _untested(dataset: str, comparison: Comparison) -> set[str]:
    """The conditions of columns of which no test was made: they are neither there nor gone."""
    made = {
        (test.drift_type, test.field_name) for test in comparison.tests if test.status != "not enough data"
    }
    tried = {(test.drift_type, test.field_name) for test in comparison.tests}
    return {f"{KIND}/{dataset}/{kind}/{field}" for kind, field in tried - made if field}


def _row(compared: Compared, drift: Drift, now: datetime) -> results.Drift:
    spans = compared.baseline.window, compared.current.window
    names = compared.dataset, drift.drift_type, drift.entity, drift.field_name or "", drift.metric_name
    place = [*names, *(f"{span.start}/{span.end}" for span in spans)]
    return results.Drift(
        drift_id=str(uuid.uuid5(NAMESPACE, "\n".join(place))),
        drift_type=drift.drift_type,
        entity=drift.entity,
        field_name=drift.field_name,
        baseline_start=spans[0].start,
        baseline_end=spans[0].end,
        current_start=spans[1].start,
        current_end=spans[1].end,
        metric_name=drift.metric_name,
        baseline_value=drift.baseline_value,
        current_value=drift.current_value,
        drift_score=drift.drift_score,
        severity=drift.severity,
        detected_at=now,
        metadata={**drift.metadata, "message": drift.message},
        dataset=compared.dataset,
    )


def _details(compared: Compared, drifts: Iterable[Drift]) -> dict[str, object]:
    spans = {"baseline": compared.baseline.window, "current": compared.current.window}
    moments = {
        f"{name}_{end}": moment.isoformat()
        for name, span in spans.items()
        for end, moment in (("start", span.start), ("end", span.end))
        if moment is not None
    }
    found = [
        {
            "metric": drift.metric_name,
            "score": drift.drift_score,
            "severity": drift.severity,
            "message": drift.message,
        }
        for drift in drifts
    ]
    return {**moments, "found": found}
