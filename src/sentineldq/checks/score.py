"""The quality score: how much of what was checked holds, 0 to 1.

    check      passing units / evaluated units (rows, or elements of an array); a metric is 1 or 0
    dimension  mean of its checks, weighted by each check's weight
    overall    mean of the dimensions, weighted by the contract's `scoreWeights` (1 where it says nothing)

Checks with status error or skip, and those that had nothing to evaluate, are left out; they are shown instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sentineldq.checks.model import Outcome


def score(
    outcomes: Iterable[Outcome], weights: Mapping[str, float] | None = None
) -> tuple[float | None, dict[str, float]]:
    """The overall score and one per dimension; None when nothing could be scored."""
    scored: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for outcome in outcomes:
        quality = quality_of(outcome)
        if quality is not None and outcome.dimension is not None and outcome.weight > 0:
            scored[outcome.dimension].append((quality, outcome.weight))
    dimensions = {name: _mean(pairs) for name, pairs in sorted(scored.items())}
    weighted = [(value, (weights or {}).get(name, 1.0)) for name, value in dimensions.items()]
    weighted = [(value, weight) for value, weight in weighted if weight > 0]
    return (_mean(weighted) if weighted else None), dimensions


def quality_of(outcome: Outcome) -> float | None:
    """The share of a check's units that hold; None when it could not be evaluated."""
    if outcome.status in {"error", "skip"}:
        return None
    if outcome.evaluated is None or outcome.failed is None:
        return 1.0 if outcome.status == "pass" else 0.0
    return 1 - outcome.failed / outcome.evaluated if outcome.evaluated else None


def _mean(pairs: Iterable[tuple[float, float]]) -> float:
    pairs = list(pairs)
    return sum(value * weight for value, weight in pairs) / sum(weight for _, weight in pairs)
