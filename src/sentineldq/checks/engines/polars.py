"""Polars: the default engine; lazy plans on its streaming engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import narwhals as nw
import polars as pl

from sentineldq.checks.engines.base import EngineName, Source, lazy
from sentineldq.errors import EngineError, first_line
from sentineldq.readers.damage import FAULTS

REASONS = pl.List(
    pl.Struct(
        {
            "check": pl.String,
            "message": pl.String,
            "columns": pl.List(pl.String),
            "fingerprint": pl.String,
        }
    )
)


class Polars:
    name: EngineName = "polars"
    ordered = True
    adds_booleans = True
    distinct_rows: int | None = 40_000_000  # about 45 bytes of memory each
    faults: tuple[type[Exception], ...] = (pl.exceptions.PolarsError,)
    width = 20_000

    def frame(self, data: Any, *, shared: bool = False) -> nw.LazyFrame[Any]:  # noqa: ARG002
        native = getattr(data, "frame", data)
        return lazy(native.lazy())

    def literal(self, value: Any) -> Any:
        return value

    def rows(self, frame: nw.LazyFrame[Any]) -> list[dict[str, Any]]:
        try:
            return frame.to_native().collect(engine="streaming").to_dicts()  # type: ignore[no-any-return]
        except FAULTS as error:
            raise EngineError(f"polars: {first_line(error)}") from error

    def many(self, frames: Sequence[nw.LazyFrame[Any]]) -> list[list[dict[str, Any]]]:
        try:
            found = pl.collect_all([frame.to_native() for frame in frames], engine="streaming")
        except FAULTS as error:
            raise EngineError(f"polars: {first_line(error)}") from error
        return [item.to_dicts() for item in found]

    def first(self, frame: nw.LazyFrame[Any], rows: int) -> nw.LazyFrame[Any] | None:
        return lazy(frame.to_native().head(rows).collect().lazy())

    def with_hashes(self, frame: nw.LazyFrame[Any], hashes: Mapping[str, list[str]]) -> nw.LazyFrame[Any]:
        added = [_hash(columns).alias(name) for name, columns in hashes.items()]
        return lazy(frame.to_native().with_columns(added))

    def with_values(
        self, frame: nw.LazyFrame[Any], checks: Mapping[str, tuple[str, Callable[[Any], bool]]]
    ) -> nw.LazyFrame[Any]:
        added = [
            pl.col(column)
            .map_batches(_each(function), return_dtype=pl.Boolean, is_elementwise=True)
            .alias(name)
            for name, (column, function) in checks.items()
        ]
        return lazy(frame.to_native().with_columns(added))

    def with_row_number(self, frame: nw.LazyFrame[Any], name: str) -> nw.LazyFrame[Any]:
        return lazy(frame.to_native().with_row_index(name))

    def with_errors(
        self, frame: nw.LazyFrame[Any], masks: Mapping[str, dict[str, Any]], name: str
    ) -> nw.LazyFrame[Any]:
        reasons = pl.struct(list(masks)).map_batches(
            _reasons(list(masks.values())), return_dtype=REASONS, is_elementwise=True
        )
        return lazy(frame.to_native().with_columns(reasons.alias(name)))

    def query(self, query: str, tables: Mapping[str, Source]) -> nw.LazyFrame[Any]:
        from sentineldq.checks.engines.sandbox import run

        return lazy(run(query, tables))


def _hash(columns: list[str]) -> pl.Expr:
    missing = pl.any_horizontal(pl.col(column).is_null() for column in columns)
    hashed = pl.col(columns[0]).hash() if len(columns) == 1 else pl.struct(columns).hash()
    return pl.when(~missing).then(hashed)


def _reasons(facts: list[dict[str, Any]]) -> Callable[[pl.Series], pl.Series]:
    """Lists of facts from structs of booleans: made once per combination, of which there are few."""

    def listed(masks: pl.Series) -> pl.Series:
        rows = masks.struct.unnest()
        patterns = rows.unique()
        lists = [
            [fact for fact, failed in zip(facts, pattern, strict=True) if failed]
            for pattern in patterns.iter_rows()
        ]
        known = patterns.with_columns(pl.Series("sdq_reasons", lists, dtype=REASONS))
        return rows.join(known, on=rows.columns, how="left", maintain_order="left")["sdq_reasons"]

    return listed


def _each(function: Callable[[Any], bool]) -> Callable[[pl.Series], pl.Series]:
    def verdicts(values: pl.Series) -> pl.Series:
        known = values.drop_nulls().unique()
        holds = pl.Series([function(value) for value in known.to_list()], dtype=pl.Boolean)
        return values.replace_strict(known, holds, default=None, return_dtype=pl.Boolean)

    return verdicts


ENGINE = Polars()
