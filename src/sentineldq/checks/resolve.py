"""From a path to a value expression: nested fields, array elements, and text that stands for another type.

What missing means is decided here, once: null and NaN are missing. Text of a text source (CSV) is read as the
type its contract declares; text that does not read as that type is missing for all checks but `type`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw

from sentineldq.checks.catalogue.formats import PATTERNS
from sentineldq.checks.engines.base import CLOCK, EngineName
from sentineldq.checks.literals import as_type
from sentineldq.checks.regex import translate
from sentineldq.contracts.model import LogicalType
from sentineldq.errors import CheckDefinitionError, InexactError, suggest

ITEM = "sdq_item"
TRUE_WORDS = ("true", "t", "yes", "y", "1")
FALSE_WORDS = ("false", "f", "no", "n", "0")

Schema = Mapping[str, nw.dtypes.DType]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A path, resolved: the expression of its value and the type to compare with.

    unit: the array path whose elements are the rows of this column, or None for the table's own rows.
    text: the raw text expression, where the value is read from text.
    guard: true where that text reads as the declared type.
    plain: the frame's own column name, where the expression is nothing but that column.
    root: the name of the frame's column that the path starts at.
    """

    path: str
    expr: nw.Expr
    dtype: nw.dtypes.DType
    unit: str | None = None
    text: nw.Expr | None = None
    guard: nw.Expr | None = None
    plain: str | None = None
    root: str = ""

    @property
    def untyped(self) -> bool:
        """Whether the column has no type of its own, since all its values are null."""
        return self.dtype == nw.Unknown

    def literal(self, raw: Any) -> Any:
        """A parameter as a value of the column's type; raises ValueError when it cannot be one."""
        if raw is None or self.untyped:
            return raw
        return as_type(raw, self.dtype)


def resolve(
    path: str, schema: Schema, *, engine: EngineName, logical: LogicalType | None = None, text: bool = False
) -> Column:
    """The column at a path; raises CheckDefinitionError naming the closest one when there is none."""
    unit, expr, dtype, plain = _descend(path, schema, engine)
    root = path if path in schema else path.split(".", 1)[0].removesuffix("[]")
    if text and dtype == nw.String and logical is not None and logical in _READERS:
        return replace(_from_text(path, expr, unit, logical, engine), root=root)
    if any(dtype == kind for kind in (nw.Categorical, nw.Enum)):
        expr, plain, dtype = expr.cast(nw.String), None, nw.String()
    if isinstance(dtype, nw.Struct) and dtype.fields[0].name == CLOCK:
        raise InexactError(engine, f"the time of day {path!r}")
    if dtype.is_float():
        expr, plain = expr.fill_nan(None), None
    if engine == "polars" and isinstance(dtype, nw.Datetime) and dtype.time_zone not in {None, "UTC"}:
        # To Polars two zones are two types; to the others they are two ways of writing an instant.
        expr, plain = expr.dt.convert_time_zone("UTC"), None
        dtype = nw.Datetime(dtype.time_unit, "UTC")
    return Column(path=path, expr=expr, dtype=dtype, unit=unit, plain=plain, root=root)


Place = tuple[str | None, nw.Expr, nw.dtypes.DType, str | None]


def column_named(name: str, engine: EngineName) -> nw.Expr:
    """A column by its name; Spark reads dots and backticks in a name unless it is quoted."""
    if _ordinary(name, engine):
        return nw.col(name)
    return nw.col("`" + name.replace("`", "``") + "`").alias(name)


def _ordinary(name: str, engine: EngineName) -> bool:
    return engine != "spark" or not set(name) & set(".`")


def _descend(path: str, schema: Schema, engine: EngineName) -> Place:
    if path in schema:
        return None, column_named(path, engine), schema[path], path if _ordinary(path, engine) else None
    first, *rest = path.split(".")
    walked = first.removesuffix("[]")
    if walked not in schema:
        raise CheckDefinitionError(f"there is no column {walked!r}", hint=suggest(walked, schema))
    unit, expr, dtype = None, column_named(walked, engine), schema[walked]
    if first.endswith("[]"):
        unit, expr, dtype = _element(walked, dtype)
        walked = unit
    for step in rest:
        name = step.removesuffix("[]")
        dtype = _field(walked, name, dtype)
        expr, walked = expr.struct.field(name), f"{walked}.{name}"
        if step.endswith("[]"):
            unit, expr, dtype = _element(walked, dtype)
            walked = unit
    return unit, expr, dtype, None


def _field(walked: str, name: str, dtype: nw.dtypes.DType) -> nw.dtypes.DType:
    if not isinstance(dtype, nw.Struct):
        raise CheckDefinitionError(f"{walked!r} is {dtype}, it has no fields")
    fields = {field.name: field.dtype for field in dtype.fields}
    if name not in fields:
        raise CheckDefinitionError(f"{walked!r} has no field {name!r}", hint=suggest(name, fields))
    return _instance(fields[name])


def _element(walked: str, dtype: nw.dtypes.DType) -> tuple[str, nw.Expr, nw.dtypes.DType]:
    if not isinstance(dtype, (nw.List, nw.Array)):
        raise CheckDefinitionError(f"{walked!r} is {dtype}, it has no elements")
    return f"{walked}[]", nw.col(ITEM), _instance(dtype.inner)


def _instance(dtype: Any) -> nw.dtypes.DType:
    """Narwhals gives a nested type as a class or as an instance."""
    return dtype() if isinstance(dtype, type) else dtype  # type: ignore[no-any-return]


# Text that stands for another type ----------------------------------------------------------------


def _up_to(number: str) -> str:
    """A pattern of the decimal numbers not greater than this one (`127`: 0 to 127)."""
    ways = [number]
    for position, digit in enumerate(number):
        if digit > "0":
            rest = len(number) - position - 1
            ways.append(f"{number[:position]}[0-{int(digit) - 1}][0-9]{{{rest}}}")
    return f"(?:[0-9]{{1,{len(number) - 1}}}|{'|'.join(ways)})"


INTEGER = rf"^(?:\+?0*{_up_to(str(2**63 - 1))}|-0*{_up_to(str(2**63))})$"
_READERS: dict[LogicalType, str] = {
    "integer": INTEGER,
    "number": PATTERNS["number"],
    "boolean": rf"(?i)^(?:{'|'.join(TRUE_WORDS + FALSE_WORDS)})$",
    "date": PATTERNS["date"],
    "timestamp": PATTERNS["timestamp"],
    "time": PATTERNS["time"],
}


def _from_text(path: str, raw: nw.Expr, unit: str | None, logical: LogicalType, engine: EngineName) -> Column:
    guard = raw.str.contains(translate(_READERS[logical], engine))
    good = nw.when(guard).then(raw)
    read: dict[str, tuple[nw.Expr, nw.dtypes.DType]] = {
        "integer": (good.cast(nw.Int64), nw.Int64()),
        "number": (good.cast(nw.Float64), nw.Float64()),
        "boolean": (good.str.to_lowercase().is_in(list(TRUE_WORDS)), nw.Boolean()),
        "date": (good.str.to_date(format="%Y-%m-%d"), nw.Date()),
        "timestamp": (_instant(good, engine), nw.Datetime("us", "UTC")),
        "time": (good, nw.String()),
    }
    expr, dtype = read[logical]
    return Column(path=path, expr=expr, dtype=dtype, unit=unit, text=raw, guard=guard)


_INSTANTS: dict[EngineName, str] = {
    "polars": "%Y-%m-%dT%H:%M:%S%.6f%z",
    "duckdb": "%Y-%m-%dT%H:%M:%S.%f%z",
    "spark": "%Y-%m-%dT%H:%M:%S.SSSSSS%z",
}
"""The one form that instants are brought to, as each engine writes it."""


def _instant(good: nw.Expr, engine: EngineName) -> nw.Expr:
    """ISO 8601 text, of a shape already checked, as an instant; without an offset it is UTC.

    Digits beyond microseconds are cut.
    """
    day, clock = good.str.slice(0, 10), good.str.slice(11, 8)
    fraction = good.str.slice(19).str.replace_all(translate(r"^[.]|[zZ+-].*$", engine), "")
    micros = nw.concat_str(fraction, nw.lit("000000")).str.slice(0, 6)
    shifted = good.str.contains(translate(r"[+-][0-9]{2}:[0-9]{2}$", engine))
    tail = nw.when(shifted).then(good.str.tail(6)).otherwise(nw.lit("+00:00"))
    offset = nw.concat_str(tail.str.slice(0, 3), tail.str.slice(4, 2))
    whole = nw.concat_str(day, nw.lit("T"), clock, nw.lit("."), micros, offset)
    return whole.str.to_datetime(format=_INSTANTS[engine])
