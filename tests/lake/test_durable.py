"""A local file appears whole and flushed, or not at all."""

from __future__ import annotations

import errno
import os
import resource
from pathlib import Path

import pytest

from sentineldq.lake.commit import commit
from sentineldq.lake.durable import DurableFileIO, DurableStream, make_folder
from sentineldq.lake.place import Mark
from tests.lake.parts import ensure_bronze, records


def test_a_file_appears_when_it_is_closed(tmp_path):
    path = tmp_path / "a" / "b" / "file"
    with DurableStream(path) as stream:
        assert stream.write(memoryview(b"abc").cast("B")) == 3
        assert not path.exists()
    assert path.read_bytes() == b"abc"
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_was_not_finished_never_appears(tmp_path):
    path = tmp_path / "file"
    with pytest.raises(TypeError), DurableStream(path) as stream:
        stream.writelines([b"abc", None])
    forgotten = DurableStream(path)
    forgotten.write(b"abc")
    del forgotten
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_what_cannot_be_flushed_never_appears(tmp_path, monkeypatch, failing):
    def fail(*_):
        raise OSError(errno.EIO, "Input/output error")

    stream = DurableStream(tmp_path / "file")
    stream.write(b"abc")
    monkeypatch.setattr(*((os, "fsync") if failing == "fsync" else (Path, "replace")), fail)
    with pytest.raises(OSError, match="Input/output error"):
        stream.close()
    stream.close()
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_a_part_only_has_not_taken_it(tmp_path):
    """The kernel writes up to the limit and says so; only the next write fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        with pytest.raises(OSError, match="File too large"), DurableStream(tmp_path / "file") as stream:
            stream.write(bytes(3_000_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_folders_are_flushed_into_those_above(tmp_path, monkeypatch):
    flushed = []
    monkeypatch.setattr("sentineldq.lake.durable.flush_folder", flushed.append)
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert flushed == [tmp_path, tmp_path / "a"]


def test_a_file_is_not_replaced_unless_told(tmp_path):
    output = DurableFileIO({}).new_output(str(tmp_path / "file"))
    for overwrite in (False, True):
        with output.create(overwrite=overwrite) as stream:
            stream.write(b"abc")
    with pytest.raises(FileExistsError):
        output.create()


def test_everything_is_on_the_disk_before_the_catalog_is_asked(local, monkeypatch):
    """Each file and its folder's entry, in the order in which they refer to each other."""
    table = ensure_bronze(local)
    names, real = [], os.fsync

    def fsync(handle):
        names.append(Path(f"/proc/self/fd/{handle}").readlink())
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    commit(table, partition="p", expected=None, mark=Mark(1, 1), rows=records(2, batch=1))
    flushed = [path.name.split(".")[-3] if path.suffix == ".tmp" else "folder" for path in names]
    kinds = [path.name.split(".")[-3] for path in names if path.suffix == ".tmp"]
    assert kinds == ["parquet", "avro", "avro", "json"]
    at = [index for index, kind in enumerate(flushed) if kind != "folder"]
    assert all(
        "folder" in flushed[first:last] for first, last in zip(at, [*at[1:], len(flushed)], strict=True)
    )
    assert not list(Path(local.warehouse).rglob("*.tmp"))
