"""Values of a category that came, and values that vanished.

A value that is rare may be missing from either window by chance: the p-value is the probability that all its rows fall
into one window, times the number of values (Bonferroni), because the most striking one is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping

from sentineldq.drift.bins import Tally, counts_of, is_category
from sentineldq.drift.chance import one_sided
from sentineldq.drift.model import DriftType, Test, untested
from sentineldq.drift.say import share, short
from sentineldq.drift.settings import Settings
from sentineldq.profiles.model import Column

TOLD = 10


def new_values(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Values that the baseline never had; the effect is their share of the current window."""
    tallies = _tallies(baseline, current, settings)
    if tallies is None or tallies[0].error:
        return [untested(baseline.path, "new_values", "not a category", drift_type="schema")]
    before, after = tallies
    return [_one_side(baseline.path, "new_values", "schema", own=after, other=before, settings=settings)]


def vanished_values(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Values that the current window lacks; the effect is their share of the baseline."""
    tallies = _tallies(baseline, current, settings)
    if tallies is None or tallies[1].error:
        return [untested(baseline.path, "vanished_values", "not a category")]
    before, after = tallies
    return [
        _one_side(
            baseline.path, "vanished_values", "distribution", own=before, other=after, settings=settings
        )
    ]


def _tallies(baseline: Column, current: Column, settings: Settings) -> tuple[Tally, Tally] | None:
    if not is_category(baseline, settings):
        return None  # before its values are added up, which takes longer than all tests
    before, after = counts_of(baseline), counts_of(current)
    return None if before is None or after is None else (before, after)


def _one_side(
    field: str, metric: str, drift_type: DriftType, *, own: Tally, other: Tally, settings: Settings
) -> Test:
    """Values that are in `own` and not in `other`."""
    design = settings.testing.design_effect
    tries = len({*own.counts, *other.counts})
    present = {value for value, count in other.counts.items() if count}
    lone = {value: count for value, count in own.counts.items() if count and value not in present}
    chances = {
        value: min(1.0, tries * one_sided(count / design, own.total, other.total))
        for value, count in lone.items()
    }
    # of values that chance explains, none is told beside those that it does not
    meant = {value: lone[value] for value in lone if chances[value] < settings.testing.alpha} or lone
    came = metric == "new_values"
    part = sum(meant.values()) / own.total
    return Test(
        field_name=field,
        metric_name=metric,
        drift_type=drift_type,
        statistic=part,
        effect=part,
        p_value=min(chances.values(), default=1.0),
        baseline_value={} if came else _told(meant, own.total),
        current_value=_told(meant, own.total) if came else {},
        baseline_rows=other.total if came else own.total,
        current_rows=own.total if came else other.total,
        message=_words(meant, own.total, came=came) if meant else "no value is in one window alone",
        contributions=[
            {
                "what": value,
                "baseline": 0.0 if came else count / own.total,
                "current": count / own.total if came else 0.0,
                "share": count / sum(meant.values()),
            }
            for value, count in _first(meant)
        ],
    )


def _first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:TOLD]


def _told(counts: Mapping[str, int], total: int) -> dict[str, float]:
    return {value: round(count / total, 6) for value, count in _first(counts)}


def _words(counts: Mapping[str, int], total: int, *, came: bool) -> str:
    told = ", ".join(
        f"{short(value)} ({share(count / total)} of values)" for value, count in _first(counts)[:3]
    )
    more = f" and {len(counts) - 3} more" if len(counts) > 3 else ""
    what = "values" if len(counts) > 1 else "value"
    return f"new {what}: {told}{more}" if came else f"vanished {what}: {told}{more}"
