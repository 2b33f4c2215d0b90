"""Rows of a frame as JSON objects, one per line, all at once.

Moments with a zone become UTC with a Z, moments without one stay without; a decimal is a number with all of its
digits, binary is base64, a duration ISO 8601; NaN and the infinities, which JSON does not have, are null.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from sentineldq.errors import ReadError

_UTC = "%Y-%m-%dT%H:%M:%S%.fZ"
_LOCAL = "%Y-%m-%dT%H:%M:%S%.f"


def to_json(schema: pl.Schema) -> pl.Expr:
    """The expression that makes each row of a frame a line of JSON. Raises ReadError for a type JSON has no way for."""
    fields = pl.Struct([pl.Field(name, type_) for name, type_ in schema.items()])
    return pl.concat_str(_text(pl.struct(pl.all()), fields), pl.lit("\n")).alias("")


def to_records(lines: pl.DataFrame) -> Any:
    """The lines of `to_json` as records (`large_binary`)."""
    return lines.to_series().cast(pl.Binary).to_arrow(compat_level=pl.CompatLevel.oldest())


def _text(value: pl.Expr, type_: Any) -> pl.Expr:
    """JSON text of a value; "null" for null."""
    if isinstance(type_, pl.Decimal):
        return value.cast(pl.String).fill_null("null")
    if not _has(type_, pl.Decimal):
        if isinstance(type_, pl.Struct):
            return _plain(value, type_).struct.json_encode().fill_null("null")
        wrapped = pl.struct(_plain(value, type_).alias("")).struct.json_encode()
        return wrapped.str.slice(4).str.head(-1)  # what stands in {"":…}
    if isinstance(type_, pl.Array):
        value, type_ = value.arr.to_list(), pl.List(type_.inner)
    if isinstance(type_, pl.List):
        text = value.list.eval(_text(pl.element(), type_.inner)).list.join(",")
        return pl.concat_str(pl.lit("["), text, pl.lit("]")).fill_null("null")
    parts: list[pl.Expr] = []
    for field in type_.fields:
        name = pl.DataFrame({field.name: [0]}).select(pl.struct(pl.all()).struct.json_encode()).item()
        parts += [pl.lit(name[1:-2]), _text(value.struct.field(field.name), field.dtype), pl.lit(",")]
    text = pl.concat_str(pl.lit("{"), *parts[:-1], pl.lit("}"))
    return pl.when(value.is_not_null()).then(text).otherwise(pl.lit("null"))


def _plain(value: pl.Expr, type_: Any) -> pl.Expr:
    """A value of types that JSON knows."""
    if isinstance(type_, pl.Datetime):
        return (
            value.dt.convert_time_zone("UTC").dt.to_string(_UTC)
            if type_.time_zone
            else value.dt.to_string(_LOCAL)
        )
    if type_ == pl.Binary:
        return value.bin.encode("base64")
    if not _has(type_, pl.Datetime, pl.Binary):
        return value
    if isinstance(type_, pl.Array):
        value, type_ = value.arr.to_list(), pl.List(type_.inner)
    if isinstance(type_, pl.List):
        return value.list.eval(_plain(pl.element(), type_.inner))
    inner = [_plain(value.struct.field(field.name), field.dtype).alias(field.name) for field in type_.fields]
    return pl.when(value.is_not_null()).then(pl.struct(inner))


def _has(type_: Any, *kinds: Any) -> bool:
    """Whether a type is one of these or holds one. Raises ReadError where it cannot be reached inside."""
    if isinstance(type_, pl.Map) and any(_has(inner, *kinds) for inner in (type_.key, type_.value)):
        raise ReadError(
            "the table", f"it has a column of the type {type_}", hint="write it as a list of structs"
        )
    if isinstance(type_, pl.List | pl.Array):
        return _has(type_.inner, *kinds)
    if isinstance(type_, pl.Struct):
        return any(_has(field.dtype, *kinds) for field in type_.fields)
    return any(type_ == kind or isinstance(type_, kind) for kind in kinds)
