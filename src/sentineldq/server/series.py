"""Columns over time: rows and nulls in the parts of a window, of many columns at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pydantic import BaseModel, ConfigDict

from sentineldq.drift.model import Window
from sentineldq.pipeline.drift.window import HOUR
from sentineldq.profiles.codec import decode
from sentineldq.profiles.model import Columns
from sentineldq.store import profiles
from sentineldq.store.database import Store

POINTS = 28
"""Parts of a window at most: of seven days, six hours each."""


class ColumnSeries(BaseModel):
    """A column in each part; null where the part has no rows at all."""

    path: str
    rows: list[int | None]
    nulls: list[int | None]


class Series(BaseModel):
    """Columns over the parts of a window. hours: how long each part is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dataset": "events",
                    "hours": 6,
                    "parts": 2,
                    "items": [{"path": "type", "rows": [12_030, None], "nulls": [0, None]}],
                }
            ]
        }
    )

    dataset: str
    hours: int
    parts: int
    items: list[ColumnSeries]


def series(store: Store, dataset: str, window: Window, paths: Sequence[str]) -> Series:
    """Rows and nulls of some columns in each part of a window; each stored hour is read once."""
    start, end = window.start, window.end
    if start is None or end is None or not paths:
        return Series(dataset=dataset, hours=1, parts=0, items=[])
    hours = -(-int((end - start) / HOUR) // POINTS) or 1
    size = -(-int((end - start) / HOUR) // hours)
    rows: dict[str, list[int | None]] = {path: [None] * size for path in paths}
    nulls: dict[str, list[int | None]] = {path: [None] * size for path in paths}
    for hour, content in profiles.window(store, dataset=dataset, since=start, until=end):
        part = int((hour - start) / timedelta(hours=hours))
        found = decode(content)
        for path in paths:
            one = found.columns.passing(path) if isinstance(found.columns, Columns) else None
            # A column that an hour does not know is null in all its rows; of `[]` there are no members.
            came = one.rows if one else 0 if "[]" in path else found.rows
            rows[path][part] = (rows[path][part] or 0) + came
            nulls[path][part] = (nulls[path][part] or 0) + (one.nulls if one else came)
    items = [ColumnSeries(path=path, rows=rows[path], nulls=nulls[path]) for path in paths]
    return Series(dataset=dataset, hours=hours, parts=size, items=items)
