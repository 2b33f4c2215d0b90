"""Samples of failing values: one further pass, for the checks that failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw

from sentineldq.checks.bind import Bound
from sentineldq.checks.model import Outcome
from sentineldq.checks.plan import Plan, build, holds_of, plan_relation, plan_value, statistics_of, within
from sentineldq.checks.resolve import column_named
from sentineldq.checks.scope import Frame, Scope

MASK = "***"
VALUE = "sdq_sample"
SPARE = 20
"""Failing rows looked at per sample wanted, so that equal ones can be left out."""

NEAR = 20_000
"""Rows at the top that are looked at before all are: what fails often fails there too."""


def sample(failing: Sequence[tuple[Bound, Outcome]], scope: Scope, *, limit: int) -> None:
    """Fill in the samples of failing row checks: different values, masked where the contract classifies them.

    A missing value is no sample of anything.
    """
    telling = [(bound, outcome) for bound, outcome in failing if bound.check.kind != "not_null"]
    alone = [(bound, outcome) for bound, outcome in telling if _alone(bound)]
    near = scope.engine.first(_used(alone, scope), NEAR) if alone else None
    if near is not None:
        others = [(bound, outcome) for bound, outcome in telling if not _alone(bound)]
        telling = others + _fill(alone, replace(scope, frame=near), limit=limit)
    _fill(telling, scope, limit=limit)


def _fill(
    telling: Sequence[tuple[Bound, Outcome]], scope: Scope, *, limit: int
) -> list[tuple[Bound, Outcome]]:
    """Fill in what these rows tell; the checks for which they have fewer than `limit` failing ones."""
    short = []
    frames = [failing_rows(bound, scope).head(limit * SPARE) for bound, _ in telling]
    for (bound, outcome), rows in zip(telling, scope.engine.many(frames), strict=True):
        different = {repr(row): row for row in rows}
        outcome.samples = [_shown(bound, row, scope) for row in list(different.values())[:limit]]
        if len(rows) < limit:
            short.append((bound, outcome))
    return short


def _used(telling: Sequence[tuple[Bound, Outcome]], scope: Scope) -> Frame:
    """The frame with only the columns these checks read, where they tell which."""
    bounds = [bound for bound, _ in telling]
    if scope.inner or any(bound.where is not None or not bound.columns for bound in bounds):
        return scope.frame
    names = sorted({column.root for bound in bounds for column in bound.columns})
    return scope.frame.select(*(column_named(name, scope.engine.name) for name in names))


def _alone(bound: Bound) -> bool:
    """Whether a row can be judged without the others, so that the first rows tell as much as any."""
    return bound.definition.shape != "relation" and not bound.definition.needs and bound.unit is None


def failing_rows(bound: Bound, scope: Scope) -> Frame:
    """The values of the rows that fail a check."""
    key, plan = "sdqs", Plan()
    frame = scope.unit_frame(bound.unit)
    shown = {
        f"{VALUE}{position}": column.text if column.text is not None else column.expr
        for position, column in enumerate(bound.columns)
    }
    if bound.definition.shape == "row":
        holds = holds_of(bound, _statistics(bound, frame, scope))
    else:
        planner = plan_value if bound.definition.shape == "value" else _exactly
        planner(plan, key, bound)
        suffix = "v" if bound.definition.shape == "value" else "r"
        holds = within(bound, nw.col(f"{key}_{suffix}"))
    if not shown:
        shown = {name: column_named(name, scope.engine.name) for name in scope.schema}
    return build(plan, frame, scope).filter(~holds).select(**shown)


def _exactly(plan: Plan, key: str, bound: Bound) -> None:
    plan_relation(plan, key, bound, probe=False)


def _statistics(bound: Bound, frame: Frame, scope: Scope) -> dict[str, Any]:
    if not bound.definition.needs:
        return {}
    found = scope.engine.rows(frame.select(**statistics_of([("sdqs", bound)])))[0]
    return {name: found[f"sdqs_{name}"] for name in bound.definition.needs}


def _shown(bound: Bound, row: dict[str, Any], scope: Scope) -> Any:
    """One value, or a dict of the columns involved."""
    paths = [column.path for column in bound.columns] or list(scope.schema)
    values = [
        MASK if path in scope.classified and value is not None else value
        for path, value in zip(paths, row.values(), strict=True)
    ]
    return values[0] if len(bound.columns) == 1 else dict(zip(paths, values, strict=True))
