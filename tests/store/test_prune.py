"""What is old goes, in slices; what others go on from stays."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update

from sentineldq.store import (
    batches,
    due,
    freshness,
    jobs,
    measurements,
    profiles,
    prune,
    results,
    runs,
    sources,
    uploads,
)
from sentineldq.store.batches import Batch
from sentineldq.store.database import Store
from sentineldq.store.freshness import Freshness
from sentineldq.store.measurements import Measurement
from sentineldq.store.results import Summary
from sentineldq.store.tables import DUE, JOBS, PROFILES, RUNS
from sentineldq.store.uploads import Upload

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LIMIT = NOON - 90 * DAY


def at(days: int) -> datetime:
    return NOON - days * DAY


def every() -> dict[str, datetime]:
    return dict.fromkeys(prune.AGES, LIMIT)


def batch(number: int, days: int, *, partition: str = "p") -> Batch:
    return Batch(
        dataset="events",
        partition=partition,
        batch=number,
        rows=1,
        silver=1,
        quarantined=0,
        committed_at=at(days),
    )


def found(store: Store, number: int, days: int, *, dataset: str = "events", checks: int = 1) -> None:
    results.record(
        store,
        dataset=dataset,
        partition="p",
        batch=number,
        contract_version=None,
        detected_at=at(days),
        summaries=[Summary(check=str(n), status="pass", evaluated=1, failed=0) for n in range(checks)],
    )


def test_old_results_go_but_the_newest_batch_stays(store: Store) -> None:
    for dataset in ("events", "idle"):
        found(store, 1, 200, dataset=dataset, checks=7)
        found(store, 2, 100, dataset=dataset)
    found(store, 3, 80)
    done = prune.prune(store, before=every(), rows=3)
    assert done["validation_results"] == 7 + 1 + 7
    assert {one.batch for one in results.query(store, dataset="events")} == {3}
    assert results.last_batch(store, dataset="idle", partition="p") == 2


def test_old_batches_go_but_the_newest_of_each_partition_stays(store: Store) -> None:
    batches.record(store, batches=[batch(1, 300), batch(2, 95), batch(3, 10), batch(4, 200, partition="q")])
    assert prune.prune(store, before=every())["batches"] == 2
    assert {(one.partition, one.batch) for one in batches.query(store)} == {("p", 3), ("q", 4)}


def test_old_runs_go_but_not_the_newest_nor_one_that_goes_on(store: Store) -> None:
    for name in ("old", "running", "new"):
        runs.start(store, project="p", pipeline="q", run_id=name)
    runs.start(store, project="p", pipeline="idle", run_id="last")
    with store.write() as connection:
        connection.execute(update(RUNS).where(RUNS.c.run_id != "new").values(started_at=at(100)))
        connection.execute(update(RUNS).where(RUNS.c.run_id != "running").values(status="failed"))
        connection.execute(update(RUNS).where(RUNS.c.run_id == "new").values(started_at=at(1)))
    assert prune.prune(store, before=every())["runs"] == 1
    assert {run.run_id for run in runs.query(store)} == {"running", "new", "last"}


def test_old_measurements_and_profiles_go(store: Store) -> None:
    points = [
        Measurement(series="s", at=at(days), value=1, dataset=None, monitor="m") for days in (91, 90, 89)
    ]
    measurements.record(store, points)
    fresh = [
        Freshness(
            dataset="events",
            last_event_at=None,
            last_commit_at=None,
            age_seconds=None,
            allowed_seconds=None,
            status="pass",
            measured_at=at(days),
        )
        for days in (91, 1)
    ]
    freshness.record(store, measurements=fresh)
    for number, days in ((1, 400), (2, 0)):
        profiles.add(
            store,
            dataset="events",
            partition="p",
            batch=number,
            hours={at(days): b"a"},
            join=lambda a, b: a + b,
        )
    with store.write() as connection:
        connection.execute(update(PROFILES).where(PROFILES.c.hour == at(0)).values(updated_at=at(91)))
    done = prune.prune(store, before=every())
    assert (done["measurements"], done["freshness_history"], done["profiles"]) == (1, 1, 1)
    assert [one.at for one in measurements.read(store, series="s")] == [at(90), at(89)]
    # Of a profile it counts when it was last written, not when its events were: what was filled in late stays as long.
    assert profiles.span(store, "events") == (at(400), at(400))
    assert profiles.marks(store, "events") == {"p": 2}


def test_old_instants_go_but_the_newest_of_each_job(store: Store) -> None:
    for days in (100, 95, 94):
        due.skip(store, job="a", due_at=at(days), note="old")
    due.claim(store, job="a", due_at=at(99))
    assert prune.prune(store, before=every())["due"] == 2
    assert due.last(store, job="a") == at(94)
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(DUE)) == 2


def test_old_jobs_go_but_none_that_is_not_over(store: Store) -> None:
    ended = {"done": 100, "failed": 95, "cancelled": 91, "new": 10}
    with store.write() as connection:
        for name in (*ended, "waiting", "running"):
            jobs.add(connection, job_id=name, kind="upload", payload={}, made_by="ada", owner="u1")
        connection.execute(update(JOBS).values(created_at=at(200)))
        connection.execute(update(JOBS).where(JOBS.c.job_id == "running").values(state="running"))
        for name, days in ended.items():
            values = {"state": "done" if name == "new" else name, "ended_at": at(days)}
            connection.execute(update(JOBS).where(JOBS.c.job_id == name).values(**values))
    assert prune.prune(store, before=every(), rows=2)["jobs"] == 3
    assert {job.job_id for job in jobs.query(store)} == {"new", "waiting", "running"}


def check(name: str, source_id: str, days: int, status: str = "done") -> Upload:
    return Upload(
        check_id=name,
        source_id=source_id,
        job_id=None,
        file_name="a.csv",
        format=None,
        size=1,
        rows=None,
        columns=None,
        status=status,
        score=None,
        parts={},
        error=None,
        uploaded_by=None,
        created_at=at(days),
        ended_at=None,
    )


def test_old_checks_go_but_what_the_next_is_held_against(store: Store) -> None:
    with store.write() as connection:
        ids = [sources.named(connection, name, owner=None, now=NOON).source_id for name in "abc"]
        for upload in (
            check("a1", ids[0], 120),
            check("a2", ids[0], 110, "failed"),
            check("a3", ids[0], 100),
            check("a4", ids[0], 10),
            check("b1", ids[1], 300),
            check("b2", ids[1], 250),
            check("b3", ids[1], 200, "failed"),
            check("b4", ids[1], 150, "failed"),
            check("c1", ids[2], 300, "waiting"),
            check("c2", ids[2], 300, "running"),
            check("c3", ids[2], 200),
        ):
            uploads.add(connection, upload)
    assert prune.prune(store, before=every(), rows=2)["data_quality_checks"] == 3 + 2
    assert {one.check_id for one in uploads.query(store)} == {"a4", "b2", "b4", "c1", "c2", "c3"}
    assert uploads.latest(store, ids[1]) is not None
    assert uploads.known(store, {"a1", "a4"}) == {"a4"}


def test_it_stops_when_told_to(store: Store) -> None:
    measurements.record(
        store,
        [Measurement(series="s", at=at(100 + n), value=1, dataset=None, monitor="m") for n in range(10)],
    )
    stop = threading.Event()
    stop.set()
    assert prune.prune(store, before=every(), stop=stop)["measurements"] == 0
    assert prune.prune(store, before={"measurements": LIMIT}, rows=3) == {"measurements": 10}
