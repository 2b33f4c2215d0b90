"""Add profiles up: in any order, in any grouping, with the same result within the stated errors.

Counts, bounds and types are exact; moments up to rounding; sketches and frequent values within their errors.
Columns are merged when they are first looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import numpy as np

from sentineldq.profiles import distinct, frequent, moments, pairs, quantiles
from sentineldq.profiles.model import KINDS, Column, Columns, Kind, Profile, sortable


def merge(profiles: Iterable[Profile]) -> Profile:
    """The profile of all rows of all parts; `Profile()` of none.

    A column that a part does not know is null in all its rows.
    """
    parts = [part for part in profiles if part.rows or part.columns]
    if len(parts) < 2:
        return parts[0] if parts else Profile()
    paths = list(dict.fromkeys(path for part in parts for path in part.columns))
    spans = [part.span for part in parts if part.span]
    entities = dict.fromkeys(path for part in parts for path in part.entities)
    return Profile(
        rows=sum(part.rows for part in parts),
        columns=Columns(paths, partial(_column, parts)),
        keys=distinct.add([part.keys for part in parts if part.keys]),
        keyed=sum(part.keyed for part in parts),
        entities={
            path: found
            for path in entities
            if (found := frequent.add([part.entities[path] for part in parts if path in part.entities]))
        },
        pairs=pairs.add([part.pairs for part in parts if part.pairs]),
        span=(min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None,
    )


def _column(profiles: Sequence[Profile], path: str) -> Column:
    found = [_passing(part.columns, path) for part in profiles]
    parts = [part for part in found if part is not None]
    lacking = 0
    if len(parts) < len(profiles) and "[]" not in path:
        lacking = sum(whole.rows for whole, part in zip(profiles, found, strict=True) if part is None)
    kind = max((part.kind for part in parts), key=KINDS.index)
    types: dict[str, int] = {}
    for part in parts:
        for name, count in part.types.items():
            types[name] = types.get(name, 0) + count
    trues = [part.trues for part in parts if part.trues is not None]
    return Column(
        path=path,
        kind=kind,
        types=dict(sorted(types.items())),
        rows=sum(part.rows for part in parts) + lacking,
        nulls=sum(part.nulls for part in parts) + lacking,
        empties=sum(part.empties for part in parts),
        trues=sum(trues) if trues else None,
        distinct=distinct.add([part.distinct for part in parts if part.distinct]),
        moments=_moments([part.moments for part in parts]),
        low=_least(parts, kind),
        high=_greatest(parts, kind),
        quantiles=quantiles.add([part.quantiles for part in parts if part.quantiles]),
        frequent=frequent.add([part.frequent for part in parts if part.frequent]),
        lengths=_moments([part.lengths for part in parts]),
        length_quantiles=quantiles.add([part.length_quantiles for part in parts if part.length_quantiles]),
        patterns=frequent.add([part.patterns for part in parts if part.patterns]),
        words=frequent.add([part.words for part in parts if part.words]),
        rhythm=_rhythm([part.rhythm for part in parts if part.rhythm]),
    )


def _passing(columns: Mapping[str, Column], path: str) -> Column | None:
    return columns.passing(path) if isinstance(columns, Columns) else columns.get(path)


def _moments(parts: Sequence[moments.Moments | None]) -> moments.Moments | None:
    known = [part for part in parts if part is not None]
    return moments.add(known) if known else None


def _least(parts: Sequence[Column], kind: Kind) -> int | float | str | None:
    """The least bound, of parts of the column's kind alone: others cannot be compared with it."""
    bounds = [part.low for part in parts if part.kind == kind and part.low is not None]
    return min(bounds, key=lambda bound: sortable(bound, kind)) if bounds else None


def _greatest(parts: Sequence[Column], kind: Kind) -> int | float | str | None:
    bounds = [part.high for part in parts if part.kind == kind and part.high is not None]
    return max(bounds, key=lambda bound: sortable(bound, kind)) if bounds else None


def _rhythm(parts: Sequence[tuple[int, ...]]) -> tuple[int, ...] | None:
    return tuple(np.array(parts, np.int64).sum(axis=0).tolist()) if parts else None
