"""The chi-square tail, from the regularised incomplete gamma function.

Source: Press et al., Numerical Recipes, section 6.2 (series and Lentz's continued fraction).
"""

from __future__ import annotations

import math

EPSILON = 1e-15
TINY = 1e-300
LIMIT = 10_000


def chi2_survival(statistic: float, *, degrees: int) -> float:
    """P(X >= statistic) for a chi-square variable with that many degrees of freedom, 0 to 1."""
    if degrees < 1 or statistic <= 0:
        return 1.0
    return _upper(degrees / 2, statistic / 2)


def _upper(shape: float, x: float) -> float:
    """Q(shape, x), the upper regularised incomplete gamma function."""
    scale = math.exp(-x + shape * math.log(x) - math.lgamma(shape))
    return 1.0 - scale * _series(shape, x) if x < shape + 1 else scale * _fraction(shape, x)


def _series(shape: float, x: float) -> float:
    term = total = 1.0 / shape
    for step in range(1, LIMIT):
        term *= x / (shape + step)
        total += term
        if term < total * EPSILON:
            break
    return total


def _fraction(shape: float, x: float) -> float:
    b = x + 1.0 - shape
    c, d = 1.0 / TINY, 1.0 / b
    value = d
    for step in range(1, LIMIT):
        a = -step * (step - shape)
        b += 2.0
        d = 1.0 / ((a * d + b) or TINY)
        c = (b + a / c) or TINY
        value *= c * d
        if abs(c * d - 1.0) < EPSILON:
            break
    return value
