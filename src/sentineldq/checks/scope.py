"""What a run knows of its data: the engine, the frame, its schema, its contract's types, the other datasets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import narwhals as nw

from sentineldq.checks.engines.base import Engine, Source
from sentineldq.checks.resolve import ITEM, Column, resolve
from sentineldq.contracts.model import LogicalType

Frame = nw.LazyFrame[Any]


def _none(name: str) -> Source:
    raise DatasetMissingError(name)


def _sound() -> None:
    pass


class DatasetMissingError(LookupError):
    """A check refers to a dataset that the run was not given."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One dataset on one engine.

    text: all values came as text. logical: the declared type per path. classified: paths whose samples are
    masked. datasets: the other datasets by name; find: opens one. paths: the Parquet files that hold just the
    frame's rows, if any do. parts: in how many slices values are compared with each other,
    more than one where all of them would not fit in memory. refuse_damage: raises ReadError where it is the data
    that cannot be read; asked when an engine fails, before any check is blamed. inner: the values inside objects
    that checks have asked for, by unit and by the name of the column they are laid out as: reaching into a deep
    object costs an engine far more than a column, and every check would do it again.
    """

    engine: Engine
    frame: Frame
    schema: Mapping[str, nw.dtypes.DType]
    text: bool = False
    logical: Mapping[str, LogicalType] = field(default_factory=dict)
    classified: frozenset[str] = frozenset()
    find: Callable[[str], Source] = _none
    datasets: Mapping[str, Any] = field(default_factory=dict)
    name: str = "data"
    paths: tuple[str, ...] = ()
    parts: int = 1
    refuse_damage: Callable[[], None] = _sound
    inner: dict[str | None, dict[str, nw.Expr]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def dataset(self, name: str) -> Frame:
        """Another dataset; raises DatasetMissingError."""
        return self.find(name).frame

    def sources(self) -> dict[str, Callable[[], Source]]:
        """Every table that a query may name, opened when it does."""
        others = {name: partial(self.find, name) for name in self.datasets}
        return {**others, self.name: lambda: Source(self.frame, self.paths)}

    def column(self, path: str) -> Column:
        """The column at a path; raises CheckDefinitionError."""
        found = resolve(
            path, self.schema, engine=self.engine.name, logical=self.logical.get(path), text=self.text
        )
        if path in self.schema or found.text is not None:
            return found
        name = self.places.setdefault(path, f"sdq_at{len(self.places)}")
        self.inner.setdefault(found.unit, {})[name] = found.expr
        return replace(found, expr=nw.col(name), plain=name)

    def unit_frame(self, unit: str | None, *, keep: str | None = None, frame: Frame | None = None) -> Frame:
        """The frame whose rows are the elements of an array path (the table itself for None).

        keep: a column of the table to carry along. frame: to be used in place of the scope's own.
        """
        frame = self.frame if frame is None else frame
        inner = self.inner.get(unit, {})
        if unit is None:
            return frame.with_columns(**inner) if inner else frame
        done = None
        for part in unit.split("[]")[:-1]:
            path = part.removeprefix(".")
            value = nw.col(ITEM) if done is not None else None
            for step in path.split("."):
                value = nw.col(step) if value is None else value.struct.field(step)
            assert value is not None  # noqa: S101  # a path has at least one step
            kept = [nw.col(keep)] if keep else []
            # A list without elements explodes to one null row, which no row of the table's arrays is.
            frame = frame.select(*kept, value.alias(ITEM)).filter(nw.col(ITEM).list.len() > 0)
            frame = frame.explode(ITEM)
            done = path
        return frame.with_columns(**inner) if inner else frame
