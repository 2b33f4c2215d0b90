"""What a server answers, and how long it asks to wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import msgspec

SECONDARY = 60.0
"""Seconds to wait when a rate limit is hit and the server does not say for how long (GitHub's advice)."""


@dataclass(frozen=True, kw_only=True)
class Response:
    """An answer with status 200 or 304; `url` as it may be shown, `next` the Link header's next page."""

    url: str
    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)
    next: str | None = None

    @property
    def date(self) -> datetime | None:
        """The server's clock, UTC; None where it does not say."""
        return instant_of(self.headers.get("date", ""))

    def number(self, header: str) -> float | None:
        """A header that is a number of zero or more; None where it is not."""
        return number_of(self.headers.get(header))


def words(body: bytes) -> str:
    """What a body says, in one line without control characters: its JSON error message, else its text."""
    text = body.decode("utf-8", "replace")
    try:
        said = msgspec.json.decode(body)
        error = said.get("error", said) if isinstance(said, dict) else said
        text = str(error.get("message", text)) if isinstance(error, dict) else str(error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    return " ".join("".join(char if char.isprintable() else " " for char in text).split()) or "no words"


def throttle(response: Response) -> float | None:
    """Seconds that a throttling server asks to wait; None when it does not throttle.

    After Retry-After (seconds or a date), then X-RateLimit-Reset where nothing remains; against the server's own
    clock, so that ours may be wrong. Also honoured with a 5xx.
    """
    if response.status not in (403, 408, 425, 429) and response.status < 500:
        return None
    now = (response.date or datetime.now(UTC)).timestamp()
    after = response.headers.get("retry-after", "")
    if (seconds := number_of(after)) is not None:
        return seconds
    if (instant := instant_of(after)) is not None:
        return max(0.0, instant.timestamp() - now)
    if response.status not in (403, 429):
        return None
    if response.number("x-ratelimit-remaining") == 0:
        reset = response.number("x-ratelimit-reset")
        return SECONDARY if reset is None else max(0.0, reset - now)
    if response.status == 429:
        return 0.0
    limited = b"rate limit" in response.body.lower() or b"abuse" in response.body.lower()
    return SECONDARY if limited else None


def same_host(link: str, url: httpx.URL) -> httpx.URL | None:
    """A link (absolute or relative to `url`) on the host of `url`, by its scheme; None where it leads elsewhere."""
    try:
        target = url.join(link)
    except httpx.InvalidURL:
        return None
    # Servers behind a proxy often say http:// of themselves: the path is followed, on the origin we know.
    if target.host != url.host or (target.port is not None and target.port != url.port):
        return None
    return url.copy_with(raw_path=target.raw_path, fragment=None)


def number_of(text: str | None) -> float | None:
    """A header's count or seconds; None where it is neither."""
    return float(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def instant_of(text: str) -> datetime | None:
    """An HTTP date, UTC; None where it is none."""
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        return None
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
