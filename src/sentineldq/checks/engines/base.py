"""The seam between a plan and what runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import narwhals as nw

Frame = nw.LazyFrame[Any]

EngineName = Literal["polars", "duckdb", "spark"]


@dataclass(frozen=True)
class Source:
    """What a name in a query stands for: a frame, and the Parquet files that hold just its rows, if any do."""

    frame: Frame
    paths: tuple[str, ...] = ()


CLOCK = "sdq_time_of_day"
"""The one field of a struct that holds a time of day where an engine has no type for it."""


def lazy(native: Any) -> Frame:
    """A native frame as a lazy Narwhals frame."""
    frame: Frame = nw.from_native(native)
    return frame


class Engine(Protocol):
    """What an engine must do beyond running Narwhals expressions."""

    name: EngineName
    ordered: bool
    """Rows keep the order they were read in, so that a row can be compared with the one before."""
    adds_booleans: bool
    """`sum` of a boolean column counts what is true."""
    distinct_rows: int | None
    """How many values may be compared with each other at once; None where the engine spills to disk by itself."""
    faults: tuple[type[Exception], ...]
    """What it raises where it cannot run a plan."""
    width: int
    """How many aggregates one statement may hold."""

    def frame(self, data: Any, *, shared: bool = False) -> nw.LazyFrame[Any]:
        """A lazy frame from a Table or a native frame; a `shared` one meets others that may come from elsewhere."""
        ...

    def literal(self, value: Any) -> Any:
        """A parameter as the engine must be given it."""
        ...

    def rows(self, frame: nw.LazyFrame[Any]) -> list[dict[str, Any]]:
        """Run it; rows as dicts of Python values."""
        ...

    def many(self, frames: Sequence[nw.LazyFrame[Any]]) -> list[list[dict[str, Any]]]:
        """Run several small answers, together where the engine can share the reading."""
        ...

    def first(self, frame: nw.LazyFrame[Any], rows: int) -> nw.LazyFrame[Any] | None:
        """The first rows, at hand in memory; None where that is no cheaper than asking for all."""
        ...

    def with_hashes(self, frame: nw.LazyFrame[Any], hashes: Mapping[str, list[str]]) -> nw.LazyFrame[Any]:
        """Add 64-bit hashes of columns (null where any is null): equal values have equal hashes."""
        ...

    def with_values(
        self, frame: nw.LazyFrame[Any], checks: Mapping[str, tuple[str, Callable[[Any], bool]]]
    ) -> nw.LazyFrame[Any]:
        """Add boolean columns made by a Python function of another column, null where that is null."""
        ...

    def with_row_number(self, frame: nw.LazyFrame[Any], name: str) -> nw.LazyFrame[Any]:
        """Add a column that tells rows apart, in their order where the engine is ordered."""
        ...

    def with_errors(
        self, frame: nw.LazyFrame[Any], masks: Mapping[str, dict[str, Any]], name: str
    ) -> nw.LazyFrame[Any]:
        """Add a list column: the constant struct of each mask that is true in the row."""
        ...

    def query(self, query: str, tables: Mapping[str, Source]) -> nw.LazyFrame[Any]:
        """Run an SQL query over the tables it names."""
        ...
