"""Logging in by an identity provider: a real one on this machine, that can be told to lie."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import text, update

from sentineldq.pipeline.project import Project, load_project
from sentineldq.store import audit, users
from sentineldq.store.tables import LOGINS
from tests.server.serving import PASSWORD, Served, serving

BEGIN, ME = "/api/v1/session/provider", "/api/v1/session"
CLIENT, SECRET = "sentinel", "provider-secret-4f0c"
KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "other"})


@dataclass
class Idp:
    """An OpenID provider. claims, metadata: in place of what it would say; sign: how it makes a token of claims."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] | None = None
    keys: list[RSAKey] = field(default_factory=lambda: [KEY])
    status: int = 200
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def token(self, nonce: str) -> str:
        now = int(time.time())
        usual = {"iss": self.url, "aud": CLIENT, "sub": "4711", "iat": now, "exp": now + 60, "nonce": nonce}
        person = {"preferred_username": "ada", "name": "Ada L.", "groups": ["staff", "data"]}
        claims = {k: v for k, v in {**usual, **person, **self.claims}.items() if v is not None}
        return self.sign(claims) if self.sign else signed(claims)

    def authorize(self, address: str) -> dict[str, str]:
        """What a browser brings back from here."""
        query = dict(parse_qsl(urlsplit(address).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return {
            k: v for k, v in {"code": code, "state": query["state"], **self.answer}.items() if v is not None
        }

    def exchange(self, form: dict[str, str], header: str) -> tuple[int, dict[str, Any]]:
        query = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if (
            query is None
            or query["code_challenge"] != challenge
            or query["redirect_uri"] != form["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        if header != basic:
            return 401, {"error": "invalid_client"}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.token(query["nonce"])}

    def page(self, path: str) -> dict[str, Any]:
        if path == "/keys":
            return {"keys": [key.as_dict(private=False) for key in self.keys]}
        said = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": self.url, **{k: self.url + v for k, v in said.items()}, **self.metadata}


def signed(claims: dict[str, Any], *, key: Any = KEY, alg: str = "RS256", **header: Any) -> str:
    return str(jwt.encode({"alg": alg, "kid": "one", **header}, claims, key, algorithms=[alg]))


def unsigned(claims: dict[str, Any]) -> str:
    parts = [json.dumps(one).encode() for one in ({"alg": "none"}, claims)]
    return ".".join(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in parts) + "."


def demanding(claims: dict[str, Any]) -> str:
    """Signed as it should be, with an extension that has to be understood (RFC 7515, section 4.1.11)."""
    head = {"alg": "RS256", "kid": "one", "crit": ["https://example.org/must"], "https://example.org/must": 1}
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (head, claims)]
    signature = KEY.get_op_key("sign").sign(b".".join(parts), PKCS1v15(), SHA256())
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def with_shared_secret(claims: dict[str, Any]) -> str:
    """Signed by HMAC, with the provider's public key as the secret (the swap of RS256 for HS256)."""
    return signed(
        claims, key=OctKey.import_key(KEY.as_pem(private=False).replace(b"-----", b"")), alg="HS256"
    )


def tampered(claims: dict[str, Any]) -> str:
    head, _, signature = signed(claims).split(".")
    body = base64.urlsafe_b64encode(json.dumps({**claims, "groups": ["boss"]}).encode()).decode().rstrip("=")
    return f"{head}.{body}.{signature}"


@pytest.fixture
def idp() -> Iterator[Idp]:
    found = Idp()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            self.reply(found.status, found.page(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            found.asked.append(self.path)
            self.reply(*found.exchange(form, self.headers.get("Authorization", "")))

        def reply(self, status: int, said: dict[str, Any]) -> None:
            self.send_response(status)
            if status in {302, 307}:
                self.send_header("Location", f"{found.url}/elsewhere")
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_port}"
        yield found
        server.shutdown()
        thread.join()


@pytest.fixture
def project(empty: Project, idp: Idp, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("OIDC_SECRET", SECRET)
    settings = (
        "\nserver:\n  oidc:\n"
        f"    issuer: {idp.url}\n    client-id: {CLIENT}\n    client-secret: ${{OIDC_SECRET}}\n"
        "    label: Example Inc.\n    roles: {data: steward, staff: viewer, boss: admin}\n"
    )
    with (empty.root / "sentinel.yaml").open("a") as file:
        file.write(settings)
    return load_project(empty.root, simulated=True)


@pytest.fixture
def here(project: Project) -> Iterator[Served]:
    with serving(project) as found:
        yield found


def log_in(here: Served, idp: Idp, **otherwise: Any) -> tuple[httpx.Client, httpx.Response]:
    """Go there and back, as a browser does. otherwise: what is brought back in place of what the provider said."""
    client = here.client()
    begun = client.get(BEGIN)
    assert begun.status_code == 303, begun.text
    brought = {**idp.authorize(begun.headers["location"]), **otherwise}
    return client, client.get(f"{BEGIN}/back?{urlencode(brought)}")


def test_one_goes_there_and_comes_back(here: Served, idp: Idp) -> None:
    client, answer = log_in(here, idp)
    assert (answer.status_code, answer.headers["location"]) == (303, "/"), answer.text
    me = client.get(ME).json()
    assert (me["name"], me["role"], me["kind"]) == ("ada", "steward", "session")
    user = users.by_name(here.here.store, "ada")
    assert user is not None
    assert (user.issuer, user.subject, user.password, user.display_name) == (idp.url, "4711", None, "Ada L.")
    assert client.get(f"{ME}/ways").json() == {"open": False, "password": True, "provider": "Example Inc."}
    assert SECRET not in str(audit.query(here.here.store))
    entry = audit.query(here.here.store)[0]
    assert (entry.actor, entry.status) == ("ada", 303)


def test_what_is_asked_of_the_provider(here: Served, idp: Idp) -> None:
    client = here.client()
    begun = client.get(BEGIN)
    query = dict(parse_qsl(urlsplit(begun.headers["location"]).query))
    assert query["response_type"] == "code"
    assert query["code_challenge_method"] == "S256"
    assert query["redirect_uri"] == f"{here.url}{BEGIN}/back"
    assert query["scope"] == "openid profile email"
    assert len({query["state"], query["nonce"], query["code_challenge"]}) == 3
    assert {"HttpOnly", "SameSite=lax", f"Path={BEGIN}"} <= set(begun.headers["set-cookie"].split("; "))
    again = dict(parse_qsl(urlsplit(client.get(BEGIN).headers["location"]).query))
    assert not {query["state"], query["nonce"]} & {again["state"], again["nonce"]}


LIES: dict[str, dict[str, Any]] = {
    "no signature": {"sign": unsigned},
    "signed by another": {"sign": lambda claims: signed(claims, key=OTHER)},
    "signed by a key it brings along": {
        "sign": lambda claims: signed(claims, key=OTHER, jwk=OTHER.as_dict(private=False))
    },
    "signed by a key it points to": {
        "sign": lambda claims: signed(claims, key=OTHER, jku="https://evil.example/keys")
    },
    "with a demand not understood": {"sign": demanding},
    "signed by a key not known": {"sign": lambda claims: signed(claims, key=OTHER, kid="two")},
    "signed by a shared secret": {"sign": with_shared_secret},
    "changed": {"sign": tampered},
    "no token": {"sign": lambda _: "x.y"},
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "no issuer": {"claims": {"iss": None}},
    "for another": {"claims": {"aud": "other"}},
    "for nobody": {"claims": {"aud": None}},
    "for many, by another": {"claims": {"aud": [CLIENT, "other"], "azp": "other"}},
    "for many, by nobody": {"claims": {"aud": ["other", CLIENT]}},
    "over": {"claims": {"exp": int(time.time()) - 3600}},
    "without an end": {"claims": {"exp": None}},
    "not yet": {"claims": {"nbf": int(time.time()) + 3600}},
    "of tomorrow": {"claims": {"iat": int(time.time()) + 86400}},
    "another nonce": {"claims": {"nonce": "x"}},
    "no nonce": {"claims": {"nonce": None}},
    "of nobody": {"claims": {"sub": None}},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_does_not_hold_opens_nothing(here: Served, idp: Idp, lie: str) -> None:
    for name, value in LIES[lie].items():
        setattr(idp, name, value)
    client, answer = log_in(here, idp)
    assert answer.status_code == 401, answer.text
    assert client.get(ME).status_code == 401
    assert users.by_name(here.here.store, "ada") is None


@pytest.mark.parametrize(
    "brought",
    [
        {"state": "x"},
        {"state": ""},
        {"state": "\u00e4"},
        {"code": "x"},
        {"iss": "https://evil.example"},
    ],
    ids=str,
)
def test_an_answer_that_does_not_fit_opens_nothing(here: Served, idp: Idp, brought: dict[str, str]) -> None:
    client, answer = log_in(here, idp, **brought)
    assert answer.status_code == 401, answer.text
    assert client.get(ME).status_code == 401


def test_who_was_let_in_nowhere_is_told(here: Served, idp: Idp) -> None:
    idp.answer = {"code": None, "error": "access_denied", "error_description": "<b>no</b>"}
    _, answer = log_in(here, idp)
    assert (answer.status_code, answer.json()["detail"]) == (401, "the provider let nobody in")
    assert "<b>" not in answer.text


def test_an_answer_is_of_the_browser_that_began(here: Served, idp: Idp) -> None:
    """Else somebody could log another in as themselves (RFC 9700, section 4.7)."""
    brought = idp.authorize(here.client().get(BEGIN).headers["location"])
    for other in (here.client(), here.client(cookies={"sentinel_login": "x"})):
        assert other.get(f"{BEGIN}/back?{urlencode(brought)}").status_code == 401


def test_an_answer_is_good_once(here: Served, idp: Idp) -> None:
    client = here.client()
    begun = client.get(BEGIN)
    secret = client.cookies["sentinel_login"]
    brought = urlencode(idp.authorize(begun.headers["location"]))
    assert client.get(f"{BEGIN}/back?{brought}").status_code == 303
    again = here.client(cookies={"sentinel_login": secret})
    assert again.get(f"{BEGIN}/back?{brought}").status_code == 401


def test_one_comes_back_to_another_server_of_the_same_store(here: Served, idp: Idp) -> None:
    """As behind a balancer, where the server that sent somebody away is not the one that they come back to."""
    with serving(here.here.project) as other:
        client = here.client()
        begun = client.get(BEGIN, headers={"Host": "data.example.org"})
        with here.here.store.read() as connection:
            kept = str(connection.execute(text("SELECT * FROM logins")).all())
        query = dict(parse_qsl(urlsplit(begun.headers["location"]).query))
        assert not [
            secret for secret in (client.cookies["sentinel_login"], *query.values()) if secret in kept
        ]
        back = other.client(cookies={"sentinel_login": client.cookies["sentinel_login"]})
        brought = urlencode(idp.authorize(begun.headers["location"]))
        answer = back.get(f"{BEGIN}/back?{brought}", headers={"Host": "data.example.org"})
        assert answer.status_code == 303, answer.text


def test_a_login_that_takes_too_long_is_over(here: Served, idp: Idp) -> None:
    client = here.client()
    brought = urlencode(idp.authorize(client.get(BEGIN).headers["location"]))
    with here.here.store.write() as connection:
        connection.execute(update(LOGINS).values(expires_at=datetime.now(UTC)))
    assert client.get(f"{BEGIN}/back?{brought}").status_code == 401


def test_a_role_follows_the_provider(here: Served, idp: Idp) -> None:
    first, _ = log_in(here, idp)
    idp.claims = {"groups": ["boss"]}
    second, _ = log_in(here, idp)
    assert second.get(ME).json()["role"] == "admin"
    assert first.get(ME).status_code == 401  # a session of another role
    idp.claims = {"groups": ["guests"]}
    assert log_in(here, idp)[1].status_code == 403
    idp.claims = {"groups": None}
    assert log_in(here, idp)[1].status_code == 403


def test_who_was_disabled_stays_out(here: Served, idp: Idp) -> None:
    log_in(here, idp)
    admin = here.client("admin")
    (ada,) = [one for one in admin.get("/api/v1/users").json()["items"] if one["name"] == "ada"]
    admin.patch(f"/api/v1/users/{ada['user_id']}", json={"active": False})
    assert log_in(here, idp)[1].status_code == 403


def test_a_name_that_is_taken_is_another(here: Served, idp: Idp) -> None:
    """Else the provider's `admin` would be ours."""
    idp.claims = {"preferred_username": "admin", "groups": ["staff"]}
    client, _ = log_in(here, idp)
    assert client.get(ME).json()["name"] == "admin (127.0.0.1)"
    assert client.get(ME).json()["role"] == "viewer"
    assert here.client().post(ME, json={"name": "admin (127.0.0.1)", "password": PASSWORD}).status_code == 401


def test_new_keys_are_taken_up(here: Served, idp: Idp, monkeypatch: pytest.MonkeyPatch) -> None:
    log_in(here, idp)
    new = RSAKey.generate_key(2048, {"kid": "two"})
    idp.keys, idp.sign = [KEY, new], lambda claims: signed(claims, key=new, kid="two")
    assert log_in(here, idp)[1].status_code == 401  # asked for a moment ago
    monkeypatch.setattr("sentineldq.server.security.oidc.AGAIN", 0.0)
    assert log_in(here, idp)[1].status_code == 303


def test_keys_are_not_asked_for_by_every_token(here: Served, idp: Idp) -> None:
    idp.sign = lambda claims: signed(claims, key=OTHER, kid="flood")
    for _ in range(5):
        log_in(here, idp)
    assert idp.asked.count("/keys") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("metadata", {"issuer": "https://evil.example"}),
        ("metadata", {"token_endpoint": "http://evil.example/token"}),
        ("metadata", {"jwks_uri": "ftp://127.0.0.1/keys"}),
        ("metadata", {"jwks_uri": 7}),
        ("status", 500),
        ("status", 404),
    ],
)
def test_a_provider_that_is_not_as_it_should_be(here: Served, idp: Idp, name: str, value: Any) -> None:
    setattr(idp, name, value)
    answer = here.client().get(BEGIN)
    assert answer.status_code == 503
    assert "evil" not in answer.text
    assert here.logged_in("viewer").get(ME).status_code == 200  # by password, as ever


@pytest.mark.parametrize("status", [302, 307])
def test_a_provider_that_sends_elsewhere_is_not_followed(
    here: Served, idp: Idp, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """Neither for what it says of itself, nor with a code and the secret that goes along."""
    monkeypatch.setattr(idp, "status", status)
    assert here.client().get(BEGIN).status_code == 503
    monkeypatch.undo()
    monkeypatch.setattr(idp, "exchange", lambda *_: (status, {}))
    assert log_in(here, idp)[1].status_code in {401, 503}
    assert "/token" in idp.asked
    assert "/elsewhere" not in idp.asked


def test_where_there_is_none_it_is_said(fresh: Served) -> None:
    assert fresh.client().get(BEGIN).status_code == 404
    assert fresh.client().get(f"{BEGIN}/back?code=x&state=y").status_code == 404
