"""The file of the ground truth is the same whatever happens while it is written."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.errors import UsageError, WriteError
from sentineldq.sources.registry import make
from sentineldq.sources.simulate import Injected, truth

SCRIPT = """\
faults:
  - {kind: bad_type, rate: 0.03}
  - {kind: duplicate, rate: 0.02, by: 1200}
  - {kind: late, count: 11, from: 2025-01-06T02:00:00Z, until: 2025-01-06T09:00:00Z}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "faults.yaml").write_text(SCRIPT)
    return tmp_path


def simulation(folder: Path, **config: Any) -> Any:
    given_ = {
        "shape": "orders",
        "seed": 6,
        "records": 2400,
        "faults": "faults.yaml",
        "truth": "out/truth.ndjson",
    }
    return make({"kind": "simulate", **given_, **config}, root=folder, name="test")


def expected(folder: Path) -> bytes:
    lines = truth("orders", seed=6, records=2400, faults=str(folder / "faults.yaml"))
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def test_the_file_is_what_the_function_gives(folder):
    list(simulation(folder).read({}))
    content = (folder / "out" / "truth.ndjson").read_bytes()
    assert content == expected(folder)
    lines = [msgspec.json.decode(line, type=Injected) for line in content.splitlines()]
    assert sum(line.kind == "late" for line in lines) == 11


def test_lines_are_there_before_their_records_are_given(folder):
    reading = simulation(folder, batch_rows=500).read({})
    for _ in range(3):
        batch = next(reading)
        lines = (folder / "out" / "truth.ndjson").read_bytes().splitlines()
        until = batch.cursor["position"]
        known = expected(folder).splitlines()
        assert lines == [line for line in known if msgspec.json.decode(line)["position"] < until]


@given(
    steps=st.lists(
        st.tuples(st.integers(100, 900), st.integers(1, 3), st.sampled_from(["keep", "tear", "lose"]))
    ),
)
@settings(max_examples=12)
def test_crashes_leave_the_same_file(tmp_path_factory, steps):
    """Batches are written and then not committed, a line is torn, the file is lost."""
    folder = tmp_path_factory.mktemp("truth")
    (folder / "faults.yaml").write_text(SCRIPT)
    path = folder / "out" / "truth.ndjson"
    cursors: dict[str, Any] = {}
    for rows, ahead, accident in steps:
        batches = list(islice(simulation(folder, batch_rows=rows).read(cursors), ahead))
        if (
            accident == "tear" and len(batches) > 1
        ):  # what is committed is durable, what comes after may be torn
            content = path.read_bytes()
            path.write_bytes(content[: max(len(before(content, batches[0].cursor)), len(content) - 7)])
        if accident == "lose":
            path.unlink(missing_ok=True)
        if batches:
            cursors = {batches[0].partition: batches[0].cursor}
    list(simulation(folder).read(cursors))
    assert path.read_bytes() == expected(folder)


def before(content: bytes, cursor: Any) -> bytes:
    kept = b""
    for line in content.splitlines(keepends=True):
        try:
            position = msgspec.json.decode(line)["position"]
        except msgspec.DecodeError:  # torn in an earlier step, and not reached since
            break
        if position < cursor["position"]:
            kept += line
    return kept


def test_two_writers_leave_the_same_file(folder):
    first, second = simulation(folder, batch_rows=300), simulation(folder, batch_rows=300)
    one, other = first.read({}), second.read({})
    for _ in range(9):
        next(one, None)
        next(other, None)
    assert (folder / "out" / "truth.ndjson").read_bytes() == expected(folder)


def test_the_file_of_another_simulation_is_written_anew(folder):
    list(simulation(folder, seed=99, records=9000).read({}))
    list(simulation(folder).read({}))
    assert (folder / "out" / "truth.ndjson").read_bytes() == expected(folder)


def test_a_file_that_cannot_be_written_is_an_error_of_its_own(folder):
    (folder / "out").write_text("in the way")
    with pytest.raises(WriteError, match=r"truth\.ndjson"):
        list(simulation(folder).read({}))


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "cannot read"), ("faults: 3", "a list is expected"), ("- 3", "fault 1: a mapping")],
)
def test_a_script_that_cannot_be_read_is_told(folder, text, message):
    (folder / "faults.yaml").write_text(text)
    with pytest.raises(UsageError, match=message):
        simulation(folder)


def test_a_script_that_is_not_there_is_told(folder):
    with pytest.raises(UsageError, match=r"cannot read .*none\.yaml"):
        simulation(folder, faults="none.yaml")
