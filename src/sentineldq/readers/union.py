"""Several frames as one: missing columns become nulls, types widen where no value changes, or an error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from sentineldq.errors import ReadError
from sentineldq.readers.finding import Finding

_TEXTS = (pl.String, pl.Categorical, pl.Enum)
_UNITS = ("ms", "us", "ns")


class Piece(NamedTuple):
    """One frame and where it came from."""

    source: str
    frame: pl.LazyFrame


class Union(NamedTuple):
    """The joined frame, and one finding for each column that a piece did not have."""

    frame: pl.LazyFrame
    findings: list[Finding]


def union(pieces: Sequence[Piece], *, source: str, as_text: list[Finding] | None = None) -> Union:
    """Join frames by column name, in order.

    Where the types of a column do not go together, ReadError names both sources; with `as_text` the column is
    read as text and the finding goes there.
    """
    if len(pieces) == 1:
        return Union(pieces[0].frame, [])
    schemas = [piece.frame.collect_schema() for piece in pieces]
    schema: dict[str, pl.DataType] = {}
    origin: dict[str, str] = {}
    for piece, found in zip(pieces, schemas, strict=True):
        for column, dtype in found.items():
            wide = widen(schema[column], dtype) if column in schema else dtype
            if wide is None:
                clash = (
                    f"column {column!r} is {schema[column]} in {origin[column]} but {dtype} in {piece.source}"
                )
                if as_text is None or schema[column].is_nested() or dtype.is_nested():
                    raise ReadError(source, clash, hint="read them one by one, or make their types agree")
                as_text.append(
                    Finding(type="type-error", message=f"{clash}; read as text", field_name=column)
                )
                wide = pl.String()
            if column not in schema or schema[column] == pl.Null:
                origin[column] = piece.source
            schema[column] = wide
    if all(found == schema and list(found) == list(schema) for found in schemas):
        return Union(pl.concat([piece.frame for piece in pieces]), [])
    frames = [_fit(piece.frame, found, schema) for piece, found in zip(pieces, schemas, strict=True)]
    findings = [
        Finding(
            type="missing-label",
            message=f"{piece.source} has no column {column!r}; its rows are null there",
            field_name=column,
        )
        for piece, found in zip(pieces, schemas, strict=True)
        for column in schema
        if column not in found
    ]
    return Union(pl.concat(frames, how="vertical_relaxed"), findings)


def _fit(frame: pl.LazyFrame, found: pl.Schema, schema: dict[str, pl.DataType]) -> pl.LazyFrame:
    """Give a frame the columns of the whole; `vertical_relaxed` then adds the fields of structs."""
    return frame.select(
        pl.lit(None, dtype=dtype).alias(column)
        if column not in found
        else pl.col(column).cast(dtype)
        if found[column] != dtype and not dtype.is_nested()
        else pl.col(column)
        for column, dtype in schema.items()
    )


def widen(left: pl.DataType, right: pl.DataType) -> pl.DataType | None:
    """The type that holds every value of both unchanged; None where there is none."""
    if right in (left, pl.Null):
        return left
    if left == pl.Null:
        return right
    if left.is_numeric() and right.is_numeric():
        return _common(left, right)
    if isinstance(left, _TEXTS) and isinstance(right, _TEXTS):
        return pl.String()
    return _nested(left, right) if left.is_nested() else _temporal(left, right)


def _temporal(left: pl.DataType, right: pl.DataType) -> pl.DataType | None:
    if isinstance(left, pl.Datetime) and isinstance(right, pl.Datetime) and left.time_zone == right.time_zone:
        return pl.Datetime(max(left.time_unit, right.time_unit, key=_UNITS.index), left.time_zone)
    if isinstance(left, pl.Duration) and isinstance(right, pl.Duration):
        return pl.Duration(max(left.time_unit, right.time_unit, key=_UNITS.index))
    return None


def _nested(left: pl.DataType, right: pl.DataType) -> pl.DataType | None:
    if isinstance(left, pl.List) and isinstance(right, pl.List):
        inner = widen(_dtype(left.inner), _dtype(right.inner))
        return None if inner is None else pl.List(inner)
    if isinstance(left, pl.Struct) and isinstance(right, pl.Struct):
        return _fields(left, right)
    return None


def _fields(left: pl.Struct, right: pl.Struct) -> pl.Struct | None:
    fields = {field.name: _dtype(field.dtype) for field in left.fields}
    for field in right.fields:
        wide = widen(fields.get(field.name, pl.Null()), _dtype(field.dtype))
        if wide is None:
            return None
        fields[field.name] = wide
    return pl.Struct(fields)


def _common(left: pl.DataType, right: pl.DataType) -> pl.DataType:
    empty = [pl.LazyFrame(schema={"x": dtype}) for dtype in (left, right)]
    return pl.concat(empty, how="vertical_relaxed").collect_schema()["x"]


def _dtype(dtype: object) -> pl.DataType:
    """Polars types its nested parts as classes or instances; make it an instance."""
    return dtype if isinstance(dtype, pl.DataType) else dtype()  # type: ignore[operator]
