"""What a commit refers to is on the disk before the catalog says so: read off the system calls of one batch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import strace
from tests.faults.nursery import Nursery
from tests.faults.project import Trial
from tests.faults.sweep import prepare

PATH = re.compile(
    r"\(\d+<(?P<open>[^>]+)>|\((?:AT_FDCWD[^,]*, )?\"(?P<named>[^\"]+)\"(?:, (?:AT_FDCWD[^,]*, )?\"(?P<to>[^\"]+)\")?"
)
CALL = re.compile(r"^\d+ +(?P<call>\w+)\(")


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trial, list[tuple[str, str, str]]]:
    """The calls of a run that commits one batch: name, path, and of a rename the new path."""
    if not strace.installed():
        pytest.skip("strace is not installed (apt-get install strace)")
    with Nursery() as nursery:
        trial = prepare(tmp_path_factory.mktemp("flush"), nursery, seed=1)
        log = trial.root / "trace"
        child = trial.start(nursery, held=True)
        with strace.traced(nursery, child, log, calls=strace.CHANGING):
            nursery.wait(child, 60)
        assert child.code == 0, child.text
        return trial, list(_calls(log))


def _calls(log: Path) -> Iterator[tuple[str, str, str]]:
    for line in log.read_text(errors="replace").splitlines():
        call, path = CALL.match(line), PATH.search(line)
        if call and path:
            yield call["call"], path["open"] or path["named"], path["to"] or ""


def test_a_file_is_flushed_before_it_gets_its_name_and_its_folder_after(trace):
    trial, calls = trace
    renames = [(at, old, new) for at, (call, old, new) in enumerate(calls) if call.startswith("rename")]
    lake = [one for one in renames if one[2].startswith(str(trial.warehouse))]
    kinds = {Path(new).suffix for _, _, new in lake}
    assert {".parquet", ".avro", ".json"} <= kinds
    for at, old, new in lake:
        flushed = [number for number, (call, path, _) in enumerate(calls) if call == "fsync" and path == old]
        assert flushed
        assert flushed[0] < at, f"{new} got its name before it was flushed"
        written = [number for number, (call, path, _) in enumerate(calls) if call == "write" and path == old]
        assert max(written) < flushed[0], f"{new} was written to after it was flushed"
        folder = str(Path(new).parent)
        after = [number for number, (call, path, _) in enumerate(calls) if call == "fsync" and path == folder]
        assert any(number > at for number in after), f"the name {new} was not flushed"


def test_the_catalog_is_written_when_all_that_it_points_to_is_on_the_disk(trace):
    trial, calls = trace
    catalog = str(trial.warehouse / "catalog.db")
    commits = [at for at, (call, path, _) in enumerate(calls) if call == "pwrite64" and path == catalog]
    assert commits
    named = {new: at for at, (call, _, new) in enumerate(calls) if call.startswith("rename")}
    for new, at in named.items():
        if not new.endswith(".metadata.json"):
            continue
        flushes = [
            n for n, (call, path, _) in enumerate(calls) if call == "fsync" and path == str(Path(new).parent)
        ]
        durable = min(number for number in flushes if number > at)
        following = [commit for commit in commits if commit > at]
        assert following
        assert durable < following[0], f"the catalog pointed to {new} before it was on the disk"
