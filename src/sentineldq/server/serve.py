"""`sentinel serve`: one process that answers, keeps alerts up to date, and stops without dropping anything."""

from __future__ import annotations

import ipaddress
import os
import resource
import signal
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import uvicorn
from fastapi import FastAPI

from sentineldq.alerts.loop import follow
from sentineldq.errors import SentinelError, UsageError
from sentineldq.pipeline.owners import context_of
from sentineldq.pipeline.project import Project
from sentineldq.server.app import create_app
from sentineldq.server.jobs.worker import working
from sentineldq.server.patience import Patient
from sentineldq.server.security import secrets
from sentineldq.server.security.principal import is_local
from sentineldq.server.standing import standings
from sentineldq.server.state import State
from sentineldq.server.stopping import Stopping
from sentineldq.server.trends import trends
from sentineldq.store import keys, users
from sentineldq.store.database import Store
from sentineldq.store.keys import Key
from sentineldq.telemetry.logs import logger

log = logger(__name__)

AUTH = "SENTINEL_AUTH"
FIRST = "first run"
PATIENCE = 20
"""Seconds that requests in flight get to end, once the server is told to stop."""

CONNECTIONS = 2000
"""At once, where so many files may be open; further ones are answered 503."""

SPARE = 200
"""Files that are open beside connections: tables, the store, uploads, libraries."""


def serve(
    project: Project, *, host: str | None = None, port: int | None = None, told: Callable[[str], None]
) -> None:
    """Serve a project until told to stop.

    told: is given what to say at the start, the token of a first run among it. Raises UsageError where nobody would
    have to say who they are and more than this machine could ask, and for a port that is taken.
    """
    settings = project.settings.server
    where, number = host or settings.host, settings.port if port is None else port
    with project.open_store() as store, closing(State(project=project, store=store, open_=is_open())) as here:
        refuse(here, where)
        with listen(where, number) as listener, alerts_kept(here), working(here):
            for line in greeting(here, where, listener.getsockname()[1]):
                told(line)
            run(here, listener)


def greeting(here: State, host: str, port: int) -> Iterator[str]:
    """What to say at the start; on the first run of all, a token is made on the way."""
    shown = f"[{host}]" if ":" in host else host
    simulated = " (simulated records)" if here.project.simulated else ""
    yield f"{here.project.name}{simulated}: http://{shown}:{port}"
    if here.open_:
        yield f"{AUTH}=none: whoever is on this machine may do everything"
    elif (token := first_token(here.store, now=datetime.now(UTC))) is not None:
        yield f"log in with this token, which is shown this once: {token}"
        yield "then set a password: `sentinel user change admin --password`"
    yield "Ctrl-C ends it"


def is_open() -> bool:
    """Whether the environment says that nobody has to log in. Raises UsageError for a word that means nothing."""
    said = os.environ.get(AUTH, "")
    if said not in {"", "none", "users"}:
        raise UsageError(f"{AUTH}={said}: that is not known", hint="none, or users, which is usual")
    return said == "none"


@contextmanager
def alerts_kept(here: State) -> Iterator[None]:
    """Alerts are swept and sent for as long as the block goes on."""
    stop = threading.Event()
    worker = threading.Thread(
        target=follow, args=(here.store, context_of(here.project)), kwargs={"stop": stop}, daemon=True
    )
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join(PATIENCE)


@contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens; port 0: any that is free. Raises UsageError for an address that cannot be had."""
    try:
        kind = socket.AF_INET6 if ":" in host else socket.AF_INET
        found = socket.create_server((host, port), family=kind, backlog=2048)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        hint = "another process may have the port; --port takes another, 0 any that is free"
        raise UsageError(f"cannot listen on {host}:{port}: {reason}", hint=hint) from fault
    # Those it accepts inherit it; asyncio sets it for sockets alone that were made with a protocol's number.
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with found:
        yield found


def run(here: State, listener: socket.socket) -> None:
    """Answer until a signal says stop."""
    warm(here)
    with signals_answered():
        Stopping(configured(create_app(here), here), here=here).run(sockets=[listener])


def warm(here: State) -> None:
    """Work out how the datasets are, for which the first to open the dashboard would wait."""
    try:
        standings(here)
        trends(here, grain="hour", count=24)
    except SentinelError as fault:  # whoever asks is told
        log.info("the overview is not worked out ahead", error=fault.message)


def connections() -> int:
    """How many connections there can be at once; the process is given as many open files, up to its hard limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + SPARE
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(1, min(CONNECTIONS, most - SPARE))


def configured(app: FastAPI, here: State) -> uvicorn.Config:
    """How an app is served: with patience for requests that are under way, and little for those that never come."""
    proxies = here.project.settings.server.proxies
    return uvicorn.Config(
        app,
        http=Patient,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        limit_concurrency=connections(),
        h11_max_incomplete_event_size=64 * 1024,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=PATIENCE,
    )


@contextmanager
def signals_answered() -> Iterator[None]:
    """Uvicorn takes a signal, stops in order, and raises it again; that second time it means nothing any more."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.signal(one, lambda *_: None) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def refuse(here: State, host: str) -> None:
    """Refuse to be open to others, and to believe anybody about where they come from. Raises UsageError."""
    for one in here.project.settings.server.proxies:
        refuse_proxy(one)
    if is_local(host):
        return
    if here.open_:
        raise UsageError(f"{AUTH}=none is for this machine alone, not for {host}", hint="--host 127.0.0.1")
    if not any(user.active and user.role == "admin" for user in users.everyone(here.store)):
        raise UsageError(
            f"there is no user yet, and {host} can be reached by others",
            hint="add one with `sentinel user add NAME --role admin`, or serve on 127.0.0.1 first",
        )


def refuse_proxy(said: str) -> None:
    """Refuse a proxy that is no address: a name or `*` would be nobody or everybody. Raises UsageError."""
    try:
        ipaddress.ip_network(said)
    except ValueError as fault:
        hint = "the addresses or networks that proxies come from, such as 10.0.0.5 or 10.1.0.0/16"
        raise UsageError(f"server.proxies: {said!r} is no address", hint=hint) from fault


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
