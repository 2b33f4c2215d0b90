"""What `alerts:` of a project may say: channels, routes, maintenance, and when nobody answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from fnmatch import fnmatchcase
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from sentineldq.contracts.duration import parse_duration
from sentineldq.errors import UsageError, suggest

Severity = Literal["INFO", "WARNING", "CRITICAL"]
LEVELS: tuple[Severity, ...] = ("INFO", "WARNING", "CRITICAL")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([a-z]{3})(?:-([a-z]{3}))?\s+(\d\d:\d\d)-(\d\d:\d\d)(?:\s+(\S+))?", re.IGNORECASE)
_RATE = re.compile(r"(\d+)\s*/\s*(m|h|d)")


class Section(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename=lambda name: name.replace("_", "-"),
):
    """A part of the rules; keys are written with hyphens."""


class Channel(Section, frozen=True, kw_only=True):
    """Where messages go: the URL of a service as Apprise writes it (`mailtos://…`, `slack://…`), or a webhook.

    secret: signs what a webhook is sent. rate: at most so many messages (`20/h`); what comes beyond is put together.
    """

    url: str | None = None
    webhook: str | None = None
    secret: str | None = None
    rate: str = "60/h"

    @property
    def limit(self) -> tuple[int, float]:
        """So many messages in so many seconds. Raises UsageError."""
        found = _RATE.fullmatch(self.rate.strip())
        if found is None:
            raise UsageError(f"alerts: not a rate: {self.rate!r}", hint="write 20/h, 5/m or 100/d")
        return int(found[1]), {"m": 60.0, "h": 3600.0, "d": 86400.0}[found[2]]


class Match(Section, frozen=True, kw_only=True):
    """Which alerts; what is not given fits all. Names may be patterns (`orders*`).

    hours: `mon-fri 09:00-18:00 Europe/Berlin`, when they are told by this route.
    """

    severity: list[Severity] = []
    kind: list[str] = []
    dataset: list[str] = []
    owner: list[str] = []
    hours: str | None = None


class Escalation(Section, frozen=True, kw_only=True):
    """Whom to tell when nobody has acknowledged an alert for so long."""

    after: str
    to: list[str]


class Route(Section, frozen=True, kw_only=True):
    """Which alerts go where. digest: told together, every so often. last: routes below are not looked at."""

    to: list[str]
    match: Match = Match()
    digest: str | None = None
    escalate: list[Escalation] = []
    last: bool = False


class Maintenance(Section, frozen=True, kw_only=True):
    """A time in which nothing is told of some datasets; alerts are opened all the same, and told after it."""

    since: datetime
    until: datetime
    dataset: list[str] = []
    note: str | None = None


class Rules(Section, frozen=True, kw_only=True):
    """The section as a whole. Without routes, every alert of WARNING and above goes to every channel."""

    channels: dict[str, Channel] = {}
    routes: list[Route] = []
    maintenance: list[Maintenance] = []

    @property
    def ways(self) -> list[Route]:
        everything = Route(to=list(self.channels), match=Match(severity=["WARNING", "CRITICAL"]))
        return self.routes or ([everything] if self.channels else [])


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What of an alert says where it goes. owners: of its dataset."""

    severity: str
    kind: str
    dataset: str | None
    owners: tuple[str, ...] = ()


def check(rules: Rules) -> None:
    """Refuse what the types alone cannot: unknown channels, hours, rates and durations. Raises UsageError."""
    for name, channel in rules.channels.items():
        if (channel.url is None) == (channel.webhook is None):
            raise UsageError(f"alerts.channels.{name}: it needs either `url` or `webhook`")
        channel.limit  # noqa: B018  # raises when it is no rate
    for number, route in enumerate(rules.routes):
        place = f"alerts.routes[{number}]"
        if route.match.hours:
            hours_of(route.match.hours)
        if route.digest:
            parse_duration(route.digest)
        for step in route.escalate:
            parse_duration(step.after)
        for name in [*route.to, *(each for step in route.escalate for each in step.to)]:
            if name not in rules.channels:
                raise UsageError(f"{place}: there is no channel {name!r}", hint=suggest(name, rules.channels))


class Hours(msgspec.Struct, frozen=True):
    """Days of the week (Monday is 0) and a time of day, by the clock of a zone; it may go over midnight."""

    days: frozenset[int]
    since: time
    until: time
    zone: str

    def hold(self, now: datetime) -> bool:
        """Whether it is such an hour."""
        local = now.astimezone(ZoneInfo(self.zone))
        clock = local.time()
        if self.since <= self.until:
            return local.weekday() in self.days and self.since <= clock < self.until
        day = local.weekday() if clock >= self.since else (local.weekday() - 1) % 7
        return day in self.days and (clock >= self.since or clock < self.until)


def hours_of(text: str) -> Hours:
    """Hours as people write them. Raises UsageError."""
    found = _HOURS.fullmatch(text.strip())
    hint = "write `mon-fri 09:00-18:00 Europe/Berlin`"
    if found is None:
        raise UsageError(f"alerts: not hours: {text!r}", hint=hint)
    first, last, since, until, zone = found.groups()
    for day in (first, last or first):
        if day.lower() not in DAYS:
            raise UsageError(f"alerts: {day!r} is no day", hint=suggest(day.lower(), DAYS) or hint)
    if zone is not None and zone not in available_timezones():
        raise UsageError(f"alerts: unknown timezone {zone!r}", hint=suggest(zone, available_timezones()))
    start, end = DAYS.index(first.lower()), DAYS.index((last or first).lower())
    days = frozenset((start + step) % 7 for step in range((end - start) % 7 + 1))
    try:
        return Hours(days, time.fromisoformat(since), time.fromisoformat(until), zone or "UTC")
    except ValueError as fault:
        raise UsageError(f"alerts: not hours: {text!r}", hint=hint) from fault


def fits(match: Match, of: Subject, *, now: datetime) -> bool:
    """Whether an alert is one of those that are meant."""
    return next(misfits(match, of, now=now), None) is None


def misfits(match: Match, of: Subject, *, now: datetime) -> Iterator[str]:
    """Why an alert is none of those that are meant, in words; nothing where it is one."""
    if match.severity and of.severity not in match.severity:
        yield f"its severity is {of.severity}, not {listed(match.severity)}"
    if match.kind and not _any(match.kind, [of.kind]):
        yield f"its kind is {of.kind}, not {listed(match.kind)}"
    if match.dataset and not _any(match.dataset, names(of.dataset)):
        yield f"its dataset is {of.dataset or 'none'}, not {listed(match.dataset)}"
    if match.owner and not _any(match.owner, list(of.owners)):
        yield f"its owner is {listed(of.owners) or 'nobody'}, not {listed(match.owner)}"
    if match.hours is not None and not hours_of(match.hours).hold(now):
        yield f"the hour is not within {match.hours}"


def listed(words: Sequence[str], by: str = "or") -> str:
    """Words in a row: `a, b or c`."""
    return f" {by} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def held(rules: Rules, dataset: str | None, *, now: datetime) -> Maintenance | None:
    """The maintenance that a dataset is in."""
    for window in rules.maintenance:
        if utc(window.since) <= now < utc(window.until) and (
            not window.dataset or _any(window.dataset, names(dataset))
        ):
            return window
    return None


def names(dataset: str | None) -> list[str]:
    """What a dataset is called: `silver.orders` is `orders` as well."""
    return [] if dataset is None else [dataset, dataset.removeprefix("silver.")]


def owners_of(owners: Mapping[str, tuple[str, ...]], dataset: str | None) -> tuple[str, ...]:
    """The owners of a dataset, by what contracts say."""
    return next((owners[name] for name in names(dataset) if name in owners), ())


def _any(patterns: list[str], found: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in found for pattern in patterns)


def utc(at: datetime) -> datetime:
    """A moment in UTC; one that says no offset is taken for it."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)
