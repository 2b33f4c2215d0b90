"""A real server on loopback, in a thread, and clients of it."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from sentineldq.pipeline.project import Project
from sentineldq.server.app import create_app
from sentineldq.server.jobs.worker import working
from sentineldq.server.security import secrets
from sentineldq.server.security.limits import Limit
from sentineldq.server.serve import configured, listen
from sentineldq.server.state import State
from sentineldq.server.stopping import Stopping
from sentineldq.store import keys, users

ROLES = ("viewer", "analyst", "steward", "admin")
PASSWORD = "four words will do"
HASHED = secrets.hash_password(PASSWORD)


@dataclass
class Served:
    """A server that answers. Of each role there is a user of that name, whose password is PASSWORD, and a key."""

    url: str
    here: State
    app: FastAPI
    keys: dict[str, str] = field(default_factory=dict)
    made: list[httpx.Client] = field(default_factory=list)

    def client(self, role: str | None = None, **more: Any) -> httpx.Client:
        """A client with the key of a role; with None, one that nobody knows."""
        headers = {"Authorization": f"Bearer {self.keys[role]}"} if role else {}
        client = httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False, **more)
        self.made.append(client)
        return client

    def logged_in(self, name: str, *, password: str = PASSWORD) -> httpx.Client:
        """A client with a session; its writes carry the CSRF token."""
        client = self.client()
        answer = client.post("/api/v1/session", json={"name": name, "password": password})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client


def issue(here: State, role: str, **said: Any) -> str:
    """A key of a role, and its secret; `said` is whatever is otherwise than usual."""
    secret = secrets.new(secrets.KEY)
    usual: dict[str, Any] = {
        "key_id": str(uuid.uuid4()),
        "name": f"{role}-key",
        "user_id": None,
        "scopes": (),
        "created_at": datetime.now(UTC),
        "expires_at": None,
    }
    keys.add(here.store, keys.Key(digest=secrets.digest(secret), role=role, **{**usual, **said}))
    return secret


@contextmanager
def serving(project: Project, *, open_: bool = False, limited: bool = False) -> Iterator[Served]:
    """Serve a project until the block ends. limited: uploads have the pace that users meet, which tests soon pass."""
    with project.open_store() as store, closing(State(project=project, store=store, open_=open_)) as here:
        if not limited:
            here.uploads = Limit(here.store, burst=10_000, per_minute=10_000)
        secrets_of: dict[str, str] = {}
        if not open_:
            for role in ROLES:
                user = users.by_name(here.store, role) or users.add(
                    here.store, name=role, role=role, password=HASHED, now=datetime.now(UTC)
                )
                secrets_of[role] = issue(here, role, user_id=user.user_id)
        app = create_app(here)
        with working(here), listening(app) as url:
            served = Served(url=url, here=here, app=app, keys=secrets_of)
            try:
                yield served
            finally:
                for client in served.made:
                    client.close()


@contextmanager
def listening(app: FastAPI, **more: Any) -> Iterator[str]:
    """The address of an app, for as long as the block goes on."""
    with listen("127.0.0.1", 0) as listener:
        here = getattr(app.state, "here", None)
        config = uvicorn.Config(app, log_config=None, access_log=False, **more)
        server = Stopping(configured(app, here), here=here) if here else uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the server does not start"
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
