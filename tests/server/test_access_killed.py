"""A server that dies in the middle of a write leaves an entry of it, and a chain that is whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import httpx
import pytest

from sentineldq.pipeline.project import Project
from sentineldq.store import audit, users
from tests.server.serving import PASSWORD, ROLES, Served, serving

SERVE = """
import os, signal, sys
from sentineldq.pipeline.project import load_project
from sentineldq.server import serve
from sentineldq.server.routes import access
from sentineldq.store import users

def dying(*given, real=users.add, **named):
    if named["name"] != "admin":  # of the first run
        {before}
        real(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*given, **named)

users.add = dying
serve.serve(load_project(sys.argv[1], simulated=True), port=0, told=lambda line: print(line, flush=True))
"""
EVE = {"name": "eve", "role": "admin", "password": PASSWORD}


@pytest.mark.apart
@pytest.mark.parametrize("written", [True, False])
def test_a_write_is_in_the_log_whenever_the_server_dies(empty: Project, *, written: bool) -> None:
    code = SERVE.format(before="pass" if written else "os.kill(os.getpid(), signal.SIGKILL)")
    env = {**os.environ, "SENTINEL_AUTH": "none"}
    command = [sys.executable, "-c", code, str(empty.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as running:
        assert running.stdout is not None
        url = "http://" + running.stdout.readline().strip().rpartition("http://")[2]
        with pytest.raises(httpx.TransportError):
            httpx.post(f"{url}/api/v1/users", json=EVE, timeout=30, trust_env=False)
        assert running.wait(30) == -signal.SIGKILL
    with serving(empty) as served:
        assert (users.by_name(served.here.store, "eve") is not None) == written
        admin = served.client("admin")
        (entry,) = admin.get("/api/v1/audit", params={"outcome": "unknown"}).json()["items"]
        assert (entry["actor"], entry["action"], entry["status"]) == ("local", "POST /users", 0)
        assert admin.post("/api/v1/users", json={"name": "ada"}).status_code == 201
        assert [one["status"] for one in admin.get("/api/v1/audit").json()["items"]] == [201, 0]
        assert admin.get("/api/v1/audit/chain").json() == {"whole": True, "broken": None}


def test_what_cannot_be_written_down_is_not_done(fresh: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from sentineldq.errors import StoreError

    def full(*_: object, **__: object) -> int:
        raise StoreError("disk is full")

    admin = fresh.client("admin")
    with monkeypatch.context() as patched:
        patched.setattr(audit, "add", full)
        assert admin.post("/api/v1/users", json={"name": "eve"}).status_code == 503
    names = {one["name"] for one in admin.get("/api/v1/users").json()["items"]}
    assert names == set(ROLES)


def test_what_only_reads_is_no_write(served: Served) -> None:
    def written() -> int:
        with served.here.store.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT intent FROM audit_log WHERE target = '/api/v1/validate/events'"
            )
            return len(rows.all())

    before = written()
    answer = served.client("analyst").post("/api/v1/validate/events", json={})
    assert answer.status_code == 200, answer.text
    assert written() == before
