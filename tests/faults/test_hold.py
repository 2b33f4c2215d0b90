"""A process stopped in the middle of a transaction: others wait for a while, then say who holds the database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sentineldq.errors import LakeError, StoreError
from sentineldq.holder import holder
from sentineldq.lake.commit import commit
from sentineldq.lake.open import open_lake
from sentineldq.lake.place import Mark, read_place
from sentineldq.store import connect
from sentineldq.store.leases import acquire
from sentineldq.store.open import open_store
from tests.lake.parts import ensure_bronze, records

HOLD = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(f"begin {sys.argv[2]}")
print("held", flush=True)
time.sleep(600)
"""

Stop = Callable[[Path, str], int]


@pytest.fixture
def stop() -> Iterator[Stop]:
    """Start a process that begins a transaction, and stop it there; its number."""
    held: list[subprocess.Popen[str]] = []

    def stopped(path: Path, kind: str) -> int:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(path), kind], stdout=subprocess.PIPE, text=True
        )
        held.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        os.kill(process.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        return process.pid

    yield stopped
    for process in held:
        process.kill()
        with closing(process.stdout):  # type: ignore[type-var]
            process.wait()


@pytest.fixture(autouse=True)
def briefly(monkeypatch):
    monkeypatch.setattr("sentineldq.lake.lock.BUSY", 0.2)
    monkeypatch.setattr(connect, "PATIENCE", 0.2)


@pytest.mark.parametrize("kind", ["immediate", "exclusive"])
def test_a_commit_says_who_holds_the_catalog(tmp_path, stop, kind):
    with open_lake(warehouse=str(tmp_path)) as lake:
        table = ensure_bronze(lake)
        process = stop(tmp_path / "catalog.db", kind)
        with pytest.raises(LakeError, match="locked") as caught:
            commit(table, partition="github", expected=None, mark=Mark(1, 1), rows=records(3, batch=1))
        assert f"process {process} (" in str(caught.value)
        assert "; stopped) holds the SQLite catalog" in str(caught.value)
        os.kill(process, signal.SIGKILL)
    with open_lake(warehouse=str(tmp_path)) as lake:
        assert read_place(lake.table("bronze.events")).marks == {}


def test_opening_a_lake_says_who_holds_its_catalog(tmp_path, stop):
    open_lake(warehouse=str(tmp_path)).close()
    process = stop(tmp_path / "catalog.db", "exclusive")
    with pytest.raises(LakeError, match=rf"process {process} .*; stopped"):
        open_lake(warehouse=str(tmp_path))


@pytest.mark.parametrize("kind", ["immediate", "exclusive"])
def test_the_store_says_who_holds_it(tmp_path, stop, kind):
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with open_store(url) as store:
        process = stop(tmp_path / "store.db", kind)
        with pytest.raises(StoreError, match=rf"process {process} .*; stopped.* has held it"):
            acquire(store, name="a job")


def test_nobody_holds_what_is_free(tmp_path):
    path = tmp_path / "store.db"
    open_store(f"sqlite:///{path}").close()
    assert holder(path) is None
    assert holder(tmp_path / "absent") is None
