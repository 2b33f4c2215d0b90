"""What moved, in words and numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

RANKS = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
"""The quantiles that are told."""
LONGEST = 40
"""Characters of a value that are told."""


def share(value: float) -> str:
    """`0.521` as `52.1 %`; small ones keep two digits."""
    percent = 100 * value
    return f"{percent:.1f} %" if abs(percent) >= 1 or percent == 0 else f"{percent:.2g} %"


def number(value: float) -> str:
    """Four digits, thousands apart: `12`, `0.03125`, `1,234,567`."""
    if not math.isfinite(value):
        return str(value)
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.4g}"


def short(value: str) -> str:
    """A value that fits into a sentence."""
    return value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"


def moved(name: str, baseline: float, current: float, *, form: Any = share) -> str:
    """`share of PushEvent fell from 52.1 % to 31.0 %`."""
    before, after = form(baseline), form(current)
    if before == after:
        return f"{name} stayed at {after}"
    return f"{name} {'rose' if current > baseline else 'fell'} from {before} to {after}"


def moves(parts: Iterable[tuple[str, float, float]]) -> list[str]:
    """Shares that moved as far as it is told; where none did, that the first stayed."""
    told = [(what, before, after) for what, before, after in parts]
    changed = [part for part in told if share(part[1]) != share(part[2])]
    return [moved(f"share of {what}", before, after) for what, before, after in changed or told[:1]]


def shares(contributions: Sequence[Mapping[str, Any]], *, most: int = 3) -> str:
    """The shares that contribute most."""
    parts = [(short(item["what"]), item["baseline"], item["current"]) for item in contributions]
    return "; ".join(moves(parts)[:most])


def quantiles(
    baseline: Mapping[str, float], current: Mapping[str, float], *, most: int = 3, form: Any = number
) -> str:
    """The quantiles that moved most, in their order, measured by the baseline's spread."""
    spread = abs(baseline["p95"] - baseline["p05"]) or 1.0
    moves = {name: abs(current[name] - baseline[name]) / spread for name in baseline}
    chosen = sorted(moves, key=lambda name: -moves[name])[:most]
    told = [
        moved(name, baseline[name], current[name], form=form)
        for name in baseline
        if name in chosen and moves[name] > 0
    ]
    return "; ".join(told) or "no told quantile moved"
