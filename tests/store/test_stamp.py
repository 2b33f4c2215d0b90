"""The stamp of a store: another after each commit, the same until then."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from sqlalchemy import text

from sentineldq.errors import StoreError
from sentineldq.store import findings
from sentineldq.store.database import GRAIN, Store

COMMIT = """
import sys
from sentineldq.store import findings
from sentineldq.store.open import open_store
with open_store(sys.argv[1]) as store:
    findings.report(store, key=sys.argv[2], kind="volume", severity="INFO", title="t")
"""


def settled(store: Store) -> object:
    """The stamp once its file's time can tell two commits apart."""
    time.sleep(2 * GRAIN / 1e9)
    return store.stamp()[0] if store.engine.dialect.name == "postgresql" else store.stamp()


def report(store: Store, key: str) -> None:
    findings.report(store, key=key, kind="volume", severity="INFO", title="t")


def half(store: Store) -> None:
    """Write something, and fail."""
    with store.write() as connection:
        connection.execute(text("INSERT INTO leases (name, epoch) VALUES ('a', 1)"))
        connection.execute(text("INSERT INTO no_such_table VALUES (1)"))


def test_what_this_process_commits_moves_it_at_once(store: Store) -> None:
    seen = {store.stamp()}
    for number in range(20):
        report(store, f"k{number}")
        assert store.stamp() not in seen
        seen.add(store.stamp())


def test_reading_and_what_is_rolled_back_leave_it(store: Store) -> None:
    report(store, "k")
    before = settled(store)
    assert findings.query(store)
    with pytest.raises(StoreError):
        half(store)
    assert settled(store) == before


def test_what_another_process_commits_moves_it_at_once_or_with_the_second(store: Store, url: str) -> None:
    sqlite = store.engine.dialect.name == "sqlite"
    for number in range(2):
        before = settled(store) if sqlite else store.stamp()
        subprocess.run([sys.executable, "-c", COMMIT, url, f"other{number}"], check=True, timeout=60)
        time.sleep(0 if sqlite else 1.1)
        assert store.stamp() != before
        assert f"other{number}" in {found.key for found in findings.query(store)}
