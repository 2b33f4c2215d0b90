"""What is counted in an upload: missing values, types that disagree, outliers, rows that come twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import polars as pl

PLACEHOLDERS = ("na", "n/a", "nan", "null", "none", "nil", "-", "--", "?", "#n/a", "missing", "unknown")
"""Texts, in any case, that stand for a value that is not there."""

ABSENT = rf"^\s*(?i:{'|'.join(map(re.escape, PLACEHOLDERS))})?\s*$"
BLANK = r"^\s*$"

MOST = 0.8
"""The share of a text column's values that one family of types has to have, for the others to be out of place."""

FORMS: Mapping[str, Mapping[str, str]] = {
    "number": {
        "number": r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$",
        "number with a decimal comma": r"^[+-]?\d{1,3}(?:\.?\d{3})*,\d+$",
    },
    "time": {
        "ISO 8601": r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?$",
        "day and month by slashes": r"^\d{1,2}/\d{1,2}/\d{2,4}(?: .*)?$",
        "day and month by dots": r"^\d{1,2}\.\d{1,2}\.\d{2,4}(?: .*)?$",
        "year by slashes": r"^\d{4}/\d{1,2}/\d{1,2}(?: .*)?$",
    },
    "boolean": {"true or false": r"(?i)^(?:true|false)$", "yes or no": r"(?i)^(?:yes|no)$"},
}
"""The families of types that texts may be of, and how each may be written."""

HINT = r"^(?:[+\-.]?\d[\d.,:/eETZ+\- APMapm]*|(?i:true|false|yes|no))$"
"""What a text of any family is made of."""
SAMPLES = 5
LOOKED = 1_000
"""Values that are told as samples, and among how many they are looked for."""


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """The quartiles of a column of numbers, and Tukey's fences around them; none where it has no spread."""

    lower: float
    upper: float
    low_fence: float | None = None
    high_fence: float | None = None


class Measured(msgspec.Struct, kw_only=True):
    """One column. missing: nulls, blanks and placeholders together. odd: values not of the column's own form."""

    name: str
    type: str
    rows: int
    missing: int
    blanks: int = 0
    placeholders: int = 0
    form: str | None = None
    forms: dict[str, int] = {}
    odd: int = 0
    odd_samples: list[str] = []
    numbers: int = 0
    spread: Spread | None = None
    outliers: int = 0
    outlier_samples: list[float] = []
    distinct: int | None = None
    low: Any = None
    high: Any = None
    mean: float | None = None

    @property
    def values(self) -> int:
        return self.rows - self.missing


@dataclass(kw_only=True)
class Measures:
    """A table. twins: the rows that are equal to an earlier one."""

    rows: int
    columns: list[Measured]
    twins: pl.Series


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A table whose columns are called c0, c1, …: a name of the data may mean something to Polars."""

    frame: pl.LazyFrame
    names: Sequence[str]
    types: Sequence[pl.DataType]

    @classmethod
    def of(cls, frame: pl.LazyFrame) -> Plain:
        schema = frame.collect_schema()
        renamed = frame.rename({name: f"c{at}" for at, name in enumerate(schema.names())})
        return cls(frame=renamed, names=schema.names(), types=schema.dtypes())

    def value(self, at: int) -> pl.Expr:
        """The values of a column: blanks, placeholders and NaN are null."""
        column, type_ = pl.col(f"c{at}"), self.types[at]
        if type_ == pl.String:
            return pl.when(~column.str.contains(ABSENT)).then(column.str.strip_chars())
        return pl.when(column.is_not_nan()).then(column) if type_.is_float() else column

    def number(self, at: int) -> pl.Expr:
        """The values of a column as numbers; null where they are none."""
        return self.value(at).cast(pl.Float64, strict=False)

    def odd(self, at: int, form: str) -> pl.Expr:
        """Whether a value is not of its column's form."""
        return ~self.value(at).str.contains(_pattern(form))

    def outlier(self, at: int, spread: Spread) -> pl.Expr:
        """Whether a number is beyond the fences."""
        number = self.number(at)
        return (number < spread.low_fence) | (number > spread.high_fence)


def measure(table: Plain, *, factor: float) -> Measures:
    """Count everything there is to count of a table, in a few passes; `factor`: of the interquartile range."""
    columns = _missing(table)
    _forms(table, columns)
    _spreads(table, columns, factor)
    twins = _twins(table)
    return Measures(rows=len(twins), columns=columns, twins=twins)


def _run(table: Plain, aggregates: Mapping[str, pl.Expr]) -> dict[str, Any]:
    if not aggregates:
        return {}
    found = table.frame.select(**aggregates).collect(engine="streaming")
    return found.row(0, named=True)


def _missing(table: Plain) -> list[Measured]:
    asked: dict[str, pl.Expr] = {"rows": pl.len()}
    for at, type_ in enumerate(table.types):
        asked[f"missing {at}"] = table.value(at).is_null().sum()
        asked[f"null {at}"] = pl.col(f"c{at}").is_null().sum()
        if type_ == pl.String:
            asked[f"blank {at}"] = pl.col(f"c{at}").str.contains(BLANK).sum()
            asked[f"hint {at}"] = table.value(at).str.contains(HINT).sum()
    found = _run(table, asked)
    columns = []
    for at, (name, type_) in enumerate(zip(table.names, table.types, strict=True)):
        missing, blanks = int(found[f"missing {at}"] or 0), int(found.get(f"blank {at}") or 0)
        one = Measured(name=name, type=_said(type_), rows=int(found["rows"]), missing=missing, blanks=blanks)
        if type_ == pl.String:
            one.placeholders = missing - blanks - int(found[f"null {at}"])
            one.numbers = int(found[f"hint {at}"] or 0)  # for now: those that may be of a family
        columns.append(one)
    return columns


def _said(type_: pl.DataType) -> str:
    """A type as people say it."""
    if type_.is_integer():
        return "integer"
    if type_.is_numeric():
        return "number"
    names = {pl.String: "text", pl.Boolean: "boolean", pl.Date: "date", pl.Null: "empty", pl.Time: "time"}
    if type_.is_temporal():
        return names.get(type_.base_type(), "timestamp")
    return names.get(type_.base_type(), type_.base_type().__name__.lower())


def _pattern(form: str) -> str:
    return next(forms[form] for forms in FORMS.values() if form in forms)


def _forms(table: Plain, columns: Sequence[Measured]) -> None:
    """Of text columns most of whose values are of one family: the form that most have, and how many do not."""
    likely = [
        at
        for at, one in enumerate(columns)
        if one.type == "text" and one.values and one.numbers >= MOST * one.values
    ]
    asked = {
        f"{at} {form}": table.value(at).str.contains(pattern).sum()
        for at in likely
        for forms in FORMS.values()
        for form, pattern in forms.items()
    }
    found = _run(table, asked)
    for one in columns:
        one.numbers = 0
    for at in likely:
        _form(
            columns[at],
            {
                name.partition(" ")[2]: int(count or 0)
                for name, count in found.items()
                if name.startswith(f"{at} ")
            },
        )
    odd = {
        f"{at}": _first(table.value(at).filter(table.odd(at, str(columns[at].form))))
        for at in likely
        if columns[at].odd
    }
    for place, samples in _run(table, odd).items():
        columns[int(place)].odd_samples = [str(sample)[:200] for sample in samples]


def _form(one: Measured, counts: Mapping[str, int]) -> None:
    for family, forms in FORMS.items():
        found = {form: counts[form] for form in forms if counts[form]}
        if sum(found.values()) < MOST * one.values:
            continue
        best = max(found, key=lambda form: found[form])
        rest = one.values - sum(found.values())
        one.form, one.type, one.odd = best, family, one.values - found[best]
        one.forms = found | ({"other text": rest} if rest else {})
        return


def _first(values: pl.Expr) -> pl.Expr:
    """A few that differ, of the first ones."""
    return values.head(LOOKED).unique(maintain_order=True).head(SAMPLES).implode()


def _spreads(table: Plain, columns: Sequence[Measured], factor: float) -> None:
    numeric = [
        at
        for at, one in enumerate(columns)
        if one.values and (table.types[at].is_numeric() or one.form == "number")
    ]
    asked = {f"n {at}": table.number(at).count() for at in numeric}
    for at in numeric:
        for rank, name in ((0.25, "lower"), (0.75, "upper")):
            asked[f"{name} {at}"] = table.number(at).quantile(rank, interpolation="linear")
    found = _run(table, asked)
    for at in numeric:
        columns[at].numbers = int(found[f"n {at}"])
        columns[at].spread = _spread(found[f"lower {at}"], found[f"upper {at}"], factor)
    spread = {at: one for at in numeric if (one := columns[at].spread) and one.low_fence is not None}
    counted = _run(table, {f"{at}": table.outlier(at, one).sum() for at, one in spread.items()})
    for at in spread:
        columns[at].outliers = int(counted[f"{at}"] or 0)
    far = {
        f"{at}": _first(table.number(at).filter(table.outlier(at, one)))
        for at, one in spread.items()
        if columns[at].outliers
    }
    for place, samples in _run(table, far).items():
        columns[int(place)].outlier_samples = [float(sample) for sample in samples]


def _spread(lower: float | None, upper: float | None, factor: float) -> Spread | None:
    """Tukey's fences (1977). A column half of whose values are equal has no spread to measure by."""
    if lower is None or upper is None:
        return None
    if not upper > lower:
        return Spread(lower=lower, upper=upper)
    reach = factor * (upper - lower)
    return Spread(lower=lower, upper=upper, low_fence=lower - reach, high_fence=upper + reach)


def _twins(table: Plain) -> pl.Series:
    """Whether each row is equal to an earlier one, told by 64-bit hashes (1 M rows: wrong once in 4 10^7)."""
    if not table.names:
        return pl.Series("twin", [], dtype=pl.Boolean)
    hashes = table.frame.select(twin=pl.struct(pl.all()).hash()).collect(engine="streaming").to_series()
    return ~hashes.is_first_distinct()
