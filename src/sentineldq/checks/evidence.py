"""What the data itself says: one summary per column, from which contracts are inferred and checks surmised.

A table of at most `SAMPLE` rows is read once and known whole. Of a larger one, counts and extremes are exact
(one pass of aggregates on the streaming engine), distinct counts are estimates (HyperLogLog) and all that
looks at values sees a sample of rows spread evenly over the table, so that memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from sentineldq.checks.catalogue.formats import PATTERNS, SETS, card, iban, json
from sentineldq.checks.regex import translate
from sentineldq.checks.resolve import INTEGER
from sentineldq.checks.words import GAPS
from sentineldq.contracts.model import LogicalType
from sentineldq.readers.table import Table

SAMPLE = 20_000
"""Most rows that are looked at value by value."""

CELLS = 8_000_000
"""Most cells of a sample; very wide tables give fewer rows."""

NEARLY = 0.98
"""Share of different values at the beginning from which a column may be a key."""

ITEM = "sdq_item"
GLANCE = 50
"""Distinct values that decide which formats are worth trying."""

CLUES: dict[str, str] = {
    "email": r"@",
    "uuid": r"^.{36}$",
    "url": r"://",
    "uri": r"://|^(?:mailto|urn|tel|data):",
    "ipv4": r"^[0-9.]+$",
    "ipv6": r":[0-9A-Fa-f]*:",
    "date": r"^[0-9]{4}-",
    "time": r"^[0-9]{2}:",
    "date-time": r"^[0-9]{4}-.*:",
    "timestamp": r"^[0-9]{4}-.*:",
    "duration": r"^P",
    "phone": r"^\+",
    "mac": r"^.{17}$",
    "sha256": r"^.{64}$",
    "semver": r"^[0-9]+\.[0-9]+\.",
    "number": r"^[-+.0-9]",
    "country": r"^[A-Z]{2}$",
    "country3": r"^[A-Z]{3}$",
    "currency": r"^[A-Z]{3}$",
    "iban": r"^[A-Z]{2}[0-9]{2}",
    "card": r"^[0-9][0-9 -]{10,22}$",
    "json": r"^\s*[\[{]",
}
"""Formats worth guessing, each with what most of its values show at a glance."""

READINGS: dict[LogicalType, str] = {
    "integer": INTEGER,
    "number": PATTERNS["number"],
    "boolean": "(?i)^(?:true|false)$",
    "date": PATTERNS["date"],
    "timestamp": PATTERNS["timestamp"],
    "time": PATTERNS["time"],
}
"""What text must look like to stand for another type; `yes` and `no` stay words."""

_VALUE_FORMATS = {"card": card, "iban": iban, "json": json}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One path of the data.

    rows: rows of its table, or elements of the array it lies in. present: those with a value (NaN is none).
    distinct: different values, an estimate unless `whole`. low, high: extremes of numbers, dates and times.
    values: columns `value` and `count`, most common first: of all rows, or of the sample. whole: of all rows.
    """

    path: str
    dtype: pl.DataType
    rows: int
    present: int
    distinct: int
    low: Any = None
    high: Any = None
    values: pl.DataFrame
    whole: bool

    @property
    def missing(self) -> int:
        return self.rows - self.present

    @property
    def text(self) -> bool:
        return self.dtype in (pl.String, pl.Categorical, pl.Enum)

    @property
    def nested(self) -> bool:
        return self.dtype.is_nested()

    @property
    def logical(self) -> LogicalType | None:
        return logical_of(self.dtype)

    @cached_property
    def seen(self) -> int:
        """Values that were looked at."""
        return int(self.values["count"].sum())

    @cached_property
    def counts(self) -> dict[Any, int]:
        """How often each value was seen, most common first."""
        return dict(self.values.iter_rows())

    @cached_property
    def singles(self) -> int:
        """Values seen exactly once."""
        return int((self.values["count"] == 1).sum())

    @cached_property
    def lengths(self) -> tuple[int, int]:
        """Shortest and longest text seen, in characters."""
        sizes = self.values["value"].str.len_chars()
        return int(sizes.min() or 0), int(sizes.max() or 0)  # type: ignore[arg-type]

    @cached_property
    def formats(self) -> dict[str, float]:
        """Share of the values seen that are in a named format, for the formats that come into question."""
        if not self.text or not self.seen:
            return {}
        glance = self.values["value"].head(GLANCE)
        likely = [name for name, clue in CLUES.items() if glance.str.contains(clue).mean() >= 0.5]  # type: ignore[operator]
        return {name: self.share(self._in_format(name)) for name in likely}

    def _in_format(self, name: str) -> pl.Series:
        value = self.values["value"]
        if name in SETS:
            return value.is_in(list(SETS[name]))
        if name in _VALUE_FORMATS:
            test = _VALUE_FORMATS[name]
            return pl.Series([test(text) for text in value], dtype=pl.Boolean)
        return self.like(PATTERNS[name])

    def reads(self, logical: LogicalType) -> float:
        """Share of the values seen whose text stands for a value of that type."""
        return self.share(self.like(READINGS[logical]))

    def like(self, pattern: str) -> pl.Series:
        """Which of `values` match a pattern, in the language of checks/regex.py."""
        return self.values["value"].str.contains(translate(pattern, "polars"))

    def share(self, mask: pl.Series) -> float:
        """Share of the values seen that the mask over `values` selects, each as often as it occurs."""
        return float(self.values["count"].filter(mask).sum()) / self.seen if self.seen else 0.0

    @cached_property
    def placeholders(self) -> list[str]:
        """Texts seen that stand for a missing value: `N/A`, `-`, blanks.

        Among codes of their own length they are codes: `NA` is Namibia beside `DE`, `-` is minus beside `+`.
        """
        if not self.text:
            return []
        value = self.values["value"]
        bare = value.str.strip_chars().str.to_lowercase()
        found = bare.is_in(list(GAPS))
        if not found.any():
            return []
        sizes = set(value.filter(~found).str.len_chars())
        alike = found & (bare.str.len_chars() <= 3) & bare.str.contains("[a-z.-]") & (len(sizes) == 1)
        return sorted(value.filter(found & ~(alike & bare.str.len_chars().is_in(list(sizes)))))

    def without(self, values: frozenset[Any]) -> Column:
        """The same column as if some of its values were missing."""
        if not values:
            return self
        kept = self.values.filter(~pl.col("value").is_in(list(values)))
        gone = self.seen - int(kept["count"].sum())
        present = self.present - (gone if self.whole else round(gone / self.seen * self.present))
        return Column(
            path=self.path,
            dtype=self.dtype,
            rows=self.rows,
            present=present,
            distinct=self.distinct - len(self.values) + len(kept),
            low=self.low,
            high=self.high,
            values=kept,
            whole=self.whole,
        )


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of a table.

    columns: by path, in their order. sample: rows, one column per path outside arrays. whole: of all rows.
    text: all values came as text.
    """

    rows: int
    columns: dict[str, Column]
    schema: pl.Schema
    sample: pl.DataFrame
    whole: bool
    text: bool

    @property
    def plain(self) -> bool:
        """Whether every path can be told from a name: none of the names holds a dot or brackets."""
        return all("." not in name and "[]" not in name for name in _names(self.schema.items()))

    @property
    def scalars(self) -> list[Column]:
        """The table's own columns and fields, outside arrays, that hold single values."""
        return [item for path, item in self.columns.items() if path in self.sample and not item.nested]


def gather(table: Table) -> Evidence:
    """Look at a table; raises what its reading raises."""
    schema = table.frame.collect_schema()
    limit = max(200, min(SAMPLE, CELLS // max(len(schema), 1)))
    sample = table.frame.head(limit + 1).collect(engine="streaming")
    rows, whole = sample.height, sample.height <= limit
    if not whole:
        rows = int(table.frame.select(pl.len()).collect(engine="streaming").item())
        parts = list(_units(table.frame))
        wanted = [_exact(part, sample) for part in parts]
        step = _prime(-(-rows // limit))
        sample, *exact = pl.collect_all([table.frame.gather_every(step), *wanted], engine="streaming")
    looked = {series.name: series for name in schema for series in _paths(sample[name])}
    if whole:
        columns = {path: _known(series) for path, series in looked.items()}
    else:
        columns = {}
        for part, counted in zip(parts, exact, strict=True):
            facts = counted.row(0, named=True)
            columns |= {path: _partly(looked[path], facts) for path in part.collect_schema()}
    own = {path: series for path, series in looked.items() if path in schema or "[]" not in path}
    return Evidence(
        rows=rows, columns=columns, schema=schema, sample=pl.DataFrame(own), whole=whole, text=table.text
    )


def _prime(least: int) -> int:
    """The first prime from a number on: a step that beats in time with nothing that repeats in the rows."""
    return next(n for n in range(least, 2 * least + 1) if all(n % d for d in range(2, int(n**0.5) + 1)))


def logical_of(dtype: pl.DataType) -> LogicalType | None:
    """The logical type of a physical one; None for what ODCS has no word for (binary, durations, nothing)."""
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    plain: dict[type[pl.DataType], LogicalType] = {
        pl.String: "string",
        pl.Categorical: "string",
        pl.Enum: "string",
        pl.Boolean: "boolean",
        pl.Date: "date",
        pl.Datetime: "timestamp",
        pl.Time: "time",
        pl.Struct: "object",
        pl.List: "array",
        pl.Array: "array",
    }
    return plain.get(dtype.base_type())


# Of all rows at hand ------------------------------------------------------------------------------


def _paths(series: pl.Series) -> Iterator[pl.Series]:
    """A column, then its fields and elements, each named by its path."""
    yield series
    if isinstance(series.dtype, pl.Struct):
        for field in series.struct.unnest():
            yield from _paths(field.alias(f"{series.name}.{field.name}"))
    elif _enters(series.name, series.dtype):
        yield from _paths(series.filter(series.list.len() > 0).explode().alias(f"{series.name}[]"))


def _names(fields: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """All names of columns and of fields within them."""
    for name, dtype in fields:
        yield name
        inner = dtype
        while isinstance(inner, (pl.List, pl.Array)):
            inner = inner.inner
        if isinstance(inner, pl.Struct):
            yield from _names((field.name, field.dtype) for field in inner.fields)


def _enters(path: str, dtype: pl.DataType) -> bool:
    """Whether the elements of an array have a path: those of arrays of arrays and of `odd[]` names have none."""
    odd = "[]" in path.replace("[].", ".")
    return isinstance(dtype, pl.List) and not isinstance(dtype.inner, (pl.List, pl.Array)) and not odd


def _known(series: pl.Series) -> Column:
    """A column of which all rows are at hand."""
    values = _counted(series)
    present = int(values["count"].sum()) if _comparable(series.dtype) else series.len() - series.null_count()
    ordered = _ordered(series.dtype)
    return Column(
        path=series.name,
        dtype=series.dtype,
        rows=series.len(),
        present=present,
        distinct=values.height,
        low=values["value"].min() if ordered else None,
        high=values["value"].max() if ordered else None,
        values=values,
        whole=True,
    )


def _counted(series: pl.Series) -> pl.DataFrame:
    """The values of a column with their counts, most common first, ties in the order of the values."""
    if not _comparable(series.dtype):
        return pl.DataFrame(schema={"value": pl.String, "count": pl.UInt32})
    series = series.alias("value")  # Polars takes a name such as `^a$` for a pattern
    if series.dtype in (pl.Categorical, pl.Enum):
        series = series.cast(pl.String)
    filled = series.fill_nan(None) if series.dtype.is_float() else series
    counted = filled.drop_nulls().value_counts(name="count")
    return counted.sort(["count", "value"], descending=[True, False])


def _ordered(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or dtype in (pl.Date, pl.Datetime, pl.Time)


def _comparable(dtype: pl.DataType) -> bool:
    """Whether values of a type can be counted one by one."""
    return not dtype.is_nested() and dtype not in (pl.Null, pl.Object, pl.Unknown, pl.Binary)


# Of more rows than are at hand --------------------------------------------------------------------


def _partly(series: pl.Series, exact: dict[str, Any]) -> Column:
    """A column of which the aggregates are exact and a sample of rows is at hand."""
    path = series.name
    return Column(
        path=path,
        dtype=series.dtype,
        rows=exact[""],
        present=exact[f"{path}\0present"],
        distinct=exact.get(f"{path}\0distinct", 0),
        low=exact.get(f"{path}\0low"),
        high=exact.get(f"{path}\0high"),
        values=_counted(series),
        whole=False,
    )


def _units(frame: pl.LazyFrame, unit: str | None = None) -> Iterator[pl.LazyFrame]:
    """A flat frame named by paths, then one such frame per array in it, of the array's elements."""
    schema = frame.collect_schema()
    places = [(unit or name, pl.col(name), dtype) for name, dtype in schema.items()]
    found = {path: (value, dtype) for place in places for path, value, dtype in _fields(*place)}
    yield frame.select(value.alias(path) for path, (value, _) in found.items())
    for path, (value, dtype) in found.items():
        if _enters(path, dtype):
            items = frame.select(value.alias(ITEM)).filter(pl.col(ITEM).list.len() > 0)
            yield from _units(items.explode(ITEM), f"{path}[]")


def _fields(path: str, value: pl.Expr, dtype: pl.DataType) -> Iterator[tuple[str, pl.Expr, pl.DataType]]:
    yield path, value, dtype
    if isinstance(dtype, pl.Struct):
        for field in dtype.fields:
            inside = value.struct.field(field.name)
            yield from _fields(f"{path}.{field.name}", inside, _instance(field.dtype))


def _instance(dtype: Any) -> pl.DataType:
    return dtype() if isinstance(dtype, type) else dtype  # type: ignore[no-any-return]


def _exact(frame: pl.LazyFrame, beginning: pl.DataFrame) -> pl.LazyFrame:
    """Rows (under the empty name); per path how many are present, distinct, and their extremes.

    Distinct values are counted exactly where the beginning of the table suggests a key, else estimated.
    """
    wanted = [pl.len().alias("")]
    for path, dtype in frame.collect_schema().items():
        value = pl.col(path).fill_nan(None) if dtype.is_float() else pl.col(path)
        wanted.append(value.count().alias(f"{path}\0present"))
        if _comparable(dtype):
            key = path in beginning and beginning[path].n_unique() >= NEARLY * beginning.height
            different = value.drop_nulls().n_unique() if key else value.approx_n_unique()
            wanted.append(different.alias(f"{path}\0distinct"))
        if _ordered(dtype):
            wanted += [value.min().alias(f"{path}\0low"), value.max().alias(f"{path}\0high")]
    return frame.select(wanted)
