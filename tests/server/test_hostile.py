"""Whatever is put into any field of any route: refused in words or taken as text, never a fault, never more than asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from sentineldq.server.page import encode_cursor
from sentineldq.server.security.principal import COOKIE
from tests.server.conftest import copied, run_in
from tests.server.serving import Served, serving
from tests.server.stores import on_postgres
from tests.server.test_problems import connected, received

DOCUMENT = json.loads((Path(__file__).parents[2] / "web" / "openapi.json").read_text())
STREAMS = {"/api/v1/events"}
FILES = {"/api/v1/data-quality/upload", "/api/v1/data-quality/sources/{source_id}/check"}
SELF = {"/api/v1/session", "/api/v1/session/token"}
"""What counts tries, and would refuse the others: tests/server/test_session.py has it."""

JSON = {"Content-Type": "application/json"}
SQL = (
    "' OR '1'='1",
    "x' OR 1=1 --",
    "'; DROP TABLE alerts; --",
    '" OR ""="',
    "x') UNION SELECT * FROM users --",
)
TEXTS = (
    *SQL,
    "a\0b",
    "%",
    "\\",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "{{7*7}}${7*7}",
    "\u202egnp\ufeff\U0001f98a",
    "\r\nSet-Cookie: a=b",
    "x" * 8_000,
)
NUMBERS = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "-1e400",
    "9" * 30,
    "-" + "9" * 30,
    "9" * 5000,
    '"NaN"',
    "1.5e1",
)


def operations(method: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Paths, filled in with a name that may be there, and operations of a method."""
    for path, methods in DOCUMENT["paths"].items():
        if method in methods and path not in STREAMS | FILES | SELF:
            yield path.replace("{dataset}", "events").replace("{name}", "events"), methods[method]


def schema_of(found: dict[str, Any]) -> dict[str, Any]:
    """A schema, its reference followed; of several, the first that is not null."""
    while "$ref" in found or "anyOf" in found:
        if "$ref" in found:
            found = DOCUMENT["components"]["schemas"][found["$ref"].rpartition("/")[2]]
        else:
            found = next(one for one in found["anyOf"] if one.get("type") != "null")
    return found


def usual(found: dict[str, Any]) -> Any:
    """A value that fits a schema."""
    found = schema_of(found)
    if found.get("examples"):
        return found["examples"][0]
    if "enum" in found or "const" in found:
        return found["const"] if "const" in found else found["enum"][0]
    match found.get("type"):
        case "string":
            return (
                "2026-11-20T10:00:00Z"
                if found.get("format") == "date-time"
                else "x" * found.get("minLength", 1)
            )
        case "integer" | "number":
            return found.get("minimum", 1)
        case "array":
            return []
        case "object":
            return {name: usual(found["properties"][name]) for name in found.get("required", ())}
    return "x"


def bodies(method: str, *kinds: str) -> Iterator[tuple[str, dict[str, Any], str, str]]:
    """Path, a body that fits, and name and type of a field, for every field of these types of every body."""
    for path, operation in operations(method):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            continue
        whole = schema_of(content["schema"])
        for name, field in whole.get("properties", {}).items():
            if (kind := schema_of(field).get("type")) in kinds:
                yield path, usual(whole), name, str(kind)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sqlite", marks=pytest.mark.apart),
        pytest.param("postgres", marks=pytest.mark.xdist_group("postgres_url")),
    ],
)
def here(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on each database."""
    with ExitStack() as stack:
        if request.param == "postgres":
            stack.enter_context(on_postgres(request.getfixturevalue("postgres_url")))
        project = run_in(copied(tmp_path_factory.mktemp("hostile") / "github"))
        found = stack.enter_context(serving(project))
        assert found.here.store.engine.dialect.name.startswith(request.param)
        yield found


def fault_of(answer: httpx.Response) -> str | None:
    """What is wrong with an answer: a fault of the server, another shape, or a refusal that tells too much."""
    if answer.status_code >= 500:
        return f"{answer.status_code}: {answer.text[:300]}"
    if answer.status_code >= 400 and answer.headers["content-type"] != "application/problem+json":
        return answer.headers["content-type"]
    if len(answer.content) > 10_000 and answer.status_code >= 400:
        return f"a refusal of {len(answer.content)} bytes"
    if answer.headers["content-type"] == "application/json":
        json.loads(answer.content, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    return None


def found(answer: httpx.Response) -> int:
    """How many items a list has."""
    return len(answer.json().get("items", ())) if answer.status_code == 200 else 0


@pytest.mark.slow
def test_texts_in_every_parameter(here: Served) -> None:
    client, wrong = here.client("admin"), []
    for path, operation in operations("get"):
        for parameter in operation.get("parameters", ()):
            name, place = parameter["name"], parameter["in"]
            none = found(client.get(path, params={name: "nothing-is-called-so"})) if place == "query" else 0
            for said in TEXTS:
                where = path.replace(f"{{{name}}}", quote(said[:2000], safe="")) if place == "path" else path
                answer = client.get(where, params={name: said} if place == "query" else {})
                fault = fault_of(answer)
                if said in SQL and place == "query" and found(answer) > none:
                    fault = "it found something"
                if fault:
                    wrong.append((path, name, said[:20], fault))
    assert wrong == []
    assert client.get("/api/v1/alerts/").status_code == 200, "the table is there"


@pytest.mark.slow
def test_texts_in_every_field(here: Served) -> None:
    client, wrong = here.client("admin"), []
    for method in ("post", "put", "patch"):
        for path, body, name, kind in bodies(method, "string", "array"):
            for said in (*TEXTS, "\ud800"):
                data = json.dumps({**body, name: said if kind == "string" else [said]})
                if fault := fault_of(client.request(method.upper(), path, content=data, headers=JSON)):
                    wrong.append((method, path, name, said[:20], fault))
    assert wrong == []
    assert client.get("/api/v1/users").status_code == 200


@pytest.mark.slow
def test_numbers_that_are_none(here: Served) -> None:
    client, wrong = here.client("admin"), []
    for method in ("post", "put", "patch"):
        for path, body, name, _ in bodies(method, "integer", "number", "object", "boolean"):
            for number in NUMBERS:
                data = json.dumps({**body, name: "HERE"}).replace('"HERE"', number)
                answer = client.request(method.upper(), path, content=data, headers=JSON)
                if fault := fault_of(answer):
                    wrong.append((method, path, name, number[:20], fault))
    for number in NUMBERS:
        for path, data in (
            ("alerts/", f'{{"title": "x", "details": {{"x": {number}}}}}'),
            ("validate/events", f'{{"id": {number}, "payload": {{"x": [{number}]}}}}'),
            ("validate/events", f"[{number}]"),
        ):
            answer = client.post(f"/api/v1/{path}", content=data, headers=JSON)
            if fault := fault_of(answer):
                wrong.append(("POST", path, "", number[:20], fault))
    assert wrong == []


def test_cursors_that_are_made_up(here: Served) -> None:
    client, wrong = here.client("admin"), []
    made = [
        encode_cursor(),
        encode_cursor(None, None),
        encode_cursor(10**30),
        encode_cursor(-1),
        encode_cursor(2**63 - 1, 2**63 - 1, "x"),
        encode_cursor("0001-01-01T00:00:00Z", "x"),
        encode_cursor("0001-01-01T00:00:00", "x"),
        encode_cursor("9999-12-31T23:59:59+00:00", 1.5, "x"),
        encode_cursor("2026-11-20T00:00:00Z", 2**62, 2**62, "x"),
        encode_cursor("' OR 1=1 --"),
        encode_cursor("a\0b"),
        encode_cursor([[[[]]]]),
        "!!!",
        "%%%",
        "é",
        "x" * 499,
    ]
    lists = [
        path for path, one in operations("get") if "cursor" in [p["name"] for p in one.get("parameters", ())]
    ]
    for path in lists:
        answer = client.get(path, params={"limit": 1})
        if answer.status_code == 200 and (further := answer.json().get("next_cursor")):
            made.append(further)  # of another list, for the others
    for path in lists:
        faults = ((cursor, fault_of(client.get(path, params={"cursor": cursor}))) for cursor in made)
        wrong += [(path, cursor[:60], fault) for cursor, fault in faults if fault]
    assert wrong == []


TOKENS = [
    "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsInJvbGUiOiJhZG1pbiJ9.",
    "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.c2ln",
    "Bearer ' OR '1'='1",
    "Bearer " + "x" * 8_000,
    "bearer null",
    "Token admin",
    "Negotiate TlRMTVNTUAAB",
]


@pytest.mark.parametrize("header", TOKENS, ids=lambda one: one[:20])
def test_tokens_that_are_forged(here: Served, header: str) -> None:
    answer = here.client().get("/api/v1/users", headers={"Authorization": header})
    assert answer.status_code == 401
    assert header[8:] not in answer.text


@pytest.mark.parametrize(
    "value", ["' OR '1'='1", "null", "x" * 8_000, "a=b", '"quoted"', "%00", "../../admin"], ids=str
)
def test_cookies_that_are_forged(here: Served, value: str) -> None:
    for name in (COOKIE, "sentinel_login"):
        answer = here.client().get("/api/v1/users", headers={"Cookie": f"{name}={value}"})
        assert answer.status_code == 401
    good = here.client("viewer").get("/api/v1/session", headers={"Cookie": f"{COOKIE}={value}"})
    assert good.status_code == 200, "a key goes before a cookie"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("", 200),
        (",,,", 200),
        ('"', 200),
        ("W/", 200),
        ("*, *", 304),
        ('"x" "y"', 200),
        ("x" * 8_000, 200),
        (",".join(['"x"'] * 1_000), 200),
    ],
    ids=lambda one: str(one)[:10],
)
def test_tags_that_are_odd(here: Served, said: str, status: int) -> None:
    answer = here.client("viewer").get("/api/v1/alerts/summary", headers={"If-None-Match": said})
    assert answer.status_code == status


@pytest.mark.parametrize(
    "lines",
    [
        "GET /api/v1/alerts/?dataset=" + "x" * 200_000 + " HTTP/1.1\r\nHost: x",
        "GET /" + "x" * 200_000 + " HTTP/1.1\r\nHost: x",
        "GET / HTTP/1.1\r\nHost: x\r\n" + "\r\n".join(f"X-{at}: {'y' * 50}" for at in range(20_000)),
        "GET / HTTP/1.1\r\nHost: x\r\nCookie: " + "a=b; " * 50_000,
        "GET / HTTP/9.9.9\r\nHost: x",
        "GET http://evil.example/ HTTP/1.1\r\nHost: x\0y",
        "\x16\x03\x01\x02\x00\x01\x00",
        "POST /api/v1/alerts/ HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /",
    ],
    ids=["long query", "long path", "many headers", "long cookie", "version", "nul", "tls", "smuggled"],
)
def test_heads_that_are_too_much(here: Served, lines: str) -> None:
    with connected(here.url) as peer:
        with suppress(OSError):  # it hangs up, as it may
            peer.sendall(lines.encode("latin-1") + b"\r\n\r\n")
        answer = received(peer)
    assert answer == b"" or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 401", b"HTTP/1.1 431"))
    assert here.client().get("/healthz").status_code == 200
