"""When alerts are swept: where something has changed, and once in a while."""

from __future__ import annotations

from datetime import UTC, datetime

from sentineldq.alerts import loop
from sentineldq.alerts.loop import Watch
from sentineldq.alerts.sweep import Context, sweep
from sentineldq.store import alerts, findings, runs
from sentineldq.store.alerts import Change, Event


def report(store, **said):
    usual = {"key": "k", "kind": "volume", "severity": "WARNING", "title": "fewer rows"}
    return findings.report(store, **{**usual, **said})


def swept(watch):
    """Sweep as long as there is something to sweep; how often."""
    times = 0
    while watch.moved():
        sweep(watch.store, Context(project="shop"), now=datetime.now(UTC))
        watch.swept()
        times += 1
        assert times < 5
    return times


def test_only_findings_and_alerts_are_a_reason_to_sweep(store):
    watch = Watch(store)
    assert swept(watch) == 1
    runs.start(store, project="shop", pipeline="orders")
    assert not watch.moved()
    report(store)
    assert watch.moved()
    swept(watch)
    report(store, severity="CRITICAL")
    assert watch.moved()
    swept(watch)
    (alert,) = alerts.standing(store)
    assert (alert.severity, alert.count) == ("CRITICAL", 2)
    change = Change(alert_id=alert.alert_id, values={"assignee": "ada"}, event=Event(kind="assigned"))
    alerts.apply(store, [change], now=datetime.now(UTC))
    assert watch.moved()
    swept(watch)
    findings.clear(store, key="k")
    assert watch.moved()
    swept(watch)
    assert not alerts.standing(store)


def test_a_sweep_that_failed_is_made_again(store):
    watch = Watch(store)
    assert watch.moved()
    assert watch.moved()
    watch.swept()
    assert not watch.moved()


def test_a_sweep_is_due_after_a_while_whatever_has_changed(store, monkeypatch):
    monkeypatch.setattr(loop, "SELDOM", 0.0)
    watch = Watch(store)
    assert watch.moved()
    watch.swept()
    assert watch.moved()


def test_nothing_is_written_where_nothing_is_to_be_done(store):
    report(store)
    sweep(store, Context(project="shop"), now=datetime.now(UTC))
    before = store.stamp()[0]
    sweep(store, Context(project="shop"), now=datetime.now(UTC))
    assert store.stamp()[0] == before
