"""The usual day of a series: a level, and how far each hour lies off it. It is always learned, also from anomalies."""

from __future__ import annotations

import msgspec

from sentineldq.monitors.anomaly.baseline import CLIP, KNOTS, NORMAL, RENEWED, Places

SIZE = 2 * KNOTS["day"]
"""The hours of a day, and those of a holiday."""


class Rhythm(msgspec.Struct):
    """A running level of two days, and the offsets of the hours; an error counts for three usual ones at most."""

    level: float = 0.0
    spread: float = 0.0
    seen: int = 0
    offsets: list[float] = msgspec.field(default_factory=lambda: [0.0] * SIZE)
    visits: list[float] = msgspec.field(default_factory=lambda: [0.0] * SIZE)

    def expect(self, places: Places) -> float:
        return self.level + sum(weight * self.offsets[knot] for knot, weight in places)

    def learn(self, value: float, places: Places, *, day: float) -> None:
        """Take a point in, in a series of this many points a day."""
        self.seen += 1
        if self.seen == 1:
            self.level = value
            return
        error, limit = value - self.expect(places), CLIP * self.spread
        clipped = min(max(error, -limit), limit) if self.seen > 5 and limit else error
        memory = max(2 * day, 16.0)
        self.spread += max(1 / self.seen, 1 / memory) * (abs(clipped) * NORMAL - self.spread)
        self.level += max(1 / self.seen, 2 / (memory + 1)) * clipped
        for knot, weight in places:
            self.visits[knot] += weight
            pace = weight * max(1 / max(self.visits[knot], 1.0), RENEWED / max(day / 24, 1.0))
            self.offsets[knot] += pace * clipped

    def restart(self) -> None:
        """Take the next point for the level; the hours stay."""
        self.level, self.seen = 0.0, 0
