"""The columns of the lake's tables, as Arrow schemas.

A record is identified everywhere by `_partition`, `_batch` and `_row`. Every column may be null in the table: what
must not be null is the contract's business, and can change without the table.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from sentineldq.checks.records.leaf import Leaf
from sentineldq.checks.records.shape import Array, Free, Map, Node, Record, compile_shape
from sentineldq.contracts.model import Property, SchemaObject
from sentineldq.errors import ContractError, LakeError

INSTANT = pa.timestamp("us", tz="UTC")

META = pa.schema(
    {"_partition": pa.large_string(), "_batch": pa.int64(), "_row": pa.int32(), "_received_at": INSTANT}
)
"""What silver adds to the contract's columns: where a record came from (`_row`: from 0), and when it arrived."""

BRONZE = pa.schema(
    {
        "raw": pa.large_binary(),  # as sent, byte for byte
        "_partition": pa.large_string(),
        "_batch": pa.int64(),
        "_row": pa.int32(),
        "_origin": pa.large_string(),
        "_form": pa.large_string(),  # 'json' or 'text'
        "_fault": pa.large_string(),  # why the whole batch could not be read; else null
        "_received_at": INSTANT,
    }
)

_ERROR = pa.struct(
    {
        "check": pa.large_string(),
        "message": pa.large_string(),
        "path": pa.large_string(),
        "expected": pa.large_string(),
        "found": pa.large_string(),
        "fingerprint": pa.large_string(),
    }
)

QUARANTINE = pa.schema(
    [
        *BRONZE,
        pa.field("errors", pa.large_list(_ERROR)),
        pa.field("hash", pa.large_string()),  # sha256 of raw, hexadecimal
        pa.field("contract", pa.large_string()),  # its version
        pa.field("contract_fingerprint", pa.large_string()),
    ]
)

RECEIVED = ("_received_at", "day")
"""How bronze and quarantine are partitioned."""

TRANSFORMS = ("day", "month", "year", "identity")

_LEAVES = {
    "string": pa.large_string(),
    "json": pa.large_string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp": INSTANT,
}


def silver_schema(table: SchemaObject) -> pa.Schema:
    """The contract's columns as `checks.records.columns.to_frame` gives them, then META.

    Raises ContractError where a column of the contract has the name of one of META's.
    """
    fields = [pa.field(field.key, _type(field.node)) for field in compile_shape(table).fields]
    taken = sorted({field.name for field in fields} & {*META.names})
    if taken:
        raise ContractError(
            table.name or "schema", [f"{name!r} is a name that the lake uses" for name in taken]
        )
    return storable(pa.schema([*fields, *META]))


def event_time(table: SchemaObject) -> tuple[str, str] | None:
    """The column silver is partitioned by and its transform; None where the contract says none.

    The first top-level property with `partitioned: true`; `partitionTransform` (a custom property) is day, month,
    year or identity; by default day for dates and timestamps, identity for the rest. Raises ContractError.
    """
    found = sorted((item for item in table.properties if item.partitioned), key=_position)
    if not found:
        return None
    chosen = found[0]
    dated = chosen.logical_type in {"date", "timestamp"}
    transform = chosen.custom("partitionTransform", "day" if dated else "identity")
    if transform not in TRANSFORMS or (transform != "identity" and not dated):
        fits = TRANSFORMS if dated else ("identity",)
        problem = f"{chosen.column}: partitionTransform {transform!r} does not fit; use {', '.join(fits)}"
        raise ContractError(table.name or "schema", [problem])
    return chosen.column, transform


def storable(schema: pa.Schema, *, table: str = "table") -> pa.Schema:
    """The schema in the types that Iceberg has: large Arrow types, signed integers, microseconds, UTC.

    Raises LakeError naming the columns whose type it has none for.
    """
    fields, problems = [], []
    for field in schema:
        try:
            fields.append(pa.field(field.name, _storable(field.type)))
        except TypeError:
            problems.append(f"{field.name} ({field.type})")
    if problems:
        raise LakeError(
            table,
            f"no type of the lake fits {', '.join(problems)}",
            hint="cast these columns, to text if need be",
        )
    return pa.schema(fields)


def _position(item: Property) -> int:
    return item.partition_key_position


def _type(node: Node) -> pa.DataType:
    match node:
        case Leaf():
            return (
                pa.decimal128(*node.digits) if node.kind == "decimal" and node.digits else _LEAVES[node.kind]
            )
        case Record():
            return pa.struct([pa.field(field.key, _type(field.node)) for field in node.fields])
        case Array():
            return pa.large_list(_type(node.item))
        case Map():
            return pa.large_list(pa.struct({"key": pa.large_string(), "value": _type(node.value)}))
        case Free():
            return pa.large_string()


def _storable(kind: pa.DataType) -> pa.DataType:
    """Iceberg's counterpart; raises TypeError where there is none."""
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(field.name, _storable(field.type)) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(_storable(kind.key_type), _storable(kind.item_type))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return pa.large_list(pa.field("element", _storable(kind.value_type)))
    if pa.types.is_dictionary(kind):
        return _storable(kind.value_type)
    for fits, counterpart in _COUNTERPARTS:
        if fits(kind):
            return counterpart
    if pa.types.is_timestamp(kind):
        return INSTANT if kind.tz else pa.timestamp("us")
    if pa.types.is_decimal(kind) and kind.precision <= 38:
        return pa.decimal128(kind.precision, kind.scale)
    raise TypeError


def _is_small(kind: pa.DataType) -> bool:
    return kind in {pa.int8(), pa.int16(), pa.int32(), pa.uint8(), pa.uint16()}


_COUNTERPARTS: tuple[tuple[Callable[[pa.DataType], bool], pa.DataType], ...] = (
    (lambda kind: kind in {pa.string(), pa.large_string(), pa.string_view(), pa.null()}, pa.large_string()),
    (lambda kind: kind in {pa.binary(), pa.large_binary(), pa.binary_view()}, pa.large_binary()),
    (pa.types.is_boolean, pa.bool_()),
    (_is_small, pa.int32()),
    (pa.types.is_integer, pa.int64()),
    (lambda kind: kind in {pa.float16(), pa.float32()}, pa.float32()),
    (pa.types.is_float64, pa.float64()),
    (pa.types.is_date, pa.date32()),
    (pa.types.is_time, pa.time64("us")),
)
