"""From the columns a table has to those it is wanted with: what may be added and widened, and what would break it.

New columns come last and are null in older rows, within objects too. int widens to long, float to double, a decimal
to more digits of the same scale; what is narrower fits as it is. Anything else would change what older rows say, so
it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyiceberg.exceptions import CommitFailedException
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.types import (
    DecimalType,
    DoubleType,
    FloatType,
    IcebergType,
    IntegerType,
    ListType,
    LongType,
    MapType,
    NestedField,
    StructType,
)

from sentineldq.errors import EvolutionError, LakeError

ATTEMPTS = 20
"""How often a change is tried while other writers keep being first."""

_WIDER = {(IntegerType, LongType), (FloatType, DoubleType)}

Path = tuple[str, ...]


@dataclass(frozen=True)
class Added:
    path: Path
    type: IcebergType


@dataclass(frozen=True)
class Widened:
    path: Path
    type: IcebergType


@dataclass(frozen=True)
class Broken:
    """A change that is refused, in words."""

    reason: str


Step = Added | Widened | Broken


def evolve(table: Table, wanted: Schema) -> Table:
    """The table with the wanted columns. Raises EvolutionError, which lists every change that is refused."""
    for _ in range(ATTEMPTS):
        steps = list(compare(table.schema().as_struct(), wanted.as_struct()))
        broken = [step.reason for step in steps if isinstance(step, Broken)]
        if broken:
            raise EvolutionError(
                ".".join(table.name()),
                broken,
                hint="`sentinel contract diff OLD NEW` shows who is hit. Take the change back, or give the data a new "
                "dataset name (a new major version of the contract)",
            )
        if not steps or _apply(table, steps):
            return table
        table.refresh()
    raise LakeError(".".join(table.name()), "its columns are being changed by others all the time")


def _apply(table: Table, steps: list[Step]) -> bool:
    """Change the columns in one commit; False where another writer was first."""
    try:
        with table.update_schema() as update:
            for step in steps:
                match step:
                    case Added(path, kind):
                        update.add_column(path, kind)
                    case Widened(path, kind):
                        update.update_column(path, field_type=kind)
    except CommitFailedException:
        return False
    return True


def compare(old: StructType, new: StructType, within: Path = ()) -> Iterator[Step]:
    """The steps from one struct to another, by name; the order of columns says nothing."""
    before = {field.name: field for field in old.fields}
    after = {field.name: field for field in new.fields}
    for name, field in after.items():
        if name in before:
            yield from _compare_type(before[name].field_type, field.field_type, (*within, name))
        else:
            yield Added((*within, name), field.field_type)
    for name in before:
        if name not in after:
            yield Broken(f"{_spell((*within, name))} is gone")


def _compare_type(old: IcebergType, new: IcebergType, path: Path) -> Iterator[Step]:
    match old, new:
        case StructType(), StructType():
            yield from compare(old, new, path)
        case ListType(), ListType():
            yield from _compare_type(old.element_type, new.element_type, (*path, "element"))
        case MapType(), MapType():
            if old.key_type != new.key_type:
                yield Broken(f"the keys of {_spell(path)} change from {old.key_type} to {new.key_type}")
            yield from _compare_type(old.value_type, new.value_type, (*path, "value"))
        case _ if old == new:
            return
        case DecimalType(), DecimalType() if old.scale == new.scale and old.precision < new.precision:
            yield Widened(path, new)
        case DecimalType(), DecimalType() if old.scale == new.scale:
            return  # what is narrower fits as it is
        case _ if (type(old), type(new)) in _WIDER:
            yield Widened(path, new)
        case _ if (type(new), type(old)) in _WIDER:
            return
        case _:
            yield Broken(f"{_spell(path)} changes from {_name(old)} to {_name(new)}")


def _spell(path: Path) -> str:
    return ".".join(path)


def _name(kind: IcebergType) -> str:
    match kind:
        case StructType():
            return "an object"
        case ListType():
            return "a list"
        case MapType():
            return "a map"
        case NestedField():
            return kind.name
        case _:
            return str(kind)
