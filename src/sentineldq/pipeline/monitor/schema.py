"""Whether the columns of a dataset are still those of the days before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sentineldq.monitors.model import Measurement, Series, Watched
from sentineldq.profiles.codec import decode
from sentineldq.profiles.model import Profile
from sentineldq.store import profiles
from sentineldq.store.database import Store

BEFORE = timedelta(days=7)
"""How far back the usual columns are looked for."""


def schema_changes(store: Store, series: Series, last: Measurement) -> Watched:
    """The columns of the newest hour or day against those of the seven days before it.

    A column that is gone, or of another kind, is a warning; a new one is for information.
    """
    found = profiles.window(
        store, dataset=series.dataset, since=last.at - BEFORE, until=last.at + timedelta(microseconds=1)
    )
    *before, (_, newest) = found or [(last.at, b"")]
    usual = _kinds(decode(content) for _, content in before)
    now = _kinds([decode(newest)]) if newest else {}
    told = _changes(usual, now) if usual and now else {}
    severe = bool(told.keys() & {"gone", "changed"})
    return Watched(
        series=series.name,
        kind="schema",
        dataset=series.dataset,
        at=last.at,
        value=last.value,
        state="judged",
        expected=len(usual) if usual else None,
        score=1.0 if severe else 0.5 if told else 0.0,
        severity=("WARNING" if severe else "INFO") if told else None,
        message=f"{series.dataset}: columns " + "; ".join(f"{what} {names}" for what, names in told.items())
        if told
        else "",
    )


def _kinds(found: Iterable[Profile]) -> dict[str, str]:
    """What kind of values each column has; the newest profile that has any decides."""
    kinds: dict[str, str] = {}
    for profile in found:
        for path, column in profile.columns.items():
            if column.kind != "null" or path not in kinds:
                kinds[path] = column.kind
    return kinds


def _changes(usual: dict[str, str], now: dict[str, str]) -> dict[str, str]:
    gone = [path for path in usual if path not in now]
    new = [path for path in now if path not in usual]
    other = [
        f"{path} ({usual[path]}, now {now[path]})"
        for path in now
        if path in usual and now[path] != usual[path] and "null" not in {now[path], usual[path]}
    ]
    lists = {"gone": gone, "new": new, "changed": other}
    return {what: ", ".join(paths) for what, paths in lists.items() if paths}
