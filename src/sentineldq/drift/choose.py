"""Which tests a column gets when nobody says: one of shape, and those of what shape does not show.

Every further test of the same thing costs power, because the correction divides among all of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sentineldq.drift.bins import is_category
from sentineldq.drift.settings import Override, Settings, Target
from sentineldq.profiles.model import Column

SMALL: Mapping[str, tuple[str, ...]] = {
    "number": ("ks", "mean", "deviation", "tail", "null_share"),
    "category": ("chi_square", "vanished_values", "null_share", "empty_share"),
    "boolean": ("chi_square", "null_share"),
    "text": ("length", "patterns", "words", "null_share", "empty_share"),
    "time": ("rhythm", "span", "null_share"),
    "list": ("length", "null_share", "empty_share"),
    "struct": ("null_share",),
    "binary": ("length", "null_share"),
    "null": ("null_share",),
    "identifier": ("null_share",),
}
LARGE: Mapping[str, tuple[str, ...]] = {
    **SMALL,
    "number": ("psi", "mean", "deviation", "tail", "null_share"),
    "category": ("psi", "chi_square", "vanished_values", "null_share", "empty_share"),
}
WITHOUT = {"words": "words", "patterns": "patterns", "rhythm": "rhythm"}
"""Tests of a summary that not every column has."""
NAMED = re.compile(r"(?:^|[._\]-])(?:id|ID)$|[a-z](?:Id|ID)$")
"""The last word of a path whose numbers are names."""
SEQUENCE = 0.99
"""Distinct values per value from which on whole numbers that only rise are a sequence."""


def tests_for(
    baseline: Column, current: Column, settings: Settings, target: Target, override: Override
) -> Sequence[str]:
    """Names of detectors: the column's own, else the target's for its kind, else the default by kind and size."""
    if override.tests is not None:
        return override.tests
    kind = kind_of(baseline, current, settings)
    if kind in target.tests:
        return target.tests[kind]
    large = min(baseline.values, current.values) >= settings.testing.large
    chosen = (LARGE if large else SMALL)[kind]
    return [name for name in chosen if name not in WITHOUT or getattr(baseline, WITHOUT[name])]


def kind_of(baseline: Column, current: Column, settings: Settings) -> str:
    """The column's kind; `category`: few values that repeat, `identifier`: numbers that are names or a sequence."""
    if baseline.kind in {"number", "text"} and is_category(baseline, settings):
        return "category"
    if baseline.kind == "number" and (is_name(baseline) or is_sequence(baseline, current)):
        return "identifier"
    return baseline.kind


def is_name(column: Column) -> bool:
    """Whether whole numbers are names of things, and no quantity: `id`, `repo_id`, `repoId`."""
    return bool(NAMED.search(column.path)) and column.types.get("integer", 0) == column.values


def is_sequence(baseline: Column, current: Column) -> bool:
    """Whether whole numbers are counted up: unique in both windows, and one window's all above the other's."""
    for side in (baseline, current):
        if side.distinct is None or side.types.get("integer", 0) < side.values:
            return False
        if side.distinct.high < SEQUENCE * side.values:
            return False
    ends = baseline.low, baseline.high, current.low, current.high
    if any(not isinstance(end, (int, float)) for end in ends):
        return False
    return bool(current.low > baseline.high or current.high < baseline.low)  # type: ignore[operator]
