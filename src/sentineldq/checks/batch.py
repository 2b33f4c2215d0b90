"""What a query check gets: the frame, its columns, and ways to ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from sentineldq.checks.engines.base import Engine, Source


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One dataset on one engine; `columns` are the check's own, `names` all of the frame's."""

    frame: nw.LazyFrame[Any]
    engine: Engine
    columns: list[str]
    names: list[str]
    dataset: Callable[[str], nw.LazyFrame[Any]]
    tables: Mapping[str, Callable[[], Source]]
    name: str
    column: str | None

    def rows(self, frame: nw.LazyFrame[Any]) -> list[dict[str, Any]]:
        """The rows of a frame as dicts; for small answers."""
        return self.engine.rows(frame)

    def count(self, frame: nw.LazyFrame[Any]) -> int:
        """How many rows a frame has."""
        return int(self.engine.rows(frame.select(nw.len().alias("n")))[0]["n"])

    def query(self, query: str) -> nw.LazyFrame[Any]:
        """The answer of an SQL query over the batch and the datasets at hand; one SELECT, nothing else."""
        from sentineldq.checks.sql.query import bind_table, check_query, tables_of, transpile_query

        text = check_query(bind_table(query, self.name, column=self.column))
        named = tables_of(text, known=self.tables)
        if self.engine.name == "spark":
            text = transpile_query(text, write="spark")
        return self.engine.query(text, {name: self.tables[name]() for name in named})
