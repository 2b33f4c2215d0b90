"""Split a dataset: good rows, and bad rows with all their reasons."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import narwhals as nw

from sentineldq.checks.bind import Bound, bind
from sentineldq.checks.definition import definition_of
from sentineldq.checks.model import Check
from sentineldq.checks.outcome import describe_check
from sentineldq.checks.plan import Plan, build, holds_of, plan_relation, plan_value, within
from sentineldq.checks.resolve import column_named
from sentineldq.checks.run import probe_holds, statistics
from sentineldq.checks.scope import Frame, Scope
from sentineldq.errors import CheckDefinitionError, SentinelError
from sentineldq.readers.finding import Finding
from sentineldq.readers.table import Table

ERRORS = "_errors"
ROW = "sdq_split_row"
BAD = "sdq_bad"
SPLITTING = ("quarantine", "drop", "block")


@dataclass(frozen=True, kw_only=True)
class Split:
    """Good rows and bad rows, lazily, on the engine they came from.

    `bad` has the columns of the data and `_errors`: a list of structs with `check`, `message`, `columns` and
    `fingerprint`, one for every check the row fails. Each row of the data is in exactly one of the two.
    """

    good: Frame
    bad: Frame


def split_frame(checks: Sequence[Check], scope: Scope, *, held: Collection[str] = ()) -> Split:
    """Split by the row checks that say so (`on_violation` quarantine, drop or block).

    held: fingerprints of checks that are known to hold for every row.

    A row is bad when it fails such a check, whatever share the check tolerates in a batch. Raises
    CheckDefinitionError naming every check that cannot be evaluated.
    """
    bounds = _bind([check for check in checks if check.fingerprint not in held], scope)
    columns = list(scope.schema)
    if not bounds:
        return _all_good(scope)
    frame, fails = _judged(bounds, scope)
    if not fails:  # every check was shown to hold
        return _all_good(scope)
    # One boolean decides where a row goes; which checks it fails is worked out for the bad rows alone.
    failed = nw.any_horizontal(*fails.values(), ignore_nulls=False)
    marked = frame.with_columns(nw.coalesce(failed, nw.lit(value=False)).alias(BAD))
    good = marked.filter(~nw.col(BAD)).select(*_typed(columns, scope))
    masks = {key: nw.coalesce(expression, nw.lit(value=False)) for key, expression in fails.items()}
    facts = {key: _fact(bounds[key]) for key in fails}
    bad = scope.engine.with_errors(marked.filter(nw.col(BAD)).with_columns(**masks), facts, ERRORS)
    return Split(good=good, bad=bad.select(*_raw(columns, scope), ERRORS))


def with_misfits(parts: Split, table: Table, scope: Scope) -> Split:
    """The same split, with the records that do not fit the table at all among the bad rows.

    Such a record (a line of a CSV file with other than the table's number of cells) has no values in columns: they
    are null, and its reason holds the cells as they came.
    """
    misfits = table.details.get("misfits") or []
    if not misfits:
        return parts
    import polars as pl

    from sentineldq.checks.engines.polars import REASONS

    found = {finding.row_number: finding for finding in table.findings}
    reasons = [[_misfit(item.row_number, item.cells, found.get(item.row_number))] for item in misfits]
    columns = table.frame.collect_schema()
    nulls = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in columns.items()]
    extra = pl.DataFrame({ERRORS: reasons}, schema={ERRORS: REASONS}).select(*nulls, ERRORS)
    bad = nw.concat([parts.bad, scope.engine.frame(extra)], how="vertical")
    return Split(good=parts.good, bad=bad)


def _misfit(row: int, cells: Sequence[str | None], finding: Finding | None) -> dict[str, Any]:
    said = finding.message if finding else "it does not fit the table"
    return {
        "check": finding.type if finding else "source-error",
        "message": f"row {row}: {said}: {msgspec.json.encode(cells).decode()}",
        "columns": [],
        "fingerprint": "",
    }


def _all_good(scope: Scope) -> Split:
    """All rows are good; the bad ones are none, of the same shape as ever."""
    columns, mask = list(scope.schema), "sdqm"
    none = scope.frame.head(0).with_columns(nw.lit(value=False).alias(mask))
    fact = {"check": "", "message": "", "columns": [""], "fingerprint": ""}
    return Split(
        good=scope.frame.select(*_typed(columns, scope)),
        bad=scope.engine.with_errors(none, {mask: fact}, ERRORS).select(*_raw(columns, scope), ERRORS),
    )


def _bind(checks: Sequence[Check], scope: Scope) -> dict[str, Bound]:
    bounds, faults = {}, []
    for position, check in enumerate(checks):
        if check.on_violation not in SPLITTING or check.kind == "custom":
            continue
        try:
            if definition_of(check.kind).shape in {"row", "relation", "value"}:
                bounds[f"sdqm{position}"] = bind(check, scope)
        except (SentinelError, ValueError) as fault:
            faults.append(f"{check.label}: {getattr(fault, 'message', fault)}")
    if faults:
        raise CheckDefinitionError(
            "cannot split, since these checks cannot be evaluated: " + "; ".join(faults),
            hint="mend the contract, or set on_violation: warn for them",
        )
    return bounds


def _judged(bounds: Mapping[str, Bound], scope: Scope) -> tuple[Frame, dict[str, nw.Expr]]:
    """The frame with what the checks need, and for each check that can fail whether the row fails it (or null)."""
    units = {bound.unit for bound in bounds.values()} - {None}
    joins = bool(units) or any(bound.definition.kind == "foreign_key" for bound in bounds.values())
    frame = scope.engine.with_row_number(scope.frame, ROW) if joins else scope.frame
    frame = scope.unit_frame(None, frame=frame)
    own = {key: bound for key, bound in bounds.items() if bound.unit is None}
    own = {key: bound for key, bound in own.items() if not probe_holds(bound, scope)}
    frame, fails = _fails(frame, own, scope)
    for unit in units:
        inside = {key: bound for key, bound in bounds.items() if bound.unit == unit}
        frame, found = _element_fails(frame, str(unit), inside, scope)
        fails |= found
    if joins and scope.engine.ordered:  # a join need not keep the order of rows
        frame = frame.sort(ROW)
    return frame, fails


def _fails(
    frame: Frame, bounds: Mapping[str, Bound], scope: Scope, *, unit: str | None = None
) -> tuple[Frame, dict[str, nw.Expr]]:
    plan, holds = Plan(), {}
    known = statistics(list(bounds.items()), unit, scope)
    for key, bound in bounds.items():
        if bound.definition.shape == "row":
            needed = {name: known[f"{key}_{name}"] for name in bound.definition.needs}
            holds[key] = holds_of(bound, needed)
            continue
        if bound.definition.shape == "value":
            plan_value(plan, key, bound)
        else:
            plan_relation(plan, key, bound, probe=False)
        suffix = "v" if bound.definition.shape == "value" else "r"
        holds[key] = within(bound, nw.col(f"{key}_{suffix}"))
    return build(plan, frame, scope), {key: ~expression for key, expression in holds.items()}


def _element_fails(
    frame: Frame, unit: str, bounds: Mapping[str, Bound], scope: Scope
) -> tuple[Frame, dict[str, nw.Expr]]:
    """A row fails where one of its elements does."""
    elements, fails = _fails(scope.unit_frame(unit, keep=ROW, frame=frame), bounds, scope, unit=unit)
    counted = (
        elements.with_columns(**fails)
        .group_by(ROW)
        .agg(*(nw.col(key).cast(nw.Int64).max().alias(f"{key}_max") for key in bounds))
    )
    return frame.join(counted, on=ROW, how="left"), {key: nw.col(f"{key}_max") > 0 for key in bounds}


def _typed(columns: Sequence[str], scope: Scope) -> list[nw.Expr]:
    """The columns of good rows: text that stands for another type becomes that type."""
    chosen = []
    for name in columns:
        column = scope.column(name)
        chosen.append(
            column.expr.alias(name) if column.text is not None else column_named(name, scope.engine.name)
        )
    return chosen


def _raw(columns: Sequence[str], scope: Scope) -> list[nw.Expr]:
    return [column_named(name, scope.engine.name) for name in columns]


def _fact(bound: Bound) -> dict[str, Any]:
    check = bound.check
    return {
        "check": check.label,
        "message": f"expected {describe_check(check, bound.definition)}",
        "columns": [column.path for column in bound.columns],
        "fingerprint": check.fingerprint,
    }
