"""What needs somebody: alerts that are no mere information, are not silent, and that no other one explains."""

from __future__ import annotations

from collections import Counter

from sentineldq.server.answers.dashboard import Attention, Pressing
from sentineldq.server.state import State
from sentineldq.store import alerts
from sentineldq.store.alerts import Alert

MOST = 8
RANK = {"CRITICAL": 0, "WARNING": 1}


def attention(here: State) -> Attention:
    """The worst first, of these those that nobody has taken on, of these the newest."""
    standing = [one for one in alerts.standing(here.store) if one.status != "snoozed"]
    there = {one.alert_id for one in standing}
    explains = Counter(one.cause for one in standing if one.cause in there)
    found = [one for one in standing if one.severity in RANK and one.cause not in there]
    found.sort(key=_place)
    told = list(Pressing.model_fields)[:-1]
    items = [
        Pressing(**{name: getattr(one, name) for name in told}, explains=explains[one.alert_id])
        for one in found[:MOST]
    ]
    return Attention(total=len(found), items=items)


def _place(one: Alert) -> tuple[int, bool, float]:
    return RANK[one.severity], one.status != "open", -one.opened_at.timestamp()
