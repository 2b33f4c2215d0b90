"""The plan of one pass, as data: which columns to add to a frame and which aggregates to take of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw

from sentineldq.checks.bind import Bound
from sentineldq.checks.definition import Measure, Relation
from sentineldq.checks.scope import Frame, Scope
from sentineldq.errors import CheckDefinitionError, InexactError, suggest

ROW = "sdq_row"


@dataclass
class Plan:
    """Columns to add, in this order, then aggregates by name.

    adds_booleans: the engine can add up booleans; a cast of every row costs as much as the check itself.
    """

    adds_booleans: bool = False
    values: dict[str, nw.Expr] = field(default_factory=dict)
    hashes: dict[str, list[str]] = field(default_factory=dict)
    verdicts: dict[str, tuple[str, Any]] = field(default_factory=dict)
    relations: list[tuple[Bound, list[str], str]] = field(default_factory=list)
    holds: dict[str, nw.Expr] = field(default_factory=dict)
    keep: nw.Expr | None = None
    aggregates: dict[str, nw.Expr] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One check in a plan: the names of its aggregates; `exact` tells whether they decide."""

    bound: Bound
    parts: tuple[str, ...] = ()
    measure: Measure | None = None
    probe: bool = False


def holds_of(bound: Bound, statistics: Mapping[str, Any]) -> nw.Expr:
    """The boolean expression of a row check, null where it is filtered out."""
    holds = _holds(bound, statistics)
    if isinstance(holds, bool):
        holds = nw.when(~bound.values[0].is_null()).then(nw.lit(holds))
    return within(bound, holds)


def _holds(bound: Bound, statistics: Mapping[str, Any]) -> Any:
    if bound.idle:
        return True  # of nothing: no value is present
    return bound.call(**statistics)


def within(bound: Bound, holds: nw.Expr) -> nw.Expr:
    """Only where the check's filter is true."""
    return holds if bound.where is None else nw.when(bound.where).then(holds)


def count(plan: Plan, key: str, holds: nw.Expr) -> tuple[str, ...]:
    """Add the two counts of a boolean expression, evaluated and holding; it is computed once, as a column."""
    plan.holds[f"{key}_b"] = holds
    verdict = nw.col(f"{key}_b")
    plan.aggregates[f"{key}_n"] = verdict.count()
    plan.aggregates[f"{key}_ok"] = (verdict if plan.adds_booleans else verdict.cast(nw.Int64)).sum()
    return f"{key}_n", f"{key}_ok"


def count_all(plan: Plan, key: str, value: nw.Expr, *, holds: bool) -> tuple[str, ...]:
    """Add the counts of a check that every present value meets, or none: nothing is compared."""
    plan.aggregates[f"{key}_n"] = value.count()
    plan.aggregates[f"{key}_ok"] = value.count() if holds else value.count() * 0
    return f"{key}_n", f"{key}_ok"


def plan_row(plan: Plan, key: str, bound: Bound, statistics: Mapping[str, Any]) -> Planned:
    """Plan a row check: one expression, two counts."""
    holds = _holds(bound, statistics)
    if isinstance(holds, bool):
        return Planned(bound=bound, parts=count_all(plan, key, within(bound, bound.values[0]), holds=holds))
    return Planned(bound=bound, parts=count(plan, key, within(bound, holds)))


def plan_value(plan: Plan, key: str, bound: Bound) -> Planned:
    """Plan a check in Python: a boolean column, two counts."""
    name = column_of(plan, key, bound, 0)
    arguments = dict(bound.arguments)
    plan.verdicts[f"{key}_v"] = (name, lambda value: bound.definition.function(value, **arguments))
    return Planned(bound=bound, parts=count(plan, key, within(bound, nw.col(f"{key}_v"))))


def plan_metric(plan: Plan, key: str, bound: Bound) -> Planned:
    """Plan a metric: its aggregates, filtered like everything else."""
    columns = bound.columns
    values: list[nw.Expr] = bound.values
    if bound.definition.nulls:
        values = [value.is_null() for value in values]
    if bound.where is not None:
        values = [nw.when(bound.where).then(value) for value in values]
    target: Any = values if bound.definition.many else values[0]
    found = bound.definition.function(target, **bound.arguments)
    if not columns and bound.where is not None:
        found = nw.when(bound.where).then(nw.lit(1)).count()
    measure = found if isinstance(found, Measure) else None
    parts = dict(measure.parts) if measure else {"value": found}
    for name, expression in parts.items():
        plan.aggregates[f"{key}_{name}"] = expression
    return Planned(bound=bound, parts=tuple(parts), measure=measure)


def plan_relation(plan: Plan, key: str, bound: Bound, *, probe: bool) -> Planned:
    """Plan a relation check: by its probe where it has one and nothing is filtered, else exactly."""
    names = [_among(plan, key, bound, position) for position in range(len(bound.columns))]
    if probe and bound.definition.probe is not None and can_probe(bound):
        plan.hashes[f"{key}_h"] = names
        plan.aggregates[f"{key}_clear"] = bound.definition.probe([f"{key}_h"])
        plan.aggregates[f"{key}_n"] = nw.col(f"{key}_h").count()
        return Planned(bound=bound, parts=(f"{key}_n", f"{key}_clear"), probe=True)
    plan.relations.append((bound, names, f"{key}_r"))
    return Planned(bound=bound, parts=count(plan, key, within(bound, nw.col(f"{key}_r"))))


def _among(plan: Plan, key: str, bound: Bound, position: int) -> str:
    """A value as a column, missing where a filter leaves the row out: to other rows it is not there."""
    if bound.where is None:
        return column_of(plan, key, bound, position)
    name = f"{key}_c{position}"
    plan.values[name] = nw.when(bound.where).then(bound.columns[position].expr)
    plan.values[f"{key}_w"] = bound.where
    return name


def can_probe(bound: Bound) -> bool:
    """Whether the check's probe speaks of the rows that are evaluated: all those without a missing value."""
    complete = bound.arguments.get("ignore_missing", "any") == "any"
    return bound.definition.probe is not None and bound.where is None and complete


def plan_slice(plan: Plan, key: str, bound: Bound, *, part: int, parts: int, probe: bool) -> Planned:
    """Plan a relation check for the rows whose hash falls in one of several parts: equal values share one."""
    planned = plan_relation(plan, key, bound, probe=probe)
    plan.hashes[f"{key}_h"] = [
        column_of(plan, key, bound, position) for position in range(len(bound.columns))
    ]
    plan.keep = nw.col(f"{key}_h") % parts == part
    return planned


def column_of(plan: Plan, key: str, bound: Bound, position: int) -> str:
    """The name of a value as a column of the frame, added where it is not one already."""
    column = bound.columns[position]
    if column.plain is not None:
        return column.plain
    name = f"{key}_c{position}"
    plan.values[name] = column.expr
    return name


def build(plan: Plan, frame: Frame, scope: Scope) -> Frame:
    """The frame with the plan's columns added, each step only where it is needed."""
    if any(bound.definition.ordered for bound, _, _ in plan.relations) and scope.engine.ordered:
        frame = scope.engine.with_row_number(frame, ROW)
    if plan.values:
        frame = frame.with_columns(**plan.values)
    if plan.hashes:
        frame = scope.engine.with_hashes(frame, plan.hashes)
    if plan.keep is not None:
        frame = frame.filter(plan.keep)
    if plan.verdicts:
        frame = scope.engine.with_values(frame, plan.verdicts)
    for bound, names, target in plan.relations:
        relation = Relation(
            frame=frame,
            columns=names,
            target=target,
            group=None if bound.where is None else target.removesuffix("r") + "w",
            order=_order(bound, scope),
            dataset=scope.dataset,
        )
        frame = bound.definition.function(relation, **bound.arguments)
    return frame.with_columns(**plan.holds) if plan.holds else frame


def _order(bound: Bound, scope: Scope) -> str | None:
    """The column that gives the order of rows; engines whose rows have none refuse without it."""
    order: str | None = bound.arguments.get("order_by")
    if order is not None and order not in scope.schema:
        raise CheckDefinitionError(f"there is no column {order!r}", hint=suggest(order, scope.schema))
    if order is not None or not bound.definition.ordered:
        return order
    if not scope.engine.ordered:
        raise InexactError(
            scope.engine.name, f"{bound.check.kind} without an order", hint="name a column in `order_by`"
        )
    return ROW


def statistics_of(bounds: Iterable[tuple[str, Bound]]) -> dict[str, nw.Expr]:
    """The aggregates that some checks need to know before they can be planned."""
    return {
        f"{key}_{name}": make(bound.columns[0].expr)
        for key, bound in bounds
        for name, make in bound.definition.needs.items()
    }
