"""What is kept: until it has changed, and never past the telling of a change."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest

from sentineldq.server.cache import Cache
from sentineldq.store import alerts, findings
from sentineldq.store.alerts import Change, Event
from tests.server.reading import API, ok
from tests.server.serving import Served
from tests.server.test_events import listening


class Made:
    """Counts, and gives the count."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


def test_a_value_is_made_once_for_each_version() -> None:
    cache, make = Cache(), Made()
    assert [cache.get("k", make, version=1, fresh=0) for _ in range(3)] == [1, 1, 1]
    assert cache.get("k", make, version=2, fresh=0) == 2
    assert cache.get("k", make, version=2, fresh=0, longest=0) == 3


def test_a_fresh_value_is_given_though_there_is_a_newer_version() -> None:
    cache, make = Cache(), Made()
    cache.get("k", make, version=1, fresh=60)
    assert cache.get("k", make, version=2, fresh=60) == 1


def test_what_was_made_before_the_telling_of_a_change_is_given_to_nobody() -> None:
    cache, make = Cache(), Made()
    cache.get("k", make, version=1, fresh=60)
    cache.told = time.monotonic()
    assert cache.get("k", make, version=1, fresh=60) == 1  # it has what was told: its version says so
    assert cache.get("k", make, version=2, fresh=60) == 2
    assert cache.get("k", make, version=3, fresh=60) == 2


@pytest.mark.parametrize("told", [False, True])
def test_who_asks_while_it_is_renewed_gets_the_one_before_unless_a_change_was_told(told: bool) -> None:
    cache, begun, go = Cache(), threading.Event(), threading.Event()
    cache.get("k", lambda: "old", version=1, fresh=0.0)
    time.sleep(0.01)  # until it is no longer fresh
    if told:
        cache.told = time.monotonic()

    def slow() -> str:
        begun.set()
        assert go.wait(30)
        return "new"

    renewing = threading.Thread(target=lambda: cache.get("k", slow, version=2, fresh=0.001))
    renewing.start()
    assert begun.wait(30)
    got: list[str] = []
    asking = threading.Thread(target=lambda: got.append(cache.get("k", slow, version=2, fresh=0.001)))
    asking.start()
    if not told:
        asking.join(30)
        assert got == ["old"]
    go.set()
    renewing.join(30)
    asking.join(30)
    assert got == ["new" if told else "old"]


def test_what_fails_is_not_kept() -> None:
    cache, make = Cache(), Made()
    with pytest.raises(ZeroDivisionError):
        cache.get("k", lambda: 1 // 0)
    assert cache.get("k", make) == 1


def test_who_is_told_of_a_change_and_asks_at_once_has_it(fresh: Served) -> None:
    """A page asks once when it is told, and then not for a minute."""
    client = fresh.client("viewer")
    with listening(client) as told:
        for number in range(3):
            ok(client.get(f"{API}/dashboard/overview"))  # as of before, and kept
            findings.report(
                fresh.here.store,
                key=f"k{number}",
                kind="volume",
                severity="WARNING",
                title="t",
                dataset="events",
            )
            opened(fresh, number)
            while next(told)["type"] != "alerts":
                pass
            found = ok(client.get(f"{API}/dashboard/overview"))
            assert sum(found["alerts"].values()) == number + 1


def opened(served: Served, number: int) -> None:
    """Open an alert behind the server's back."""

    values = {
        "key": f"k{number}",
        "kind": "volume",
        "dataset": "events",
        "severity": "WARNING",
        "status": "open",
        "title": "t",
        "details": {},
        "count": 1,
        "escalated": 0,
        "opened_at": datetime.now(UTC),
    }
    change = Change(alert_id=alerts.identify(), values=values, event=Event(kind="opened"), new=True)
    alerts.apply(served.here.store, [change], now=datetime.now(UTC))
