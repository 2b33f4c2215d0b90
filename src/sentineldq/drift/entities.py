"""Volume per entity: whose share of the rows changed, who came, who is gone.

Shares, not rows: when everything halves, that is one finding of the volume, and none of each entity.
"""

from __future__ import annotations

from collections.abc import Iterator

from sentineldq.drift.bins import Tally, tally
from sentineldq.drift.chance import one_sided, proportions
from sentineldq.drift.model import Test
from sentineldq.drift.say import moved, share
from sentineldq.drift.settings import Settings
from sentineldq.profiles.model import Profile


def entities(baseline: Profile, current: Profile, settings: Settings) -> list[Test]:
    """A test of each entity that has enough rows in one window to be missed, or noticed, in the other."""
    found: list[Test] = []
    for path, frequent in baseline.entities.items():
        before, after = tally(frequent), tally(current.entities.get(path))
        if before is not None and after is not None:
            found += _of(path, before, after, settings)
    return found


def _of(path: str, before: Tally, after: Tally, settings: Settings) -> Iterator[Test]:
    n, m = before.total, after.total
    rules = settings.testing
    for value in dict.fromkeys((*before.counts, *after.counts)):
        b = before.of(value, after.counts.get(value, 0) * n / m)
        c = after.of(value, before.counts.get(value, 0) * m / n)
        # the entity must be large enough for its rows now, or its rows before, to be missed on the other side
        largest = max(b / n, c / m)
        if largest >= rules.entity_share and largest * min(n, m) >= rules.expected:
            yield _one(path, value, (b, n), (c, m), settings)


def _one(
    path: str, value: str, baseline: tuple[float, int], current: tuple[float, int], settings: Settings
) -> Test:
    before, after = baseline[0] / baseline[1], current[0] / current[1]
    design = settings.testing.design_effect
    entity = f"{path}={value}"
    rows = f"{baseline[0]:,.0f} of {baseline[1]:,} rows, now {current[0]:,.0f} of {current[1]:,}"
    if before and after:
        metric, effect = "entity_share", max(after / before, before / after) - 1
        chance = proportions(before, after, baseline[1] / design, current[1] / design)
        words = f"{moved(f'share of {entity}', before, after)} ({100 * (after / before - 1):+.0f} %; {rows})"
    elif before:
        metric, effect = "vanished_entity", before
        chance = one_sided(baseline[0] / design, baseline[1], current[1])
        words = f"{entity} vanished: it had {share(before)} of all rows ({rows})"
    else:
        metric, effect = "new_entity", after
        chance = one_sided(current[0] / design, current[1], baseline[1])
        words = f"{entity} is new, with {share(after)} of all rows ({rows})"
    return Test(
        field_name=path,
        metric_name=metric,
        drift_type="volume",
        entity=entity,
        statistic=after / before - 1 if before and after else after - before,
        effect=effect,
        p_value=chance,
        baseline_value={"rows": baseline[0], "share": before},
        current_value={"rows": current[0], "share": after},
        baseline_rows=baseline[1],
        current_rows=current[1],
        message=words,
        contributions=[{"what": entity, "baseline": before, "current": after, "share": 1.0}],
    )
