"""`sentinel alerts`: what nobody has resolved yet, and what people do about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sentineldq.cli.group import LazyGroup
from sentineldq.cli.place import in_project
from sentineldq.cli.style import examples

if TYPE_CHECKING:
    from sentineldq.pipeline.project import Project
    from sentineldq.store.alerts import Alert, Change

COMMANDS = {
    "list": ("sentineldq.cli.alerts:listed", "List alerts, the worst first."),
    "show": ("sentineldq.cli.alerts:show", "Show an alert with its history."),
    "ack": ("sentineldq.cli.alerts:ack", "Acknowledge an alert: it is yours, and is told no further up."),
    "snooze": (
        "sentineldq.cli.alerts:snooze",
        "Be silent about an alert for a while, or until it gets worse.",
    ),
    "resolve": ("sentineldq.cli.alerts:resolve", "Resolve an alert, and say why."),
    "reopen": ("sentineldq.cli.alerts:reopen", "Take an acknowledgement, a snooze or a resolution back."),
    "send": ("sentineldq.cli.alerts:send", "Bring alerts up to the findings, and send what is due."),
    "test": ("sentineldq.cli.alerts:test", "Send a test message to channels."),
}
STATUSES = ("open", "acknowledged", "snoozed", "resolved")
REASONS = (
    "fixed",
    "false_positive",
    "expected_change",
    "missing_data",
    "duplicates",
    "out_of_bounds",
    "other",
)

ALERT = click.argument("alert", metavar="ALERT", help="An alert's id, or the beginning of it.")
NOTE = click.option("--note", help="What to say about it.")


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    epilog=examples(
        "sentinel alerts list",
        "sentinel alerts ack 3f2a9c01",
        'sentinel alerts resolve 3f2a9c01 --reason fixed --note "source restarted"',
        "sentinel alerts test",
    ),
)
def alerts() -> None:
    """See what is wrong, take it on, and resolve it."""


@click.command(
    "list", epilog=examples("sentinel alerts list", "sentinel alerts list --status resolved -f json")
)
@click.option(
    "--status",
    "statuses",
    type=click.Choice(STATUSES),
    multiple=True,
    help="With this status; all that are not resolved, unless given.",
)
@click.option("--dataset", metavar="NAME", help="Of this dataset.")
@click.option("--limit", "-n", type=click.IntRange(min=1), default=50, help="At most so many.")
@in_project
def listed(
    *, statuses: tuple[str, ...], dataset: str | None, limit: int, folder: Path, simulated: bool, form: str
) -> None:
    """List alerts, the worst first.

    Exit code 0, whatever there is. 2: there is no such project. 3: the store cannot be read.
    """
    from sentineldq.reports.alerts import alerts_table
    from sentineldq.store import alerts as kept

    with _project(folder, simulated=simulated).open_store() as store:
        found = kept.query(store, statuses=statuses or STATUSES[:3], dataset=dataset, limit=limit)
    _answer(found, alerts_table, form)


@click.command(epilog=examples("sentinel alerts show 3f2a9c01", "sentinel alerts show 3f2a9c01 -f json"))
@ALERT
@in_project
def show(alert: str, *, folder: Path, simulated: bool, form: str) -> None:
    """Show an alert with its history.

    Exit code 0. 2: no such project or alert. 3: the store cannot be read.
    """
    from sentineldq.reports.alerts import alert_text
    from sentineldq.store import alerts as kept

    with _project(folder, simulated=simulated).open_store() as store:
        found = kept.get(store, alert)
        history = kept.history(store, found.alert_id)
    if form == "json":
        _answer({"alert": found, "history": history}, str, form)
    else:
        click.echo(alert_text(found, history))


@click.command(
    epilog=examples("sentinel alerts ack 3f2a9c01", 'sentinel alerts ack 3f2a9c01 --note "looking"')
)
@ALERT
@NOTE
@in_project
def ack(alert: str, *, note: str | None, folder: Path, simulated: bool, form: str) -> None:
    """Acknowledge an alert: it is yours, and is told no further up.

    Exit code 0. 2: no such project or alert, or it is resolved. 3: the store cannot be written.
    """
    from sentineldq.alerts.lifecycle import acknowledge

    _change(
        alert,
        folder,
        simulated,
        form,
        lambda one, actor, now: acknowledge(one, actor=actor, now=now, note=note),
    )


@click.command(epilog=examples("sentinel alerts snooze 3f2a9c01 --for 4h"))
@ALERT
@click.option("--for", "span", required=True, metavar="TIME", help="How long: 30m, 4h, 2d.")
@NOTE
@in_project
def snooze(alert: str, *, span: str, note: str | None, folder: Path, simulated: bool, form: str) -> None:
    """Be silent about an alert for a while, or until it gets worse.

    Exit code 0. 2: no such project or alert, or it is resolved. 3: the store cannot be written.
    """
    from sentineldq.alerts.lifecycle import snooze as snoozed
    from sentineldq.contracts.duration import parse_duration

    length = parse_duration(span)
    _change(
        alert,
        folder,
        simulated,
        form,
        lambda one, actor, now: snoozed(one, until=now + length, actor=actor, now=now, note=note),
    )


@click.command(
    epilog=examples(
        "sentinel alerts resolve 3f2a9c01",
        'sentinel alerts resolve 3f2a9c01 --reason expected_change --note "new region"',
    )
)
@ALERT
@click.option("--reason", type=click.Choice(REASONS), default="fixed", help="Why it is over.")
@NOTE
@in_project
def resolve(alert: str, *, reason: str, note: str | None, folder: Path, simulated: bool, form: str) -> None:
    """Resolve an alert, and say why.

    While its condition lasts it opens no other; gone once and back, it does.

    Exit code 0. 2: no such project or alert, or it is resolved already. 3: the store cannot be written.
    """
    from sentineldq.alerts.lifecycle import resolve as resolved

    _change(
        alert,
        folder,
        simulated,
        form,
        lambda one, actor, now: resolved(one, reason=reason, actor=actor, now=now, note=note),
    )


@click.command(epilog=examples("sentinel alerts reopen 3f2a9c01"))
@ALERT
@NOTE
@in_project
def reopen(alert: str, *, note: str | None, folder: Path, simulated: bool, form: str) -> None:
    """Take an acknowledgement, a snooze or a resolution back.

    Exit code 0. 2: no such project or alert, or it is open. 3: the store cannot be written.
    """
    from sentineldq.alerts.lifecycle import reopen as reopened

    _change(alert, folder, simulated, form, lambda one, actor, _: reopened(one, actor=actor, note=note))


@click.command(epilog=examples("sentinel alerts send"))
@in_project
def send(*, folder: Path, simulated: bool, form: str) -> None:
    """Bring alerts up to the findings, and send what is due.

    `sentinel run --watch` does so every second; this is for schedulers of your own.

    Exit code 0: everything due was sent, or is tried again later. 1: a channel took no message. 2: there is no such
    project. 3: the store cannot be written.
    """
    from sentineldq.alerts.loop import once
    from sentineldq.pipeline.owners import context_of

    project = _project(folder, simulated=simulated)
    with project.open_store() as store:
        done = once(store, context_of(project))
    _answer(done, lambda one: f"{one.sent} sent, {one.later} put off, {one.failed} given up", form)
    if done.failed:
        raise click.exceptions.Exit(1)


@click.command(epilog=examples("sentinel alerts test", "sentinel alerts test oncall"))
@click.argument("channels", metavar="[CHANNEL...]", nargs=-1, help="Channels; without one, all of them.")
@in_project
def test(channels: tuple[str, ...], *, folder: Path, simulated: bool, form: str) -> None:
    """Send a test message to channels.

    Nothing is written down, and no limit or maintenance holds it back.

    Exit code 0: all of them took it. 1: one did not. 2: no such project or channel.
    """
    from sentineldq.alerts.trial import trial

    project = _project(folder, simulated=simulated)
    found = trial(project.settings.alerts, channels, project=project.name)
    _answer(
        found,
        lambda all_of_them: "\n".join(f"{one.channel}: {one.error or 'taken'}" for one in all_of_them),
        form,
    )
    if any(one.error for one in found):
        raise click.exceptions.Exit(1)


def _change(
    alert: str,
    folder: Path,
    simulated: bool,
    form: str,
    change: Callable[[Alert, str, datetime], Change],
) -> None:
    from datetime import UTC
    from getpass import getuser

    from sentineldq.store import alerts as kept

    now = datetime.now(UTC)
    with _project(folder, simulated=simulated).open_store() as store:
        kept.apply(store, [change(kept.get(store, alert), getuser(), now)], now=now)
        found = kept.get(store, alert)
    _answer(found, lambda one: f"{one.alert_id[:8]} {one.status}: {one.title}", form)


def _project(folder: Path, *, simulated: bool) -> Project:
    from sentineldq.pipeline.project import load_project

    return load_project(folder, simulated=simulated)


def _answer(found: Any, table: Callable[[Any], str], form: str) -> None:
    if form == "json":
        from msgspec import to_builtins

        click.echo(json.dumps(to_builtins(found), ensure_ascii=False, indent=2))
    else:
        click.echo(table(found))
