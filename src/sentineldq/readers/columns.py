"""Types for text columns: a column is typed only where every value fits without loss.

| type | texts |
|---|---|
| Int64 | `0`, `-12`: at most 18 digits, no leading zero, no plus sign |
| Float64 | `1.5`, `.5`, `2e-3`, `nan`, `inf`: at most 17 significant digits, no leading zero |
| Boolean | `true`, `false`, `True`, `False`, `TRUE`, `FALSE` |
| Date | `2024-01-31` |
| Datetime (microseconds) | `2024-01-31T10:00`, `2024-01-31 10:00:00.123456` |
| Datetime (microseconds, UTC) | the same with `Z` or an offset: kept as the instant |

Empty cells, quoted or not, are null in a typed column. Everything else stays text: `007`, `1,5`,
`31/01/2024`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import polars as pl
from polars.selectors import by_name

Cast = Callable[[pl.Expr], pl.Expr]

_INTEGER: Final = r"^-?(0|[1-9][0-9]{0,17})$"
_BOOLEAN: Final = r"^(true|false|True|False|TRUE|FALSE)$"
_DATE: Final = r"^\d{4}-\d{2}-\d{2}$"
_STAMP: Final = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
_DATETIME: Final = _STAMP + "$"
_INSTANT: Final = _STAMP + r" ?(Z|[+-]\d{2}:?\d{2})$"
_FLOAT: Final = r"^(-?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?|[nN]a[nN]|-?inf)$"


def _integer(text: pl.Expr) -> pl.Expr:
    return text.str.contains(_INTEGER)


def _float(text: pl.Expr) -> pl.Expr:
    digits = text.str.replace_all(r"[eE].*$|[^0-9]", "").str.strip_chars_start("0").str.len_bytes()
    finite = text.cast(pl.Float64, strict=False).is_finite() | text.str.contains(r"[nN]")
    return text.str.contains(_FLOAT) & (digits <= 17) & finite


def _boolean(text: pl.Expr) -> pl.Expr:
    return text.str.contains(_BOOLEAN)


def _date(text: pl.Expr) -> pl.Expr:
    return text.str.contains(_DATE) & _as_date(text).is_not_null()


def _datetime(text: pl.Expr) -> pl.Expr:
    return text.str.contains(_DATETIME) & _as_datetime(text).is_not_null()


def _instant(text: pl.Expr) -> pl.Expr:
    return text.str.contains(_INSTANT) & _as_instant(text).is_not_null()


def _as_date(text: pl.Expr) -> pl.Expr:
    return text.str.to_date("%Y-%m-%d", strict=False)


def _seconds(text: pl.Expr) -> pl.Expr:
    """Write a stamp with a space and with seconds, so that one format reads them all."""
    return text.str.replace("T", " ", literal=True).str.replace(r"^([^:]*:\d{2})([^:\d].*)?$", "${1}:00${2}")


def _as_datetime(text: pl.Expr) -> pl.Expr:
    return _seconds(text).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)


def _as_instant(text: pl.Expr) -> pl.Expr:
    zoned = _seconds(text).str.replace(r" ?Z$", "+0000").str.replace(r" ?([+-]\d{2}):?(\d{2})$", "${1}${2}")
    return zoned.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%z", time_unit="us", time_zone="UTC", strict=False)


def _number(dtype: type[pl.DataType]) -> Cast:
    return lambda text: text.cast(dtype, strict=False)


_TYPES: Final[Mapping[str, tuple[Cast, Cast]]] = {
    "integer": (_integer, _number(pl.Int64)),
    "float": (_float, _number(pl.Float64)),
    "boolean": (_boolean, lambda text: text.str.to_lowercase() == "true"),
    "date": (_date, _as_date),
    "datetime": (_datetime, _as_datetime),
    "instant": (_instant, _as_instant),
}
_PATTERNS: Final = (_INTEGER, _FLOAT, _BOOLEAN, _DATE, _DATETIME, _INSTANT)
_LOOKS: Final = {name: re.compile(pattern) for name, pattern in zip(_TYPES, _PATTERNS, strict=True)}


def typed(frame: pl.LazyFrame, names: list[str]) -> pl.LazyFrame:
    """Type the text columns of a frame where every value fits; reads the whole frame once."""
    casts = [_TYPES[name][1](_filled(column)).alias(column) for column, name in detect(frame, names).items()]
    return frame.with_columns(casts) if casts else frame


def detect(frame: pl.LazyFrame, names: list[str]) -> dict[str, str]:
    """Name the type of every column that can be typed: plausible at the top, then proved on every value.

    One streaming pass settles most columns; one more is needed where a value far below rules a type out.
    """
    waiting = _plausible(frame.select(by_name(*names)).head(20 if len(names) > 200 else 200).collect())
    found: dict[str, str] = {}
    while waiting:
        fits = _fitting(frame, {name: types[0] for name, types in waiting.items()})
        found |= {name: waiting[name][0] for name, fit in fits.items() if fit}
        waiting = {
            name: types[1:] for name, types in waiting.items() if fits[name] is False and len(types) > 1
        }
    return found


def _fitting(frame: pl.LazyFrame, types: Mapping[str, str]) -> dict[str, bool | None]:
    """Tell for each column whether all its values fit a type; None where it has no value."""
    fits = [
        (_TYPES[type_][0](_filled(name)) | _filled(name).is_null()).all() for name, type_ in types.items()
    ]
    filled = [_filled(name).is_not_null().any() for name in types]
    row = frame.select(
        *(fit.alias(f"fits {at}") for at, fit in enumerate(fits)),
        *(any_.alias(f"any {at}") for at, any_ in enumerate(filled)),
    )
    values = row.collect(engine="streaming").row(0)
    return {name: bool(values[at]) if values[at + len(types)] else None for at, name in enumerate(types)}


def _plausible(sample: pl.DataFrame) -> dict[str, list[str]]:
    """List the types whose look the first values have; all types where there is no value yet."""
    found = {}
    for column in sample.iter_columns():
        values = {value for value in column if value}
        types = [type_ for type_, look in _LOOKS.items() if all(map(look.match, values))]
        if types:
            found[column.name] = types
    return found


def _filled(name: str) -> pl.Expr:
    text = by_name(name).as_expr()  # `pl.col` would take `*` and `^...$` for patterns
    return pl.when(text != "").then(text)
