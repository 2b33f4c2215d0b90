"""The raw archive: one object per batch, the same for a retry, never written over."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from sentineldq.errors import LakeError
from sentineldq.lake.archive import IN_MEMORY, Archive

AT = datetime(2026, 3, 1, 7, 8, 9, 123, tzinfo=timezone(timedelta(hours=-10)))
CONTENT = [b'{"a":1}\n', memoryview(b'{"b":2}\n')]


@pytest.fixture(params=["local", pytest.param("s3", marks=pytest.mark.s3)])
def root(request, tmp_path):
    return request.getfixturevalue("s3") if request.param == "s3" else str(tmp_path / "lake")


def put(archive, *, partition="github", cursor=None, time=AT, content=CONTENT):
    return archive.put(
        partition=partition, cursor=cursor or {"etag": "x", "page": 2}, time=time, content=content
    )


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "zstd"])
def test_an_object_holds_what_was_sent(root, compress):
    archive = Archive(root, compress=compress)
    path = put(archive)
    name = r"raw/2026-03-01/17-08-09-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\.json"
    assert re.fullmatch(name + (r"\.zst" if compress else ""), path)
    assert archive.get(path) == b'{"a":1}\n{"b":2}\n'
    assert put(archive, content=[]) != path


def test_the_same_batch_is_the_same_object(root):
    archive = Archive(root, compress=True)
    first = put(archive)
    assert (
        put(archive, cursor={"page": 2, "etag": "x"}, time=AT.astimezone(UTC), content=[b"".join(CONTENT)])
        == first
    )
    others = [
        put(archive, partition="other"),
        put(archive, cursor={"page": 3}),
        put(archive, content=[b"{}"]),
        put(archive, time=AT + timedelta(seconds=1)),
    ]
    assert len({first, *others}) == 5


def test_an_object_is_never_written_over(tmp_path):
    archive = Archive(str(tmp_path), compress=False)
    path = tmp_path / put(archive)
    before = path.stat().st_mtime_ns, path.stat().st_ino
    put(archive)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [path]


def test_an_object_larger_than_memory_allows_goes_by_a_file(root):
    archive = Archive(root, compress=False)
    piece = bytes(range(256)) * 4096
    count = IN_MEMORY // len(piece) + 2
    path = put(archive, content=(piece for _ in range(count)))
    assert archive.get(path) == piece * count


def test_what_cannot_be_written_or_read_is_said(tmp_path):
    archive = Archive(str(tmp_path), compress=True)
    with pytest.raises(LakeError, match=r"raw/none\.json cannot be read"):
        archive.get("raw/none.json")
    path = tmp_path / put(archive)
    path.write_bytes(b"no zstd")
    with pytest.raises(LakeError, match="cannot be read"):
        archive.get(str(path.relative_to(tmp_path)))
    Path(tmp_path, "raw", "2026-03-02").write_text("a file where a folder should be")
    with pytest.raises(LakeError, match="a batch of 'github' cannot be written"):
        put(archive, time=AT + timedelta(days=1))
