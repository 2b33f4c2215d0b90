"""The detector: one point in, one verdict out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from sentineldq.errors import UsageError
from sentineldq.monitors.anomaly import outlook
from sentineldq.monitors.anomaly.clock import HOUR, Step, aware, moment, zone
from sentineldq.monitors.anomaly.model import Answer, Feedback, Interval, Point, Status, Verdict
from sentineldq.monitors.anomaly.novelty import Memory, Novelty
from sentineldq.monitors.anomaly.outlook import Outlook, View
from sentineldq.monitors.anomaly.settings import Settings

VERSION = 1
REST = (24.0, 256.0)
"""Points for which an incident has been told: those of a day, within these bounds."""


class State(msgspec.Struct):
    """All that a detector remembers.

    steps: gone by since the last point that was learned. told: points and surprises of late, of which a new one is news
    only if it is the largest. changing: the last point was said to be part of a change.
    """

    version: int = VERSION
    step: Step = msgspec.field(default_factory=Step)
    steps: float = 0.0
    outlook: Outlook = msgspec.field(default_factory=Outlook)
    memory: Memory = msgspec.field(default_factory=Memory)
    told: list[tuple[int, float]] = msgspec.field(default_factory=list)
    changing: bool = False


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
        state.steps += state.step.take(seconds)
        if answer == "expected_change" and not state.changing:
            outlook.restart(state.outlook)
            self._novelty.restart()
        state.changing = answer == "expected_change"
        now = outlook.view(
            state.outlook,
            when,
            seconds=seconds,
            steps=state.steps,
            step=state.step.usual or HOUR,
            holiday=holiday,
            season=self.settings.season,
            surprise=self.settings.surprise,
        )
        ignored = self._ignored(value, answer, holiday=holiday)
        if ignored:
            return self._verdict(at, value, now, status=ignored[0], reason=ignored[1])
        return self._watch(at, value, now, answer=answer)

    def _ignored(self, value: float, answer: Answer | None, *, holiday: bool) -> tuple[Status, str] | None:
        """The status of a point that is neither judged nor learned, and why; None for the others."""
        if not math.isfinite(value):
            return "gap", "no number was measured"
        if answer == "incident":
            return "masked", "an incident covers it"
        if holiday and self.settings.on_holidays == "masked":
            return "masked", "a holiday"
        return None

    def _watch(self, at: datetime, value: float, now: View, *, answer: Answer | None) -> Verdict:
        """Judge a number, and learn it."""
        state, settings = self._state, self.settings
        error = value - now.expected
        watched = settings.direction == "both" or (error > 0) == (settings.direction == "up")
        novel = self._novelty.take(value, now.hours, steps=state.steps, day=now.day)
        news = self._news(novel if watched and answer is None else 0.0, now.day)
        warm = state.outlook.seen >= settings.warm_up
        outside = warm and abs(error) > now.reach
        unusual = settings.surprise * abs(error) / now.reach if warm and watched and answer is None else 0.0
        surprise = max(unusual, news)
        status, reason = self._status(value, now, surprise, beyond=outside and watched, answer=answer)
        verdict = self._verdict(at, value, now, status=status, reason=reason, surprise=surprise, news=news)
        self._learn(value, now, outside=outside, answer=answer)
        return verdict

    def _status(
        self, value: float, now: View, surprise: float, *, beyond: bool, answer: Answer | None
    ) -> tuple[Status, str]:
        settings, seen = self.settings, self._state.outlook.seen
        if answer is not None:
            return "normal", answer.replace("_", " ")
        if beyond:
            side = "above" if value > now.expected else "below"
            low, high = now.expected - now.reach, now.expected + now.reach
            return "anomaly", f"{value:.6g} is {side} the band of {low:.6g} to {high:.6g}"
        if surprise >= settings.surprise:
            return "anomaly", f"{value:.6g}, after what came before it, has not been seen here"
        if seen < settings.warm_up:
            return "warming up", f"warming up: {seen} of {settings.warm_up} points"
        return "normal", ""

    def _verdict(
        self,
        at: datetime,
        value: float,
        now: View,
        *,
        status: Status,
        reason: str = "",
        surprise: float = 0.0,
        news: float = 0.0,
    ) -> Verdict:
        settings = self.settings
        warm = self._state.outlook.seen >= settings.warm_up
        return Verdict(
            at=at,
            value=value,
            expected=now.expected if warm else None,
            low=now.expected - now.reach if warm and settings.direction != "up" else None,
            high=now.expected + now.reach if warm and settings.direction != "down" else None,
            score=_score(surprise / settings.surprise),
            alert=_score(news / settings.surprise),
            status=status,
            reason=reason,
        )

    def _news(self, surprise: float, day: float) -> float:
        """The surprise where none as large was within the last day; else 0."""
        state, seen = self._state, self._state.outlook.seen
        rest = min(max(day, REST[0]), REST[1])
        told = [(at, size) for at, size in state.told if seen - at <= rest]
        news = surprise if all(size < surprise for _, size in told) else 0.0
        if surprise:
            told = [(at, size) for at, size in told if size > surprise]
            told.append((seen, surprise))
        state.told = told
        return news

    def _learn(self, value: float, now: View, *, outside: bool, answer: Answer | None) -> None:
        state, surprise = self._state, self.settings.surprise
        state.steps = 0.0
        if answer == "false_positive":
            outlook.widen(now, value, surprise)
            self._novelty.accept(surprise)
        if outlook.learn(state.outlook, now, value, outside=outside, trusted=answer is not None):
            self._novelty.restart()


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
