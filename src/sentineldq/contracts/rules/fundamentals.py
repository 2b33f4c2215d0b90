"""Rules over a contract as a whole: identity, owners, servers, service levels, schedules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sentineldq.contracts.model import API_VERSIONS, Contract, Node, Team
from sentineldq.contracts.paths import join, resolve
from sentineldq.contracts.rules.base import Fault, View, repeated, rule
from sentineldq.contracts.rules.cron import cron_fault
from sentineldq.errors import suggest

STATUSES = ("proposed", "draft", "active", "deprecated", "retired")
SERVER_TYPES = (
    "api", "athena", "azure", "bigquery", "clickhouse", "cloudsql", "custom", "databricks", "db2",
    "denodo", "dremio", "duckdb", "exasol", "glue", "hana", "hive", "iceberg", "impala", "informix",
    "kafka", "kinesis", "local", "mysql", "oracle", "postgres", "postgresql", "presto", "pubsub",
    "redshift", "s3", "sftp", "snowflake", "sqlserver", "synapse", "teradata", "trino", "vertica",
    "zen",
)  # fmt: skip
SERVICE_LEVELS = (
    "availability",
    "throughput",
    "errorRate",
    "generalAvailability",
    "endOfSupport",
    "endOfLife",
    "retention",
    "frequency",
    "freshness",
    "latency",
    "timeOfAvailability",
    "timeToDetect",
    "timeToNotify",
    "timeToRepair",
)
_SYNONYMS = frozenset(("av", "th", "er", "ga", "es", "el", "re", "fy", "ly", "td", "tn", "tr"))
_STABLE_ID = re.compile(r"[A-Za-z0-9_-]+")
_SEMANTIC = re.compile(r"v?\d+\.\d+\.\d+(?:[-+].+)?")
#: Keys and the version of the standard that brought them.
_SINCE = {
    "context": "v3.2.0",
    "deprecated": "v3.2.0",
    "enum": "v3.2.0",
    "map": "v3.2.0",
    "semanticType": "v3.2.0",
    "synonyms": "v3.2.0",
    "relationships": "v3.1.0",
}


@rule("SDQ101", "warning", "The contract states no status.")
def status_missing(view: View) -> Iterator[Fault]:
    if not view.contract.status:
        yield Fault("", "status is missing", f"one of {', '.join(STATUSES)}")


@rule("SDQ102", "note", "The status is none that the standard names.")
def status_unknown(view: View) -> Iterator[Fault]:
    status = view.contract.status
    if status and status.lower() not in STATUSES:
        yield Fault("status", f"unusual status {status!r}", suggest(status, STATUSES))


@rule("SDQ103", "note", "The contract has no description.")
def description_missing(view: View) -> Iterator[Fault]:
    text = view.contract.description
    if text is None or not (text.purpose or text.usage or text.limitations):
        yield Fault(
            "description", "the contract has no description", "say its purpose, usage and limitations"
        )


@rule("SDQ104", "note", "Nobody owns the contract.")
def owner_missing(view: View) -> Iterator[Fault]:
    team = view.contract.team
    if not team or (isinstance(team, Team) and not team.members and not team.name):
        yield Fault("team", "the contract has no team", "name an owner: `team: {members: [{username: …}]}`")


@rule("SDQ105", "note", "The version is not semantic.")
def version_not_semantic(view: View) -> Iterator[Fault]:
    if not _SEMANTIC.fullmatch(view.contract.version):
        hint = "write MAJOR.MINOR.PATCH, so that `sentinel contract diff` can tell which part to raise"
        yield Fault("version", f"version {view.contract.version!r} is not semantic", hint)


@rule("SDQ106", "warning", "The contract describes no data.")
def schema_missing(view: View) -> Iterator[Fault]:
    if not view.contract.schema:
        yield Fault("schema", "the contract has no schema", "describe at least one table, topic or file")


@rule("SDQ107", "warning", "A key is deprecated by the standard.")
def deprecated_keys(view: View) -> Iterator[Fault]:
    if view.contract.sla_default_element:
        yield Fault(
            "slaDefaultElement", "slaDefaultElement is deprecated", "give each service level its element"
        )
    if view.contract.data_product:
        yield Fault("dataProduct", "dataProduct is deprecated", "name the data product in customProperties")
    if isinstance(view.data.get("team"), list):
        yield Fault("team", "a list as team is deprecated", "write `team: {members: […]}`")
    for place in view.quality:
        if place.rule.rule is not None:
            yield Fault(f"{place.path}.rule", "rule is deprecated", "use metric")


@rule("SDQ108", "warning", "A key is newer than the version of the standard that the contract states.")
def newer_than_stated(view: View) -> Iterator[Fault]:
    stated = view.contract.api_version
    for path, data in _mappings(view.data, ""):
        for key, since in _SINCE.items():
            if (
                key in data
                and since > stated
                and not path.startswith("servers")
                and "customProperties" not in path
            ):
                hint = f"write `apiVersion: {API_VERSIONS[0]}`"
                yield Fault(join(path, key), f"{key} came with {since}, the contract states {stated}", hint)


@rule("SDQ109", "error", "An id has characters that references cannot hold.")
def id_malformed(view: View) -> Iterator[Fault]:
    for path, node in _nodes(view.contract, ""):
        found = getattr(node, "id", None)
        if path and found is not None and not _STABLE_ID.fullmatch(found):
            yield Fault(f"{path}.id", f"id {found!r} is not stable", "use letters, digits, '-' and '_' only")


@rule("SDQ110", "error", "Two members of a list have the same id.")
def id_repeated(view: View) -> Iterator[Fault]:
    for path, members in _lists(view.contract, ""):
        for index, first in repeated([getattr(member, "id", None) for member in members]):
            yield Fault(f"{path}[{index}].id", f"id {members[index].id!r} is also that of {path}[{first}]")


@rule("SDQ111", "error", "The type of a server is unknown to the standard.")
def server_type_unknown(view: View) -> Iterator[Fault]:
    for index, server in enumerate(view.contract.servers):
        if server.type not in SERVER_TYPES:
            hint = suggest(server.type, SERVER_TYPES) or "use `custom` for what the standard does not know"
            yield Fault(f"servers[{index}].type", f"unknown server type {server.type!r}", hint)


@rule("SDQ112", "error", "Two servers have the same name.")
def server_repeated(view: View) -> Iterator[Fault]:
    names = [server.server for server in view.contract.servers]
    for index, first in repeated([*names]):
        yield Fault(f"servers[{index}].server", f"server {names[index]!r} is also servers[{first}]")


@rule("SDQ113", "note", "A service level has a name that the standard does not list.")
def service_level_unknown(view: View) -> Iterator[Fault]:
    known = {name.lower() for name in SERVICE_LEVELS} | _SYNONYMS
    for index, level in enumerate(view.contract.sla_properties):
        if level.property.lower() not in known:
            path = f"slaProperties[{index}].property"
            yield Fault(
                path, f"unusual service level {level.property!r}", suggest(level.property, SERVICE_LEVELS)
            )


@rule("SDQ114", "warning", "A service level is about an element that the contract does not have.")
def service_level_element(view: View) -> Iterator[Fault]:
    only = view.contract.schema[0].name if len(view.contract.schema) == 1 else None
    for index, level in enumerate(view.contract.sla_properties):
        for name in (part.strip() for part in (level.element or "").split(",")):
            names = [name, f"{only}.{name}"] if only else [name]
            if (
                name
                and view.contract.schema
                and not any(resolve(view.contract, candidate) for candidate in names)
            ):
                yield Fault(f"slaProperties[{index}].element", f"{name!r} is not in the schema")


@rule("SDQ115", "error", "A cron expression is malformed.")
def cron_malformed(view: View) -> Iterator[Fault]:
    scheduled: list[tuple[str, Any]] = [(place.path, place.rule) for place in view.quality]
    scheduled += [(f"slaProperties[{i}]", level) for i, level in enumerate(view.contract.sla_properties)]
    for path, item in scheduled:
        if item.schedule and (item.scheduler or "").lower() == "cron":
            reason = cron_fault(item.schedule)
            if reason:
                hint = "five fields: minute hour day month weekday, as in `0 20 * * *`"
                yield Fault(f"{path}.schedule", f"{item.schedule!r} is no cron expression: {reason}", hint)


def _mappings(data: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping of a document with its path."""
    if isinstance(data, dict):
        yield path, data
        for key, value in data.items():
            yield from _mappings(value, join(path, str(key)))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _mappings(value, join(path, index))


def _nodes(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    """Every section of a contract with its path."""
    yield path, node
    for _, key, value in node.entries():
        if isinstance(value, Node):
            yield from _nodes(value, join(path, key))
        elif isinstance(value, list):
            for index, member in enumerate(value):
                if isinstance(member, Node):
                    yield from _nodes(member, f"{join(path, key)}[{index}]")


def _lists(contract: Contract, path: str) -> Iterator[tuple[str, list[Any]]]:
    """Every list of sections with its path."""
    for place, node in _nodes(contract, path):
        for _, key, value in node.entries():
            if isinstance(value, list) and value and isinstance(value[0], Node):
                yield join(place, key), value
