"""The paths of an Arrow table, nested ones too, each as one array."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from sentineldq.profiles.plan import Plan

Leaf = tuple[str, pa.Array]

DEEPEST = 16
"""Levels of nesting that are followed."""


def leaves(batch: pa.RecordBatch, plan: Plan) -> Iterator[Leaf]:
    """Every path with its array: parents before children, members of lists under `[]`."""
    for name, array in zip(batch.schema.names, batch.columns, strict=True):
        if plan.columns is None or name in plan.columns:
            yield from _under(name, array, 1)


def _under(path: str, array: pa.Array, depth: int) -> Iterator[Leaf]:
    array = _plain(array)
    yield path, array
    kind = array.type
    if depth >= DEEPEST:
        return
    if pa.types.is_struct(kind):
        for field, child in zip(kind, array.flatten(), strict=True):
            yield from _under(f"{path}.{field.name}", child, depth + 1)
    elif is_list(kind):
        yield from _under(f"{path}[]", pc.list_flatten(array), depth + 1)


def is_list(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_list(kind)
        or pa.types.is_large_list(kind)
        or pa.types.is_fixed_size_list(kind)
        or pa.types.is_list_view(kind)
        or pa.types.is_large_list_view(kind)
    )


def _plain(array: pa.Array) -> pa.Array:
    """Without extension types, runs and views; a map is a list of its entries."""
    if isinstance(array, pa.ExtensionArray):
        return _plain(array.storage)
    if pa.types.is_run_end_encoded(array.type):
        return _plain(pc.run_end_decode(array))
    if pa.types.is_map(array.type):
        return _entries(array)
    if pa.types.is_string_view(array.type):
        return array.cast(pa.large_string())
    return array.cast(pa.large_binary()) if pa.types.is_binary_view(array.type) else array


def _entries(array: pa.Array) -> pa.Array:
    """A map as a list of its entries."""
    kind = array.type
    entry = pa.struct([pa.field("key", kind.key_type, nullable=False), pa.field("value", kind.item_type)])
    return array.cast(pa.list_(entry))
