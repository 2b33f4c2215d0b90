"""Whole queries: one that only reads the tables it is given, written anew from its parse tree.

No text of a contract ever reaches an engine as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sentineldq.checks.sql.parse import parse_sql
from sentineldq.errors import CheckDefinitionError, InexactError, suggest
from sentineldq.names import quote

if TYPE_CHECKING:
    from sqlglot import exp

READS_ONLY = "a check only reads the tables it is given"

TABLE_FUNCTIONS = frozenset({"unnest", "explode", "generateseries", "generate_series", "range"})
"""What may stand in FROM beside tables: nothing that opens a file, a connection or a catalog."""

FORBIDDEN_FUNCTION = re.compile(
    r"(read_|write_|pragma_|duckdb_|sniff_|parquet_|iceberg_|delta_|load_|st_read|http_).*"
    r"|.*_(scan|query|attach|execute)"
    r"|query|query_table|glob|getenv|current_setting|set_config|which_secret|nextval|currval|checkpoint|"
    r"force_checkpoint|from_substrait.*|get_substrait.*|import_.*|copy_.*|arrow_.*|pandas_.*|sql_auto_complete|json_execute_serialized_sql|summary|"
    r"repeat_row|test_.*|storage_info|enable_.*|disable_.*|reflect|try_reflect|java_method"
)


def check_query(query: str) -> str:
    """The DuckDB SQL of one query that only reads, written anew from its parse tree, without comments.

    Raises CheckDefinitionError where it is not exactly one SELECT, WITH or set operation, or reaches for
    files, other databases, settings or the environment.
    """
    return _checked(query).sql(dialect="duckdb", comments=False)


def tables_of(query: str, *, known: Iterable[str]) -> list[str]:
    """The known tables that a query reads, by their known names; case does not matter.

    Raises CheckDefinitionError where it reads another one: a connection may hold more than a check was given.
    """
    from sqlglot import exp

    names = {name.lower(): name for name in known}
    found: dict[str, None] = {}
    for table in _checked(query).find_all(exp.Table):
        if isinstance(table.this, exp.Func) or _is_common(table):
            continue
        name = names.get(table.name.lower())
        if name is None or table.db:
            hint = suggest(table.name, names.values()) or "give it as a dataset, with --with NAME=DATA"
            raise CheckDefinitionError(
                f"SQL query {query!r}: {table.sql('duckdb')} is none of its tables", hint=hint
            )
        found[name] = None
    return list(found)


def _is_common(table: exp.Table) -> bool:
    """Whether a name is that of a common table expression (WITH) where it stands.

    Within that expression's own body it still means a table, but for the right side of a recursive UNION.
    """
    from sqlglot import exp

    if table.db:
        return False
    right_of: list[exp.Expr] = []
    came: exp.Expr = table
    while (inside := came.parent) is not None:
        visible: list[exp.Expr] = []
        clause = inside.args.get("with_")
        if isinstance(inside, exp.SetOperation) and inside.expression is came:
            right_of.append(inside)
        if isinstance(inside, exp.With):
            own = inside.recursive and any(came.this is union for union in right_of)
            at = next(at for at, part in enumerate(inside.expressions) if part is came)
            visible = inside.expressions[: at + own]
        elif clause is not None and clause is not came:
            visible = clause.expressions
        if any(part.alias.lower() == table.name.lower() for part in visible):
            return True
        came = inside
    return False


def transpile_query(query: str, *, write: str = "spark") -> str:
    """A checked query in another dialect of sqlglot. Raises InexactError where that dialect has no equal.

    A function that sqlglot does not know would reach the other engine as it is, and mean what that one likes.
    """
    from sqlglot import exp
    from sqlglot.errors import ErrorLevel, UnsupportedError

    tree = _checked(query)
    if unknown := next(tree.find_all(exp.Anonymous), None):
        raise InexactError(
            write,
            f"function {unknown.name.lower()}() in the query {query!r}",
            hint="run it on the duckdb engine",
        )
    try:
        return tree.sql(dialect=write, comments=False, unsupported_level=ErrorLevel.RAISE)
    except UnsupportedError as error:
        raise InexactError(
            write, f"the query {query!r}: {error}", hint="run it on the duckdb engine"
        ) from None


def _checked(query: str) -> exp.Expr:
    from sqlglot import exp

    what = f"SQL query {query!r}"
    statements = parse_sql(query, what)
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
    names = {"table": quote(name)}
    if column is not None:
        names["column"] = quote(*column.split("."))

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
