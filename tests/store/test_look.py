"""Looks at drift are kept as they were, one for each window of a dataset."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sentineldq.store import looks, migrate
from sentineldq.store.database import Store
from sentineldq.store.looks import ITSELF, Look

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LOOK = Look(
    dataset="events",
    current_end=NOON,
    current_start=NOON - DAY,
    baseline_rows=70_000,
    current_rows=10_000,
    worst=0.7,
    scores={"type": 0.7, "payload.size": None, ITSELF: 0.1},
    looked_at=NOON,
)


def test_a_look_is_found_again_and_another_at_its_window_replaces_it(store: Store) -> None:
    assert not looks.any_of(store, "events")
    looks.record(store, [LOOK])
    looks.record(store, [replace(LOOK, worst=0.2, scores={"type": 0.2})])
    found = looks.query(store, datasets=["events"], since=NOON - DAY, until=NOON)
    assert found == [replace(LOOK, worst=0.2, scores={"type": 0.2})]
    assert looks.any_of(store, "events")


def test_a_window_belongs_to_the_span_that_it_ends_in(store: Store) -> None:
    looks.record(store, [replace(LOOK, current_end=NOON - at * DAY) for at in range(4)])
    found = looks.query(store, datasets=["events"], since=NOON - 2 * DAY, until=NOON)
    assert [look.current_end for look in found] == [NOON - DAY, NOON]


def test_the_worst_and_the_newest_of_each_dataset(store: Store) -> None:
    rows = [
        LOOK,
        replace(LOOK, current_end=NOON - DAY, worst=0.9),
        replace(LOOK, current_end=NOON - 9 * DAY, worst=1.0),
        replace(LOOK, dataset="orders", worst=0.0, scores={}),
    ]
    looks.record(store, rows)
    span = {"since": NOON - 5 * DAY, "until": NOON}
    assert looks.worst(store, **span) == {"events": 0.9, "orders": 0.0}
    assert {look.dataset: look.current_end for look in looks.newest(store, **span)} == {
        "events": NOON,
        "orders": NOON,
    }


def test_looks_come_and_go_with_their_revision_beside_what_is_there(store: Store) -> None:
    looks.record(store, [LOOK])
    migrate.downgrade(store, target="0006")
    migrate.bring_up(store)
    assert not looks.any_of(store, "events")
    looks.record(store, [LOOK])
    assert looks.query(store, datasets=["events"], since=NOON - DAY, until=NOON) == [LOOK]
