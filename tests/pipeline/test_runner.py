"""A run: all of the source, once, wherever the run before it ended."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from sentineldq.errors import FencedError, LakeError, SourceError
from sentineldq.pipeline import dataset as module
from sentineldq.pipeline.dataset import Dataset
from sentineldq.pipeline.runner import Runner
from sentineldq.store import batches, findings, runs
from sentineldq.store.hold import hold
from tests.pipeline import parts
from tests.pipeline.parts import Given, click, of

SENT = {
    "web": [[click(1), click(2, kind="z")], [click(1), click(3)], [b"{", click(4)]],
    "app": [[click(5)], [click(3), click(6, kind="d")]],
}


def sent() -> dict[str, list[Any]]:
    return {partition: list(found) for partition, found in SENT.items()}


def complete(runner: Runner) -> None:
    """Everything that SENT has is where it belongs."""
    found = of(runner)
    found.check()
    assert found.bronze.height == 9
    assert found.silver.select("_partition", "_batch", "id").rows() == [
        ("app", 1, 5),
        ("web", 1, 1),
        ("web", 2, 3),
        ("web", 3, 4),
    ] or found.ids == [5, 3, 1, 4]
    assert found.quarantine.height == 3


def test_a_run_brings_all_of_the_source_to_silver(runner, store) -> None:
    found = runner(Given(**sent()))
    ran = found.run()
    assert (ran.status, ran.error) == ("succeeded", None)
    assert ran.counts == {
        "batches": 5,
        "rows": 9,
        "silver": 4,
        "quarantined": 3,
        "duplicates": 2,
        "dropped": 0,
    }
    assert ran.checks == {"known kind": 2, "record.json": 1}
    complete(found)
    (kept,) = runs.query(store)
    assert (kept.status, kept.run_id) == ("succeeded", ran.run_id)
    (totals,) = batches.totals(store)
    assert (totals.batches, totals.rows, totals.silver, totals.quarantined, totals.duplicates) == (
        5,
        9,
        4,
        3,
        2,
    )


def test_a_second_run_does_nothing_new(runner) -> None:
    source = Given(**sent())
    found = runner(source)
    found.run()
    before = of(found)
    for each in (found, runner(source)):
        ran = each.run()
        assert (ran.status, ran.batches, ran.caught_up) == ("succeeded", 0, 0)
    after = of(found)
    assert all(
        getattr(after, name).equals(getattr(before, name)) for name in ("bronze", "silver", "quarantine")
    )
    assert source.asked[1:] == [{"web": {"at": 3}, "app": {"at": 2}}] * 2


def test_what_comes_later_is_read_from_the_cursor_on(runner) -> None:
    source = Given(web=[[click(1)]])
    found = runner(source)
    found.run()
    source.partitions["web"].append([click(1), click(2)])
    ran = found.run()
    assert (ran.rows, ran.silver, ran.duplicates) == (2, 1, 1)
    assert source.asked == [{}, {"web": {"at": 1}}]


@pytest.mark.parametrize(
    ("step", "after"),
    [*((step, False) for step in range(1, 14)), (1, True), (2, True), (3, True), (13, True)],
)
def test_a_run_goes_on_where_a_commit_failed(runner, monkeypatch, step: int, after: bool) -> None:
    _fail_at(monkeypatch, step, LakeError("silver.clicks", "the disk is full"), after=after)
    source = Given(**sent())
    first = runner(source).run()
    assert (first.status, first.error) == ("failed", "table silver.clicks: the disk is full")
    second = runner(source)
    ran = second.run()
    assert ran.status == "succeeded"
    complete(second)
    assert runner(source).run().batches == 0


def test_steps_of_a_run_are_thirteen_commits(runner, monkeypatch) -> None:
    """So that the test above has met every one."""
    count = _fail_at(monkeypatch, 99, LakeError("", ""))
    runner(Given(**sent())).run()
    assert count() == 13


@pytest.mark.parametrize("step", [1, 2, 3, 6, 13])
def test_a_run_that_is_fenced_looks_again_and_goes_on(runner, monkeypatch, step: int) -> None:
    _fail_at(monkeypatch, step, FencedError("silver.clicks", "another writer was first"))
    found = runner(Given(**sent()))
    ran = found.run()
    assert (ran.status, ran.error) == ("succeeded", None)
    complete(found)


def test_a_run_that_is_always_fenced_gives_up(runner, monkeypatch) -> None:
    def fenced(*_: Any, **__: Any) -> None:
        raise FencedError("bronze.clicks", "another writer was first")

    monkeypatch.setattr(module, "commit", fenced)
    ran = runner(Given(**sent())).run()
    assert (ran.status, ran.error) == ("failed", "table bronze.clicks: another writer was first")


@pytest.mark.parametrize(("wait", "status"), [(None, "failed"), (60.0, "later")])
def test_a_source_that_fails_keeps_what_came_before(runner, wait: float | None, status: str) -> None:
    fault = SourceError("web", "no answer", hint="ask again")
    if wait is not None:
        fault.wait = wait
    source = Given(web=[[click(1)], fault, [click(2)]])
    found = runner(source)
    ran = found.run()
    assert (ran.status, ran.error, ran.hint) == (status, "source web: no answer", "ask again")
    assert of(found).ids == [1]
    assert found.run().status == "succeeded"
    assert of(found).ids == [1, 2]


def test_a_source_with_a_fault_of_its_own_fails_its_run_alone(runner, store) -> None:
    source = Given(web=[[click(1)], ZeroDivisionError("division by zero"), [click(2)]])
    found = runner(source)
    ran = found.run()
    assert (ran.status, ran.error) == ("failed", "ZeroDivisionError: division by zero")
    assert runs.query(store)[0].status == "failed"
    found.source = source
    assert found.run().status == "succeeded"
    assert of(found).ids == [1, 2]


def test_batches_without_records_move_the_cursor(runner) -> None:
    source = Given(web=[[], [click(1)], []], app=[[]])
    found = runner(source)
    ran = found.run()
    assert (ran.status, ran.rows, ran.batches) == ("succeeded", 1, 1)
    assert runner(source).run().rows == 0
    assert source.asked[1] == {"web": {"at": 3}, "app": {"at": 1}}
    assert of(found).ids == [1]


def test_a_run_stops_between_batches_and_is_complete_up_to_there(runner) -> None:
    source = Given(**sent())
    found = runner(source)
    found.stop = threading.Event()
    found.told = lambda ran: found.stop.set()
    ran = found.run()
    assert ran.status == "stopped"
    assert 1 <= ran.batches < 5
    of(found).check()
    assert of(found).bronze.height == of(found).silver.height + of(found).quarantine.height + ran.duplicates
    again = runner(source)
    assert again.run().status == "succeeded"
    complete(again)


def test_a_pipeline_that_another_has_is_left_alone(runner, store) -> None:
    source = Given(**sent())
    found = runner(source)
    with hold(store, name=found.project.job(found.name)) as held:
        assert held is not None
        ran = found.run()
    assert (ran.status, ran.batches, source.asked) == ("busy", 0, [])
    assert runs.query(store) == []
    assert found.run().status == "succeeded"


# ---------------------------------------------------------------------------------------- contracts


def _edit(found: Runner, **options: Any) -> None:
    parts.write_contract(found.project.root, **options)
    path = found.project.root / "contracts" / "clicks.odcs.yaml"
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1_000_000_000))


class Edited(Given):
    """A source that calls something before a batch."""

    def __init__(self, edit: Callable[[], None], *, at: int, **partitions: list[Any]) -> None:
        super().__init__(**partitions)
        self.edit, self.at = edit, at

    def read(self, cursors: Any) -> Any:
        for number, one in enumerate(super().read(cursors), 1):
            if number == self.at:
                self.edit()
            yield one


def test_a_contract_that_is_edited_is_used_from_the_next_batch_on(runner) -> None:
    source = Edited(
        lambda: _edit(found, version="2.0.0", kinds=["d"]),
        at=2,
        web=[[click(1, kind="d")], [click(2, kind="d")]],
    )
    found = runner(source)
    ran = found.run()
    assert (ran.status, ran.silver, ran.quarantined) == ("succeeded", 1, 1)
    assert of(found).ids == [2]
    assert of(found).quarantine["contract"].to_list() == ["1.0.0"]


def _break_it(found: Runner) -> None:
    _edit(found, custom={"merge": "upsert"})


def _blank_it(found: Runner) -> None:
    path = found.project.root / "contracts" / "clicks.odcs.yaml"
    path.write_text("schema: [")
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1_000_000_000))


@pytest.mark.parametrize("edit", [_break_it, _blank_it])
def test_an_edit_that_is_no_contract_is_told_and_the_one_before_goes_on(runner, store, edit) -> None:
    source = Edited(lambda: edit(found), at=2, web=[[click(1)], [click(2, kind="d")], [click(3)]])
    found = runner(source)
    ran = found.run()
    assert (ran.status, ran.silver, ran.quarantined) == ("succeeded", 2, 1)
    (finding,) = findings.query(store, kind="contract", still=True)
    assert finding.severity == "CRITICAL"
    _edit(found)
    source.at, source.edit = 1, lambda: _edit(found, kinds=["d"])
    source.partitions["web"].append([click(4, kind="d")])
    assert found.run().silver == 1
    assert findings.query(store, kind="contract", still=True) == []


def test_a_commit_that_fails_while_a_contract_is_taken_up_is_not_passed_over(runner, monkeypatch) -> None:
    source = Edited(lambda: _edit(found, version="2.0.0"), at=2, web=[[click(1)], [click(2)], [click(3)]])
    found = runner(source)
    _fail_at(monkeypatch, 2, LakeError("silver.clicks", "the disk is full"))
    assert found.run().status == "failed"
    assert runner(source).run().status == "succeeded"
    assert of(found).ids == [1, 2, 3]


# ---------------------------------------------------------------------------------------- parts


def _fail_at(
    monkeypatch: pytest.MonkeyPatch, step: int, fault: Exception, *, after: bool = False
) -> Callable[[], int]:
    """Make the nth commit fail, before it is made or after; how many there were."""
    real, calls = module.commit, []

    def commit(*args: Any, **options: Any) -> Any:
        calls.append(options["partition"])
        if len(calls) != step:
            return real(*args, **options)
        if after:
            real(*args, **options)
        raise fault

    monkeypatch.setattr(module, "commit", commit)
    return lambda: len(calls)


def test_the_writes_of_a_run_are_in_order(runner, monkeypatch) -> None:
    seen: list[tuple[str, int]] = []
    real = module.commit

    def commit(table: Any, **options: Any) -> Any:
        seen.append((table.name()[0], options["mark"].batch))
        return real(table, **options)

    monkeypatch.setattr(module, "commit", commit)
    runner(Given(web=sent()["web"])).run()
    settled = [("quarantine", 1), ("silver", 1), ("silver", 2), ("quarantine", 3), ("silver", 3)]
    assert [one for one in seen if one[0] != "bronze"] == settled
    assert [batch for stage, batch in seen if stage == "bronze"] == [1, 2, 3]
    for stage, batch in settled:  # bronze may be ahead, and is never behind
        assert seen.index(("bronze", batch)) < seen.index((stage, batch))


def test_no_more_than_three_batches_are_ahead(runner, monkeypatch) -> None:
    """A slow disk holds the source back."""
    gate = threading.Event()
    real, given = Dataset.ingest, []

    def slow(self: Dataset, *args: Any, **options: Any) -> None:
        gate.wait(5)
        real(self, *args, **options)

    class Counted(Given):
        def read(self, cursors: Any) -> Any:
            for one in super().read(cursors):
                given.append(one)
                if len(given) == 3:
                    threading.Timer(0.3, gate.set).start()
                if not gate.is_set():
                    assert len(given) <= 3
                yield one

    monkeypatch.setattr(Dataset, "ingest", slow)
    ran = runner(Counted(web=[[click(number)] for number in range(9)])).run()
    assert (ran.status, ran.batches) == ("succeeded", 9)
