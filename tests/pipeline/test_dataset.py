"""Three tables and the commits between them: a run that ends anywhere goes on from there, by the same contract."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sentineldq.contracts.load import load_contract
from sentineldq.errors import FencedError, LakeError
from sentineldq.lake.archive import Archive
from sentineldq.lake.place import ancestry, read_place
from sentineldq.lake.scan import head_facts
from sentineldq.pipeline.dataset import Dataset, Landed, bronze_rows, pieces, read, spell
from sentineldq.pipeline.rules import rules_of
from sentineldq.pipeline.validate import validate
from sentineldq.sources.batch import records_of
from tests.pipeline import parts
from tests.pipeline.parts import NOW, click, land, rules, tables


def ingest(dataset: Dataset, records: list, *, number: int, partition: str = "web") -> None:
    batch = parts.batch(records, at=number, partition=partition)
    dataset.ingest(batch, bronze_rows(batch, number=number, received=NOW), number=number)


def waiting(dataset: Dataset) -> list[tuple[str, int, str]]:
    """Partition, number and the contract's version of what waits."""
    return [
        (rows["_partition"][0].as_py(), rows["_batch"][0].as_py(), found.version)
        for rows, found in dataset.waiting()
    ]


def settle(dataset: Dataset) -> list[Landed]:
    return [
        dataset.settle(
            validate(rows, found),
            found,
            partition=rows["_partition"][0].as_py(),
            batch=rows["_batch"][0].as_py(),
        )
        for rows, found in dataset.waiting()
    ]


def test_a_new_dataset_stands_nowhere(dataset) -> None:
    found = dataset()
    assert (found.cursors(), found.numbers(), list(found.waiting())) == ({}, {}, [])
    assert sorted(found.lake.names()) == ["bronze.clicks", "quarantine.clicks", "silver.clicks"]


def test_bronze_is_what_was_sent_byte_for_byte(dataset) -> None:
    found = dataset()
    sent = [b' {"id":1,\t"kind":"a"}\r\n', b"\x00\xff", b"", '{"id": 2, "kind": "ü"}'.encode()]
    ingest(found, sent, number=1)
    held = tables(found).bronze
    assert held["raw"].to_list() == sent
    assert held["_row"].to_list() == [0, 1, 2, 3]
    assert held.select(
        "_partition", "_batch", "_origin", "_form", "_fault", "_received_at"
    ).unique().rows() == [("web", 1, "memory", "json", None, NOW)]


def test_the_cursor_moves_with_bronze_and_the_rest_waits(dataset) -> None:
    found = dataset()
    ingest(found, [click(1)], number=1)
    ingest(found, [click(2)], number=2)
    ingest(found, [click(3)], number=1, partition="app")
    for each in (found, dataset()):
        assert each.cursors() == {"web": {"at": 2}, "app": {"at": 1}}
        assert each.numbers() == {"web": 2, "app": 1}
        assert sorted(waiting(each)) == [("app", 1, "1.0.0"), ("web", 1, "1.0.0"), ("web", 2, "1.0.0")]
    settle(found)
    assert waiting(found) == waiting(dataset()) == []
    assert read_place(found.silver).marks.keys() == {"web", "app"}
    tables(found).check()


def test_a_batch_without_records_moves_the_cursor_alone(dataset) -> None:
    found = dataset()
    ingest(found, [], number=1)
    ingest(found, [click(1)], number=2)
    assert found.cursors() == {"web": {"at": 2}}
    assert [number for _, number, _ in waiting(found)] == [2]
    settle(found)
    ingest(found, [], number=3)
    assert waiting(found) == []
    assert tables(found).ids == [1]


def test_what_is_settled_adds_up(dataset) -> None:
    found = dataset(rules={"size": [parts.rule("small", "between", violation="drop", max=5)]})
    landed = land(found, [click(1), click(1), click(2, kind="z"), click(9), b"{"], number=1)
    assert (landed.rows, landed.silver, landed.quarantined, landed.duplicates, landed.dropped) == (
        5,
        1,
        2,
        1,
        1,
    )
    land(found, [click(1), click(8)], number=2)
    facts = head_facts(found.silver)
    assert (facts["rows"], facts["duplicates"], facts["dropped"]) == ("7", "2", "2")
    tables(found).check()


def test_settling_twice_is_fenced_and_changes_nothing(dataset) -> None:
    found = dataset()
    records = [click(1), click(2, kind="z")]
    land(found, records, number=1)
    before = [tables(found).silver, tables(found).quarantine]
    heads = [table.current_snapshot().snapshot_id for table in (found.silver, found.quarantine)]
    other = dataset()
    with pytest.raises(LakeError):
        other.settle(validate(parts.rows(records), other.rules), other.rules, partition="web", batch=1)
    with pytest.raises(LakeError):
        ingest(other, records, number=1)
    after = tables(dataset())
    assert after.silver.equals(before[0])
    assert after.quarantine.equals(before[1])
    assert [table.current_snapshot().snapshot_id for table in (found.silver, found.quarantine)] == heads


def test_the_writer_that_comes_second_is_fenced(dataset) -> None:
    first, second = dataset(), dataset()
    ingest(first, [click(1)], number=1)
    with pytest.raises(FencedError):
        ingest(second, [click(9)], number=1)
    second.reload()
    ((rows, found),) = second.waiting()
    second.settle(validate(rows, found), found, partition="web", batch=1)
    with pytest.raises(FencedError):
        first.settle(validate(rows, found), found, partition="web", batch=1)
    assert tables(first).ids == [1]


def test_what_is_in_quarantine_keeps_its_verdict_when_the_contract_changes(dataset) -> None:
    old = dataset()
    records = [click(1, kind="d"), click(2, kind="a")]
    ingest(old, records, number=1)
    ingest(old, [click(3, kind="d")], number=2)
    old._refuse(validate(parts.rows(records), old.rules), old.rules, "web", 1)
    new = dataset(version="2.0.0", kinds=["d"])
    assert waiting(new) == [("web", 1, "1.0.0"), ("web", 2, "2.0.0")]
    settle(new)
    found = tables(new)
    found.check()
    assert found.ids == [2, 3]
    assert found.quarantine.select("_batch", "contract").rows() == [(1, "1.0.0")]
    assert [read(fact).contract for fact in _told(new)] == ["2.0.0", "1.0.0"]


def test_without_the_old_contract_nothing_is_judged(dataset, lake) -> None:
    old = dataset()
    records = [click(1, kind="z")]
    ingest(old, records, number=1)
    old._refuse(validate(parts.rows(records), old.rules), old.rules, "web", 1)
    (Path(lake.warehouse.removeprefix("file://")) / "contracts" / f"{old.rules.fingerprint}.yaml").unlink()
    with pytest.raises(LakeError, match="the contract that judged"):
        list(dataset(version="2.0.0").waiting())


def test_a_contract_is_kept_once_as_it_was(dataset) -> None:
    found = dataset()
    found.adopt(rules(version="2.0.0"))
    assert {found.past(one.fingerprint).version for one in (rules(), rules(version="2.0.0"))} == {
        "1.0.0",
        "2.0.0",
    }
    assert found.past(rules().fingerprint).text == rules().text


def test_each_snapshot_of_silver_tells_what_became_of_its_batch(dataset) -> None:
    found = dataset()
    first = land(found, [click(1), b"{"], number=1)
    second = land(found, [click(1)], number=2)
    assert [read(fact) for fact in _told(found)] == [second, first]
    assert read(spell(first)) == first


def test_a_batch_is_archived_before_it_is_committed(lake, tmp_path: Path) -> None:
    archive = Archive(lake.warehouse, compress=False)
    found = Dataset(lake, "clicks", rules(), archive=archive)
    land(found, [click(1), b"{"], number=1)
    (kept,) = (Path(lake.warehouse.removeprefix("file://")) / "raw").rglob("*.json")
    assert kept.read_bytes() == parts.line(click(1)) + b"{"


EXTREMES = {
    "n": ("number", [0, -0.0, 1e308, 5e-324, 2**70]),
    "i": ("integer", [0, 2**63 - 1, -(2**63), 2**63]),
    "s": ("string", ["", "\x00", "\ud800", "a" * 100_000, "/../%2F", "a=b/c", "\n", "\U0010ffff"]),
    "d": ("date", ["0001-01-01", "9999-12-31", "1969-12-31"]),
    "t": (
        "timestamp",
        [
            "1677-09-20T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999Z",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-12:00",
        ],
    ),
}


@pytest.mark.parametrize(
    ("column", "transform"),
    [
        ("t", "day"),
        ("t", "month"),
        ("t", "year"),
        ("t", "identity"),
        ("d", "day"),
        ("s", "identity"),
        ("i", "identity"),
        ("n", "identity"),
    ],
)
@pytest.mark.parametrize("merge", ["ignore", "replace"])
def test_no_record_that_is_good_breaks_a_commit(lake, column: str, transform: str, merge: str) -> None:
    document = parts.contract(custom={"merge": merge}, key=False)
    document["schema"][0]["properties"] = [
        {"name": name, "logicalType": kind, "primaryKey": name == column, "partitioned": name == column}
        | (
            {"customProperties": [{"property": "partitionTransform", "value": transform}]}
            if name == column
            else {}
        )
        for name, (kind, _) in EXTREMES.items()
    ]
    made = load_contract(document)
    found = Dataset(lake, "clicks", rules_of(made, made.schema[0]))
    records = [
        {column: EXTREMES[column][1][0], name: value}
        for name, (_, some) in EXTREMES.items()
        for value in some
    ]
    for number in (1, 2):
        land(found, records, number=number)
    tables(found).check()
    assert tables(found).silver.height >= 3


def test_the_pieces_of_a_slice_are_its_own() -> None:
    records = records_of([b"ab", b"c", b"", b"def"])
    assert b"".join(pieces(records)) == b"abcdef"
    assert b"".join(pieces(records.slice(1, 2))) == b"c"
    assert b"".join(pieces(records_of([]))) == b""


def test_rows_of_bronze_are_of_the_batch() -> None:
    rows = bronze_rows(
        parts.batch([b"x"], form="text", fault="torn"), number=7, received=datetime(2026, 1, 1, tzinfo=UTC)
    )
    (row,) = rows.to_pylist()
    assert (row["_batch"], row["_row"], row["_form"], row["_fault"]) == (7, 0, "text", "torn")


def _told(dataset: Dataset) -> list[str]:
    found = (
        snapshot.summary.additional_properties.get("sentinel.batch") for snapshot in ancestry(dataset.silver)
    )
    return [fact for fact in found if fact is not None]
