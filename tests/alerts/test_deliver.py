"""From an alert to a message at a real server: taken once, tried again, given up and told, never in another's way."""

from __future__ import annotations

import hashlib
import hmac
import signal
import subprocess
import sys
import textwrap
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from sentineldq.alerts.channels import sign
from sentineldq.alerts.delivery import ATTEMPTS, deliver
from sentineldq.alerts.rules import Channel, Route, Rules, check
from sentineldq.errors import UsageError
from sentineldq.store import alerts, deliveries, findings
from tests.alerts.conftest import NOW


def at(moment=NOW):
    return lambda: moment


def rules_for(**channels):
    return Rules(channels={name: Channel(webhook=url, secret="hush") for name, url in channels.items()})


def test_a_webhook_is_sent_what_happened_and_can_prove_who_sent_it(store, found, swept, receivers):
    hook = receivers()
    rules = rules_for(hook=hook.url)
    found()
    (alert,) = swept(rules, link="https://dq.example")
    assert deliver(store, rules, clock=at()).sent == 1
    ((headers, body),) = hook.requests
    (told,) = hook.bodies[0]["alerts"]
    assert (told["event"], told["dataset"], told["severity"]) == ("opened", "orders", "WARNING")
    assert told["link"] == f"https://dq.example/alerts/{alert.alert_id}"
    moment = headers["X-Sentinel-Timestamp"]
    expected = hmac.new(b"hush", f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Sentinel-Signature"] == f"sha256={expected}" == f"sha256={sign('hush', moment, body)}"
    assert headers["X-Sentinel-Delivery"] == hook.bodies[0]["id"]
    assert deliver(store, rules, clock=at()).sent == 0


def test_mail_goes_out_by_smtp(store, found, swept, mail):
    url = f"mailto://127.0.0.1:{mail.port}?from=dq@example.org&to=ada@example.org&mode=insecure"
    rules = Rules(channels={"mail": Channel(url=url)})
    found(title="orders is 3 h old <b>bold</b>")
    swept(rules)
    assert deliver(store, rules, clock=at()).sent == 1
    (envelope,) = mail.messages
    assert envelope.rcpt_tos == ["ada@example.org"]
    text = envelope.content.decode()
    assert "[WARNING] orders: orders is 3 h old" in text


def test_it_is_told_in_seconds(store, found, receivers):
    """From the finding to the receiver, with the loop that a server runs."""
    from sentineldq.alerts.loop import follow
    from sentineldq.alerts.sweep import Context

    hook = receivers()
    stop = threading.Event()
    rules = rules_for(hook=hook.url)
    thread = threading.Thread(
        target=follow, args=(store, Context(project="shop", rules=rules)), kwargs={"stop": stop}
    )
    thread.start()
    found()
    deadline = time.monotonic() + 30
    while not hook.requests and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    thread.join()
    assert len(hook.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nobody_is_led_elsewhere(store, found, swept, receivers, status):
    """A receiver that was taken over cannot have what is said to it sent to the network behind."""
    inside = receivers()
    hook = receivers(status=status, headers={"Location": inside.url})
    rules = rules_for(hook=hook.url)
    found()
    swept(rules)
    assert deliver(store, rules, clock=at()).later == 1
    (waiting,) = deliveries.query(store, state="due")
    assert (waiting.error, inside.requests) == (f"it answered {status}", [])


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nobody_is_led_elsewhere_by_a_service(store, found, swept, receivers, status):
    """The same for what goes out by Apprise, unless the channel's own URL says `redirect=yes`."""
    inside = receivers()
    hook = receivers(status=status, headers={"Location": inside.url})
    url = hook.url.replace("http://", "json://")
    rules = Rules(channels={"chat": Channel(url=url)})
    found()
    swept(rules)
    assert deliver(store, rules, clock=at()).later == 1
    assert (len(hook.requests), inside.requests) == (1, [])
    rules = Rules(channels={"chat": Channel(url=f"{url}?redirect=yes")})
    assert deliver(store, rules, clock=at(NOW + timedelta(hours=1))).sent == 1
    assert len(inside.requests) == 1


def test_a_receiver_that_talks_without_an_end_is_not_listened_to(store, found, swept, receivers):
    hook = receivers(endless=True)
    rules = rules_for(hook=hook.url)
    found()
    swept(rules)
    assert deliver(store, rules, clock=at()).sent == 1


def test_a_receiver_that_is_down_is_tried_later_and_keeps_nobody_waiting(store, found, swept, receivers):
    good, bad = receivers(), receivers(status=500)
    rules = rules_for(bad=bad.url, good=good.url)
    found()
    swept(rules)
    done = deliver(store, rules, clock=at())
    assert (done.sent, done.later) == (1, 1)
    (waiting,) = deliveries.query(store, state="due")
    assert (waiting.channel, waiting.attempts, waiting.error) == ("bad", 1, "it answered 500")
    assert NOW + timedelta(seconds=3) < waiting.due_at < NOW + timedelta(seconds=8)
    assert deliver(store, rules, clock=at()).sent == 0
    bad.status = 200
    assert deliver(store, rules, clock=at(NOW + timedelta(seconds=10))).sent == 1
    assert len({body["id"] for body in bad.bodies}) == 1


def test_the_receiver_says_how_long_to_wait(store, found, swept, receivers):
    busy = receivers(status=429, headers={"Retry-After": "120"})
    rules = rules_for(hook=busy.url)
    found()
    swept(rules)
    deliver(store, rules, clock=at())
    (waiting,) = deliveries.query(store, state="due")
    assert waiting.due_at == NOW + timedelta(seconds=120)


def test_an_answer_that_was_lost_is_sent_again_with_the_same_key(store, found, swept, receivers):
    hook = receivers(mute=True)
    rules = rules_for(hook=hook.url)
    found()
    swept(rules)
    assert deliver(store, rules, clock=at()).later == 1
    hook.mute = False
    assert deliver(store, rules, clock=at(NOW + timedelta(minutes=1))).sent == 1
    assert len(hook.requests) == 2
    assert len({headers["X-Sentinel-Delivery"] for headers, _ in hook.requests}) == 1


def test_a_receiver_that_is_gone_is_given_up_and_told(store, found, swept, receivers):
    rules = rules_for(hook=receivers(status=410).url)
    found()
    swept(rules)
    assert deliver(store, rules, clock=at()).failed == 1
    (told,) = findings.query(store, kind="delivery")
    assert told.title == "channel hook takes no messages: it answered 410"
    assert [one.state for one in deliveries.query(store)] == ["failed"]


def test_after_a_day_of_trying_it_is_given_up(store, found, swept, receivers):
    hook = receivers(status=503)
    rules = rules_for(hook=hook.url)
    found()
    swept(rules)
    now, attempts = NOW, 0
    while deliveries.query(store, state="due"):
        now = deliveries.query(store, state="due")[0].due_at
        deliver(store, rules, clock=at(now))
        attempts += 1
    assert attempts == ATTEMPTS
    assert now - NOW > timedelta(hours=24)
    assert len(findings.query(store, kind="delivery")) == 1


def test_many_at_once_are_one_message(store, found, swept, receivers):
    hook = receivers()
    rules = rules_for(hook=hook.url)
    for number in range(7):
        found(key=f"nulls/{number}", kind="nulls", title=f"column {number}", dataset=f"d{number}")
    swept(rules)
    assert deliver(store, rules, clock=at()).sent == 7
    (body,) = hook.bodies
    assert body["title"] == "[WARNING] 7 alerts"
    assert len(body["alerts"]) == 7


def test_a_digest_waits_for_its_time(store, found, swept, receivers):
    hook = receivers()
    rules = Rules(channels={"hook": Channel(webhook=hook.url)}, routes=[Route(to=["hook"], digest="15m")])
    found()
    swept(rules)
    assert deliver(store, rules, clock=at()).sent == 0
    assert deliver(store, rules, clock=at(NOW + timedelta(minutes=15))).sent == 1


def test_a_rate_puts_off_what_is_too_much_and_loses_none(store, found, swept, receivers):
    hook = receivers()
    rules = Rules(channels={"hook": Channel(webhook=hook.url, rate="2/h")})
    for number in range(4):
        found(key=f"nulls/{number}", kind="nulls", dataset=f"d{number}")
        swept(rules)
        deliver(store, rules, clock=at(NOW + timedelta(seconds=number)))
    assert len(hook.requests) == 2
    deliver(store, rules, clock=at(NOW + timedelta(hours=1, minutes=40)))
    assert sum(len(body["alerts"]) for body in hook.bodies) == 4
    assert len(hook.requests) == 3


def test_a_channel_that_is_no_more(store, found, swept):
    rules = rules_for(hook="http://127.0.0.1:1/")
    found()
    swept(rules)
    assert deliver(store, Rules(), clock=at()).failed == 1


def test_no_address_or_secret_is_written_down(store, found, swept):
    rules = Rules(
        channels={
            "mail": Channel(
                url="mailto://user:s3cr3t@127.0.0.1:1?from=dq@example.org&to=a@example.org&mode=insecure"
            )
        }
    )
    found()
    swept(rules)
    assert deliver(store, rules, clock=at()).later == 1
    (waiting,) = deliveries.query(store)
    assert "s3cr3t" not in repr(waiting)
    assert waiting.error


@pytest.mark.parametrize(
    ("rules", "match"),
    [
        (Rules(channels={"a": Channel()}), "either `url` or `webhook`"),
        (Rules(channels={"a": Channel(url="x", rate="often")}), "not a rate"),
        (Rules(channels={"ops": Channel(url="x")}, routes=[Route(to=["obs"])]), "no channel 'obs'"),
    ],
    ids=["neither", "rate", "unknown"],
)
def test_rules_that_make_no_sense(rules, match):
    with pytest.raises(UsageError, match=match):
        check(rules)


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from sentineldq.alerts import delivery
from sentineldq.alerts.rules import Channel, Rules
from sentineldq.store.open import open_store

real = delivery.send
def send(*args, **options):
    real(*args, **options)
    os.kill(os.getpid(), signal.SIGKILL)  # sent, and not marked
delivery.send = send
store = open_store(sys.argv[1])
delivery.deliver(store, Rules(channels={"hook": Channel(webhook=sys.argv[2])}), clock=lambda: datetime.now(UTC))
"""


def test_killed_between_sending_and_marking_it_is_sent_again_with_its_key(store, found, swept, receivers):
    hook = receivers()
    rules = Rules(channels={"hook": Channel(webhook=hook.url)})
    found()
    swept(rules)
    url = store.engine.url.render_as_string(hide_password=False)
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), url, hook.url], check=False)
    assert done.returncode == -signal.SIGKILL
    assert deliver(store, rules, clock=at(datetime.now(UTC))).sent == 0
    assert deliver(store, rules, clock=at(datetime.now(UTC) + timedelta(minutes=2))).sent == 1
    assert len({headers["X-Sentinel-Delivery"] for headers, _ in hook.requests}) == 1
    assert len(alerts.standing(store)) == 1


def test_what_was_given_up_is_counted_and_can_be_tried_anew(store, found, swept, receivers):
    hook = receivers(status=404)
    rules = rules_for(hook=hook.url, never="http://127.0.0.1:9/")
    found()
    swept(rules)
    assert deliveries.undone(store) == {("hook", "due"): 1, ("never", "due"): 1}
    assert deliveries.tried_last(store, "hook") is None
    deliver(store, rules, clock=at())
    assert deliveries.undone(store) == {("hook", "failed"): 1, ("never", "due"): 1}
    last = deliveries.tried_last(store, "hook")
    assert (last.state, last.error) == ("failed", "it answered 404")
    newest, oldest = deliveries.query(store)
    assert deliveries.query(store, before=newest.delivery_id) == [oldest]
    assert deliveries.query(store, channel="hook", state="failed") == [last]
    hook.status = 200
    assert deliveries.again(store, last.delivery_id, now=NOW)
    assert deliver(store, rules, clock=at()).sent == 1
    assert not deliveries.again(store, last.delivery_id, now=NOW)
