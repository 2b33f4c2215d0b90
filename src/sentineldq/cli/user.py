"""`sentinel user`: who may come in, and with which role."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sentineldq.cli.group import LazyGroup
from sentineldq.cli.place import in_project
from sentineldq.cli.style import examples
from sentineldq.errors import SentinelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from sentineldq.store.database import Store
    from sentineldq.store.users import User

COMMANDS = {
    "add": ("sentineldq.cli.user:add", "Add a user, whose password is asked for."),
    "list": ("sentineldq.cli.user:listed", "List users, their roles, and how they come in."),
    "change": ("sentineldq.cli.user:change", "Change a user's role, password or name."),
    "disable": ("sentineldq.cli.user:disable", "Let a user in no more, nor their keys, from now on."),
}
ROLES = ("viewer", "analyst", "steward", "admin")

NAME = click.argument("name", help="The user's name.")


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    epilog=examples(
        "sentinel user add ada --role admin",
        "pass show ada | sentinel user add ada --role steward",
        "sentinel user list",
        "sentinel user change ada --role viewer",
    ),
)
def user() -> None:
    """Say who may come in to the server, and with which role."""


@click.command(
    epilog=examples(
        "sentinel user add ada --role admin", "sentinel user add robot --role analyst --no-password"
    )
)
@NAME
@click.option("--role", type=click.Choice(ROLES), default="viewer", help="What they may do.")
@click.option("--called", metavar="NAME", help="The name that is shown.")
@click.option(
    "--no-password",
    is_flag=True,
    help="None: they come by a key, or by an identity provider.",
    show_default=False,
)
@in_project
def add(
    name: str,
    *,
    role: str,
    called: str | None,
    no_password: bool,
    folder: Path,
    simulated: bool,
    form: str,
) -> None:
    """Add a user, whose password is asked for.

    It is asked for twice and not shown, or is the first line of standard input where that is no terminal.

    Exit code 0. 2: the name is taken, or the password too weak. 3: the store cannot be written.
    """
    from datetime import UTC, datetime

    from sentineldq.server.security.secrets import hash_password
    from sentineldq.store import users

    password = None if no_password else hash_password(asked(name))
    with store_of(folder, simulated=simulated) as store, noted(store, "user add", name):
        made = users.add(
            store, name=name, role=role, now=datetime.now(UTC), password=password, display_name=called
        )
    tell(made, form, f"{name} is {role}")


@click.command("list", epilog=examples("sentinel user list", "sentinel user list -f json"))
@in_project
def listed(*, folder: Path, simulated: bool, form: str) -> None:
    """List users, their roles, and how they come in.

    Exit code 0. 2: there is no such project. 3: the store cannot be read.
    """
    from sentineldq.reports.access import users_table
    from sentineldq.store import users

    with store_of(folder, simulated=simulated) as store:
        found = users.everyone(store)
    tell(found, form, users_table(found))


@click.command(
    epilog=examples(
        "sentinel user change ada --role viewer",
        "sentinel user change ada --password",
        "sentinel user change ada --enable",
    )
)
@NAME
@click.option("--role", type=click.Choice(ROLES), help="What they may do from now on.")
@click.option("--called", metavar="NAME", help="The name that is shown.")
@click.option("--password", is_flag=True, help="Ask for a new password.", show_default=False)
@click.option("--enable", is_flag=True, help="Let them in again.", show_default=False)
@in_project
def change(
    name: str,
    *,
    role: str | None,
    called: str | None,
    password: bool,
    enable: bool,
    folder: Path,
    simulated: bool,
    form: str,
) -> None:
    """Change a user's role, password or name.

    All their sessions end, unless it is only the name that is shown.

    Exit code 0. 2: there is no such user, or no admin would be left. 3: the store cannot be written.
    """
    from sentineldq.errors import UsageError

    if not (role or called or password or enable):
        raise UsageError("nothing is to be changed", hint="--role, --called, --password or --enable")
    values: dict[str, Any] = {"role": role, "display_name": called, "active": True if enable else None}
    if password:
        from sentineldq.server.security.secrets import hash_password

        values["password"] = hash_password(asked(name))
    changed = _changed(name, "user change", values, folder, simulated=simulated)
    tell(changed, form, f"{name} is {changed.role}{'' if changed.active else ', and disabled'}")


@click.command(epilog=examples("sentinel user disable ada"))
@NAME
@in_project
def disable(name: str, *, folder: Path, simulated: bool, form: str) -> None:
    """Let a user in no more, nor their keys, from now on.

    `sentinel user change NAME --enable` takes it back.

    Exit code 0. 2: there is no such user, or no admin would be left. 3: the store cannot be written.
    """
    changed = _changed(name, "user disable", {"active": False}, folder, simulated=simulated)
    tell(changed, form, f"{name} is disabled")


def asked(name: str) -> str:
    """A password: asked for twice without being shown, or the first line of a standard input that is no terminal."""
    import sys

    from sentineldq.errors import UsageError

    if sys.stdin.isatty():
        said: str = click.prompt(
            f"password of {name}", hide_input=True, confirmation_prompt="once more", err=True
        )
        return said
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise UsageError(
            "there is no password on standard input", hint="--no-password adds a user without one"
        )
    return line


def store_of(folder: Path, *, simulated: bool) -> AbstractContextManager[Store]:
    """The store of a project, open. Raises MissingExtraError where the server is not installed."""
    from sentineldq.errors import MissingExtraError
    from sentineldq.pipeline.project import load_project

    try:
        import argon2  # noqa: F401
    except ModuleNotFoundError as fault:
        raise MissingExtraError("argon2", extra="server", purpose="users and keys") from fault
    return load_project(folder, simulated=simulated).open_store()


@contextmanager
def noted(store: Store, action: str, target: str) -> Iterator[None]:
    """Write down in the audit log what is done on the command line: that it will be, and what came of it."""
    from datetime import UTC, datetime
    from getpass import getuser

    from sentineldq.store import audit

    def write(status: int, intent: int | None = None) -> int:
        return audit.add(
            store,
            at=datetime.now(UTC),
            actor=f"{getuser()} (command line)",
            role=None,
            address=None,
            action=f"sentinel {action}",
            target=target,
            status=status,
            intent=intent,
        )

    intent = write(audit.UNKNOWN)
    try:
        yield
    except SentinelError:
        write(400, intent)
        raise
    write(200, intent)


def tell(found: Any, form: str, text: str) -> None:
    """Say what came of it, as text or JSON; hashes of passwords and digests of keys are left out."""
    import json

    import msgspec

    if form != "json":
        click.echo(text)
        return
    hidden = {"password", "digest"}
    plain = msgspec.to_builtins(found)
    rows = plain if isinstance(plain, list) else [plain]
    shown = [{name: value for name, value in row.items() if name not in hidden} for row in rows]
    click.echo(json.dumps(shown if isinstance(plain, list) else shown[0], ensure_ascii=False, indent=2))


def _changed(name: str, action: str, values: dict[str, Any], folder: Path, *, simulated: bool) -> User:
    from datetime import UTC, datetime

    from sentineldq.errors import UsageError, suggest
    from sentineldq.store import users

    with store_of(folder, simulated=simulated) as store, noted(store, action, name):
        found = users.by_name(store, name)
        changed = users.change(store, found.user_id, now=datetime.now(UTC), **values) if found else None
        if changed is None:
            names: Iterator[str] = (one.name for one in users.everyone(store))
            raise UsageError(f"there is no user {name!r}", hint=suggest(name, names))
    return changed
