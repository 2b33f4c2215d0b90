"""Arrow schemas as Iceberg has them."""

from __future__ import annotations

from itertools import count
from typing import Any

import pyarrow as pa
from pyiceberg.schema import Schema
from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IcebergType,
    IntegerType,
    ListType,
    LongType,
    MapType,
    NestedField,
    StringType,
    StructType,
    TimestampType,
    TimestamptzType,
    TimeType,
)

from sentineldq.lake.schema import INSTANT


def to_iceberg(schema: pa.Schema) -> Schema:
    """A schema in the types that Iceberg has (`schema.storable`) as Iceberg's, every column optional."""
    ids = count(1)
    return Schema(*_to_iceberg(pa.struct(list(schema)), ids).fields)


_PRIMITIVES: dict[pa.DataType, IcebergType] = {
    pa.large_string(): StringType(),
    pa.large_binary(): BinaryType(),
    pa.bool_(): BooleanType(),
    pa.int32(): IntegerType(),
    pa.int64(): LongType(),
    pa.float32(): FloatType(),
    pa.float64(): DoubleType(),
    pa.date32(): DateType(),
    pa.time64("us"): TimeType(),
    pa.timestamp("us"): TimestampType(),
    INSTANT: TimestamptzType(),
}


def _to_iceberg(kind: pa.DataType, ids: count[int]) -> Any:
    if pa.types.is_struct(kind):
        numbered = [(next(ids), field) for field in kind]
        return StructType(
            *(
                NestedField(at, field.name, _to_iceberg(field.type, ids), required=False)
                for at, field in numbered
            )
        )
    if pa.types.is_large_list(kind):
        return ListType(next(ids), _to_iceberg(kind.value_type, ids), element_required=False)
    if pa.types.is_map(kind):
        key, value = next(ids), next(ids)
        return MapType(
            key,
            _to_iceberg(kind.key_type, ids),
            value,
            _to_iceberg(kind.item_type, ids),
            value_required=False,
        )
    return DecimalType(kind.precision, kind.scale) if pa.types.is_decimal(kind) else _PRIMITIVES[kind]
