"""A contract's change becomes a table's change, or is refused by name."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from sentineldq.errors import EvolutionError, LakeError
from sentineldq.lake.commit import commit
from sentineldq.lake.describe import history
from sentineldq.lake.place import Mark
from sentineldq.lake.scan import scan

OLD = pa.schema(
    {
        "id": pa.int32(),
        "share": pa.float32(),
        "price": pa.decimal128(9, 2),
        "actor": pa.struct({"id": pa.int32()}),
        "tags": pa.large_list(pa.struct({"name": pa.large_string()})),
        "counts": pa.map_(pa.large_string(), pa.int32()),
    }
)
NEW = pa.schema(
    {
        "added": pa.large_string(),
        "id": pa.int64(),
        "share": pa.float64(),
        "price": pa.decimal128(12, 2),
        "actor": pa.struct({"login": pa.large_string(), "id": pa.int64()}),
        "tags": pa.large_list(pa.struct({"name": pa.large_string(), "weight": pa.float64()})),
        "counts": pa.map_(pa.large_string(), pa.int64()),
    }
)
ROW = {
    "id": 1,
    "share": 0.5,
    "price": Decimal("1.25"),
    "actor": {"id": 7},
    "tags": [{"name": "a"}, None],
    "counts": [("x", 1)],
}


def test_columns_are_added_last_and_widened(lake):
    table = lake.ensure("silver.x", OLD)
    commit(table, partition="p", expected=None, mark=Mark(1, 1), rows=pa.Table.from_pylist([ROW], OLD))
    table = lake.ensure("silver.x", NEW)
    later = {**ROW, "id": 2**40, "price": Decimal("9999999999.99"), "actor": {"id": 2**40, "login": "b"}}
    later |= {"tags": [{"name": "c", "weight": 0.1}], "added": "new", "share": 0.1}
    table = commit(
        table,
        partition="p",
        expected=Mark(1, 1),
        mark=Mark(2, 2),
        rows=pa.Table.from_pylist([later], NEW),
    )
    assert [field.name for field in table.schema().fields][-1] == "added"
    first, second = scan(table).sort("id").collect().drop("counts").to_dicts()
    old = {name: value for name, value in ROW.items() if name != "counts"}
    actor, tags = {"id": 7, "login": None}, [{"name": "a", "weight": None}, None]
    assert first == {**old, "added": None, "actor": actor, "tags": tags}
    assert second == {name: value for name, value in later.items() if name != "counts"}


def test_the_history_says_which_columns_changed_with_which_commit(local):
    table = local.ensure("silver.x", OLD)
    commit(table, partition="p", expected=None, mark=Mark(1, 1), rows=pa.Table.from_pylist([ROW], OLD))
    table = local.ensure("silver.x", NEW)
    commit(table, partition="p", expected=Mark(1, 1), mark=Mark(2, 2), rows=pa.Table.from_pylist([ROW], NEW))
    second, first = history(local.table("silver.x"))
    assert first["changes"] == []
    changes = {one["column"]: (one["was"], one["now"]) for one in second["changes"]}
    assert changes == {
        "id": ("int", "long"),
        "share": ("float", "double"),
        "price": ("decimal(9, 2)", "decimal(12, 2)"),
        "actor.id": ("int", "long"),
        "actor.login": (None, "string"),
        "tags.element.weight": (None, "double"),
        "counts.value": ("int", "long"),
        "added": (None, "string"),
    }


def test_nothing_changes_twice(local):
    before = local.ensure("silver.x", OLD).metadata_location
    assert local.ensure("silver.x", OLD.remove(0).append(OLD.field("id"))).metadata_location == before


def test_what_is_narrower_fits_as_it_is(local):
    local.ensure("silver.x", NEW)
    older = pa.schema([NEW.field("added"), *OLD])
    with pytest.raises(EvolutionError, match=r"actor\.login is gone; tags\.element\.weight is gone"):
        local.ensure("silver.x", older)
    fitting = pa.schema([NEW.field("added"), *list(OLD)[:3], *[NEW.field(name) for name in OLD.names[3:]]])
    assert local.ensure("silver.x", fitting).schema().find_type("id") == local.table(
        "silver.x"
    ).schema().find_type("id")


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("id", pa.large_string(), "id changes from int to string"),
        ("id", pa.float64(), "id changes from int to double"),
        ("price", pa.decimal128(12, 3), r"price changes from decimal\(9, 2\) to decimal\(12, 3\)"),
        ("actor", pa.large_string(), "actor changes from an object to string"),
        ("actor", pa.struct({"id": pa.date32()}), r"actor\.id changes from int to date"),
        ("tags", pa.large_list(pa.int64()), r"tags\.element changes from an object to long"),
        ("counts", pa.map_(pa.int64(), pa.int32()), "the keys of counts change from string to long"),
        ("counts", pa.map_(pa.large_string(), pa.date32()), r"counts\.value changes from int to date"),
    ],
    ids=["text", "float", "scale", "flat", "member", "item", "key", "value"],
)
def test_what_would_break_older_rows_is_refused(local, name, kind, told):
    before = local.ensure("silver.x", OLD).metadata_location
    fields = [pa.field(field.name, kind if field.name == name else field.type) for field in OLD]
    with pytest.raises(EvolutionError, match=told) as caught:
        local.ensure("silver.x", pa.schema(fields))
    assert "sentinel contract diff" in caught.value.hint
    assert caught.value.exit_code == 2
    assert local.table("silver.x").metadata_location == before


def test_every_refused_change_is_listed(local):
    local.ensure("silver.x", OLD)
    with pytest.raises(EvolutionError) as caught:
        local.ensure("silver.x", pa.schema({"id": pa.large_string(), "actor": pa.int64(), "new": pa.int64()}))
    assert len(caught.value.changes) == 6


def test_types_that_the_lake_lacks_are_named(local):
    schema = pa.schema({"a": pa.duration("us"), "b": pa.int64(), "c": pa.struct({"d": pa.decimal256(50, 2)})})
    with pytest.raises(LakeError, match=r"no type of the lake fits a \(duration\[us\]\), c \(struct"):
        local.ensure("gold.x", schema)
