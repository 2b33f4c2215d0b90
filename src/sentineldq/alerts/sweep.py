"""A sweep: findings become alerts, alerts that are over are resolved, those that nobody answers are told further up.

It looks at what stands, not at what happened, so that one that was missed or stopped half-way is made good by the next.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from sentineldq.alerts.plan import Step, plan
from sentineldq.alerts.routing import Owners, escalations, sends
from sentineldq.alerts.rules import Rules
from sentineldq.store import alerts, findings
from sentineldq.store.alerts import Alert, Change, Event
from sentineldq.store.database import Store
from sentineldq.store.deliveries import Send
from sentineldq.store.findings import Finding
from sentineldq.store.leases import acquire, release

LEASE = "alerts"


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What a sweep has to know of a project.

    upstream: the datasets that each is made of. owners: of each dataset. link: the dashboard's address.
    """

    project: str
    rules: Rules = Rules()
    upstream: Mapping[str, Collection[str]] = {}
    owners: Owners = {}
    link: str | None = None


class Swept(msgspec.Struct, kw_only=True):
    """How many alerts were opened, raised, joined, woken, cleared and escalated; None of them where another sweeps."""

    open: int = 0
    join: int = 0
    raise_: int = 0
    wake: int = 0
    clear: int = 0
    escalate: int = 0
    busy: bool = False


def sweep(store: Store, context: Context, *, now: datetime) -> Swept:
    """Bring the alerts of a store up to its findings, once; one process at a time. Raises StoreError."""
    done = Swept()
    if not _changes(store, context, done, now=now):
        return done  # as nearly always: nobody else is kept from writing for that
    done = Swept()
    lease = acquire(store, name=LEASE, term=60.0)
    if lease is None:
        done.busy = True
        return done
    try:
        changes = _changes(store, context, done, now=now)
        if changes:
            alerts.apply(store, changes, now=now)
    finally:
        release(store, lease=lease)
    return done


def _changes(store: Store, context: Context, done: Swept, *, now: datetime) -> list[Change]:
    standing = alerts.standing(store)
    open_ones = findings.query(store, still=True, limit=None)
    known = {alert.finding_id for alert in standing}
    answered = alerts.resolved_of(store, [one.finding_id for one in open_ones if one.finding_id not in known])
    steps = plan(open_ones, standing, done=answered, upstream=context.upstream, now=now)
    by_key = {alert.key: alert.alert_id for alert in standing}
    changes, touched = [], set()
    for step in steps:
        change = _change(step, by_key, context, now)
        changes.append(change)
        touched.add(change.alert_id)
        name = {"raise": "raise_"}.get(step.move, step.move)
        setattr(done, name, getattr(done, name) + 1)
    for alert in standing:
        if alert.alert_id not in touched and (up := _escalated(alert, context, now)) is not None:
            changes.append(up)
            done.escalate += 1
    return changes


def _change(step: Step, by_key: dict[str, str], context: Context, now: datetime) -> Change:
    match step.move:
        case "open":
            return _opened(step, by_key, context, now)
        case "clear":
            return _cleared(step.alert, context, now)
        case "join":
            return _joined(step.alert, step.finding)
        case "raise":
            return _again(step, "raised", context, now)
        case "wake":
            return _again(step, "woken", context, now)


def _opened(step: Step, by_key: dict[str, str], context: Context, now: datetime) -> Change:
    assert step.finding is not None  # noqa: S101  # `plan` gives one
    finding = step.finding
    alert = fresh(finding, cause=by_key.get(step.cause or ""), now=now)
    by_key[alert.key] = alert.alert_id
    return Change(
        alert_id=alert.alert_id,
        values=values_of(alert),
        event=Event(kind="opened", details={"cause": alert.cause} if alert.cause else {}),
        sends=_sends(alert, "opened", context, now),
        new=True,
    )


def fresh(finding: Finding, *, cause: str | None, now: datetime) -> Alert:
    """The alert that a finding opens."""
    return Alert(
        alert_id=alerts.identify(),
        key=finding.key,
        finding_id=finding.finding_id,
        kind=finding.kind,
        dataset=finding.dataset,
        severity=finding.severity,
        title=finding.title,
        details=finding.details,
        count=finding.count,
        cause=cause,
        opened_at=now,
        updated_at=now,
    )


def values_of(alert: Alert) -> dict[str, Any]:
    """The columns of a new alert, but for those that writing it fills in."""
    skipped = {"alert_id", "updated_at"}
    return {name: value for name, value in vars(alert).items() if name not in skipped}


def _told(finding: Finding | None) -> dict[str, Any]:
    if finding is None:
        return {}
    return {
        "finding_id": finding.finding_id,
        "severity": finding.severity,
        "title": finding.title,
        "details": dict(finding.details),
        "count": finding.count,
    }


def _joined(alert: Alert | None, finding: Finding | None) -> Change:
    assert alert is not None  # noqa: S101  # `plan` gives one
    count = finding.count if finding else alert.count
    return Change(
        alert_id=alert.alert_id, values=_told(finding), event=Event(kind="joined", details={"count": count})
    )


def _again(step: Step, kind: str, context: Context, now: datetime) -> Change:
    """Open once more: one that became worse is nobody's answered or silenced alert any more."""
    assert step.alert is not None  # noqa: S101  # `plan` gives one
    values: dict[str, Any] = {
        **_told(step.finding),
        "status": "open",
        "snoozed_until": None,
        "acknowledged_at": None,
    }
    values |= {"acknowledged_by": None}
    after = replace(step.alert, **values)
    return Change(
        alert_id=step.alert.alert_id,
        values=values,
        event=Event(kind=kind, details={"from": step.alert.severity, "to": after.severity}),
        sends=_sends(after, kind, context, now),
    )


def _cleared(alert: Alert | None, context: Context, now: datetime) -> Change:
    """Resolved by itself, since the condition is gone; those who were told of it are told of this."""
    assert alert is not None  # noqa: S101  # `plan` gives one
    values: dict[str, Any] = {
        "status": "resolved",
        "resolved_at": now,
        "reason": "cleared",
        "snoozed_until": None,
    }
    return Change(
        alert_id=alert.alert_id,
        values=values,
        event=Event(kind="resolved", details={"reason": "cleared"}),
        sends=_sends(replace(alert, **values), "resolved", context, now),
    )


def _escalated(alert: Alert, context: Context, now: datetime) -> Change | None:
    reached, channels = escalations(alert, context.rules, now=now, owners=context.owners)
    if not channels:
        return None
    after = replace(alert, escalated=reached)
    said = _sends(after, "escalated", context, now)
    first = said[0].message if said else {}
    return Change(
        alert_id=alert.alert_id,
        values={"escalated": reached},
        event=Event(kind="escalated", details={"to": channels, "step": reached}),
        sends=[Send(channel=name, message=first, due_at=now) for name in channels] if first else [],
    )


def _sends(alert: Alert, event: str, context: Context, now: datetime) -> list[Send]:
    return sends(
        alert,
        event,
        context.rules,
        project=context.project,
        now=now,
        owners=context.owners,
        link=context.link,
    )
