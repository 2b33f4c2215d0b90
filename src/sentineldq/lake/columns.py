"""The columns of a file as a table has them now: by their ids, at any depth, with every null where it was.

PyIceberg's own projection makes empty lists of lists that are null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.schema import Schema
from pyiceberg.types import IcebergType, ListType, MapType, NestedField, StructType


def project(
    rows: pa.Table | pa.RecordBatch, stored: Schema, wanted: Schema, *, absent: Mapping[int, Any]
) -> pa.RecordBatch:
    """Rows of a file in the columns that are wanted.

    stored: the schema of `rows`. absent: values of columns that the file leaves out, since its partition has them;
    other columns that it lacks are null.
    """
    held = {field.field_id: (rows.column(at), field) for at, field in enumerate(stored.fields)}
    arrow = schema_to_pyarrow(wanted, include_field_ids=False)
    columns = [
        _column(held.get(field.field_id), field, arrow.field(at).type, rows.num_rows, absent)
        for at, field in enumerate(wanted.fields)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=arrow)


def _column(
    found: tuple[Any, NestedField] | None,
    field: NestedField,
    kind: pa.DataType,
    rows: int,
    absent: Mapping[int, Any],
) -> pa.Array:
    if found is None:
        return pa.repeat(pa.scalar(absent.get(field.field_id), kind), rows)
    values, stored = found
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
        values = pa.concat_arrays(values.chunks) if isinstance(values, pa.ChunkedArray) else values
    return _fit(values, stored.field_type, field.field_type, kind)


def _fit(values: pa.Array, stored: IcebergType, wanted: IcebergType, kind: pa.DataType) -> pa.Array:
    """Values of a type as those of another that it has become."""
    if stored == wanted or not isinstance(wanted, StructType | ListType | MapType):
        return values if values.type == kind else values.cast(kind)
    whole = pa.concat_arrays([values])  # offsets that begin at 0, which a mask needs
    if isinstance(wanted, StructType) and isinstance(stored, StructType):
        return _struct(whole, stored, wanted, kind)
    if isinstance(wanted, ListType) and isinstance(stored, ListType):
        inner = _fit(whole.values, stored.element_type, wanted.element_type, kind.value_type)
        return (
            type(whole)
            .from_arrays(whole.offsets, inner, type=_list(whole, inner, kind), mask=whole.is_null())
            .cast(kind)
        )
    if isinstance(wanted, MapType) and isinstance(stored, MapType):
        keys = _fit(whole.keys, stored.key_type, wanted.key_type, kind.key_type)
        items = _fit(whole.items, stored.value_type, wanted.value_type, kind.item_type)
        return pa.MapArray.from_arrays(whole.offsets, keys, items, mask=whole.is_null()).cast(kind)
    raise ValueError(f"{stored} cannot become {wanted}")


def _list(whole: pa.Array, inner: pa.Array, kind: pa.DataType) -> pa.DataType:
    """A list of the file's own width, of values that fit already."""
    field = kind.value_field.with_type(inner.type)
    return pa.large_list(field) if pa.types.is_large_list(whole.type) else pa.list_(field)


def _struct(values: pa.Array, stored: StructType, wanted: StructType, kind: pa.DataType) -> pa.Array:
    held = {field.field_id: (values.field(at), field) for at, field in enumerate(stored.fields)}
    fields = [kind.field(at) for at in range(kind.num_fields)]
    children = [
        _column(held.get(field.field_id), field, arrow.type, len(values), {})
        for field, arrow in zip(wanted.fields, fields, strict=True)
    ]
    return pa.StructArray.from_arrays(children, fields=fields, mask=values.is_null())
