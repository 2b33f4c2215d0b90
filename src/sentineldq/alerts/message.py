"""The words that an alert is told in: a title, a text, and the same as data. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sentineldq.store.alerts import Alert

SAID = {
    "opened": "",
    "raised": "now worse: ",
    "woken": "still there: ",
    "reopened": "back: ",
    "escalated": "nobody has answered: ",
    "resolved": "resolved: ",
    "maintenance over": "",
    "test": "",
}


def message(
    alert: Alert, event: str, *, project: str, now: datetime, link: str | None = None
) -> dict[str, Any]:
    """What is sent of an event of an alert; plain JSON values."""
    return {
        "event": event,
        "alert_id": alert.alert_id,
        "project": project,
        "title": alert.title,
        "severity": alert.severity,
        "status": alert.status,
        "kind": alert.kind,
        "dataset": alert.dataset,
        "count": alert.count,
        "opened_at": alert.opened_at.isoformat(),
        "at": now.isoformat(),
        "assignee": alert.assignee,
        "note": alert.note,
        "link": f"{link.rstrip('/')}/alerts/{alert.alert_id}" if link else None,
        "details": dict(alert.details),
    }


def title(messages: Sequence[Mapping[str, Any]]) -> str:
    """The subject: of one message what it says, of several how many there are."""
    if len(messages) == 1:
        one = messages[0]
        where = f" {one['dataset']}:" if one.get("dataset") else ""
        return f"[{one['severity']}]{where} {SAID.get(one['event'], '')}{one['title']}"[:200]
    worst = next((level for level in ("CRITICAL", "WARNING", "INFO") if _any(messages, level)), "INFO")
    return f"[{worst}] {len(messages)} alerts"


def body(messages: Sequence[Mapping[str, Any]]) -> str:
    """The text, plain: what is wrong, of which dataset, since when, and where to look."""
    return "\n\n".join(_body(one) for one in messages)


def _body(one: Mapping[str, Any]) -> str:
    lines = [
        f"{one['severity']}: {SAID.get(one['event'], '')}{one['title']}",
        *([f"dataset: {one['dataset']}"] if one.get("dataset") else []),
        f"since {str(one['opened_at'])[:16].replace('T', ' ')} UTC, seen {one['count']} times"
        if one["count"] > 1
        else f"since {str(one['opened_at'])[:16].replace('T', ' ')} UTC",
        *([f"note: {one['note']}"] if one.get("note") else []),
        *([str(one["link"])] if one.get("link") else [f"sentinel alerts show {str(one['alert_id'])[:8]}"]),
    ]
    return "\n".join(lines)


def _any(messages: Sequence[Mapping[str, Any]], level: str) -> bool:
    return any(one["severity"] == level for one in messages)
