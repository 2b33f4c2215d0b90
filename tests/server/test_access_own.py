"""One's own keys and sessions, over the API."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx

from sentineldq.store import keys
from tests.server.serving import Served

ME, OWN = "/api/v1/session", "/api/v1/session/keys"


def with_key(served: Served, secret: str) -> httpx.Client:
    client = served.client()
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


def test_one_makes_uses_and_revokes_a_key_of_ones_own(fresh: Served) -> None:
    viewer = fresh.logged_in("viewer")
    made = viewer.post(OWN, json={"name": "laptop", "days": 7})
    assert made.status_code == 201, made.text
    client = with_key(fresh, made.json()["secret"])
    assert client.get(ME).json()["role"] == "viewer"
    listed = viewer.get(OWN).json()["items"]
    assert [one["name"] for one in listed] == ["laptop", "viewer-key"]
    assert "secret" not in listed[0]
    assert viewer.delete(f"{OWN}/{made.json()['key_id']}").status_code == 204
    assert client.get(ME).status_code == 401
    assert viewer.delete(f"{OWN}/{made.json()['key_id']}").status_code == 404


def test_no_key_is_above_its_owner(fresh: Served) -> None:
    viewer = fresh.logged_in("viewer")
    for role in ("analyst", "admin"):
        answer = viewer.post(OWN, json={"name": "x", "role": role})
        assert (answer.status_code, answer.json()["detail"]) == (403, "a key of viewer is viewer at most")
    steward = fresh.logged_in("steward")
    assert steward.post(OWN, json={"name": "x", "role": "analyst", "scopes": ["alerts"]}).status_code == 201


def test_a_program_makes_no_further_keys(fresh: Served) -> None:
    client = fresh.client("admin")
    assert client.post(OWN, json={"name": "x"}).status_code == 403
    assert client.delete(f"{ME}/others").status_code == 403


def test_anothers_key_is_not_there(fresh: Served) -> None:
    (other,) = [key for key in keys.every(fresh.here.store) if key.name == "admin-key"]
    assert fresh.logged_in("viewer").delete(f"{OWN}/{other.key_id}").status_code == 404
    assert keys.find(fresh.here.store, other.digest, now=datetime.now(UTC)) is not None


def test_one_ends_ones_sessions_elsewhere(fresh: Served) -> None:
    here, there, other = (fresh.logged_in(name) for name in ("analyst", "analyst", "viewer"))
    listed = here.get(f"{ME}/all").json()["items"]
    assert sorted(one["current"] for one in listed) == [False, True]
    assert here.delete(f"{ME}/others").status_code == 204
    assert [client.get(ME).status_code for client in (here, there, other)] == [200, 401, 200]


def test_an_admin_sees_and_ends_the_sessions_of_a_user(fresh: Served) -> None:
    admin, viewer = fresh.client("admin"), fresh.logged_in("viewer")
    (user,) = [one for one in admin.get("/api/v1/users").json()["items"] if one["name"] == "viewer"]
    assert user["sessions"] == 1
    assert user["seen_at"] is not None
    assert admin.delete(f"/api/v1/users/{user['user_id']}/sessions").status_code == 204
    assert viewer.get(ME).status_code == 401
    assert admin.delete("/api/v1/users/nobody/sessions").status_code == 404


def test_where_nobody_logs_in_there_is_nothing_of_ones_own(open_served: Served) -> None:
    client = open_served.client()
    assert client.get(OWN).json()["items"] == []
    assert client.get(f"{ME}/all").json()["items"] == []
    assert client.post(OWN, json={"name": "x"}).status_code == 403
