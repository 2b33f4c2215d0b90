"""Drift of the schema: fields that came, went or were renamed; types, nulls, distinct values, new enum values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from sentineldq.drift.chance import homogeneity, normal, one_sided
from sentineldq.drift.model import Drift, Test
from sentineldq.drift.rename import Rename, renames
from sentineldq.drift.say import moved, number, share
from sentineldq.drift.settings import Settings, Severity
from sentineldq.drift.values import new_values
from sentineldq.profiles.model import Column, Profile

SCORES: dict[Severity, float] = {"INFO": 0.25, "WARNING": 0.5, "CRITICAL": 1.0}
WIDENED = 0.1
"""What counts of a change between whole numbers and numbers."""


def fields(
    baseline: Profile, current: Profile, settings: Settings, *, dataset: str, wants: Callable[[str], bool]
) -> list[Drift]:
    """Fields added, removed and renamed. A field inside another that is seldom filled may be missing by chance."""
    removed = [path for path in baseline.columns if path not in current.columns and wants(path)]
    added = [path for path in current.columns if path not in baseline.columns and wants(path)]
    found = renames(_tops(removed), _tops(added), baseline.columns, current.columns, settings)
    old, new = {pair.old for pair in found}, {pair.new for pair in found}
    rows = baseline.rows, current.rows
    gone = [baseline.columns[path] for path in _tops(removed) if path not in old]
    came = [current.columns[path] for path in _tops(added) if path not in new]
    return [
        *(_renamed(pair, baseline, current, settings, dataset) for pair in found),
        *(
            _lone(column, "removed", rows, settings, dataset)
            for column in gone
            if _meant(column, rows, settings)
        ),
        *(
            _lone(column, "added", rows[::-1], settings, dataset)
            for column in came
            if _meant(column, rows[::-1], settings)
        ),
    ]


def column_tests(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Tests of type, nulls, distinct values and enum values of a field that both windows have."""
    made = [_type(baseline, current), _nullable(baseline, current), _cardinality(baseline, current)]
    return [*(test for test in made if test is not None), *new_values(baseline, current, settings)]


def _tops(paths: Sequence[str]) -> list[str]:
    """Paths without those inside another of them."""
    known = set(paths)
    return [path for path in paths if not any(outer in known for outer in _outer(path))]


def _outer(path: str) -> Iterable[str]:
    """The paths that a path lies in: of `a.b[].c` these are `a.b[]`, `a.b` and `a`."""
    for at, char in enumerate(path):
        if char == "." or path.startswith("[]", at):
            yield path[:at]


def _meant(column: Column, rows: tuple[int, int], settings: Settings) -> bool:
    """Whether a field's absence from the other window is no chance; of a column at the top it never is."""
    top = "." not in column.path and "[]" not in column.path
    return top or _chance(column, rows, settings) < settings.testing.alpha


def _chance(column: Column, rows: tuple[int, int], settings: Settings) -> float:
    return one_sided(column.values / settings.testing.design_effect, rows[0], rows[1])


def _lone(column: Column, metric: str, rows: tuple[int, int], settings: Settings, dataset: str) -> Drift:
    seldom = _chance(column, rows, settings) >= settings.testing.alpha
    severity: Severity = "INFO" if seldom else getattr(settings.schema, metric)
    kind = _kind(column)
    filled = f"{share(column.values / column.rows)} filled" if column.rows else "without rows"
    words = f"{column.path}: the field was {metric} ({kind}, {filled})"
    return Drift(
        drift_type="schema",
        entity=dataset,
        field_name=column.path,
        metric_name=metric,
        baseline_value=kind if metric == "removed" else None,
        current_value=kind if metric == "added" else None,
        drift_score=SCORES[severity],
        severity=severity,
        message=words,
        metadata={"n": list(rows if metric == "removed" else rows[::-1]), "seldom_filled": seldom},
    )


def _renamed(pair: Rename, baseline: Profile, current: Profile, settings: Settings, dataset: str) -> Drift:
    severity = settings.schema.renamed
    alike = f"names {share(pair.name)} alike, values {share(pair.values)}"
    return Drift(
        drift_type="schema",
        entity=dataset,
        field_name=pair.old,
        metric_name="renamed",
        baseline_value=pair.old,
        current_value=pair.new,
        drift_score=SCORES[severity],
        severity=severity,
        message=f"{pair.old}: probably renamed to {pair.new} ({alike})",
        metadata={
            "n": [baseline.rows, current.rows],
            "type": _kind(current.columns[pair.new]),
            **pair.evidence,
        },
    )


def _type(baseline: Column, current: Column) -> Test | None:
    """Types as shares of values; the effect is the share of values whose type moved."""
    before, after = sum(baseline.types.values()), sum(current.types.values())
    if not (before and after):
        return None
    names = list(dict.fromkeys((*baseline.types, *current.types)))
    p = np.array([baseline.types.get(name, 0) / before for name in names])
    q = np.array([current.types.get(name, 0) / after for name in names])
    effect = float(np.abs(p - q).sum()) / 2
    if all(
        abs(a - b) < 1e-12
        for name, a, b in zip(names, p, q, strict=True)
        if name not in {"integer", "number"}
    ):
        effect *= WIDENED
    order = np.argsort(-np.abs(p - q), kind="stable")[:3]
    told = [moved(f"share of type {names[at]}", float(p[at]), float(q[at])) for at in order if p[at] != q[at]]
    statistic, p_value = homogeneity(p, q, before, after)
    return Test(
        field_name=baseline.path,
        metric_name="type",
        drift_type="schema",
        statistic=statistic,
        effect=effect,
        p_value=p_value,
        baseline_value=_rounded(names, p),
        current_value=_rounded(names, q),
        baseline_rows=before,
        current_rows=after,
        message="; ".join(told),
    )


def _nullable(baseline: Column, current: Column) -> Test | None:
    """Nulls in a field that never had any; the effect is their share, the p-value that all are in one window."""
    if not (baseline.rows and current.rows) or baseline.nulls:
        return None
    part = current.nulls / current.rows
    return Test(
        field_name=baseline.path,
        metric_name="nullable",
        drift_type="schema",
        statistic=part,
        effect=part,
        p_value=one_sided(current.nulls, current.rows, baseline.rows),
        baseline_value=0.0,
        current_value=part,
        baseline_rows=baseline.rows,
        current_rows=current.rows,
        message=f"never null in {baseline.rows:,} rows, now {current.nulls:,} of {current.rows:,} ({share(part)})",
    )


def _cardinality(baseline: Column, current: Column) -> Test | None:
    """Distinct values, by how much they outgrow what as many rows let expect.

    More rows hold more distinct values: d grows like rows^b, b between 0 (an enum) and 1 (an identifier), here
    ln d / ln rows (Heaps' law). The current count is taken at the low end of its 95 %, the baseline's at the high one;
    by chance each varies like a count of so many (Poisson).
    """
    before, after = baseline.distinct, current.distinct
    if baseline.kind not in {"number", "text"} or before is None or after is None or before.estimate < 1:
        return None
    growth = max(1.0, current.values / baseline.values)
    slope = min(1.0, math.log(before.high) / math.log(baseline.values)) if baseline.values > 1 else 1.0
    expected = before.high * growth**slope
    ratio = after.low / expected
    return Test(
        field_name=baseline.path,
        metric_name="cardinality",
        drift_type="schema",
        statistic=after.estimate / before.estimate,
        effect=ratio if ratio > 1.5 else 0.0,
        p_value=normal((after.low - expected) / math.sqrt(after.estimate + expected)) if ratio > 1 else 1.0,
        baseline_value=round(before.estimate),
        current_value=round(after.estimate),
        baseline_rows=baseline.values,
        current_rows=current.values,
        message=f"{moved('distinct values', before.estimate, after.estimate, form=number)}, "
        f"{number(after.estimate / expected)} times what {current.values:,} values let expect",
    )


def _kind(column: Column) -> str:
    return max(column.types, key=lambda name: column.types[name]) if column.types else column.kind


def _rounded(names: list[str], shares: Any) -> dict[str, float]:
    return {name: round(float(part), 6) for name, part in zip(names, shares, strict=True) if part > 0}
