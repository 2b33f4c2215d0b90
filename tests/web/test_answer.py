"""The dashboard's files, as the server answers them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from sentineldq.server import pages
from tests.server.serving import Served

ROOT = Path(__file__).parents[2]
INDEX = '<!doctype html><meta property="csp-nonce" nonce="NONCE"><script nonce="NONCE" src="/assets/a-1.js"></script>'
SCRIPT = "export const long = 1;\n" * 200


@pytest.fixture
def client(dashboard: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    """A client of a server whose dashboard is two small files."""
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text(INDEX)
    (static / "assets" / "a-1.js").write_text(SCRIPT)
    (static / "icon.svg").write_text("<svg/>")
    (tmp_path / "secret.json").write_text("{}")
    monkeypatch.setattr(pages, "STATIC", static)
    pages._packed.cache_clear()  # its files are others now
    return dashboard.client()


@pytest.mark.parametrize("path", ["/", "/alerts", "/datasets/orders.v1", "/login?next=%2Falerts", "/nothing"])
def test_every_address_of_its_own_is_the_dashboard(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    assert "csp-nonce" in answer.text


def test_the_policy_allows_one_nonce_that_is_new_with_every_page(client: httpx.Client) -> None:
    nonces = set()
    for _ in range(3):
        answer = client.get("/")
        policy = answer.headers["content-security-policy"]
        (nonce,) = set(re.findall(r'nonce="([^"]+)"', answer.text))
        assert f"style-src 'self' 'nonce-{nonce}'" in policy
        assert "unsafe" not in policy
        assert "NONCE" not in policy + answer.text
        nonces.add(nonce)
    assert len(nonces) == 3


def test_hashed_files_are_kept_for_good_and_packed(client: httpx.Client) -> None:
    answer = client.get("/assets/a-1.js")
    assert answer.text == SCRIPT
    assert answer.headers["cache-control"].endswith("immutable")
    assert answer.headers["content-encoding"] == "gzip"
    assert "javascript" in answer.headers["content-type"]
    plain = client.get("/assets/a-1.js", headers={"Accept-Encoding": "identity"})
    assert plain.text == SCRIPT
    assert "content-encoding" not in plain.headers
    assert client.get("/icon.svg").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/b-2.js",
        "/assets/..%2f..%2fsecret.json",
        "/assets/%2e%2e/secret.json",
        "/assets/",
        "/no.js",
        "/assets/a%00.js",
    ],
)
def test_files_that_are_not_there_are_an_error_and_not_the_dashboard(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/nothing", "/api/v2/alerts"])
def test_the_api_answers_for_itself(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_dashboard_that_is_not_built_says_how_to_build_it(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pages, "STATIC", tmp_path / "nowhere")
    answer = client.get("/alerts")
    assert answer.status_code == 404
    assert "run build" in answer.text


def test_the_description_of_the_api_that_its_types_are_made_from_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "web" / "openapi.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
