"""Manifests and manifest lists: any damage to one is noticed, and other programs can read them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyiceberg.avro.file import AvroFile
from pyiceberg.io.pyarrow import PyArrowFileIO

from sentineldq.errors import LakeError
from sentineldq.lake.commit import commit
from sentineldq.lake.files import live
from sentineldq.lake.place import Mark
from sentineldq.lake.scan import scan
from sentineldq.lake.seal import MAGIC, MARK, demand_whole, seal, table_of
from tests.lake.parts import ensure_bronze, records


@pytest.fixture
def table(local):
    made = ensure_bronze(local)
    return commit(made, partition="github", expected=None, mark=Mark(1, 1), rows=records(3, batch=1))


def metadata(table, pattern):
    """The one file of this kind."""
    (path,) = Path(table.location(), "metadata").glob(pattern)
    return path


@pytest.mark.parametrize("kind", ["snap-*.avro", "*-m0.avro"])
def test_every_flipped_bit_is_noticed(table, kind):
    content = metadata(table, kind).read_bytes()
    demand_whole(content)
    for at in range(len(content)):
        damaged = bytearray(content)
        damaged[at] ^= 1 << at % 8
        with pytest.raises(ValueError):
            demand_whole(bytes(damaged))


@pytest.mark.parametrize("kind", ["snap-*.avro", "*-m0.avro"])
def test_every_shortened_file_is_noticed(table, kind):
    content = metadata(table, kind).read_bytes()
    for length in range(len(content)):
        with pytest.raises(ValueError):
            demand_whole(content[:length])


@given(st.binary(max_size=200), st.binary(min_size=MARK, max_size=MARK))
def test_only_the_marker_is_changed(body, mark):
    content = b"Obj\x01" + mark + body.replace(mark, b"") + mark
    sealed = seal(content)
    assert len(sealed) == len(content)
    assert sealed.replace(sealed[-MARK:], mark) == content
    demand_whole(sealed)


def test_other_programs_read_what_is_sealed(table):
    path = metadata(table, "*-m0.avro")
    assert path.read_bytes()[-MARK:].startswith(MAGIC)
    with AvroFile(PyArrowFileIO().new_input(str(path))) as reader:
        assert len(list(reader)) == 1


def test_manifests_of_other_programs_are_read(table):
    """Their markers are any 16 bytes; what cannot be decoded is told all the same."""
    for path in Path(table.location(), "metadata").glob("*.avro"):
        content = path.read_bytes()
        path.write_bytes(content.replace(content[-MARK:], bytes(range(MARK))))
    table.refresh()
    assert len(list(live(table))) == 1
    path = metadata(table, "*-m0.avro")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(LakeError, match="Expected sync bytes"):
        list(live(table))


@pytest.mark.parametrize("kind", ["snap-*.avro", "*-m0.avro"])
@pytest.mark.parametrize("how", ["flipped", "shortened", "empty", "gone"])
@pytest.mark.parametrize("reading", [lambda table: scan(table).collect(), lambda table: list(live(table))])
def test_what_is_damaged_is_named(local, table, kind, how, reading):
    path = metadata(table, kind)
    content = path.read_bytes()
    middle = len(content) // 2
    made = {
        "flipped": content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :],
        "shortened": content[:middle],
        "empty": b"",
    }
    path.unlink()
    if how in made:
        path.write_bytes(made[how])
    with pytest.raises(LakeError, match="is gone" if how == "gone" else "is damaged") as caught:
        reading(local.table("bronze.events"))
    assert str(path) in str(caught.value)
    assert caught.value.table == "bronze.events"
    assert "restore it from a backup" in str(caught.value)


def test_a_file_tells_its_table():
    assert table_of("s3://bucket/lake/silver/events/metadata/x-m0.avro") == "silver.events"
    assert table_of("/metadata/data/gold/metadata/metadata/x.avro") == "gold.metadata"
    assert table_of("/bronze/events/data/a=b/x.parquet") == "bronze.events"
    assert table_of("x.avro") == "the lake"
