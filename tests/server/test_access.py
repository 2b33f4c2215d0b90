"""Users, keys and the audit log over the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text, update

from sentineldq.store import audit, keys
from sentineldq.store.tables import AUDIT_LOG
from tests.server.serving import PASSWORD, Served, issue

ME = "/api/v1/session"


@pytest.fixture
def admin(fresh: Served) -> httpx.Client:
    return fresh.client("admin")


def with_key(served: Served, secret: str) -> httpx.Client:
    client = served.client()
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


def added(admin: httpx.Client, **said: Any) -> dict[str, Any]:
    answer = admin.post(
        "/api/v1/users", json={"name": "ada", "role": "steward", "password": PASSWORD, **said}
    )
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_user_is_added_and_comes_in(fresh: Served, admin: httpx.Client) -> None:
    made = added(admin, display_name="Ada L.")
    assert made["has_password"]
    assert "password" not in made
    assert fresh.logged_in("ada").get(ME).json()["role"] == "steward"
    assert admin.get(f"/api/v1/users/{made['user_id']}").json() == made
    assert "ada" in [one["name"] for one in admin.get("/api/v1/users").json()["items"]]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"name": "viewer"}, 409),
        ({"name": ""}, 422),
        ({"name": "a\nb"}, 422),
        ({"name": " ada"}, 422),
        ({"name": "x" * 201}, 422),
        ({"role": "root"}, 422),
        ({"password": "short"}, 422),
        ({"password": "aaaaaaaaaaaaaaaa"}, 400),
        ({"password": "x1" * 200}, 422),
        ({"password": 7}, 422),
    ],
)
def test_what_is_no_user_is_refused(admin: httpx.Client, said: dict[str, Any], status: int) -> None:
    usual = {"name": "ada", "role": "steward", "password": PASSWORD}
    answer = admin.post("/api/v1/users", json={**usual, **said})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert str(said.get("password", "?!")) not in answer.text


@pytest.mark.parametrize(
    "change", [{"role": "viewer"}, {"password": "so will these four"}, {"active": False}]
)
def test_a_change_ends_the_sessions_of_a_user(fresh: Served, admin: httpx.Client, change: Any) -> None:
    made = added(admin)
    ada = fresh.logged_in("ada")
    assert admin.patch(f"/api/v1/users/{made['user_id']}", json=change).status_code == 200
    assert ada.get(ME).status_code == 401


def test_a_name_that_is_shown_ends_nothing(fresh: Served, admin: httpx.Client) -> None:
    made = added(admin)
    ada = fresh.logged_in("ada")
    admin.patch(f"/api/v1/users/{made['user_id']}", json={"display_name": "Ada"})
    assert ada.get(ME).status_code == 200


def test_keys_follow_their_user(fresh: Served, admin: httpx.Client) -> None:
    made = added(admin, role="admin")
    key = admin.post("/api/v1/keys", json={"name": "laptop", "role": "admin", "user": "ada"}).json()
    client = with_key(fresh, key["secret"])
    assert client.get("/api/v1/users").status_code == 200
    admin.patch(f"/api/v1/users/{made['user_id']}", json={"role": "viewer"})
    assert client.get("/api/v1/users").status_code == 403
    assert client.get(ME).json()["role"] == "viewer"
    admin.patch(f"/api/v1/users/{made['user_id']}", json={"active": False})
    assert client.get(ME).status_code == 401


def test_one_admin_stays(fresh: Served, admin: httpx.Client) -> None:
    (only,) = [one for one in admin.get("/api/v1/users").json()["items"] if one["role"] == "admin"]
    for change in ({"role": "viewer"}, {"active": False}):
        answer = admin.patch(f"/api/v1/users/{only['user_id']}", json=change)
        assert (answer.status_code, answer.json()["hint"]) == (409, "make another user admin first")
    assert admin.get("/api/v1/users").status_code == 200


def test_a_key_is_shown_once(fresh: Served, admin: httpx.Client) -> None:
    made = admin.post("/api/v1/keys", json={"name": "nightly", "role": "analyst", "days": 30}).json()
    assert made["secret"].startswith("sdq_")
    assert with_key(fresh, made["secret"]).get(ME).json()["name"] == "nightly"
    listed = admin.get("/api/v1/keys").text
    assert "nightly" in listed
    assert made["secret"] not in listed
    assert "digest" not in listed
    with fresh.here.store.read() as connection:
        rows = connection.execute(text("SELECT * FROM api_keys")).all()
    assert made["secret"] not in str(rows)


def test_a_key_that_is_revoked_holds_no_more(fresh: Served, admin: httpx.Client) -> None:
    made = admin.post("/api/v1/keys", json={"name": "nightly"}).json()
    client = with_key(fresh, made["secret"])
    assert client.get(ME).status_code == 200
    assert admin.delete(f"/api/v1/keys/{made['key_id']}").status_code == 204
    assert client.get(ME).status_code == 401
    assert admin.delete(f"/api/v1/keys/{made['key_id']}").status_code == 404


def test_a_key_ends_by_itself(fresh: Served) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=30)
    secret = issue(fresh.here, "viewer", key_id="soon", expires_at=soon)
    assert with_key(fresh, secret).get(ME).status_code == 200
    assert keys.find(fresh.here.store, keys.get(fresh.here.store, "soon").digest, now=soon) is None


@pytest.mark.parametrize(
    "said",
    [{"name": "x", "user": "nobody"}, {"name": "x", "scopes": ["../users"]}, {"name": "x", "days": 0}, {}],
)
def test_what_is_no_key_is_refused(admin: httpx.Client, said: dict[str, Any]) -> None:
    assert admin.post("/api/v1/keys", json=said).status_code == 422


def test_lists_come_in_pages(fresh: Served, admin: httpx.Client) -> None:
    for number in range(7):
        issue(fresh.here, "viewer", name=f"key {number}")
    for path, name in (("users", "user_id"), ("keys", "key_id"), ("audit", "entry_id")):
        admin.post("/api/v1/keys", json={"name": "one more"})
        whole = [one[name] for one in admin.get(f"/api/v1/{path}?limit=500").json()["items"]]
        found, cursor = [], None
        while True:
            query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
            page = admin.get(f"/api/v1/{path}", params=query).json()
            found += [one[name] for one in page["items"]]
            if not (cursor := page["next_cursor"]):
                break
        assert found == whole
        assert admin.get(f"/api/v1/{path}?cursor=garbage").status_code == 400


def test_every_write_is_in_the_log(fresh: Served, admin: httpx.Client) -> None:
    added(admin)
    fresh.client("viewer").post("/api/v1/users", json={"name": "eve"})
    fresh.client().post("/api/v1/users", json={"name": "eve"})
    fresh.client().post(ME, json={"name": "ada", "password": "wrong wrong wrong"})
    fresh.logged_in("ada")
    listed = admin.get("/api/v1/audit").json()["items"]
    assert [(one["actor"], one["status"], one["target"]) for one in listed] == [
        ("ada", 200, ME),
        (None, 401, ME),
        (None, 401, "/api/v1/users"),
        ("viewer-key", 403, "/api/v1/users"),
        ("admin-key", 201, "/api/v1/users"),
    ]
    assert PASSWORD not in str(listed)
    assert admin.get("/api/v1/audit/chain").json() == {"whole": True, "broken": None}


def test_a_log_that_was_changed_is_found_out(fresh: Served, admin: httpx.Client) -> None:
    for _ in range(4):
        fresh.client().post("/api/v1/users", json={})
    ids = [one.entry_id for one in audit.query(fresh.here.store)][::-1]
    with fresh.here.store.write() as connection:
        connection.execute(update(AUDIT_LOG).where(AUDIT_LOG.c.entry_id == ids[1]).values(actor="eve"))
    assert admin.get("/api/v1/audit/chain").json() == {"whole": False, "broken": ids[1]}
    with fresh.here.store.write() as connection:
        connection.execute(AUDIT_LOG.delete().where(AUDIT_LOG.c.entry_id == ids[1]))
    assert admin.get("/api/v1/audit/chain").json() == {"whole": False, "broken": ids[2]}
