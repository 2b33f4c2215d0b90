"""Python objects as a Table: frames of Polars, pandas, Arrow, DuckDB, Spark, and plain dicts and lists.

Only libraries that the object itself has loaded are touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from sentineldq.errors import ReadError, UsageError
from sentineldq.readers.finding import Finding
from sentineldq.readers.spill import spill
from sentineldq.readers.table import Table
from sentineldq.readers.values import column


def from_object(data: Any, *, name: str) -> Table:
    """Make a table of an object; UsageError where its type is unknown.

    DuckDB relations and Spark frames stay in `native`; their `frame` is fetched only when it is collected.
    """
    libraries = {kind.__module__.partition(".")[0].lstrip("_") for kind in type(data).__mro__}
    reader = next((_READERS[library] for library in _READERS if library in libraries), None)
    if reader is not None:
        return reader(data, name)
    if isinstance(data, Mapping):
        return _from_mapping(data, name)
    if hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__"):
        return Table(name=name, frame=pl.DataFrame(data).lazy(), format="arrow")
    if isinstance(data, Sequence):
        return _from_rows(data, name)
    hint = "give a path, a URL, a frame, a dict of lists or a list of dicts"
    raise UsageError(f"a {type(data).__name__} is no table", hint=hint)


def _from_polars(data: Any, name: str) -> Table:
    if isinstance(data, pl.Series):
        data = data.to_frame(data.name or "value")
    return Table(name=name, frame=data.lazy(), format="polars")


def _from_pandas(data: Any, name: str) -> Table:
    """Columns, and the levels of an index that have a name; NaN in float columns stays NaN."""
    if data.ndim == 1:
        data = data.to_frame(data.name if data.name is not None else "value")
    named = [level for level in data.index.names if level is not None]
    if named:
        data = data.reset_index(level=named)
    labels = [".".join(map(str, label)) if isinstance(label, tuple) else str(label) for label in data.columns]
    _refuse_repeated(labels)
    findings: list[Finding] = []
    columns = [_pandas_column(label, data.iloc[:, n], findings) for n, label in enumerate(labels)]
    return Table(name=name, frame=pl.DataFrame(columns).lazy(), findings=findings, format="pandas")


def _pandas_column(label: str, series: Any, findings: list[Finding]) -> pl.Series:
    if str(series.dtype).partition("[")[0] not in _VALUES:
        try:
            return pl.Series(label, pl.from_pandas(series, nan_to_null=False))
        except (TypeError, ValueError, NotImplementedError):  # a type that Arrow has not
            pass
    missing = series.isna()
    values = [None if gone else value for value, gone in zip(series, missing, strict=True)]
    return column(label, values, findings)


def _from_arrow(data: Any, name: str) -> Table:
    kind = type(data).__name__
    if kind == "RecordBatchReader":
        empty = _frame(pl.from_arrow(data.schema.empty_table()))
        batches = (_frame(pl.from_arrow(batch)) for batch in data)
        return Table(name=name, frame=spill(_with(empty, batches), name=name), format="arrow")
    if hasattr(data, "to_batches") and hasattr(data, "scanner"):  # a Dataset
        return Table(name=name, frame=pl.scan_pyarrow_dataset(data), format="arrow")
    if kind == "Scanner":
        return _from_arrow(data.to_reader(), name)
    if hasattr(data, "column_names"):
        _refuse_repeated(list(data.column_names))
    return Table(name=name, frame=_frame(pl.from_arrow(data)).lazy(), format="arrow")


def _with(first: pl.DataFrame, rest: Any) -> Any:
    yield first
    yield from rest


def _from_duckdb(data: Any, name: str) -> Table:
    if not hasattr(data, "project"):
        raise UsageError(
            "a DuckDB connection is no table", hint="hand over connection.table(name) or connection.sql(…)"
        )
    from sentineldq.readers.sql import exportable

    return Table(name=name, frame=exportable(data, {}).pl(lazy=True), format="duckdb", native=data)


def _from_spark(data: Any, name: str) -> Table:
    empty = _frame(pl.from_arrow(data.limit(0).toArrow()))
    frame = pl.defer(lambda: _frame(pl.from_arrow(data.toArrow())), schema=dict(empty.schema))
    return Table(name=name, frame=frame, format="spark", native=data)


def _from_narwhals(data: Any, name: str) -> Table:
    return from_object(data.to_native(), name=name)


def _from_mapping(data: Mapping[Any, Any], name: str) -> Table:
    """A dict of lists: one column each, all of one length."""
    lists = {str(key): _listed(value) for key, value in data.items()}
    lengths = {key: len(values) for key, values in lists.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{key} {length}" for key, length in lengths.items())
        raise ReadError(name, f"its columns differ in length: {listed}")
    findings: list[Finding] = []
    frame = pl.DataFrame([column(key, values, findings) for key, values in lists.items()])
    return Table(name=name, frame=frame.lazy(), findings=findings, format="python")


def _listed(values: Any) -> list[Any]:
    if isinstance(values, str | bytes | Mapping) or not hasattr(values, "__iter__"):
        hint = "a dict of lists is a table of columns; one record is a list with one dict"
        raise UsageError(f"a {type(values).__name__} is no column", hint=hint)
    return list(values)


def _from_rows(data: Sequence[Any], name: str) -> Table:
    """A list of dicts: the columns are all keys, in the order in which they first come."""
    for number, row in enumerate(data, 1):
        if not isinstance(row, Mapping):
            raise ReadError(name, f"row {number} is a {type(row).__name__}, not a dict")
    keys = list(dict.fromkeys(key for row in data for key in row))
    _refuse_repeated([str(key) for key in keys])
    findings: list[Finding] = []
    frame = pl.DataFrame([column(str(key), [row.get(key) for row in data], findings) for key in keys])
    if data and not keys:
        raise ReadError(name, "its rows have no columns")
    return Table(name=name, frame=frame.lazy(), findings=findings, format="python")


def _refuse_repeated(labels: list[str]) -> None:
    repeated = (
        sorted({label for label in labels if labels.count(label) > 1})
        if len(set(labels)) < len(labels)
        else []
    )
    if repeated:
        raise UsageError(f"columns have the same name: {', '.join(repeated)}", hint="rename them first")


def _frame(data: Any) -> pl.DataFrame:
    return data if isinstance(data, pl.DataFrame) else data.to_frame("value")


_VALUES = {"object", "period", "interval"}  # pandas types to be read value by value
_READERS = {
    "polars": _from_polars,
    "pandas": _from_pandas,
    "pyarrow": _from_arrow,
    "duckdb": _from_duckdb,
    "pyspark": _from_spark,
    "narwhals": _from_narwhals,
}
