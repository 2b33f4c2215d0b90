"""What every reader returns: one lazy table, and what was wrong with the input."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sentineldq.readers.finding import Finding

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table read from outside.

    `frame` is lazy. `text` says that all values came as text (CSV, TSV): a contract's types are then a matter
    of parsing, not of comparing types. `paths` are the Parquet or Arrow files behind it, in order; with `format`
    parquet they let an engine scan them natively, as the same table. `native` is the DuckDB relation or Spark
    frame that was handed in, for the engine it belongs to.
    """

    name: str
    frame: pl.LazyFrame
    findings: list[Finding] = field(default_factory=list)
    text: bool = False
    format: str = ""
    paths: tuple[str, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)
    native: Any = None
