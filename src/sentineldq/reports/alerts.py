"""Alerts as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from sentineldq.reports import figures
from sentineldq.reports.lake import ago, grid
from sentineldq.store.alerts import Alert, Entry

LEVELS = ("CRITICAL", "WARNING", "INFO")
COLOURS = {"CRITICAL": "red", "WARNING": "yellow", "INFO": "cyan"}


def alerts_table(found: Sequence[Alert]) -> str:
    """`sentinel alerts list`: those that stand by themselves, the worst first, each with those that it explains."""
    if not found:
        return "no alert is open"
    ordered = sorted(found, key=lambda one: (LEVELS.index(one.severity), -one.updated_at.timestamp()))
    shown = {one.alert_id for one in found}
    rows = []
    for alert in ordered:
        if alert.cause in shown:
            continue
        rows.append(_row(alert, ""))
        rows += [_row(child, "└ ") for child in ordered if child.cause == alert.alert_id]
    return grid(("", "alert", "status", "dataset", "what", "since", "seen", "whose"), rows, right=("seen",))


def _row(alert: Alert, indent: str) -> tuple[str, ...]:
    return (
        alert.severity,
        alert.alert_id[:8],
        alert.status,
        alert.dataset or "",
        indent + figures.shorten(alert.title, limit=100),
        ago(alert.opened_at.isoformat()),
        figures.count(alert.count),
        alert.assignee or "",
    )


def alert_text(alert: Alert, history: Sequence[Entry]) -> str:
    """`sentinel alerts show`: what is wrong, where it stands, and what happened, oldest first."""
    head = click.style(alert.severity, fg=COLOURS.get(alert.severity)) + f"  {figures.visible(alert.title)}"
    facts = {
        "alert": alert.alert_id,
        "status": alert.status,
        "dataset": alert.dataset,
        "kind": alert.kind,
        "whose": alert.assignee,
        "seen": figures.plural(alert.count, "time"),
        "explained by": alert.cause,
        "snoozed until": _moment(alert.snoozed_until),
        "reason": alert.reason,
        "note": alert.note,
    }
    lines = [f"  {name:<14}{figures.visible(str(value))}" for name, value in facts.items() if value]
    return "\n".join([head, "", *lines, "", *(_entry(one) for one in history)])


def _entry(one: Entry) -> str:
    said = ", ".join(f"{name} {value}" for name, value in one.details.items() if value is not None)
    who = f" by {figures.visible(one.actor)}" if one.actor else ""
    return f"  {_moment(one.at)}  {one.kind}{who}" + (f" ({figures.visible(said)})" if said else "")


def _moment(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
