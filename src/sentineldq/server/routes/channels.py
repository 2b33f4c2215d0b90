"""Channels: where alerts go, what waits there, and a message to try each.

Stewards, who answer alerts, may see where they go; admins alone may have something sent.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query

from sentineldq.alerts import words
from sentineldq.alerts.place import kind_of, place_of, secrets_of
from sentineldq.alerts.routing import Owners, routes, sends, subject
from sentineldq.alerts.rules import Maintenance, Route, Rules, held, misfits, utc
from sentineldq.alerts.trial import trial
from sentineldq.pipeline.owners import owners_of
from sentineldq.server.answers.channels import (
    ChannelOut,
    DeliveryOut,
    Judged,
    MaintenanceOut,
    Preview,
    RouteOut,
    RulesOut,
    State,
    Told,
    Tried,
)
from sentineldq.server.moment import Moment
from sentineldq.server.page import Cursor, Limit, Page, decode_cursor, paged
from sentineldq.server.problems import NotFoundError
from sentineldq.server.routes.alerts import Severity
from sentineldq.server.security.principal import Admin, Steward
from sentineldq.server.state import Here
from sentineldq.store import deliveries
from sentineldq.store.alerts import Alert
from sentineldq.store.deliveries import Delivery
from sentineldq.telemetry.secrets import Masker

router = APIRouter(prefix="/channels", tags=["channels"])

Name = Annotated[str, Path(max_length=200)]
Number = Annotated[int, Path(ge=0, le=2**63 - 1)]


@router.get("")
def list_channels(_: Steward, here: Here) -> Page[ChannelOut]:
    """Channels as the project file has them, each with what waits there and what was sent last."""
    rules = here.project.settings.alerts
    undone = deliveries.undone(here.store)
    shown = [
        ChannelOut(
            name=name,
            kind=kind_of(channel),
            place=place_of(channel),
            signed=channel.secret is not None and channel.webhook is not None,
            rate=channel.rate,
            routes=[at for at, route in enumerate(rules.ways) if name in _named(route)],
            waiting=undone.get((name, "due"), 0),
            failed=undone.get((name, "failed"), 0),
            last=delivery(last, rules) if (last := deliveries.tried_last(here.store, name)) else None,
        )
        for name, channel in rules.channels.items()
    ]
    return Page[ChannelOut](items=shown, total=len(shown))


@router.get("/rules")
def list_rules(_: Steward, here: Here) -> RulesOut:
    """Routes and maintenance, in words."""
    rules, now = here.project.settings.alerts, datetime.now(UTC)
    return RulesOut(
        file="sentinel.yaml",
        routes=[
            RouteOut(
                position=at,
                meant=words.meant(route.match),
                gone=words.gone(route),
                to=route.to,
                last=route.last,
                usual=not rules.routes,
            )
            for at, route in enumerate(rules.ways)
        ],
        maintenance=[maintenance(one, now) for one in rules.maintenance],
    )


@router.get("/deliveries")
def list_deliveries(
    _: Steward,
    here: Here,
    state: State | None = None,
    channel: Annotated[str | None, Query(max_length=200)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[DeliveryOut]:
    """Messages, the newest first."""
    after = decode_cursor(cursor, int)
    rows = deliveries.query(
        here.store,
        state=state,
        channel=channel,
        before=int(str(after[0])) if after is not None else None,
        limit=limit + 1,
    )
    rules = here.project.settings.alerts
    return paged(rows, limit, item=lambda row: delivery(row, rules), place=lambda row: (row.delivery_id,))


@router.post("/deliveries/{delivery_id}/retry", status_code=202)
def retry(delivery_id: Number, _: Admin, here: Here) -> None:
    """Try a message anew, now: one that waits, or one that was given up."""
    if not deliveries.again(here.store, delivery_id, now=datetime.now(UTC)):
        raise NotFoundError(f"message {delivery_id} that was not sent")


@router.get("/preview")
def preview(
    _: Steward,
    here: Here,
    severity: Severity = "WARNING",
    kind: Annotated[str, Query(max_length=100, description="Such as freshness, drift or run.")] = "run",
    dataset: Annotated[str | None, Query(max_length=300)] = None,
    at: Annotated[Moment | None, Query(description="When; now, unless given.")] = None,
) -> Preview:
    """Where an alert would go, and why. Nothing is sent, and nothing is written down."""
    rules, now = here.project.settings.alerts, (at or datetime.now(UTC)).astimezone(UTC)
    owners = here.cache.get("owners", lambda: owners_of(here.project), fresh=30, longest=60)
    alert = Alert(
        alert_id="", key="", kind=kind, dataset=dataset, severity=severity, title="", details={},
        opened_at=now, updated_at=now,
    )  # fmt: skip
    fitting = routes(alert, rules, now=now, owners=owners)
    due = {
        one.channel: one.due_at
        for one in sends(alert, "opened", rules, project=here.project.name, now=now, owners=owners)
    }
    window = held(rules, dataset, now=now)
    said = maintenance(window, now) if window else None
    return Preview(
        said=words.told(due, now=now, held=said.until if said else None, fitting=len(fitting)),
        owners=list(subject(alert, owners).owners),
        told=[Told(channel=name, due_at=moment) for name, moment in due.items()],
        routes=judged(rules.ways, fitting, alert, owners, now),
        maintenance=said,
    )


@router.post("/{name}/test")
def test(name: Name, _: Admin, here: Here) -> Tried:
    """Send a test message to a channel, now, and say what came of it. No limit or maintenance holds it back."""
    rules = here.project.settings.alerts
    channel = rules.channels.get(name)
    if channel is None:
        raise NotFoundError(f"channel {name!r}")
    here.trials.take(f"test of {name}")
    begun = time.perf_counter()
    (found,) = trial(rules, [name], project=here.project.name)
    error = found.error and Masker(secrets_of(channel)).text(found.error)
    seconds = round(time.perf_counter() - begun, 3)
    return Tried(channel=name, taken=found.error is None, error=error, seconds=seconds)


def judged(
    ways: Sequence[Route], fitting: Sequence[Route], alert: Alert, owners: Owners, now: datetime
) -> list[Judged]:
    """Each route held against an alert; below the last one that fits none is looked at."""
    end = next(
        (at for at, route in enumerate(ways) if route.last and any(route is one for one in fitting)), None
    )
    found = []
    for at, route in enumerate(ways):
        why = list(misfits(route.match, subject(alert, owners), now=now))
        below = end is not None and at > end
        found.append(Judged(position=at, fits=not why, looked_at=not below, why=why))
    return found


def maintenance(one: Maintenance, now: datetime) -> MaintenanceOut:
    """Maintenance as it is answered."""
    since, until = utc(one.since), utc(one.until)
    state: Literal["coming", "now", "over"] = "coming" if now < since else "now" if now < until else "over"
    return MaintenanceOut(dataset=one.dataset, since=since, until=until, note=one.note, state=state)


def delivery(one: Delivery, rules: Rules) -> DeliveryOut:
    """A message as it is answered: what it is about, and never what its receiver's address says."""
    channel = rules.channels.get(one.channel)
    masker = Masker(secrets_of(channel) if channel else ())
    said: dict[str, Any] = {name: one.message.get(name) for name in ("dataset", "alert_id")}
    said |= {name: str(one.message.get(name, "")) for name in ("title", "severity", "event")}
    values = {name: value for name, value in vars(one).items() if name in DeliveryOut.model_fields}
    values["error"] = masker.text(one.error) if one.error else None
    return DeliveryOut(**values, **said)


def _named(route: Route) -> set[str]:
    return {*route.to, *(name for step in route.escalate for name in step.to)}
