"""The store follows the tables: what a crash kept from it is filled in from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sentineldq.errors import StoreError
from sentineldq.pipeline import runner as module
from sentineldq.pipeline.ledger import failures_by_check, reasons_of, reconcile
from sentineldq.pipeline.validate import Reason
from sentineldq.store import batches, results
from sentineldq.store.database import Store
from sentineldq.store.open import open_store
from tests.pipeline import parts
from tests.pipeline.parts import Given, click, land

SENT = [[click(1), click(2, kind="z")], [b"{", {"id": "x", "kind": "z"}, click(1)], [click(3)]]


def told(store: Store) -> list[Any]:
    """What the store says of batches and records; not when, nor how long it took."""
    found = [
        (one.partition, one.batch, one.rows, one.silver, one.quarantined, one.duplicates, one.dropped)
        for one in batches.query(store)
    ]
    failures = [
        (one.partition, one.batch, one.row, one.check, one.message, one.path, one.fingerprint, one.severity)
        for one in results.query(store, records=True)
    ]
    return [sorted(found), sorted(failures, key=repr)]


def whole(store: Store) -> list[Any]:
    """The sums over each batch."""
    return sorted(
        (one.batch, one.status, one.evaluated, one.failed)
        for one in results.query(store, records=False)
        if one.check == "*"
    )


def test_a_run_writes_down_batches_checks_and_errors(runner, store) -> None:
    runner(Given(web=list(SENT))).run()
    assert told(store)[0] == [
        ("web", 1, 2, 1, 1, 0, 0),
        ("web", 2, 3, 0, 2, 1, 0),
        ("web", 3, 1, 1, 0, 0, 0),
    ]
    assert [(row, check) for _, batch, row, check, *_ in told(store)[1] if batch == 2] == [
        (0, "record.json"),
        (1, "id.type"),
        (1, "known kind"),
    ]
    assert whole(store) == [(1, "fail", 2, 1), (2, "fail", 3, 2), (3, "pass", 1, 0)]
    known = {one.check: (one.evaluated, one.failed) for one in results.by_check(store)}
    assert known["known kind"] == (4, 2)  # one of them in a record that cannot be read, so is not evaluated
    (one,) = [one for one in results.query(store, records=False, check="known kind") if one.batch == 1]
    assert (one.status, one.severity, one.contract_version) == ("fail", "CRITICAL", "1.0.0")


def test_a_store_that_is_lost_comes_back_from_the_tables(runner, store, tmp_path: Path) -> None:
    source = Given(web=list(SENT), app=[[click(9), b"!"]])
    runner(source).run()
    with open_store(f"sqlite:///{tmp_path / 'other.db'}") as other:
        again = runner(source)
        again.store = other
        assert again.run().batches == 0
        assert told(other) == told(store)
        assert whole(other) == whole(store)


def test_a_store_that_was_away_is_filled_in_by_the_next_run(runner, store, monkeypatch) -> None:
    with monkeypatch.context() as patch:

        def away(*_: Any, **__: Any) -> None:
            raise StoreError("the store does not answer")

        patch.setattr(module, "record", away)
        ran = runner(Given(web=list(SENT))).run()
    assert (ran.status, ran.batches) == ("succeeded", 3)
    assert told(store) == [[], []]
    found = runner(Given(web=list(SENT)))
    found.run()
    assert len(told(store)[0]) == 3
    assert whole(store) == [(1, "fail", 2, 1), (2, "fail", 3, 2), (3, "pass", 1, 0)]


@pytest.mark.parametrize("known", [0, 1, 2, 3])
def test_only_what_is_missing_is_filled_in(dataset, store, tmp_path: Path, known: int) -> None:
    found = dataset()
    for number, records in enumerate(SENT, 1):
        land(found, records, number=number)
        if number == known:
            reconcile(store, found)
    assert reconcile(store, found) == len(SENT) - known
    assert reconcile(store, found) == 0
    with open_store(f"sqlite:///{tmp_path / 'other.db'}") as other:
        assert reconcile(other, found) == len(SENT)
        assert told(other) == told(store)


def test_reasons_are_read_back_as_they_were(dataset) -> None:
    found = dataset()
    land(found, SENT[0], number=1)
    land(found, SENT[1], number=2)
    verdict = parts.validate(parts.rows(SENT[1]), found.rules)
    assert reasons_of(found, "web", 2) == verdict.reasons
    assert reasons_of(found, "web", 3) == {}


def test_a_record_counts_once_for_a_check() -> None:
    one, other = (Reason(check=name, message="") for name in ("size", "kind"))
    assert failures_by_check({0: [one, one, other], 3: [one]}) == {"size": 2, "kind": 1}
