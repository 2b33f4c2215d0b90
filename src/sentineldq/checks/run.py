"""Run checks: bind, count in one pass, judge. Samples cost one further pass, where something failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw

from sentineldq.checks.batch import Batch
from sentineldq.checks.bind import Bound, bind
from sentineldq.checks.definition import Reading
from sentineldq.checks.model import Check, Outcome
from sentineldq.checks.outcome import from_counts, from_fault, from_reading, from_value, skipped
from sentineldq.checks.plan import (
    Plan,
    Planned,
    build,
    can_probe,
    plan_metric,
    plan_relation,
    plan_row,
    plan_slice,
    plan_value,
    statistics_of,
)
from sentineldq.checks.resolve import column_named
from sentineldq.checks.samples import sample
from sentineldq.checks.scope import DatasetMissingError, Frame, Scope
from sentineldq.errors import CheckDefinitionError, EngineError, InexactError, SentinelError

ROWS = "sdq_rows"
FOREIGN = "custom"
"""The kind of a quality rule that is another engine's."""

FAULTS = (
    SentinelError,
    ValueError,
    DatasetMissingError,
    # what Narwhals raises where an engine lacks an expression or a type does not fit it
    nw.exceptions.NarwhalsError,
    NotImplementedError,
    TypeError,
)

Keyed = tuple[str, Bound]


def faults_of(scope: Scope) -> tuple[type[Exception], ...]:
    """What says that a check cannot be evaluated."""
    return (*FAULTS, *scope.engine.faults)


def run_checks(checks: Sequence[Check], scope: Scope, *, samples: int = 5) -> tuple[int, list[Outcome]]:
    """The number of rows and one outcome per check, in their order.

    All row and metric checks of a table are counted by one plan (one per array path); a check that cannot be
    evaluated has status error and leaves the others alone.
    """
    outcomes: dict[str, Outcome] = {}
    bounds: list[Keyed] = []
    for position, check in enumerate(checks):
        key = f"sdq{position}"
        if check.kind == FOREIGN:
            outcomes[key] = skipped(check, f"a rule of {check.params.get('engine')}, which is not run here")
            continue
        try:
            bounds.append((key, bind(check, scope)))
        except (SentinelError, ValueError) as fault:
            outcomes[key] = from_fault(check, fault)
    rows = None
    for unit, group in _by_unit(bounds):
        counted = [item for item in group if item[1].definition.shape not in {"schema", "query"}]
        for part, narrowed in _parts(counted, unit, scope):
            count, found = _run_unit(part, unit, narrowed)
            outcomes |= found
            rows = count if unit is None else rows
    for key, bound in bounds:
        if bound.definition.shape == "schema":
            outcomes[key] = _guarded(bound, scope, lambda bound=bound: _run_schema(bound, scope))
        elif bound.definition.shape == "query":
            outcomes[key] = _guarded(bound, scope, lambda bound=bound: _run_query(bound, scope))
    if samples:
        failing = [
            (bound, outcomes[key])
            for key, bound in bounds
            if outcomes[key].failed and bound.definition.shape in {"row", "relation", "value"}
        ]
        sample(failing, scope, limit=samples)
    return rows or 0, [outcomes[f"sdq{position}"] for position in range(len(checks))]


def _by_unit(bounds: Sequence[Keyed]) -> Iterator[tuple[str | None, list[Keyed]]]:
    units: dict[str | None, list[Keyed]] = {None: []}
    for key, bound in bounds:
        units.setdefault(bound.unit, []).append((key, bound))
    yield from units.items()


def _parts(
    bounds: Sequence[Keyed], unit: str | None, scope: Scope
) -> Iterator[tuple[Sequence[Keyed], Scope]]:
    """All checks at once; more than a statement can hold go by their columns, of which each part sees its own.

    Engines plan in a time that grows with the square of the columns they see.
    """
    size = scope.engine.width // 2
    if unit is not None or len(bounds) <= size:
        yield bounds, scope
        return
    simple = [item for item in bounds if _reads_only_its_columns(item[1])]
    for start in range(0, len(simple), size):
        part = simple[start : start + size]
        names = dict.fromkeys(column.root for _, bound in part for column in bound.columns)
        columns = [column_named(name, scope.engine.name) for name in names]
        places = {column.plain for _, bound in part for column in bound.columns}
        inner = {name: value for name, value in scope.inner.get(None, {}).items() if name in places}
        yield part, replace(scope, frame=scope.frame.select(*columns), inner={None: inner})
    others = [item for item in bounds if not _reads_only_its_columns(item[1])]
    if others:
        yield others, scope


def _reads_only_its_columns(bound: Bound) -> bool:
    expressions = any(isinstance(value, nw.Expr) for value in bound.arguments.values())
    return bound.definition.shape == "row" and bool(bound.columns) and bound.where is None and not expressions


def _run_unit(bounds: Sequence[Keyed], unit: str | None, scope: Scope) -> tuple[int, dict[str, Outcome]]:
    """One plan for all checks of a unit; where it cannot run, one plan each, so that faults stay apart."""
    try:
        return _run_together(bounds, unit, scope)
    except faults_of(scope) as fault:
        _refuse_damage(fault, scope)
        if len(bounds) == 1:
            return _rows(unit, scope), {bounds[0][0]: _fault(bounds[0][1].check, fault)}
        if not bounds:
            raise
    found: dict[str, Outcome] = {}
    rows = _rows(unit, scope)
    half = len(bounds) // 2
    for part in (bounds[:half], bounds[half:]):
        found |= _run_unit(part, unit, scope)[1]
    return rows, found


def _rows(unit: str | None, scope: Scope) -> int:
    frame = scope.unit_frame(unit).select(nw.len().alias(ROWS))
    return int(scope.engine.rows(frame)[0][ROWS])


def _run_together(bounds: Sequence[Keyed], unit: str | None, scope: Scope) -> tuple[int, dict[str, Outcome]]:
    frame = scope.unit_frame(unit)
    known = statistics(bounds, unit, scope)
    plan = Plan(adds_booleans=scope.engine.adds_booleans)
    plan.aggregates[ROWS] = nw.len()
    large = [(key, bound) for key, bound in bounds if scope.parts > 1 and can_probe(bound)]
    together = [item for item in bounds if item not in large]
    planned = {key: _plan(plan, key, bound, known, probe=True) for key, bound in together}
    got = _aggregate(build(plan, frame, scope), plan.aggregates, scope)
    rows = int(got[ROWS])
    for key, bound in large:
        planned[key], counts = _in_parts(key, bound, frame, scope)
        got |= counts
    unclear = [(key, item.bound) for key, item in planned.items() if item.probe and not got[f"{key}_clear"]]
    if unclear:
        exact = Plan(adds_booleans=scope.engine.adds_booleans)
        planned |= {key: _plan(exact, key, bound, known, probe=False) for key, bound in unclear}
        got |= _aggregate(build(exact, frame, scope), exact.aggregates, scope)
    return rows, {key: _judge(key, item, got, rows) for key, item in planned.items()}


def _in_parts(key: str, bound: Bound, frame: Frame, scope: Scope) -> tuple[Planned, dict[str, int]]:
    """Count a relation check one slice of its values at a time, so that memory stays bounded."""
    evaluated = holding = 0
    for part in range(scope.parts):
        for probe in (True, False):
            plan = Plan(adds_booleans=scope.engine.adds_booleans)
            plan_slice(plan, key, bound, part=part, parts=scope.parts, probe=probe)
            got = _aggregate(build(plan, frame, scope), plan.aggregates, scope)
            if not probe or got[f"{key}_clear"]:
                break
        evaluated += got[f"{key}_n"]
        holding += got[f"{key}_n"] if probe else int(got[f"{key}_ok"] or 0)
    return Planned(bound=bound), {f"{key}_n": evaluated, f"{key}_ok": holding}


def statistics(bounds: Sequence[Keyed], unit: str | None, scope: Scope) -> dict[str, Any]:
    """The aggregates that some of the checks must know before they can be planned."""
    return _aggregate(scope.unit_frame(unit), statistics_of(bounds), scope)


def probe_holds(bound: Bound, scope: Scope) -> bool:
    """Whether a relation check's probe shows that no row fails, which saves its exact evaluation."""
    if not can_probe(bound):
        return False
    if scope.parts > 1:
        counts = _in_parts("sdq", bound, scope.unit_frame(bound.unit), scope)[1]
        return counts["sdq_n"] == counts["sdq_ok"]
    plan = Plan(adds_booleans=scope.engine.adds_booleans)
    plan_relation(plan, "sdq", bound, probe=True)
    got = _aggregate(build(plan, scope.unit_frame(bound.unit), scope), plan.aggregates, scope)
    return bool(got["sdq_clear"])


def _plan(plan: Plan, key: str, bound: Bound, statistics: Mapping[str, Any], *, probe: bool) -> Planned:
    match bound.definition.shape:
        case "row":
            known = {name: statistics[f"{key}_{name}"] for name in bound.definition.needs}
            return plan_row(plan, key, bound, known)
        case "value":
            return plan_value(plan, key, bound)
        case "relation":
            return plan_relation(plan, key, bound, probe=probe)
        case _:
            return plan_metric(plan, key, bound)


def _aggregate(frame: Any, aggregates: Mapping[str, nw.Expr], scope: Scope) -> dict[str, Any]:
    """Run aggregates in statements of at most the engine's width."""
    names = list(aggregates)
    got: dict[str, Any] = {}
    for start in range(0, len(names), scope.engine.width):
        chunk = {name: aggregates[name] for name in names[start : start + scope.engine.width]}
        got |= scope.engine.rows(frame.select(**chunk))[0]
    return got


def _judge(key: str, item: Planned, got: Mapping[str, Any], rows: int) -> Outcome:
    if item.bound.definition.shape == "metric":
        parts = {name: got[f"{key}_{name}"] for name in item.parts}
        observed = item.measure.observe(parts) if item.measure else parts["value"]
        judge = item.measure.judge if item.measure else None
        return from_value(item.bound, observed, holds=judge(observed) if judge else None)
    evaluated = int(got[f"{key}_n"] or 0)
    if evaluated and item.bound.idle and item.bound.definition.shape == "row":
        raise CheckDefinitionError(f"{item.bound.check.column!r} has values of a type that cannot be checked")
    holding = evaluated if item.probe else int(got[f"{key}_ok"] or 0)
    return from_counts(item.bound, evaluated=evaluated, failed=evaluated - holding, rows=rows)


def _guarded(bound: Bound, scope: Scope, run: Any) -> Outcome:
    try:
        found: Outcome = run()
    except faults_of(scope) as fault:
        _refuse_damage(fault, scope)
        return _fault(bound.check, fault)
    return found


def _refuse_damage(fault: Exception, scope: Scope) -> None:
    """Damaged data is nobody's `error`: it fails every check, and is told once."""
    if isinstance(fault, (EngineError, *scope.engine.faults)) and not isinstance(fault, InexactError):
        scope.refuse_damage()


def _fault(check: Check, fault: Exception) -> Outcome:
    if isinstance(fault, DatasetMissingError):
        name = fault.args[0]
        return skipped(check, f"dataset {name!r} was not given: add it with --with {name}=PATH")
    return from_fault(check, fault)


def _run_schema(bound: Bound, scope: Scope) -> Outcome:
    holds, observed = bound.definition.function(dict(scope.schema), **bound.arguments)
    return from_value(bound, observed, holds=holds)


def _run_query(bound: Bound, scope: Scope) -> Outcome:
    plan = Plan(adds_booleans=scope.engine.adds_booleans)
    names = [f"sdq_q{position}" for position in range(len(bound.columns))]
    plan.values = dict(zip(names, bound.values, strict=True))
    frame = build(plan, scope.unit_frame(bound.unit), scope)
    if bound.where is not None:
        frame = frame.filter(bound.where)
    batch = Batch(
        frame=frame,
        engine=scope.engine,
        columns=names,
        names=list(scope.schema),
        dataset=scope.dataset,
        tables=scope.sources(),
        name=scope.name,
        column=bound.check.column,
    )
    reading: Reading = bound.definition.function(batch, **bound.arguments)
    return from_reading(bound, reading)
