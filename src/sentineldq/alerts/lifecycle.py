"""What people do with an alert: acknowledge, assign, snooze, comment, resolve, reopen. Pure; each gives one change."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sentineldq.errors import UsageError, suggest
from sentineldq.store.alerts import Alert, Change, Event

REASONS = (
    "fixed",
    "false_positive",
    "expected_change",
    "missing_data",
    "duplicates",
    "out_of_bounds",
    "other",
)
"""Why an alert was resolved, by a person."""

Reason = Literal[
    "fixed", "false_positive", "expected_change", "missing_data", "duplicates", "out_of_bounds", "other"
]


def acknowledge(alert: Alert, *, actor: str, now: datetime, note: str | None = None) -> Change:
    """Take an alert on: it is told no further up, and is the actor's unless it is somebody's. Raises UsageError."""
    _standing(alert, "acknowledged")
    values = {
        "status": "acknowledged",
        "acknowledged_at": now,
        "acknowledged_by": actor,
        "assignee": alert.assignee or actor,
        "snoozed_until": None,
    }
    return _change(alert, values, "acknowledged", actor, note)


def assign(alert: Alert, *, assignee: str | None, actor: str) -> Change:
    """Give an alert to somebody, or to nobody. Raises UsageError."""
    _standing(alert, "assigned")
    return _change(alert, {"assignee": assignee}, "assigned", actor, None, to=assignee)


def snooze(alert: Alert, *, until: datetime, actor: str, now: datetime, note: str | None = None) -> Change:
    """Be silent about an alert until then, or until it gets worse. Raises UsageError."""
    _standing(alert, "snoozed")
    if until <= now:
        raise UsageError(f"an alert cannot be snoozed until {until.isoformat()}: that is over")
    values = {"status": "snoozed", "snoozed_until": until}
    return _change(alert, values, "snoozed", actor, note, until=until.isoformat())


def resolve(alert: Alert, *, reason: str, actor: str, now: datetime, note: str | None = None) -> Change:
    """End an alert; its condition opens no other until it was gone once. Raises UsageError."""
    _standing(alert, "resolved")
    if reason not in REASONS:
        raise UsageError(f"{reason!r} is no reason", hint=suggest(reason, REASONS) or ", ".join(REASONS))
    values = {
        "status": "resolved",
        "resolved_at": now,
        "resolved_by": actor,
        "reason": reason,
        "note": note or alert.note,
        "snoozed_until": None,
    }
    return _change(alert, values, "resolved", actor, note, reason=reason)


def reopen(alert: Alert, *, actor: str, note: str | None = None) -> Change:
    """Take back an acknowledgement, a snooze or a resolution. Raises UsageError."""
    if alert.status == "open":
        raise UsageError(f"alert {alert.alert_id[:8]} is open already")
    values = {
        "status": "open",
        "acknowledged_at": None,
        "acknowledged_by": None,
        "snoozed_until": None,
        "resolved_at": None,
        "resolved_by": None,
        "reason": None,
    }
    return _change(alert, values, "reopened", actor, note)


def comment(alert: Alert, *, actor: str, note: str) -> Change:
    """Say something about an alert; the newest word stands with it."""
    return _change(alert, {"note": note}, "commented", actor, note)


def _standing(alert: Alert, verb: str) -> None:
    if alert.status == "resolved":
        raise UsageError(
            f"alert {alert.alert_id[:8]} is resolved and cannot be {verb}",
            hint="reopen it first, or leave it",
        )


def _change(
    alert: Alert, values: dict[str, Any], kind: str, actor: str, note: str | None, **details: Any
) -> Change:
    said = {**details, **({"note": note} if note else {})}
    return Change(alert_id=alert.alert_id, values=values, event=Event(kind=kind, actor=actor, details=said))
