"""The profile of a dataset over a window: a merge of the hours that the store has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from sentineldq.drift.model import Window
from sentineldq.errors import UsageError
from sentineldq.pipeline.drift.window import HOUR, down, parse_window, up
from sentineldq.profiles.codec import decode
from sentineldq.profiles.merge import merge
from sentineldq.profiles.model import Profile
from sentineldq.store import profiles
from sentineldq.store.database import Store


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What the store has of a dataset in a window: how many hours, and their profile."""

    window: Window
    hours: int
    profile: Profile


def stored(store: Store, dataset: str, *, window: Window | None = None) -> Stored:
    """The profile of the hours that begin in a window, by default of all. Raises StoreError, ProfileError."""
    window = window or Window()
    hours = profiles.window(store, dataset=dataset, since=window.start, until=window.end)
    if window.start is None and hours:
        window = msgspec.structs.replace(window, start=hours[0][0])
    if window.end is None and hours:
        window = msgspec.structs.replace(window, end=hours[-1][0] + HOUR)
    return Stored(window=window, hours=len(hours), profile=merge(_decoded(hours)))


def window_of(
    *,
    length: str | None = None,
    since: str | None = None,
    until: str | None = None,
    newest: datetime | None,
    now: datetime,
) -> Window:
    """The window that is asked for, in whole hours: a length of time, or from and until when, either left out.

    newest: the last hour there is. A length ends now, or where the data ended earlier. Raises UsageError.
    """
    if length is not None:
        if since is not None or until is not None:
            raise UsageError("a window has a length, or a beginning and an end", hint="leave out --window")
        given = parse_window(length, name="--window")
        if isinstance(given, timedelta):
            ends = up(now) if newest is None else min(up(now), newest + HOUR)
            return Window(start=ends - given, end=ends)
        return given
    start, end = _moment(since, "--since", now), _moment(until, "--until", now)
    if start is not None and end is not None and end <= start:
        raise UsageError(
            "--until is not after --since", hint="hours from the first up to the second are shown"
        )
    return Window(start=start, end=end)


def _moment(text: str | None, name: str, now: datetime) -> datetime | None:
    """The hour of a date or a time, or of so long ago."""
    if text is None:
        return None
    try:
        given = parse_window(f"{text}..", name=name)
    except UsageError:
        given = parse_window(text, name=name)
    return down(now - given) if isinstance(given, timedelta) else given.start


def _decoded(hours: list[tuple[datetime, bytes]]) -> Iterator[Profile]:
    return (decode(content) for _, content in hours)
