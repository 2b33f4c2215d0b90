"""SQL text to sqlglot's tree, with the faults of the text told in our own words."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sentineldq.errors import CheckDefinitionError

if TYPE_CHECKING:
    from sqlglot import exp

SUPPORTED = (
    "supported: literals, columns, = <> < <= > >=, + - * / %, AND OR NOT, IN (list), BETWEEN, LIKE, "
    "ILIKE, IS [NOT] NULL/TRUE/FALSE, IS [NOT] DISTINCT FROM, CASE, COALESCE, NULLIF, CAST, ||, abs, "
    "ceil, char_length, concat, contains, date_part, date_trunc, day, ends_with, extract, floor, "
    "greatest, hour, isodow, least, length, lower, ltrim, minute, month, power, regexp_like, "
    "regexp_matches, replace, round, rtrim, second, sign, sqrt, starts_with, substr, trim, upper, year"
)

PREFIX = "SELECT "


@lru_cache(512)
def parse_expression(text: str) -> exp.Expr:
    """One expression and nothing else; the SELECT in front keeps words such as `comment` plain names.

    Every batch is judged by the same texts, so trees are kept; who walks one does not change it.
    """
    from sqlglot import exp

    what = f"SQL expression {text!r}"
    statements = parse_sql(f"{PREFIX}{text}\n", what, before=len(PREFIX))
    select = statements[0] if len(statements) == 1 else None
    if not isinstance(select, exp.Select) or len(select.expressions) != 1:
        raise CheckDefinitionError(f"{what} is not exactly one expression", hint=SUPPORTED)
    if any(value for name, value in select.args.items() if name != "expressions"):
        raise CheckDefinitionError(
            f"{what} goes on after the expression", hint="no FROM, WHERE or other clause"
        )
    found: exp.Expr = select.expressions[0]
    return found


def parse_sql(text: str, what: str, *, before: int = 0) -> list[exp.Expr]:
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
