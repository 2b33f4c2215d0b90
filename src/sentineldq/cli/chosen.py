"""Which records of quarantine a command is about: the options that say so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from sentineldq.pipeline.replay.quarantine import Choice

Command = TypeVar("Command", bound=Callable[..., Any])


def choosing(command: Command) -> Command:
    """Which records a command is about."""
    for option in (
        click.option("--since", metavar="TIME", help="Arrived since: 2h, 7d, or a date or time in UTC."),
        click.option(
            "--partition",
            "partitions",
            metavar="NAME",
            multiple=True,
            help="Of this partition of the source.",
        ),
        click.option(
            "--batch",
            "batches",
            metavar="N",
            multiple=True,
            type=click.IntRange(min=1),
            help="Of this batch.",
        ),
        click.option(
            "--hash", "hashes", metavar="PREFIX", multiple=True, help="Whose hash begins so; may be repeated."
        ),
        click.option(
            "--check", "checks", metavar="NAME", multiple=True, help="Refused by this check; may be repeated."
        ),
    ):
        command = option(command)
    return command


def make_choice(*, since: str | None, **chosen: tuple[Any, ...]) -> Choice:
    """What `choosing` gave. Raises UsageError."""
    from sentineldq.pipeline.replay.quarantine import Choice

    return Choice(since=_moment(since) if since else None, **chosen)


def _moment(text: str) -> datetime:
    """A time (in UTC where it names no zone), or so long ago. Raises UsageError."""
    from sentineldq.contracts.duration import parse_duration
    from sentineldq.errors import UsageError

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            return datetime.now(UTC) - parse_duration(text)
        except ValueError as fault:
            raise UsageError(
                f"--since {text!r} is neither a time nor a duration",
                hint="for example 2h, 7d or 2026-03-01T12:00",
            ) from fault
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
