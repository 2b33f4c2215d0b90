"""Row expressions in SQL, with one meaning on every engine.

A row expression (`where`, `sql_expression`) is parsed by sqlglot, in DuckDB's dialect, and rebuilt from a
closed list of constructs as a Narwhals expression. Where engines differ (division, rounding, overflow, case,
casts) it is built from operations in which they do not, so the text means the same everywhere; anything else
is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import narwhals as nw

from sentineldq.checks.engines.base import EngineName
from sentineldq.checks.sql import arithmetic, casts, leaves, logic, text, times
from sentineldq.checks.sql.translator import Reader, Translator

if TYPE_CHECKING:
    from narwhals.dtypes import DType

LANGUAGE = (leaves, logic, arithmetic, text, times, casts)
"""What an expression may be made of; importing them registers their handlers."""


def to_narwhals(
    expression: str,
    *,
    engine: EngineName,
    columns: Mapping[str, DType] | None = None,
    boolean: bool = True,
    read: Reader | None = None,
) -> nw.Expr:
    """The Narwhals expression of one SQL row expression, null where SQL's three-valued logic says unknown.

    `columns` gives the types of the data's columns; give it whenever they are known: without it types go
    unchecked, and narrow or overflowing numbers follow the engine. `boolean` demands a truth value. `read` gives
    the value and the type of a column whose text stands for something else, None for any other column. Raises
    CheckDefinitionError naming a construct that is not in the language, an unknown column or types that do
    not fit, and InexactError for what `engine` has no exact form of.
    """
    return Translator(expression, engine, columns, read).result(boolean=boolean)


def columns_of(expression: str) -> set[str]:
    """The paths of the columns a row expression reads, as `actor.login`; a name with a dot is quoted."""
    translator = Translator(expression, "polars", None)
    translator.result(boolean=False)
    return {".".join(f'"{part}"' if "." in part else part for part in path) for path in translator.paths}
