"""Anything that can be read can be profiled."""

import polars as pl
import pytest

from sentineldq.errors import ReadError
from sentineldq.profiles.build import profile
from sentineldq.profiles.plan import Plan
from sentineldq.profiles.scan import profile_file
from tests.profiles.frames import mixed
from tests.profiles.test_merge import same

FLAT = mixed(3000).select("id", "share", "kind", "name", "good")


@pytest.mark.parametrize("kind", ["parquet", "csv", "ndjson", "ipc"])
def test_files_of_every_kind(tmp_path, kind):
    path = tmp_path / f"data.{'arrow' if kind == 'ipc' else kind}"
    getattr(FLAT, f"write_{kind}")(path)
    same(profile_file(path), profile(FLAT))


def test_nested_parquet_in_several_files(tmp_path):
    frame = mixed(3000)
    frame.head(1000).write_parquet(tmp_path / "a.parquet")
    frame.slice(1000).write_parquet(tmp_path / "b.parquet")
    same(profile_file(tmp_path), profile(frame))


def test_frames_and_the_rows_told():
    told = []
    found = profile_file(FLAT, progress=told.append, plan=Plan(columns=("kind",)))
    assert (list(found.columns), told[-1]) == (["kind"], 3000)


def test_a_file_without_rows(tmp_path):
    for name, write in (("e.parquet", "write_parquet"), ("e.csv", "write_csv")):
        getattr(FLAT.clear(), write)(tmp_path / name)
        found = profile_file(tmp_path / name)
        assert (found.rows, list(found.columns)) == (0, FLAT.columns)


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "d.parquet"
    FLAT.write_parquet(path)
    data = bytearray(path.read_bytes())
    data[100:2000] = bytes(1900)
    path.write_bytes(data)
    with pytest.raises(ReadError, match=r"d\.parquet"):
        profile_file(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ReadError, match="no such file"):
        profile_file(tmp_path / "x.parquet")


def test_a_lazy_frame_is_read_in_batches():
    same(profile_file(pl.concat([FLAT.lazy()] * 2)), profile(pl.concat([FLAT] * 2)))
