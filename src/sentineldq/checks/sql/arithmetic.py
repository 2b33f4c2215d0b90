"""Numbers, calculated so that no engine overflows, divides or rounds in its own way."""

from __future__ import annotations

import operator
from functools import reduce
from typing import Any

import narwhals as nw

from sentineldq.checks.sql.translator import Translator, handles
from sentineldq.checks.sql.value import INTEGER_LIMIT, WHOLE_LIMIT, Value, as_double, kind_of, null, when
from sentineldq.errors import InexactError

ARITHMETIC = {"add": operator.add, "sub": operator.sub, "mul": operator.mul}


@handles(*ARITHMETIC)
def _arithmetic(t: Translator, node: Any) -> Value:
    return _calculate(node.key, t.number(node.this), t.number(node.expression))


def _calculate(key: str, left: Value, right: Value) -> Value:
    op = ARITHMETIC[key]
    if "any" in (left.kind, right.kind):
        return Value(op(left.expr, right.expr), "any")
    if "float" in (left.kind, right.kind):
        return Value(op(as_double(left), as_double(right)), "float")
    bound = left.bound * right.bound if key == "mul" else left.bound + right.bound
    double = op(*(as_double(value) if value.double is None else value.double for value in (left, right)))
    guards = left.guards + right.guards
    if bound >= INTEGER_LIMIT:
        bound = INTEGER_LIMIT
        guards = (*guards, double.abs() < INTEGER_LIMIT)
    bare = op(*(value.expr if value.bare is None else value.bare for value in (left, right)))
    expr = when(reduce(operator.and_, guards), bare) if guards else bare
    return Value(expr, "int", bound=bound, bare=bare, double=double, guards=guards)


@handles("div", args="this expression typed safe")
def _division(t: Translator, node: Any) -> Value:
    left, right = as_double(t.number(node.this)), as_double(t.number(node.expression))
    return Value(left / when(right != 0.0, right), "float")


@handles("mod")
def _remainder(t: Translator, node: Any) -> Value:
    """Truncated, as SQL's: the sign of the dividend. Narwhals' is floored, as Python's."""
    left, right = t.of_kind(node.this, "int").expr, t.of_kind(node.expression, "int").expr
    divisor = when(right != 0, right)
    floored = left % divisor
    return Value(when((floored != 0) & ((left < 0) != (divisor < 0)), floored - divisor, floored), "int")


@handles("neg", args="this")
def _negative(t: Translator, node: Any) -> Value:
    value = t.number(node.this)
    if isinstance(value.constant, (int, float)):
        return t.literal(-value.constant)
    return _calculate("mul", t.literal(-1.0 if value.kind == "float" else -1), value)


@handles("abs", args="this")
def _abs(t: Translator, node: Any) -> Value:
    value = t.of_kind(node.this, "int", "float", "decimal")
    if value.kind == "int" and value.bound > INTEGER_LIMIT:
        return Value(
            when(as_double(value).abs() < INTEGER_LIMIT, value.expr).abs(), "int", bound=INTEGER_LIMIT
        )
    return Value(value.expr.abs(), value.kind, bound=value.bound)


@handles("sign", args="this")
def _sign(t: Translator, node: Any) -> Value:
    expr = t.of_kind(node.this, "int", "float", "decimal").expr
    zero = when(expr == 0, nw.lit(0, nw.Int64()))
    return Value(when(expr > 0, nw.lit(1, nw.Int64()), when(expr < 0, nw.lit(-1, nw.Int64()), zero)), "int")


@handles("floor", "ceil", args="this")
def _floor_or_ceil(t: Translator, node: Any) -> Value:
    value = t.number(node.this)
    if value.kind == "int":
        return value
    expr = as_double(value)
    # Plus nothing: minus zero becomes zero.
    return Value((floor(expr) if node.key == "floor" else -1.0 * floor(-1.0 * expr)) + 0.0, "float")


def floor(expr: nw.Expr) -> nw.Expr:
    """Spark's floor is a 64-bit integer; NaN, infinity and large numbers have none and stay as they are."""
    return when(expr.abs() < WHOLE_LIMIT, expr.floor().cast(nw.Float64()), expr)


@handles("round", args="this decimals")
def _round(t: Translator, node: Any) -> Value:
    """Half away from zero, of the number times a power of ten, as C's round."""
    value = t.number(node.this)
    places = t.constant(node.args["decimals"], int) if node.args.get("decimals") else 0
    if not 0 <= places <= 15:
        t.fail(node, "round takes 0 to 15 decimals")
    if value.kind == "int":
        return value
    scale = 10.0**places
    scaled = as_double(value) * scale
    size = scaled.abs()
    whole = floor(size)
    rounded = when(size - whole >= 0.5, whole + 1.0, whole)
    signed = when(scaled < 0.0, -1.0 * rounded, rounded)
    # Beyond 2^52 there is nothing to round, and infinity minus infinity is no number.
    return Value(when(size < WHOLE_LIMIT, signed / scale, as_double(value)), "float")


@handles("sqrt", args="this")
def _sqrt(t: Translator, node: Any) -> Value:
    expr = as_double(t.number(node.this))
    return Value(when(expr >= 0.0, expr).sqrt(), "float")


@handles("pow")
def _power(t: Translator, node: Any) -> Value:
    """By multiplication: the last digit of a general power differs between the engines' libraries."""
    exponent = t.value(node.expression).constant
    if not isinstance(exponent, int) or isinstance(exponent, bool) or not 1 <= exponent <= 8:
        raise InexactError(
            "all",
            f"power with exponent {node.expression.sql('duckdb')} in {t.text!r}",
            hint="1 to 8, or use sqrt",
        )
    return Value(reduce(operator.mul, [as_double(t.number(node.this))] * exponent), "float")


@handles("greatest", "least", args="this expressions ignore_nulls")
def _extreme(t: Translator, node: Any) -> Value:
    """Nulls are left out; NaN is the largest. The first that no other one beats."""
    values = t.same(node, t.values([node.this, *node.expressions]))
    holds = operator.ge if node.key == "greatest" else operator.le
    exprs = [value.expr for value in values]
    best = null(values[0].kind).expr
    for expr in reversed(exprs):
        unbeaten = (other.is_null() | holds(expr, other) for other in exprs if other is not expr)
        best = when(reduce(operator.and_, unbeaten, ~expr.is_null()), expr, best)
    return Value(best, kind_of(values))
