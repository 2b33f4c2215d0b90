"""Row conditions of other tools as SQL: pandas queries, Great Expectations' own syntax, Spark SQL.

pandas takes a missing value for unequal to everything and a negated condition on it for true; SQL does not.
The SQL written for a pandas query keeps the meaning that pandas gives it.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from typing import Any

from sentineldq.errors import first_line
from sentineldq.names import quote

OPERATORS = {ast.Eq: "=", ast.NotEq: "<>", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%"}
SYMBOLS = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
NULL = {"isnull": True, "isna": True, "is_null": True, "notnull": False, "notna": False, "is_not_null": False}
_BACKTICK = re.compile(r"`([^`]+)`")


class ConditionError(ValueError):
    """A condition that has no exact translation; the text is the reason."""


def to_sql(condition: Any, parser: str | None) -> str:
    """A row condition as SQL (double-quoted names, ANSI operators). Raises ConditionError."""
    if isinstance(condition, dict):
        return _structured(condition)
    if not isinstance(condition, str) or not condition.strip():
        raise ConditionError("the condition is empty")
    if parser in ("spark", "spark_sql", "sql"):
        return _sql(condition, "spark" if parser != "sql" else None)
    if parser in ("pandas", "python", "great_expectations", "great_expectations__experimental__", "ge", None):
        return _query(condition, null_safe=parser in ("pandas", "python"))
    raise ConditionError(f"the condition parser {parser!r} is not known")


def to_spark(where: str) -> str:
    """An SQL condition in the words of Spark; as it is when it cannot be parsed."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        return sqlglot.condition(where, dialect="duckdb").sql(dialect="spark")
    except (SqlglotError, RecursionError):
        return where


def literal(value: Any) -> str:
    """A plain value as an SQL literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    raise ConditionError(f"the value {value!r} has no SQL literal")


def _sql(condition: str, dialect: str | None) -> str:
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        return sqlglot.condition(condition, dialect=dialect).sql(dialect="duckdb")
    except (SqlglotError, RecursionError) as error:
        raise ConditionError(f"not an SQL condition: {first_line(error)}") from error


def _structured(condition: dict[str, Any]) -> str:
    """The condition objects of Great Expectations 1.x: comparison, nullity, and, or."""
    match condition:
        case {"type": "nullity", "column": {"name": str(name)}, "is_null": bool(null)}:
            return f"{quote(name)} IS {'' if null else 'NOT '}NULL"
        case {"type": "comparison", "column": {"name": str(name)}, "operator": str(word), "parameter": value}:
            if word in SYMBOLS:
                return f"{quote(name)} {SYMBOLS[word]} {literal(value)}"
            if word.upper().replace("_", " ") in ("IN", "NOT IN") and isinstance(value, list):
                members = ", ".join(literal(member) for member in value)
                return f"{quote(name)} {word.upper().replace('_', ' ')} ({members})"
        case {"type": "and" | "or" as word, "conditions": [_, *_] as parts}:
            return "(" + f" {word.upper()} ".join(_structured(dict(part)) for part in parts) + ")"
        case {"type": "pass_through", "pass_through_filter": str(text)}:
            return _sql(text, None)
    raise ConditionError(f"the condition {json.dumps(condition, default=str)[:80]} is not known")


def _query(condition: str, *, null_safe: bool) -> str:
    text, names = _plain(condition)
    try:
        tree = ast.parse(text.strip(), mode="eval")
        return _Sql(names, null_safe=null_safe).boolean(tree.body)
    except SyntaxError as error:
        raise ConditionError(f"the condition {condition!r} is not understood: {error.msg}") from error
    except (RecursionError, MemoryError, ValueError) as error:
        raise error if isinstance(error, ConditionError) else ConditionError(str(error)) from error


def _plain(condition: str) -> tuple[str, dict[str, str]]:
    """The query as Python: names in backticks replaced; `&`, `|`, `~` are `and`, `or`, `not` as in pandas."""
    names: dict[str, str] = {}

    def stand_in(match: re.Match[str]) -> str:
        key = f"_name_{len(names)}_"
        names[key] = match[1]
        return key

    text = _BACKTICK.sub(stand_in, condition)
    words = {"&": " and ", "|": " or ", "~": " not "}
    parts = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.OP and token.string == "@":
                raise ConditionError("it refers to a variable of the program (`@name`)")
            skip = token.type in (tokenize.NEWLINE, tokenize.NL, tokenize.ENDMARKER)
            parts.append(" " if skip else words.get(token.string, token.string + " "))
    except (tokenize.TokenError, IndentationError, SyntaxError) as error:
        raise ConditionError(f"the condition {condition!r} is not understood") from error
    return "".join(parts), names


class _Sql:
    """Python expressions of a query as SQL."""

    def __init__(self, names: dict[str, str], *, null_safe: bool) -> None:
        self.names = names
        self.null_safe = null_safe

    def boolean(self, node: ast.expr) -> str:
        if isinstance(node, ast.BoolOp):
            word = " AND " if isinstance(node.op, ast.And) else " OR "
            return "(" + word.join(self.boolean(value) for value in node.values) + ")"
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self.boolean(node.operand)
            return f"NOT COALESCE({inner}, FALSE)" if self.null_safe else f"NOT ({inner})"
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            pairs = [self.compare(*pair) for pair in zip(sides, node.ops, sides[1:], strict=False)]
            return pairs[0] if len(pairs) == 1 else "(" + " AND ".join(pairs) + ")"
        if isinstance(node, ast.Call):
            return self.method(node)
        if isinstance(node, ast.Name | ast.Constant):
            return self.value(node)
        raise ConditionError(f"{ast.unparse(node)} has no translation")

    def compare(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> str:
        if isinstance(op, ast.In | ast.NotIn):
            return self.member(left, right, negated=isinstance(op, ast.NotIn))
        if type(op) not in OPERATORS:
            raise ConditionError(f"the operator {type(op).__name__} has no translation")
        first, second = self.value(left), self.value(right)
        if "NULL" in (first, second):
            other = second if first == "NULL" else first
            return f"{other} IS {'NOT ' if isinstance(op, ast.NotEq) else ''}NULL"
        text = f"{first} {OPERATORS[type(op)]} {second}"
        if not (self.null_safe and isinstance(op, ast.NotEq)):
            return text
        missing = [
            side for node, side in ((left, first), (right, second)) if not isinstance(node, ast.Constant)
        ]
        return "(" + " OR ".join([text, *(f"{side} IS NULL" for side in missing)]) + ")"

    def member(self, left: ast.expr, right: ast.expr, *, negated: bool) -> str:
        if not isinstance(right, ast.List | ast.Tuple | ast.Set) or not right.elts:
            raise ConditionError(f"{ast.unparse(right)} is no list of values")
        value = self.value(left)
        text = f"{value} {'NOT ' if negated else ''}IN ({', '.join(self.value(item) for item in right.elts)})"
        return f"({text} OR {value} IS NULL)" if negated and self.null_safe else text

    def method(self, node: ast.Call) -> str:
        """`col("a").notNull()`, `a.isin([1, 2])`, `a.str.startswith("x")`, `a.between(1, 2)`."""
        if not isinstance(node.func, ast.Attribute) or node.keywords:
            raise ConditionError(f"{ast.unparse(node)} has no translation")
        target, name, args = node.func.value, node.func.attr.lower(), node.args
        if isinstance(target, ast.Attribute) and target.attr == "str":
            return self.text(target.value, name, args)
        if name in NULL and not args:
            return f"{self.value(target)} IS {'' if NULL[name] else 'NOT '}NULL"
        if name == "isin" and len(args) == 1:
            return self.member(target, args[0], negated=False)
        if name == "between" and len(args) == 2:
            return f"{self.value(target)} BETWEEN {self.value(args[0])} AND {self.value(args[1])}"
        raise ConditionError(f"the method {name} has no translation")

    def text(self, target: ast.expr, name: str, args: list[ast.expr]) -> str:
        part = args[0].value if len(args) == 1 and isinstance(args[0], ast.Constant) else None
        pattern = {"startswith": "{}%", "endswith": "%{}"}.get(name)
        if not isinstance(part, str) or pattern is None or set(part) & set("%_\\"):
            raise ConditionError(f"str.{name} has no exact translation")
        return f"{self.value(target)} LIKE {literal(pattern.format(part))}"

    def value(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id=name):
                constants = {"true": "TRUE", "false": "FALSE", "null": "NULL"}
                return constants.get(name, quote(self.names.get(name, name)))
            case ast.Constant(value=value):
                return literal(value)
            case ast.Call(func=ast.Name(id="col"), args=[ast.Constant(value=str(name))]):
                return quote(name)
            case ast.Call(func=ast.Name(id="date"), args=[ast.Constant(value=str(day))]):
                return f"DATE {literal(day)}"
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"-{self.value(operand)}"
            case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
                return f"({self.value(left)} {ARITHMETIC[type(op)]} {self.value(right)})"
        raise ConditionError(f"{ast.unparse(node)} has no translation")
