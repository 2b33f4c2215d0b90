"""Alerts: what is open, what became of it, and what people do about it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from sentineldq.alerts import lifecycle
from sentineldq.alerts.sweep import values_of
from sentineldq.errors import UsageError
from sentineldq.server.moment import Moment
from sentineldq.server.page import Cursor, Limit, Page, before, paged
from sentineldq.server.problems import NotFoundError, RequestError
from sentineldq.server.security.principal import Analyst, Steward, Viewer
from sentineldq.server.state import Here
from sentineldq.store import alerts
from sentineldq.store.alerts import Alert, Change, Entry, Event

router = APIRouter(prefix="/alerts", tags=["alerts"])

Status = Literal["open", "acknowledged", "snoozed", "resolved"]
Severity = Literal["INFO", "WARNING", "CRITICAL"]


class AlertOut(BaseModel):
    """A condition that somebody has to know of. cause: the alert that explains it."""

    alert_id: str
    key: str
    kind: str
    dataset: str | None
    severity: Severity
    status: Status
    title: str
    details: dict[str, Any]
    count: int
    cause: str | None
    assignee: str | None
    opened_at: datetime
    updated_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    snoozed_until: datetime | None
    resolved_at: datetime | None
    resolved_by: str | None
    reason: str | None
    note: str | None


class EventOut(BaseModel):
    """An entry of an alert's history."""

    at: datetime
    kind: str
    actor: str | None
    details: dict[str, Any]


class AlertWithHistory(AlertOut):
    """An alert and what happened to it, oldest first."""

    history: list[EventOut]


class NewAlert(BaseModel):
    """An alert that a person or a program opens."""

    title: Annotated[str, Field(min_length=1, max_length=500, examples=["orders of 20 November are doubled"])]
    severity: Severity = "WARNING"
    dataset: Annotated[str | None, Field(max_length=300)] = None
    key: Annotated[
        str | None,
        Field(max_length=300, description="Alerts of one key are one; made up where it is not given."),
    ] = None
    details: dict[str, Any] = {}


class Said(BaseModel):
    """What to say about it."""

    note: Annotated[str | None, Field(max_length=5000)] = None


class Resolution(Said):
    """Why an alert is over."""

    reason: lifecycle.Reason = "fixed"


class Snooze(Said):
    """Until when to be silent."""

    until: Moment


class Assignment(BaseModel):
    """Whose an alert is; null: nobody's."""

    assignee: Annotated[str | None, Field(max_length=200)]


class Counts(BaseModel):
    """How many alerts there are."""

    open: int
    acknowledged: int
    snoozed: int
    resolved: int
    critical: int
    warning: int
    info: int


@router.get("/summary")
def summary(_: Viewer, here: Here) -> Counts:
    """How many alerts there are, by status, and by severity of those that are not resolved."""
    found = alerts.counts(here.store)

    def by(status: str) -> int:
        return sum(number for (one, _level), number in found.items() if one == status)

    def standing(level: str) -> int:
        return sum(number for (one, each), number in found.items() if each == level and one != "resolved")

    return Counts(
        open=by("open"),
        acknowledged=by("acknowledged"),
        snoozed=by("snoozed"),
        resolved=by("resolved"),
        critical=standing("CRITICAL"),
        warning=standing("WARNING"),
        info=standing("INFO"),
    )


@router.get("/")
def list_alerts(
    _: Viewer,
    here: Here,
    status: Annotated[
        list[Status] | None, Query(description="Those that are not resolved, unless given.")
    ] = None,
    severity: Annotated[list[Severity] | None, Query()] = None,
    dataset: Annotated[str | None, Query(max_length=300)] = None,
    assignee: Annotated[str | None, Query(max_length=200)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    *,
    unassigned: Annotated[bool, Query(description="Those alone that are nobody's.")] = False,
) -> Page[AlertOut]:
    """Alerts, the one that changed last first."""
    rows = alerts.query(
        here.store,
        statuses=status or ("open", "acknowledged", "snoozed"),
        severities=severity or (),
        dataset=dataset,
        assignee=assignee,
        unassigned=unassigned,
        before=before(cursor),
        limit=limit + 1,
    )
    return paged(rows, limit, item=shown, place=lambda row: (row.updated_at, row.alert_id))


@router.post("/", status_code=201)
def create(given: NewAlert, me: Analyst, here: Here) -> AlertOut:
    """Open an alert by hand, or join the one of its key."""
    now = datetime.now(UTC)
    key = f"manual/{given.key or alerts.identify()}"
    for one in alerts.standing(here.store):
        if one.key == key:
            joined = Change(
                alert_id=one.alert_id,
                values={"count": one.count + 1, "title": given.title},
                event=Event(kind="joined", actor=me.name),
            )
            return _made(here, joined, now)
    alert = _by_hand(given, key, now)
    opened = Event(kind="opened", actor=me.name)
    return _made(here, Change(alert_id=alert.alert_id, values=values_of(alert), event=opened, new=True), now)


@router.get("/{alert_id}")
def one(alert_id: str, _: Viewer, here: Here) -> AlertWithHistory:
    """An alert with its history."""
    alert = _get(here, alert_id)
    history = [event(entry) for entry in alerts.history(here.store, alert.alert_id)]
    return AlertWithHistory(**shown(alert).model_dump(), history=history)


@router.post("/{alert_id}/acknowledge")
def acknowledge(alert_id: str, given: Said, me: Steward, here: Here) -> AlertOut:
    """Take an alert on: it is yours, and is told no further up."""
    now = datetime.now(UTC)
    return _change(
        here, alert_id, lambda a: lifecycle.acknowledge(a, actor=me.name, now=now, note=given.note), now
    )


@router.post("/{alert_id}/resolve")
def resolve(alert_id: str, given: Resolution, me: Steward, here: Here) -> AlertOut:
    """Resolve an alert, and say why."""
    now = datetime.now(UTC)
    return _change(
        here,
        alert_id,
        lambda a: lifecycle.resolve(a, reason=given.reason, actor=me.name, now=now, note=given.note),
        now,
    )


@router.post("/{alert_id}/snooze")
def snooze(alert_id: str, given: Snooze, me: Steward, here: Here) -> AlertOut:
    """Be silent about an alert for a while, or until it gets worse."""
    now = datetime.now(UTC)
    return _change(
        here,
        alert_id,
        lambda a: lifecycle.snooze(a, until=given.until, actor=me.name, now=now, note=given.note),
        now,
    )


@router.post("/{alert_id}/assign")
def assign(alert_id: str, given: Assignment, me: Steward, here: Here) -> AlertOut:
    """Give an alert to somebody, or to nobody."""
    now = datetime.now(UTC)
    return _change(here, alert_id, lambda a: lifecycle.assign(a, assignee=given.assignee, actor=me.name), now)


@router.post("/{alert_id}/reopen")
def reopen(alert_id: str, given: Said, me: Steward, here: Here) -> AlertOut:
    """Take an acknowledgement, a snooze or a resolution back."""
    now = datetime.now(UTC)
    return _change(here, alert_id, lambda a: lifecycle.reopen(a, actor=me.name, note=given.note), now)


@router.post("/{alert_id}/comment")
def comment(alert_id: str, given: Said, me: Analyst, here: Here) -> AlertOut:
    """Say something about an alert."""
    now = datetime.now(UTC)
    return _change(here, alert_id, lambda a: lifecycle.comment(a, actor=me.name, note=given.note or ""), now)


def shown(alert: Alert) -> AlertOut:
    """An alert as it is answered."""
    return AlertOut.model_validate(alert, from_attributes=True)


def event(entry: Entry) -> EventOut:
    """An entry as it is answered."""
    return EventOut(at=entry.at, kind=entry.kind, actor=entry.actor, details=dict(entry.details))


def _by_hand(given: NewAlert, key: str, now: datetime) -> Alert:
    return Alert(
        alert_id=alerts.identify(),
        key=key,
        kind="manual",
        dataset=given.dataset,
        severity=given.severity,
        title=given.title,
        details=given.details,
        opened_at=now,
        updated_at=now,
    )


def _get(here: Here, alert_id: str) -> Alert:
    try:
        return alerts.get(here.store, alert_id)
    except UsageError as fault:
        raise NotFoundError(f"alert {alert_id!r}") from fault


def _change(here: Here, alert_id: str, change: Any, now: datetime) -> AlertOut:
    try:
        made: Change = change(_get(here, alert_id))
    except UsageError as fault:
        raise RequestError(409, fault.message, hint=fault.hint) from fault
    return _made(here, made, now)


def _made(here: Here, change: Change, now: datetime) -> AlertOut:
    alerts.apply(here.store, [change], now=now)
    return shown(alerts.get(here.store, change.alert_id))
