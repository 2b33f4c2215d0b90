"""Infer a contract: what a person who knows the data would have written, as far as the data tells.

First guess, from the evidence of each column; then check the guess with the product's own engine on the whole
of the data, and take back what does not hold. So the same data passes the contract inferred from it.
"""

from __future__ import annotations

import math
import re
from itertools import combinations
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import polars as pl

from sentineldq.checks.dependencies import Dependency, dependencies
from sentineldq.checks.derive import derive
from sentineldq.checks.engines import engine
from sentineldq.checks.evidence import Column, Evidence, gather
from sentineldq.checks.model import Outcome
from sentineldq.checks.pii import personal
from sentineldq.checks.run import run_checks
from sentineldq.checks.scope import Scope
from sentineldq.checks.shapes import shape_of
from sentineldq.checks.words import (
    COUNTERS,
    OPEN,
    POSITIONS,
    RANGES,
    SAID,
    SCALES,
    TELLING,
    chooses,
    identifies,
    labels,
    leaf,
    words,
)
from sentineldq.contracts.model import (
    Contract,
    Description,
    EnumValue,
    LogicalType,
    Property,
    Quality,
    SchemaObject,
    TypeOptions,
)
from sentineldq.readers.table import Table

FEW = 50
"""Rows below which only types, keys and formats are claimed."""

FEWEST = 20
"""Rows below which not even presence is claimed, except of keys."""

ENUM = 20
"""Most values of an enum of numbers."""

MOST = 50
"""Most values of an enum of texts."""

PER_VALUE = 20
"""Rows per value of an enum, on average."""


def infer_contract(table: Table, *, name: str | None = None) -> Contract:
    """The contract that this table suggests and passes; the same table gives the same contract.

    name: of contract and dataset, that of the table by default. Raises what the table's reading raises.
    """
    evidence = gather(table)
    called = name or table.name
    schema = [_property(path, path, dtype, evidence) for path, dtype in evidence.schema.items()]
    found = SchemaObject(name=called, physical_type="table", properties=schema)
    _claim_key(found, evidence)
    found.quality = [_dependency(item, evidence) for item in dependencies(evidence, least=1.0)]
    _confirm(found, table, evidence)
    rows = f"{evidence.rows:,} row{'' if evidence.rows == 1 else 's'}"
    return Contract(
        id=str(uuid5(NAMESPACE_URL, f"sentineldq:contract:{called}")),
        name=called,
        version="1.0.0",
        status="draft",
        description=Description(
            limitations=f"Inferred from {rows} of {table.name}; to be confirmed by its owner."
        ),
        schema=[found],
    )


# Columns ------------------------------------------------------------------------------------------


def _property(path: str, name: str, dtype: pl.DataType, evidence: Evidence) -> Property:
    """The property of one path, with those inside it."""
    column = evidence.columns[path]
    item = Property(name=name, physical_type=_physical(dtype), logical_type=column.logical)
    item.required = _required(column, evidence)
    if isinstance(dtype, pl.Struct):
        item.properties = [
            _property(f"{path}.{field.name}", field.name, _instance(field.dtype), evidence)
            for field in dtype.fields
        ]
    elif f"{path}[]" in evidence.columns and isinstance(dtype, pl.List):
        item.items = _property(f"{path}[]", "item", _instance(dtype.inner), evidence)
        item.items.required = False
    elif column.seen:
        _describe(item, column, evidence)
    return item


def _describe(item: Property, column: Column, evidence: Evidence) -> None:
    """What the values of a scalar column claim: type, format, choice, range, privacy."""
    if evidence.text and column.text:
        item.logical_type = _read_type(column)
    form = _format(column) if item.logical_type == "string" else None
    options = TypeOptions(format=form)
    enough = column.present >= FEW
    if enough and form is None and _listed(item, column):
        item.enum = [EnumValue(value=value) for value in sorted(column.counts)]
    elif enough and item.logical_type == "string" and form is None:
        _shape(options, column)
    elif enough and item.logical_type in {"integer", "number"}:
        options.minimum, options.maximum = _range(column, evidence)
    if options != TypeOptions():
        item.logical_type_options = options
    found = personal(column)
    if found is not None:
        item.tags = [found.tag]
        item.classification = found.classification
        item.description = f"Personal data ({found.kind}): {', '.join(found.reasons)}."


def _required(column: Column, evidence: Evidence) -> bool:
    """Present in every row, or wherever the object it lies in is."""
    parent = evidence.columns.get(column.path.rpartition(".")[0]) if "." in column.path else None
    within = parent.present if parent is not None and "[]" not in column.path else column.rows
    return within >= FEWEST and column.present == within


def _read_type(column: Column) -> LogicalType:
    """What all the text of a text source reads as, where it is not a code with leading zeros."""
    if bool(column.like("^[+-]?0[0-9]").any()):
        return "string"
    for logical in ("number", "timestamp", "date", "time"):
        if column.reads(logical) == 1.0:
            return logical
    return "string"


def _format(column: Column) -> str | None:
    """The named format of all values."""
    held = {name for name, share in column.formats.items() if share == 1.0}
    certain = next((name for name in TELLING if name in held), None)
    if certain == "card" and not column.distinct >= 10:
        return None
    if certain is not None:
        return certain
    said = set(words(leaf(column.path)))
    return next((name for name, names in SAID.items() if name in held and not said.isdisjoint(names)), None)


def _listed(item: Property, column: Column) -> bool:
    """Whether the values are a choice from a list that is all there: each of them occurs again and again.

    By Good and Turing (1953), the share of values yet unseen is that of the values seen once: here none.
    """
    if item.logical_type == "integer" and not (chooses(column.path) and column.distinct <= ENUM):
        return False
    if item.logical_type not in {"string", "integer"} or column.distinct > MOST:
        return False
    if not OPEN.isdisjoint(words(leaf(column.path))):
        return False
    if column.distinct == 1 and not (item.logical_type == "string" and chooses(column.path)):
        return False
    everything = column.distinct == column.values.height
    return everything and column.singles == 0 and column.distinct * PER_VALUE <= column.present


def _shape(options: TypeOptions, column: Column) -> None:
    """The pattern of codes, or else the length of text of fixed length."""
    gaps = column.placeholders
    bare = column.without(frozenset(gaps))
    if bare.distinct < 10:
        return
    found = shape_of(bare.counts, least=1.0, besides=gaps)
    if found is not None:
        options.pattern = _growing(found.pattern, column)
    elif column.lengths[0] == column.lengths[1] > 0:
        options.min_length, options.max_length = column.lengths


def _growing(pattern: str, column: Column) -> str:
    """Numbers that are given out one after the other get longer; those with leading zeros do not."""
    counted = re.fullmatch(r"\^\[0-9\]\{\d+\}\$", pattern) and identifies(column.path)
    return "^[0-9]+$" if counted and not column.like("^0").any() else pattern


def _range(column: Column, evidence: Evidence) -> tuple[Any, Any]:
    """A range for numbers that count or measure something, in round numbers."""
    low, high = column.low, column.high
    if column.dtype.is_decimal():
        low, high = float(low), float(high)
    if not (math.isfinite(low) and math.isfinite(high)):
        return None, None
    said = words(leaf(column.path))
    for word in said:
        if (
            word in RANGES
            and RANGES[word][0] <= low
            and high <= RANGES[word][1]
            and column.logical is not None
        ):
            return RANGES[word]
    if labels(column.path) and not SCALES.intersection(said):
        return _digits(column)
    if (
        column.logical == "integer"
        and SCALES.intersection(said)
        and 3 <= column.distinct == high - low + 1 <= 11
    ):
        return low, high
    if column.distinct == evidence.rows and column.logical == "integer":
        return (0, None) if low >= 0 else (None, None)
    natural = (1, 100) if low >= 0 else ()
    return (0 if low >= 0 else -_above(-low)), (_above(high, natural) if high > 0 else 0)


def _digits(column: Column) -> tuple[Any, Any]:
    """Numbers that stand for something: as many digits as all of them have."""
    size = len(str(column.low))
    fixed = column.logical == "integer" and column.low > 0 and len(str(column.high)) == size >= 4
    if not fixed or words(leaf(column.path))[-1] in COUNTERS:
        return None, None
    return 10 ** (size - 1), 10**size - 1


def _above(number: float, natural: tuple[int, ...] = ()) -> int | float:
    """A natural bound just above, or a round number (1, 2 or 5 times a power of ten) of at least twice the size."""
    for bound in natural:
        if 0.9 * bound <= number <= bound:
            return bound
    power = 10.0 ** math.floor(math.log10(2 * number))
    found = next(step * power for step in (1, 2, 5, 10) if step * power >= 2 * number * (1 - 1e-12))
    return int(found) if found >= 1 else found


# Keys ---------------------------------------------------------------------------------------------


def _claim_key(table: SchemaObject, evidence: Evidence) -> None:
    """One column that tells all rows apart, the most key-like; else two of them together; other ids unique."""
    by_path = {item.column: item for item in table.properties}
    full = [
        evidence.columns[path]
        for path in by_path
        if evidence.columns[path].present == evidence.rows and not evidence.columns[path].nested
    ]
    alone = [column for column in full if column.distinct == evidence.rows and _may_be_key(column, evidence)]
    ranked = sorted(alone, key=lambda column: _rank(column, evidence))
    for column in ranked:
        item = by_path[column.path]
        if column is ranked[0]:
            item.primary_key, item.required = True, True
        elif identifies(column.path) or item.options.format in {"uuid", "email"}:
            item.unique = True
    if not ranked and evidence.rows >= FEW:
        pair = _pair(full, evidence)
        for position, path in enumerate(pair, 1):
            by_path[path].primary_key, by_path[path].primary_key_position = True, position


def _may_be_key(column: Column, evidence: Evidence) -> bool:
    """Never a measure or free text; in a small table only what its name calls a key."""
    if evidence.rows < 2 or column.logical not in {"string", "integer", "date", "timestamp"}:
        return False
    if identifies(column.path):
        return True
    if evidence.rows < FEW:
        return False
    first = next(iter(evidence.schema)) == column.path
    return first or (column.text and column.formats.get("uuid", 0.0) == 1.0)


def _rank(column: Column, evidence: Evidence) -> tuple[int, int]:
    """Keys by name first, in the order of the columns; then the first column, then the others."""
    return (0 if identifies(column.path) else 1), list(evidence.schema).index(column.path)


def _pair(full: list[Column], evidence: Evidence) -> tuple[str, ...]:
    """Two key-like columns that tell the rows apart together."""
    likely = [column for column in full if column.distinct > 1 and _part_of_key(column)][:10]
    for left, right in combinations(likely, 2):
        if left.distinct * right.distinct < evidence.rows:
            continue
        together = evidence.sample.select(pl.struct(left.path, right.path).n_unique()).item()
        if together == evidence.sample.height:
            return left.path, right.path
    return ()


def _part_of_key(column: Column) -> bool:
    """A name of a key or a position; or times that come again, as those of several series do."""
    if column.logical in {"date", "timestamp"}:
        return 2 * column.distinct <= column.rows
    if column.logical not in {"string", "integer"}:
        return False
    return identifies(column.path) or not POSITIONS.isdisjoint(words(leaf(column.path)))


def _dependency(item: Dependency, evidence: Evidence) -> Quality:
    return Quality(
        type="custom",
        name=f"{item.given} determines {item.determined}",
        description=f"One {item.determined} for each {item.given}, as in all {evidence.rows:,} rows seen.",
        dimension="consistency",
        engine="sentineldq",
        implementation={"check": "dependency", "columns": [item.given, item.determined]},
    )


# Confirmation -------------------------------------------------------------------------------------


def _confirm(table: SchemaObject, data: Table, evidence: Evidence) -> None:
    """Run the checks of the guess on all of the data and take back each claim that does not hold.

    Where all rows are at hand they are also laid out by path: what engines pay for reaching into an object
    again and again is paid once.
    """
    chosen = engine("polars")
    frame = chosen.frame(evidence.sample if evidence.whole and evidence.plain else data)
    logical = {path: item.logical_type for path, item in table.walk() if item.logical_type}
    scope = Scope(engine=chosen, frame=frame, schema=frame.collect_schema(), text=data.text, logical=logical)
    _, outcomes = run_checks(derive(table), scope, samples=0)
    by_path = dict(table.walk())
    for outcome in outcomes:
        if outcome.status not in {"pass", "skip"}:
            _take_back(outcome, by_path, table)


def _take_back(outcome: Outcome, by_path: dict[str, Property], table: SchemaObject) -> None:
    item = by_path.get(outcome.column or "")
    key = (outcome.origin or "").rpartition(".")[2]
    if outcome.kind == "dependency":
        table.quality = [rule for rule in table.quality if rule.name != outcome.name]
        return
    if item is None:
        for part in table.properties:
            part.primary_key, part.primary_key_position = False, -1
        return
    match key:
        case "logicalType":
            item.logical_type, item.logical_type_options, item.enum = None, None, []
        case "required":
            item.required = False
        case "unique":
            item.unique = False
        case "primaryKey":
            item.primary_key, item.primary_key_position = False, -1
        case "enum":
            item.enum = []
        case _:
            item.logical_type_options = None


def _instance(dtype: Any) -> pl.DataType:
    return dtype() if isinstance(dtype, type) else dtype  # type: ignore[no-any-return]


def _physical(dtype: pl.DataType) -> str:
    """The type in SQL's words."""
    if isinstance(dtype, pl.Decimal):
        return f"decimal({dtype.precision},{dtype.scale})"
    if isinstance(dtype, pl.Datetime):
        return "timestamptz" if dtype.time_zone else "timestamp"
    plain: dict[type[pl.DataType], str] = {
        pl.Int8: "tinyint",
        pl.Int16: "smallint",
        pl.Int32: "integer",
        pl.Int64: "bigint",
        pl.Float32: "real",
        pl.Float64: "double",
        pl.Boolean: "boolean",
        pl.Date: "date",
        pl.Time: "time",
        pl.Struct: "struct",
        pl.List: "array",
        pl.Array: "array",
        pl.Binary: "binary",
        pl.String: "varchar",
        pl.Categorical: "varchar",
        pl.Enum: "varchar",
    }
    return plain.get(dtype.base_type(), str(dtype).lower())
