"""Writes that come twice are done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from sentineldq.store import idempotency
from tests.server.serving import PASSWORD, Served

ALERTS, USERS = "/api/v1/alerts/", "/api/v1/users"
ALERT = {"title": "orders are doubled"}
KEY = {"Idempotency-Key": "4f0c"}


@pytest.fixture
def admin(fresh: Served) -> httpx.Client:
    return fresh.client("admin")


def alerts(client: httpx.Client) -> int:
    return len(client.get(ALERTS).json()["items"])


def test_the_answer_is_that_of_the_first_time(admin: httpx.Client) -> None:
    first = admin.post(ALERTS, json=ALERT, headers=KEY)
    again = admin.post(ALERTS, json=ALERT, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert alerts(admin) == 1


def test_without_a_key_it_is_done_twice(admin: httpx.Client) -> None:
    for _ in range(2):
        admin.post(ALERTS, json=ALERT)
    assert alerts(admin) == 2


@pytest.mark.parametrize(
    ("path", "body"), [(ALERTS, {"title": "other"}), (f"{ALERTS}?x=1", ALERT), (USERS, ALERT)]
)
def test_another_request_with_the_key_is_refused(admin: httpx.Client, path: str, body: object) -> None:
    admin.post(ALERTS, json=ALERT, headers=KEY)
    assert admin.post(path, json=body, headers=KEY).status_code == 422
    assert alerts(admin) == 1


def test_of_many_at_once_one_is_done(fresh: Served, admin: httpx.Client) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: admin.post(ALERTS, json=ALERT, headers=KEY), range(200)))
    statuses = {one.status_code for one in found}
    assert statuses <= {201, 409}
    assert len({one.json()["alert_id"] for one in found if one.status_code == 201}) == 1
    assert alerts(admin) == 1
    assert admin.post(ALERTS, json=ALERT, headers=KEY).status_code == 201


def test_keys_are_of_who_sends_them(fresh: Served, admin: httpx.Client) -> None:
    admin.post(ALERTS, json=ALERT, headers=KEY)
    other = fresh.client("steward").post(ALERTS, json={"title": "mine"}, headers=KEY)
    assert (other.status_code, other.json()["title"]) == (201, "mine")
    nobody = fresh.client().post(ALERTS, json=ALERT, headers=KEY)
    assert nobody.status_code == 401


def test_what_was_refused_is_refused_again(admin: httpx.Client) -> None:
    first = admin.post(ALERTS, json={}, headers=KEY)
    again = admin.post(ALERTS, json={}, headers=KEY)
    assert first.status_code == again.status_code == 422
    assert again.headers["content-type"] == "application/problem+json"
    assert again.json() == first.json()


def test_a_role_that_is_refused_may_come_back_with_more(fresh: Served) -> None:
    user = {"name": "ada", "role": "viewer", "password": PASSWORD}
    viewer = fresh.client("viewer")
    assert viewer.post(USERS, json=user, headers=KEY).status_code == 403
    assert viewer.post(USERS, json=user, headers=KEY).headers.get("idempotency-replayed") is None


def test_a_secret_is_not_kept(fresh: Served, admin: httpx.Client) -> None:
    made = admin.post("/api/v1/keys", json={"name": "nightly"}, headers=KEY)
    assert made.status_code == 201
    again = admin.post("/api/v1/keys", json={"name": "nightly"}, headers=KEY)
    assert (again.status_code, again.json()["detail"]) == (
        409,
        "it was done already, and its answer is given only once",
    )
    assert [one["name"] for one in admin.get("/api/v1/keys").json()["items"]].count("nightly") == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_what_is_no_key_is_refused(admin: httpx.Client, key: str) -> None:
    assert admin.post(ALERTS, json=ALERT, headers={"Idempotency-Key": key}).status_code == 400
    assert alerts(admin) == 0


def test_one_that_was_broken_off_is_not_done_again(fresh: Served, admin: httpx.Client) -> None:
    """As after `kill -9`: nobody can know whether it was done, so it is not done twice."""
    actor = f"key:{_key_id(fresh)}"
    digest = "of the request that was cut"
    idempotency.claim(fresh.here.store, actor=actor, key="4f0c", request=digest, now=datetime.now(UTC))
    found = idempotency.claim(
        fresh.here.store, actor=actor, key="4f0c", request=digest, now=datetime.now(UTC)
    )
    assert found.state == "running"
    assert admin.post(ALERTS, json=ALERT, headers=KEY).status_code == 422


def test_a_key_is_forgotten_after_a_day(fresh: Served) -> None:
    store, now = fresh.here.store, datetime.now(UTC)
    said = {"actor": "a", "key": "k", "request": "r"}
    assert idempotency.claim(store, **said, now=now).state == "new"
    almost = now + idempotency.TERM - timedelta(seconds=1)
    assert idempotency.claim(store, **said, now=almost).state == "running"
    assert idempotency.claim(store, **said, now=now + idempotency.TERM).state == "new"


def _key_id(served: Served) -> str:
    from sentineldq.server.security import secrets
    from sentineldq.store import keys

    found = keys.find(served.here.store, secrets.digest(served.keys["admin"]), now=datetime.now(UTC))
    assert found is not None
    return found.key_id
