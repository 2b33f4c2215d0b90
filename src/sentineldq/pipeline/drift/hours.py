"""The stored hours of a dataset: which of them are read, which feedback masks, how many rows each has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sentineldq.drift.model import Window
from sentineldq.errors import UsageError, suggest
from sentineldq.pipeline.drift.window import HOUR
from sentineldq.pipeline.project import Project
from sentineldq.profiles.codec import decode_all
from sentineldq.profiles.model import Profile
from sentineldq.store import feedback, profiles
from sentineldq.store.database import Store

MASKING = frozenset({"incident", "expected_change"})
"""The verdicts that keep a stretch of time out of every baseline."""
SEASONS = timedelta(weeks=8)
"""How far back the volume looks for the same hour of the week; longer than the baseline of the distributions."""


def known(project: Project, store: Store) -> list[str]:
    """The datasets that can be compared: those of the project's pipelines, and others that have profiles."""
    made = {project.dataset(name) for name in project.settings.pipelines}
    return sorted(made | set(profiles.datasets(store)))


def pick(project: Project, store: Store, name: str) -> str:
    """The dataset that a name means: `events`, or `silver.events` as its table is called.

    Raises UsageError with a suggestion.
    """
    names = known(project, store)
    tables = {f"silver.{one}": one for one in names}
    found = name if name in names else tables.get(name)
    if found is None:
        raise UsageError(f"there is no dataset {name!r}", hint=suggest(name, names))
    return found


def masks(store: Store, dataset: str) -> list[Window]:
    """The stretches of time that people have said were wrong or meant, of any series of a dataset."""
    return [
        Window(start=said.since, end=said.until)
        for said in feedback.query(store)
        if said.verdict in MASKING and {dataset, f"silver.{dataset}"} & set(said.series.split("/"))
    ]


def masked(hour: datetime, stretches: Sequence[Window]) -> bool:
    """Whether an hour touches one of these stretches."""
    return any(
        stretch.start is not None
        and stretch.end is not None
        and stretch.start < hour + HOUR
        and hour < stretch.end
        for stretch in stretches
    )


def read(
    store: Store, dataset: str, window: Window, *, stretches: Sequence[Window] = ()
) -> tuple[dict[datetime, Profile], int]:
    """The profiles of the hours that begin in a window, and how many hours were left out as masked."""
    found = profiles.window(store, dataset=dataset, since=window.start, until=window.end)
    kept = {hour: content for hour, content in found if not masked(hour, stretches)}
    return dict(zip(kept, decode_all(list(kept.values())), strict=True)), len(found) - len(kept)


def rows_by_hour(
    store: Store, dataset: str, window: Window, *, stretches: Sequence[Window]
) -> list[tuple[datetime, int]]:
    """Rows by the hour up to a window's end, eight weeks back at most; an hour that is not in the list had none.

    What feedback masks before the window is replaced by the same hour of the last week, or day, that is not masked:
    left out, it would count as hours without rows.
    """
    if window.start is None or window.end is None:
        return []
    since = window.start - SEASONS
    counted = dict(profiles.counts(store, dataset=dataset, since=since, until=window.end))
    for hour in counted:
        if hour < window.start and masked(hour, stretches):
            counted[hour] = _stand_in(counted, hour, stretches)
    return list(counted.items())


def _stand_in(counted: Mapping[datetime, int], hour: datetime, stretches: Sequence[Window]) -> int:
    """The rows of the nearest hour before that is like this one: weeks back first, then days; its own without any."""
    steps = [timedelta(weeks=back) for back in range(1, 9)] + [timedelta(days=back) for back in range(1, 7)]
    alike = (hour - step for step in steps)
    found = next((at for at in alike if at in counted and not masked(at, stretches)), hour)
    return counted[found]
