"""What drift is told as: every test made, every drift found, and the comparison that holds both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal

import msgspec

from sentineldq.drift.settings import Levels, Severity
from sentineldq.profiles.model import Profile

DriftType = Literal["schema", "distribution", "volume"]
Status = Literal["drift", "same", "not enough data"]
ORDER: tuple[Severity, ...] = ("INFO", "WARNING", "CRITICAL")
"""Severities, least first."""


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A span of time: `start` belongs to it, `end` does not; None where it is not known."""

    start: datetime | None = None
    end: datetime | None = None


class Test(msgspec.Struct, frozen=True, kw_only=True):
    """One test of one field, drifted or not.

    A detector fills in what it measured; `compare` adds `adjusted`, `threshold`, `score` and `status`.

    statistic: the number of the formula, as raw data would give it within the sketch's error.
    effect: what is held against the levels: the statistic less what chance alone gives; None when it was not measured.
    p_value: the probability of so large a statistic without drift; None where there is none (the effect alone decides).
    adjusted: the p-value after Benjamini-Hochberg over all tests of the comparison.
    threshold: the effect from which it is a drift (the level INFO).
    levels: of the detector itself, for names the settings do not know.
    score: 0 to 1, whether drifted or not; without significance below 0.25.
    contributions: what moved most, first first; {"what", "baseline", "current", "share"}.
    """

    __test__: ClassVar[bool] = False  # not a test for pytest

    field_name: str | None
    metric_name: str
    statistic: float | None = None
    effect: float | None = None
    p_value: float | None = None
    adjusted: float | None = None
    threshold: float | None = None
    levels: Levels | None = None
    score: float = 0.0
    status: Status = "same"
    drift_type: DriftType = "distribution"
    entity: str | None = None
    baseline_value: Any = None
    current_value: Any = None
    baseline_rows: int = 0
    current_rows: int = 0
    message: str = ""
    note: str = ""
    contributions: list[dict[str, Any]] = []


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """One finding: what changed, how much, and what moved, in words and numbers.

    entity: the dataset, or one value of an entity column, `type=PushEvent`.
    baseline_value, current_value: plain JSON values.
    metadata: statistic, effect, p_value, adjusted, threshold, n (rows of both windows), contributions.
    """

    drift_type: DriftType
    entity: str
    field_name: str | None
    metric_name: str
    baseline_value: Any
    current_value: Any
    drift_score: float
    severity: Severity
    message: str
    metadata: dict[str, Any] = {}


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two windows compared: findings worst first, every test, and the worst score of each column."""

    drifts: list[Drift]
    tests: list[Test]
    baseline: Profile
    current: Profile
    scores: Mapping[str, float]

    @property
    def worst(self) -> Severity | None:
        """The highest severity found; None without a finding."""
        found = {drift.severity for drift in self.drifts}
        return next((severity for severity in reversed(ORDER) if severity in found), None)


def at_least(severity: Severity, floor: Severity) -> bool:
    """Whether a severity is `floor` or above."""
    return ORDER.index(severity) >= ORDER.index(floor)


def untested(field: str | None, metric: str, note: str, *, drift_type: DriftType = "distribution") -> Test:
    """A test that could not be made, and why."""
    return Test(
        field_name=field, metric_name=metric, status="not enough data", note=note, drift_type=drift_type
    )
