"""What is to be expected of the next point, by the baseline that has been nearest of late."""

from __future__ import annotations

import math
from statistics import median

import msgspec

from sentineldq.monitors.anomaly.baseline import CLIP, LENGTHS, NORMAL, Baseline, Cycle, Places
from sentineldq.monitors.anomaly.clock import DAY, GAP, Moment
from sentineldq.monitors.anomaly.settings import Season
from sentineldq.monitors.anomaly.tail import Tail

CYCLES: tuple[Cycle, ...] = ("none", "day", "week")
PATIENCE = (7.0, 576.0)
"""Points outside of the band after which it gives in: those of two days, within these bounds."""
FAINT = 0.02
"""The usual error is not taken to be below this share of the error that 3 % exceed: a flat line with spikes."""
FORTNIGHT = 14.0
"""Days over which baselines are compared."""
WIDEST = 24.0


class Outlook(msgspec.Struct):
    """Three baselines side by side: with no season, with hours of the day, with hours of the week.

    outside: errors of the points beyond the band, one taken off for each within. sizes: of all errors, the anomalies
    among them. seen: points learned.
    """

    baselines: list[Baseline] = msgspec.field(default_factory=list)
    outside: list[float] = msgspec.field(default_factory=list)
    sizes: Tail = msgspec.field(default_factory=Tail)
    seen: int = 0


class View(msgspec.Struct, frozen=True):
    """An outlook on one time: each baseline with its knots, the best of them, and the band that it gives.

    expected and reach (half the width) are in the unit of the series, deviation is the usual error. hours: the
    knots of the time of day. day: points of a day.
    """

    pairs: list[tuple[Baseline, Places]]
    best: Baseline
    ready: list[bool]
    expected: float
    deviation: float
    reach: float
    hours: Places
    day: float


def view(
    outlook: Outlook,
    at: Moment,
    *,
    seconds: float,
    steps: float,
    step: float,
    holiday: bool,
    season: Season,
    surprise: float,
) -> View:
    """What is expected `steps` after the last point, in a series of points `step` seconds apart.

    The best baseline is the one whose mean error is smallest, among those that have seen their season twice. Its band
    ends where an error has the given surprise.
    """
    if not outlook.baselines:
        outlook.baselines = [Baseline(cycle=cycle, since=seconds) for cycle in CYCLES]
    pairs = [(one, one.places(at, step=step, holiday=holiday)) for one in outlook.baselines]
    ready = [one.ready(seconds, places) for one, places in pairs]
    best, places = pairs[0]
    for (one, knots), known in zip(pairs, ready, strict=True):
        if (
            known
            and season in {"auto", one.cycle}
            and (one.loss < best.loss or best.cycle != season != "auto")
        ):
            best, places = one, knots
    expected = best.expect(places)
    deviation = _deviation(outlook, best, places, expected)
    # What is unknown grows with the time passed, as it does for a random walk; nobody waits for more than a day.
    wider = math.sqrt(min(steps, WIDEST)) if steps > GAP else 1.0
    return View(
        pairs=pairs,
        best=best,
        ready=ready,
        expected=expected,
        deviation=deviation,
        reach=deviation * wider * best.tail.size(surprise) if outlook.seen else math.inf,
        hours=pairs[1][1],
        day=DAY / step,
    )


def learn(outlook: Outlook, now: View, value: float, *, outside: bool, trusted: bool) -> bool:
    """Take a point in; True where it was one too many outside of the band, so that the level has moved to it.

    What is outside teaches how often that happens, once while it lasts; the level and the season only when it stays, or
    where somebody says that it can be trusted.
    """
    outlook.seen += 1
    error = value - now.expected
    outlook.sizes.learn(abs(error))
    pace = max(1 / outlook.seen, 1 / max(FORTNIGHT * now.day, 32.0))
    left_out = outside and not trusted
    again = left_out and bool(outlook.outside) and now.ready[1]
    for (one, places), ready in zip(now.pairs, now.ready, strict=True):
        missed = value - one.expect(places)
        one.loss += pace * (abs(missed) - one.loss)
        if ready and not trusted and not again:
            one.tail.learn(abs(missed) / _deviation(outlook, one, places, value))
        if not (left_out and ready):
            memory = min(now.day, 288.0) if one.cycle == "none" else 2 * LENGTHS[one.cycle] / DAY * now.day
            one.learn(
                missed,
                places,
                memory=max(memory, 16.0),
                rate=now.day / 24,
                trust=math.inf if trusted else CLIP,
            )
    if not left_out:
        del outlook.outside[-1:]
        return False
    outlook.outside.append(error)
    if len(outlook.outside) < min(max(2 * now.day, PATIENCE[0]), PATIENCE[1]):
        return False
    _give_in(outlook, now)
    return True


def restart(outlook: Outlook) -> None:
    """Take the level of the next point for the level."""
    for one in outlook.baselines:
        one.restart()
    outlook.outside = []


def widen(now: View, value: float, surprise: float) -> None:
    """Have the band hold this value from now on."""
    now.best.tail.widen(abs(value - now.expected) / now.deviation, surprise)


def _deviation(outlook: Outlook, one: Baseline, places: Places, size: float) -> float:
    return max(one.deviation(places), FAINT * outlook.sizes.quantile, 1e-9 * abs(size), 1e-300)


def _give_in(outlook: Outlook, now: View) -> None:
    """The series has been elsewhere for so long that it lives there now."""
    shift = median(outlook.outside)
    spread = sum(abs(error - shift) for error in outlook.outside) / len(outlook.outside) * NORMAL
    for one, ready in zip(outlook.baselines, now.ready, strict=True):
        if ready:
            one.move(shift, spread)
    outlook.outside = []
