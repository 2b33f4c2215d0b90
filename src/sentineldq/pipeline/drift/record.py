"""Drift written down: every finding in `drift_results`, and one open finding for each condition that lasts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from sentineldq.drift.model import ORDER, Comparison, Drift
from sentineldq.pipeline.drift.compared import Compared, Heat
from sentineldq.store import drift as results
from sentineldq.store import findings, looks
from sentineldq.store.database import Store
from sentineldq.store.looks import ITSELF, Look

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


def record_look(store: Store, compared: Compared, *, heat: Heat | None, now: datetime) -> None:
    """Write down what every column scored, in the windows of the history too. Raises StoreError."""
    found = [*_earlier(compared, heat, now), *_look(compared, now)]
    if found:
        looks.record(store, found)


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


def _look(compared: Compared, now: datetime) -> list[Look]:
    window, comparison = compared.current.window, compared.comparison
    if comparison is None or window.start is None or window.end is None:
        return []
    scores: dict[str, float | None] = {}
    for test in comparison.tests:
        known = test.status != "not enough data"
        name = test.field_name or ITSELF
        scores[name] = _worse(scores.get(name), test.score if known else None)
    for drift in comparison.drifts:  # facts, such as a column that is gone, have no test
        name = drift.field_name or ITSELF
        scores[name] = _worse(scores.get(name), drift.drift_score)
    return [
        Look(
            dataset=compared.dataset,
            current_end=window.end,
            current_start=window.start,
            baseline_rows=compared.baseline.rows,
            current_rows=compared.current.rows,
            worst=max((score for score in scores.values() if score is not None), default=0.0),
            scores=scores,
            looked_at=now,
        )
    ]


def _worse(one: float | None, other: float | None) -> float | None:
    known = [score for score in (one, other) if score is not None]
    return max(known) if known else None


def _earlier(compared: Compared, heat: Heat | None, now: datetime) -> list[Look]:
    """The windows before the current one, as the history has them; of those without rows nothing can be said."""
    found = []
    for at, (window, rows) in enumerate(zip(heat.windows, heat.rows, strict=True) if heat else ()):
        if window == compared.current.window or window.start is None or window.end is None or not rows:
            continue
        scores = {path: row[at] for path, row in heat.scores.items()} if heat else {}
        found.append(
            Look(
                dataset=compared.dataset,
                current_end=window.end,
                current_start=window.start,
                baseline_rows=0,
                current_rows=rows,
                worst=max((score for score in scores.values() if score is not None), default=0.0),
                scores=scores,
                looked_at=now,
            )
        )
    return found


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
