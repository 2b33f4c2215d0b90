"""Channels: a message goes out by Apprise, or to a webhook, signed."""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import msgspec

from sentineldq.alerts.message import body, title
from sentineldq.alerts.rules import Channel
from sentineldq.errors import MissingExtraError, SentinelError
from sentineldq.version import __version__

TIMEOUT = 10.0
"""Seconds that a receiver has to answer."""

KINDS = {"INFO": "info", "WARNING": "warning", "CRITICAL": "failure"}
"""Severities, as Apprise names kinds of messages."""


class ChannelError(SentinelError):
    """A message was not taken; `wait` says for how many seconds to leave the receiver alone, where it did."""

    def __init__(self, channel: str, reason: str, *, wait: float | None = None, final: bool = False) -> None:
        self.channel, self.reason, self.wait, self.final = channel, reason, wait, final
        super().__init__(f"channel {channel}: {reason}", hint="`sentinel alerts test` sends a test message")


def send(name: str, channel: Channel, messages: Sequence[Mapping[str, Any]], *, key: str) -> None:
    """Send messages as one. key: the same whenever the same is sent again. Raises ChannelError."""
    if channel.webhook is not None:
        _webhook(name, channel, messages, key=key)
    else:
        _apprise(name, channel.url or "", messages)


def _apprise(name: str, url: str, messages: Sequence[Mapping[str, Any]]) -> None:
    try:
        import apprise
    except ImportError as fault:
        raise MissingExtraError("apprise", extra="server", purpose="to send alerts") from fault
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it would log URLs, with what is secret in them
    # A receiver that was taken over must not have what is said to it sent to the network behind.
    asset = apprise.AppriseAsset(app_id="SentinelDQ", app_desc="SentinelDQ", http_redirects=False)
    receiver = apprise.Apprise(asset=asset)
    if not receiver.add(_patient(url)):
        raise ChannelError(name, "its URL is not understood", final=True)
    worst = KINDS.get(str(messages[0]["severity"]), "warning")
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:
        taken = receiver.notify(
            title=title(messages),
            body=body(messages),
            notify_type=worst,
            body_format=apprise.NotifyFormat.TEXT,
        )
        reason = _first(said.getvalue())
    if not taken:
        raise ChannelError(name, reason or "the message was not taken")


def _patient(url: str) -> str:
    """With limits to how long connecting and answering may take."""
    return f"{url}{'&' if '?' in url else '?'}cto={TIMEOUT}&rto={TIMEOUT}"


def _first(text: str) -> str:
    """The first line of what was logged, without addresses."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and "://" not in line]
    return lines[0][:200] if lines else ""


def _webhook(name: str, channel: Channel, messages: Sequence[Mapping[str, Any]], *, key: str) -> None:
    content = msgspec.json.encode({"id": key, "title": title(messages), "alerts": list(messages)})
    moment = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"sentineldq/{__version__}",
        "X-Sentinel-Delivery": key,
        "X-Sentinel-Timestamp": moment,
    }
    if channel.secret:
        headers["X-Sentinel-Signature"] = f"sha256={sign(channel.secret, moment, content)}"
    try:
        # Where it leads to is not gone to, and what it says besides is not read: it may be anything, without an end.
        with httpx.stream(
            "POST", channel.webhook or "", content=content, headers=headers, timeout=TIMEOUT, trust_env=False
        ) as answer:
            pass
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        raise ChannelError(name, _broken(fault)) from fault
    if answer.is_success:
        return
    wait = answer.headers.get("Retry-After", "")
    gone = answer.status_code in {400, 401, 403, 404, 405, 410, 413, 415, 422}
    raise ChannelError(
        name,
        f"it answered {answer.status_code}",
        wait=float(wait) if wait.isdigit() else None,
        final=gone,
    )


def _broken(fault: Exception) -> str:
    """Why there was no answer; the fault's own text may have the address in it."""
    if isinstance(fault, httpx.TimeoutException):
        return f"it did not answer within {TIMEOUT:g} s"
    if isinstance(fault, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return "its address is none that can be asked"
    return f"it cannot be reached ({type(fault).__name__})"


def sign(secret: str, moment: str, content: bytes) -> str:
    """The signature of a webhook's body: HMAC-SHA256 over `timestamp.body` (RFC 2104), in hex."""
    return hmac.new(secret.encode(), moment.encode() + b"." + content, hashlib.sha256).hexdigest()
