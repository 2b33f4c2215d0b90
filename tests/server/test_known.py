"""Whom the server remembers, and how soon it no longer does."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sentineldq.server.security import known, secrets
from sentineldq.server.security.known import Known
from sentineldq.server.security.principal import Principal
from sentineldq.store import keys, sessions, users
from sentineldq.store.database import Store
from sentineldq.store.open import open_store
from tests.server.reading import API
from tests.server.serving import Served, issue

ME = f"{API}/session"
ADA = Principal(id="1", name="ada", role="viewer", kind="key")
REVOKE = """
import sys
from datetime import UTC, datetime
from sentineldq.store import keys
from sentineldq.store.open import open_store
with open_store(sys.argv[1]) as store:
    assert keys.revoke(store, sys.argv[2], now=datetime.now(UTC))
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/store.db")


def seen(store: Store, *, ends: datetime | None = None) -> Known:
    found = Known(store)
    while found.recall("digest") is None:  # a store just made has no stamp that lasts
        found.remember("digest", ADA, stamp=store.stamp(), ends=ends)
        if ends is not None and ends < datetime.now(UTC):
            break
    return found


def test_it_is_forgotten_as_soon_as_anything_is_committed_here(store: Store) -> None:
    found = seen(store)
    assert found.recall("digest") == ADA
    users.add(store, name="grace", role="viewer", now=datetime.now(UTC))
    assert found.recall("digest") is None


def test_what_was_looked_up_before_a_commit_is_not_remembered_after_it(store: Store) -> None:
    found, before = Known(store), store.stamp()
    users.add(store, name="grace", role="viewer", now=datetime.now(UTC))
    found.remember("digest", ADA, stamp=before, ends=None)
    assert found.recall("digest") is None


def test_it_is_forgotten_when_it_ends_and_after_a_while(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = datetime.now(UTC) - timedelta(seconds=1)
    assert seen(store, ends=over).recall("digest") is None
    monkeypatch.setattr(known, "HELD", -1.0)
    found = Known(store)
    found.remember("digest", ADA, stamp=store.stamp(), ends=None)
    assert found.recall("digest") is None


def test_no_more_are_remembered_than_there_is_room_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "MOST", 1)
    found = seen(store)
    found.remember("another", ADA, stamp=store.stamp(), ends=None)
    assert found.recall("digest") is None


def test_a_key_revoked_by_another_process_is_refused_soon(
    fresh: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = fresh.client()
    client.headers["Authorization"] = f"Bearer {issue(fresh.here, 'viewer', key_id='gone')}"
    assert [client.get(ME).status_code for _ in range(3)] == [200] * 3
    url = fresh.here.project.store_url
    subprocess.run([sys.executable, "-c", REVOKE, url, "gone"], check=True, timeout=60)
    monkeypatch.setattr(known, "HELD", 60.0)
    monkeypatch.setattr(known, "ELSEWHERE", 0.0)  # as if that long had passed
    for _ in range(40):  # Postgres's stamp is another with the second
        if (code := client.get(ME).status_code) == 401:
            break
        time.sleep(0.1)
    assert code == 401


def test_what_another_process_commits_is_looked_at_after_a_while(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = seen(store)
    with open_store(f"sqlite:///{store.engine.url.database}") as other:
        users.add(other, name="grace", role="viewer", now=datetime.now(UTC))
    monkeypatch.setattr(known, "HELD", 60.0)
    monkeypatch.setattr(known, "ELSEWHERE", 60.0)
    assert found.recall("digest") == ADA
    monkeypatch.setattr(known, "ELSEWHERE", 0.0)
    assert found.recall("digest") is None


def test_a_key_that_ends_while_it_is_remembered_is_refused(fresh: Served) -> None:
    client = fresh.client()
    ends = datetime.now(UTC) + timedelta(seconds=1)
    client.headers["Authorization"] = f"Bearer {issue(fresh.here, 'viewer', expires_at=ends)}"
    assert client.get(ME).status_code == 200
    while datetime.now(UTC) < ends:
        client.get(ME)
    assert client.get(ME).status_code == 401


def test_a_change_of_role_holds_at_once(fresh: Served) -> None:
    client, admin = fresh.logged_in("steward"), fresh.client("admin")
    user = users.by_name(fresh.here.store, "steward")
    assert user is not None
    for role in ("viewer", "analyst"):
        assert admin.patch(f"{API}/users/{user.user_id}", json={"role": role}).status_code == 200
        again = fresh.client()
        again.headers["Authorization"] = f"Bearer {fresh.keys['steward']}"
        assert again.get(ME).json()["role"] == role
        found = client.get(ME)  # its session goes on or ends, but never as what it was
        assert found.status_code == 401 or found.json()["role"] == role


def test_who_is_remembered_still_has_to_send_the_token_of_the_session(fresh: Served) -> None:
    client = fresh.logged_in("analyst")
    assert client.get(ME).status_code == 200
    assert client.post(f"{API}/alerts/", json={"title": "a"}).status_code == 201
    assert client.get(ME).status_code == 200
    for said in ("", "wrong", "\u00fc"):
        headers = {"X-CSRF-Token": said.encode()}
        assert client.post(f"{API}/alerts/", json={"title": "b"}, headers=headers).status_code == 403


def test_use_is_still_written_down(fresh: Served) -> None:
    secret = issue(fresh.here, "viewer", key_id="used")
    client = fresh.client()
    client.headers["Authorization"] = f"Bearer {secret}"
    client.get(ME)
    client.get(ME)
    assert keys.get(fresh.here.store, "used").used_at is not None
    session = fresh.logged_in("viewer").cookies["sentinel_session"]
    found = sessions.find(fresh.here.store, secrets.digest(session), now=datetime.now(UTC))
    assert found is not None
