"""The walk over an expression's tree, and the table of what it knows to translate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import narwhals as nw

from sentineldq.checks.engines.base import EngineName
from sentineldq.checks.sql.parse import PREFIX, SUPPORTED, parse_expression
from sentineldq.checks.sql.value import TYPES, Kind, Value, common_kind, null
from sentineldq.errors import CheckDefinitionError, InexactError

if TYPE_CHECKING:
    from narwhals.dtypes import DType
    from sqlglot import exp

Handler = Callable[["Translator", Any], Value]
Reader = Callable[[str], "tuple[nw.Expr, DType] | None"]

HANDLERS: dict[str, tuple[Handler, frozenset[str]]] = {}


def handles(*keys: str, args: str = "this expression") -> Callable[[Handler], Handler]:
    """Registers a handler of sqlglot nodes; one with an argument not in `args` is refused."""

    def register(handler: Handler) -> Handler:
        HANDLERS.update((key, (handler, frozenset(args.split()))) for key in keys)
        return handler

    return register


class Translator:
    """One walk over one expression; `paths` collects the columns it met."""

    def __init__(
        self,
        text: str,
        engine: EngineName,
        columns: Mapping[str, DType] | None,
        read: Reader | None = None,
    ) -> None:
        self.text = text
        self.engine = engine
        self.columns = columns
        self.read = read or (lambda _name: None)
        self.paths: set[tuple[str, ...]] = set()

    def result(self, *, boolean: bool) -> nw.Expr:
        tree = parse_expression(self.text)
        value = self.value(tree)
        if boolean and value.kind not in ("bool", "any", "null"):
            self.fail(tree, f"it gives a {value.kind}, not a truth value", hint="compare it with something")
        if not self.paths:
            self.fail(tree, "it names no column", hint="name at least one column of the data")
        return value.expr

    def value(self, node: exp.Expr) -> Value:
        handler, args = HANDLERS.get(node.key, (None, frozenset()))
        if handler is None:
            self.unsupported(node)
        if extra := [name for name, given in node.args.items() if given and name not in args]:
            self.fail(node, f"{_name(node)} with {', '.join(extra)} is not supported", hint=SUPPORTED)
        return handler(self, node)

    def values(self, nodes: Iterable[exp.Expr]) -> list[Value]:
        return [self.value(node) for node in nodes]

    def of_kind(self, node: exp.Expr, *kinds: Kind) -> Value:
        """The value of a node that has to be of one of some kinds."""
        value = self.value(node)
        if value.kind == "null":
            return null(kinds[0])
        if value.kind != "any" and value.kind not in kinds:
            self.fail(
                node, f"{node.sql('duckdb')} is a {value.kind}, not a {' or '.join(kinds)}", hint="use CAST"
            )
        return value

    def truth(self, node: exp.Expr) -> nw.Expr:
        return self.of_kind(node, "bool").expr

    def number(self, node: exp.Expr) -> Value:
        """An operand of arithmetic."""
        value = self.of_kind(node, "int", "float", "decimal")
        if value.kind == "decimal":
            raise InexactError(
                "all",
                f"arithmetic on the decimal {node.sql('duckdb')} in {self.text!r}",
                hint="engines give its results different scales; say CAST(… AS DOUBLE)",
            )
        return value

    def constant(self, node: exp.Expr | None, kind: type) -> Any:
        """The value of a node that has to be a literal."""
        value = None if node is None else self.value(node).constant
        if not isinstance(value, kind) or isinstance(value, bool):
            label = {str: "a text", int: "a whole number"}[kind]
            self.fail(node, f"{'nothing' if node is None else node.sql('duckdb')} is not {label} literal")
        return value

    def fail(self, node: exp.Expr | None, reason: str, *, hint: str | None = None) -> NoReturn:
        at = None if node is None else _position(node)
        where = "" if at is None else f" at position {at}"
        raise CheckDefinitionError(f"SQL expression {self.text!r}{where}: {reason}", hint=hint)

    def unsupported(self, node: exp.Expr) -> NoReturn:
        self.fail(node, f"{_name(node)} is not supported", hint=SUPPORTED)

    def same(self, node: exp.Expr, values: list[Value]) -> list[Value]:
        """Values brought to one kind, so that no engine converts anything in its own way."""
        kinds: set[Kind] = {value.kind for value in values} - {"null", "any"}
        variable = {value.kind for value in values if value.constant is None}
        common: Kind | None = "any"
        if kinds:
            common = common_kind(kinds, variable=variable) if len(kinds) > 1 else next(iter(kinds))
        if common is None:
            self.fail(node, f"{' and '.join(sorted(kinds))} do not go together", hint="use CAST")
        return [self.become(node, value, common) for value in values]

    def become(self, node: exp.Expr, value: Value, kind: Kind) -> Value:
        if value.kind == "null":
            return null(kind)
        if value.kind in (kind, "any") or kind in ("any", "decimal"):
            return value
        if value.kind == "string":
            return self.parse_time(node, value.constant, kind)
        if kind == "instant":
            return self.literal(value.constant.replace(tzinfo=dt.UTC))
        return replace(value, expr=value.expr.cast(TYPES[kind][1]), kind=kind)

    def parse_time(self, node: exp.Expr, text: str, kind: Kind) -> Value:
        try:
            if kind == "date":
                return self.literal(dt.date.fromisoformat(text))
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            self.fail(node, f"{text!r} is not a {kind}", hint="write 2024-01-31 or 2024-01-31 12:00:00")
        if kind == "instant":
            return self.literal(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC))
        if moment.tzinfo:
            self.fail(node, f"{text!r} has a time zone and the column has none")
        return self.literal(moment)

    def literal(self, constant: Any) -> Value:
        """A constant with its type said, so that no engine has to guess it."""
        match constant:
            case bool():
                return Value(nw.lit(constant), "bool", constant)
            case int():
                return Value(nw.lit(constant, nw.Int64()), "int", constant, abs(constant))
            case float():
                return Value(nw.lit(constant, nw.Float64()), "float", constant)
            case dt.datetime() if constant.tzinfo:
                return Value(nw.lit(constant.astimezone(dt.UTC)), "instant", constant)
            case dt.datetime():
                # PySpark reads a naive datetime in the zone of the machine; a text is read in none.
                plain = constant.isoformat(sep=" ") if self.engine == "spark" else constant
                return Value(nw.lit(plain, nw.Datetime("us")), "datetime", constant)
            case dt.date():
                return Value(nw.lit(constant), "date", constant)
            case _:
                return Value(nw.lit(constant), "string", constant)


def _position(node: exp.Expr) -> int | None:
    """The first character of a node in the text of the expression, where sqlglot kept one."""
    starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
    return min(starts) - len(PREFIX) if starts else None


def _name(node: exp.Expr) -> str:
    from sqlglot import exp

    if isinstance(node, exp.Anonymous):
        return f"function {node.name}()"
    if isinstance(node, (exp.Subquery, exp.Query, exp.Exists)):
        return "a subquery"
    if isinstance(node, exp.Func):
        return f"function {node.sql_name().lower()}()"
    return f"{node.sql('duckdb')!r} ({node.key})"
