"""What findings mean for alerts: which open, which are joined or raised, which are over. Pure; nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sentineldq.alerts.rules import LEVELS, names
from sentineldq.store.alerts import Alert
from sentineldq.store.findings import Finding

CAUSES = ("run", "contract", "unreadable", "freshness")
"""Kinds that explain others, the first ones most."""

EFFECTS = {"freshness": ("run", "contract"), "volume": ("run", "contract", "unreadable", "freshness")}
"""What a kind may be the effect of, of its own dataset; of those upstream, freshness and volume follow any cause."""

Move = Literal["open", "join", "raise", "wake", "clear"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One change to make. cause: the key of the condition that explains a new alert."""

    move: Move
    finding: Finding | None = None
    alert: Alert | None = None
    cause: str | None = None


def plan(
    findings: Sequence[Finding],
    alerts: Sequence[Alert],
    *,
    done: Collection[str] = (),
    upstream: Mapping[str, Collection[str]] | None = None,
    now: datetime,
) -> list[Step]:
    """The steps from the alerts that stand to those that the open findings ask for.

    done: findings whose alert somebody has resolved; they open no other. upstream: the datasets that each is made of.
    Causes come before what they explain.
    """
    by_key = {alert.key: alert for alert in alerts}
    standing = {finding.key: finding for finding in findings}
    news = [finding for finding in findings if finding.key not in by_key and finding.finding_id not in done]
    causes = Causes(findings, upstream or {}) if news else None
    steps = [
        Step(move="open", finding=finding, cause=causes.root(finding) if causes else None)
        for finding in sorted(news, key=_rank)
    ]
    steps.sort(key=lambda step: step.cause is not None)
    for alert in alerts:
        step = _step(alert, standing.get(alert.key), now)
        if step is not None:
            steps.append(step)
    return steps


def _step(alert: Alert, finding: Finding | None, now: datetime) -> Step | None:
    if alert.finding_id is None:
        return Step(move="wake", alert=alert) if _over(alert, now) else None
    if finding is None:
        return Step(move="clear", alert=alert)
    if LEVELS.index(_level(finding.severity)) > LEVELS.index(_level(alert.severity)):
        return Step(move="raise", alert=alert, finding=finding)
    if _over(alert, now):
        return Step(move="wake", alert=alert, finding=finding)
    told = (alert.finding_id, alert.severity, alert.title, alert.count)
    if told != (finding.finding_id, finding.severity, finding.title, finding.count):
        return Step(move="join", alert=alert, finding=finding)
    return None


def _over(alert: Alert, now: datetime) -> bool:
    return alert.status == "snoozed" and alert.snoozed_until is not None and alert.snoozed_until <= now


def _level(severity: str) -> Literal["INFO", "WARNING", "CRITICAL"]:
    return severity if severity in LEVELS else "WARNING"


def _rank(finding: Finding) -> tuple[int, datetime, str]:
    place = CAUSES.index(finding.kind) if finding.kind in CAUSES else len(CAUSES)
    return place, finding.first_seen_at, finding.key


class Causes:
    """What of the open findings explains another: each is looked for by its dataset, of thousands only a few."""

    def __init__(self, findings: Iterable[Finding], upstream: Mapping[str, Collection[str]]) -> None:
        self.upstream = upstream
        self.by_key = {one.key: one for one in findings}
        self.by_name: dict[str, list[Finding]] = {}
        for one in self.by_key.values():
            for name in set(names(one.dataset)):
                self.by_name.setdefault(name, []).append(one)

    def root(self, finding: Finding) -> str | None:
        """The key of the finding at the beginning of what explains another; None where nothing does."""
        seen = {finding.key}
        found = None
        while (key := self.cause(self.by_key.get(found or "", finding))) is not None:
            if key in seen:
                break
            seen.add(key)
            found = key
        return found

    def cause(self, finding: Finding) -> str | None:
        """The key of the finding that explains another: of the same dataset or of one upstream of it, the gravest."""
        effects = EFFECTS.get(finding.kind)
        if effects is None or finding.dataset is None:
            return None
        own = set(names(finding.dataset))
        above = {name for each in own for name in self.upstream.get(each, ())}
        explains = [one for name in own for one in self.by_name.get(name, ()) if one.kind in effects]
        explains += [one for name in above for one in self.by_name.get(name, ()) if one.kind in CAUSES]
        first = min((one for one in explains if one.key != finding.key), key=_rank, default=None)
        return first.key if first else None
