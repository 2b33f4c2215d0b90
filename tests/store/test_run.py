"""Runs begin, give signs of life and end, if only by being found dead; due instants are run once."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from sentineldq.errors import StoreError
from sentineldq.store import due, runs
from sentineldq.store.database import Store
from sentineldq.store.tables import RUNS
from tests.store.workers import begin

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_run_from_start_to_end(store: Store) -> None:
    run = runs.start(store, project="github", pipeline="events")
    assert runs.latest(store, project="github", pipeline="events") == run
    assert run.status == "running"
    runs.beat(store, run_id=run.run_id, counts={"rows": 1})
    runs.finish(store, run_id=run.run_id, status="succeeded", counts={"rows": 2})
    ended = runs.get(store, run_id=run.run_id)
    assert ended is not None
    assert (ended.status, ended.counts, ended.error) == ("succeeded", {"rows": 2}, None)
    assert ended.ended_at is not None
    assert run.started_at <= ended.ended_at


def test_a_run_keeps_the_counts_of_its_last_beat(store: Store) -> None:
    run = runs.start(store, project="github", pipeline="events")
    runs.beat(store, run_id=run.run_id, counts={"rows": 1})
    runs.beat(store, run_id=run.run_id)
    runs.finish(store, run_id=run.run_id, status="failed", error="why")
    ended = runs.latest(store, project="github", pipeline="events")
    assert ended is not None
    assert (ended.counts, ended.error) == ({"rows": 1}, "why")


@pytest.mark.parametrize(
    "late", [lambda s, r: runs.beat(s, run_id=r), lambda s, r: runs.finish(s, run_id=r, status="failed")]
)
def test_a_run_that_has_ended_stays_so(store: Store, late: Callable[[Store, str], None]) -> None:
    run = runs.start(store, project="github", pipeline="events")
    runs.finish(store, run_id=run.run_id, status="stopped")
    with pytest.raises(StoreError, match="is not running"):
        late(store, run.run_id)


def test_runs_are_listed_newest_first(store: Store) -> None:
    names = [runs.start(store, project="p", pipeline=name, run_id=name).run_id for name in ("a", "b", "c")]
    runs.finish(store, run_id="b", status="failed")
    assert [run.run_id for run in runs.query(store, project="p")] == names[::-1]
    assert [run.run_id for run in runs.query(store, status="failed")] == ["b"]
    assert runs.query(store, project="other") == []
    assert runs.latest(store, project="p", pipeline="d") is None


def test_a_silent_run_is_dead(store: Store) -> None:
    runs.start(store, project="p", pipeline="silent", run_id="silent")
    runs.start(store, project="p", pipeline="well", run_id="well")
    with store.write() as connection:
        connection.execute(update(RUNS).where(RUNS.c.run_id == "silent").values(heartbeat_at=NOON))
    assert [run.run_id for run in runs.bury(store, project="other")] == []
    assert [run.run_id for run in runs.bury(store)] == ["silent"]
    dead = runs.get(store, run_id="silent")
    assert dead is not None
    assert (dead.status, dead.ended_at, dead.error) == ("failed", NOON, runs.DIED)
    assert runs.bury(store) == []


def test_a_killed_run_is_dead_when_the_next_one_starts(store: Store, url: str) -> None:
    worker = begin(f"""
    import sys
    from sentineldq.store import runs
    from sentineldq.store.open import open_store
    print(runs.start(open_store({url!r}), project="p", pipeline="q").run_id, flush=True)
    sys.stdin.read()
    """)
    assert worker.stdout is not None
    killed = worker.stdout.readline().strip()
    assert runs.bury(store) == []
    worker.send_signal(signal.SIGKILL)
    worker.communicate()
    runs.start(store, project="p", pipeline="q")
    assert [run.run_id for run in runs.query(store, status="failed")] == [killed]


def test_an_instant_is_claimed_once(store: Store) -> None:
    assert due.last(store, job="events") is None
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda _: due.claim(store, job="events", due_at=NOON), range(16)))
    assert won.count(True) == 1
    assert due.claim(store, job="bars", due_at=NOON)
    assert not due.skip(store, job="events", due_at=NOON, note="late")
    assert due.last(store, job="events") == NOON


def test_an_instant_ends_once(store: Store) -> None:
    due.claim(store, job="events", due_at=NOON)
    due.finish(store, job="events", due_at=NOON, state="failed", note="why")
    (found,) = due.query(store, job="events", state="failed")
    assert (found.due_at, found.note) == (NOON, "why")
    assert found.ended_at is not None
    with pytest.raises(StoreError, match="no claim"):
        due.finish(store, job="events", due_at=NOON, state="done")
    assert not due.claim(store, job="events", due_at=NOON)


def test_a_skipped_instant_is_not_run(store: Store) -> None:
    later = NOON + timedelta(minutes=1)
    due.claim(store, job="events", due_at=NOON)
    assert due.skip(store, job="events", due_at=later, note="the run before took longer")
    assert not due.claim(store, job="events", due_at=later)
    assert [(d.due_at, d.state) for d in due.query(store)] == [(later, "skipped"), (NOON, "claimed")]


def test_claims_of_dead_runs_are_settled(store: Store) -> None:
    for minute, run_id in enumerate(("dead", "alive")):
        runs.start(store, project="p", pipeline="q", run_id=run_id)
        due.claim(store, job="events", due_at=NOON + timedelta(minutes=minute), run_id=run_id)
    runs.finish(store, run_id="dead", status="failed")
    assert due.settle(store, job="bars") == 0
    assert due.settle(store, job="events") == 1
    assert [d.state for d in due.query(store, job="events")] == ["claimed", "failed"]
