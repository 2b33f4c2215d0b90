"""From findings to alerts: opened once, joined, raised, woken, resolved; one for a cause, not ten for its effects."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sentineldq.alerts import lifecycle
from sentineldq.alerts.rules import Channel, Escalation, Maintenance, Match, Route, Rules
from sentineldq.errors import UsageError
from sentineldq.store import alerts, deliveries, findings
from tests.alerts.conftest import MINUTE, NOW

HOOK = Rules(channels={"hook": Channel(webhook="http://127.0.0.1:1/")})


def kinds(store, alert):
    return [entry.kind for entry in alerts.history(store, alert.alert_id)]


def test_a_finding_opens_one_alert(store, found, swept):
    finding = found()
    (one,) = swept()
    assert (one.finding_id, one.status, one.severity) == (finding.finding_id, "open", "WARNING")
    assert (one.title, one.dataset, one.count) == ("orders is 3 h old", "orders", 1)
    assert swept() == [one]
    assert kinds(store, one) == ["opened"]


def test_seen_again_it_joins(store, found, swept):
    found()
    (before,) = swept()
    found(title="orders is 4 h old")
    (after,) = swept()
    assert (after.alert_id, after.count, after.title) == (before.alert_id, 2, "orders is 4 h old")
    assert kinds(store, after) == ["opened", "joined"]


def test_worse_opens_what_was_acknowledged(store, found, swept):
    found()
    (one,) = swept()
    alerts.apply(store, [lifecycle.acknowledge(one, actor="ada", now=NOW)], now=NOW)
    found(severity="CRITICAL")
    (raised,) = swept()
    assert (raised.status, raised.severity, raised.assignee) == ("open", "CRITICAL", "ada")
    assert kinds(store, raised) == ["opened", "acknowledged", "raised"]


def test_better_keeps_the_severity_that_it_had(found, swept):
    found(severity="CRITICAL")
    swept()
    found(severity="WARNING")
    (one,) = swept()
    assert one.severity == "WARNING"
    assert one.status == "open"


def test_a_condition_that_is_gone_resolves_its_alert(store, found, swept):
    found()
    (one,) = swept()
    findings.clear(store, key="freshness/orders")
    assert swept() == []
    done = alerts.get(store, one.alert_id)
    assert (done.status, done.reason, done.resolved_by) == ("resolved", "cleared", None)


def test_back_again_it_is_a_new_alert(store, found, swept):
    found()
    (first,) = swept()
    findings.clear(store, key="freshness/orders")
    swept()
    found()
    (second,) = swept()
    assert second.alert_id != first.alert_id


def test_resolved_by_a_person_it_stays_so_while_the_finding_lasts(store, found, swept):
    found()
    (one,) = swept()
    change = lifecycle.resolve(one, reason="expected_change", actor="ada", now=NOW, note="moved to hourly")
    alerts.apply(store, [change], now=NOW)
    found()
    assert swept() == []
    findings.clear(store, key="freshness/orders")
    found()
    assert len(swept()) == 1


def test_snoozed_it_is_silent_until_then(store, found, swept):
    found()
    (one,) = swept(HOOK)
    alerts.apply(store, [lifecycle.snooze(one, until=NOW + 60 * MINUTE, actor="ada", now=NOW)], now=NOW)
    found(title="still")
    (still,) = swept(HOOK, now=NOW + 30 * MINUTE)
    assert (still.status, still.title) == ("snoozed", "still")
    assert len(deliveries.query(store)) == 1
    (woken,) = swept(HOOK, now=NOW + 60 * MINUTE)
    assert woken.status == "open"
    assert [one.message["event"] for one in deliveries.query(store)] == ["woken", "opened"]


def test_snoozed_it_comes_back_when_it_gets_worse(store, found, swept):
    found()
    (one,) = swept()
    alerts.apply(store, [lifecycle.snooze(one, until=NOW + 60 * MINUTE, actor="ada", now=NOW)], now=NOW)
    found(severity="CRITICAL")
    (raised,) = swept()
    assert (raised.status, raised.snoozed_until) == ("open", None)


def test_one_alert_is_told_for_a_stale_source_and_its_children(store, found, swept):
    upstream = {f"gold.{name}": ["orders"] for name in "abcdefghij"}
    for name in upstream:
        found(key=f"freshness/{name}", dataset=name)
    found(key="volume/orders", kind="volume")
    found()
    standing = {one.key: one for one in swept(HOOK, upstream=upstream)}
    cause = standing["freshness/orders"]
    assert cause.cause is None
    assert {one.cause for key, one in standing.items() if key != cause.key} == {cause.alert_id}
    assert [one.message["title"] for one in deliveries.query(store)] == ["orders is 3 h old"]


def test_another_dataset_is_no_cause(found, swept):
    found()
    found(key="freshness/clicks", dataset="clicks")
    assert {one.cause for one in swept()} == {None}


def test_silver_and_its_short_name_are_one_dataset(found, swept):
    found(key="run/shop/orders", kind="run", severity="CRITICAL")
    found(dataset="silver.orders")
    standing = {one.key: one for one in swept()}
    assert standing["freshness/orders"].cause == standing["run/shop/orders"].alert_id


def test_maintenance_keeps_it_until_it_is_over(store, found, swept):
    window = Maintenance(since=NOW - MINUTE, until=NOW + 30 * MINUTE, dataset=["ord*"])
    rules = Rules(channels=HOOK.channels, maintenance=[window])
    found()
    assert len(swept(rules)) == 1
    (held,) = deliveries.query(store)
    assert held.due_at == window.until


def test_nobody_answers_and_it_is_told_further_up(store, found, swept):
    steps = [Escalation(after="15m", to=["boss"]), Escalation(after="1h", to=["chief"])]
    channels = {name: Channel(webhook="http://127.0.0.1:1/") for name in ("hook", "boss", "chief")}
    rules = Rules(channels=channels, routes=[Route(to=["hook"], escalate=steps)])

    def told(after):
        swept(rules, now=NOW + after * MINUTE)
        return [one.channel for one in reversed(deliveries.query(store))]

    found()
    assert told(0) == ["hook"]
    assert told(14) == ["hook"]
    assert told(15) == ["hook", "boss"]
    assert told(16) == ["hook", "boss"]
    (one,) = alerts.standing(store)
    assert told(60) == ["hook", "boss", "chief"]
    alerts.apply(store, [lifecycle.acknowledge(one, actor="ada", now=NOW)], now=NOW)
    assert told(600) == ["hook", "boss", "chief"]


def test_what_is_acknowledged_is_told_no_further_up(store, found, swept):
    rules = Rules(
        channels=HOOK.channels, routes=[Route(to=["hook"], escalate=[Escalation(after="15m", to=["hook"])])]
    )
    found()
    (one,) = swept(rules)
    alerts.apply(store, [lifecycle.acknowledge(one, actor="ada", now=NOW)], now=NOW)
    swept(rules, now=NOW + 60 * MINUTE)
    assert len(deliveries.query(store)) == 1


def test_routes_choose_by_severity_owner_and_dataset(store, found, swept):
    channels = {name: Channel(webhook="http://127.0.0.1:1/") for name in ("sales", "urgent")}
    rules = Rules(
        channels=channels,
        routes=[
            Route(to=["sales"], match=Match(owner=["sales*"], dataset=["orders"])),
            Route(to=["urgent"], match=Match(severity=["CRITICAL"])),
        ],
    )
    found()
    found(key="run/x", kind="run", dataset="clicks", severity="CRITICAL")
    swept(rules, owners={"orders": ("sales-team",)})
    assert sorted((one.channel, one.message["dataset"]) for one in deliveries.query(store)) == [
        ("sales", "orders"),
        ("urgent", "clicks"),
    ]


def test_a_change_that_makes_no_sense_is_refused(store, found, swept):
    found()
    (one,) = swept()
    with pytest.raises(UsageError, match="that is over"):
        lifecycle.snooze(one, until=NOW - timedelta(days=1), actor="ada", now=NOW)
    with pytest.raises(UsageError, match="is no reason"):
        lifecycle.resolve(one, reason="bored", actor="ada", now=NOW)
    with pytest.raises(UsageError, match="open already"):
        lifecycle.reopen(one, actor="ada")
    alerts.apply(store, [lifecycle.resolve(one, reason="fixed", actor="ada", now=NOW)], now=NOW)
    with pytest.raises(UsageError, match="is resolved"):
        lifecycle.acknowledge(alerts.get(store, one.alert_id[:8]), actor="ada", now=NOW)


def test_taken_back(store, found, swept):
    found()
    (one,) = swept()
    alerts.apply(store, [lifecycle.resolve(one, reason="fixed", actor="ada", now=NOW)], now=NOW)
    alerts.apply(store, [lifecycle.reopen(alerts.get(store, one.alert_id), actor="ada")], now=NOW)
    (again,) = swept()
    assert (again.alert_id, again.status, again.reason) == (one.alert_id, "open", None)


def test_an_alert_is_found_by_the_beginning_of_its_id(store, found, swept):
    found()
    (one,) = swept()
    assert alerts.get(store, one.alert_id[:8]) == one
    for wrong in ("zzzz", "%", "____"):
        with pytest.raises(UsageError, match="there is no alert"):
            alerts.get(store, wrong)
