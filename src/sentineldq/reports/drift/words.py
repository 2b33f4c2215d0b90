"""What a comparison says, in sentences and in order: the same words in every format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from sentineldq.drift.model import ORDER, Drift, Test
from sentineldq.drift.settings import Severity
from sentineldq.pipeline.drift import window
from sentineldq.pipeline.drift.compared import Compared, Side
from sentineldq.reports import figures
from sentineldq.reports.drift.shapes import Shape, shapes

OF_DATASET = {"volume": "volume", "distribution": "duplicates", "schema": "schema"}
"""What of a dataset moved, where that is no column."""
LISTED = 12
"""Columns that a sentence lists by name."""


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What moved: a column, an entity, or the dataset itself, with everything found of it, worst first."""

    name: str
    path: str | None
    drifts: list[Drift]

    @property
    def severity(self) -> Severity:
        return max((drift.severity for drift in self.drifts), key=ORDER.index)

    @property
    def score(self) -> float:
        return max(drift.drift_score for drift in self.drifts)


def subjects(compared: Compared) -> list[Subject]:
    """What moved, worst first: one for each column, one for each entity, one for the dataset."""
    if compared.comparison is None:
        return []
    found: dict[tuple[str, str | None], list[Drift]] = {}
    for drift in compared.comparison.drifts:
        found.setdefault((_name(drift, compared.dataset), drift.field_name), []).append(drift)
    made = [Subject(name=name, path=path, drifts=drifts) for (name, path), drifts in found.items()]
    return sorted(made, key=lambda one: (-ORDER.index(one.severity), -one.score))


def _name(drift: Drift, dataset: str) -> str:
    if drift.field_name is not None:
        return drift.field_name
    return OF_DATASET[drift.drift_type] if drift.entity == dataset else drift.entity


def counts(found: Sequence[Subject]) -> dict[Severity, int]:
    """How many moved how severely, the worst first."""
    return {severity: sum(one.severity == severity for one in found) for severity in reversed(ORDER)}


def verdict(compared: Compared) -> str:
    """One sentence: `3 of 12 columns drifted: 1 critical, 2 warning`."""
    if compared.comparison is None:
        return compared.reason or "nothing was compared"
    found = subjects(compared)
    total = len(tested(compared) | {one.name for one in found if one.path})
    if not total and not found:
        return "no column had enough data to be tested"
    if not found:
        return f"no drift in {figures.plural(total, 'column')}"
    columns = sum(one.path is not None for one in found)
    parts = [
        f"{columns} of {figures.plural(total, 'column')} drifted",
        *(one.name for one in found if not one.path),
    ]
    worst = ", ".join(f"{number} {severity.lower()}" for severity, number in counts(found).items() if number)
    return f"{', '.join(parts)} ({worst})"


def tested(compared: Compared) -> set[str]:
    """Columns of which at least one test was made."""
    return {path for path, tests in by_column(compared).items() if any(test.status != THIN for test in tests)}


def drawn(compared: Compared, path: str | None) -> list[Shape]:
    """What shows how a column looks in both windows; of one that drifted first what moved."""
    if path is None or compared.comparison is None:
        return []
    sides = compared.comparison.baseline.columns, compared.comparison.current.columns
    metrics = {drift.metric_name for drift in compared.comparison.drifts if drift.field_name == path}
    return shapes(sides[0].get(path), sides[1].get(path), metrics=metrics)


def steady(compared: Compared) -> list[str]:
    """Columns that were tested and have not drifted."""
    moved = {one.path for one in subjects(compared)}
    known = tested(compared)
    return [path for path in by_column(compared) if path in known and path not in moved]


def thin(compared: Compared) -> dict[str, str]:
    """Columns that could not be tested -> why."""
    known, moved = tested(compared), {one.path for one in subjects(compared)}
    return {
        path: next(
            (test.note or test.message for test in tests if test.note or test.message), "too few values"
        )
        for path, tests in by_column(compared).items()
        if path not in known and path not in moved
    }


THIN = "not enough data"


def by_column(compared: Compared) -> Mapping[str, list[Test]]:
    """The tests of each column."""
    found: dict[str, list[Test]] = {}
    for test in compared.comparison.tests if compared.comparison else []:
        if test.field_name is not None:
            found.setdefault(test.field_name, []).append(test)
    return found


def closing(compared: Compared) -> list[str]:
    """One line on what was tested and has not drifted, one on what had not enough data."""
    quiet, scarce = steady(compared), thin(compared)
    lines = []
    if quiet:
        lines.append(f"tested, not drifted: {_listed(quiet)}")
    if scarce:
        lines.append(
            f"not enough data: {_listed([f'{path} ({why})' if why else path for path, why in scarce.items()])}"
        )
    return lines


def side(one: Side) -> str:
    """A window in words: where from, when, how many rows."""
    when = window.told(one.window) if one.window.start else ""
    parts = [one.source if not one.hours else "", when, figures.plural(one.rows, "row")]
    if one.left_out:
        parts.append(f"{figures.plural(one.left_out, 'hour')} left out")
    return ", ".join(part for part in parts if part)


def sentence(text: str) -> str:
    """A text that begins and ends as a sentence does."""
    closed = text if text.endswith((".", "!", "?")) else f"{text}."
    return closed[:1].upper() + closed[1:]


def gist(drift: Drift) -> str:
    """What moved, without the name of the column, which stands beside it."""
    text = drift.message.removeprefix(f"{drift.field_name}: ")
    return text or metric(drift.metric_name)


def told(one: Subject) -> list[str]:
    """What moved, each thing once: several metrics may see the same."""
    return list(dict.fromkeys(gist(drift) for drift in one.drifts))


def metric(name: str) -> str:
    """A metric as a person calls it."""
    return METRICS.get(name, name.replace("_", " "))


METRICS = {
    "psi": "PSI",
    "js": "Jensen-Shannon",
    "kl": "Kullback-Leibler",
    "ks": "Kolmogorov-Smirnov",
    "hellinger": "Hellinger",
    "wasserstein": "Wasserstein",
    "chi_square": "chi-square",
    "z_score": "z-score",
    "mean": "mean, in deviations",
    "mean_percent": "mean, per cent",
}


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(figures.visible(name) for name in names[:LISTED])
    more = len(names) - LISTED
    return f"{shown} and {more} more" if more > 0 else shown
