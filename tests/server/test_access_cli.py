"""`sentinel user` and `sentinel key`: the same users and keys, from the machine itself."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import click
import pytest

from sentineldq.cli.key import key
from sentineldq.cli.user import user
from sentineldq.errors import UsageError
from sentineldq.pipeline.project import Project
from sentineldq.server.security import secrets
from sentineldq.store import audit, keys, users
from tests.server.serving import PASSWORD, serving

Run = Callable[..., str]
OTHER = "so will these four"


@pytest.fixture
def run(empty: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in the project; what it prints. said: standard input."""

    def run(group: click.Group, *words: str, said: str = "") -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
        command = [*words, "--project", str(empty.root), "--simulated"]
        group.main(command, prog_name="sentinel", standalone_mode=False)
        return capsys.readouterr().out

    return run


def kept(project: Project, name: str) -> users.User:
    with project.open_store() as store:
        found = users.by_name(store, name)
    assert found is not None
    return found


def test_a_user_is_added_with_a_password_from_standard_input(run: Run, empty: Project) -> None:
    assert run(user, "add", "ada", "--role", "steward", said=f"{PASSWORD}\n") == "ada is steward\n"
    assert secrets.fits(PASSWORD, kept(empty, "ada").password)
    with serving(empty) as served:
        assert served.logged_in("ada").get("/api/v1/session").json()["role"] == "steward"


@pytest.mark.parametrize(("said", "error"), [("", "no password on standard input"), ("short\n", "12 to 256")])
def test_without_a_good_password_nobody_is_added(run: Run, empty: Project, said: str, error: str) -> None:
    with pytest.raises(UsageError, match=error):
        run(user, "add", "ada", said=said)
    with empty.open_store() as store:
        assert users.everyone(store) == []


def test_no_password_is_taken_from_the_command_line(run: Run) -> None:
    for words in (("--password", PASSWORD), (f"--password={PASSWORD}",)):
        with pytest.raises(click.ClickException):
            run(user, "add", "ada", *words)


@pytest.mark.apart
def test_a_terminal_asks_without_showing(empty: Project) -> None:
    """On a real terminal: what is typed does not come back."""
    mine, theirs = pty.openpty()
    words = ["add", "ada", "--role", "admin", "--project", str(empty.root), "--simulated"]
    code = "import sys; from sentineldq.cli.user import user; user.main(sys.argv[1:], standalone_mode=False)"
    command = [sys.executable, "-c", code, *words]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        seen = read_until(mine, b"password of ada: ")
        os.write(mine, f"{PASSWORD}\n".encode())
        seen += read_until(mine, b"once more: ")
        os.write(mine, f"{PASSWORD}\n".encode())
        seen += read_until(mine, b"ada is admin")
        assert process.wait(30) == 0
    os.close(mine)
    assert PASSWORD.encode() not in seen
    assert secrets.fits(PASSWORD, kept(empty, "ada").password)


def read_until(terminal: int, words: bytes) -> bytes:
    seen = b""
    while words not in seen:
        seen += os.read(terminal, 1000)
    return seen


def test_users_are_listed_without_their_hashes(run: Run, empty: Project) -> None:
    run(user, "add", "ada", "--called", "Ada L.", said=f"{PASSWORD}\n")
    run(user, "add", "robot", "--role", "analyst", "--no-password")
    shown = run(user, "list")
    assert "Ada L." in shown
    assert "key alone" in shown
    listed = json.loads(run(user, "list", "-f", "json"))
    assert [(one["name"], one["role"], one["active"]) for one in listed] == [
        ("ada", "viewer", True),
        ("robot", "analyst", True),
    ]
    assert "argon2" not in str(listed)
    assert "password" not in listed[0]


def test_a_password_is_changed_and_sessions_end(run: Run, empty: Project) -> None:
    with serving(empty) as served:
        client = served.logged_in("viewer")
        run(user, "change", "viewer", "--password", said=f"{OTHER}\n")
        assert client.get("/api/v1/session").status_code == 401
        served.logged_in("viewer", password=OTHER)


def test_a_user_is_disabled_and_let_in_again(run: Run, empty: Project) -> None:
    with serving(empty) as served:
        client = served.client("viewer")
        assert run(user, "disable", "viewer") == "viewer is disabled\n"
        assert client.get("/api/v1/session").status_code == 401
        run(user, "change", "viewer", "--enable")
        assert client.get("/api/v1/session").status_code == 200


def test_what_cannot_be_changed_is_told(run: Run) -> None:
    run(user, "add", "ada", "--role", "admin", "--no-password")
    with pytest.raises(UsageError, match="there is no user 'adda'") as absent:
        run(user, "change", "adda", "--role", "viewer")
    assert absent.value.hint == "did you mean 'ada'?"
    with pytest.raises(UsageError, match="nothing is to be changed"):
        run(user, "change", "ada")
    with pytest.raises(UsageError, match="one admin has to stay"):
        run(user, "disable", "ada")
    with pytest.raises(UsageError, match="there is a user 'ada' already"):
        run(user, "add", "ada", "--no-password")


def test_a_key_is_made_listed_and_revoked(run: Run, empty: Project) -> None:
    secret = run(
        key, "create", "nightly", "--role", "analyst", "--scope", "alerts", "--expires", "30d"
    ).strip()
    assert secret.startswith("sdq_")
    with serving(empty) as served:
        client = served.client()
        client.headers["Authorization"] = f"Bearer {secret}"
        assert client.get("/api/v1/alerts/").status_code == 200
        assert client.get("/api/v1/session").status_code == 403
    shown = run(key, "list")
    assert "nightly" in shown
    assert secret not in shown
    listed = json.loads(run(key, "list", "-f", "json"))
    (one,) = [item for item in listed if item["name"] == "nightly"]
    assert "digest" not in one
    assert run(key, "revoke", one["key_id"][:8]).endswith("nightly: revoked\n")
    with pytest.raises(UsageError, match="revoked already"):
        run(key, "revoke", one["key_id"])
    with pytest.raises(UsageError, match="there is no key 'zzz'"):
        run(key, "revoke", "zzz")
    with empty.open_store() as store, pytest.raises(UsageError, match="there is no key ''"):
        keys.get(store, "")


@pytest.mark.parametrize(
    ("words", "error"), [(("--user", "nobody"), "no user 'nobody'"), (("--expires", "soon"), "soon")]
)
def test_what_is_no_key_is_not_made(run: Run, empty: Project, words: tuple[str, ...], error: str) -> None:
    with pytest.raises(UsageError, match=error):
        run(key, "create", "x", *words)
    with empty.open_store() as store:
        assert keys.every(store) == []


def test_the_log_has_what_was_done_here(run: Run, empty: Project) -> None:
    run(user, "add", "ada", "--no-password")
    made: dict[str, Any] = json.loads(run(key, "create", "x", "--user", "ada", "-f", "json"))
    with empty.open_store() as store:
        found = audit.query(store)
        assert audit.broken(store) is None
    assert [(one.action, one.target) for one in found] == [
        ("sentinel key create", made["key_id"]),
        ("sentinel user add", "ada"),
    ]
    assert all("(command line)" in (one.actor or "") for one in found)
    assert made["secret"] not in str(found)
