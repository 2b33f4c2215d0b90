"""What is written down can be read again, and writing it again changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from sentineldq.errors import UsageError
from sentineldq.store import batches, findings, freshness, results
from sentineldq.store.batches import Batch
from sentineldq.store.database import Store
from sentineldq.store.freshness import Freshness
from sentineldq.store.results import Failure, Summary
from sentineldq.store.tables import VALIDATION_RESULTS

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
BATCH = Batch(
    dataset="events",
    partition="github",
    batch=1,
    rows=10,
    silver=6,
    quarantined=2,
    duplicates=1,
    dropped=1,
    contract_version="1.0.0",
    committed_at=NOON,
    seconds=0.5,
    run_id="r",
)


def test_a_batch_written_again_is_the_same(store: Store) -> None:
    for _ in range(2):
        batches.record(
            store, batches=[BATCH, replace(BATCH, batch=2, committed_at=NOON + timedelta(hours=1))]
        )
    assert [found.batch for found in batches.query(store, dataset="events")] == [2, 1]
    assert batches.query(store)[1] == BATCH
    assert batches.last(store, dataset="events", partition="github") == 2
    assert batches.last(store, dataset="events", partition="other") is None


def test_totals_are_sums_by_dataset(store: Store) -> None:
    batches.record(
        store, batches=[BATCH, replace(BATCH, batch=2), replace(BATCH, dataset="bars", rows=2**40)]
    )
    bars, events = batches.totals(store)
    assert (events.batches, events.rows, events.silver, events.quarantined) == (2, 20, 12, 4)
    assert (bars.rows, bars.committed_at) == (2**40, NOON)
    assert batches.totals(store, since=NOON + timedelta(seconds=1)) == []


def write(store: Store, *, batch: int = 1, failures: int = 3, at: datetime = NOON) -> int:
    return results.record(
        store,
        dataset="events",
        partition="github",
        batch=batch,
        contract_version="1.0.0",
        detected_at=at,
        summaries=[
            Summary(check="type.in_set", status="fail", evaluated=10, failed=failures, severity="CRITICAL"),
            Summary(check="id.not_null", status="pass", evaluated=10, failed=0),
        ],
        failures=(
            Failure(row=row, check="type.in_set", message="found 'Push'", path="type", fingerprint="f1")
            for row in range(failures)
        ),
    )


def test_results_written_again_are_the_same(store: Store) -> None:
    assert write(store) == write(store) == 5
    found = results.query(store, dataset="events")
    assert [(r.row, r.check, r.status, r.failed) for r in found] == [
        (None, "type.in_set", "fail", 3),
        (None, "id.not_null", "pass", 0),
        (0, "type.in_set", "fail", 1),
        (1, "type.in_set", "fail", 1),
        (2, "type.in_set", "fail", 1),
    ]
    assert found[2].path == "type"
    assert found[2].detected_at == NOON


def test_results_written_again_with_less_hold_less(store: Store) -> None:
    write(store, failures=3)
    write(store, failures=1)
    assert len(results.query(store)) == 3


def test_results_are_found_by_check_status_kind_and_time(store: Store) -> None:
    write(store, batch=1)
    write(store, batch=2, failures=1, at=NOON + timedelta(hours=1))
    later = NOON + timedelta(minutes=1)
    assert {r.batch for r in results.query(store, since=later)} == {2}
    assert {r.batch for r in results.query(store, until=later)} == {1}
    assert len(results.query(store, check="type.in_set", records=True)) == 4
    assert len(results.query(store, check="type.in_set", records=False)) == 2
    assert {r.check for r in results.query(store, status="pass")} == {"id.not_null"}
    assert len(results.query(store, limit=2)) == 2


def test_results_are_summed_by_check(store: Store) -> None:
    write(store, batch=1)
    write(store, batch=2, failures=1, at=NOON + timedelta(hours=1))
    bad, good = results.by_check(store, dataset="events")
    assert (bad.check, bad.batches, bad.evaluated, bad.failed, bad.failed_batches) == (
        "type.in_set",
        2,
        20,
        4,
        2,
    )
    assert bad.last_failed_at == NOON + timedelta(hours=1)
    assert (good.check, good.failed, good.last_failed_at) == ("id.not_null", 0, None)


def test_the_last_batch_is_of_one_partition(store: Store) -> None:
    assert results.last_batch(store, dataset="events", partition="github") is None
    write(store, batch=4)
    assert results.last_batch(store, dataset="events", partition="github") == 4
    assert results.last_batch(store, dataset="events", partition="other") is None


def test_results_of_a_failed_write_are_not_there(store: Store) -> None:
    def broken():
        yield Failure(row=0, check="a", message="b")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        results.record(
            store,
            dataset="events",
            partition="github",
            batch=1,
            contract_version=None,
            detected_at=NOON,
            summaries=[Summary(check="a", status="fail", evaluated=1, failed=1)],
            failures=broken(),
        )
    assert results.query(store) == []


def test_many_results_go_in_whole(store: Store) -> None:
    assert write(store, failures=12_345) == 12_347
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(VALIDATION_RESULTS)) == 12_347


@pytest.mark.parametrize("words", ["nul \0 byte", "half \ud800 pair", "clef 𝄞", "x" * 5_000], ids=ascii)
def test_any_text_can_be_written(store: Store, words: str) -> None:
    results.record(
        store,
        dataset="events",
        partition="github",
        batch=1,
        contract_version=None,
        detected_at=NOON,
        summaries=[],
        failures=[Failure(row=0, check="a", message=words, path=words)],
    )
    (found,) = results.query(store)
    whole = words.replace("\0", "\ufffd").replace("\ud800", "\ufffd")
    assert found.message == found.path == (whole if len(whole) < 5_000 else "x" * 999 + "…")


def test_a_time_without_an_offset_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="2026-11-20T12:00:00"):
        batches.record(store, batches=[replace(BATCH, committed_at=NOON.replace(tzinfo=None))])


def test_freshness_has_a_current_row_and_a_history(store: Store) -> None:
    fresh = Freshness(
        dataset="events",
        last_event_at=NOON,
        last_commit_at=NOON,
        age_seconds=30.0,
        allowed_seconds=60.0,
        status="pass",
        measured_at=NOON + timedelta(seconds=30),
    )
    stale = replace(fresh, age_seconds=90.0, status="fail", measured_at=NOON + timedelta(seconds=90))
    for measurement in (fresh, stale, stale):
        freshness.record(store, measurements=[measurement])
    assert freshness.current(store) == [stale]
    assert freshness.history(store, dataset="events") == [stale, fresh]
    assert freshness.history(store, dataset="events", since=stale.measured_at) == [stale]


def report(store: Store, **changes: object) -> findings.Finding:
    said = {"key": "late/events", "kind": "freshness", "severity": "WARNING", "title": "events is late"}
    return findings.report(store, **(said | changes))


def test_a_finding_seen_again_is_counted(store: Store) -> None:
    first = report(store, dataset="events", details={"age": 90})
    again = report(store, dataset="events", severity="CRITICAL", details={"age": float("nan"), "at": NOON})
    assert (again.finding_id, again.count, again.severity) == (first.finding_id, 2, "CRITICAL")
    assert again.details == {"age": None, "at": NOON.isoformat()}
    assert again.first_seen_at == first.first_seen_at <= again.last_seen_at
    assert findings.query(store) == [again]


def test_a_cleared_finding_opens_anew(store: Store) -> None:
    first = report(store)
    cleared = findings.clear(store, key="late/events")
    assert cleared is not None
    assert cleared.cleared_at is not None
    assert findings.clear(store, key="late/events") is None
    second = report(store)
    assert (second.finding_id != first.finding_id, second.count) == (True, 1)
    assert [f.finding_id for f in findings.query(store, still=True)] == [second.finding_id]
    assert [f.finding_id for f in findings.query(store, still=False)] == [first.finding_id]
    assert findings.query(store, kind="volume") == findings.query(store, dataset="events") == []
