"""Records that come again: which one silver keeps, held against a dict."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.lake.open import open_lake
from sentineldq.pipeline.dataset import Dataset, bronze_rows
from sentineldq.pipeline.validate import validate
from tests.pipeline import parts
from tests.pipeline.parts import NOW, click, land, tables

START = datetime(2026, 3, 1, tzinfo=UTC)
REPLACE = {"custom": {"merge": "replace"}}
ORDERED = {"custom": {"merge": "replace", "mergeOrder": "at"}}


def at(hour: int | None) -> str | None:
    return None if hour is None else (START + timedelta(hours=hour)).isoformat()


def sizes(dataset: Dataset) -> dict[int, Any]:
    """The size silver has, by key."""
    return dict(tables(dataset).silver.select("id", "size").rows())


def test_the_first_of_a_key_stays(dataset) -> None:
    found = dataset()
    first = land(found, [click(1, size=1), click(2, size=1), click(1, size=2)], number=1)
    second = land(found, [click(2, size=9), click(3, size=9), click(1, size=9)], number=2)
    assert [(one.silver, one.duplicates) for one in (first, second)] == [(2, 1), (1, 2)]
    assert sizes(found) == {1: 1, 2: 1, 3: 9}
    tables(found).check()


def test_the_last_of_a_key_replaces(dataset) -> None:
    found = dataset(**REPLACE)
    first = land(found, [click(1, size=1), click(2, size=1), click(1, size=2)], number=1)
    second = land(found, [click(2, size=9), click(3, size=9), click(1, size=2)], number=2)
    assert [(one.silver, one.duplicates) for one in (first, second)] == [(2, 1), (1, 2)]
    assert sizes(found) == {1: 2, 2: 9, 3: 9}
    assert tables(found).silver.select("id", "_batch").rows() == [(1, 1), (2, 2), (3, 2)]
    tables(found).check()


def test_an_order_column_decides_over_arrival(dataset) -> None:
    found = dataset(**ORDERED)
    land(found, [click(1, size=5, at=at(5)), click(1, size=4, at=at(4)), click(2, size=0, at=None)], number=1)
    assert sizes(found) == {1: 5, 2: 0}
    land(found, [click(1, size=3, at=at(3)), click(2, size=1, at=at(1))], number=2)
    assert sizes(found) == {1: 5, 2: 1}
    land(found, [click(1, size=6, at=at(5)), click(2, size=9, at=None)], number=3)
    assert sizes(found) == {1: 6, 2: 1}
    tables(found).check()


def test_without_a_key_nothing_is_a_repeat(dataset) -> None:
    found = dataset(key=False)
    land(found, [click(1), click(1)], number=1)
    assert land(found, [click(1)], number=2).duplicates == 0
    assert tables(found).ids == [1, 1, 1]


def test_a_record_that_was_refused_is_no_repeat(dataset) -> None:
    found = dataset()
    land(found, [click(1, kind="z"), click(1)], number=1)
    assert tables(found).ids == [1]
    assert land(found, [click(2, kind="z"), click(2, kind="z")], number=2).quarantined == 2
    tables(found).check()


def test_repeats_are_told_across_partitions(dataset) -> None:
    found = dataset()
    land(found, [click(1), click(2)], number=1, partition="web")
    assert land(found, [click(2), click(3)], number=1, partition="app").duplicates == 1
    assert sorted(tables(found).ids) == [1, 2, 3]
    replacing = dataset(**REPLACE)
    land(replacing, [click(2, size=7)], number=2, partition="app")
    assert sizes(replacing)[2] == 7
    tables(replacing).check()


def test_a_record_can_move_to_another_day(dataset) -> None:
    found = dataset(**REPLACE)
    land(found, [click(1, at=at(1)), click(2, at=None)], number=1)
    land(found, [click(1, at=at(100)), click(2, at=at(1))], number=2)
    assert tables(found).silver.select("id", "at").rows() == [
        (1, START + timedelta(hours=100)),
        (2, START + timedelta(hours=1)),
    ]
    tables(found).check()


def test_a_record_that_says_nothing_new_stays_where_it_is(dataset) -> None:
    found = dataset(**REPLACE)
    land(found, [click(1, email=None), click(2)], number=1)
    before = found.silver.current_snapshot().snapshot_id
    again = land(found, [click(1, email=None), click(2)], number=2)
    assert (again.silver, again.duplicates) == (0, 2)
    assert tables(found).silver["_batch"].to_list() == [1, 1]
    assert found.silver.current_snapshot().snapshot_id != before  # its place has moved


def test_keys_are_remembered_by_a_process_that_comes_later(dataset) -> None:
    land(dataset(), [click(number) for number in range(50)], number=1)
    assert land(dataset(), [click(number) for number in range(40, 60)], number=2).duplicates == 10


@pytest.mark.parametrize("value", [0, -1, 2**62])
def test_any_number_is_a_key(dataset, value: int) -> None:
    found = dataset(**REPLACE)
    land(found, [click(value, size=1)], number=1)
    land(found, [click(value, size=2)], number=2)
    assert sizes(found) == {value: 2}


# ---------------------------------------------------------------------------------------- a model

RECORD = st.builds(
    lambda key, size, hour, kind: click(key, size=size, at=at(hour), kind=kind),
    st.integers(0, 5),
    st.integers(0, 3),
    st.sampled_from([None, 1, 2, 30]),
    st.sampled_from("aabz"),
)
DEATHS = st.sampled_from([None, None, "bronze", "quarantine", "silver"])
BATCHES = st.lists(st.tuples(st.lists(RECORD, min_size=1, max_size=6), DEATHS), min_size=1, max_size=4)


def expected(batches: list[list[dict[str, Any]]], *, replace: bool, order: bool) -> dict[int, dict[str, Any]]:
    """What silver holds, record by record."""
    held: dict[int, dict[str, Any]] = {}
    for records in batches:
        news: dict[int, dict[str, Any]] = {}
        for record in records:
            if record["kind"] != "z":
                news[record["id"]] = _later(news.get(record["id"]), record, replace=replace, order=order)
        for key, record in news.items():
            held[key] = _later(held.get(key), record, replace=replace, order=order)
    return held


def _later(
    held: dict[str, Any] | None, record: dict[str, Any], *, replace: bool, order: bool
) -> dict[str, Any]:
    if held is None:
        return record
    older = order and held["at"] is not None and (record["at"] is None or record["at"] < held["at"])
    return record if replace and not older else held


@contextmanager
def _fresh() -> Iterator[Any]:
    with tempfile.TemporaryDirectory() as folder, open_lake(warehouse=folder) as lake:
        yield lake


@settings(max_examples=25)
@given(BATCHES, st.sampled_from([{}, REPLACE, ORDERED]))
def test_silver_is_what_a_dict_would_hold_wherever_a_run_dies(batches: Any, options: dict[str, Any]) -> None:
    with _fresh() as lake:
        dataset = Dataset(lake, "clicks", parts.rules(**options))
        for number, (records, death) in enumerate(batches, 1):
            batch = parts.batch(records, at=number)
            dataset.ingest(batch, bronze_rows(batch, number=number, received=NOW), number=number)
            for rows, rules in dataset.waiting():
                verdict = validate(rows, rules)
                if death == "bronze":
                    break
                if death == "quarantine":
                    dataset._refuse(verdict, rules, "web", rows["_batch"][0].as_py())
                    break
                dataset.settle(verdict, rules, partition="web", batch=rows["_batch"][0].as_py())
            if death is not None:
                dataset = Dataset(lake, "clicks", parts.rules(**options))
        for rows, rules in dataset.waiting():
            dataset.settle(validate(rows, rules), rules, partition="web", batch=rows["_batch"][0].as_py())
        found = tables(dataset)
        found.check()
        held = expected(
            [records for records, _ in batches],
            replace="merge" in options.get("custom", {}),
            order=options is ORDERED,
        )
        assert dict(found.silver.select("id", "size").rows()) == {
            key: one["size"] for key, one in held.items()
        }
