"""The same seed and settings give the same bytes, however they are cut and wherever they are taken up again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.errors import SourceError, UsageError
from sentineldq.sources.batch import Batch
from sentineldq.sources.registry import make
from sentineldq.sources.simulate import Simulate, generate, truth
from sentineldq.sources.simulate.settings import Name, simulation

SHAPES = get_args(Name)
TIMES = {"market": "time", "clickstream": "occurred_at", "orders": "created_at", "customers": "created_at"}
START = 1_736_121_600.0  # 2025-01-06T00:00:00Z, a Monday
MESS = [
    {"kind": "duplicate", "rate": 0.02, "by": 1500},
    {"kind": "bad_type", "rate": 0.02},
    {"kind": "truncated", "count": 9},
    {"kind": "schema_add", "rate": 0.01},
]


class Hands:
    """A clock that stands where it is put."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def source(tmp_path: Path = Path(), **config: Any) -> Simulate:
    made = make({"kind": "simulate", **config}, root=tmp_path, name="test")
    assert isinstance(made, Simulate)
    return made


def live(hands: Hands, root: Path = Path(), **config: Any) -> Simulate:
    made = simulation({"shape": "orders", "live": True, **config}, root=root, name="test")
    return Simulate(made, root=root, name="test", clock=hands)


def records(batches: Iterator[Batch]) -> list[bytes]:
    return [record for batch in batches for record in batch.records.to_pylist()]


@pytest.mark.parametrize("shape", SHAPES)
def test_another_seed_is_another_world_and_the_same_is_the_same(shape):
    one = list(generate(shape, seed=1, records=300))
    assert one == list(generate(shape, seed=1, records=300))
    assert len(set(one) & set(generate(shape, seed=2, records=300))) < 5


@pytest.mark.parametrize("shape", SHAPES)
def test_fewer_records_are_the_beginning_of_more(shape):
    assert list(generate(shape, seed=4, records=700)) == list(
        islice(generate(shape, seed=4, records=1700), 700)
    )


PINNED = {
    "github": "07f0b9c202c6",
    "market": "11b2edc4e7f0",
    "clickstream": "7ed8d769a536",
    "orders": "d3f7df65e571",
    "order_items": "04dffe84eef1",
    "customers": "bcb057cd195a",
    "products": "44944156d72f",
    "inventory": "b29bcf811a6e",
    "table": "f3fc3bdde143",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_what_a_seed_means_does_not_change_unnoticed(shape):
    """Other versions of Python included; where a change is meant, the changelog says so."""
    assert sha256(b"\n".join(generate(shape, seed=7, records=1100))).hexdigest()[:12] == PINNED[shape]


@given(
    shape=st.sampled_from(SHAPES),
    rows=st.lists(st.integers(1, 2600), min_size=1, max_size=6).filter(
        lambda rows: sum(rows) > 200 * len(rows)
    ),
    faulty=st.booleans(),
)
@settings(max_examples=20)
def test_cuts_and_restarts_change_nothing(shape, rows, faulty):
    config = {"shape": shape, "seed": 3, "records": 2300, "faults": MESS if faulty else []}
    whole = list(generate(**config))
    found: list[bytes] = []
    cursors: dict[str, Any] = {}
    for turn in range(10_000):
        fresh = source(**config, batch_rows=rows[turn % len(rows)])  # a new process each time
        batch = next(fresh.read(cursors), None)
        if batch is None:
            break
        found += batch.records.to_pylist()
        cursors = {batch.partition: msgspec.json.decode(msgspec.json.encode(batch.cursor))}
    assert found == whole


def test_a_cursor_is_small_and_counts():
    *_, last = source(shape="orders", records=2500, batch_rows=1000).read({})
    assert len(msgspec.json.encode(last.cursor)) < 200
    assert last.cursor["position"] == 2500
    assert last.partition == "simulate:orders"
    assert list(source(shape="orders", records=2500).read({last.partition: last.cursor})) == []


def test_reading_far_on_makes_no_blocks_before_it(monkeypatch):
    made = source(shape="orders", batch_rows=10)
    first = next(made.read({}))
    asked: list[int] = []
    shape = made._from(first.cursor["start"]).shape
    block = shape.block
    monkeypatch.setattr(shape, "block", lambda number: asked.append(number) or block(number))
    far = dict(first.cursor) | {"position": 5_000_010, "block": 5000, "offset": 10}
    next(made.read({first.partition: far}))
    assert asked == [5000]


def test_a_batch_has_the_time_of_its_newest_record_and_says_where_it_is_from():
    batch = next(source(shape="market", records=500, batch_rows=200, seed=9).read({}))
    newest = max(msgspec.json.decode(record)["time"] for record in batch.records.to_pylist())
    assert batch.time == datetime.fromisoformat(newest)
    assert batch.origin == "simulate:market?seed=9"
    assert batch.form == "json"


def test_records_may_be_raised_without_faults_yet_not_with_them():
    batch = next(source(shape="orders", records=100).read({}))
    assert len(records(source(shape="orders", records=150).read({batch.partition: batch.cursor}))) == 50
    batch = next(source(shape="orders", records=100, faults=MESS).read({}))
    with pytest.raises(SourceError, match="settings have changed since record"):
        next(source(shape="orders", records=150, faults=MESS).read({batch.partition: batch.cursor}))


@pytest.mark.parametrize("change", [{"seed": 2}, {"rate": 9.0}, {"customers": 5}, {"start": "2025-02-01"}])
def test_another_simulation_does_not_go_on_from_the_cursor_of_this_one(change):
    batch = next(source(shape="orders", batch_rows=10).read({}))
    with pytest.raises(SourceError, match="another name"):
        next(source(shape="orders", **change).read({batch.partition: batch.cursor}))


def test_a_cursor_of_something_else_is_refused():
    with pytest.raises(SourceError, match="cursor cannot be read"):
        next(source(shape="orders").read({"simulate:orders": {"page": 3}}))


def test_live_gives_what_is_due_and_no_more():
    hands = Hands(START)
    made = live(hands, rate=3600, rhythm=False, batch_rows=100)
    first = list(made.read({}))
    assert len(records(iter(first))) == 1  # the very first is due at once
    cursors = {first[-1].partition: first[-1].cursor}
    assert list(made.read(cursors)) == []
    hands.now += 250
    later = list(made.read(cursors))
    assert 245 <= len(records(iter(later))) <= 255
    assert [len(batch.records) for batch in later[:2]] == [100, 100]
    for record in records(iter(later)):
        assert datetime.fromisoformat(msgspec.json.decode(record)["created_at"]).timestamp() <= hands.now


def test_live_goes_on_after_a_restart_where_the_clock_is_by_now():
    hands = Hands(START)
    first = next(live(hands, rate=3600).read({}))
    hands.now += 1000
    batches = list(live(hands, rate=3600).read({first.partition: first.cursor}))
    endless = islice(
        generate("orders", records=None, rate=3600, start=datetime.fromtimestamp(START, UTC)), 5000
    )
    sent = [*records(iter([first])), *records(iter(batches))]
    assert sent == list(endless)[: len(sent)]
    assert len(sent) > 300


def test_live_can_run_faster_than_the_clock_from_the_past():
    hands = Hands(START)
    made = live(hands, rate=60, speed=60, start="2024-01-01", rhythm=False)
    first = next(made.read({}))
    hands.now += 60
    assert 55 <= len(records(made.read({first.partition: first.cursor}))) <= 65
    assert made.pause == 1.0


def test_without_live_all_records_are_there_at_once_and_without_records_there_is_no_end():
    assert len(records(islice(source(shape="products", batch_rows=700).read({}), 3))) == 2100


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, "shape"),
        ({"shape": "githbu"}, "githbu"),
        ({"shape": "orders", "sed": 4}, "unknown key 'sed'"),
        ({"shape": "orders", "records": 0}, "records"),
        ({"shape": "orders", "rate": -1}, "rate"),
        ({"shape": "orders", "start": "soon"}, "'soon' is not a time"),
        ({"shape": "orders", "era": "full"}, "era"),
        ({"shape": "orders", "speed": 2}, "live"),
        ({"shape": "orders", "speed": 2, "live": True}, "future"),
        ({"shape": "market", "rate": 2}, "calendar"),
        ({"shape": "market", "rhythm": False}, "calendar"),
    ],
)
def test_wrong_settings_are_told_in_one_line(config, message):
    with pytest.raises(UsageError, match=message):
        source(**config)


def test_a_start_is_the_time_of_the_first_record():
    for shape in ("github", "clickstream", "orders", "inventory"):
        first = next(iter(generate(shape, records=1, start="2024-03-01T12:00:00Z")))
        assert b"2024-03-01T12:00:00" in first


def test_times_never_go_back():
    for shape in SHAPES:
        batches = source(shape=shape, records=3000, batch_rows=100).read({})
        assert all(one.time <= next_.time for one, next_ in pairwise(batches)), shape


def test_rate_is_records_an_hour_over_a_week():
    times = [
        msgspec.json.decode(record)["created_at"] for record in generate("orders", records=8400, rate=50)
    ]
    first, last = (datetime.fromisoformat(time) for time in (times[0], times[-1]))
    assert (last - first).total_seconds() / 3600 == pytest.approx(168, abs=1)


def test_day_and_week_are_seen_in_the_volume_and_can_be_switched_off():
    def share(rhythm: bool) -> tuple[float, float]:
        made = generate("orders", records=16_800, rate=100, rhythm=rhythm)
        times = [datetime.fromisoformat(msgspec.json.decode(record)["created_at"]) for record in made]
        afternoon = sum(14 <= time.hour < 17 for time in times) / len(times)
        weekend = sum(time.weekday() >= 5 for time in times) / len(times)
        return afternoon, weekend

    afternoon, weekend = share(True)
    assert afternoon > 0.15
    assert weekend < 0.22
    afternoon, weekend = share(False)
    assert afternoon == pytest.approx(3 / 24, abs=0.01)
    assert weekend == pytest.approx(2 / 7, abs=0.01)


def test_truth_is_empty_without_faults():
    assert list(truth("orders", records=2000)) == []
