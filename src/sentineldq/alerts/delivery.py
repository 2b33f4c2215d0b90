"""The sending of what is due: channel by channel, none waiting for another, tried again until it is taken."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import msgspec

from sentineldq.alerts.channels import ChannelError, send
from sentineldq.alerts.rules import Channel, Rules
from sentineldq.errors import SentinelError
from sentineldq.store import deliveries, findings
from sentineldq.store.database import Store
from sentineldq.store.deliveries import Delivery
from sentineldq.telemetry.logs import logger

TERM = timedelta(seconds=90)
"""How long a message is one sender's; after it, it is taken for dead."""

FIRST, LONGEST = 5.0, 3600.0
"""Seconds until the second attempt, and between attempts at most."""

ATTEMPTS = 40
"""How often a message is tried: for more than a day, since most waits are an hour."""

TOGETHER = 50
"""Messages that are put into one, at most, where several are due at once."""

log = logger(__name__)


class Sent(msgspec.Struct, kw_only=True):
    """How many messages were sent, put off and given up."""

    sent: int = 0
    later: int = 0
    failed: int = 0


def deliver(store: Store, rules: Rules, *, clock: Callable[[], datetime]) -> Sent:
    """Send what is due now, once, all channels side by side. Raises StoreError."""
    names = deliveries.channels_due(store, now=clock())
    if not names:
        return Sent()
    with ThreadPoolExecutor(min(len(names), 16), thread_name_prefix="send") as pool:
        done = list(pool.map(lambda name: _channel(store, name, rules.channels.get(name), clock), names))
    return Sent(
        sent=sum(one.sent for one in done),
        later=sum(one.later for one in done),
        failed=sum(one.failed for one in done),
    )


def _channel(store: Store, name: str, channel: Channel | None, clock: Callable[[], datetime]) -> Sent:
    taken = deliveries.claim(store, channel=name, now=clock(), term=TERM, limit=TOGETHER)
    if not taken:
        return Sent()
    ids = [one.delivery_id for one in taken]
    if channel is None:
        return _given_up(store, name, ids, "the project has no such channel any more")
    if (free := _free_at(store, name, channel, clock())) is not None:
        deliveries.later(store, ids, due_at=free, error="the channel's rate is reached", tried=False)
        return Sent(later=len(ids))
    try:
        send(name, channel, [one.message for one in taken], key=taken[0].key)
    except ChannelError as fault:
        return _failed(store, name, taken, fault, clock())
    except SentinelError as fault:
        return _failed(store, name, taken, ChannelError(name, fault.message), clock())
    deliveries.sent(store, ids, now=clock())
    findings.clear(store, key=f"delivery/{name}")
    return Sent(sent=len(ids))


def _free_at(store: Store, name: str, channel: Channel, now: datetime) -> datetime | None:
    """When the rate of a channel allows the next message; None where it does now."""
    most, seconds = channel.limit
    if deliveries.sent_since(store, channel=name, since=now - timedelta(seconds=seconds)) < most:
        return None
    return now + timedelta(seconds=seconds / most)


def _failed(store: Store, name: str, taken: list[Delivery], fault: ChannelError, now: datetime) -> Sent:
    attempts = max(one.attempts for one in taken)
    ids = [one.delivery_id for one in taken]
    log.warning("a message was not taken", channel=name, attempt=attempts, error=fault.reason)
    if fault.final or attempts >= ATTEMPTS:
        return _given_up(store, name, ids, fault.reason)
    wait = fault.wait or min(FIRST * 2.0 ** (attempts - 1), LONGEST) * random.uniform(0.75, 1.25)  # noqa: S311  # jitter
    deliveries.later(store, ids, due_at=now + timedelta(seconds=wait), error=fault.reason)
    return Sent(later=len(ids))


def _given_up(store: Store, name: str, ids: list[int], reason: str) -> Sent:
    """Given up, and told: whoever looks at findings sees that a channel does not work."""
    deliveries.give_up(store, ids, error=reason)
    findings.report(
        store,
        key=f"delivery/{name}",
        kind="delivery",
        severity="CRITICAL",
        title=f"channel {name} takes no messages: {reason}",
        details={"channel": name, "messages": len(ids)},
    )
    return Sent(failed=len(ids))
