"""A lease is one process's at a time, and free again when that is gone."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from sentineldq.errors import LeaseLostError
from sentineldq.store import clock, leases
from sentineldq.store.database import Store
from sentineldq.store.hold import hold
from sentineldq.store.tables import LEASES
from tests.store.workers import begin

TAKE = """
import sys
from sentineldq.store import leases
from sentineldq.store.open import open_store
store = open_store({url!r})
print(leases.acquire(store, name="events").epoch, flush=True)
sys.stdin.read()
"""


def lapse(store: Store, **values: object) -> None:
    """What time would do, and a machine that is not this one."""
    with store.write() as connection:
        past = clock.read(connection) - timedelta(seconds=1)
        connection.execute(update(LEASES).values(**({"until": past} | values)))


def test_a_lease_is_one_owners_at_a_time(store: Store) -> None:
    first = leases.acquire(store, name="events")
    assert first is not None
    assert first.epoch == 1
    assert leases.acquire(store, name="events") is None
    assert leases.acquire(store, name="bars") is not None
    leases.release(store, lease=first)
    second = leases.acquire(store, name="events")
    assert second is not None
    assert second.epoch == 2


def test_a_term_is_counted_by_the_database(store: Store) -> None:
    lease = leases.acquire(store, name="events", term=60)
    assert lease is not None
    with store.read() as connection:
        assert timedelta(seconds=0) < lease.until - clock.read(connection) <= timedelta(seconds=60)
    assert leases.renew(store, lease=lease).until > lease.until


def test_a_lease_past_its_term_is_free(store: Store) -> None:
    first = leases.acquire(store, name="events")
    assert first is not None
    lapse(store)
    assert leases.holder(store, name="events") is None
    second = leases.acquire(store, name="events")
    assert second is not None
    assert second.epoch == 2
    with pytest.raises(LeaseLostError, match="events"):
        leases.renew(store, lease=first)
    leases.release(store, lease=first)
    assert leases.renew(store, lease=second).epoch == 2


def test_a_late_renewal_holds_where_nobody_came(store: Store) -> None:
    lease = leases.acquire(store, name="events")
    assert lease is not None
    lapse(store)
    assert leases.renew(store, lease=lease).epoch == 1
    assert leases.acquire(store, name="events") is None


def test_a_killed_holder_frees_at_once_on_its_machine(store: Store, url: str) -> None:
    worker = begin(TAKE.format(url=url))
    assert worker.stdout is not None
    assert worker.stdout.readline() == "1\n"
    holder = leases.holder(store, name="events")
    assert holder is not None
    assert holder.pid == worker.pid
    assert leases.acquire(store, name="events") is None
    worker.send_signal(signal.SIGKILL)
    # not waited for yet: what is left of it counts as gone
    while leases.holder(store, name="events") is not None:
        pass
    taken = leases.acquire(store, name="events")
    assert taken is not None
    assert taken.epoch == 2
    worker.communicate()


def test_a_stopped_holder_is_not_gone(store: Store, url: str) -> None:
    worker = begin(TAKE.format(url=url))
    assert worker.stdout is not None
    worker.stdout.readline()
    worker.send_signal(signal.SIGSTOP)
    assert leases.acquire(store, name="events") is None
    lapse(store)
    assert leases.acquire(store, name="events") is not None
    worker.kill()
    worker.communicate()


def test_a_pid_given_to_another_process_does_not_hold(store: Store) -> None:
    assert leases.acquire(store, name="events") is not None
    lapse(store, until=datetime(2100, 1, 1, tzinfo=UTC), born="1")
    assert leases.acquire(store, name="events") is not None


def test_a_process_of_another_machine_holds_its_term(store: Store) -> None:
    assert leases.acquire(store, name="events") is not None
    lapse(store, until=datetime(2100, 1, 1, tzinfo=UTC), machine="elsewhere", pid=2**22 + 1, born="1")
    assert leases.acquire(store, name="events") is None


def test_of_many_that_ask_one_is_given(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: leases.acquire(store, name="events"), range(16)))
    assert [lease.epoch for lease in found if lease] == [1]


def test_holding_renews_and_gives_back(store: Store) -> None:
    beats: list[int] = []
    with hold(store, name="events", term=0.5, beat=lambda: beats.append(1)) as held:
        assert held is not None
        with hold(store, name="events") as second:
            assert second is None
        while len(beats) < 6:  # more than a term
            held.check()
    assert leases.holder(store, name="events") is None
    assert leases.acquire(store, name="events") is not None


def test_a_holder_learns_that_it_is_none(store: Store) -> None:
    with hold(store, name="events", term=0.5) as held:
        assert held is not None
        lapse(store, owner="another", epoch=7)
        assert held.lost.wait(60)
        with pytest.raises(LeaseLostError):
            held.check()
    with store.read() as connection:
        assert connection.scalar(LEASES.select().with_only_columns(LEASES.c.owner)) == "another"


def test_a_holder_that_cannot_renew_stops_at_its_term(store: Store) -> None:
    with hold(store, name="events", term=0.3) as held:
        assert held is not None
        with store.write() as connection:
            connection.exec_driver_sql("ALTER TABLE leases RENAME TO away")
        assert held.lost.wait(60)
        with pytest.raises(LeaseLostError):
            held.check()
