"""Spark: the same plans on a Spark session, local or of a cluster."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw
import polars as pl

from sentineldq.checks.engines.base import CLOCK, EngineName, Source, lazy
from sentineldq.checks.engines.verdicts import verdicts
from sentineldq.errors import EngineError, MissingExtraError, first_line

try:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql import functions as fn
    from pyspark.sql.pandas.types import from_arrow_schema
except ImportError:
    raise MissingExtraError("pyspark", extra="spark", purpose="the spark engine") from None


STACK = "-Xss16m"
"""Java matches a repeated group by recursion; a stack of its usual size ends, and the session with it, after about a
thousand repeats within one text. Only heeded where no Java machine runs yet."""

WIDER: dict[pl.DataType, pl.DataType] = {
    pl.UInt8(): pl.Int16(),
    pl.UInt16(): pl.Int32(),
    pl.UInt32(): pl.Int64(),
    pl.UInt64(): pl.Decimal(20, 0),
}
"""Spark has no unsigned integers."""


def session() -> SparkSession:
    """The active session, or a local one with a quiet console and no web page."""
    found = SparkSession.getActiveSession()
    if found is not None:
        return found
    built = (
        SparkSession.builder.master("local[2]")
        .appName("sentineldq")
        .config("spark.driver.defaultJavaOptions", STACK)
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    built.sparkContext.setLogLevel("OFF")
    return built


class Spark:
    name: EngineName = "spark"
    ordered = False
    distinct_rows: int | None = None
    adds_booleans = False
    faults: tuple[type[Exception], ...] = (PySparkException, Py4JError)
    width = 400

    def frame(self, data: Any, *, shared: bool = False) -> nw.LazyFrame[Any]:  # noqa: ARG002
        own = getattr(data, "native", data)
        if isinstance(own, DataFrame):
            return lazy(own)
        if getattr(data, "format", None) == "parquet" and data.paths:
            return lazy(session().read.option("mergeSchema", "true").parquet(*data.paths))
        native = _known(getattr(data, "frame", data).lazy().collect()).to_arrow()
        return lazy(session().createDataFrame(native, from_arrow_schema(native.schema, True)))  # with NTZ

    def literal(self, value: Any) -> Any:
        """PySpark reads a time without a zone in that of the machine, columns are read in the session's."""
        if isinstance(value, int) and abs(value) >= 2**63:
            return math.copysign(2.0**64, value)  # Py4J hands over none as large; its integers end here
        if not isinstance(value, datetime) or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=ZoneInfo(session().conf.get("spark.sql.session.timeZone") or "UTC"))

    def rows(self, frame: nw.LazyFrame[Any]) -> list[dict[str, Any]]:
        try:
            found: list[dict[str, Any]] = frame.to_native().toArrow().to_pylist()
        except PySparkException as error:
            raise EngineError(f"spark: {first_line(error)}") from error
        return found

    def many(self, frames: Sequence[nw.LazyFrame[Any]]) -> list[list[dict[str, Any]]]:
        return [self.rows(frame) for frame in frames]

    def first(self, frame: nw.LazyFrame[Any], rows: int) -> nw.LazyFrame[Any] | None:  # noqa: ARG002
        return None

    def with_hashes(self, frame: nw.LazyFrame[Any], hashes: Mapping[str, list[str]]) -> nw.LazyFrame[Any]:
        native = frame.to_native()
        for name, columns in hashes.items():
            present = fn.lit(True)
            for column in columns:
                present = present & fn.col(_quote(column)).isNotNull()
            hashed = fn.xxhash64(*(fn.col(_quote(column)) for column in columns))
            native = native.withColumn(name, fn.when(present, hashed))
        return lazy(native)

    def with_values(
        self, frame: nw.LazyFrame[Any], checks: Mapping[str, tuple[str, Callable[[Any], bool]]]
    ) -> nw.LazyFrame[Any]:
        for name, (column, function) in checks.items():
            value = f"{name}_value"
            known = session().createDataFrame(verdicts(self, frame, column, function))
            known = known.withColumnsRenamed({"value": value, "holds": name})
            native = frame.to_native()
            matches = native[_quote(column)] == known[value]
            frame = lazy(native.join(fn.broadcast(known), matches, "left").drop(value))
        return frame

    def with_row_number(self, frame: nw.LazyFrame[Any], name: str) -> nw.LazyFrame[Any]:
        return lazy(frame.to_native().withColumn(name, fn.monotonically_increasing_id()))

    def with_errors(
        self, frame: nw.LazyFrame[Any], masks: Mapping[str, dict[str, Any]], name: str
    ) -> nw.LazyFrame[Any]:
        reasons = [
            fn.when(
                fn.col(_quote(mask)), fn.struct(*(_constant(value).alias(key) for key, value in fact.items()))
            )
            for mask, fact in masks.items()
        ]
        listed = fn.filter(fn.array(*reasons), lambda reason: reason.isNotNull())
        return lazy(frame.to_native().withColumn(name, listed))

    def query(self, query: str, tables: Mapping[str, Source]) -> nw.LazyFrame[Any]:
        for name, source in tables.items():
            source.frame.to_native().createOrReplaceTempView(_quote(name))
        try:
            return lazy(session().sql(query))
        except PySparkException as error:
            raise EngineError(f"the query failed: {first_line(error)}") from error


def _known(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame in types that Spark has: signed integers, and times of day in a struct that no check takes."""
    clocks = [
        pl.struct(pl.col(name).cast(pl.String).alias(CLOCK)).alias(name)
        for name, dtype in frame.schema.items()
        if dtype == pl.Time
    ]
    return frame.cast({name: _signed(dtype) for name, dtype in frame.schema.items()}).with_columns(clocks)


def _signed(dtype: pl.DataType) -> pl.DataType:
    if isinstance(dtype, pl.List):
        return pl.List(_signed(dtype.inner))  # type: ignore[arg-type]
    if isinstance(dtype, pl.Struct):
        return pl.Struct([pl.Field(field.name, _signed(field.dtype)) for field in dtype.fields])  # type: ignore[arg-type]
    return WIDER.get(dtype, dtype)


def _quote(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _constant(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return fn.array(*(fn.lit(item) for item in value)) if value else fn.array().cast("array<string>")
    return fn.lit(value).cast("string")


ENGINE = Spark()
