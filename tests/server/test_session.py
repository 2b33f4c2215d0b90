"""Logging in and out, and what a session is worth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count, takewhile
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text, update

from sentineldq.pipeline.project import load_project
from sentineldq.server.security import secrets
from sentineldq.server.security.principal import COOKIE
from sentineldq.store.tables import SESSIONS
from tests.server.conftest import copied
from tests.server.serving import PASSWORD, ROLES, Served, issue, serving

ME = "/api/v1/session"


@pytest.mark.parametrize("role", ROLES)
def test_a_key_has_its_role(served: Served, role: str) -> None:
    found = served.client(role).get(ME)
    assert (found.status_code, found.json()["role"]) == (200, role)
    assert found.headers["cache-control"] == "no-store"


def test_the_project_has_run(open_served: Served) -> None:
    client = open_served.client()
    assert client.get("/readyz").json() == {"ready": True, "store": "ok", "lake": "ok"}
    assert client.get(ME).json()["role"] == "admin"


def test_a_cookie_is_for_no_script_and_no_other_site(fresh: Served) -> None:
    client = fresh.client()
    answer = client.post(ME, json={"name": "viewer", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert client.cookies[COOKIE] not in answer.text
    with fresh.here.store.read() as connection:
        kept = str(connection.execute(text("SELECT * FROM sessions")).all())
    assert client.cookies[COOKIE] not in kept


def test_behind_tls_a_cookie_goes_over_tls_alone(tmp_path: Path) -> None:
    folder = copied(tmp_path / "github")
    with (folder / "sentinel.yaml").open("a") as settings:
        settings.write("\nserver: {link: 'https://data.example.org'}\n")
    with serving(load_project(folder, simulated=True)) as served:
        answer = served.client().post(ME, json={"name": "viewer", "password": PASSWORD})
        assert "Secure" in answer.headers["set-cookie"]
        assert "strict-transport-security" in answer.headers


@pytest.mark.parametrize("name", ["viewer", "nobody"])
def test_a_wrong_password_says_not_what_is_wrong(fresh: Served, name: str) -> None:
    answer = fresh.client().post(ME, json={"name": name, "password": "wrong wrong wrong"})
    assert (answer.status_code, answer.json()["detail"]) == (401, "name and password do not fit")
    assert "set-cookie" not in answer.headers


def test_tries_are_counted(fresh: Served) -> None:
    client = fresh.client()
    found = [client.post(ME, json={"name": "viewer", "password": "wrong"})]
    while found[-1].status_code == 401:
        found.append(client.post(ME, json={"name": "viewer", "password": "wrong"}))
    assert len(found) > 10  # ten at once, and one more for every ten seconds that they took
    assert found[-1].status_code == 429
    assert int(found[-1].headers["retry-after"]) >= 1
    right = client.post(ME, json={"name": "viewer", "password": PASSWORD})
    assert right.status_code == 429


def test_servers_on_one_store_count_tries_together(fresh: Served) -> None:
    with serving(fresh.here.project) as other:
        clients = [fresh.client(), other.client()]
        said = {"name": "viewer", "password": "wrong"}
        one_by_one = (clients[number % 2].post(ME, json=said).status_code for number in count())
        found = list(takewhile(lambda code: code == 401, one_by_one))
    assert 10 <= len(found) < 20  # each by itself would have given ten
    with fresh.here.store.read() as connection:
        kept = str(connection.execute(text("SELECT * FROM tries")).all())
    assert "viewer" not in kept


def test_each_login_is_a_new_session(fresh: Served) -> None:
    client = fresh.logged_in("viewer")
    before = client.cookies[COOKIE]
    answer = client.post(ME, json={"name": "viewer", "password": PASSWORD})
    assert client.cookies[COOKIE] != before
    assert answer.json()["csrf"] != client.headers["X-CSRF-Token"]
    assert fresh.client(cookies={COOKIE: before}).get(ME).status_code == 401
    assert client.get(ME).status_code == 200


def test_logged_out_is_out(fresh: Served) -> None:
    client = fresh.logged_in("viewer")
    secret = client.cookies[COOKIE]
    answer = client.delete(ME)
    assert answer.status_code == 204
    assert COOKIE not in client.cookies
    assert fresh.client(cookies={COOKIE: secret}).get(ME).status_code == 401


def test_a_session_ends_by_itself(fresh: Served) -> None:
    client = fresh.logged_in("viewer")
    over = datetime.now(UTC) - timedelta(seconds=1)
    with fresh.here.store.write() as connection:
        connection.execute(update(SESSIONS).values(expires_at=over))
    assert client.get(ME).status_code == 401
    assert fresh.logged_in("viewer").get(ME).status_code == 200
    with fresh.here.store.read() as connection:
        assert (
            connection.scalar(text("SELECT count(*) FROM sessions")) == 1
        )  # the one that is over is forgotten


def test_changing_a_password_ends_the_sessions_of_before(fresh: Served) -> None:
    first, second = fresh.logged_in("viewer"), fresh.logged_in("viewer")
    before = first.cookies[COOKIE]
    answer = first.put(f"{ME}/password", json={"old": PASSWORD, "new": "so will these four"})
    assert answer.status_code == 200, answer.text
    assert second.get(ME).status_code == 401
    assert fresh.client(cookies={COOKIE: before}).get(ME).status_code == 401
    assert first.get(ME).status_code == 200
    assert fresh.logged_in("viewer", password="so will these four").get(ME).status_code == 200
    assert fresh.client().post(ME, json={"name": "viewer", "password": PASSWORD}).status_code == 401


def test_a_password_is_changed_by_who_knows_it(fresh: Served) -> None:
    client = fresh.logged_in("viewer")
    wrong = client.put(f"{ME}/password", json={"old": "wrong", "new": "so will these four"})
    assert (wrong.status_code, wrong.json()["detail"]) == (403, "the old password is not that")
    weak = client.put(f"{ME}/password", json={"old": PASSWORD, "new": "password1234"})
    assert weak.status_code == 400
    by_key = fresh.client("viewer").put(f"{ME}/password", json={"old": PASSWORD, "new": "so will these four"})
    assert by_key.status_code == 403


def test_a_token_of_a_user_opens_a_session(fresh: Served) -> None:
    client = fresh.client()
    answer = client.post(f"{ME}/token", json={"token": fresh.keys["admin"]})
    assert (answer.json()["name"], answer.json()["role"]) == ("admin", "admin")
    assert client.get("/api/v1/users").status_code == 200
    nobodys = issue(fresh.here, "admin")
    scoped = issue(fresh.here, "admin", scopes=("alerts",))
    for token in (nobodys, scoped, "sdq_garbage"):
        assert fresh.client().post(f"{ME}/token", json={"token": token}).status_code == 401


def test_a_stale_cookie_does_not_keep_one_from_logging_in(fresh: Served) -> None:
    client = fresh.client(cookies={COOKIE: "stale"})
    assert client.post(ME, json={"name": "viewer", "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8080"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_open_is_for_pages_of_this_machine(open_served: Served, headers: dict[str, str], method: str) -> None:
    answer = open_served.client().request(method, "/api/v1/alerts/", headers=headers)
    assert answer.status_code in {400, 403}, answer.text


def test_open_serves_its_own_pages(open_served: Served) -> None:
    client = open_served.client()
    assert client.get(ME, headers={"Origin": open_served.url}).status_code == 200
    port = httpx.URL(open_served.url).port
    assert client.get(ME, headers={"Host": f"localhost:{port}"}).status_code == 200
    assert client.get(f"{ME}/ways").json()["open"]


@pytest.mark.parametrize("word", ["password", "Password1!!!", "aaaaaaaaaaaa", "short", "x" * 257])
def test_weak_passwords_are_refused(word: str) -> None:
    with pytest.raises(ValueError, match="password"):
        secrets.hash_password(word)
