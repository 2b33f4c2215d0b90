"""What a series was to be expected to be: a level, its slope, and a season, learned point by point.

Holt and Winters' additive smoothing (Winters 1960), made robust in the way of Gelper, Fried and Croux (2010): an error
counts for at most three times its usual size, so that one wild point moves the band a little, not away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from sentineldq.monitors.anomaly.clock import DAY, HOUR, Moment

Cycle = Literal["none", "day", "week"]

CLIP = 3.0
NORMAL = 1.2533
"""Standard deviation of a normal distribution whose mean absolute error is 1."""
KNOTS: dict[Cycle, int] = {"none": 0, "day": 24, "week": 168}
LENGTHS: dict[Cycle, float] = {"none": 0.0, "day": DAY, "week": 7 * DAY}
KEPT = 0.3
"""Share of a season that one more cycle renews."""
SHRINK = 6.0
"""Visits of a knot from which on its own spread says more than that of the whole series."""
TREND = 0.05

Places = Sequence[tuple[int, float]]
"""Knots of the season and their weights, adding up to 1."""


class Baseline(msgspec.Struct):
    """A level, a slope per step, and a season of knots an hour apart (24 more for holidays; 7 + 1 for daily series).

    spread: mean absolute error x 1.25, of all and of each knot. loss: recent mean absolute error, not clipped much,
    by which baselines are compared. seen: points learned. since: seconds of the first one.
    """

    cycle: Cycle
    level: float = 0.0
    slope: float = 0.0
    spread: float = 0.0
    loss: float = 0.0
    seen: int = 0
    since: float = 0.0
    season: list[float] = msgspec.field(default_factory=list)
    spreads: list[float] = msgspec.field(default_factory=list)
    visits: list[float] = msgspec.field(default_factory=list)

    def places(self, at: Moment, *, step: float, holiday: bool) -> Places:
        """The knots of a time, as `places` finds them; the season has a place for each from the first point on."""
        found = places(self.cycle, at, step=step, holiday=holiday)
        if not self.season and self.cycle != "none":
            size = KNOTS[self.cycle] + 24
            self.season, self.spreads, self.visits = [0.0] * size, [0.0] * size, [0.0] * size
        return found

    def ready(self, seconds: float, places: Places) -> bool:
        """Whether two cycles have been seen, and these knots among them."""
        if self.cycle == "none":
            return self.seen > 0
        return seconds - self.since >= 2 * LENGTHS[self.cycle] and all(
            self.visits[knot] > 0.5 for knot, _ in places if knot < len(self.visits)
        ) and bool(self.visits)

    def expect(self, places: Places, steps: float) -> float:
        """The value to be expected, `steps` after the last point."""
        value = self.level + self.slope * min(steps, 8.0)
        for knot, weight in places:
            value += weight * self.season[knot]
        return value

    def deviation(self, places: Places) -> float:
        """The usual error here: that of the knots, shrunk towards that of the series."""
        if not places:
            return self.spread
        seen = own = 0.0
        for knot, weight in places:
            seen += weight * self.visits[knot]
            own += weight * self.spreads[knot]
        return (seen * own + SHRINK * self.spread) / (seen + SHRINK)

    def learn(self, value: float, places: Places, steps: float, *, memory: float, rate: float, trust: float) -> None:
        """Take a point in. memory: points the level goes back. rate: points per hour. trust: clip, in spreads."""
        expected = self.expect(places, steps)
        error = value - expected
        self.seen += 1
        gain = max(1 / self.seen, 2 / (memory + 1))
        if self.seen > 4:
            limit = trust * max(self.spread, 1e-12)
            clipped = min(max(error, -limit), limit) if self.spread else error
        else:
            clipped = error
        self.loss += gain * (min(abs(error), 3 * abs(clipped)) - self.loss)
        if self.seen == 1:
            self.level = value
            return
        steady = max(1 / self.seen, 1 / memory)
        self.spread += steady * (abs(clipped) * NORMAL - self.spread)
        self.level += self.slope * min(steps, 8.0) + gain * clipped
        if self.seen > 12:
            self.slope = 0.998 * self.slope + gain * gain * TREND * clipped
        for knot, weight in places:
            self.visits[knot] += weight
            pace = weight * max(1 / (self.visits[knot] + 1), KEPT / max(rate, 1.0))
            self.season[knot] += pace * clipped
            self.spreads[knot] += pace * (abs(clipped) * NORMAL - self.spreads[knot])

    def restart(self, by: float) -> None:
        """Move to another level, and be quick to correct it."""
        self.level += by
        self.slope = 0.0


def places(cycle: Cycle, at: Moment, *, step: float, holiday: bool) -> Places:
    """The knots of a time: those of the hours before and after; the day itself where points are a day apart."""
    if cycle == "none":
        return ()
    if step > 20 * HOUR:
        return ((7 if holiday else at.weekday, 1.0),)
    hour = int(at.hour)
    part = at.hour - hour
    first = KNOTS[cycle] if holiday else (24 * at.weekday if cycle == "week" else 0)
    if part < 1e-9:
        return ((first + hour, 1.0),)
    after = (hour + 1) % 24 + first if cycle == "day" or holiday else (first + hour + 1) % KNOTS[cycle]
    return ((first + hour, 1 - part), (after, part))
