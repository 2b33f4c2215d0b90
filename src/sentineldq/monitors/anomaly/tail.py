"""How improbable a size is, by all sizes seen before it.

Peaks over threshold, online (Pickands 1975; Siffer et al., "Anomaly Detection in Streams with Extreme Value Theory",
KDD 2017): a running 97 % quantile, beyond which the sizes are taken to fall off exponentially, by their mean excess.
Nothing is kept of the sizes themselves, and one that is far out counts for four times the mean excess at most.
"""

from __future__ import annotations

import math

import msgspec

SHARE = 0.03
"""Share of the sizes that lies beyond the quantile."""
MEMORY = 5000
"""Sizes that the estimates go back, when that many have been seen."""
HASTE = 2.0
"""How much more the later sizes count than the earlier while fewer have been seen."""
LEAST = 0.02
"""The mean excess is not taken to be below this share of the mean size."""
CAP = 4.0
WILD = 1e12
"""Times the mean excess from which on there was no scale yet: a first change after none."""
CEILING = 50.0
"""Surprise ends here."""
FIRST = 60
"""Sizes from which the first estimates are made."""

STRIDE = 3 / math.sqrt(SHARE)
"""Mean excesses that the quantile moves at once, before its pace is applied."""

LOG_SHARE, LN10 = -math.log10(SHARE), math.log(10)


class Tail(msgspec.Struct):
    """The tail of a distribution of sizes, none of them negative.

    quantile: exceeded by 3 % of them. excess: mean of what they exceed it by; least: what it is not taken to be below,
    since somebody said so. mean: of the sizes. first: the sizes until there are enough of them to begin with.
    """

    quantile: float = 0.0
    excess: float = 0.0
    least: float = 0.0
    mean: float = 0.0
    count: int = 0
    first: list[float] = msgspec.field(default_factory=list)

    def surprise(self, size: float, floor: float = 0.0) -> float:
        """-log10 of the probability of a size at least this large; 0 for the usual ones. floor: of the excess."""
        beyond = size - self.quantile
        if beyond <= 0 or self.count < FIRST:
            return 0.0
        return min(LOG_SHARE + beyond / (self._scale(floor) * LN10), CEILING)

    def size(self, surprise: float) -> float:
        """The size that is as surprising as this: the inverse of `surprise`."""
        return self.quantile + self._scale(0.0) * LN10 * (surprise - LOG_SHARE)

    def learn(self, size: float) -> None:
        """Take a size in."""
        self.count += 1
        self.least *= 1 - 1 / MEMORY
        if self.count <= FIRST:
            self._begin(size)
            return
        beyond = size - self.quantile
        pace = min(0.2, max(HASTE / self.count, 1 / MEMORY))
        stride = STRIDE * pace * max(self.excess, 0.1 * self.mean)
        self.quantile += stride * (1 - SHARE) if beyond > 0 else -stride * SHARE
        if beyond > 0:
            scale = self._scale(0.0)
            quick = min(0.3, max(HASTE / (SHARE * self.count + 1), 1 / (SHARE * MEMORY + 1)))
            limit = CAP * scale if beyond < WILD * scale else beyond
            self.excess += quick * (min(beyond, limit) - self.excess)
        self.mean += pace * (min(size, CAP * self.excess + self.quantile) - self.mean)

    def widen(self, size: float, surprise: float) -> None:
        """Have a size be less surprising than this from now on; half of it is forgotten after 3,500 sizes."""
        if self.count >= FIRST and self.surprise(size) >= surprise:
            self.least = 1.2 * (size - self.quantile) / (LN10 * (surprise - LOG_SHARE))

    def _scale(self, floor: float) -> float:
        return max(self.excess, self.least, LEAST * self.mean, floor, 1e-300)

    def _begin(self, size: float) -> None:
        self.first.append(size)
        if self.count < FIRST:
            return
        ordered = sorted(self.first)
        place = (1 - SHARE) * (FIRST - 1)
        below = int(place)
        self.quantile = ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])
        beyond = [one - self.quantile for one in ordered if one > self.quantile]
        self.excess = sum(beyond) / len(beyond) if beyond else 0.0
        self.mean = sum(ordered) / FIRST
        self.first = []


def normal() -> Tail:
    """The tail of the absolute values of a standard normal distribution, as if they had been seen 100 times."""
    return Tail(quantile=2.170, excess=0.386, mean=0.798, count=100)
