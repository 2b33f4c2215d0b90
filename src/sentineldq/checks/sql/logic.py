"""Truth values, comparisons and choices: AND, IN, BETWEEN, IS, CASE, COALESCE."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

import narwhals as nw

from sentineldq.checks.sql.translator import Translator, handles
from sentineldq.checks.sql.value import Value, kind_of, null, when


@handles("and", "or")
def _junction(t: Translator, node: Any) -> Value:
    """A chain of the same operator is walked in a loop: thousands of terms must not end the stack."""
    parts: list[nw.Expr] = []
    left = node
    while left.key == node.key:
        parts.append(t.truth(left.expression))
        left = left.this
    parts.append(t.truth(left))
    return Value(reduce(operator.and_ if node.key == "and" else operator.or_, reversed(parts)), "bool")


@handles("not", args="this")
def _not(t: Translator, node: Any) -> Value:
    return Value(~t.truth(node.this), "bool")


COMPARISONS = {
    "eq": operator.eq, "neq": operator.ne, "lt": operator.lt, "lte": operator.le, "gt": operator.gt,
    "gte": operator.ge,
}  # fmt: skip


@handles(*COMPARISONS)
def _comparison(t: Translator, node: Any) -> Value:
    return Value(
        _compare(t, node, COMPARISONS[node.key], t.value(node.this), t.value(node.expression)), "bool"
    )


def _compare(t: Translator, node: Any, op: Callable[[Any, Any], Any], left: Value, right: Value) -> nw.Expr:
    left, right = t.same(node, [left, right])
    if not {left.kind, right.kind}.isdisjoint(("list", "other")):
        t.fail(node, "nested values cannot be compared", hint="name a field of it")
    compared: nw.Expr = op(left.expr, right.expr)
    return compared


@handles("between", args="this low high")
def _between(t: Translator, node: Any) -> Value:
    value = t.value(node.this)
    low = _compare(t, node, operator.ge, value, t.value(node.args["low"]))
    return Value(low & _compare(t, node, operator.le, value, t.value(node.args["high"])), "bool")


@handles("in", args="this expressions")
def _in(t: Translator, node: Any) -> Value:
    value = t.value(node.this)
    members = t.values(node.expressions)
    constants = [member.constant for member in members]
    if value.kind in ("int", "string") and all(
        member.kind == value.kind and member.constant is not None for member in members
    ):
        return Value(value.expr.is_in(constants), "bool")
    return Value(reduce(operator.or_, [_compare(t, node, operator.eq, value, m) for m in members]), "bool")


@handles("is")
def _is(t: Translator, node: Any) -> Value:
    if node.expression.key == "null":
        return Value(t.value(node.this).expr.is_null(), "bool")
    wanted = t.value(node.expression).constant
    if not isinstance(wanted, bool):
        t.unsupported(node)
    condition = t.truth(node.this)
    known = when(condition.is_null(), nw.lit(not wanted), condition)
    return Value(known if wanted else ~known, "bool")


@handles("nullsafeeq", "nullsafeneq")
def _distinct(t: Translator, node: Any) -> Value:
    left, right = t.same(node, [t.value(node.this), t.value(node.expression)])
    one_null = left.expr.is_null() | right.expr.is_null()
    both_or_none = left.expr.is_null() == right.expr.is_null()
    equal = when(one_null, both_or_none, left.expr == right.expr)
    return Value(equal if node.key == "nullsafeeq" else ~equal, "bool")


@handles("case", args="this ifs default")
def _case(t: Translator, node: Any) -> Value:
    branches = node.args["ifs"]
    default = node.args.get("default")
    results = t.values([branch.args["true"] for branch in branches])
    results = t.same(node, [*results, t.value(default) if default else null("null")])
    expr = results[-1].expr
    subject = t.value(node.this) if node.this else None
    for branch, result in zip(reversed(branches), reversed(results[:-1]), strict=True):
        condition = (
            t.truth(branch.this)
            if subject is None
            else _compare(t, node, operator.eq, subject, t.value(branch.this))
        )
        expr = when(condition, result.expr, expr)
    return Value(expr, kind_of(results))


@handles("if", args="this true false")
def _if(t: Translator, node: Any) -> Value:
    other = node.args.get("false")
    results = t.same(node, [t.value(node.args["true"]), t.value(other) if other else null("null")])
    return Value(when(t.truth(node.this), results[0].expr, results[1].expr), kind_of(results))


@handles("coalesce", args="this expressions")
def _coalesce(t: Translator, node: Any) -> Value:
    values = t.same(node, t.values([node.this, *node.expressions]))
    return Value(nw.coalesce(*(value.expr for value in values)), kind_of(values))


@handles("nullif")
def _nullif(t: Translator, node: Any) -> Value:
    values = t.same(node, [t.value(node.this), t.value(node.expression)])
    equal = when(
        (values[0].expr == values[1].expr).is_null(), nw.lit(False), values[0].expr == values[1].expr
    )
    return Value(when(~equal, values[0].expr), kind_of(values))
