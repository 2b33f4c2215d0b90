"""Where a channel leads, as far as it may be shown: secrets stand anywhere in its address. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from sentineldq.alerts.rules import Channel
from sentineldq.telemetry.secrets import SHORTEST

KINDS = {
    "mailto": "mail",
    "mailtos": "mail",
    "msteams": "teams",
    "tgram": "telegram",
    "json": "webhook",
    "jsons": "webhook",
}
"""What the services are called that Apprise has another word for; the others go by its own."""

HOSTED = {"mail", "webhook"}
"""Kinds whose address has a host in the place of the host; others put a token there."""

HARMLESS = {"to", "from", "mode"}
"""Settings of an address that hold no secret."""

_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*")


def kind_of(channel: Channel) -> str:
    """What sort of channel it is: `webhook`, `mail`, `slack`, …"""
    if channel.webhook is not None:
        return "webhook"
    scheme = _split(channel.url).scheme
    return KINDS.get(scheme, scheme) or "unknown"


def place_of(channel: Channel) -> str | None:
    """The server, and of mail the receivers; None where nothing of the address is known to be harmless."""
    kind = kind_of(channel)
    if kind not in HOSTED:
        return None
    parts = _split(channel.webhook or channel.url)
    host = _host(parts)
    to = [value for name, value in parse_qsl(parts.query) if name == "to" and kind == "mail"]
    receivers = [one for value in to for one in value.split(",") if _MAIL.fullmatch(one.strip())]
    return f"{', '.join(receivers)} by {host}" if receivers and host else host


def secrets_of(channel: Channel) -> frozenset[str]:
    """Every part of a channel's settings that nothing may show."""
    return frozenset(part for part in _parts(channel) if len(part) >= SHORTEST)


def _parts(channel: Channel) -> Iterator[str]:
    yield channel.secret or ""
    address = channel.webhook or channel.url or ""
    parts = _split(address)
    found = [address, parts.path, *parts.path.split("/"), parts.fragment]
    found += [parts.username or "", parts.password or ""]
    found += [value for name, value in parse_qsl(parts.query) if name not in HARMLESS]
    if kind_of(channel) not in HOSTED:
        found += [parts.netloc, *re.split("[:@]", parts.netloc), parts.hostname or ""]
    for one in found:
        yield one
        yield unquote(one)


def _host(parts: SplitResult) -> str | None:
    try:
        port = parts.port
    except ValueError:
        return None
    return f"{parts.hostname}:{port}" if parts.hostname and port else parts.hostname


def _split(address: str | None) -> SplitResult:
    try:
        return urlsplit(address or "")
    except ValueError:  # of brackets that hold no IPv6 address
        return urlsplit("")
