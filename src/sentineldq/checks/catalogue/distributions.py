"""Checks of a column's distribution against a reference.

The reference is given as shares: of values (`{values: […], weights: […]}`) or of bins
(`{bins: [edges…], weights: […]}`, bins closed on the left, the last one on both sides). What lies outside
is counted as one more group with reference weight 0. The counts come out of the one pass, so the numbers
are the same on all engines.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Literal

import msgspec
import narwhals as nw

from sentineldq.checks.definition import Measure, metric_check, scalar

FLOOR = 1e-4
"""Share that an empty group is given in PSI and KL, which are infinite otherwise (the usual 0.0001)."""

Method = Literal["psi", "kl", "js", "ks", "chi2"]


class Reference(msgspec.Struct, forbid_unknown_fields=True):
    """Shares of a reference: by value or by bin."""

    weights: list[float]
    values: list[Any] | None = None
    bins: list[float] | None = None


@metric_check("distribution", says="{method} to the reference", types=scalar)
def distribution(
    value: nw.Expr, *, reference: Reference, method: Method = "psi", tail_weight_holdout: float = 0.0
) -> Measure:
    """Distance to a reference distribution; for `chi2` the p-value, so that small means far.

    psi: population stability index, natural logarithm; kl: Kullback-Leibler of current from reference, nats;
    js: Jensen-Shannon divergence, base 2, 0 to 1; ks: largest difference of the cumulative shares, 0 to 1;
    chi2: p-value of Pearson's goodness-of-fit test.
    reference: `{values: [...], weights: [...]}`, or `{bins: [edges...], weights: [...]}` with bins closed on the
    left, the last one on both sides; what lies outside is one more group of weight 0. In psi and kl an empty group
    counts as 0.0001.
    tail_weight_holdout: the share that the reference leaves for what it does not know (0 to 1).
    """
    groups = _groups(value, reference)
    parts = {f"g{i}": holds.cast(nw.Int64).sum() for i, holds in enumerate(groups)}
    distance = DISTANCES[method]
    expected = [(1 - tail_weight_holdout) * weight / sum(reference.weights) for weight in reference.weights]

    def observe(got: dict[str, Any]) -> float | None:
        counts = [int(got[f"g{i}"] or 0) for i in range(len(groups))]
        outside = int(got["count"]) - sum(counts)
        if not got["count"]:
            return None
        extra = [outside] if outside or tail_weight_holdout else []
        return distance(counts + extra, expected + [tail_weight_holdout] * len(extra))

    return Measure(parts=parts | {"count": value.count()}, observe=observe)


def _groups(value: nw.Expr, reference: Reference) -> list[nw.Expr]:
    if reference.values is not None:
        if len(reference.values) != len(reference.weights):
            raise ValueError("a reference needs one weight per value")
        return [value == item for item in reference.values]
    edges = reference.bins or []
    if len(edges) != len(reference.weights) + 1:
        raise ValueError("a reference needs one weight per bin: one fewer than bin edges")
    last = len(edges) - 2
    return [
        (value >= low) & ((value <= high) if position == last else (value < high))
        for position, (low, high) in enumerate(pairwise(edges))
    ]


def _shares(counts: list[int]) -> list[float]:
    total = sum(counts)
    return [count / total for count in counts]


def _psi(counts: list[int], expected: list[float]) -> float:
    pairs = [(max(p, FLOOR), max(q, FLOOR)) for p, q in zip(_shares(counts), expected, strict=True)]
    return math.fsum((p - q) * math.log(p / q) for p, q in pairs)


def _kl(counts: list[int], expected: list[float]) -> float:
    pairs = zip(_shares(counts), expected, strict=True)
    return math.fsum(p * math.log(p / max(q, FLOOR)) for p, q in pairs if p > 0)


def _js(counts: list[int], expected: list[float]) -> float:
    def half(p: float, q: float) -> float:
        return 0.5 * p * math.log2(2 * p / (p + q)) if p > 0 else 0.0

    return math.fsum(half(p, q) + half(q, p) for p, q in zip(_shares(counts), expected, strict=True))


def _ks(counts: list[int], expected: list[float]) -> float:
    gap = widest = 0.0
    for p, q in zip(_shares(counts), expected, strict=True):
        gap += p - q
        widest = max(widest, abs(gap))
    return widest


def _chi2(counts: list[int], expected: list[float]) -> float:
    from sentineldq.checks.gamma import chi2_survival

    total = sum(counts)
    if any(count and not share for count, share in zip(counts, expected, strict=True)):
        return 0.0
    cells = [(count, share * total) for count, share in zip(counts, expected, strict=True) if share]
    statistic = math.fsum((count - mean) ** 2 / mean for count, mean in cells)
    return chi2_survival(statistic, degrees=len(cells) - 1)


DISTANCES: dict[Method, Callable[[list[int], list[float]], float]] = {
    "psi": _psi,
    "kl": _kl,
    "js": _js,
    "ks": _ks,
    "chi2": _chi2,
}
