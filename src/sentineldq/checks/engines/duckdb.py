"""DuckDB: the same plans as SQL, on relations."""

from __future__ import annotations

import glob
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import duckdb
import narwhals as nw
import pyarrow as pa

from sentineldq.checks.engines.base import EngineName, Source, lazy
from sentineldq.checks.engines.verdicts import verdicts
from sentineldq.errors import EngineError, first_line
from sentineldq.names import quote

SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_progress_bar": "false",
    "python_enable_replacements": "false",
    "TimeZone": "'UTC'",
}

CARRIER = "sdq_table_"

STAND_INS = {"time_ns": "TIME", "time with time zone": "TIME", "uuid": "VARCHAR", "bit": "VARCHAR"}
"""Types that Narwhals does not know, and what their values are checked as."""


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """The connection that holds frames given as Arrow or Parquet: in memory, no extension is ever fetched."""
    con = duckdb.connect()
    for name, value in SETTINGS.items():
        con.execute(f"SET {name} = {value}")
    return con


def literal(value: Any) -> str:
    """A string or a list of strings as an SQL literal."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(literal(item) for item in value)}]::VARCHAR[]"
    return "NULL" if value is None else "'" + str(value).replace("'", "''") + "'"


class DuckDB:
    name: EngineName = "duckdb"
    ordered = False
    distinct_rows: int | None = None
    adds_booleans = True
    faults: tuple[type[Exception], ...] = (duckdb.Error,)
    width = 400

    def frame(self, data: Any, *, shared: bool = False) -> nw.LazyFrame[Any]:
        own = getattr(data, "native", data)
        if isinstance(own, duckdb.DuckDBPyRelation) and not shared and _says_utc(own):
            return lazy(known(own))
        if getattr(data, "format", None) == "parquet" and data.paths:
            return lazy(
                known(
                    connection().read_parquet([glob.escape(path) for path in data.paths], union_by_name=True)
                )
            )
        native = getattr(data, "frame", data)
        return lazy(known(connection().from_arrow(native.lazy().collect(engine="streaming").to_arrow())))

    def literal(self, value: Any) -> Any:
        return value

    def rows(self, frame: nw.LazyFrame[Any]) -> list[dict[str, Any]]:
        try:
            found: list[dict[str, Any]] = frame.to_native().to_arrow_table().to_pylist()
        except duckdb.Error as error:
            raise EngineError(f"duckdb: {first_line(error)}") from error
        return found

    def many(self, frames: Sequence[nw.LazyFrame[Any]]) -> list[list[dict[str, Any]]]:
        return [self.rows(frame) for frame in frames]

    def first(self, frame: nw.LazyFrame[Any], rows: int) -> nw.LazyFrame[Any] | None:  # noqa: ARG002
        return None

    def with_hashes(self, frame: nw.LazyFrame[Any], hashes: Mapping[str, list[str]]) -> nw.LazyFrame[Any]:
        return self._with(frame, {name: _hash(columns) for name, columns in hashes.items()})

    def with_values(
        self, frame: nw.LazyFrame[Any], checks: Mapping[str, tuple[str, Callable[[Any], bool]]]
    ) -> nw.LazyFrame[Any]:
        for name, (column, function) in checks.items():
            table = verdicts(self, frame, column, function)
            frame = self._with(frame, {name: _looked_up(column, table)})
        return frame

    def with_row_number(self, frame: nw.LazyFrame[Any], name: str) -> nw.LazyFrame[Any]:
        return self._with(frame, {name: "row_number() OVER ()"})

    def with_errors(
        self, frame: nw.LazyFrame[Any], masks: Mapping[str, dict[str, Any]], name: str
    ) -> nw.LazyFrame[Any]:
        reasons = ", ".join(
            f"CASE WHEN {quote(mask)} THEN "
            f"{{{', '.join(f'{literal(key)}: {literal(value)}' for key, value in fact.items())}}} END"
            for mask, fact in masks.items()
        )
        return self._with(frame, {name: f"list_filter([{reasons}], lambda x: x IS NOT NULL)"})

    def query(self, query: str, tables: Mapping[str, Source]) -> nw.LazyFrame[Any]:
        """On the connection of the tables. Names of our own carry them, so that none hides one of the user's."""
        if not tables:
            return lazy(connection().sql(query))
        first, *others = (source.frame.to_native() for source in tables.values())
        carried = [f"{CARRIER}{number} AS ({other.sql_query()})" for number, other in enumerate(others, 1)]
        named = [f"{quote(name)} AS (FROM {CARRIER}{number})" for number, name in enumerate(tables)]
        try:
            for other in others:
                first.cross(other)  # refuses one of another connection, where its names mean other tables
            return lazy(first.query(f"{CARRIER}0", f"WITH {', '.join([*carried, *named])} FROM ({query})"))
        except duckdb.Error as error:
            raise EngineError(
                f"the query failed: {error}", hint="all its tables must be of one DuckDB connection"
            ) from error

    def _with(self, frame: nw.LazyFrame[Any], columns: Mapping[str, str]) -> nw.LazyFrame[Any]:
        added = ", ".join(f"{expression} AS {quote(name)}" for name, expression in columns.items())
        return lazy(frame.to_native().project(f"*, {added}"))


def _says_utc(relation: duckdb.DuckDBPyRelation) -> bool:
    """Whether its connection shows instants in UTC, or the relation holds none."""
    if all(kind.id != "timestamp with time zone" for kind in relation.types):
        return True
    return bool(relation.query("sdq", "SELECT current_setting('TimeZone') = 'UTC'").fetchall()[0][0])


def known(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """The relation with its columns in types that Narwhals knows."""
    changed = {
        name: STAND_INS[kind.id]
        for name, kind in zip(relation.columns, relation.types, strict=True)
        if kind.id in STAND_INS
    }
    if not changed:
        return relation
    casts = ", ".join(f"{quote(name)}::{kind} AS {quote(name)}" for name, kind in changed.items())
    return relation.project(f"* REPLACE ({casts})")


def _looked_up(column: str, table: pa.Table) -> str:
    """The verdicts as SQL: a list of the rarer kind, since a relation can be joined only with its connection's."""
    values, holds = table["value"].to_pylist(), table["holds"].to_pylist()
    rarer = sum(holds) * 2 < len(holds)
    members = ", ".join(literal(value) for value, held in zip(values, holds, strict=True) if held == rarer)
    among = f"{quote(column)} IN ({members})" if members else "FALSE"
    return f"CASE WHEN {quote(column)} IS NOT NULL THEN {among if rarer else f'NOT ({among})'} END"


def _hash(columns: list[str]) -> str:
    missing = " OR ".join(f"{quote(column)} IS NULL" for column in columns)
    return f"CASE WHEN NOT ({missing}) THEN hash({', '.join(map(quote, columns))}) END"


ENGINE = DuckDB()
