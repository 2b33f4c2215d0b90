"""Drift between two windows of a dataset's stored hours; the data itself is not read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from sentineldq.drift.compare import compare
from sentineldq.drift.judge import drift_of, worst_first
from sentineldq.drift.model import Comparison, Test, Window
from sentineldq.drift.season import confirm, season_of
from sentineldq.drift.settings import Override, Settings, overrides_of
from sentineldq.drift.volume import volume_test
from sentineldq.pipeline.drift.compared import Compared, Side
from sentineldq.pipeline.drift.heat import Rules, heat_of
from sentineldq.pipeline.drift.hours import masks, read, rows_by_hour
from sentineldq.pipeline.drift.record import record, record_look, settle
from sentineldq.pipeline.drift.window import HOUR, Given, down, parse_window, resolve, told
from sentineldq.pipeline.project import Project
from sentineldq.profiles.merge import merge
from sentineldq.profiles.model import Profile
from sentineldq.profiles.plan import plan_of
from sentineldq.store import looks, profiles
from sentineldq.store.database import Store

LATE = timedelta(hours=2)
"""How old the newest hour is before it is told that the current window ended then, and not now."""


class Windows(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared with what, as asked for."""

    baseline: Given
    current: Given

    @property
    def live(self) -> bool:
        """Whether the current window is the newest there is, and so says what holds now."""
        return isinstance(self.current, timedelta)


def windows_of(settings: Settings, *, baseline: str | None = None, current: str | None = None) -> Windows:
    """The windows asked for, else those of the settings. Raises UsageError."""
    known, tested = settings.windowing.baseline, settings.windowing.current
    return Windows(
        baseline=parse_window(
            baseline or known, name="--baseline" if baseline else "drift.windowing.baseline"
        ),
        current=parse_window(current or tested, name="--current" if current else "drift.windowing.current"),
    )


def placed(
    windows: Windows, *, span: tuple[datetime, datetime] | None, now: datetime
) -> tuple[Window, Window]:
    """The windows in whole hours; span: the first stored hour and the last. Raises UsageError where they overlap."""
    return resolve(windows.baseline, windows.current, now=now, newest=span[1] + HOUR if span else None)


def run_drift(
    project: Project,
    store: Store,
    dataset: str,
    *,
    windows: Windows | None = None,
    settings: Settings | None = None,
    now: datetime | None = None,
    keep: bool = True,
    heat: bool = False,
) -> Compared:
    """Compare two windows of a dataset.

    What drifted is written to `drift_results`, what every column scored to `drift_looks`, at the first look for the
    windows before too; findings are opened, updated and cleared where the current window is the newest.
    `keep=False` writes nothing. `heat` also holds every earlier window against the time before it. Raises
    UsageError for windows that overlap, StoreError, ProfileError for stored bytes that are damaged.
    """
    now = now or datetime.now(UTC)
    settings = settings or project.settings.drift
    windows = windows or windows_of(settings)
    span = profiles.span(store, dataset)
    known, tested = placed(windows, span=span, now=now)
    stretches = masks(store, dataset)
    before, left_out = read(store, dataset, known, stretches=stretches)
    after, _ = read(store, dataset, tested)
    baseline, current = merge(before.values()), merge(after.values())
    compared = Compared(
        dataset=dataset,
        baseline=Side(source=dataset, window=known, rows=baseline.rows, hours=len(before), left_out=left_out),
        current=Side(source=dataset, window=tested, rows=current.rows, hours=len(after)),
        made_at=now,
    )
    if span is None or not before or not after:
        return msgspec.structs.replace(compared, reason=_lacking(compared, span))
    rules = Rules(settings=settings, overrides=overrides_for(project, dataset))
    comparison = compare(baseline, current, dataset=dataset, settings=settings, overrides=rules.overrides)
    comparison = _confirmed(comparison, before, compared, rules)
    if "volume" in settings.target(dataset).kinds:
        history = rows_by_hour(store, dataset, tested, stretches=stretches)
        # an hour that is not over has fewer rows than it will have
        whole = Window(start=tested.start, end=min(tested.end or now, down(now)))
        comparison = _with(comparison, volume_test(history, whole, settings=settings), dataset)
    first = keep and windows.live and not looks.any_of(store, dataset)
    over_time = None
    if heat or first:
        over_time = heat_of(_longer(store, before, compared, stretches), compared, comparison, rules)
    compared = msgspec.structs.replace(
        compared,
        comparison=comparison,
        notes=_notes(compared, windows, now),
        heat=over_time if heat else None,
    )
    if keep:
        record(store, compared, now=now)
        record_look(store, compared, heat=over_time if first else None, now=now)
        if windows.live:
            settle(store, compared)
    return compared


def _confirmed(
    comparison: Comparison, hours: Mapping[datetime, Profile], compared: Compared, rules: Rules
) -> Comparison:
    """The comparison without what the same hours did a week ago, where at least half of them are known."""
    season = season_of(compared.current.window)
    if season is None or season.start is None or season.end is None:
        return comparison
    there = [hour for at, hour in hours.items() if season.start <= at < season.end]
    if 2 * len(there) < compared.current.hours:
        return comparison
    return confirm(
        comparison,
        merge(there),
        dataset=compared.dataset,
        settings=rules.settings,
        overrides=rules.overrides,
    )


def _longer(
    store: Store, hours: Mapping[datetime, Profile], compared: Compared, stretches: Sequence[Window]
) -> Mapping[datetime, Profile]:
    """The hours of the baseline, and of as much time before it."""
    known = compared.baseline.window
    if known.start is None or known.end is None:
        return hours
    earlier = Window(start=known.start - (known.end - known.start), end=known.start)
    return {**read(store, compared.dataset, earlier, stretches=stretches)[0], **hours}


def overrides_for(project: Project, dataset: str) -> Mapping[str, Override]:
    """What the contract of a dataset says of single columns; nothing where no pipeline makes it.

    Of the event time, by which rows are in a window, only the nulls are tested: its hours are those of the window, and
    how many rows come when is the volume's matter.
    """
    names = (name for name in project.settings.pipelines if project.dataset(name) == dataset)
    name = next(names, None)
    if name is None:
        return {}
    contract, table = project.agreement(name)
    event = plan_of(table, contract).event
    own = {event: Override(tests=["null_share"])} if event else {}
    return {**own, **overrides_of(table)}


def _with(comparison: Comparison, test: Test, dataset: str) -> Comparison:
    """The comparison with one more test, and its finding where it drifted."""
    found = [drift_of(test, dataset)] if test.status == "drift" else []
    drifts = worst_first([*comparison.drifts, *found])
    return msgspec.structs.replace(comparison, drifts=drifts, tests=[*comparison.tests, test])


def _lacking(compared: Compared, span: tuple[datetime, datetime] | None) -> str:
    """Why there is nothing to compare, and what is there."""
    if span is None:
        return f"no profile of {compared.dataset} is stored yet: `sentinel run` makes them as data comes in"
    stored = told(Window(start=span[0], end=span[1] + HOUR))
    if not compared.current.hours:
        return (
            f"no hour of the current window ({told(compared.current.window)}) is stored; stored is {stored}"
        )
    if compared.baseline.left_out:
        return f"feedback masks every stored hour of the baseline ({told(compared.baseline.window)})"
    asked = told(compared.baseline.window)
    return f"not enough history: no hour of the baseline ({asked}) is stored; stored is {stored}"


def _notes(compared: Compared, windows: Windows, now: datetime) -> list[str]:
    """What a reader should know of the windows."""
    notes = []
    end, known = compared.current.window.end, compared.baseline
    if windows.live and end is not None and now - end > LATE:
        notes.append(f"the data ends at {end:%Y-%m-%d %H:%M} UTC, and the current window with it")
    if known.window.start is not None and known.window.end is not None:
        asked = int((known.window.end - known.window.start) / HOUR)
        if known.hours + known.left_out < asked // 2:
            notes.append(f"of the baseline's {asked} hours {known.hours} are stored")
    if known.left_out:
        notes.append(f"{known.left_out} hours of the baseline are left out, as feedback says")
    return notes
