"""Jobs are claimed once, held by beats, and taken up again where their worker died."""

from __future__ import annotations

import json
import multiprocessing
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from sentineldq.store import jobs
from sentineldq.store.database import Store
from sentineldq.store.jobs import Job
from sentineldq.store.open import open_store

KIND = ("upload",)


def added(store: Store) -> str:
    job_id = jobs.identify()
    with store.write() as connection:
        jobs.add(
            connection, job_id=job_id, kind="upload", payload={"check_id": job_id}, made_by="ada", owner="u1"
        )
    return job_id


def claimed(store: Store, **more: timedelta) -> Job:
    job = jobs.claim(store, kinds=KIND, **more)
    assert job is not None
    return job


def test_a_job_is_claimed_once_and_ends_once(store: Store) -> None:
    job_id = added(store)
    job = claimed(store)
    assert (job.job_id, job.state, job.attempts) == (job_id, "running", 1)
    assert jobs.claim(store, kinds=KIND) is None
    assert jobs.beat(store, job, progress={"rows": 5})
    found = jobs.get(store, job_id)
    assert found is not None
    assert found.progress == {"rows": 5}
    assert jobs.finish(store, job, state="done", result={"score": 1.0})
    assert not jobs.finish(store, job, state="failed", error="late")
    ended = jobs.get(store, job_id)
    assert ended is not None
    assert (ended.state, ended.result, ended.claimed_by) == ("done", {"score": 1.0}, None)


def test_a_lease_that_ran_out_is_another_s(store: Store) -> None:
    added(store)
    first = claimed(store, term=timedelta(seconds=-1))
    second = claimed(store)
    assert second.attempts == 2
    assert not jobs.beat(store, first, progress=None)
    assert not jobs.finish(store, first, state="done")
    assert jobs.finish(store, second, state="done")


def test_a_job_put_off_waits(store: Store) -> None:
    added(store)
    job = claimed(store)
    assert jobs.retry(store, job, wait=timedelta(hours=1), error="later")
    assert jobs.claim(store, kinds=KIND) is None
    added(store)
    job = claimed(store)
    assert jobs.retry(store, job, counts=False)
    assert claimed(store).attempts == 1


def test_a_cancelled_job_is_nobody_s(store: Store) -> None:
    waiting, running = added(store), added(store)
    job = claimed(store)
    assert jobs.cancel(store, waiting)
    assert jobs.cancel(store, running)
    assert not jobs.cancel(store, running)
    assert not jobs.beat(store, job, progress={"rows": 1})
    assert jobs.claim(store, kinds=KIND) is None


def test_jobs_in_pages(store: Store) -> None:
    made = [added(store) for _ in range(5)]
    first = jobs.query(store, limit=2)
    rest = jobs.query(store, before=(first[-1].created_at, first[-1].job_id))
    assert {job.job_id for job in (*first, *rest)} == set(made)
    assert jobs.query(store, states=["done"]) == []


def _take_and_die(url: str) -> None:
    with open_store(url) as store:
        jobs.claim(store, kinds=KIND)


def test_the_job_of_a_dead_process_is_taken_up_at_once(url: str) -> None:
    with open_store(url) as store:
        job_id = added(store)
        process = multiprocessing.get_context("spawn").Process(target=_take_and_die, args=(url,))
        process.start()
        process.join()
        found = jobs.get(store, job_id)
        assert found is not None
        assert found.state == "running"
        assert claimed(store).attempts == 2


def _work_off(url: str, path: str) -> None:
    with open_store(url) as store, Path(path).open("w") as out:
        while (job := jobs.claim(store, kinds=KIND)) is not None:
            assert jobs.finish(store, job, state="done")
            out.write(f"{json.dumps(job.job_id)}\n")


@pytest.mark.parametrize("workers", [3])
def test_many_workers_do_each_job_once(url: str, tmp_path: Path, workers: int) -> None:
    with open_store(url) as store:
        made = [added(store) for _ in range(30)]
    context = multiprocessing.get_context("spawn")
    paths = [tmp_path / f"{at}.txt" for at in range(workers)]
    running = [context.Process(target=_work_off, args=(url, str(path))) for path in paths]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
        assert process.exitcode == 0
    done = Counter(json.loads(line) for path in paths for line in path.read_text().splitlines())
    assert done == Counter(made)
