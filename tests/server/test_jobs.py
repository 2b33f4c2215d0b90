"""An upload that was accepted is checked, whatever becomes of the server in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from sentineldq.pipeline.project import Project
from sentineldq.server.security.principal import LOCAL
from sentineldq.server.state import State
from sentineldq.server.uploads import accept, run
from sentineldq.server.uploads.folder import SPARED, Folder
from sentineldq.server.uploads.run import folder_of
from sentineldq.store import jobs
from sentineldq.store.tables import DATA_QUALITY_CHECKS, JOBS
from tests.server.serving import Served, issue, serving
from tests.server.test_quality import CLEAN, checked, ended

SERVE = """
import sys
import time
from pathlib import Path
from sentineldq.pipeline.project import load_project
from sentineldq.server import serve
from sentineldq.server.jobs import worker
from sentineldq.server.uploads import run

if sys.argv[2] == "idle":
    worker.KINDS = {}
    worker.follow = lambda here, *, stop: stop.wait()
if sys.argv[2] == "held":
    tell = run._tell

    def held(task, step):
        tell(task, step)
        while step is not None and step.step != "starting":
            time.sleep(0.05)
            tell(task, step)

    run._tell = held
serve.serve(load_project(sys.argv[1], simulated=True), port=0, told=lambda line: print(line, flush=True))
"""
BIG = "id,amount,note\n" + "".join(f"{at},{at % 97},note {at % 1000}\n" for at in range(400_000))


@contextmanager
def process(project: Project, *, how: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """A server in a process of its own. how: `idle`, it takes uploads and checks none; `held`, no check comes to an end."""
    env = {**os.environ, "SENTINEL_AUTH": "none"}
    command = [sys.executable, "-c", SERVE, str(project.root), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as running:
        try:
            assert running.stdout is not None
            url = "http://" + running.stdout.readline().strip().rpartition("http://")[2]
            with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
                _up(client)
                yield running, client
        finally:
            running.kill()


def _up(client: httpx.Client) -> None:
    for _ in range(200):
        try:
            if client.get("/healthz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("the server does not answer")


def sent(client: httpx.Client, data: str) -> dict[str, str]:
    told = client.post(
        "/api/v1/data-quality/upload", params={"name": "a.csv", "source": "a"}, content=data.encode()
    )
    assert told.status_code == 202, told.text
    found: dict[str, str] = told.json()
    return found


@pytest.mark.apart
def test_a_server_killed_between_upload_and_check(empty: Project) -> None:
    with process(empty, how="idle") as (running, client):
        told = sent(client, CLEAN)
        running.send_signal(signal.SIGKILL)
        running.wait()
    with serving(empty, open_=True) as served:
        client = served.client()
        job = ended(client, told["job_id"])
        assert (job["state"], job["attempts"]) == ("done", 1)
        found = client.get(f"/api/v1/data-quality/checks/{told['check_id']}").json()
        assert (found["status"], found["rows"]) == ("done", 200)


@pytest.mark.apart
def test_a_server_killed_in_the_middle_of_a_check(empty: Project) -> None:
    with process(empty, how="held") as (running, client):
        told = sent(client, BIG)
        while (client.get(f"/api/v1/jobs/{told['job_id']}").json()["progress"] or {}).get("step") in {
            None,
            "starting",
        }:
            time.sleep(0.02)
        running.send_signal(signal.SIGKILL)
        running.wait()
    with serving(empty, open_=True) as served:
        client = served.client()
        job = ended(client, told["job_id"])
        assert job["state"] == "done"
        assert job["attempts"] == 2
        found = client.get(f"/api/v1/data-quality/checks/{told['check_id']}").json()
        assert (found["status"], found["rows"]) == ("done", 400_000)
        assert client.get("/api/v1/data-quality/checks").json()["items"][0]["check_id"] == told["check_id"]


@pytest.mark.apart
def test_a_server_told_to_stop_gives_its_job_back(empty: Project) -> None:
    with process(empty, how="held") as (running, client):
        told = sent(client, BIG)
        while client.get(f"/api/v1/jobs/{told['job_id']}").json()["state"] == "waiting":
            time.sleep(0.02)
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
    with empty.open_store() as store:
        job = jobs.get(store, told["job_id"])
    assert job is not None
    assert (job.state, job.attempts) == ("waiting", 0)


def test_a_job_can_be_cancelled(fresh: Served) -> None:
    client = fresh.client("analyst")
    told = sent(client, BIG)
    answer = client.post(f"/api/v1/jobs/{told['job_id']}/cancel")
    assert answer.json()["state"] == "cancelled"
    assert client.post(f"/api/v1/jobs/{told['job_id']}/cancel").status_code == 409
    check = client.get(f"/api/v1/data-quality/checks/{told['check_id']}").json()
    assert (check["status"], check["error"]) == ("failed", "cancelled")
    folder = fresh.here.project.state / "uploads"
    for _ in range(200):
        if not (left := list(folder.glob(f"{told['check_id']}*"))):
            break
        time.sleep(0.05)
    assert left == []


def test_a_name_is_not_who_one_is(fresh: Served) -> None:
    """A key may be called like somebody; a job is its user's by any of the user's keys and sessions."""
    job = sent(fresh.client("analyst"), BIG)
    name = fresh.client("analyst").get(f"/api/v1/jobs/{job['job_id']}").json()["made_by"]
    path = f"/api/v1/jobs/{job['job_id']}/cancel"
    fresh.keys["namesake"] = issue(fresh.here, "analyst", name=name)
    refused = fresh.client("namesake").post(path)
    assert (refused.status_code, refused.json()["detail"]) == (403, f"the job is {name}'s")
    assert fresh.logged_in("analyst").post(path).status_code in {200, 409}  # 409: it was over first


def test_a_job_that_ends_every_server_is_given_up(empty: Project) -> None:
    with empty.open_store() as store:
        here = State(project=empty, store=store, open_=True)
        folder_of(here).data("0" * 36).write_text(CLEAN)
        made = accept.accept(here, "0" * 36, source="a", file_name="a.csv", size=1, by=LOCAL)
        for _ in range(jobs.MOST):
            assert jobs.claim(store, kinds=["upload"], term=timedelta(seconds=-1)) is not None
    with serving(empty, open_=True) as served:
        job = ended(served.client(), str(made.job_id))
        assert job["state"] == "failed"
        assert "ended 3 times" in job["error"]
        assert list(folder_of(served.here).root.glob("0000*")) == []


def test_a_file_that_is_gone_is_told(fresh: Served) -> None:
    made = accept.accept(fresh.here, "1" * 36, source="a", file_name="a.csv", size=1, by=LOCAL)
    job = ended(fresh.client("analyst"), str(made.job_id))
    assert job["state"] == "failed"
    assert "gone" in job["error"]


def test_progress_is_told(fresh: Served) -> None:
    client = fresh.client("viewer")
    told = sent(fresh.client("analyst"), BIG)
    steps = set()
    while (job := client.get(f"/api/v1/jobs/{told['job_id']}").json())["state"] in {"waiting", "running"}:
        steps.add((job["progress"] or {}).get("step"))
        time.sleep(0.02)
    assert steps - {None}
    assert "payload" not in job
    assert [one["job_id"] for one in client.get("/api/v1/jobs/").json()["items"]] == [told["job_id"]]
    assert client.get("/api/v1/jobs/nothing").status_code == 404


def test_files_that_nobody_knows_are_swept(empty: Project) -> None:
    with empty.open_store() as store:
        folder = Folder(empty.state / "uploads")
        old, new = folder.part("old"), folder.part("new")
        old.write_text("x")
        new.write_text("x")
        folder.work("gone")
        (folder.root / "results" / "unknown.csv").write_text("x")
        past = time.time() - SPARED - 10
        for path in (old, folder.root / "gone.work", folder.root / "results" / "unknown.csv"):
            os.utime(path, (past, past))
        assert folder.sweep(store, keep=False) == ["gone.work", "old.part", "unknown.csv"]
        assert new.is_file()


def test_old_checks_go_with_their_files(fresh: Served) -> None:
    client = fresh.client("analyst")
    first, second = (checked(client, CLEAN, name="a.csv", source="aging") for _ in range(2))
    folder, store = folder_of(fresh.here), fresh.here.store
    long_ago, past = datetime.now(UTC) - timedelta(days=91), time.time() - SPARED - 10
    with store.write() as connection:
        connection.execute(update(DATA_QUALITY_CHECKS).values(created_at=long_ago))
        newest = DATA_QUALITY_CHECKS.c.check_id == second["check_id"]
        connection.execute(
            update(DATA_QUALITY_CHECKS).where(newest).values(created_at=long_ago + timedelta(hours=1))
        )
        connection.execute(update(JOBS).values(ended_at=long_ago))
    for found in (first, second):
        os.utime(folder.failing(found["check_id"]), (past, past))
    run.sweep(fresh.here)
    assert client.get(f"/api/v1/data-quality/checks/{first['check_id']}").status_code == 404
    assert not folder.failing(first["check_id"]).exists()
    assert client.get(f"/api/v1/data-quality/checks/{second['check_id']}").status_code == 200
    assert folder.failing(second["check_id"]).exists()
    assert jobs.query(store) == []


def test_only_the_server_s_user_can_read_them(empty: Project) -> None:
    folder = Folder(empty.state / "uploads")
    with folder.create("one") as file:
        file.write(b"x")
    assert folder.part("one").stat().st_mode & 0o777 == 0o600
    assert folder.root.stat().st_mode & 0o777 == 0o700
    outside = Path(empty.root / "outside")
    outside.write_text("x")
    folder.part("two").symlink_to(outside)
    with pytest.raises(FileExistsError):
        folder.create("two")
