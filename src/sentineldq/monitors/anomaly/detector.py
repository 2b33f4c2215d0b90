"""The detector: one point in, one verdict out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import median

import msgspec

from sentineldq.errors import UsageError
from sentineldq.monitors.anomaly.baseline import NORMAL, Baseline, Cycle, Places
from sentineldq.monitors.anomaly.clock import DAY, GAP, HOUR, Step, aware, moment, zone
from sentineldq.monitors.anomaly.model import Answer, Feedback, Interval, Point, Status, Verdict
from sentineldq.monitors.anomaly.novelty import Memory, Novelty
from sentineldq.monitors.anomaly.settings import Settings
from sentineldq.monitors.anomaly.tail import Tail, normal

CYCLES: tuple[Cycle, ...] = ("none", "day", "week")
VERSION = 1
PATIENCE = (12, 288)
"""Points outside of the band after which it gives in: those of a day, within these bounds."""
REST = (24, 256)
"""Points for which an incident has been told: those of a day, within these bounds."""
FAINT = 0.01
"""The usual error is not taken to be below this share of the mean one: a flat line with spikes keeps a width."""


class State(msgspec.Struct):
    """All that a detector remembers.

    steps: gone by since the last point that was learned. outside: the errors of points beyond the band, one taken off
    for each within. told: points and surprises of late, of which a new one is news only if it is the largest. wander:
    mean absolute error of all points, the anomalies among them.
    """

    version: int = VERSION
    seen: int = 0
    step: Step = msgspec.field(default_factory=Step)
    steps: float = 0.0
    baselines: list[Baseline] = msgspec.field(default_factory=list)
    tail: Tail = msgspec.field(default_factory=normal)
    outside: list[float] = msgspec.field(default_factory=list)
    told: list[tuple[int, float]] = msgspec.field(default_factory=list)
    wander: float = 0.0
    changing: bool = False
    memory: Memory = msgspec.field(default_factory=Memory)


class Band(msgspec.Struct, frozen=True):
    """What was to be expected of a point; deviation is the usual error, reach what is allowed on each side."""

    expected: float
    deviation: float
    reach: float


class Detector:
    """Watches one series, point by point.

    A verdict depends on the points before it alone. `state` gives bytes from which another one goes on.
    """

    def __init__(self, settings: Settings | None = None, *, state: State | None = None) -> None:
        self.settings = settings or Settings()
        self._zone = zone(self.settings.timezone)
        self._holidays = frozenset(self.settings.holidays)
        self._state = state or State()
        self._novelty = Novelty(self._state.memory)

    def state(self) -> bytes:
        """All it remembers (MessagePack), at most 100 kB."""
        return msgspec.msgpack.encode(msgspec.structs.replace(self._state, memory=self._novelty.memory()))

    @classmethod
    def restore(cls, state: bytes, settings: Settings | None = None) -> Detector:
        """A detector that goes on where another one was. UsageError for the bytes of another version."""
        try:
            found = msgspec.msgpack.decode(state, type=State)
        except (msgspec.MsgspecError, ValueError) as fault:
            raise UsageError(
                f"not the state of a detector: {fault}", hint="replay the series instead"
            ) from fault
        if found.version != VERSION:
            raise UsageError(
                f"a detector's state of version {found.version}", hint="replay the series instead"
            )
        return cls(settings, state=found)

    def observe(self, point: Point, *, answer: Answer | None = None) -> Verdict:
        """Judge a point, then learn it. answer: what people said of the time it lies in."""
        at, value, state = aware(point.at), float(point.value), self._state
        seconds, when = at.timestamp(), moment(at, self._zone)
        holiday = when.day in self._holidays
        steps = state.steps + state.step.take(seconds)
        step = state.step.usual or HOUR
        if not state.baselines:
            state.baselines = [Baseline(cycle=cycle, since=seconds) for cycle in CYCLES]
        found = [(one, one.places(when, step=step, holiday=holiday)) for one in state.baselines]
        band = self._band(found, seconds, steps)
        unlearned = self._unlearned(value, answer, holiday=holiday)
        if unlearned:
            state.steps = steps
            return self._verdict(at, value, band, status=unlearned[0], reason=unlearned[1])
        state.steps = 0.0
        return self._watch(at, value, band, found, steps=steps, day=DAY / step, answer=answer)

    def _unlearned(self, value: float, answer: Answer | None, *, holiday: bool) -> tuple[Status, str] | None:
        """The status of a point that is neither judged nor learned, and why; None for the others."""
        if not math.isfinite(value):
            return "gap", "no number was measured"
        if answer == "incident":
            return "masked", "an incident covers it"
        if holiday and self.settings.on_holidays == "masked":
            return "masked", "a holiday"
        return None

    def _band(self, found: list[tuple[Baseline, Places]], seconds: float, steps: float) -> Band | None:
        """The band of the baseline that predicted best of late, among those allowed that know this time."""
        state = self._state
        if state.seen == 0:
            return None
        allowed = [pair for pair in found if self.settings.season in {"auto", pair[0].cycle}] or found[:1]
        ready = [pair for pair in allowed if pair[0].ready(seconds, pair[1])] or found[:1]
        best, knots = min(ready, key=lambda pair: pair[0].loss)
        expected = best.expect(knots)
        deviation = max(best.deviation(knots), FAINT * state.wander, 1e-9 * abs(expected), 1e-300)
        # What is unknown grows with the time passed, as it does for a random walk; nobody waits for more than a day.
        wider = math.sqrt(min(steps, 24.0)) if steps > GAP else 1.0
        return Band(expected, deviation, deviation * wider * state.tail.size(self.settings.surprise))

    def _verdict(
        self,
        at: datetime,
        value: float,
        band: Band | None,
        *,
        status: Status,
        reason: str = "",
        surprise: float = 0.0,
        news: float = 0.0,
    ) -> Verdict:
        settings, warm = self.settings, self._state.seen >= self.settings.warm_up
        known = band if warm else None
        return Verdict(
            at=at,
            value=value,
            expected=known.expected if known else None,
            low=known.expected - known.reach if known and settings.direction != "up" else None,
            high=known.expected + known.reach if known and settings.direction != "down" else None,
            score=_score(surprise / settings.surprise),
            alert=_score(news / settings.surprise),
            status=status,
            reason=reason,
        )

    def _watch(
        self,
        at: datetime,
        value: float,
        band: Band | None,
        found: list[tuple[Baseline, Places]],
        *,
        steps: float,
        day: float,
        answer: Answer | None,
    ) -> Verdict:
        """Judge a number, and learn it."""
        state, settings = self._state, self.settings
        if band is None:
            band = Band(value, 0.0, math.inf)
        changing, state.changing = state.changing, answer == "expected_change"
        if state.changing and not changing:
            for one in state.baselines:
                one.restart()
        error = value - band.expected
        ratio = abs(error) / band.deviation if band.deviation else 0.0
        watched = settings.direction == "both" or (error > 0) == (settings.direction == "up")
        novel = self._novelty.take(
            value, found[1][0].expect(found[1][1]), steps=steps, day=day, deviation=state.baselines[0].spread
        )
        news = self._news(novel if watched and answer is None else 0.0, day)
        unusual = settings.surprise * abs(error) / band.reach if watched else 0.0
        beyond = watched and abs(error) > band.reach
        warm = state.seen >= settings.warm_up
        surprise = max(unusual, news) if warm else news
        status, reason = self._status(value, band, surprise, beyond=beyond and warm, answer=answer)
        if answer is not None:
            surprise = min(surprise, settings.surprise)
        verdict = self._verdict(at, value, band, status=status, reason=reason, surprise=surprise, news=news)
        self._learn(
            value, error, ratio, found, day=day, outside=abs(error) > band.reach and warm, answer=answer
        )
        return verdict

    def _status(
        self, value: float, band: Band, surprise: float, *, beyond: bool, answer: Answer | None
    ) -> tuple[Status, str]:
        state, settings = self._state, self.settings
        if answer is not None:
            return "normal", answer.replace("_", " ")
        if beyond:
            side = "above" if value > band.expected else "below"
            low, high = band.expected - band.reach, band.expected + band.reach
            return "anomaly", f"{value:.6g} is {side} the band of {low:.6g} to {high:.6g}"
        if surprise >= settings.surprise:
            return "anomaly", f"{value:.6g} after what came before it has not been seen here"
        if state.seen < settings.warm_up:
            return "warming up", f"warming up: {state.seen} of {settings.warm_up} points"
        return "normal", ""

    def _news(self, surprise: float, day: float) -> float:
        """The surprise where none as large was within the last day; else 0."""
        state = self._state
        rest = min(max(day, REST[0]), REST[1])
        told = [(at, size) for at, size in state.told if state.seen - at <= rest]
        news = surprise if all(size < surprise for _, size in told) else 0.0
        if surprise:
            told = [(at, size) for at, size in told if size > surprise]
            told.append((state.seen, surprise))
        state.told = told
        return news

    def _learn(
        self,
        value: float,
        error: float,
        ratio: float,
        found: list[tuple[Baseline, Places]],
        *,
        day: float,
        outside: bool,
        answer: Answer | None,
    ) -> None:
        """What is outside of the band teaches how often that happens; the level and the season only when it stays."""
        state = self._state
        state.seen += 1
        state.wander += max(1 / state.seen, 1 / PATIENCE[1]) * (abs(error) - state.wander)
        if answer is None:
            state.tail.learn(ratio)
        if answer == "false_positive":
            state.tail.widen(ratio, self.settings.surprise)
            self._novelty.accept(self.settings.surprise)
        if outside and answer is None:
            state.outside.append(error)
            if len(state.outside) >= min(max(day, PATIENCE[0]), PATIENCE[1]):
                self._give_in()
            return
        del state.outside[-1:]
        trust = 3.0 if answer is None else math.inf
        for one, knots in found:
            memory = min(max(day, 16.0), 288.0) if one.cycle == "none" else max(2 * day, 16.0)
            one.learn(value, knots, memory=memory, rate=day / 24, trust=trust)

    def _give_in(self) -> None:
        """The series has been elsewhere for so long that it lives there now."""
        state = self._state
        shift = median(state.outside)
        spread = sum(abs(error - shift) for error in state.outside) / len(state.outside) * NORMAL
        for one in state.baselines:
            one.move(shift, spread)
        state.outside = []


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


def _score(unusual: float) -> float:
    """From 0 to 1: 0.5 where an anomaly begins, 0.8 at twice that."""
    return unusual * unusual / (1 + unusual * unusual)


def _answer(point: Point, answers: Sequence[Feedback]) -> Answer | None:
    """What was said of a time; an incident outweighs the rest."""
    if not answers:
        return None
    at = aware(point.at)
    said = [one.answer for one in answers if aware(one.since) <= at < aware(one.until)]
    return "incident" if "incident" in said else said[-1] if said else None
