"""From measurements to verdicts: correction for many tests, levels, score and severity.

A test drifted when its effect reaches the level INFO and its adjusted p-value is below alpha: with millions of rows
everything is significant, with twenty nothing is, and either alone alarms for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import msgspec

from sentineldq.drift.chance import adjust
from sentineldq.drift.model import Drift, Test
from sentineldq.drift.settings import Levels, Settings, Severity

INSIGNIFICANT = 0.24
"""The highest score without significance."""
DEFAULT = Levels(info=0.1, warning=0.25, critical=0.5)
"""Levels of a detector of one's own that says none."""


def judge(tests: Sequence[Test], settings: Settings, levels: Callable[[Test], Levels]) -> list[Test]:
    """The tests with adjusted p-value, threshold, score and status."""
    rules = settings.testing
    counted = [at for at, test in enumerate(tests) if _counts(test)]
    given = [tests[at].p_value or 0.0 for at in counted]
    adjusted = dict(zip(counted, adjust(given) if rules.correction != "none" else given, strict=True))
    return [_judged(test, adjusted.get(at), levels(test), rules.alpha) for at, test in enumerate(tests)]


def _counts(test: Test) -> bool:
    """Whether a test takes part in the correction: one that nothing could have made a finding does not.

    A field without nulls, a category without new values: p is 1 and there is no effect (Tarone, 1990).
    """
    if test.p_value is None or test.status == "not enough data":
        return False
    return test.p_value < 1 or bool(test.effect)


def _judged(test: Test, adjusted: float | None, levels: Levels, alpha: float) -> Test:
    if test.status == "not enough data" or test.effect is None:
        return msgspec.structs.replace(test, threshold=levels.info, levels=levels)
    meant = adjusted is None or adjusted < alpha
    large = test.effect >= levels.info and test.effect > 0
    score = score_of(test.effect, levels)
    doubtful = min(score, INSIGNIFICANT) if levels.info else 0.0  # from 0 on, significance is all there is
    return msgspec.structs.replace(
        test,
        adjusted=adjusted,
        threshold=levels.info,
        levels=levels,
        score=score if meant else doubtful,
        status="drift" if meant and large else "same",
    )


def score_of(effect: float, levels: Levels) -> float:
    """0 without effect, 0.25 at INFO, 0.5 at WARNING, 0.75 at CRITICAL, straight between them, then towards 1."""
    corners = ((0.0, 0.0), (levels.info, 0.25), (levels.warning, 0.5), (levels.critical, 0.75))
    if effect <= 0:
        return 0.0
    for (low, start), (high, end) in pairwise(corners):
        if effect < high:
            return start + (end - start) * (effect - low) / (high - low)
    return 1.0 - 0.25 * levels.critical / effect


def severity_of(effect: float, levels: Levels) -> Severity:
    """The highest level that an effect reaches."""
    if effect >= levels.critical:
        return "CRITICAL"
    return "WARNING" if effect >= levels.warning else "INFO"


def drift_of(test: Test, dataset: str) -> Drift:
    """The finding that a drifted test is."""
    levels = test.levels or DEFAULT
    effect = test.effect or 0.0
    return Drift(
        drift_type=test.drift_type,
        entity=test.entity or dataset,
        field_name=test.field_name,
        metric_name=test.metric_name,
        baseline_value=test.baseline_value,
        current_value=test.current_value,
        drift_score=test.score,
        severity=severity_of(effect, levels),
        message=f"{test.field_name}: {test.message}" if test.field_name else test.message,
        metadata={
            "statistic": test.statistic,
            "effect": test.effect,
            "p_value": test.p_value,
            "adjusted": test.adjusted,
            "threshold": test.threshold,
            "n": [test.baseline_rows, test.current_rows],
            "contributions": test.contributions,
        },
    )


def worst_first(drifts: Iterable[Drift]) -> list[Drift]:
    """By severity, then score, then name."""
    order = {"CRITICAL": 0, "WARNING": 1, "INFO": 2}
    return sorted(
        drifts,
        key=lambda item: (
            order[item.severity],
            -item.drift_score,
            item.drift_type,
            item.field_name or "",
            item.entity,
            item.metric_name,
        ),
    )
