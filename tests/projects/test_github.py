"""The contract of GitHub's events takes what GitHub sends, and nothing that contradicts itself."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.projects.events import SHA, event, old, push
from tests.projects.records import contract, judge

EVENTS = contract("github", "events")
SOON = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
ORG = {"id": 9, "login": "acme", "gravatar_id": "", "url": "https://api.github.com/orgs/acme"}

ACCEPTED: dict[str, dict[str, Any]] = {
    "a push of today": event(),
    "a push of 2015": push(3),
    "a push without commits": push(0),
    "a push of more commits than are listed": push(50),
    "a push beyond what GitHub counts": push(1000, distinct=4394),
    "an event of 2015": old(),
    "an event of an organisation": event(org=ORG),
    "a new repository": old(type="CreateEvent", payload={"ref": None, "ref_type": "repository"}),
    "a new branch": old(type="CreateEvent", payload={"ref": "dev", "ref_type": "branch"}),
    "nothing in the payload": old(type="PublicEvent", payload={}),
    "an app": event(actor={"id": 49699333, "login": "dependabot[bot]"}),
    "a managed account": event(actor={"id": 8, "login": "ann_acme"}),
    "odd names": event(repo={"id": 1, "name": "a-b_c/.github.io--", "url": ""}),
    "fields that nobody knows yet": event(moon="full", payload={**event()["payload"], "moon": {"full": 1}}),
}

REFUSED: dict[str, tuple[dict[str, Any], set[str]]] = {
    "a number as id": (event(id=51), {"id"}),
    "letters in the id": (event(id="5x"), {"id of digits"}),
    "no type": (event(type=None), {"type"}),
    "no name of a type": (event(type="push"), {"named like an event type"}),
    "a text as actor's id": (event(actor={"id": "7", "login": "ann"}), {"actor.id"}),
    "an actor without id and login": (event(actor={"url": "u"}), {"actor.id", "actor.login"}),
    "a text as repo's id": (event(repo={"id": "70", "name": "a/b"}), {"repo.id"}),
    "a repo without owner": (event(repo={"id": 70, "name": "tools"}), {"owner and name"}),
    "a repo without name": (event(repo={"id": 70, "name": "/"}), {"owner and name"}),
    "a text as payload": (event(payload="{}"), {"payload"}),
    "no payload": (event(payload=None), {"payload"}),
    "a text as public": (event(public="true"), {"public"}),
    "no such day": (event(created_at="2026-02-30T00:00:00Z"), {"created_at"}),
    "before there was GitHub": (
        event(created_at="1970-01-01T00:00:00Z"),
        {"since there is GitHub and not in the future"},
    ),
    "a text as size": (push(3) | {"payload": {"size": "3"}}, {"payload.size"}),
    "no commit": (event(payload={"push_id": 1, "ref": "r", "head": SHA[1:]}), {"head is a commit"}),
    "from the future": (event(created_at=SOON), {"since there is GitHub and not in the future"}),
    "more distinct commits than commits": (
        push(3, distinct=4),
        {"a push has at least as many commits as distinct ones"},
    ),
    "more commits listed than there are": (push(1, listed=2), {"a push lists no more commits than it has"}),
    "a branch without name": (
        old(type="CreateEvent", payload={"ref_type": "branch"}),
        {"a new branch or tag has a name"},
    ),
}

WARNED: dict[str, tuple[dict[str, Any], str]] = {
    "a new type": (event(type="MoonEvent"), "known event type"),
    "a new kind of ref": (
        old(type="DeleteEvent", payload={"ref": "x", "ref_type": "note"}),
        "known kind of ref",
    ),
    "an event that is not public": (event(public=False), "only public events"),
    "a push without name": (event(payload={"ref": "refs/heads/main"}), "a push names itself and its ref"),
}


@pytest.mark.parametrize("record", ACCEPTED.values(), ids=ACCEPTED)
def test_what_github_sends_is_accepted(record: dict[str, Any]) -> None:
    verdict = judge(EVENTS, [record])
    assert (verdict.refused, verdict.warned, verdict.good.height) == ([], set(), 1)


@pytest.mark.parametrize(("record", "reasons"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_refused_with_every_reason(record: dict[str, Any], reasons: set[str]) -> None:
    verdict = judge(EVENTS, [record, event(id="1")])
    assert (verdict.refused, verdict.good.height) == ([reasons], 1)


@pytest.mark.parametrize(("record", "rule"), WARNED.values(), ids=WARNED)
def test_what_is_new_is_kept_and_told(record: dict[str, Any], rule: str) -> None:
    verdict = judge(EVENTS, [record])
    assert (verdict.refused, verdict.warned, verdict.good.height) == ([], {rule}, 1)


def test_silver_has_no_names_or_addresses_of_authors() -> None:
    row = judge(EVENTS, [push(1)]).good
    assert row["payload"].struct.field("commits").to_list() == [[{"sha": SHA, "distinct": True}]]
    assert "a@example.com" not in str(row.to_dicts())


@pytest.mark.corpus
@pytest.mark.parametrize("hour", [0, 1])
def test_no_real_event_is_refused(shared_data: Path, hour: int) -> None:
    raw = gzip.decompress((shared_data / "github" / f"2015-01-01-{hour}.json.gz").read_bytes())
    verdict = judge(EVENTS, raw)
    assert (verdict.refused, verdict.warned) == ([], set())
    assert verdict.good.height == raw.count(b"\n") > 7000


@pytest.mark.corpus
def test_payloads_of_webhooks_fit(shared_data: Path) -> None:
    """A webhook's payload holds what an event's does, so one can be made of it where it names account and repository."""
    made = []
    for path in sorted((shared_data / "github" / "webhooks").glob("*/*.json")):
        payload = json.loads(path.read_bytes())
        if {"sender", "repository"} <= payload.keys():
            made.append(_as_event(path.parent.name, payload, number=len(made) + 1))
    verdict = judge(EVENTS, made)
    assert verdict.refused == []
    assert verdict.good.height == len(made) > 50
    # Webhooks number no pushes, and there are more kinds of them than of public events.
    assert verdict.warned <= {"a push names itself and its ref", "known event type"}


def _as_event(name: str, payload: dict[str, Any], *, number: int) -> dict[str, Any]:
    repository = payload["repository"]
    return {
        "id": str(number),
        "type": f"{name.title().replace('_', '')}Event",
        "actor": payload["sender"],
        "repo": {"id": repository["id"], "name": repository["full_name"], "url": repository["url"]},
        "payload": payload,
        "public": True,
        "created_at": "2021-05-01T00:00:00Z",
    }
