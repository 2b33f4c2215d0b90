"""The profile of a dataset over a window: a merge of the hours that the store has."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sentineldq.profiles.codec import decode
from sentineldq.profiles.merge import merge
from sentineldq.profiles.model import Profile
from sentineldq.store import profiles
from sentineldq.store.database import Store


def profile_of(
    store: Store, dataset: str, *, since: datetime | None = None, until: datetime | None = None
) -> Profile:
    """The profile of the hours that begin in [since, until). Raises StoreError, ProfileError."""
    return merge(_decoded(profiles.window(store, dataset=dataset, since=since, until=until)))


def _decoded(hours: Iterable[tuple[datetime, bytes]]) -> Iterable[Profile]:
    return (decode(content) for _, content in hours)
