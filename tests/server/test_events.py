"""Live changes: who listens is told, and let go in time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
import pytest

from sentineldq.pipeline.project import Project
from sentineldq.server.routes import events
from sentineldq.store import alerts, findings, keys, runs
from sentineldq.store.alerts import Change, Event
from sentineldq.store.database import Store
from sentineldq.store.open import open_store
from tests.server.reading import API
from tests.server.serving import Served, issue, serving


@contextmanager
def listening(client: httpx.Client) -> Iterator[Iterator[dict[str, Any]]]:
    """The events of a stream, from its `ready` on."""
    with client.stream("GET", f"{API}/events") as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        found = (json.loads(line[6:]) for line in lines if line.startswith("data: "))
        assert next(found)["type"] == "ready"
        yield found


def test_each_change_is_told_by_what_it_is_of(fresh: Served) -> None:
    store = fresh.here.store
    with listening(fresh.client("viewer")) as told:
        run = runs.start(store, project="github", pipeline="events")
        assert (one := next(told))["type"] == "runs"
        assert one["id"] == run.run_id
        finding = findings.report(store, key="k", kind="volume", severity="INFO", title="SECRET")
        assert (one := next(told))["id"] == finding.finding_id
        assert set(one) == {"type", "id", "version"}
        values = {
            "key": "k",
            "kind": "volume",
            "severity": "INFO",
            "status": "open",
            "title": "t",
            "details": {},
        }
        change = Change(
            alert_id=alerts.identify(),
            values={**values, "count": 1, "escalated": 0, "opened_at": datetime.now(UTC)},
            event=Event(kind="opened"),
            new=True,
        )
        alerts.apply(store, [change], now=datetime.now(UTC))
        assert (one := next(told))["type"] == "alerts"
        assert one["id"] == change.alert_id


def test_many_changes_of_one_subject_are_told_as_one(fresh: Served) -> None:
    with listening(fresh.client("viewer")) as told:
        with fresh.here.store.write() as connection:
            now = datetime.now(UTC)
            from sentineldq.store.tables import FINDINGS

            rows = [
                {
                    "finding_id": f"f{number}",
                    "key": f"k{number}",
                    "kind": "volume",
                    "severity": "INFO",
                    "title": "t",
                    "details": {},
                    "first_seen_at": now,
                    "last_seen_at": now,
                    "count": 1,
                }
                for number in range(500)
            ]
            connection.execute(FINDINGS.insert(), rows)
        one = next(told)
        assert (one["type"], one["id"]) == ("findings", None)


def test_one_look_is_for_all_who_listen(fresh: Served) -> None:
    got: list[dict[str, Any]] = []
    ready = threading.Barrier(21, timeout=30)

    def listen() -> None:
        with listening(fresh.client("viewer")) as told:
            ready.wait()
            got.append(next(told))

    threads = [threading.Thread(target=listen) for _ in range(20)]
    for thread in threads:
        thread.start()
    ready.wait()
    assert len(fresh.here.feed.listeners) == 20
    finding = findings.report(fresh.here.store, key="k", kind="volume", severity="INFO", title="t")
    for thread in threads:
        thread.join(30)
    assert [one["id"] for one in got] == [finding.finding_id] * 20
    until = time.monotonic() + 10
    while fresh.here.feed.listeners and time.monotonic() < until:
        time.sleep(0.05)
    assert not fresh.here.feed.listeners


def test_who_is_ready_gets_nothing_from_before(empty: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was kept of an answer before the first look, which no change is told of, is given to nobody after it."""
    monkeypatch.setattr(Store, "stamp", lambda _: (0, ()))  # as where another server commits within a second
    monkeypatch.setattr("sentineldq.server.security.tags.HELD", 60.0)
    values = {"key": "k", "kind": "volume", "severity": "INFO", "status": "open", "title": "t", "details": {}}
    values |= {"count": 1, "escalated": 0, "opened_at": datetime.now(UTC)}
    made = Change(alert_id=alerts.identify(), values=values, event=Event(kind="opened"), new=True)
    with serving(empty) as served, open_store(empty.store_url) as other:
        client = served.client("viewer")
        for _ in range(2):  # answers are kept for who is known
            assert client.get(f"{API}/alerts/summary").json()["open"] == 0
        alerts.apply(other, [made], now=datetime.now(UTC))
        assert client.get(f"{API}/alerts/summary").json()["open"] == 0
        with listening(served.client("viewer")):
            assert client.get(f"{API}/alerts/summary").json()["open"] == 1


def test_a_feed_that_fails_lets_its_listeners_go(fresh: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any) -> Any:
        raise ZeroDivisionError

    with listening(fresh.client("viewer")) as told:
        monkeypatch.setattr(fresh.here.feed, "marks", partial(fail, None))
        assert list(told) == []


def test_a_stream_ends_when_the_server_stops(empty: Project) -> None:
    ended = threading.Event()

    def listen(told: Iterator[dict[str, Any]]) -> None:
        for _ in told:
            pass
        ended.set()

    with serving(empty) as served:
        client = httpx.Client(
            base_url=served.url, headers=served.client("viewer").headers, timeout=30, trust_env=False
        )
        with listening(client) as told:
            thread = threading.Thread(target=listen, args=(told,))
            thread.start()
            served.here.feed.close()
            assert ended.wait(10)
            thread.join(10)
        client.close()


def test_who_may_no_longer_listen_is_let_go(fresh: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "RECHECK", 0.1)
    monkeypatch.setattr(events, "HEARTBEAT", 0.2)
    secret = issue(fresh.here, "viewer", key_id="to-be-revoked")
    client = fresh.client(None)
    client.headers["Authorization"] = f"Bearer {secret}"
    with listening(client) as told:
        keys.revoke(fresh.here.store, "to-be-revoked", now=datetime.now(UTC))
        assert list(told) == []


def test_a_stream_has_an_end(fresh: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LONGEST", 0.5)
    monkeypatch.setattr(events, "HEARTBEAT", 0.1)
    with fresh.client("viewer").stream("GET", f"{API}/events") as answer:
        text = "".join(answer.iter_text())
    assert ": still here" in text


def test_nobody_listens_unknown(fresh: Served) -> None:
    assert fresh.client().get(f"{API}/events").status_code == 401
