"""Build a profile: of a table at once, or of batch after batch in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

import polars as pl
import pyarrow as pa

from sentineldq.errors import UsageError
from sentineldq.profiles import pairs as correlate
from sentineldq.profiles.gather import Gather
from sentineldq.profiles.keys import Keys
from sentineldq.profiles.leaves import Leaf, is_list, leaves
from sentineldq.profiles.model import Profile
from sentineldq.profiles.number import take_boolean, take_number, take_time
from sentineldq.profiles.pairs import Pairs
from sentineldq.profiles.plan import Plan
from sentineldq.profiles.tally import WIDE
from sentineldq.profiles.text import take_binary, take_list, take_text
from sentineldq.profiles.threads import THREADS

ROWS = 1 << 18
"""Rows that are taken at a time."""

THREADED = 1 << 13
"""Rows from which on the columns of a chunk are shared among threads."""

Data: TypeAlias = pa.Table | pa.RecordBatch | pl.DataFrame


def profile(data: Data, *, plan: Plan | None = None) -> Profile:
    """The profile of a table that is in memory."""
    builder = Builder(plan or Plan())
    builder.add(data)
    return builder.done()


class Builder:
    """Takes batches, all of any size, and has their profile at any time."""

    def __init__(self, plan: Plan | None = None) -> None:
        self._plan = plan or Plan()
        self._rows = 0
        self._columns: dict[str, Gather] = {}
        self._keys = Keys(self._plan.key)
        self._pairs: list[Pairs] = []

    def add(self, data: Data) -> None:
        """Add rows; columns that earlier rows did not have, or that these lack, count as null there."""
        for batch in _batches(data):
            self._chunk(batch)

    def _chunk(self, batch: pa.RecordBatch) -> None:
        found = _named_apart(leaves(batch, self._plan))
        self._open([path for path, _ in found])
        if batch.num_rows >= THREADED and THREADS > 1:
            with ThreadPoolExecutor(THREADS) as pool:
                waiting = [pool.submit(self._take, leaf) for leaf in _heaviest_first(found)]
                for future in waiting:
                    future.result()
        else:
            for leaf in found:
                self._take(leaf)
        self._keys.take(batch)
        self._correlate(found)
        self._rows += batch.num_rows
        self._fill()

    def _open(self, paths: Iterable[str]) -> None:
        for path in paths:
            if path not in self._columns:
                gather = Gather(path, hidden=self._hides(path))
                if "[]" not in path:
                    gather.rows = gather.nulls = self._rows
                self._columns[path] = gather

    def _hides(self, path: str) -> bool:
        """Whether a path is hidden, or the one is that it had to be told apart from."""
        return self._plan.hides(path) or self._plan.hides(path.partition(" (")[0])

    def _fill(self) -> None:
        """Rows of columns that this chunk lacks."""
        for path, gather in self._columns.items():
            if "[]" not in path and gather.rows < self._rows:
                gather.nulls += self._rows - gather.rows
                gather.rows = self._rows

    def _take(self, leaf: Leaf) -> None:
        path, array = leaf
        take(self._columns[path], array)

    def _correlate(self, found: list[Leaf]) -> None:
        numeric = [
            (path, array)
            for path, array in found
            if "[]" not in path and _numeric(array) and not self._columns[path].hidden
        ]
        if part := correlate.of_arrays(numeric[: correlate.WIDEST]):
            self._pairs.append(part)
        if len(self._pairs) >= correlate.MOST_PARTS:
            self._pairs = [whole] if (whole := correlate.add(self._pairs)) else []

    def done(self) -> Profile:
        """The profile of all rows so far."""
        plan = self._plan
        columns = {path: gather.done() for path, gather in self._columns.items()}
        entities = {
            path: found
            for path in plan.entities
            if path in columns
            and not self._columns[path].hidden
            and (found := self._columns[path].entity(WIDE))
        }
        event = self._columns.get(plan.event or "")
        keys, keyed = self._keys.done(self._columns)
        return Profile(
            rows=self._rows,
            columns=columns,
            keys=keys,
            keyed=keyed,
            entities=entities,
            pairs=correlate.add(self._pairs),
            span=event.span if event else None,
        )


def take(gather: Gather, array: pa.Array) -> None:
    """Take one chunk of a column, whatever its type."""
    gather.rows += len(array)
    nulls = array.null_count
    kind = array.type
    if pa.types.is_null(kind) or nulls == len(array):
        gather.nulls += len(array)
        return
    gather.nulls += nulls
    if pa.types.is_struct(kind):
        gather.widen("struct")
        gather.types["object"] += len(array) - nulls
        return
    values = array.drop_null() if nulls else array
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
        if lost := pa.compute.count(values, mode="only_null").as_py():
            gather.nulls += lost
            values = values.dictionary_decode().drop_null()
    if is_list(kind):
        take_list(gather, values)
    elif pa.types.is_boolean(kind):
        take_boolean(gather, values if pa.types.is_boolean(values.type) else values.dictionary_decode())
    elif pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        take_time(gather, values)
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        take_text(gather, values)
    elif _is_number(kind):
        take_number(gather, values)
    elif _is_binary(kind):
        take_binary(gather, values)
    else:
        gather.widen("binary")  # intervals and unions: how many there are, and no more
        gather.types[str(kind)] += len(values)


def _is_binary(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
    )


def _named_apart(found: Iterable[Leaf]) -> list[Leaf]:
    """Leaves by path; a path that comes twice (a column `a.b` beside a field b of a) has its number added."""
    named: dict[str, pa.Array] = {}
    for path, array in found:
        name, number = path, 1
        while name in named:
            number += 1
            name = f"{path} ({number})"
        named[name] = array
    return list(named.items())


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_duration(kind)
        or pa.types.is_time(kind)
    )


def _numeric(array: pa.Array) -> bool:
    kind = array.type
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _heaviest_first(found: list[Leaf]) -> list[Leaf]:
    return sorted(found, key=lambda leaf: -leaf[1].nbytes)


def _batches(data: Any) -> Iterable[pa.RecordBatch]:
    """Batches of at most ROWS rows, without copies where the data has them so."""
    if isinstance(data, pl.DataFrame):
        _refuse_nul(data.schema)
        data = data.to_arrow()
    if isinstance(data, pa.RecordBatch):
        data = pa.Table.from_batches([data])
    if not isinstance(data, pa.Table):
        raise UsageError(
            f"a profile is made of an Arrow table or a Polars frame, not of {type(data).__name__}",
            hint="profile_file reads anything else",
        )
    _refuse_twins(data)
    for start in range(0, data.num_rows, ROWS):
        yield _one(data.slice(start, ROWS))
    if not data.num_rows:
        yield _one(data)


def _one(table: pa.Table) -> pa.RecordBatch:
    columns = [
        column.chunk(0) if column.num_chunks == 1 else column.combine_chunks() for column in table.columns
    ]
    columns = [
        column.unify_dictionaries().combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        for column in columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=table.schema)


def _refuse_nul(schema: pl.Schema) -> None:
    """Arrow's names end at a NUL, and Polars panics where it hands over one that has it inside."""
    if spoiled := sorted(name for name in _names(pl.Struct(schema)) if "\0" in name):
        raise UsageError(
            f"names with a NUL character: {', '.join(map(ascii, spoiled))}", hint="rename the columns first"
        )


def _names(kind: Any) -> Iterable[str]:
    if isinstance(kind, pl.Struct):
        for field in kind.fields:
            yield field.name
            yield from _names(field.dtype)
    elif isinstance(kind, pl.List | pl.Array):
        yield from _names(kind.inner)


def _refuse_twins(table: pa.Table) -> None:
    names = table.column_names
    twins = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twins:
        raise UsageError(f"columns of one name: {', '.join(twins)}", hint="rename them first")
