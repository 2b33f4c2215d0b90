"""Every row that silver takes is in the profiles once, whatever ends a run and wherever."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import text

from sentineldq.errors import LakeError
from sentineldq.lake.open import Lake, open_lake
from sentineldq.lake.scan import scan
from sentineldq.pipeline import dataset as module
from sentineldq.pipeline.profiles import keep, mend
from sentineldq.pipeline.profiles.window import stored
from sentineldq.pipeline.project import load_project
from sentineldq.pipeline.replay.run import replay
from sentineldq.pipeline.runner import Runner
from sentineldq.store import findings, profiles
from sentineldq.store.database import Store
from sentineldq.store.profiles import Step
from tests.pipeline import parts
from tests.pipeline.parts import DATASET, Given, click
from tests.store.workers import begin

HOUR = timedelta(hours=1)
MIDNIGHT = (datetime.now(UTC) - 48 * HOUR).replace(hour=0, minute=0, second=0, microsecond=0)
"""Of late: what arrives much later than it happened is kept by the day."""


def at(hour: int) -> str:
    return (MIDNIGHT + hour * HOUR).isoformat()


def sent(batches: int = 4) -> dict[str, list[Any]]:
    """Batches of two partitions over some hours, with repeats and records that are refused."""
    web = [
        [click(10 * n + k, at=at(n)) for k in range(4)]
        + [click(10 * n, at=at(9)), click(99, kind="z", at=at(9))]
        for n in range(batches)
    ]
    return {"web": web, "app": [[click(1_000 + n, at=at(2)), click(0, at=at(8))] for n in range(batches)]}


def in_silver(lake: Lake) -> Counter[datetime]:
    """Rows of silver by the hour of their events."""
    frame = scan(lake.table(f"silver.{DATASET}"), columns=["at"]).collect()
    return Counter(frame["at"].dt.truncate("1h").to_list())


def in_profiles(store: Store) -> dict[datetime, int]:
    """Rows of the profiles by the hour, as they and as their bytes say: both read while nothing was written."""
    while True:
        found = dict(profiles.counts(store, dataset=DATASET))
        rows = stored(store, DATASET).profile.rows
        if dict(profiles.counts(store, dataset=DATASET)) == found:
            assert rows == sum(found.values())
            return found


def equal(lake: Lake, store: Store) -> None:
    """The profiles count the rows that silver has."""
    assert in_profiles(store) == dict(in_silver(lake))


def reached(store: Store) -> dict[str, int]:
    return profiles.marks(store, DATASET)


@contextmanager
def away(store: Store) -> Iterator[None]:
    """The store's profiles cannot be read nor written."""
    with store.write() as connection:
        connection.execute(text("ALTER TABLE profile_marks RENAME TO away"))
    yield
    with store.write() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO profile_marks"))


def switch(root: Path, **settings: Any) -> None:
    """Change the project's settings."""
    file = root / "sentinel.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | settings))


def test_a_run_profiles_what_silver_takes_by_the_hour(runner, lake, store) -> None:
    assert runner(Given(**sent())).run().status == "succeeded"
    equal(lake, store)
    assert in_profiles(store) == {
        MIDNIGHT: 4,
        MIDNIGHT + HOUR: 4,
        MIDNIGHT + 2 * HOUR: 8,
        MIDNIGHT + 3 * HOUR: 4,
    }
    assert reached(store) == {"web": 4, "app": 4}
    assert findings.query(store, kind="profile") == []


def test_a_second_run_changes_nothing(runner, lake, store) -> None:
    found = runner(Given(**sent()))
    found.run()
    before = profiles.window(store, dataset=DATASET)
    for each in (found, runner(Given(**sent()))):
        assert each.run().status == "succeeded"
    assert profiles.window(store, dataset=DATASET) == before


def test_rows_that_are_replaced_stay_in_the_profile_of_their_hour(runner, lake, store) -> None:
    given = Given(web=[[click(1, size=1, at=at(0))], [click(1, size=2, at=at(1))]])
    runner(given, custom={"merge": "replace"}).run()
    assert in_silver(lake) == {MIDNIGHT + HOUR: 1}
    assert in_profiles(store) == {MIDNIGHT: 1, MIDNIGHT + HOUR: 1}


def test_what_was_there_before_profiles_were_is_made_up_for(runner, lake, store, tmp_path) -> None:
    parts.write_project(tmp_path / "project")
    switch(tmp_path / "project", profiles={"enabled": False})
    runner(Given(**sent(2))).run()
    assert reached(store) == {}
    switch(tmp_path / "project", profiles={"enabled": True})
    assert runner(Given(**sent(4))).run().status == "succeeded"
    equal(lake, store)


def test_a_pipeline_can_go_without(runner, store, tmp_path) -> None:
    root = parts.write_project(tmp_path / "project")
    settings = yaml.safe_load((root / "sentinel.yaml").read_text())
    settings["pipelines"][DATASET]["profiles"] = False
    switch(root, **settings)
    assert runner(Given(**sent())).run().status == "succeeded"
    assert profiles.datasets(store) == []


@pytest.mark.parametrize("step", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_commit_that_fails_leaves_nothing_out(
    runner, lake, store, monkeypatch, step: int, after: bool
) -> None:
    real, calls = module.commit, []

    def commit(*args: Any, **options: Any) -> Any:
        calls.append(options["partition"])
        if len(calls) != step:
            return real(*args, **options)
        if after:
            real(*args, **options)
        raise LakeError("silver.clicks", "the disk is full")

    monkeypatch.setattr(module, "commit", commit)
    source = Given(**sent())
    assert runner(source).run().status == "failed"
    assert runner(source).run().status == "succeeded"
    equal(lake, store)


KILLED = """
import os, sys
from pathlib import Path
from sentineldq.lake.open import open_lake
from sentineldq.pipeline.profiles import keep, mend
from sentineldq.pipeline.profiles.pending import Pending
from sentineldq.pipeline.project import load_project
from sentineldq.pipeline.runner import Runner
from sentineldq.store import profiles
from sentineldq.store.open import open_store
from tests.pipeline.parts import DATASET, Given
from tests.pipeline.profiles.test_keep import sent

real, calls = getattr(profiles if {where!r} == "in" else Pending, {name!r}), []

def kill(*args, **options):
    if {where!r} == "in":  # the transaction is under way
        real(*args, **options)
    if {where!r} != "before" or args[0].steps:
        calls.append(1)
    if len(calls) == {nth}:
        os.kill(os.getpid(), 9)
    return None if {where!r} == "in" else real(*args, **options)

setattr(profiles if {where!r} == "in" else Pending, {name!r}, kill)
keep.FLUSH = mend.FLUSH = {every}
root = Path({root!r})
with open_lake(warehouse=str(root.parent / "lake")) as lake, open_store({url!r}) as store:
    runner = Runner(load_project(root), DATASET, lake=lake, store=store)
    runner.source = Given(**sent(6))
    runner.run()
"""


@pytest.mark.parametrize(
    ("where", "name", "nth", "every"),
    [("before", "flush", 1, 60), ("before", "flush", 2, 0), ("in", "_add", 1, 60), ("in", "_add", 2, 0)],
    ids=["before the only flush", "before a later flush", "in the only flush", "in a later flush"],
)
def test_a_process_that_is_killed_before_it_wrote_leaves_nothing_out(
    tmp_path, store, url, where: str, name: str, nth: int, every: int
) -> None:
    root = parts.write_project(tmp_path / "project")
    worker = begin(KILLED.format(where=where, name=name, nth=nth, every=every, root=str(root), url=url))
    _, err = worker.communicate(timeout=120)
    assert worker.returncode == -signal.SIGKILL, err
    with open_lake(warehouse=str(tmp_path / "lake")) as lake:
        behind = sum(in_silver(lake).values()) - sum(in_profiles(store).values())
        assert behind > 0
        again = Runner(load_project(root), DATASET, lake=lake, store=store)
        again.source = Given(**sent(6))
        assert again.run().status == "succeeded"
        equal(lake, store)
        assert sum(in_silver(lake).values()) == 30


def test_a_store_that_is_away_stops_no_run(runner, lake, store) -> None:
    with away(store):
        ran = runner(Given(**sent(2))).run()
        assert (ran.status, ran.silver) == ("succeeded", 10)
    assert runner(Given(**sent(3))).run().status == "succeeded"
    equal(lake, store)


def test_a_store_that_goes_away_meanwhile_is_made_up_for_in_the_same_run(
    runner, lake, store, monkeypatch
) -> None:
    """Also where so much is pending that it is given up."""
    monkeypatch.setattr(keep, "FLUSH", 0.01)
    monkeypatch.setattr(keep, "RETRY", 0.01)
    monkeypatch.setattr(keep, "MOST", 2)
    left = threading.Event()

    class Slow(Given):
        def read(self, cursors: Any) -> Iterator[Any]:
            for number, batch in enumerate(super().read(cursors)):
                if number == 2:
                    left.set()
                time.sleep(0.1)
                yield batch

    found = runner(Slow(**sent(6)))
    thread = threading.Thread(target=found.run)
    thread.start()
    assert left.wait(30)
    with away(store):
        time.sleep(0.5)
    thread.join()
    equal(lake, store)


def test_another_process_that_was_first_is_not_counted_twice(runner, lake, store, monkeypatch) -> None:
    """What this one has pending is given up, and what the other left out is read from silver."""
    real, calls = profiles.advance, []

    def advance(*args: Any, **options: Any) -> bool:
        calls.append(1)
        if len(calls) == 1:
            silver = mend.look(lake, store, DATASET)
            step = Step(after=0, batch=2)
            (rows,) = [part for batch, part in silver.portions("web") if batch == 4]
            some = rows.filter(rows["_batch"] <= 2)
            hours = mend.hours_of(some, mend.plan_for(found.dataset.rules))
            assert real(
                store,
                dataset=DATASET,
                steps={"web": step},
                hours={hour: keep_bytes(one) for hour, one in hours.items()},
                rows={hour: one.rows for hour, one in hours.items()},
                join=options["join"],
            )
        return real(*args, **options)

    monkeypatch.setattr(profiles, "advance", advance)
    found = runner(Given(**sent()))
    assert found.run().status == "succeeded"
    assert len(calls) > 1
    equal(lake, store)


def keep_bytes(profile: Any) -> bytes:
    from sentineldq.profiles.codec import encode

    return encode(profile)


def test_rows_that_cannot_be_profiled_are_told(runner, lake, store, monkeypatch) -> None:
    real = keep.hours_of

    def broken(rows: Any, plan: Any) -> Any:
        if 21 in rows["id"]:
            raise ZeroDivisionError("division by zero")
        return real(rows, plan)

    monkeypatch.setattr(keep, "hours_of", broken)
    ran = runner(Given(**sent())).run()
    assert (ran.status, ran.silver) == ("succeeded", 20)
    (told,) = findings.query(store, kind="profile")
    assert "4 rows of clicks are not in its profiles: ZeroDivisionError" in told.title
    assert (told.details["partition"], told.details["batch"]) == ("web", 3)
    assert sum(in_profiles(store).values()) == 16
    assert reached(store) == {"web": 4, "app": 4}


def test_a_fault_of_the_program_is_told_and_made_up_for(runner, lake, store, monkeypatch) -> None:
    real, calls = profiles.advance, []

    def advance(*args: Any, **options: Any) -> bool:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError
        return real(*args, **options)

    monkeypatch.setattr(profiles, "advance", advance)
    assert runner(Given(**sent())).run().status == "succeeded"
    assert findings.query(store, kind="profile")[0].title.startswith("the profiles of clicks lag behind")
    assert runner(Given(**sent())).run().status == "succeeded"
    equal(lake, store)


def test_profiles_are_there_while_a_pipeline_is_followed(runner, lake, store, monkeypatch) -> None:
    monkeypatch.setattr(keep, "FLUSH", 0.1)
    source = Given(**sent(2))
    source.pause = 0.05
    found = runner(source)
    thread = threading.Thread(target=lambda: found.run(follow=True, between=lambda _: None))
    thread.start()
    try:
        until(lambda: sum(in_profiles(store).values()) == 10)
        source.partitions["web"].append([click(500, at=at(5))])
        until(lambda: in_profiles(store).get(MIDNIGHT + 5 * HOUR) == 1)
    finally:
        found.stop.set()
        thread.join()
    equal(lake, store)


def until(seen: Callable[[], bool]) -> None:
    for _ in range(1_200):
        if seen():
            return
        time.sleep(0.05)
    pytest.fail("it never came")


def test_replayed_records_are_profiled_once(runner, lake, store) -> None:
    found = runner(Given(**sent()))
    found.run()
    parts.write_contract(found.project.root, kinds=["a", "z"])
    for _ in range(2):
        outcome = replay(found.project, DATASET, lake=lake, store=store)
    assert outcome.recovered == 0
    equal(lake, store)
    assert in_profiles(store)[MIDNIGHT + 9 * HOUR] == 1
    assert reached(store) == {"web": 4, "app": 4, "sentinel:replay": 1}


def test_replayed_records_are_profiled_once_though_their_batch_comes_later(runner, lake, store) -> None:
    """Batches whose profile a crash kept from the store, of which records were replayed before it was made up for."""
    with away(store):
        found = runner(Given(**sent()))
        found.run()
        for kinds in (["a", "z"], ["a", "z", "y"]):
            parts.write_contract(found.project.root, kinds=kinds, version=f"{len(kinds)}.0.0")
            replay(found.project, DATASET, lake=lake, store=store)
    assert runner(Given(**sent())).run().status == "succeeded"
    equal(lake, store)
    profiles.forget(store, DATASET)
    assert runner(Given(**sent())).run().status == "succeeded"
    equal(lake, store)


def test_profiles_that_are_damaged_are_made_anew(runner, lake, store) -> None:
    runner(Given(**sent(2))).run()
    with store.write() as connection:
        connection.execute(text("UPDATE profiles SET content = :other"), {"other": b"SDQP nonsense"})
    assert runner(Given(**sent(3))).run().status == "succeeded"
    equal(lake, store)


def test_silver_that_was_set_back_is_profiled_anew(runner, lake, store, tmp_path) -> None:
    runner(Given(**sent())).run()
    with open_lake(warehouse=str(tmp_path / "other")) as other:
        found = Runner(load_project(tmp_path / "project"), DATASET, lake=other, store=store)
        found.source = Given(**sent(2))
        assert found.run().status == "succeeded"
        equal(other, store)
        assert reached(store) == {"web": 2, "app": 2}


def test_a_contract_that_grows_goes_on_in_the_same_profiles(runner, lake, store) -> None:
    source = Given(web=[[click(1, at=at(0))]])
    found = runner(source)
    found.run()
    document = parts.contract(version="2.0.0")
    document["schema"][0]["properties"].append({"name": "more", "logicalType": "string"})
    (found.project.root / "contracts/clicks.odcs.yaml").write_text(yaml.safe_dump(document))
    source.partitions["web"].append([click(2, at=at(0), more="x")])
    assert runner(source).run().status == "succeeded"
    profile = stored(store, DATASET).profile
    assert profile.rows == 2
    assert profile.columns["more"].rows - profile.columns["more"].nulls == 1


def test_values_that_are_classified_are_not_kept(runner, store) -> None:
    runner(Given(web=[[click(1, email="ada@example.com", at=at(0))]])).run()
    ((_, content),) = profiles.window(store, dataset=DATASET)
    assert b"ada@example.com" not in content
    email = stored(store, DATASET).profile.columns["email"]
    assert email.rows == 1
    assert not email.frequent
