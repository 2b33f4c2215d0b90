"""Checks of values far from the rest of their column."""

from __future__ import annotations

import narwhals as nw

from sentineldq.checks.definition import numeric, row_check


def _as_float(value: nw.Expr) -> nw.Expr:
    return value.cast(nw.Float64)


def _always(value: nw.Expr) -> nw.Expr:
    """True for every present value."""
    return nw.when(~value.is_null()).then(nw.lit(value=True))


@row_check(
    "zscore",
    says="within {max} standard deviations of the mean",
    types=numeric,
    needs={"mean": lambda value: _as_float(value).mean(), "std": lambda value: _as_float(value).std(ddof=1)},
)
def zscore(
    value: nw.Expr, *, mean: float | None, std: float | None, max: float = 3.0, double_sided: bool = True
) -> nw.Expr:
    """The value lies within `max` standard deviations of the mean (sample deviation, ddof 1).

    A column without spread has no outliers. One-sided, only values above the mean can violate.
    """
    if mean is None or not std:
        return _always(value)
    distance = (_as_float(value) - mean) / std
    return (distance.abs() if double_sided else distance) < max


@row_check(
    "iqr",
    says="within {factor} interquartile ranges of the quartiles",
    types=numeric,
    needs={
        "lower": lambda value: _as_float(value).quantile(0.25, interpolation="linear"),
        "upper": lambda value: _as_float(value).quantile(0.75, interpolation="linear"),
    },
)
def iqr(value: nw.Expr, *, lower: float | None, upper: float | None, factor: float = 1.5) -> nw.Expr:
    """The value lies between Q1 - factor * IQR and Q3 + factor * IQR (Tukey's fences, 1977)."""
    if lower is None or upper is None:
        return _always(value)
    spread = factor * (upper - lower)
    number = _as_float(value)
    return (number >= lower - spread) & (number <= upper + spread)
