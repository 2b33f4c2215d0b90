"""`sentinel key`: secrets that programs come in with."""

from __future__ import annotations

from pathlib import Path

import click

from sentineldq.cli.group import LazyGroup
from sentineldq.cli.place import in_project
from sentineldq.cli.style import examples
from sentineldq.cli.user import ROLES, noted, store_of, tell

COMMANDS = {
    "create": ("sentineldq.cli.key:create", "Make a key, and show its secret this once."),
    "list": ("sentineldq.cli.key:listed", "List keys, the newest first, and when they were last used."),
    "revoke": ("sentineldq.cli.key:revoke", "End a key: it holds no more from now on."),
}


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    epilog=examples(
        "sentinel key create nightly --role analyst --expires 90d",
        "sentinel key create pager --role steward --scope alerts",
        "sentinel key list",
        "sentinel key revoke 3f2a9c01",
    ),
)
def key() -> None:
    """Make keys that programs come in with, and revoke them."""


@click.command(
    epilog=examples(
        "sentinel key create nightly --role analyst --expires 90d",
        "sentinel key create ada-laptop --role admin --user ada --expires never",
    )
)
@click.argument("name", help="What it is for.")
@click.option("--role", type=click.Choice(ROLES), default="viewer", help="What it may do.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="PART",
    help="A part of the API it is good for, such as alerts; all of it, unless given.",
)
@click.option("--expires", metavar="TIME", default="90d", help="How long it holds: 12h, 90d, never.")
@click.option(
    "--user", "owner", metavar="NAME", help="Whose it is: it ends with them, and has their role at most."
)
@in_project
def create(
    name: str,
    *,
    role: str,
    scopes: tuple[str, ...],
    expires: str,
    owner: str | None,
    folder: Path,
    simulated: bool,
    form: str,
) -> None:
    """Make a key, and show its secret this once.

    The secret alone is on standard output, for a pipe into where it is kept.

    Exit code 0. 2: there is no such user. 3: the store cannot be written.
    """
    import uuid
    from datetime import UTC, datetime

    from sentineldq.contracts.duration import parse_duration
    from sentineldq.errors import UsageError
    from sentineldq.server.security import secrets
    from sentineldq.store import keys, users

    now, secret = datetime.now(UTC), secrets.new(secrets.KEY)
    term = None if expires == "never" else parse_duration(expires)
    with store_of(folder, simulated=simulated) as store:
        whose = users.by_name(store, owner) if owner else None
        if owner and whose is None:
            raise UsageError(f"there is no user {owner!r}", hint="`sentinel user list` has them all")
        made = keys.Key(
            key_id=str(uuid.uuid4()),
            digest=secrets.digest(secret),
            name=name,
            user_id=whose.user_id if whose else None,
            role=role,
            scopes=scopes,
            created_at=now,
            expires_at=now + term if term else None,
        )
        with noted(store, "key create", made.key_id):
            keys.add(store, made)
    if form == "json":
        import json

        click.echo(
            json.dumps({"key_id": made.key_id, "name": name, "role": role, "secret": secret}, indent=2)
        )
        return
    until = f"until {made.expires_at:%Y-%m-%d}" if made.expires_at else "until it is revoked"
    click.echo(f"{made.key_id[:8]}: {name}, {role}, {until}; its secret is shown this once", err=True)
    click.echo(secret)


@click.command("list", epilog=examples("sentinel key list", "sentinel key list -f json"))
@in_project
def listed(*, folder: Path, simulated: bool, form: str) -> None:
    """List keys, the newest first, and when they were last used.

    Exit code 0. 2: there is no such project. 3: the store cannot be read.
    """
    from datetime import UTC, datetime

    from sentineldq.reports.access import keys_table
    from sentineldq.store import keys, users

    with store_of(folder, simulated=simulated) as store:
        found = keys.every(store)
        owners = {one.user_id: one.name for one in users.everyone(store)}
    tell(found, form, keys_table(found, owners, now=datetime.now(UTC)))


@click.command(epilog=examples("sentinel key revoke 3f2a9c01"))
@click.argument("key", metavar="KEY", help="A key's id, or the beginning of it.")
@in_project
def revoke(key: str, *, folder: Path, simulated: bool, form: str) -> None:
    """End a key: it holds no more from now on.

    Exit code 0. 2: there is no such key, or it is revoked already. 3: the store cannot be written.
    """
    from datetime import UTC, datetime

    from sentineldq.errors import UsageError
    from sentineldq.store import keys

    with store_of(folder, simulated=simulated) as store:
        found = keys.get(store, key)
        with noted(store, "key revoke", found.key_id):
            if not keys.revoke(store, found.key_id, now=datetime.now(UTC)):
                raise UsageError(f"{found.name} is revoked already")
        ended = keys.get(store, found.key_id)
    tell(ended, form, f"{found.key_id[:8]} {found.name}: revoked")
