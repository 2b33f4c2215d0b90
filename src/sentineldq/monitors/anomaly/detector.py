"""The detector: one point in, one verdict out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from sentineldq.monitors.anomaly.baseline import Baseline, Cycle, Places
from sentineldq.monitors.anomaly.clock import DAY, HOUR, Step, aware, moment, zone
from sentineldq.monitors.anomaly.model import Answer, Feedback, Interval, Point, Verdict
from sentineldq.monitors.anomaly.settings import Settings


class State(msgspec.Struct):
    """All that a detector remembers."""

    seen: int = 0
    baselines: list[Baseline] = msgspec.field(default_factory=list)
    step: Step = msgspec.field(default_factory=Step)
    pending: list[float] = msgspec.field(default_factory=list)
    tail: float = 2.6


class Detector:
    """Watches one series, point by point.

    A verdict depends on the points before it alone. `state` gives bytes from which another one goes on.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self._zone = zone(self.settings.timezone)
        self._holidays = frozenset(self.settings.holidays)
        self._state = State()

    def state(self) -> bytes:
        """All it remembers, as JSON."""
        return msgspec.json.encode(self._state)

    @classmethod
    def restore(cls, state: bytes, settings: Settings | None = None) -> Detector:
        """A detector that goes on where another one was."""
        found = cls(settings)
        found._state = msgspec.json.decode(state, type=State)
        return found

    def observe(self, point: Point, *, answer: Answer | None = None) -> Verdict:
        """Judge a point, then learn it. answer: what people said of the time it lies in."""
        at, value, state = aware(point.at), float(point.value), self._state
        when = moment(at, self._zone)
        seconds = at.timestamp()
        steps = state.step.take(seconds)
        holiday = when.day in self._holidays
        every = state.step.usual or HOUR
        if not state.baselines:
            state.baselines = [Baseline(cycle=cycle, since=seconds) for cycle in self._cycles()]
        found = [(one, one.places(when, step=every, holiday=holiday)) for one in state.baselines]
        best, knots = self._best(found, seconds)
        expected = best.expect(knots, steps) if best.seen else None
        if not math.isfinite(value):
            return Verdict(at=at, value=value, expected=expected, status="gap", reason="no number was measured")
        if answer == "incident" or (holiday and self.settings.on_holidays == "masked"):
            why = "a holiday" if answer != "incident" else "an incident covers it"
            return Verdict(at=at, value=value, expected=expected, status="masked", reason=why)
        verdict = self._judge(at, value, best, knots, steps)
        self._learn(value, found, steps, every, verdict=verdict, answer=answer)
        return verdict

    def _cycles(self) -> tuple[Cycle, ...]:
        season = self.settings.season
        return ("none", "day", "week") if season == "auto" else ("none",) if season == "none" else ("none", season)

    def _best(self, found: list[tuple[Baseline, Places]], seconds: float) -> tuple[Baseline, Places]:
        """The baseline whose recent error is smallest, among those that have seen their season twice."""
        ready = [(one, knots) for one, knots in found if one.ready(seconds, knots)]
        return min(ready or found[:1], key=lambda pair: pair[0].loss)

    def _judge(self, at: datetime, value: float, best: Baseline, knots: Places, steps: float) -> Verdict:
        state, settings = self._state, self.settings
        if state.seen < settings.warm_up:
            reason = f"warming up: {state.seen} of {settings.warm_up} points"
            return Verdict(at=at, value=value, status="warming up", reason=reason)
        expected = best.expect(knots, steps)
        spread = max(best.deviation(knots), 1e-9 * max(abs(expected), abs(value)), 1e-300)
        reach = settings.width * spread * max(1.0, state.tail / 2.6) * math.sqrt(max(1.0, min(steps, 25.0)))
        low = -math.inf if settings.direction == "up" else expected - reach
        high = math.inf if settings.direction == "down" else expected + reach
        beyond = max(low - value, value - high, -reach) / reach + 1
        score = beyond * beyond / (1 + beyond * beyond)
        outside = not low <= value <= high
        reason = f"{value:g} is {'below' if value < low else 'above'} {low:g} to {high:g}" if outside else ""
        return Verdict(
            at=at,
            value=value,
            expected=expected,
            low=None if math.isinf(low) else low,
            high=None if math.isinf(high) else high,
            score=score,
            status="anomaly" if outside else "normal",
            reason=reason,
        )

    def _learn(
        self,
        value: float,
        found: list[tuple[Baseline, Places]],
        steps: float,
        every: float,
        *,
        verdict: Verdict,
        answer: Answer | None,
    ) -> None:
        state = self._state
        state.seen += 1
        day = DAY / every
        for one, knots in found:
            memory = min(max(day, 16.0), 288.0) if one.cycle == "none" else max(2 * day, 16.0)
            one.learn(value, knots, steps, memory=memory, rate=HOUR / every, trust=3.0)


def detect(
    points: Iterable[Point],
    *,
    settings: Settings | None = None,
    masks: Sequence[Interval] = (),
    feedback: Sequence[Feedback] = (),
) -> list[Verdict]:
    """The verdict on every point, each from those before it, with what people said since."""
    detector = Detector(settings)
    answers = [*feedback, *(Feedback(since=since, until=until, answer="incident") for since, until in masks)]
    return [detector.observe(point, answer=_answer(point, answers)) for point in points]


def _answer(point: Point, answers: Sequence[Feedback]) -> Answer | None:
    """What was said of a time; an incident outweighs the rest."""
    at = aware(point.at)
    said = [one.answer for one in answers if aware(one.since) <= at < aware(one.until)]
    return "incident" if "incident" in said else said[-1] if said else None
