"""What a series was to be expected to be: a level, its slope, and a season, learned point by point.

Holt and Winters' additive smoothing (Winters 1960), made robust in the way of Gelper, Fried and Croux (2010): an error
counts for at most three times its usual size, so that one wild point moves the band a little, not away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from sentineldq.monitors.anomaly.clock import DAY, HOUR, Moment
from sentineldq.monitors.anomaly.tail import Tail, normal

Cycle = Literal["none", "day", "week"]

KNOTS: dict[Cycle, int] = {"none": 0, "day": 24, "week": 168}
HOLIDAY = 24
"""Knots behind those of the cycle, for the hours of holidays."""
LENGTHS: dict[Cycle, float] = {"none": 0.0, "day": DAY, "week": 7 * DAY}

CLIP = 3.0
NORMAL = 1.2533
"""Standard deviation of a normal distribution whose mean absolute error is 1."""
RENEWED = 0.3
"""Share of a season that one more cycle renews."""
SHRINK = 6.0
"""Visits of a knot from which on its own spread says more than that of the whole series."""
TREND, DAMPED = 0.05, 0.998
SETTLED = 12
"""Points after which a slope is learned, and errors are clipped."""

Places = Sequence[tuple[int, float]]
"""Knots of the season and their weights, adding up to 1."""


class Baseline(msgspec.Struct):
    """A level, a slope per point, and a season of knots an hour apart; a day apart for daily series.

    spread: the usual error, as a standard deviation, of all and of each knot. tail: of errors in that unit. loss: mean
    absolute error, by which baselines are compared. seen: points learned; fresh: those since the level was last set;
    judged: those in hours that had been seen a cycle before. since: seconds of the first point.
    """

    cycle: Cycle
    level: float = 0.0
    slope: float = 0.0
    spread: float = 0.0
    loss: float = 0.0
    seen: int = 0
    fresh: int = 0
    judged: int = 0
    since: float = 0.0
    season: list[float] = msgspec.field(default_factory=list)
    spreads: list[float] = msgspec.field(default_factory=list)
    visits: list[float] = msgspec.field(default_factory=list)
    tail: Tail = msgspec.field(default_factory=normal)

    def ready(self, seconds: float, places: Places) -> bool:
        """Whether two cycles have been seen, and these knots among them."""
        if self.cycle == "none":
            return True
        return seconds - self.since >= 2 * LENGTHS[self.cycle] and all(
            self.visits[at] > 0.5 for at, _ in places
        )

    def expect(self, places: Places) -> float:
        """The value to be expected of the next point."""
        value = self.level + self.slope
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

    def learn(self, error: float, places: Places, *, memory: float, rate: float, trust: float = CLIP) -> None:
        """Take in by how much a point was not as expected.

        memory: points the level goes back. rate: points per hour. trust: where errors are clipped, in spreads.
        """
        self.seen += 1
        self.fresh += 1
        if self.fresh == 1:
            self.level += error
            return
        limit = trust * self.spread
        clipped = min(max(error, -limit), limit) if self.judged > SETTLED else error
        gain = max(1 / self.fresh, 2 / (memory + 1))
        self.level += self.slope + gain * clipped
        if self.fresh > SETTLED:
            self.slope = DAMPED * self.slope + gain * gain * TREND * clipped
        rate, size = max(rate, 1.0), abs(clipped) * NORMAL
        if all(self.visits[knot] >= rate for knot, _ in places):
            self.judged += 1
            self.spread += max(1 / self.judged, 1 / memory) * (size - self.spread)
        for knot, weight in places:
            before = self.visits[knot]
            # What is met for the first or the second time is not wild, and not an error either the first time.
            pace = weight * max(1 / max(before + weight, 1.0), RENEWED / rate)
            self.season[knot] += pace * (error if before < 2 * rate else clipped)
            if before >= rate:
                self.spreads[knot] += (
                    weight * max(1 / max(before - rate, 1.0), RENEWED / rate) * (size - self.spreads[knot])
                )
            self.visits[knot] = before + weight

    def move(self, by: float, spread: float) -> None:
        """Go to another level, where points scatter by this."""
        self.level += by
        self.slope = 0.0
        self.spread = max(self.spread, spread)

    def restart(self) -> None:
        """Take the next point's level for the level, whatever it is."""
        self.fresh = 0
        self.slope = 0.0

    def places(self, at: Moment, *, step: float, holiday: bool) -> Places:
        """The knots of a time: of the hours before and after, or of the day where points are `step` >= 20 h apart."""
        if self.cycle == "none":
            return ()
        if not self.season:
            size = KNOTS[self.cycle] + HOLIDAY
            self.season, self.spreads, self.visits = [0.0] * size, [0.0] * size, [0.0] * size
        holidays = KNOTS[self.cycle]
        if step > 20 * HOUR:
            return ((holidays if holiday else at.weekday, 1.0),)
        hour = int(at.hour)
        part = at.hour - hour
        first = holidays if holiday else (24 * at.weekday if self.cycle == "week" else 0)
        if part < 1e-9:
            return ((first + hour, 1.0),)
        after = (
            (first + hour + 1) % KNOTS["week"]
            if self.cycle == "week" and not holiday
            else first + (hour + 1) % 24
        )
        return ((first + hour, 1 - part), (after, part))
