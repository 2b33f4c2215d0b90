"""Servers on one store, each a process of its own: whichever is asked, the answer is the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from signal import SIGKILL

import httpx
import pytest

from sentineldq.pipeline.project import Project, load_project
from sentineldq.server.security import secrets
from sentineldq.store import audit, keys, users
from sentineldq.store.database import Store
from tests.server.process import Process, starting
from tests.server.reading import API
from tests.server.serving import HASHED, PASSWORD, ROLES
from tests.server.test_events import listening
from tests.server.test_quality import CLEAN, ended
from tests.servers import schema

pytestmark = [pytest.mark.slow, pytest.mark.apart]

ALERTS, ME = f"{API}/alerts/", f"{API}/session"
WAIT = 15.0
"""Seconds that one server gets to notice what another did; a few are promised, and the machine may be busy."""


@dataclass
class Both:
    """Two servers, and their store. secrets: a key of each role."""

    one: Process
    other: Process
    store: Store
    secrets: dict[str, str]
    open: ExitStack

    def clients(self, role: str | None = None) -> tuple[httpx.Client, httpx.Client]:
        headers = {"Authorization": f"Bearer {self.secrets[role]}"} if role else {}
        one, other = (
            self.open.enter_context(each.client(headers=headers)) for each in (self.one, self.other)
        )
        return one, other


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.xdist_group("postgres_url"))])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    """A project whose settings name the store, of either kind."""
    url = "sqlite:///.sentinel/store.db"
    if request.param == "postgres":
        url = schema(request.getfixturevalue("postgres_url"), f"several_{secrets.digest(str(tmp_path))[:12]}")
    (tmp_path / "sentinel.yaml").write_text(f"name: shop\nstore: '{url}'\n")
    return load_project(tmp_path)


@pytest.fixture
def both(project: Project) -> Iterator[Both]:
    with project.open_store() as store, starting() as start, ExitStack() as stack:
        made = {}
        for role in ROLES:
            now = datetime.now(UTC)
            user = users.add(store, name=role, role=role, password=HASHED, now=now)
            made[role] = secrets.new(secrets.KEY)
            keys.add(
                store,
                keys.Key(
                    key_id=role,
                    digest=secrets.digest(made[role]),
                    name=f"{role}-key",
                    role=role,
                    user_id=user.user_id,
                    scopes=(),
                    created_at=now,
                    expires_at=None,
                ),
            )
        yield Both(start(project, "--port", "0"), start(project, "--port", "0"), store, made, stack)


def soon(what: Callable[[], bool]) -> bool:
    """Whether something comes true in time."""
    until = time.monotonic() + WAIT
    while not (found := what()) and time.monotonic() < until:
        time.sleep(0.1)
    return found


def test_a_session_holds_at_both_and_ends_at_both(both: Both) -> None:
    one, other = both.clients()
    told = one.post(ME, json={"name": "steward", "password": PASSWORD})
    assert told.status_code == 200
    other.cookies, other.headers["X-CSRF-Token"] = one.cookies, told.json()["csrf"]
    assert other.get(ME).json()["name"] == "steward"
    assert other.post(ALERTS, json={"title": "by session"}).status_code == 201
    cookie = httpx.Cookies(one.cookies)
    assert other.delete(ME).status_code in {200, 204}
    one.cookies = cookie
    assert soon(lambda: one.get(ALERTS).status_code == 401)


def test_a_key_that_one_revokes_is_refused_by_the_other(both: Both) -> None:
    one, _ = both.clients("admin")
    _, viewer = both.clients("viewer")
    assert viewer.get(ALERTS).status_code == 200
    assert one.delete(f"{API}/keys/viewer").status_code in {200, 204}
    assert soon(lambda: viewer.get(ALERTS).status_code == 401)


def test_what_one_writes_the_other_tells_its_listeners_and_answers(both: Both) -> None:
    one, other = both.clients("steward")
    assert other.get(ALERTS).json()["items"] == []
    with listening(other) as told:
        made = one.post(ALERTS, json={"title": "orders are late"}).json()
        assert (found := next(told))["type"] == "alerts"
        assert found["id"] == made["alert_id"]
    assert soon(lambda: [row["title"] for row in other.get(ALERTS).json()["items"]] == ["orders are late"])


def test_a_write_sent_to_both_is_done_once(both: Both) -> None:
    clients = both.clients("steward")
    for key in range(10):
        with ThreadPoolExecutor(2) as pool:
            made = list(
                pool.map(
                    lambda client, key=key: client.post(
                        ALERTS, json={"title": f"{key}"}, headers={"Idempotency-Key": f"{key}"}
                    ),
                    clients,
                )
            )
        assert {one.status_code for one in made} <= {201, 409}
        assert len({one.json()["alert_id"] for one in made if one.status_code == 201}) == 1
    assert len(clients[0].get(ALERTS).json()["items"]) == 10


def test_the_log_of_both_is_one_chain(both: Both) -> None:
    with ThreadPoolExecutor(8) as pool:
        turns = cycle(both.clients("steward"))
        made = pool.map(lambda at: next(turns).post(ALERTS, json={"title": f"{at}"}).status_code, range(60))
        assert set(made) == {201}
    assert audit.broken(both.store) is None
    assert len([one for one in audit.query(both.store, limit=1000) if one.status == 201]) == 60


def test_an_upload_outlives_the_server_that_took_it(both: Both) -> None:
    one, other = both.clients("analyst")
    told = [
        one.post(f"{API}/data-quality/upload", files={"file": (f"{at}.csv", CLEAN.encode())})
        for at in range(5)
    ]
    both.one.end(SIGKILL)
    assert {answer.status_code for answer in told} == {202}
    for answer in told:
        job = ended(other, answer.json()["job_id"])
        assert job["state"] == "done", job
        check = other.get(f"{API}/data-quality/checks/{answer.json()['check_id']}").json()
        assert (check["rows"], check["score"]) == (200, 1.0)
