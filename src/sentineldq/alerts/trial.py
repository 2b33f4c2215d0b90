"""A test message, to see whether a channel works."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from sentineldq.alerts.channels import ChannelError, send
from sentineldq.alerts.rules import Rules
from sentineldq.errors import SentinelError, UsageError, suggest


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a channel took a test message; error: why not."""

    channel: str
    error: str | None = None


def trial(rules: Rules, names: Sequence[str], *, project: str) -> list[Tried]:
    """Send a test message to the channels named, all of them without a name. Raises UsageError."""
    for name in names:
        if name not in rules.channels:
            raise UsageError(f"there is no channel {name!r}", hint=suggest(name, rules.channels))
    if not rules.channels:
        raise UsageError("the project has no channel", hint="add one to sentinel.yaml, under alerts.channels")
    return [_try(rules, name, project) for name in names or rules.channels]


def _try(rules: Rules, name: str, project: str) -> Tried:
    now = datetime.now(UTC).isoformat()
    said: dict[str, Any] = {
        "event": "test",
        "alert_id": str(uuid.UUID(int=0)),
        "project": project,
        "title": f"a test message from {project}: this channel works",
        "severity": "INFO",
        "status": "open",
        "kind": "test",
        "dataset": None,
        "count": 1,
        "opened_at": now,
        "at": now,
        "assignee": None,
        "note": None,
        "link": None,
        "details": {},
    }
    try:
        send(name, rules.channels[name], [said], key=f"test/{uuid.uuid4()}")
    except ChannelError as fault:
        return Tried(channel=name, error=fault.reason)
    except SentinelError as fault:
        return Tried(channel=name, error=fault.message)
    return Tried(channel=name)
