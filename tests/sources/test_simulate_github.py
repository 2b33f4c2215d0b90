"""Simulated GitHub events have the shapes, sizes and unevenness of the real ones."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from statistics import mean

import pytest

from sentineldq.sources.simulate import generate
from sentineldq.sources.simulate.github.template import quote, template

PAYLOADS = {
    "CommitCommentEvent": {"comment"},
    "CreateEvent": {"ref", "ref_type", "master_branch", "description", "pusher_type"},
    "DeleteEvent": {"ref", "ref_type", "pusher_type"},
    "DiscussionEvent": {"action", "discussion"},
    "ForkEvent": {"forkee"},
    "GollumEvent": {"pages"},
    "IssueCommentEvent": {"action", "issue", "comment"},
    "IssuesEvent": {"action", "issue"},
    "MemberEvent": {"action", "member"},
    "PublicEvent": set(),
    "PullRequestEvent": {"action", "number", "pull_request"},
    "PullRequestReviewCommentEvent": {"action", "comment", "pull_request"},
    "PullRequestReviewEvent": {"action", "review", "pull_request"},
    "PushEvent": {"repository_id", "push_id", "ref", "head", "before"},
    "ReleaseEvent": {"action", "release"},
    "WatchEvent": {"action"},
}
COMMITS = {"size", "distinct_size", "commits"}


@pytest.fixture(scope="module", params=["full", "trimmed"])
def era(request):
    return request.param


@pytest.fixture(scope="module")
def raw(era):
    return list(generate("github", seed=11, records=12_000, era=era))


@pytest.fixture(scope="module")
def events(raw):
    return [json.loads(record) for record in raw]


def test_every_type_turns_up_with_its_payload(events):
    assert {event["type"] for event in events} == set(PAYLOADS)
    for event in events:
        assert event["payload"].keys() >= PAYLOADS[event["type"]]


def test_an_event_has_the_keys_and_types_of_the_api(events):
    for event in events:
        assert list(event)[:7] == ["id", "type", "actor", "repo", "payload", "public", "created_at"]
        assert set(event) <= {"id", "type", "actor", "repo", "payload", "public", "created_at", "org"}
        assert event["id"].isdecimal()
        assert event["public"] is True
        assert isinstance(event["actor"]["id"], int)
        assert event["actor"].keys() == {"id", "login", "display_login", "gravatar_id", "url", "avatar_url"}
        assert event["repo"]["url"].endswith(event["repo"]["name"])
        owner, name = event["repo"]["name"].split("/")
        assert owner
        assert name
        if "org" in event:
            assert event["org"]["login"] == owner
            assert isinstance(event["org"]["id"], int)


def test_ids_grow_and_times_do_not_go_back(events):
    ids = [int(event["id"]) for event in events]
    assert ids == sorted(set(ids))
    times = [event["created_at"] for event in events]
    assert times == sorted(times)


def test_an_account_has_one_id_and_an_id_one_account(events):
    for part, name in (("actor", "login"), ("repo", "name")):
        pairs = {(event[part]["id"], event[part][name]) for event in events}
        assert len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})


def test_pushes_add_up(events, era):
    for event in events:
        if event["type"] != "PushEvent":
            continue
        payload = event["payload"]
        assert len(payload["head"]) == len(payload["before"]) == 40
        assert payload["repository_id"] == event["repo"]["id"]
        if era == "trimmed":
            assert not payload.keys() & COMMITS
            continue
        assert 0 <= payload["distinct_size"] <= payload["size"] <= 1000
        assert len(payload["commits"]) == min(payload["size"], 20)
        assert payload["commits"][-1]["sha"] == payload["head"]


def test_pull_requests_are_whole_or_trimmed(events, era):
    for event in events:
        request = event["payload"].get("pull_request")
        if request is None:
            continue
        assert request["base"]["repo"]["id"] == event["repo"]["id"]
        if era == "trimmed":
            assert request.keys() == {"url", "id", "number", "head", "base"}
            assert request["head"]["repo"].keys() == {"id", "url", "name"}
        else:
            assert request.keys() >= {"title", "user", "body", "state", "merged_at", "_links"}
            assert request["base"]["repo"]["full_name"] == event["repo"]["name"]
        if event["type"] == "PullRequestEvent" and era == "full":
            assert request["merged"] == (request["merged_at"] is not None)


def test_sizes_are_those_of_gh_archive(raw, events, era):
    size = mean(map(len, raw))
    if era == "trimmed":
        assert 700 < size < 1500
        return
    assert 1800 < size < 2500
    by_type = {
        kind: mean(len(one) for one, event in zip(raw, events, strict=True) if event["type"] == kind)
        for kind in ("PushEvent", "WatchEvent", "PullRequestEvent")
    }
    assert 700 < by_type["PushEvent"] < 1500
    assert 400 < by_type["WatchEvent"] < 700
    assert 12_000 < by_type["PullRequestEvent"] < 25_000


def test_the_mix_of_types_is_that_of_gh_archive(events):
    mix = Counter(event["type"] for event in events)
    assert 0.55 < mix["PushEvent"] / len(events) < 0.72
    assert 0.08 < mix["CreateEvent"] / len(events) < 0.17
    assert mix["PushEvent"] > mix["CreateEvent"] > mix["PullRequestEvent"] > mix["GollumEvent"] > 0


def test_few_do_much_and_most_do_little(events):
    people = Counter(event["actor"]["login"] for event in events)
    bots = sum(count for login, count in people.items() if login.endswith("[bot]"))
    assert 0.15 < bots / len(events) < 0.35
    humans = sorted((count for login, count in people.items() if not login.endswith("[bot]")), reverse=True)
    assert humans[0] > 12
    assert sum(count == 1 for count in humans) > len(humans) / 2
    assert sum(humans[: len(humans) // 10]) > 0.25 * sum(humans)


def test_texts_are_of_all_kinds(raw):
    whole = b"\n".join(raw).decode()
    for sign in ("🚀", "é", "请", "\\n", '\\"', "\\\\", "```"):
        assert sign in whole
    assert all(b"\n" not in record for record in raw)


@pytest.mark.corpus
def test_payloads_have_what_real_ones_had(shared_data):
    """What the payloads of 2015 have, those simulated have as well."""
    made: dict[str, set[str]] = {}
    for record in generate("github", seed=11, records=6000):
        event = json.loads(record)
        made.setdefault(event["type"], set()).update(event["payload"])
    with gzip.open(shared_data / "github" / "2015-01-01-0.json.gz") as lines:
        for line in lines:
            event = json.loads(line)
            assert event["payload"].keys() <= made[event["type"]], event["type"]


def test_a_template_has_slots_for_json_and_for_text():
    made = template({"id": "=id", "url": "https://x/%(name)s{/sha}", "note": "=note"})
    assert made % {"id": 7, "name": "a\\n", "note": quote(None)} == (
        '{"id":7,"url":"https://x/a\\n{/sha}","note":null}'
    )
