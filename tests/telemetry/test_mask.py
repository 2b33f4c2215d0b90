"""No secret gets into a log, whichever way it comes."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.telemetry import logs
from sentineldq.telemetry.secrets import MASK, Masker, secret, values

CANARY = "canary-7Q+x/9=="
TOKEN = "ghp_" + "c4n4ry" * 5


@pytest.mark.parametrize(
    "name",
    [
        *(
            "password",
            "PGPASSWORD",
            "db_passwd",
            "client_secret",
            "GITHUB_TOKEN",
            "accessToken",
            "Authorization",
        ),
        *(
            "api_key",
            "X-Api-Key",
            "apikey",
            "AWS_SECRET_ACCESS_KEY",
            "credentials",
            "Cookie",
            "SENTRY_DSN",
            "dsn",
        ),
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert secret(name)
    assert Masker().mapping({name: CANARY}) == {name: MASK}
    assert values({name: CANARY, "HOME": "/root"}) == {CANARY}


def test_the_folder_one_is_in_is_no_secret() -> None:
    assert values({"PWD": "/srv/projects", "OLDPWD": "/srv/projects/shop", "DB_PWD": CANARY}) == {CANARY}


@pytest.mark.parametrize("name", ["passed", "pipeline", "keys", "key", "path", "author", "bypass", "compass"])
def test_names_of_other_things(name: str) -> None:
    assert not secret(name)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgresql://user:canary@host:5432/db", "postgresql://***@host:5432/db"),
        ("to https://canary@github.com/x and on", "to https://***@github.com/x and on"),
        ("redis://:can:ary@h", "redis://***@h"),
        ("host=h password=canary dbname=d", "host=h password=*** dbname=d"),
        ("host=h password='can ary' dbname=d", "host=h password=*** dbname=d"),
        ("GET /v1?limit=5&access_token=canary&page=2", "GET /v1?limit=5&access_token=***&page=2"),
        ('{"client_secret": "can\\"ary", "a": 1}', '{"client_secret": ***, "a": 1}'),
        ("{'api_key': 'canary'}", "{'api_key': ***}"),
        ("Authorization: Basic canary==", "Authorization: ***"),
        ("[(b'Authorization', b'token canary')]", "[(b'Authorization', b***)]"),
        ("[(b'X-Api-Key', b'canary')]", "[(b'X-Api-Key', b***)]"),
        ("X-Api-Key: canary", "X-Api-Key: ***"),
        ("sent Bearer canarycanary to it", "sent Bearer *** to it"),
        (f"with {TOKEN}.", f"with {MASK}."),
        ("AKIA" + "C4N4RY7Q" * 2, MASK),
        ("eyJcanarycan.eyJcanaryca.canary", MASK),
    ],
)
def test_texts_with_secrets(text: str, masked: str) -> None:
    assert Masker().text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "https://api.github.com/events?page=2",
        "mail to someone@example.com",
        "unexpected token: '}' at line 3",
        "a bearer of news; the basic idea; passed=5 failed=1",
        "s3://bucket/key@version",
        "https://example.com/a@b",
    ],
)
def test_texts_without_secrets_stay(text: str) -> None:
    assert Masker().text(text) == text


@given(before=st.text(), after=st.text())
def test_a_known_value_is_found_in_any_text(before: str, after: str) -> None:
    assert CANARY not in Masker([CANARY]).text(before + CANARY + after)


nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(CANARY) | st.binary(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text() | st.just(CANARY), inner) | st.tuples(inner, inner)
    ),
)


@given(nested)
def test_a_known_value_is_found_in_anything(value: Any) -> None:
    shown = json.dumps(Masker([CANARY]).plain(value), allow_nan=False, ensure_ascii=False)
    assert CANARY not in shown


@pytest.mark.parametrize(
    "piece", ["a.", "a-", "token-", "eyJ-", "a://", "token=", "'token':'\\", "bearer ", "cookie:"]
)
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    assert Masker([CANARY]).text(piece * 200_000)


def test_what_contains_itself_ends() -> None:
    loop: dict[str, Any] = {}
    loop["loop"] = loop
    assert json.dumps(Masker().plain(loop), ensure_ascii=False).endswith('"…"' + "}" * 8)


@pytest.fixture(params=["json", "human"])
def out(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[tuple[io.StringIO, Path]]:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("MY_SECRET", CANARY)
    root = logging.getLogger()
    level = root.level
    logs.configure(format=request.param, level="debug", file=tmp_path / "run.log")
    yield stream, tmp_path / "run.log"
    for handler in [handler for handler in root.handlers if handler.name == logs.OURS]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def refuse() -> None:
    raise ConnectionError("postgresql://user:can" + f"ary@host refused {CANARY}")


def test_a_secret_gets_nowhere(out: tuple[io.StringIO, Path]) -> None:
    stream, file = out
    log = logs.logger("sentineldq.test")
    with logs.bound(token="canary-bound", run=CANARY):
        log.info(CANARY, password="canary-fact", nested={"deep": [{"secret": "canary-deep"}]})
        log.warning(
            "asked", url="https://canary:canary@host/?api_key=canary", headers=[("authorization", CANARY)]
        )
        logging.getLogger("httpx").info('HTTP Request: GET %s "HTTP/1.1 200 OK"', "http://h/?token=canary")
        logging.getLogger("sqlalchemy.pool").warning("lost %r", {"password": "canary"})
        try:
            refuse()
        except ConnectionError:
            log.exception("failed")
            logging.getLogger("pyiceberg").exception("failed")
    for text in (stream.getvalue(), file.read_text()):
        assert text.count("failed") >= 2
        assert "ConnectionError" in text
        assert "canary" not in text
