"""What `sentinel.yaml` may say: its keys, their types and defaults."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from sentineldq.alerts.rules import Rules
from sentineldq.drift.settings import Settings as Drift

Positive = Annotated[int, msgspec.Meta(ge=1)]
Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]


class Section(msgspec.Struct, frozen=True, kw_only=True, rename=lambda name: name.replace("_", "-")):
    """A part of the project file; keys are written with hyphens."""


class Pipeline(Section, kw_only=True, frozen=True):
    """One source, one contract: `bronze.X`, `silver.X` and `quarantine.X`, X being the dataset.

    simulate: a source of kind `simulate` for where the network does not answer. schema_object: which of the contract's
    objects, where it has several. profiles: whether its batches are profiled, where the project's are.
    """

    contract: str
    source: dict[str, Any]
    simulate: dict[str, Any] | None = None
    dataset: str | None = None
    schema_object: str | None = None
    schedule: dict[str, Any] | None = None
    profiles: bool = True


class Gold(Section, kw_only=True, frozen=True):
    """The folder of gold models, and when they are built in watch mode: every five minutes, unless a schedule says."""

    models: str = "gold"
    schedule: dict[str, Any] | None = None


class Archive(Section, kw_only=True, frozen=True):
    """Whether each batch is also kept as an object of its own, as it came."""

    enabled: bool = True
    compress: bool = True


class Upkeep(Section, kw_only=True, frozen=True):
    """When small files are compacted, and how long snapshots and the store's history are kept, in watch mode."""

    schedule: dict[str, Any] | None = None
    keep_snapshots: str = "7d"
    keep_history: str = "90d"


class Profiles(Section, kw_only=True, frozen=True):
    """Whether silver is profiled by the hour as it is written; how long an hour is kept that nothing is added to."""

    enabled: bool = True
    keep: str = "90d"


class Metric(Section, kw_only=True, frozen=True):
    """A number to watch: the one that a query over silver and gold gives.

    dataset: whose number it is, for owners and alerts; the first table that is read, unless said.
    """

    sql: str
    dataset: str | None = None
    description: str | None = None
    direction: Literal["up", "down", "both"] = "both"
    sensitivity: Literal["low", "medium", "high"] | None = None


class Monitors(Section, kw_only=True, frozen=True):
    """What is watched of every dataset, how often, and how closely.

    kinds: all of them, unless said. settle: how long after its end an hour is left to late records. history: how far
    back the usual is learned. holidays: days that are compared with earlier holidays alone.
    """

    enabled: bool = True
    schedule: dict[str, Any] | None = None
    drift_schedule: dict[str, Any] | None = None
    kinds: list[Literal["freshness", "volume", "schema", "nulls", "score", "metric"]] | None = None
    sensitivity: Literal["low", "medium", "high"] = "medium"
    settle: str = "10m"
    history: str = "60d"
    holidays: list[date] = []
    timezone: str = "UTC"
    metrics: dict[str, Metric] = {}


class Logs(Section, kw_only=True, frozen=True):
    """How much is logged, and whether to a file as well."""

    level: str = "info"
    file: str | None = None


class Oidc(Section, kw_only=True, frozen=True):
    """An identity provider to log in by (OpenID Connect), and which roles its people have here.

    issuer: its address, as its tokens have it. claim: what in a token says the groups, or the roles, of a person.
    roles: of each group its role here; of several the highest holds. default: the role of everybody else, none unless
    said. label: what the dashboard calls it.
    """

    issuer: str
    client_id: str
    client_secret: str | None = None
    scope: str = "openid profile email"
    claim: str = "groups"
    roles: dict[str, Literal["viewer", "analyst", "steward", "admin"]] = {}
    default: Literal["viewer", "analyst", "steward", "admin"] | None = None
    label: str = "single sign-on"


class Server(Section, kw_only=True, frozen=True):
    """Where `sentinel serve` listens, and how long one is logged in.

    link: the address people know the dashboard by, for messages and for logging in by an identity provider.
    upload_limit: the largest file that is taken, in bytes. keep_uploads: whether files stay after their check.
    uploads_per_minute: how many files one person or key may send, as many of them at once.
    origins: other sites whose pages may ask the API.
    proxies: addresses of reverse proxies, whose word is taken for where a request comes from.
    """

    host: str = "127.0.0.1"
    port: Port = 8080
    link: str | None = None
    session: str = "12h"
    upload_limit: Positive = 2_000_000_000
    keep_uploads: bool = False
    uploads_per_minute: Positive = 20
    origins: list[str] = []
    proxies: list[str] = []
    oidc: Oidc | None = None


class Settings(Section, kw_only=True, frozen=True):
    """The project file as a whole."""

    name: str
    description: str | None = None
    lake: str | None = None
    catalog: str | None = None
    store: str | None = None
    archive: Archive = Archive()
    pipelines: dict[str, Pipeline] = {}
    gold: Gold = Gold()
    upkeep: Upkeep = Upkeep()
    profiles: Profiles = Profiles()
    drift: Drift = Drift()
    monitors: Monitors = Monitors()
    alerts: Rules = Rules()
    server: Server = Server()
    logs: Logs = Logs()
    metrics_port: Port | None = None
