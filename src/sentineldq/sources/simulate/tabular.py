"""A table for work on drift: fourteen columns of the kinds that are watched, whose distributions are known.

Everything but the time of a record is drawn independently of other records, so a week is like the next one, but for
the rhythm that `latency_ms` and `device` have: more of the day's load on working days. That is not drift.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from math import exp, floor, log, sqrt
from random import Random
from typing import ClassVar

from sentineldq.sources.simulate.chance import words
from sentineldq.sources.simulate.clock import DAY, HOUR, MONDAY, Clock, precise
from sentineldq.sources.simulate.shape import BLOCK, Block, Facts, Shape, Wrong

PLANS = (("free", 0.62, 2.6), ("pro", 0.29, 3.2), ("team", 0.09, 4.0))
"""Class, its share, and the mean logarithm of its amounts: whoever changes the mix moves the amounts too."""
COUNTRIES = words("DE US FR GB IT ES NL PL SE AT CH BE DK NO FI PT IE CZ GR HU")
CITIES = 400
DEVICES = ("desktop", "mobile", "tablet")
WEEKEND_MOBILE, WORKDAY_MOBILE = 0.68, 0.48
RELATED = 0.9
"""Correlation of `score` and `grade`."""


class Tabular(Shape):
    """Independent records of a table; see docs/guides/sources/simulate.md for its columns."""

    facts: ClassVar[Facts] = Facts(
        key=("id",),
        required=("id", "at", "plan", "country", "amount", "score", "visits", "active"),
        wrong=(
            Wrong(field="amount", value=-5.0),
            Wrong(field="score", value=1e9),
            Wrong(field="visits", value=-1),
            Wrong(field="ratio", value=1.5),
            Wrong(field="country", value="Atlantis"),
            Wrong(field="plan", value="?"),
            Wrong(field="at", value="2099-01-01T00:00:00Z"),
        ),
        time="at",
        kind="plan",
        new_kind="enterprise",
        own=("id", "at"),
    )

    def __init__(self, *, seed: int, clock: Clock, rhythm: bool = True) -> None:
        super().__init__(seed=seed, clock=clock)
        self._rhythm = rhythm
        world = self.random("table", "world")
        self._level = 0.4 * world.gauss(0, 1)
        self._countries = world.sample(COUNTRIES, len(COUNTRIES))
        self._ranks = [list(accumulate(1 / (place + 2) for place in range(many))) for many in (20, CITIES)]

    def block(self, number: int) -> Block:
        random = self.random("table", number)
        numbers = range(number * BLOCK, (number + 1) * BLOCK)
        times = self.clock.times(numbers, random)
        records, kinds = [], []
        for place, time in zip(numbers, times, strict=True):
            draw = random.random()
            plan, _, level = PLANS[0 if draw < 0.62 else 1 if draw < 0.91 else 2]
            records.append(self._record(place, time, random, plan=plan, level=level).encode())
            kinds.append(plan)
        return Block(records=records, times=times, kinds=kinds)

    def _record(self, place: int, time: float, random: Random, *, plan: str, level: float) -> str:
        draw, normal = random.random, random.gauss
        busy = load(time) if self._rhythm else 0.5
        quality, active = normal(0, 1), draw() < 0.8
        score = 50 + 10 * quality
        grade = 70 + 8 * (RELATED * quality + sqrt(1 - RELATED**2) * normal(0, 1))
        amount = exp(self._level + level + 0.9 * normal(0, 1))
        size = int(400 * (1 - draw()) ** (-1 / 1.6))
        latency = 80 * (0.7 + 0.6 * busy) * random.gammavariate(3.0, 1 / 3)
        visits = int(log(1 - draw()) / log(0.72))  # geometric, 2.6 on average
        discount = f"{30 * draw() ** 2:.2f}" if draw() < 0.3 else "null"
        outcome = draw() < 1 / (1 + exp(1.2 - 0.8 * quality - (0.5 if active else 0)))
        return (
            f'{{"id":"row-{place + 1:09d}","at":"{precise(time)}","plan":"{plan}",'
            f'"country":"{self._countries[self._rank(0, draw())]}","city":"c{self._rank(1, draw()):03d}",'
            f'"device":"{device(draw(), time, rhythm=self._rhythm)}","active":{_json(active)},'
            f'"amount":{amount:.2f},"size":{size},"score":{score:.3f},"grade":{grade:.3f},'
            f'"ratio":{random.betavariate(2.0, 5.0):.4f},"visits":{visits},"latency_ms":{latency:.1f},'
            f'"discount":{discount},"outcome":{_json(outcome)}}}'
        )

    def _rank(self, of: int, draw: float) -> int:
        """A place by Zipf's law, 0 the most frequent."""
        ranks = self._ranks[of]
        return min(bisect_right(ranks, draw * ranks[-1]), len(ranks) - 1)


def weekend(time: float) -> bool:
    return floor((time - MONDAY) / DAY) % 7 >= 5


def load(time: float) -> float:
    """How busy it is, 0 to 1: most at 15:00 UTC of a working day, least at night."""
    hour = (time / HOUR) % 24
    busy = max(0.0, 1 - abs(hour - 15) / 10)
    return busy * (0.4 if weekend(time) else 1.0)


def device(draw: float, time: float, *, rhythm: bool) -> str:
    mobile = WEEKEND_MOBILE if rhythm and weekend(time) else WORKDAY_MOBILE
    return DEVICES[1 if draw < mobile else 2 if draw < mobile + 0.07 else 0]


def _json(true: bool) -> str:  # noqa: FBT001  the value itself
    return "true" if true else "false"
