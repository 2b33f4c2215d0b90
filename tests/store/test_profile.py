"""Hours of profiles and their marks change together; a batch is in them once."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from sentineldq.errors import StoreError
from sentineldq.store import profiles
from sentineldq.store.database import Store
from sentineldq.store.profiles import Step
from sentineldq.store.tables import PROFILE_MARKS, PROFILES

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def join(one: bytes, other: bytes) -> bytes:
    """Letters in order: it does not matter which comes first, as with profiles."""
    return bytes(sorted(one + other))


def add(store: Store, batch: int, letters: bytes, *, partition: str = "p", hour: datetime = NOON) -> bool:
    return profiles.add(
        store,
        dataset="events",
        partition=partition,
        batch=batch,
        hours={hour: letters},
        rows={hour: len(letters)},
        join=join,
    )


def advance(store: Store, steps: dict[str, Step], letters: bytes) -> bool:
    return profiles.advance(
        store, dataset="events", steps=steps, hours={NOON: letters}, rows={NOON: len(letters)}, join=join
    )


def letters(store: Store) -> bytes:
    return b"".join(content for _, content in profiles.window(store, dataset="events"))


def test_hours_are_joined_and_a_batch_counts_once(store: Store) -> None:
    assert add(store, 1, b"ca")
    assert not add(store, 1, b"ca")
    assert add(store, 3, b"b")
    assert not add(store, 2, b"z")
    assert add(store, 1, b"d", partition="q")
    assert letters(store) == b"abcd"
    assert profiles.counts(store, dataset="events") == [(NOON, 4)]
    assert profiles.marks(store, "events") == {"p": 3, "q": 1}
    assert profiles.marks(store, "other") == {}


def test_a_step_that_begins_elsewhere_changes_nothing(store: Store) -> None:
    assert advance(store, {"p": Step(after=0, batch=3)}, b"a")
    assert not advance(store, {"p": Step(after=2, batch=5), "q": Step(after=0, batch=1)}, b"x")
    assert not advance(store, {"p": Step(after=0, batch=3)}, b"x")
    assert advance(store, {"p": Step(after=3, batch=5), "q": Step(after=0, batch=1)}, b"b")
    assert letters(store) == b"ab"
    assert profiles.marks(store, "events") == {"p": 5, "q": 1}


def test_marks_may_move_without_hours(store: Store) -> None:
    assert profiles.advance(store, dataset="events", steps={"p": Step(after=0, batch=1)}, hours={}, join=join)
    assert profiles.marks(store, "events") == {"p": 1}
    assert profiles.datasets(store) == []
    assert profiles.span(store, "events") is None


def test_windows_are_half_open_and_in_order(store: Store) -> None:
    for batch, at in enumerate([2, 0, 1], start=1):
        add(store, batch, str(at).encode(), hour=NOON + at * HOUR)
    found = profiles.window(store, dataset="events", since=NOON, until=NOON + 2 * HOUR)
    assert found == [(NOON, b"0"), (NOON + HOUR, b"1")]
    assert profiles.span(store, "events") == (NOON, NOON + 2 * HOUR)
    assert profiles.window(store, dataset="other") == []
    assert profiles.datasets(store) == ["events"]


def test_a_join_that_fails_changes_nothing(store: Store) -> None:
    add(store, 1, b"a")

    def broken(_one: bytes, _other: bytes) -> bytes:
        raise ZeroDivisionError

    hours = {NOON: b"b", NOON - HOUR: b"c"}
    with pytest.raises(ZeroDivisionError):
        profiles.add(store, dataset="events", partition="p", batch=2, hours=hours, join=broken)
    assert letters(store) == b"a"
    assert profiles.marks(store, "events") == {"p": 1}


def test_a_time_without_an_offset_is_refused(store: Store) -> None:
    with pytest.raises((StoreError, ValueError), match="without an offset"):
        add(store, 1, b"a", hour=NOON.replace(tzinfo=None))


def test_many_hours_go_in_whole(store: Store) -> None:
    hours = {NOON + at * HOUR: bytes([65 + at % 26]) for at in range(450)}
    for batch in (1, 2):
        assert profiles.add(
            store,
            dataset="events",
            partition="p",
            batch=batch,
            hours=hours,
            rows=dict.fromkeys(hours, 7),
            join=join,
        )
    assert dict(profiles.window(store, dataset="events")) == {hour: 2 * one for hour, one in hours.items()}
    assert {rows for _, rows in profiles.counts(store, dataset="events")} == {14}


def test_of_many_that_add_the_same_batch_one_does(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(
            pool.map(lambda batch: add(store, batch % 4 + 1, b"x", partition=str(batch % 3)), range(24))
        )
    marks = profiles.marks(store, "events")
    assert sum(done) == len(letters(store)) >= len(marks) == 3


def clear(store: Store) -> None:
    with store.write() as connection:
        connection.execute(delete(PROFILES))
        connection.execute(delete(PROFILE_MARKS))


def told(steps: Iterable[tuple[str, int]]) -> tuple[dict[str, int], int]:
    marks: dict[str, int] = {}
    taken = 0
    for partition, batch in steps:
        if batch > marks.get(partition, 0):
            marks[partition] = batch
            taken += 1
    return marks, taken


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(["p", "q"]), st.integers(1, 5)), max_size=12))
def test_any_order_of_batches_counts_each_once(store: Store, steps: list[tuple[str, int]]) -> None:
    clear(store)
    for partition, batch in steps:
        add(store, batch, b"x", partition=partition)
    marks, taken = told(steps)
    assert profiles.marks(store, "events") == marks
    assert len(letters(store)) == taken
