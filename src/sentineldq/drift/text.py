"""Tests of text that is not a category: its length, the shape of its characters, its vocabulary."""

from __future__ import annotations

from sentineldq.drift.binned import measure
from sentineldq.drift.bins import of_counts, tally
from sentineldq.drift.model import Test, untested
from sentineldq.drift.ranked import distance
from sentineldq.drift.settings import Settings
from sentineldq.profiles.frequent import Frequent
from sentineldq.profiles.model import Column


def length(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Lengths of texts (characters), binaries (bytes), lists (members): Kolmogorov-Smirnov."""
    before, after = baseline.length_quantiles, current.length_quantiles
    if not (before and after):
        return [untested(baseline.path, "length", "no lengths are kept of this column")]
    return [distance(baseline.path, "length", before, after, settings, noun="lengths")]


def patterns(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Character classes (`AAA-999`), the rare ones together: Jensen-Shannon distance."""
    return [_counted(baseline, current, settings, "patterns", baseline.patterns, current.patterns)]


def words(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Vocabulary of prose, the rare words together: Jensen-Shannon distance.

    The words of one text belong together, so there are no more independent ones than texts.
    """
    return [_counted(baseline, current, settings, "words", baseline.words, current.words)]


def _counted(
    baseline: Column,
    current: Column,
    settings: Settings,
    metric: str,
    before: Frequent | None,
    after: Frequent | None,
) -> Test:
    counts = tally(before), tally(after)
    if counts[0] is None or counts[1] is None:
        return untested(baseline.path, metric, f"no {metric} are kept of this column")
    rows = min(counts[0].total, baseline.values), min(counts[1].total, current.values)
    bins = of_counts(counts[0], counts[1], settings, rows=rows)
    return measure(bins, "js", field=baseline.path, name=metric)
