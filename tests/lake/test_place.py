"""A place is kept with the snapshot, however long it is, and is never guessed."""

from __future__ import annotations

import json
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from sentineldq.errors import LakeError
from sentineldq.lake.commit import commit
from sentineldq.lake.place import PLACE, SPILL, Mark, Place, ancestry, property_of, read_place
from tests.lake.parts import ensure_bronze

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def test_a_table_without_commits_is_at_the_start(lake):
    assert read_place(ensure_bronze(lake)) == Place({}, None)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(marks=st.dictionaries(st.text(max_size=20), JSON, min_size=1, max_size=4))
def test_any_cursor_comes_back(local, tmp_path_factory, marks):
    table = ensure_bronze(local, f"bronze.{tmp_path_factory.mktemp('x').name}")
    for partition, cursor in marks.items():
        table = commit(table, partition=partition, expected=None, mark=Mark(1, cursor))
    assert read_place(table).marks == {partition: Mark(1, cursor) for partition, cursor in marks.items()}


def test_a_long_place_is_an_object_of_its_own(lake):
    table, wanted = ensure_bronze(lake), {}
    for number in range(4):
        mark = Mark(1, {"file": f"{number}" * SPILL})
        table = commit(table, partition=f"p{number}", expected=None, mark=mark)
        wanted[f"p{number}"] = mark
    assert read_place(lake.table("bronze.events")).marks == wanted
    text = property_of(table.current_snapshot(), PLACE)
    assert text[0] == "@"
    assert len(text) == 65
    assert table.io.new_input(f"{lake.warehouse}/places/{text[1:]}.json").exists()


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_a_damaged_object_is_not_believed(local, damage):
    table = commit(ensure_bronze(local), partition="p", expected=None, mark=Mark(1, "x" * SPILL))
    (path,) = Path(local.warehouse, "places").iterdir()
    if damage == "gone":
        path.unlink()
    else:
        path.write_text(json.dumps({"p": [1, "y" * SPILL]}))
    with pytest.raises(LakeError, match="its place cannot be read"):
        read_place(table)


def test_a_rolled_back_table_is_where_its_data_is(local):
    table = commit(ensure_bronze(local), partition="p", expected=None, mark=Mark(1, "a"))
    at = table.metadata.current_snapshot_id
    table = commit(table, partition="p", expected=Mark(1, "a"), mark=Mark(2, "b"))
    table.manage_snapshots().rollback_to_snapshot(at).commit()
    assert read_place(local.table("bronze.events")) == Place({"p": Mark(1, "a")}, at)


def test_ancestry_goes_from_the_head_back(local):
    table, last = ensure_bronze(local), None
    for number in range(1, 4):
        table = commit(table, partition="p", expected=last, mark=(last := Mark(number, number)))
    ids = [snapshot.snapshot_id for snapshot in table.snapshots()]
    assert [snapshot.snapshot_id for snapshot in ancestry(table)] == ids[::-1]
    assert [snapshot.snapshot_id for snapshot in ancestry(table, ids[1])] == ids[1::-1]


def test_a_cursor_that_is_no_json_is_refused_before_anything_is_written(local):
    with pytest.raises((TypeError, ValueError)):
        commit(ensure_bronze(local), partition="p", expected=None, mark=Mark(1, float("nan")))
    assert local.table("bronze.events").current_snapshot() is None
