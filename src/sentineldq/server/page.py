"""Lists in pages: what comes, and where the next page begins."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from fastapi import Query
from pydantic import BaseModel

from sentineldq.server.problems import RequestError

Item = TypeVar("Item")
Row = TypeVar("Row")

Limit = Annotated[int, Query(ge=1, le=500, description="At most so many.")]
Cursor = Annotated[
    str | None, Query(max_length=500, description="Where to go on: `next_cursor` of the page before.")
]


_BOUNDED: dict[type, Any] = {
    int: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)],
    datetime: Annotated[datetime, msgspec.Meta(tz=True)],
}
"""What a cursor of ours has in it at most: one that was made up may have any number, and times without an offset."""


class Page(BaseModel, Generic[Item]):
    """A part of a list. next_cursor: null at its end. total: where it is cheap to know."""

    items: list[Item]
    next_cursor: str | None = None
    total: int | None = None


def encode_cursor(*parts: object) -> str:
    """The place of a row in its order, as an opaque text."""
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("=")


def decode_cursor(text: str | None, *kinds: type) -> tuple[object, ...] | None:
    """The parts of a cursor, of these types. Raises RequestError for one that is none of ours."""
    if text is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        found = msgspec.json.decode(
            raw, type=tuple.__class_getitem__(tuple(_BOUNDED.get(one, one) for one in kinds))
        )
    except (binascii.Error, ValueError, msgspec.DecodeError) as fault:
        raise RequestError(400, "the cursor is not understood", hint="take `next_cursor` as it is") from fault
    return tuple(found)


def paged(
    rows: Sequence[Row],
    limit: int,
    *,
    item: Callable[[Row], Item],
    place: Callable[[Row], tuple[object, ...]],
    total: int | None = None,
) -> Page[Item]:
    """A page of rows, of which one more than `limit` was asked for."""
    shown = rows[:limit]
    further = encode_cursor(*place(shown[-1])) if len(rows) > limit else None
    return Page[Item](items=[item(row) for row in shown], next_cursor=further, total=total)


def before(cursor: str | None) -> tuple[datetime, str] | None:
    """A cursor over (time, id), newest first."""
    found = decode_cursor(cursor, datetime, str)
    return None if found is None else (found[0], found[1])  # type: ignore[return-value]
