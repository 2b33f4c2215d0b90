"""Rules in words, for people who did not write them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sentineldq.alerts.rules import Match, Route, listed


def meant(match: Match) -> str:
    """Which alerts are meant: `CRITICAL alerts of orders* or gold.sales`."""
    parts = [f"{listed(match.severity)} alerts" if match.severity else "all alerts"]
    if match.kind:
        parts.append(f"of kind {listed(match.kind)}")
    if match.dataset:
        parts.append(f"of {listed(match.dataset)}")
    if match.owner:
        parts.append(f"owned by {listed(match.owner)}")
    if match.hours:
        parts.append(f"within {match.hours}")
    return " ".join(parts)


def gone(route: Route) -> str:
    """What becomes of them: to whom, together or at once, and who is told later."""
    parts = [f"go to {listed(route.to, 'and') or 'nobody'}"]
    if route.digest:
        parts.append(f"put together every {route.digest}")
    parts += [
        f"to {listed(step.to, 'and')} as well after {step.after} without an answer" for step in route.escalate
    ]
    if route.last:
        parts.append("and by no route below")
    return ", ".join(parts)


def told(due: Mapping[str, datetime], *, now: datetime, held: datetime | None, fitting: int) -> str:
    """What would become of one alert; `fitting`: how many routes it goes by; held: until when maintenance lasts."""
    if not due:
        return "nobody is told: " + ("the route it goes by has no channel" if fitting else "no route fits")
    later = sorted(name for name, at in due.items() if at > now)
    if held is not None:
        return f"{listed(sorted(due), 'and')} would be told when the maintenance is over, if it still stands then"
    at_once = sorted(due.keys() - set(later))
    parts = [f"{listed(at_once, 'and')} would be told at once"] if at_once else []
    parts += [f"{listed(later, 'and')} with the next digest"] if later else []
    return ", ".join(parts)
