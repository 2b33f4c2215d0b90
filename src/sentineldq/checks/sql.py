"""SQL in contracts: row expressions with one meaning on every engine, and whole queries that only read.

A row expression (`where`, `sql_expression`) is parsed by sqlglot, in DuckDB's dialect, and rebuilt from a
closed list of constructs as a Narwhals expression. Where engines differ (division, rounding, overflow, case,
casts) it is built from operations in which they do not, so the text means the same everywhere; anything else
is refused by name. A query is parsed too and written out again from its tree: no text of a contract ever
reaches an engine as it is.
"""

from __future__ import annotations

import datetime as dt
import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import narwhals as nw

from sentineldq.checks.regex import like_to_regex, translate
from sentineldq.errors import CheckDefinitionError, InexactError, suggest

if TYPE_CHECKING:
    from narwhals.dtypes import DType
    from sqlglot import exp

Engine = Literal["polars", "duckdb", "spark"]
Kind = Literal[
    "int", "float", "decimal", "string", "bool", "date", "datetime", "instant", "null", "any", "other"
]

SUPPORTED = (
    "supported: literals, columns, = <> < <= > >=, + - * / %, AND OR NOT, IN (list), BETWEEN, LIKE, "
    "ILIKE, IS [NOT] NULL/TRUE/FALSE, IS [NOT] DISTINCT FROM, CASE, COALESCE, NULLIF, CAST, ||, abs, "
    "ceil, char_length, concat, contains, date_part, date_trunc, day, ends_with, extract, floor, "
    "greatest, hour, isodow, least, length, lower, ltrim, minute, month, power, regexp_like, "
    "regexp_matches, replace, round, rtrim, second, sign, sqrt, starts_with, substr, trim, upper, year"
)

# An integer result this large or larger is null: the same on all, before any engine overflows in its own way.
INTEGER_LIMIT = 2.0**62
# From here on every double is a whole number.
WHOLE_LIMIT = 2.0**52

# Letters that engines change differently: capitals of several characters, and those newer than Unicode 15.
UNSETTLED_LOWER = (
    r"[\u0130\u1c89\ua7cb\ua7cc\ua7ce\ua7d2\ua7d4\ua7da\ua7dc"
    r"\U00010d50-\U00010d65\U00016ea0-\U00016eb8]"
)
UNSETTLED_UPPER = (
    r"[\u00df\u0149\u019b\u01f0\u0264\u0390\u03b0\u0587\u1c8a\u1e96-\u1e9a\u1f50\u1f52\u1f54\u1f56\u1f80-\u1faf"
    r"\u1fb2-\u1fb4\u1fb6\u1fb7\u1fbc\u1fc2-\u1fc4\u1fc6\u1fc7\u1fcc\u1fd2\u1fd3\u1fd6\u1fd7"
    r"\u1fe2-\u1fe4\u1fe6\u1fe7\u1ff2-\u1ff4\u1ff6\u1ff7\u1ffc\ua7cd\ua7cf\ua7d3\ua7d5\ua7db\ufb00-\ufb06\ufb13-\ufb17"
    r"\U00010d70-\U00010d85\U00016ebb-\U00016ed3]"
)
# ISO days that exist, years 0001 to 9999.
CALENDAR_DAY = (
    r"\A(?:(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-"
    r"(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)\Z"
)
INTEGER_TEXT = r"\A-?[0-9]{1,18}\Z"
NUMBER_TEXT = r"\A-?[0-9]{1,17}(?:\.[0-9]{1,17})?(?:[eE][+-]?[0-9]{1,2})?\Z"

NUMBERS: frozenset[Kind] = frozenset({"int", "float", "decimal"})
TYPES: Mapping[str, tuple[Kind, Any]] = {
    "int": ("int", nw.Int64()),
    "float": ("float", nw.Float64()),
    "string": ("string", nw.String()),
    "bool": ("bool", nw.Boolean()),
    "date": ("date", nw.Date()),
    "datetime": ("datetime", nw.Datetime("us")),
}
UNITS = {
    "year": "1y", "quarter": "1q", "month": "1mo", "day": "1d", "hour": "1h", "minute": "1m", "second": "1s",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """A translated part: its expression and kind, its constant if it is a literal, its largest magnitude.

    A calculated integer also keeps its parts, so that a long sum is guarded once and not at each step again:
    the bare expression, the same in doubles, and the conditions under which nothing overflowed.
    """

    expr: nw.Expr
    kind: Kind
    constant: Any = None
    bound: float = math.inf
    bare: nw.Expr | None = None
    double: nw.Expr | None = None
    guards: tuple[nw.Expr, ...] = ()


# ---------------------------------------------------------------------------------------------- public


def to_narwhals(
    expression: str,
    *,
    engine: Engine,
    columns: Mapping[str, DType] | None = None,
    boolean: bool = True,
) -> nw.Expr:
    """The Narwhals expression of one SQL row expression, null where SQL's three-valued logic says unknown.

    `columns` gives the types of the data's columns; give it whenever they are known: without it types go
    unchecked, and narrow or overflowing numbers follow the engine. `boolean` demands a truth value. Raises
    CheckDefinitionError naming a construct that is not in the language, an unknown column or types that do
    not fit, and InexactError for what `engine` has no exact form of.
    """
    return _Translator(expression, engine, columns).result(boolean=boolean)


def columns_of(expression: str) -> set[str]:
    """The paths of the columns a row expression reads, as `actor.login`; a name with a dot is quoted."""
    translator = _Translator(expression, "polars", None)
    translator.result(boolean=False)
    return {".".join(f'"{part}"' if "." in part else part for part in path) for path in translator.paths}


# ----------------------------------------------------------------------------------------- expressions

Handler = Callable[["_Translator", Any], Value]
HANDLERS: dict[str, tuple[Handler, frozenset[str]]] = {}


def _handles(*keys: str, args: str = "this expression") -> Callable[[Handler], Handler]:
    """Registers a handler of sqlglot nodes; one with an argument not in `args` is refused."""

    def register(handler: Handler) -> Handler:
        HANDLERS.update((key, (handler, frozenset(args.split()))) for key in keys)
        return handler

    return register


class _Translator:
    """One walk over one expression; `paths` collects the columns it met."""

    def __init__(self, text: str, engine: Engine, columns: Mapping[str, DType] | None) -> None:
        self.text = text
        self.engine = engine
        self.columns = columns
        self.paths: set[tuple[str, ...]] = set()

    def result(self, *, boolean: bool) -> nw.Expr:
        tree = _parse_expression(self.text)
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
            return _null(kinds[0])
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
            common = _common(kinds, variable=variable) if len(kinds) > 1 else next(iter(kinds))
        if common is None:
            self.fail(node, f"{' and '.join(sorted(kinds))} do not go together", hint="use CAST")
        return [self.become(node, value, common) for value in values]

    def become(self, node: exp.Expr, value: Value, kind: Kind) -> Value:
        if value.kind == "null":
            return _null(kind)
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


def _common(kinds: set[Kind], *, variable: set[Kind]) -> Kind | None:
    """The kind that values of several kinds are brought to, `variable` naming those not all literals."""
    if kinds <= NUMBERS:
        return "float" if "float" in kinds else "decimal"
    times = kinds - {"string"}
    if not times <= {"date", "datetime", "instant"} or "string" in kinds & variable:
        return None
    if len(times) == 1:
        return next(iter(times))
    if times == {"date", "datetime"}:
        return "datetime"
    return "instant" if times == {"datetime", "instant"} and "datetime" not in variable else None


def _null(kind: Kind) -> Value:
    return Value(nw.lit(None, TYPES[kind][1]) if kind in TYPES else nw.lit(None), kind)


def _double(value: Value) -> nw.Expr:
    return value.expr if value.kind == "float" else value.expr.cast(nw.Float64())


def _when(condition: nw.Expr, then: nw.Expr, otherwise: nw.Expr | None = None) -> nw.Expr:
    chosen = nw.when(condition).then(then)
    return chosen if otherwise is None else chosen.otherwise(otherwise)


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


PREFIX = "SELECT "


def _parse_expression(text: str) -> exp.Expr:
    """One expression and nothing else; the SELECT in front keeps words such as `comment` plain names."""
    from sqlglot import exp

    what = f"SQL expression {text!r}"
    statements = _parse_sql(f"{PREFIX}{text}\n", what, before=len(PREFIX))
    select = statements[0] if len(statements) == 1 else None
    if not isinstance(select, exp.Select) or len(select.expressions) != 1:
        raise CheckDefinitionError(f"{what} is not exactly one expression", hint=SUPPORTED)
    if any(value for name, value in select.args.items() if name != "expressions"):
        raise CheckDefinitionError(
            f"{what} goes on after the expression", hint="no FROM, WHERE or other clause"
        )
    found: exp.Expr = select.expressions[0]
    return found


def _parse_sql(text: str, what: str, *, before: int = 0) -> list[exp.Expr]:
    """The statements of a text, of which the first `before` characters are not the user's."""
    import sqlglot
    from sqlglot.errors import ParseError, TokenError

    try:
        _refuse_tokens(sqlglot.tokenize(text, dialect="duckdb"), what, before=before)
        statements = sqlglot.parse(text, dialect="duckdb")
    except ParseError as error:
        fault = error.errors[0] if error.errors else {}
        line, column = fault.get("line"), fault.get("col") or 0
        at = f" at line {line}, column {column - before * (line == 1)}" if line else ""
        reason = fault.get("description", error)
        raise CheckDefinitionError(f"{what} cannot be parsed{at}: {reason}") from None
    except (TokenError, RecursionError) as error:
        raise CheckDefinitionError(f"{what} cannot be parsed: {error}") from None
    return [statement for statement in statements if statement is not None]


def _refuse_tokens(tokens: list[Any], what: str, *, before: int) -> None:
    """What has to be refused before parsing: statements but queries, a second one, and the operator `~`.

    `~` is a whole match in DuckDB and a search in Postgres, and sqlglot takes one for the other.
    """
    from sqlglot import TokenType

    if not tokens or tokens[0].text.upper() not in ("SELECT", "WITH", "FROM", "("):
        raise CheckDefinitionError(f"{what} is not a query", hint="it has to begin with SELECT or WITH")
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.token_type in (TokenType.STRING, TokenType.IDENTIFIER):
            continue
        if token.token_type == TokenType.SEMICOLON and following is not None:
            raise CheckDefinitionError(f"{what} goes on after a semicolon", hint="one statement only")
        if "~" in token.text and not token.text.strip("!~*"):
            raise CheckDefinitionError(
                f"{what} at position {token.start - before}: engines disagree on operator {token.text}",
                hint="use regexp_matches(text, pattern)",
            )


# ----------------------------------------------------------------------------- literals, columns, logic


@_handles("paren", args="this")
def _paren(t: _Translator, node: Any) -> Value:
    return t.value(node.this)


@_handles("null", args="")
def _sql_null(_t: _Translator, _node: Any) -> Value:
    return _null("null")


@_handles("boolean", args="this")
def _boolean(t: _Translator, node: Any) -> Value:
    return t.literal(bool(node.this))


@_handles("literal", args="this is_string")
def _literal(t: _Translator, node: Any) -> Value:
    if node.is_string:
        return t.literal(node.this)
    if re.fullmatch("[0-9]+", node.this):
        if (number := int(node.this)) >= INTEGER_LIMIT:
            t.fail(node, f"the whole number {number} is beyond 2^62")
        return t.literal(number)
    if not math.isfinite(double := float(node.this)):
        t.fail(node, f"the number {node.this} is beyond a double")
    return t.literal(double)


@_handles("column", "dot", args="this expression table db catalog")
def _column(t: _Translator, node: Any) -> Value:
    path = _path(node)
    if path is None:
        t.unsupported(node)
    t.paths.add(path)
    name, *fields = path
    if t.columns is None:
        return Value(_col(t, path[0], fields), "any")
    if name not in t.columns and ".".join(path) in t.columns:
        name, fields = ".".join(path), []
    if name not in t.columns:
        t.fail(node, f"there is no column {name!r}", hint=suggest(name, t.columns))
    dtype = t.columns[name]
    for field in fields:
        inner = {part.name: part.dtype for part in dtype.fields} if isinstance(dtype, nw.Struct) else {}
        if field not in inner:
            t.fail(node, f"{'.'.join(path)!r} is not a path in the data", hint=suggest(field, inner))
        dtype = _instance(inner[field])
    return _typed(_col(t, name, fields), _instance(dtype))


def _col(t: _Translator, name: str, fields: list[str]) -> nw.Expr:
    # Spark reads a dot in a name as a path unless the name is quoted.
    column = nw.col(f"`{name}`" if t.engine == "spark" and "." in name else name)
    return reduce(lambda inner, field: inner.struct.field(field), fields, column)


def _path(node: exp.Expr) -> tuple[str, ...] | None:
    from sqlglot import exp

    if isinstance(node, exp.Dot):
        head = _path(node.this)
        tail = node.expression
        return (*head, tail.name) if head and isinstance(tail, exp.Identifier) else None
    if isinstance(node, exp.Column) and all(isinstance(part, exp.Identifier) for part in node.parts):
        return tuple(part.name for part in node.parts)
    return None


def _instance(dtype: Any) -> DType:
    found: DType = dtype() if isinstance(dtype, type) else dtype
    return found


def _typed(expr: nw.Expr, dtype: DType) -> Value:
    """A column in the widest type of its kind: narrow numbers overflow, and compare, differently."""
    small: Mapping[type, int] = {
        nw.Int8: 7,
        nw.Int16: 15,
        nw.Int32: 31,
        nw.UInt8: 8,
        nw.UInt16: 16,
        nw.UInt32: 32,
    }
    if (bits := small.get(type(dtype))) is not None:
        return Value(expr.cast(nw.Int64()), "int", bound=2.0**bits)
    if isinstance(dtype, nw.Float32):
        return Value(expr.cast(nw.Float64()), "float")
    if isinstance(dtype, (nw.Categorical, nw.Enum)):
        return Value(expr.cast(nw.String()), "string")
    if isinstance(dtype, nw.Datetime):
        return Value(expr, "datetime" if dtype.time_zone is None else "instant")
    kinds: Mapping[type, Kind] = {
        nw.Int64: "int", nw.Float64: "float", nw.String: "string", nw.Boolean: "bool", nw.Date: "date",
        nw.Decimal: "decimal", nw.UInt64: "decimal", nw.Int128: "decimal", nw.UInt128: "decimal",
    }  # fmt: skip
    return Value(
        expr, kinds.get(type(dtype), "other")
    )  # instances, so that a Decimal's scale does not matter


@_handles("and", "or")
def _junction(t: _Translator, node: Any) -> Value:
    """A chain of the same operator is walked in a loop: thousands of terms must not end the stack."""
    parts: list[nw.Expr] = []
    left = node
    while left.key == node.key:
        parts.append(t.truth(left.expression))
        left = left.this
    parts.append(t.truth(left))
    return Value(reduce(operator.and_ if node.key == "and" else operator.or_, reversed(parts)), "bool")


@_handles("not", args="this")
def _not(t: _Translator, node: Any) -> Value:
    return Value(~t.truth(node.this), "bool")


COMPARISONS = {
    "eq": operator.eq, "neq": operator.ne, "lt": operator.lt, "lte": operator.le, "gt": operator.gt,
    "gte": operator.ge,
}  # fmt: skip


@_handles(*COMPARISONS)
def _comparison(t: _Translator, node: Any) -> Value:
    return Value(
        _compare(t, node, COMPARISONS[node.key], t.value(node.this), t.value(node.expression)), "bool"
    )


def _compare(t: _Translator, node: Any, op: Callable[[Any, Any], Any], left: Value, right: Value) -> nw.Expr:
    left, right = t.same(node, [left, right])
    if "other" in (left.kind, right.kind):
        t.fail(node, "nested values cannot be compared", hint="name a field of it")
    compared: nw.Expr = op(left.expr, right.expr)
    return compared


@_handles("between", args="this low high")
def _between(t: _Translator, node: Any) -> Value:
    value = t.value(node.this)
    low = _compare(t, node, operator.ge, value, t.value(node.args["low"]))
    return Value(low & _compare(t, node, operator.le, value, t.value(node.args["high"])), "bool")


@_handles("in", args="this expressions")
def _in(t: _Translator, node: Any) -> Value:
    value = t.value(node.this)
    members = t.values(node.expressions)
    constants = [member.constant for member in members]
    if value.kind in ("int", "string") and all(
        member.kind == value.kind and member.constant is not None for member in members
    ):
        return Value(value.expr.is_in(constants), "bool")
    return Value(reduce(operator.or_, [_compare(t, node, operator.eq, value, m) for m in members]), "bool")


@_handles("is")
def _is(t: _Translator, node: Any) -> Value:
    if node.expression.key == "null":
        return Value(t.value(node.this).expr.is_null(), "bool")
    wanted = t.value(node.expression).constant
    if not isinstance(wanted, bool):
        t.unsupported(node)
    condition = t.truth(node.this)
    known = _when(condition.is_null(), nw.lit(not wanted), condition)
    return Value(known if wanted else ~known, "bool")


@_handles("nullsafeeq", "nullsafeneq")
def _distinct(t: _Translator, node: Any) -> Value:
    left, right = t.same(node, [t.value(node.this), t.value(node.expression)])
    one_null = left.expr.is_null() | right.expr.is_null()
    both_or_none = left.expr.is_null() == right.expr.is_null()
    equal = _when(one_null, both_or_none, left.expr == right.expr)
    return Value(equal if node.key == "nullsafeeq" else ~equal, "bool")


@_handles("case", args="this ifs default")
def _case(t: _Translator, node: Any) -> Value:
    branches = node.args["ifs"]
    default = node.args.get("default")
    results = t.values([branch.args["true"] for branch in branches])
    results = t.same(node, [*results, t.value(default) if default else _null("null")])
    expr = results[-1].expr
    subject = t.value(node.this) if node.this else None
    for branch, result in zip(reversed(branches), reversed(results[:-1]), strict=True):
        condition = (
            t.truth(branch.this)
            if subject is None
            else _compare(t, node, operator.eq, subject, t.value(branch.this))
        )
        expr = _when(condition, result.expr, expr)
    return Value(expr, _kind(results))


@_handles("if", args="this true false")
def _if(t: _Translator, node: Any) -> Value:
    other = node.args.get("false")
    results = t.same(node, [t.value(node.args["true"]), t.value(other) if other else _null("null")])
    return Value(_when(t.truth(node.this), results[0].expr, results[1].expr), _kind(results))


@_handles("coalesce", args="this expressions")
def _coalesce(t: _Translator, node: Any) -> Value:
    values = t.same(node, t.values([node.this, *node.expressions]))
    return Value(nw.coalesce(*(value.expr for value in values)), _kind(values))


@_handles("nullif")
def _nullif(t: _Translator, node: Any) -> Value:
    values = t.same(node, [t.value(node.this), t.value(node.expression)])
    equal = _when(
        (values[0].expr == values[1].expr).is_null(), nw.lit(False), values[0].expr == values[1].expr
    )
    return Value(_when(~equal, values[0].expr), _kind(values))


def _kind(values: list[Value]) -> Kind:
    return "any" if any(value.kind == "any" for value in values) else values[0].kind


# ------------------------------------------------------------------------------------------- arithmetic

ARITHMETIC = {"add": operator.add, "sub": operator.sub, "mul": operator.mul}


@_handles(*ARITHMETIC)
def _arithmetic(t: _Translator, node: Any) -> Value:
    return _calculate(node.key, t.number(node.this), t.number(node.expression))


def _calculate(key: str, left: Value, right: Value) -> Value:
    op = ARITHMETIC[key]
    if "any" in (left.kind, right.kind):
        return Value(op(left.expr, right.expr), "any")
    if "float" in (left.kind, right.kind):
        return Value(op(_double(left), _double(right)), "float")
    bound = left.bound * right.bound if key == "mul" else left.bound + right.bound
    double = op(*(_double(value) if value.double is None else value.double for value in (left, right)))
    guards = left.guards + right.guards
    if bound >= INTEGER_LIMIT:
        bound = INTEGER_LIMIT
        guards = (*guards, double.abs() < INTEGER_LIMIT)
    bare = op(*(value.expr if value.bare is None else value.bare for value in (left, right)))
    expr = _when(reduce(operator.and_, guards), bare) if guards else bare
    return Value(expr, "int", bound=bound, bare=bare, double=double, guards=guards)


@_handles("div", args="this expression typed safe")
def _division(t: _Translator, node: Any) -> Value:
    left, right = _double(t.number(node.this)), _double(t.number(node.expression))
    return Value(left / _when(right != 0.0, right), "float")


@_handles("mod")
def _remainder(t: _Translator, node: Any) -> Value:
    """Truncated, as SQL's: the sign of the dividend. Narwhals' is floored, as Python's."""
    left, right = t.of_kind(node.this, "int").expr, t.of_kind(node.expression, "int").expr
    divisor = _when(right != 0, right)
    floored = left % divisor
    return Value(_when((floored != 0) & ((left < 0) != (divisor < 0)), floored - divisor, floored), "int")


@_handles("neg", args="this")
def _negative(t: _Translator, node: Any) -> Value:
    value = t.number(node.this)
    if isinstance(value.constant, (int, float)):
        return t.literal(-value.constant)
    return _calculate("mul", t.literal(-1.0 if value.kind == "float" else -1), value)


@_handles("abs", args="this")
def _abs(t: _Translator, node: Any) -> Value:
    value = t.of_kind(node.this, "int", "float", "decimal")
    if value.kind == "int" and value.bound > INTEGER_LIMIT:
        return Value(
            _when(_double(value).abs() < INTEGER_LIMIT, value.expr).abs(), "int", bound=INTEGER_LIMIT
        )
    return Value(value.expr.abs(), value.kind, bound=value.bound)


@_handles("sign", args="this")
def _sign(t: _Translator, node: Any) -> Value:
    expr = t.of_kind(node.this, "int", "float", "decimal").expr
    zero = _when(expr == 0, nw.lit(0, nw.Int64()))
    return Value(_when(expr > 0, nw.lit(1, nw.Int64()), _when(expr < 0, nw.lit(-1, nw.Int64()), zero)), "int")


@_handles("floor", "ceil", args="this")
def _floor_or_ceil(t: _Translator, node: Any) -> Value:
    value = t.number(node.this)
    if value.kind == "int":
        return value
    expr = _double(value)
    # Plus nothing: minus zero becomes zero.
    return Value((_floor(expr) if node.key == "floor" else -1.0 * _floor(-1.0 * expr)) + 0.0, "float")


def _floor(expr: nw.Expr) -> nw.Expr:
    """Spark's floor is a 64-bit integer; NaN, infinity and large numbers have none and stay as they are."""
    return _when(expr.abs() < WHOLE_LIMIT, expr.floor().cast(nw.Float64()), expr)


@_handles("round", args="this decimals")
def _round(t: _Translator, node: Any) -> Value:
    """Half away from zero, of the number times a power of ten, as C's round."""
    value = t.number(node.this)
    places = t.constant(node.args["decimals"], int) if node.args.get("decimals") else 0
    if not 0 <= places <= 15:
        t.fail(node, "round takes 0 to 15 decimals")
    if value.kind == "int":
        return value
    scale = 10.0**places
    scaled = _double(value) * scale
    size = scaled.abs()
    whole = _floor(size)
    rounded = _when(size - whole >= 0.5, whole + 1.0, whole)
    signed = _when(scaled < 0.0, -1.0 * rounded, rounded)
    # Beyond 2^52 there is nothing to round, and infinity minus infinity is no number.
    return Value(_when(size < WHOLE_LIMIT, signed / scale, _double(value)), "float")


@_handles("sqrt", args="this")
def _sqrt(t: _Translator, node: Any) -> Value:
    expr = _double(t.number(node.this))
    return Value(_when(expr >= 0.0, expr).sqrt(), "float")


@_handles("pow")
def _power(t: _Translator, node: Any) -> Value:
    """By multiplication: the last digit of a general power differs between the engines' libraries."""
    exponent = t.value(node.expression).constant
    if not isinstance(exponent, int) or isinstance(exponent, bool) or not 1 <= exponent <= 8:
        raise InexactError(
            "all",
            f"power with exponent {node.expression.sql('duckdb')} in {t.text!r}",
            hint="1 to 8, or use sqrt",
        )
    return Value(reduce(operator.mul, [_double(t.number(node.this))] * exponent), "float")


@_handles("greatest", "least", args="this expressions ignore_nulls")
def _extreme(t: _Translator, node: Any) -> Value:
    """Nulls are left out; NaN is the largest. The first that no other one beats."""
    values = t.same(node, t.values([node.this, *node.expressions]))
    holds = operator.ge if node.key == "greatest" else operator.le
    exprs = [value.expr for value in values]
    best = _null(values[0].kind).expr
    for expr in reversed(exprs):
        unbeaten = (other.is_null() | holds(expr, other) for other in exprs if other is not expr)
        best = _when(reduce(operator.and_, unbeaten, ~expr.is_null()), expr, best)
    return Value(best, _kind(values))


# ------------------------------------------------------------------------------------------------- text


def _search(t: _Translator, expr: nw.Expr, pattern: str) -> nw.Expr:
    return expr.str.contains(translate(pattern, t.engine))


@_handles("like", "ilike", args="this expression negate")
def _like(t: _Translator, node: Any) -> Value:
    return _matches_like(t, node, escape=None)


@_handles("escape")
def _escape(t: _Translator, node: Any) -> Value:
    if node.this.key not in ("like", "ilike"):
        t.unsupported(node)
    return _matches_like(t, node.this, escape=t.constant(node.expression, str))


def _matches_like(t: _Translator, node: Any, *, escape: str | None) -> Value:
    pattern = t.constant(node.expression, str)
    if escape is None and "\\" in pattern:
        t.fail(node, "engines disagree on a backslash in LIKE", hint="say which it is: LIKE '…' ESCAPE '\\'")
    flag = "(?i)" if node.key == "ilike" else ""
    found = _search(
        t, t.of_kind(node.this, "string").expr, flag + like_to_regex(pattern, escape=escape or "")
    )
    return Value(~found if node.args.get("negate") else found, "bool")


@_handles("regexplike", args="this expression flag")
def _regexp(t: _Translator, node: Any) -> Value:
    flags = t.constant(node.args["flag"], str) if node.args.get("flag") else ""
    if set(flags) - set("ism"):
        t.fail(node, f"flags {flags!r}: only i, s and m are supported")
    pattern = (f"(?{flags})" if flags else "") + t.constant(node.expression, str)
    return Value(_search(t, t.of_kind(node.this, "string").expr, pattern), "bool")


@_handles("startswith", "endswith", "contains")
def _part(t: _Translator, node: Any) -> Value:
    text, part = t.of_kind(node.this, "string").expr.str, t.constant(node.expression, str)
    match node.key:
        case "startswith":
            return Value(text.starts_with(part), "bool")
        case "endswith":
            return Value(text.ends_with(part), "bool")
        case _:
            return Value(text.contains(part, literal=True), "bool")


@_handles("lower", "upper", args="this")
def _change_case(t: _Translator, node: Any) -> Value:
    text = t.of_kind(node.this, "string").expr
    if node.key == "upper":
        return Value(_when(~_search(t, text, UNSETTLED_UPPER), text).str.to_uppercase(), "string")
    settled = _when(~_search(t, text, UNSETTLED_LOWER), text)
    # A last capital sigma becomes a final one on some engines only.
    return Value(settled.str.replace_all("\u03a3", "\u03c3", literal=True).str.to_lowercase(), "string")


@_handles("length", args="this")
def _length(t: _Translator, node: Any) -> Value:
    text = t.of_kind(node.this, "string").expr
    return Value(text.str.len_chars().cast(nw.Int64()), "int", bound=2.0**32)


@_handles("trim", args="this position")
def _trim(t: _Translator, node: Any) -> Value:
    """Spaces only, as the standard says."""
    text = t.of_kind(node.this, "string").expr.str
    match str(node.args.get("position") or "BOTH").upper():
        case "LEADING":
            return Value(text.strip_chars_start(" "), "string")
        case "TRAILING":
            return Value(text.strip_chars_end(" "), "string")
        case _:
            return Value(text.strip_chars_start(" ").str.strip_chars_end(" "), "string")


@_handles("substring", args="this start length")
def _substring(t: _Translator, node: Any) -> Value:
    start = t.constant(node.args.get("start"), int)
    length = t.constant(node.args["length"], int) if node.args.get("length") else None
    if start < 1 or (length or 0) < 0:
        t.fail(node, "substr takes a start from 1 and a length from 0: engines disagree on others")
    return Value(t.of_kind(node.this, "string").expr.str.slice(start - 1, length), "string")


@_handles("replace", args="this expression replacement")
def _replace(t: _Translator, node: Any) -> Value:
    old, new = t.constant(node.expression, str), t.constant(node.args.get("replacement"), str)
    if not old:
        t.fail(node, "engines disagree on replacing the empty text")
    return Value(t.of_kind(node.this, "string").expr.str.replace_all(old, new, literal=True), "string")


@_handles("dpipe", args="this expression safe")
def _join(t: _Translator, node: Any) -> Value:
    parts = [_text(t, node.this), _text(t, node.expression)]
    return Value(nw.concat_str(*parts, separator="", ignore_nulls=False), "string")


@_handles("concat", args="expressions safe coalesce")
def _concat(t: _Translator, node: Any) -> Value:
    """Nulls count as empty, as in DuckDB and Postgres."""
    parts = [
        _when(part.is_null(), nw.lit(""), part) for part in (_text(t, item) for item in node.expressions)
    ]
    return Value(nw.concat_str(*parts, separator="", ignore_nulls=False), "string")


def _text(t: _Translator, node: Any) -> nw.Expr:
    value = t.of_kind(node, "string", "int")
    return value.expr.cast(nw.String()) if value.kind == "int" else value.expr


# ------------------------------------------------------------------------------------------ time, casts

PARTS: Mapping[str, Callable[[Any], nw.Expr]] = {
    "year": lambda part: part.year(),
    "month": lambda part: part.month(),
    "day": lambda part: part.day(),
    "hour": lambda part: part.hour(),
    "minute": lambda part: part.minute(),
    "second": lambda part: part.second(),
    "isodow": lambda part: part.weekday(),
}


@_handles("year", "month", "day", "hour", "minute", "second", "dayofweekiso", args="this")
def _named_part(t: _Translator, node: Any) -> Value:
    return _date_part(t, node.this, "isodow" if node.key == "dayofweekiso" else node.key)


@_handles("extract")
def _extract(t: _Translator, node: Any) -> Value:
    return _date_part(t, node.expression, node.this.name.lower())


@_handles("anonymous", args="this expressions")
def _anonymous(t: _Translator, node: Any) -> Value:
    if node.name.lower() not in ("date_part", "datepart") or len(node.expressions) != 2:
        t.unsupported(node)
    part, moment = node.expressions
    return _date_part(t, moment, t.constant(part, str).lower())


def _date_part(t: _Translator, node: Any, part: str) -> Value:
    if part not in PARTS:
        t.fail(node, f"date part {part!r} is not supported", hint=f"known: {', '.join(PARTS)}")
    value = _moment(t, node)
    expr = value.expr.cast(nw.Datetime("us")) if value.kind == "date" else value.expr
    return Value(PARTS[part](expr.dt).cast(nw.Int64()), "int", bound=10_000)


def _moment(t: _Translator, node: Any) -> Value:
    value = t.of_kind(node, "datetime", "date", "instant")
    if value.kind == "instant":
        raise InexactError(
            "all",
            f"a part of {node.sql('duckdb')} in {t.text!r}, which has a time zone",
            hint="engines read it in the zone of the session or of the column; store UTC without a zone",
        )
    return value


@_handles("timestamptrunc", "datetrunc", args="this unit")
def _truncate(t: _Translator, node: Any) -> Value:
    unit = node.args["unit"].name.lower()
    if unit not in UNITS:
        t.fail(node, f"date_trunc unit {unit!r} is not supported", hint=f"known: {', '.join(UNITS)}")
    if t.engine == "spark":
        raise InexactError(
            "spark", f"date_trunc in {t.text!r}", hint="Spark truncates in the session's time zone"
        )
    value = _moment(t, node.this)
    expr = value.expr.cast(nw.Datetime("us")) if value.kind == "date" else value.expr
    return t.become(node, Value(expr.dt.truncate(UNITS[unit]), "datetime"), value.kind)


CASTS: Mapping[str, Kind] = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INT", "BIGINT"), "int"),
    **dict.fromkeys(("FLOAT", "DOUBLE"), "float"),
    **dict.fromkeys(("VARCHAR", "TEXT", "CHAR"), "string"),
    "BOOLEAN": "bool",
    "DATE": "date",
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMPNTZ", "DATETIME"), "datetime"),
    "TIMESTAMPTZ": "instant",
}


@_handles("cast", "trycast", args="this to safe")
def _cast(t: _Translator, node: Any) -> Value:
    target = node.args["to"]
    kind = CASTS.get(target.this.name)
    if kind is None or target.expressions:
        t.fail(node, f"type {target.sql('duckdb')} is not supported", hint=f"known: {', '.join(CASTS)}")
    value = t.value(node.this)
    if value.kind in ("null", kind):
        return _null(kind) if value.kind == "null" else value
    if isinstance(value.constant, str) and kind in ("date", "datetime", "instant"):
        return t.parse_time(node, value.constant, kind)
    convert = CONVERSIONS.get((value.kind, kind))
    if convert is None:
        if value.kind == "any" and kind in TYPES:
            return Value(value.expr.cast(TYPES[kind][1]), kind)
        raise InexactError(
            "all",
            f"CAST from {value.kind} to {kind} in {t.text!r}",
            hint="engines write or read it differently",
        )
    return Value(convert(t, value.expr), kind)


def _whole(_t: _Translator, expr: nw.Expr) -> nw.Expr:
    """Towards zero; null beyond 2^62 and for NaN."""
    whole = _floor(expr.abs())
    signed = _when(expr < 0.0, -1.0 * whole, whole)
    return _when(expr.abs() < INTEGER_LIMIT, signed).cast(nw.Int64())


def _reads(pattern: str, dtype: Any) -> Callable[[_Translator, nw.Expr], nw.Expr]:
    """Text to a number, null where it is none. Only what every engine reads alike gets as far as the cast."""
    return lambda t, expr: _when(_search(t, expr, pattern), expr).cast(dtype)


def _read_date(t: _Translator, expr: nw.Expr) -> nw.Expr:
    return _when(_search(t, expr, CALENDAR_DAY), expr).str.to_date("%Y-%m-%d")


def _plain(kind: Kind) -> Callable[[_Translator, nw.Expr], nw.Expr]:
    return lambda _, expr: expr.cast(TYPES[kind][1])


CONVERSIONS: Mapping[tuple[Kind, Kind], Callable[[_Translator, nw.Expr], nw.Expr]] = {
    ("int", "float"): _plain("float"),
    ("decimal", "float"): _plain("float"),
    ("bool", "int"): _plain("int"),
    ("int", "string"): _plain("string"),
    ("date", "datetime"): _plain("datetime"),
    ("datetime", "date"): _plain("date"),
    ("float", "int"): _whole,
    ("string", "int"): _reads(INTEGER_TEXT, nw.Int64()),
    ("string", "float"): _reads(NUMBER_TEXT, nw.Float64()),
    ("string", "date"): _read_date,
}


# ---------------------------------------------------------------------------------------------- queries

READS_ONLY = "a check only reads the tables it is given"

TABLE_FUNCTIONS = frozenset({"unnest", "explode", "generateseries", "generate_series", "range"})
"""What may stand in FROM beside tables: nothing that opens a file, a connection or a catalog."""

FORBIDDEN_FUNCTION = re.compile(
    r"(read_|write_|pragma_|duckdb_|sniff_|parquet_|iceberg_|delta_|load_|st_read|http_).*"
    r"|.*_(scan|query|attach|execute)"
    r"|query|query_table|glob|getenv|current_setting|set_config|which_secret|nextval|currval|checkpoint|"
    r"force_checkpoint|from_substrait.*|get_substrait.*|import_.*|copy_.*|arrow_.*|pandas_.*|sql_auto_complete|json_execute_serialized_sql|summary|"
    r"repeat_row|test_.*|storage_info|enable_.*|disable_.*"
)


def check_query(query: str) -> str:
    """The DuckDB SQL of one query that only reads, written anew from its parse tree, without comments.

    Raises CheckDefinitionError where it is not exactly one SELECT, WITH or set operation, or reaches for
    files, other databases, settings or the environment.
    """
    return _checked(query).sql(dialect="duckdb", comments=False)


def transpile_query(query: str, *, write: str = "spark") -> str:
    """A checked query in another dialect of sqlglot. Raises InexactError where that dialect has no equal."""
    from sqlglot.errors import ErrorLevel, UnsupportedError

    try:
        return _checked(query).sql(dialect=write, comments=False, unsupported_level=ErrorLevel.RAISE)
    except UnsupportedError as error:
        raise InexactError(
            write, f"the query {query!r}: {error}", hint="run it on the duckdb engine"
        ) from None


def _checked(query: str) -> exp.Expr:
    from sqlglot import exp

    what = f"SQL query {query!r}"
    statements = _parse_sql(query, what)
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise CheckDefinitionError(f"{what} is not exactly one query", hint="only SELECT and WITH")
    for node in statements[0].walk():
        if reason := _forbidden(node):
            raise CheckDefinitionError(f"{what}: {reason} is not allowed", hint=READS_ONLY)
    return statements[0]


def _forbidden(node: exp.Expr) -> str | None:
    """What a node does that a check must not; None for the rest."""
    from sqlglot import exp

    statements = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock, exp.Describe, exp.Summarize, exp.Pragma)
    bound = (exp.Placeholder, exp.Parameter, exp.SessionParameter)
    if isinstance(node, statements):
        return node.key.upper()
    if isinstance(node, bound):
        return f"the parameter {node.sql('duckdb')}"
    if isinstance(node, exp.Table):
        return _forbidden_table(node)
    if isinstance(node, exp.Func):
        name = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
        if FORBIDDEN_FUNCTION.fullmatch(name):
            return f"function {name}()"
    return None


def _forbidden_table(node: exp.Table) -> str | None:
    from sqlglot import exp

    source = node.this
    if isinstance(source, exp.Func):
        name = (source.name if isinstance(source, exp.Anonymous) else source.sql_name()).lower()
        return None if name in TABLE_FUNCTIONS else f"table function {name}()"
    if not isinstance(source, (exp.Identifier, exp.Dot)):
        return f"the table {node.sql('duckdb')}"
    # DuckDB opens a file where no table has the name.
    opens = re.search(r"[./\\:*?]", node.name)
    return f"the table {node.name!r}, which may name a file," if opens else None


PLACEHOLDERS = {
    **dict.fromkeys(("table", "object", "batch", "dataset", "model"), "table"),
    **dict.fromkeys(("column", "property", "field"), "column"),
}

# Texts and comments are stepped over; inside a quoted name a placeholder still counts.
_BINDABLE = re.compile(
    r"(?P<skip>'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/)"
    r'|"\$?\{\s*(?P<quoted>\w+)\s*\}"|(?P<name>"(?:[^"]|"")*")|\$?\{\s*(?P<bare>\w+)\s*\}',
    re.DOTALL,
)


def bind_table(query: str, name: str, *, column: str | None = None) -> str:
    """The query with its placeholders filled in, as quoted names.

    `${table}`, `{table}`, and the same of `object`, `batch`, `dataset`, `model` are the table; `column`,
    `property`, `field` are the column, whose dots separate fields. Raises CheckDefinitionError on any other,
    and on a column where none is given.
    """
    names = {"table": _quote(name)}
    if column is not None:
        names["column"] = ".".join(map(_quote, column.split(".")))

    def fill(found: re.Match[str]) -> str:
        word = found["quoted"] or found["bare"]
        if word is None:
            return found[0]
        meant = PLACEHOLDERS.get(word.lower())
        if meant is None:
            raise CheckDefinitionError(
                f"SQL query {query!r}: unknown placeholder {found[0]}", hint=suggest(word, PLACEHOLDERS)
            )
        if meant not in names:
            raise CheckDefinitionError(
                f"SQL query {query!r}: {found[0]} is used, but the check has no column"
            )
        return names[meant]

    return _BINDABLE.sub(fill, query)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
