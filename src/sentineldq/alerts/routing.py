"""Which channels are told of an event of an alert, and when. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sentineldq.alerts.message import message
from sentineldq.alerts.rules import Route, Rules, Subject, fits, held, owners_of, utc
from sentineldq.contracts.duration import parse_duration
from sentineldq.store.alerts import Alert
from sentineldq.store.deliveries import Send

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Owners = Mapping[str, tuple[str, ...]]
"""The owners of each dataset, as its contract names them."""


def sends(
    alert: Alert,
    event: str,
    rules: Rules,
    *,
    project: str,
    now: datetime,
    owners: Owners | None = None,
    link: str | None = None,
) -> list[Send]:
    """The messages of an event, one a channel.

    Nothing is sent of an alert that another explains, and of one in maintenance only after it. A digest is due at the
    next multiple of its interval.
    """
    if alert.cause is not None:
        return []
    window = held(rules, alert.dataset, now=now)
    start = now if window is None else max(now, utc(window.until))
    said = message(alert, event, project=project, now=now, link=link)
    due: dict[str, datetime] = {}
    for route in routes(alert, rules, now=now, owners=owners):
        at = _digest(route, start)
        for name in route.to:
            due[name] = min(due.get(name, at), at)
    return [Send(channel=name, message=said, due_at=at) for name, at in due.items()]


def routes(alert: Alert, rules: Rules, *, now: datetime, owners: Owners | None = None) -> list[Route]:
    """The routes an alert goes by, in their order, up to one that is the last."""
    found = []
    of = subject(alert, owners or {})
    for route in rules.ways:
        if fits(route.match, of, now=now):
            found.append(route)
            if route.last:
                break
    return found


def subject(alert: Alert, owners: Owners) -> Subject:
    """What of an alert says where it goes."""
    mine = owners_of(owners, alert.dataset)
    return Subject(severity=alert.severity, kind=alert.kind, dataset=alert.dataset, owners=mine)


def escalations(
    alert: Alert, rules: Rules, *, now: datetime, owners: Owners | None = None
) -> tuple[int, list[str]]:
    """How many steps up an alert should have been told by now, and the channels of those that are new.

    Only what nobody has acknowledged is told further up, by the time since it was opened.
    """
    if alert.status != "open" or alert.cause is not None or held(rules, alert.dataset, now=now):
        return alert.escalated, []
    steps = [step for route in routes(alert, rules, now=now, owners=owners) for step in route.escalate]
    steps.sort(key=lambda step: parse_duration(step.after))
    reached = sum(now - alert.opened_at >= parse_duration(step.after) for step in steps)
    new = steps[alert.escalated : reached]
    return max(reached, alert.escalated), list(dict.fromkeys(name for step in new for name in step.to))


def _digest(route: Route, start: datetime) -> datetime:
    if route.digest is None:
        return start
    every: timedelta = parse_duration(route.digest)
    return EPOCH + ((start - EPOCH) // every + 1) * every
