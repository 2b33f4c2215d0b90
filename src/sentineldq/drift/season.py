"""The week: what the same hours did a week ago is no drift.

A day is compared with the seven days before it, of which two are a weekend: on Saturday, whatever has a weekly rhythm
differs from the week as a whole. What really drifts also differs from last Saturday.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

import msgspec

from sentineldq.drift.compare import compare
from sentineldq.drift.judge import INSIGNIFICANT
from sentineldq.drift.model import Comparison, Drift, Test, Window
from sentineldq.drift.settings import Override, Settings
from sentineldq.profiles.model import Columns, Profile

PERIOD = timedelta(days=7)
DOUBT = 0.05
"""The p-value from which on the two windows do not differ: one test of what is suspected already, uncorrected."""
SHARE = 0.5
"""How much of the level INFO the effect must have: one day alone is a worse baseline than seven."""
NOTE = "as the same hours were a week ago"


def season_of(current: Window) -> Window | None:
    """The same hours a week before; None where a window is unknown or longer than the period."""
    if current.start is None or current.end is None or current.end - current.start > PERIOD:
        return None
    return Window(start=current.start - PERIOD, end=current.end - PERIOD)


def confirm(
    comparison: Comparison,
    before: Profile,
    *,
    dataset: str = "dataset",
    settings: Settings | None = None,
    overrides: Mapping[str, Override] | None = None,
) -> Comparison:
    """The comparison without findings of distribution that do not hold against `before`, the same hours a week ago.

    The same test is made of that pair. A finding stays where it differs there too, and where too little is known of
    those hours to say. Raises UsageError where a detector is not known.
    """
    suspects = _suspects(comparison)
    if not suspects:
        return comparison
    pair = _narrowed(before, suspects), _narrowed(comparison.current, suspects)
    again = compare(*pair, dataset=dataset, settings=settings, overrides=overrides)
    there = {(test.field_name, test.entity, test.metric_name): test for test in again.tests}
    tests = [
        _settled(test, there.get((test.field_name, test.entity, test.metric_name)))
        for test in comparison.tests
    ]
    usual = {(test.field_name, test.metric_name) for test in tests if test.note == NOTE}
    drifts = [drift for drift in comparison.drifts if not _is(drift, usual)]
    return msgspec.structs.replace(comparison, tests=tests, drifts=drifts, scores=_lowered(comparison, tests))


def _suspects(comparison: Comparison) -> set[str]:
    """The fields whose distribution drifted; of the dataset as a whole the empty one."""
    return {
        test.field_name or ""
        for test in comparison.tests
        if test.status == "drift" and test.drift_type == "distribution"
    }


def _narrowed(profile: Profile, fields: set[str]) -> Profile:
    """The profile with these fields alone, and what they lie in: only their tests are asked for."""
    wanted = [path for path in profile.columns if path in fields or _holds(path, fields)]
    return msgspec.structs.replace(profile, columns=Columns(wanted, profile.columns.__getitem__), entities={})


def _holds(path: str, fields: Iterable[str]) -> bool:
    inner = f"{path}.", f"{path}["
    return any(field.startswith(inner) for field in fields)


def _settled(test: Test, other: Test | None) -> Test:
    """A test that drifted, as it stands after the same test against last week."""
    if test.status != "drift" or test.drift_type != "distribution" or other is None or other.effect is None:
        return test
    doubted = other.p_value is not None and other.p_value >= DOUBT
    if doubted or other.effect < SHARE * (test.threshold or 0.0):
        return msgspec.structs.replace(test, status="same", score=min(test.score, INSIGNIFICANT), note=NOTE)
    return test


def _is(drift: Drift, usual: set[tuple[str | None, str]]) -> bool:
    return drift.drift_type == "distribution" and (drift.field_name, drift.metric_name) in usual


def _lowered(comparison: Comparison, tests: list[Test]) -> dict[str, float]:
    """The scores; of columns whose only findings are usual ones, what is left."""
    scores = dict(comparison.scores)
    for field in {test.field_name for test in tests if test.note == NOTE and test.field_name is not None}:
        left = [test.score for test in tests if test.field_name == field and test.status != "not enough data"]
        facts = [
            drift.drift_score
            for drift in comparison.drifts
            if drift.field_name == field and drift.drift_type == "schema"
        ]
        scores[field] = max([*left, *facts])
    return scores
