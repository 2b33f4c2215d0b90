"""Channels, routes and deliveries, as they are answered: never an address, never a secret."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

State = Literal["due", "sent", "failed"]


class DeliveryOut(BaseModel):
    """A message for a channel. due: it is tried at `due_at`, at first or again; failed: it was given up."""

    delivery_id: int
    channel: str
    state: State
    title: str
    severity: str
    event: str
    dataset: str | None
    alert_id: str | None
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    attempts: int
    error: str | None


class ChannelOut(BaseModel):
    """Where messages go. place: the server and, of mail, the receivers; null where the address is all secret.

    routes: the positions of those that use it, escalations among them. waiting, failed: messages not sent. last: the
    newest message that was tried.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "mail",
                    "kind": "mail",
                    "place": "data@example.org by mail.example.org",
                    "signed": False,
                    "rate": "60/h",
                    "routes": [0, 1],
                    "waiting": 0,
                    "failed": 0,
                    "last": None,
                }
            ]
        }
    )

    name: str
    kind: str
    place: str | None
    signed: bool
    rate: str
    routes: list[int]
    waiting: int
    failed: int
    last: DeliveryOut | None


class RouteOut(BaseModel):
    """A route in words: which alerts, and what becomes of them. usual: made up, since the project gives none."""

    position: int
    meant: str
    gone: str
    to: list[str]
    last: bool
    usual: bool


class MaintenanceOut(BaseModel):
    """A time in which nothing is told of some datasets; none named: of all."""

    dataset: list[str]
    since: datetime
    until: datetime
    note: str | None
    state: Literal["coming", "now", "over"]


class RulesOut(BaseModel):
    """What the project file says of alerts."""

    file: str
    routes: list[RouteOut]
    maintenance: list[MaintenanceOut]


class Tried(BaseModel):
    """What came of a test message. error: why it was not taken."""

    channel: str
    taken: bool
    error: str | None
    seconds: float


class Judged(BaseModel):
    """A route and an alert. why: what keeps them apart; looked_at: false below a route that is the last."""

    position: int
    fits: bool
    looked_at: bool
    why: list[str]


class Told(BaseModel):
    """A channel that would be told, and when."""

    channel: str
    due_at: datetime


class Preview(BaseModel):
    """Where an alert would go now, and why."""

    said: str
    owners: list[str]
    told: list[Told]
    routes: list[Judged]
    maintenance: MaintenanceOut | None
