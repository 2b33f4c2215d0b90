"""Channels over the API: what is configured, what waits, a message to try them, and never a secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any

import httpx
import pytest

from sentineldq.alerts.delivery import deliver
from sentineldq.alerts.loop import now
from sentineldq.pipeline.project import Project, load_project
from sentineldq.store import deliveries
from sentineldq.store.deliveries import Send
from tests.alerts.conftest import Receiver, receivers
from tests.server.serving import Served, serving

__all__ = ["receivers"]

CHANNELS = "/api/v1/channels"
CANARY = "c4n4ry-5ecret"
DOWN = "http://127.0.0.1:9"


@pytest.fixture
def hook(receivers: Callable[..., Receiver]) -> Receiver:
    return receivers()


@pytest.fixture
def told(empty: Project, hook: Receiver) -> Project:
    """A project with channels, one of which works."""
    since = datetime.now(UTC) - timedelta(hours=1)
    rules = f"""
alerts:
  channels:
    hook: {{webhook: "{hook.url}/{CANARY}", secret: {CANARY}, rate: 20/h}}
    down: {{webhook: "{DOWN}/{CANARY}"}}
    chat: {{url: "slack://{CANARY}A/B{CANARY}/{CANARY}C"}}
    mail: {{url: "mailto://dq:{CANARY}@mail.example.org?to=ada@example.org"}}
  routes:
    - match: {{severity: [CRITICAL], dataset: ["events*"]}}
      to: [hook]
      escalate: [{{after: 30m, to: [mail]}}]
      last: true
    - match: {{severity: [WARNING, CRITICAL]}}
      to: [mail, down]
      digest: 15m
  maintenance:
    - {{dataset: [quiet], since: {since.isoformat()}, until: {(since + timedelta(hours=2)).isoformat()}, note: moving}}
"""
    with (empty.root / "sentinel.yaml").open("a") as file:
        file.write(rules)
    return load_project(empty.root, simulated=True)


@pytest.fixture
def here(told: Project) -> Iterator[Served]:
    with serving(told) as found:
        yield found


@pytest.fixture
def steward(here: Served) -> httpx.Client:
    return here.client("steward")


def waits(here: Served, channel: str, *, title: str = "orders is 3 h old") -> None:
    message = {"title": title, "severity": "WARNING", "event": "opened", "dataset": "orders", "count": 1}
    message |= {"alert_id": "a1", "opened_at": "2026-11-20T10:00:00+00:00"}
    with here.here.store.write() as connection:
        send = Send(channel=channel, message=message, due_at=now())
        deliveries.add(connection, [send], cause=title, now=now())


def test_channels_are_as_they_are_configured(steward: httpx.Client) -> None:
    found = {one["name"]: one for one in steward.get(CHANNELS).json()["items"]}
    assert [(one["kind"], one["routes"], one["signed"]) for one in found.values()] == [
        ("webhook", [0], True),
        ("webhook", [1], False),
        ("slack", [], False),
        ("mail", [0, 1], False),
    ]
    assert found["mail"]["place"] == "ada@example.org by mail.example.org"
    assert found["chat"]["place"] is None
    assert (found["hook"]["rate"], found["hook"]["waiting"], found["hook"]["last"]) == ("20/h", 0, None)


def test_no_answer_has_a_secret_in_it(here: Served, hook: Receiver) -> None:
    for channel in ("hook", "down", "chat", "mail"):
        waits(here, channel)
    hook.status = 500
    deliver(here.here.store, here.here.project.settings.alerts, clock=now)
    admin = here.client("admin")
    answers = [
        admin.get(f"{CHANNELS}{path}")
        for path in ("", "/rules", "/deliveries", "/preview", "/../openapi.json")
    ]
    answers += [admin.post(f"{CHANNELS}/{name}/test") for name in ("hook", "down", "chat", "mail")]
    assert {answer.status_code for answer in answers} == {200}
    found = "".join(answer.text for answer in answers) + admin.get("/api/v1/audit").text
    assert CANARY not in found
    assert CANARY.lower() not in found.lower()
    assert "://" not in "".join(answer.text for answer in answers if "openapi" not in str(answer.url))


def test_rules_are_said_in_words(steward: httpx.Client) -> None:
    rules = steward.get(f"{CHANNELS}/rules").json()
    first, second = rules["routes"]
    assert first["meant"] == "CRITICAL alerts of events*"
    assert "to mail as well after 30m without an answer" in first["gone"]
    assert (second["gone"], second["usual"]) == ("go to mail and down, put together every 15m", False)
    (window,) = rules["maintenance"]
    assert (window["dataset"], window["state"], window["note"]) == (["quiet"], "now", "moving")


def test_without_routes_the_usual_one_is_shown(empty: Project) -> None:
    with (empty.root / "sentinel.yaml").open("a") as file:
        file.write('\nalerts: {channels: {mail: {url: "mailto://mail.example.org?to=ada@example.org"}}}\n')
    with serving(load_project(empty.root, simulated=True)) as here:
        (route,) = here.client("steward").get(f"{CHANNELS}/rules").json()["routes"]
        assert (route["usual"], route["to"]) == (True, ["mail"])


def test_a_project_without_channels_has_none(fresh: Served) -> None:
    client = fresh.client("admin")
    assert client.get(CHANNELS).json() == {"items": [], "next_cursor": None, "total": 0}
    assert client.get(f"{CHANNELS}/rules").json()["routes"] == []
    assert client.get(f"{CHANNELS}/preview").json()["said"] == "nobody is told: no route fits"
    assert client.post(f"{CHANNELS}/mail/test").status_code == 404


def test_a_test_is_really_sent(here: Served, hook: Receiver) -> None:
    answer = here.client("admin").post(f"{CHANNELS}/hook/test")
    assert (answer.status_code, answer.json()["taken"], answer.json()["error"]) == (200, True, None)
    (body,) = hook.bodies
    assert body["alerts"][0]["event"] == "test"
    assert "X-Sentinel-Signature" in hook.requests[0][0]


def test_a_test_that_fails_says_why_in_words(here: Served, hook: Receiver) -> None:
    admin = here.client("admin")
    hook.status = 503
    assert admin.post(f"{CHANNELS}/hook/test").json()["error"] == "it answered 503"
    down = admin.post(f"{CHANNELS}/down/test").json()
    assert (down["taken"], down["error"]) == (False, "it cannot be reached (ConnectError)")
    assert admin.post(f"{CHANNELS}/nobody/test").status_code == 404


def test_tests_have_a_rate(here: Served) -> None:
    admin = here.client("admin")
    one_by_one = (admin.post(f"{CHANNELS}/down/test").status_code for _ in range(20))
    found = list(takewhile(lambda code: code == 200, one_by_one))
    assert 5 <= len(found) < 20


def test_what_waits_and_what_failed_is_counted_and_listed(
    here: Served, hook: Receiver, steward: httpx.Client
) -> None:
    rules = here.here.project.settings.alerts
    hook.status = 404  # for good
    waits(here, "hook", title="one")
    waits(here, "down", title="two")
    deliver(here.here.store, rules, clock=now)
    found = {one["name"]: one for one in steward.get(CHANNELS).json()["items"]}
    assert [(found[name]["waiting"], found[name]["failed"]) for name in ("hook", "down")] == [(0, 1), (1, 0)]
    assert (found["hook"]["last"]["state"], found["hook"]["last"]["error"]) == ("failed", "it answered 404")
    listed = steward.get(f"{CHANNELS}/deliveries").json()["items"]
    assert [(one["title"], one["state"], one["attempts"]) for one in listed] == [
        ("two", "due", 1),
        ("one", "failed", 1),
    ]
    assert [one["title"] for one in steward.get(f"{CHANNELS}/deliveries?state=failed").json()["items"]] == [
        "one"
    ]
    page = steward.get(f"{CHANNELS}/deliveries?limit=1").json()
    rest = steward.get(f"{CHANNELS}/deliveries", params={"limit": 1, "cursor": page["next_cursor"]}).json()
    assert [one["title"] for one in (*page["items"], *rest["items"])] == ["two", "one"]

    hook.status = 200
    admin = here.client("admin")
    failed = listed[1]["delivery_id"]
    assert admin.post(f"{CHANNELS}/deliveries/{failed}/retry").status_code == 202
    assert deliver(here.here.store, rules, clock=now).sent == 1
    last = {one["name"]: one for one in steward.get(CHANNELS).json()["items"]}["hook"]["last"]
    assert (last["state"], last["error"]) == ("sent", None)
    assert admin.post(f"{CHANNELS}/deliveries/{failed}/retry").status_code == 404
    assert admin.post(f"{CHANNELS}/deliveries/99/retry").status_code == 404


def preview(client: httpx.Client, **asked: Any) -> dict[str, Any]:
    answer = client.get(f"{CHANNELS}/preview", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_preview_says_where_an_alert_would_go_and_why(steward: httpx.Client, hook: Receiver) -> None:
    first = preview(steward, severity="CRITICAL", dataset="events", kind="freshness")
    assert first["said"] == "hook would be told at once"
    assert first["owners"]
    assert [(one["fits"], one["looked_at"]) for one in first["routes"]] == [(True, True), (True, False)]
    second = preview(steward, severity="WARNING", dataset="orders")
    assert second["said"] == "down and mail with the next digest"
    assert second["routes"][0]["why"] == [
        "its severity is WARNING, not CRITICAL",
        "its dataset is orders, not events*",
    ]
    assert all(datetime.fromisoformat(one["due_at"]) > datetime.now(UTC) for one in second["told"])
    assert preview(steward, severity="INFO")["said"] == "nobody is told: no route fits"
    quiet = preview(steward, dataset="quiet")
    assert quiet["maintenance"]["note"] == "moving"
    assert "when the maintenance is over" in quiet["said"]
    later = preview(steward, dataset="quiet", at=(datetime.now(UTC) + timedelta(hours=3)).isoformat())
    assert later["maintenance"] is None
    assert hook.requests == []


def test_a_moment_without_an_offset_is_refused(steward: httpx.Client) -> None:
    assert steward.get(f"{CHANNELS}/preview", params={"at": "2026-11-20T10:00:00"}).status_code == 422


@pytest.mark.parametrize("role", ["viewer", "analyst"])
def test_who_answers_no_alerts_sees_no_channels(here: Served, role: str) -> None:
    client = here.client(role)
    for path in ("", "/rules", "/deliveries", "/preview"):
        assert client.get(f"{CHANNELS}{path}").status_code == 403
    assert here.client("steward").post(f"{CHANNELS}/hook/test").status_code == 403
