"""The process that a foreign file is read in has little to take and little to see."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.checks.score import score
from sentineldq.errors import ReadError
from sentineldq.server.uploads import process, rows
from sentineldq.server.uploads.inspect import Report, Request, inspect
from sentineldq.server.uploads.process import Step, examine
from sentineldq.server.uploads.thresholds import Thresholds


def request(folder: Path, data: bytes, *, name: str = "a.csv", **more: int) -> Request:
    path, work = folder / "file", folder / "work"
    work.mkdir()
    path.write_bytes(data)
    return Request(path=str(path), work=str(work), name=name, source="a", limit=10**9, **more)


def run(wanted: Request) -> Report:
    return examine(wanted, tell=lambda _: None)


def huge() -> bytes:
    """A small Parquet file of 400 million values: one value, and how often it comes."""
    sink = pa.BufferOutputStream()
    value = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), ["x" * 10_000])
    table = pa.table({f"c{at}": value for at in range(8)})
    with pq.ParquetWriter(sink, table.schema, compression="zstd") as writer:
        for _ in range(50):
            writer.write_table(table)
    return bytes(sink.getvalue())


def test_a_file_that_needs_too_much_memory(tmp_path: Path) -> None:
    data = huge()
    assert len(data) < 3_000_000
    with pytest.raises(ReadError) as told:
        run(request(tmp_path, data, name="a.parquet", memory=600 << 20, seconds=60))
    assert any(word in str(told.value) for word in ("memory", "seconds", "damaged", "ended"))


def test_a_file_that_takes_too_long(tmp_path: Path) -> None:
    data = "a,b\n" + "".join(f'"{at}",{at}\n1\n' for at in range(300_000))
    with pytest.raises(ReadError, match="seconds"):
        run(request(tmp_path, data.encode(), seconds=1))


def test_whoever_is_told_may_end_it(tmp_path: Path) -> None:
    def stop(_: Step | None) -> None:
        raise KeyboardInterrupt

    wanted = request(tmp_path, b"a\n1\n")
    with pytest.raises(KeyboardInterrupt):
        examine(wanted, tell=stop)
    found = subprocess.run(["pgrep", "-f", wanted.work], capture_output=True, text=True, check=False)
    assert found.stdout == ""


def test_it_sees_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "a-token-of-mine")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
    seen = process._environment(tmp_path)
    assert "a-token-of-mine" not in json.dumps(seen)
    assert not {name for name in seen if "PROXY" in name}


def test_it_has_limits_and_no_network(tmp_path: Path) -> None:
    code = (
        "import json, resource, socket, sys\n"
        "from sentineldq.server.uploads import child\n"
        "child._apart(); child._limit(1 << 30, 5)\n"
        "names = ('RLIMIT_DATA', 'RLIMIT_CPU', 'RLIMIT_CORE', 'RLIMIT_NOFILE')\n"
        "try:\n"
        "    socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5); reached = True\n"
        "except OSError: reached = False\n"
        "print(json.dumps([*(resource.getrlimit(getattr(resource, n))[1] for n in names), reached]))\n"
    )
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = [str(part) for part in listener.getsockname()]
        done = subprocess.run(
            [sys.executable, "-c", code, *place], capture_output=True, text=True, check=True, env=os.environ
        )
    memory, seconds, core, files, reached = json.loads(done.stdout)
    assert (memory, seconds, core, files) == (1 << 30, 10, 0, 256)
    unshared = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0
    assert not reached or not unshared


CELLS = st.one_of(
    st.text(max_size=20), st.sampled_from(["=1+1", " @x", "\t=x", "+1", "-1e5", "\uff0d2", "-cmd|x"])
)


@given(CELLS)
def test_no_cell_begins_a_formula(cell: str) -> None:
    told = rows.harmless(cell)
    if told[:1] in set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"):
        assert float(told) is not None
    assert told.removeprefix("'") == cell.replace("\0", "\ufffd") or told == cell.replace("\0", "\ufffd")


VALUES = st.one_of(
    st.none(),
    st.integers(-50, 50).map(str),
    st.sampled_from(["", "N/A", "x", "2026-01-01", "01/02/2026", "true", "1,5", "=1"]),
)


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=30))
def test_every_lost_point_has_a_part(table: list[tuple[str | None, str | None]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        path = folder / "t.csv"
        with path.open("w", newline="") as file:
            out = csv.writer(file, quoting=csv.QUOTE_ALL)
            out.writerows([("a", "b"), *table])
        found = inspect(request(folder, path.read_bytes()), lambda *_: None)
    if found.score is None:
        return
    assert 0 <= found.score <= 1
    assert sum(part["lost"] for part in found.parts.values()) == pytest.approx(1 - found.score)
    for part in found.parts.values():
        assert sum(cause["lost"] for cause in part["causes"]) == pytest.approx(part["lost"])
    assert found.passed == (not found.breaches)
    weights = msgspec.to_builtins(Thresholds().weights)
    from sentineldq.checks.model import Result

    result = msgspec.convert(found.result, Result)
    assert score(result.checks, weights)[0] == pytest.approx(found.score)


def test_the_outliers_are_tukeys(tmp_path: Path) -> None:
    numbers = [*range(100), 1000, -1000]
    frame = pl.DataFrame({"id": numbers, "of": [at % 3 for at in range(102)]})
    found = inspect(request(tmp_path, frame.write_csv().encode()), lambda *_: None)
    lower, upper = (frame["id"].quantile(rank, interpolation="linear") for rank in (0.25, 0.75))
    assert lower is not None
    assert upper is not None
    far = [
        one for one in numbers if one < lower - 1.5 * (upper - lower) or one > upper + 1.5 * (upper - lower)
    ]
    assert found.measures[0].outliers == len(far) == 2


def test_nested_records(tmp_path: Path) -> None:
    lines = b'{"id":1,"tags":["a"],"who":{"name":"x"}}\n' * 3 + b'{"id":2,"tags":[],"who":null}\n'
    found = inspect(request(tmp_path, lines, name="a.ndjson"), lambda *_: None)
    assert (found.rows, found.columns) == (4, 3)
    assert found.parts["uniqueness"]["score"] == pytest.approx(0.5)
