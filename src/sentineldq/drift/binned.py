"""Tests over bins: PSI, Jensen-Shannon, Kullback-Leibler, Hellinger, chi-square.

All five measure the same two rows of shares, and near equality all are multiples of one chi-square; so all take their
p-value from Pearson's test of homogeneity, and all have what chance gives taken off their effect. To second order
PSI = 2 KL = 8 JS = 8 H^2 = X^2 (1/n + 1/m) (Yurdakul, 2018; Csiszar, Shields, 2004).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sentineldq.drift.bins import Bins, bins_of
from sentineldq.drift.chance import homogeneity
from sentineldq.drift.model import Test, untested
from sentineldq.drift.say import RANKS, quantiles, shares
from sentineldq.drift.settings import Settings
from sentineldq.profiles.model import Column

Floats = npt.NDArray[np.float64]
Formula = Callable[[Floats, Floats], float]
Correct = Callable[[float, float], float]
NONE = "no values are kept of this column"
MOST = 10
"""Contributions and shares that are kept of a test."""


def psi(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Population stability index: the sum of (q - p) ln(q / p)."""
    return _measured(baseline, current, settings, "psi")


def js(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Jensen-Shannon distance, 0 to 1: the root of the divergence in bits from the shares' mean (Lin, 1991)."""
    return _measured(baseline, current, settings, "js")


def kl(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Kullback-Leibler divergence of the current window from the baseline, in nats: the sum of q ln(q / p)."""
    return _measured(baseline, current, settings, "kl")


def hellinger(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Hellinger distance, 0 to 1: the root of half the sum of (sqrt p - sqrt q)^2."""
    return _measured(baseline, current, settings, "hellinger")


def chi_square(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Pearson's chi-square of homogeneity; its effect is Cramér's V as windows of equal size would give it, 0 to 1."""
    return _measured(baseline, current, settings, "chi_square")


def psi_of(p: Floats, q: Floats) -> float:
    """PSI of shares without zeros."""
    return float(((q - p) * np.log(q / p)).sum())


def js_of(p: Floats, q: Floats) -> float:
    """Jensen-Shannon distance of shares without zeros, base 2."""
    mean = (p + q) / 2
    divergence = float((p * np.log2(p / mean) + q * np.log2(q / mean)).sum()) / 2
    return math.sqrt(max(divergence, 0.0))


def kl_of(p: Floats, q: Floats) -> float:
    """Kullback-Leibler divergence of q from p, without zeros, in nats."""
    return float((q * np.log(q / p)).sum())


def hellinger_of(p: Floats, q: Floats) -> float:
    """Hellinger distance of shares."""
    return math.sqrt(float(((np.sqrt(p) - np.sqrt(q)) ** 2).sum()) / 2)


def triangle_of(p: Floats, q: Floats) -> float:
    """Cramér's V of two samples of equal size: the root of half the sum of (p - q)^2 / (p + q)."""
    both = p + q
    filled = both > 0
    return math.sqrt(float(((p - q)[filled] ** 2 / both[filled]).sum()) / 2)


#: Formula, and the measured value less what chance gives (`chance` being PSI's expectation).
METRICS: dict[str, tuple[Formula, Correct]] = {
    "psi": (psi_of, lambda value, chance: max(0.0, value - chance)),
    "kl": (kl_of, lambda value, chance: max(0.0, value - chance / 2)),
    "js": (js_of, lambda value, chance: math.sqrt(max(0.0, value**2 - chance / (8 * math.log(2))))),
    "hellinger": (hellinger_of, lambda value, chance: math.sqrt(max(0.0, value**2 - chance / 8))),
    "chi_square": (triangle_of, lambda value, chance: math.sqrt(max(0.0, value**2 - chance / 4))),
}


def _measured(baseline: Column, current: Column, settings: Settings, metric: str) -> list[Test]:
    bins = bins_of(baseline, current, settings)
    if bins is None:
        return [untested(baseline.path, metric, NONE)]
    message = ""
    if bins.labels[0].startswith("values up to ") and baseline.quantiles and current.quantiles:
        told = [
            dict(zip(RANKS, side.at(list(RANKS.values())), strict=True))
            for side in (baseline.quantiles, current.quantiles)
        ]
        message = quantiles(told[0], told[1], most=2)
    return [measure(bins, metric, field=baseline.path, name=metric, lead=message)]


def measure(bins: Bins, metric: str, *, field: str, name: str, lead: str = "") -> Test:
    """A test of bins by a metric, told under `name`; `lead` is said before the shares that moved."""
    formula, correct = METRICS[metric]
    p, q = bins.smoothed()
    value = formula(bins.baseline, bins.current) if metric == "chi_square" else formula(p, q)
    statistic, p_value = homogeneity(bins.baseline, bins.current, bins.baseline_weight, bins.current_weight)
    parts = (q - p) * np.log(q / p)
    order = np.argsort(-parts, kind="stable")
    whole = float(parts.sum()) or 1.0
    contributions = [
        {
            "what": bins.labels[at],
            "baseline": float(bins.baseline[at]),
            "current": float(bins.current[at]),
            "share": float(parts[at]) / whole,
        }
        for at in order[:MOST]
        if bins.baseline[at] != bins.current[at]
    ]
    told = shares(contributions, most=2 if lead else 3)
    return Test(
        field_name=field,
        metric_name=name,
        statistic=statistic if metric == "chi_square" else value,
        effect=correct(value, bins.chance),
        p_value=p_value,
        baseline_value=_shares(bins, bins.baseline),
        current_value=_shares(bins, bins.current),
        baseline_rows=bins.baseline_rows,
        current_rows=bins.current_rows,
        message="; ".join(part for part in (lead, told) if part),
        contributions=contributions,
    )


def _shares(bins: Bins, side: Floats) -> dict[str, float]:
    """Shares by label: the greatest of either window, so that both sides tell the same."""
    weight = np.maximum(bins.baseline, bins.current)
    chosen = sorted(np.argsort(-weight, kind="stable")[: 2 * MOST])
    return {bins.labels[at]: round(float(side[at]), 6) for at in chosen if weight[at] > 0}
