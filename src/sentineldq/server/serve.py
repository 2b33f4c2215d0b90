"""`sentinel serve`: one process that answers, keeps alerts up to date, and stops without dropping anything."""

from __future__ import annotations

import ipaddress
import os
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import uvicorn

from sentineldq.alerts.loop import follow
from sentineldq.errors import UsageError
from sentineldq.pipeline.owners import context_of
from sentineldq.pipeline.project import Project
from sentineldq.server.app import create_app
from sentineldq.server.security import secrets
from sentineldq.server.state import State
from sentineldq.store import keys, users
from sentineldq.store.database import Store
from sentineldq.store.keys import Key

AUTH = "SENTINEL_AUTH"
FIRST = "first run"
PATIENCE = 20
"""Seconds that requests in flight get to end, once the server is told to stop."""


def serve(
    project: Project, *, host: str | None = None, port: int | None = None, told: Callable[[str], None]
) -> None:
    """Serve a project until told to stop.

    told: is given what to say at the start, the token of a first run among it. Raises UsageError where nobody would
    have to say who they are and more than this machine could ask, and for a port that is taken.
    """
    settings = project.settings.server
    where, number = host or settings.host, port or settings.port
    store = project.open_store()
    here = State(project=project, store=store, open_=os.environ.get(AUTH) == "none")
    refuse(here, where)
    address = f"http://{where}:{number}"
    told(f"{project.name}: {address}")
    if here.open_:
        told(f"{AUTH}=none: whoever is on this machine may do everything")
    elif (token := first_token(store, now=datetime.now(UTC))) is not None:
        told(f"log in with this token, which is shown this once: {token}")
    stop = threading.Event()
    worker = threading.Thread(
        target=follow, args=(store, context_of(project)), kwargs={"stop": stop}, daemon=True
    )
    worker.start()
    try:
        run(here, host=where, port=number)
    finally:
        stop.set()
        worker.join(PATIENCE)


def run(here: State, *, host: str, port: int) -> None:
    """Answer until a signal says stop. Raises UsageError for an address that cannot be had."""
    config = uvicorn.Config(
        create_app(here),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=64 * 1024,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=PATIENCE,
    )
    try:
        uvicorn.Server(config).run()
    except SystemExit as fault:  # uvicorn's own way of saying that it could not listen
        raise UsageError(
            f"cannot listen on {host}:{port}", hint="another process may have the port; --port takes another"
        ) from fault


def refuse(here: State, host: str) -> None:
    """Refuse to be open to others. Raises UsageError."""
    if local(host):
        return
    if here.open_:
        raise UsageError(f"{AUTH}=none is for this machine alone, not for {host}", hint="--host 127.0.0.1")
    if users.count(here.store) == 0:
        raise UsageError(
            f"there is no user yet, and {host} can be reached by others",
            hint="add one with `sentinel user add NAME --role admin`, or serve on 127.0.0.1 first",
        )


def local(host: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def first_token(store: Store, *, now: datetime) -> str | None:
    """On the first run of all, an admin and the token to come in with; None later."""
    if users.count(store) or keys.every(store):
        return None
    admin = users.add(store, name="admin", role="admin", now=now)
    secret = secrets.new(secrets.KEY)
    keys.add(
        store,
        Key(
            key_id=str(uuid.uuid4()),
            digest=secrets.digest(secret),
            name=FIRST,
            user_id=admin.user_id,
            role="admin",
            scopes=(),
            created_at=now,
            expires_at=None,
        ),
    )
    return secret
