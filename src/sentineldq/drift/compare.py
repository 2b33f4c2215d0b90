"""Compare two profiles: every test that suits each column, judged together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sentineldq.drift.choose import tests_for
from sentineldq.drift.entities import entities
from sentineldq.drift.judge import DEFAULT, drift_of, judge, worst_first
from sentineldq.drift.model import Comparison, Drift, Test, untested
from sentineldq.drift.registry import find
from sentineldq.drift.schema import column_tests, fields
from sentineldq.drift.settings import Levels, Override, Settings, Target, levels_of
from sentineldq.drift.shares import duplicate_share
from sentineldq.profiles.model import Column, Profile

OF_ROWS = frozenset({"null_share", "nullable"})
"""Tests of rows, nulls included; all others are of values."""
NO_OVERRIDE = Override()


def compare(
    baseline: Profile,
    current: Profile,
    *,
    dataset: str = "dataset",
    settings: Settings | None = None,
    overrides: Mapping[str, Override] | None = None,
) -> Comparison:
    """Compare a current window with its baseline; `overrides` are the contract's, and go before the settings'.

    Nothing is compared with a window of no rows. Raises UsageError where a detector is not known.
    """
    chosen = settings or Settings()
    target = chosen.target(dataset)
    columns = {**target.columns, **(overrides or {})}
    facts: list[Drift] = []
    made: list[Test] = []
    if baseline.rows and current.rows:
        if "schema" in target.kinds:
            wants = _wants(target, columns)
            facts = fields(baseline, current, chosen, dataset=dataset, wants=wants)
        made = [*_column_tests(baseline, current, chosen, target, columns)]
        if "distribution" in target.kinds:
            made += duplicate_share(baseline, current, chosen)
        if "volume" in target.kinds:
            made += entities(baseline, current, chosen)
    tests = judge(made, chosen, lambda test: _levels(test, chosen, columns))
    drifts = worst_first([*facts, *(drift_of(test, dataset) for test in tests if test.status == "drift")])
    return Comparison(
        drifts=drifts, tests=tests, baseline=baseline, current=current, scores=_scores(facts, tests)
    )


def _column_tests(
    baseline: Profile,
    current: Profile,
    settings: Settings,
    target: Target,
    columns: Mapping[str, Override],
) -> Iterable[Test]:
    wants = _wants(target, columns)
    for path in baseline.columns:
        if path not in current.columns or not wants(path):
            continue
        pair = baseline.columns[path], current.columns[path]
        override = columns.get(path, NO_OVERRIDE)
        minimum = settings.testing.minimum if override.minimum is None else override.minimum
        untold = OF_ROWS if _inherits(path, baseline, current) else frozenset()
        if "schema" in target.kinds:
            made = column_tests(*pair, settings)
            yield from (_enough(test, pair, minimum) for test in made if test.metric_name not in untold)
        if "distribution" in target.kinds:
            names = [name for name in tests_for(*pair, settings, target, override) if name not in untold]
            yield from _distribution(*pair, settings, names, minimum)


def _inherits(path: str, baseline: Profile, current: Profile) -> bool:
    """Whether a field's nulls are those of the struct it lies in, of which they are told once."""
    outer = path.rpartition(".")[0]
    sides = [(side.columns[path], side.columns.get(outer)) for side in (baseline, current)]
    return all(struct is not None and struct.nulls == field.nulls for field, struct in sides)


def _distribution(
    baseline: Column, current: Column, settings: Settings, names: Sequence[str], minimum: int
) -> Iterable[Test]:
    for name in names:
        few = _few(name, baseline, current, minimum)
        if few:
            yield untested(baseline.path, name, few)
        elif baseline.kind != current.kind and name not in OF_ROWS:
            yield untested(baseline.path, name, f"the kind changed from {baseline.kind} to {current.kind}")
        else:
            yield from find(name)(baseline, current, settings)


def _enough(test: Test, pair: tuple[Column, Column], minimum: int) -> Test:
    few = _few(test.metric_name, *pair, minimum)
    if not few or test.status == "not enough data":
        return test
    return untested(test.field_name, test.metric_name, few, drift_type=test.drift_type)


def _few(name: str, baseline: Column, current: Column, minimum: int) -> str:
    """Why a column has too little to be tested; empty when it has enough."""
    of_rows = name in OF_ROWS
    sizes = (baseline.rows, current.rows) if of_rows else (baseline.values, current.values)
    if min(sizes) >= minimum:
        return ""
    what = "rows" if of_rows else "values"
    return f"{sizes[0]:,} {what} in the baseline and {sizes[1]:,} now, {minimum:,} needed"


def _wants(target: Target, columns: Mapping[str, Override]) -> Callable[[str], bool]:
    """Whether a path is compared: named by the target, and not skipped, nor inside what is skipped."""
    skipped = [path for path, override in columns.items() if override.skip]
    inside = tuple(f"{path}{joint}" for path in skipped for joint in (".", "["))
    return lambda path: target.wants(path) and path not in skipped and not path.startswith(inside)


def _levels(test: Test, settings: Settings, columns: Mapping[str, Override]) -> Levels:
    """The levels of a test: the column's, else the settings', else the built-in ones, else the detector's own."""
    override = columns.get(test.field_name or "", NO_OVERRIDE).thresholds.get(test.metric_name)
    if override is not None:
        return levels_of(override)
    given = settings.levels(test.metric_name)
    if given is not None:
        return given
    return test.levels or (levels_of(test.threshold) if test.threshold is not None else DEFAULT)


def _scores(facts: Iterable[Drift], tests: Iterable[Test]) -> dict[str, float]:
    """The worst score of each column of which anything could be told."""
    scores: dict[str, float] = {}
    told = [(drift.field_name, drift.drift_score) for drift in facts]
    told += [(test.field_name, test.score) for test in tests if test.status != "not enough data"]
    for field, score in told:
        if field is not None:
            scores[field] = max(scores.get(field, 0.0), score)
    return scores
