"""GitHub's events: none lost, none doubled, never faster than asked (S21 and S22 of the fault list)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.errors import SourceError, UsageError
from sentineldq.sources.auth import Auth
from sentineldq.sources.batch import Batch, Cursor
from sentineldq.sources.github import GitHub
from sentineldq.sources.http import ThrottledError
from sentineldq.sources.memory import pack, unpack
from sentineldq.sources.registry import make
from tests.sources.conftest import Clock
from tests.sources.server import NOW, Reply, Request, Server, ndjson, serving

START = datetime.fromtimestamp(NOW, UTC) - timedelta(days=1)


def event(number: int) -> bytes:
    """An event as the API writes it, with blanks where nobody would put them; three to a second."""
    at = (START + timedelta(seconds=number // 3)).isoformat().replace("+00:00", "Z")
    return b'{"id": "%d",  "type":"WatchEvent", "created_at" : "%s"}' % (number, at.encode())


@dataclass
class Feed:
    """A list of events that shows the newest `window` of those up to `head`, in pages."""

    head: int = 20
    window: int = 15
    shift: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, request: Request) -> Reply:
        head = self.head
        self.head += self.shift.pop(0) if self.shift else 0
        if request.headers.get("if-none-match") == f'W/"{head}"':
            return Reply(status=304, body=b"", headers=self.headers)
        number, size = int(request.params.get("page", "1")), int(request.params["per_page"])
        last = max(0, head - self.window)
        shown = range(head - (number - 1) * size, max(last, head - number * size), -1)
        headers = {"ETag": f'W/"{head}"', **self.headers}
        if head - number * size > last:
            url = f"http://{request.headers['host']}{request.path}?per_page={size}&page={number + 1}"
            headers["Link"] = f'<{url}>; rel="next", <{url}>; rel="last"'
        return Reply(body=ndjson(map(event, shown)), headers=headers)


def github(server: Server, clock: Clock, *, size: int = 5, **options: Any) -> GitHub:
    url = f"{server.url}/events?per_page={size}"
    return GitHub(name="events", url=url, sleep=clock.sleep, clock=clock.read, **options)


def numbers(batch: Batch) -> list[int]:
    return [int(json.loads(raw)["id"]) for raw in batch.records.to_pylist()]


def poll(source: GitHub, cursor: Cursor | None) -> list[Batch]:
    return list(source.read({} if cursor is None else {source.partition: cursor}))


def test_the_first_poll_gives_all_that_is_shown_oldest_first(server: Server, clock: Clock) -> None:
    server.on("/events", Feed())
    source = github(server, clock)
    (batch,) = poll(source, None)
    assert batch.records.to_pylist() == [event(number) for number in range(6, 21)]
    assert (batch.partition, batch.form, batch.fault) == (f"github:{server.host}/events", "json", None)
    assert batch.time == START + timedelta(seconds=6)
    assert [request.params.get("page") for request in server.asked] == [None, "2", "3"]
    assert server.asked[0].headers["accept"] == "application/vnd.github+json"
    assert json.loads(json.dumps(batch.cursor)) == batch.cursor


def test_the_next_poll_gives_what_is_new_and_reads_no_further(server: Server, clock: Clock) -> None:
    feed = Feed()
    server.on("/events", feed)
    source = github(server, clock)
    (first,) = poll(source, None)
    feed.head += 3
    server.asked.clear()
    (second,) = poll(source, first.cursor)
    assert numbers(second) == [21, 22, 23]
    assert len(server.asked) == 2  # one page with news, one without
    assert "gap" not in second.cursor


def test_what_has_not_changed_costs_nothing(server: Server, clock: Clock) -> None:
    server.on("/events", Feed())
    source = github(server, clock)
    (first,) = poll(source, None)
    server.asked.clear()
    assert poll(source, first.cursor) == []
    assert [request.headers.get("if-none-match") for request in server.asked] == ['W/"20"']


def test_an_etag_of_nothing_new_is_remembered(server: Server, clock: Clock) -> None:
    """The API changes its ETag when only a field of an event has changed."""
    feed = Feed()
    server.on("/events", feed)
    source = github(server, clock)
    (first,) = poll(source, None)
    old = {**first.cursor, "etag": 'W/"19"'}
    assert poll(source, old) == []
    server.asked.clear()
    assert poll(source, old) == []
    assert server.asked[0].headers["if-none-match"] == 'W/"20"'


def test_reading_again_from_the_same_cursor_gives_the_same_batch(server: Server, clock: Clock) -> None:
    server.on("/events", Feed())
    (first,) = poll(github(server, clock), None)
    (again,) = poll(github(server, clock), None)
    assert first == again


def test_a_gap_is_told(server: Server, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    feed = Feed()
    server.on("/events", feed)
    source = github(server, clock)
    (first,) = poll(source, None)
    feed.head += 16
    (second,) = poll(source, first.cursor)
    assert second.cursor["gap"] is True
    (record,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert (record.getMessage(), record.events) == (  # type: ignore[attr-defined]
        "events: a gap: events came faster than they were read",
        15,
    )
    feed.head += 1
    (third,) = poll(source, second.cursor)
    assert "gap" not in third.cursor


def test_events_that_outrun_the_pages_are_a_gap(server: Server, clock: Clock) -> None:
    feed = Feed()
    server.on("/events", feed)
    source = github(server, clock)
    (first,) = poll(source, None)
    feed.head, feed.shift = 21, [12, 40]
    (second,) = poll(source, first.cursor)
    assert second.cursor["gap"] is True


def test_an_answer_from_the_past_is_passed_over(
    server: Server, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    feed = Feed(head=60)
    server.on("/events", feed)
    source = github(server, clock)
    (first,) = poll(source, None)
    for head in (20, 50):
        feed.head = head
        assert poll(source, first.cursor) == []
    assert "older than the last one" in caplog.text
    feed.head = 61
    (second,) = poll(source, first.cursor)
    assert numbers(second) == [61]


def test_a_time_from_the_future_does_not_make_all_else_look_old(server: Server, clock: Clock) -> None:
    future = b'{"id": "900", "created_at": "2099-01-01T00:00:00Z"}'
    server.on("/events", Reply(body=ndjson([future, event(5)])), Reply(body=ndjson([event(6), event(5)])))
    source = github(server, clock)
    (first,) = poll(source, None)
    assert first.time == datetime.fromtimestamp(NOW, UTC)
    server.on("/events", Reply(body=ndjson([b'{"id":"901","created_at":"2023-11-15T00:00:00Z"}', future])))
    (second,) = poll(source, first.cursor)
    assert numbers(second) == [901]


@pytest.mark.parametrize(
    ("headers", "interval", "pause"),
    [
        pytest.param({}, 60.0, 60.0, id="own"),
        pytest.param({"X-Poll-Interval": "90"}, 60.0, 90.0, id="longer"),
        pytest.param({"X-Poll-Interval": "30"}, 60.0, 60.0, id="shorter"),
        pytest.param({"X-Poll-Interval": "soon"}, 60.0, 60.0, id="odd"),
        pytest.param(
            {"X-RateLimit-Remaining": "12", "X-RateLimit-Reset": str(NOW + 3600)}, 60.0, 900.0, id="limit"
        ),
        pytest.param(
            {"X-RateLimit-Remaining": "4999", "X-RateLimit-Reset": str(NOW + 60)}, 60.0, 60.0, id="plenty"
        ),
    ],
)
def test_pauses_are_as_long_as_asked(
    server: Server, clock: Clock, headers: dict[str, str], interval: float, pause: float
) -> None:
    """What is left of a limit lasts until it is set back: 12 requests at three a poll, in an hour."""
    server.on("/events", Feed(headers=headers))
    source = github(server, clock, interval=interval)
    (batch,) = poll(source, None)
    assert source.pause == pause
    if "X-Poll-Interval" in headers:
        poll(source, batch.cursor)
        assert source.pause == pause


def test_nothing_is_asked_once_the_limit_is_used_up(server: Server, clock: Clock) -> None:
    """What is there already is given; nothing seen before was reached, so it is a gap."""
    feed = Feed()
    server.on("/events", feed)
    source = github(server, clock)
    (first,) = poll(source, None)
    feed.head, feed.headers = 30, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOW + 1800)}
    server.asked.clear()
    (second,) = poll(source, first.cursor)
    assert numbers(second) == [26, 27, 28, 29, 30]
    assert second.cursor["gap"] is True
    assert (len(server.asked), source.pause) == (1, 1800.0)


@pytest.mark.parametrize(
    "headers",
    [{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOW + 1800)}, {"Retry-After": "1800"}],
    ids=["primary", "secondary"],
)
def test_a_rate_limit_sets_the_pause(server: Server, clock: Clock, headers: dict[str, str]) -> None:
    server.on("/events", Reply(status=403, value={"message": "API rate limit exceeded"}, headers=headers))
    source = github(server, clock)
    with pytest.raises(ThrottledError, match="API rate limit exceeded"):
        poll(source, None)
    assert source.pause == 1800.0
    with pytest.raises(ThrottledError):
        poll(source, None)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        pytest.param(b'{"message": "hello"}', "the body is an object, not an array", id="object"),
        pytest.param(b'[{"id": "1"}, {"id', "it is not JSON: ", id="truncated"),
        pytest.param(b"", "the body is no JSON, not an array", id="empty"),
        pytest.param(b"\xff\xfe[", "the body is no JSON, not an array", id="utf-16"),
    ],
)
def test_a_body_that_is_no_list_is_kept_whole(server: Server, clock: Clock, body: bytes, fault: str) -> None:
    """Once; the place stays, and the next list is read as ever."""
    feed = Feed()
    server.on("/events", feed, feed, feed, Reply(body=body), Reply(body=body), feed)
    source = github(server, clock)
    (first,) = poll(source, None)
    feed.head += 1
    (broken,) = poll(source, first.cursor)
    assert broken.records.to_pylist() == [body]
    assert str(broken.fault).startswith(fault)
    assert {**broken.cursor, "fault": None} == {**first.cursor, "fault": None}
    with pytest.raises(SourceError, match="as before"):
        poll(source, broken.cursor)
    (second,) = poll(source, broken.cursor)
    assert numbers(second) == [21]
    assert "fault" not in second.cursor


def test_odd_elements_are_records_like_any_other(server: Server, clock: Clock) -> None:
    """What they are worth is for the contract to say; the same bytes are given once."""
    odd = [
        b"1",
        b"null",
        b'"x\xff"',
        b'{"id": 7}',
        b'{"id":"7" }',
        b'{"id": ["7"]}',
        b"{}",
        b'"\\ud800"',
        b"{}",
    ]
    server.on("/events", Reply(body=ndjson([*odd, event(3)])))
    source = github(server, clock)
    (batch,) = poll(source, None)
    given = batch.records.to_pylist()
    assert given == [event(3), *reversed([raw for raw in odd[:8] if raw != b'{"id":"7" }'])]
    assert poll(source, batch.cursor) == []


def test_a_next_page_on_another_host_is_refused(server: Server, clock: Clock) -> None:
    away = Reply(body=ndjson([event(1)]), headers={"Link": '<http://elsewhere.example/events>; rel="next"'})
    server.on("/events", away)
    with pytest.raises(SourceError, match="the next page is said to be on another host"):
        poll(github(server, clock), None)


def test_pages_without_end_are_not_read_without_end(server: Server, clock: Clock) -> None:
    feed = Feed(head=900, window=800)
    server.on("/events", feed)
    (batch,) = poll(github(server, clock), None)
    assert numbers(batch) == list(range(851, 901))


def test_a_failure_between_pages_gives_nothing(server: Server, clock: Clock) -> None:
    feed = Feed()
    server.on("/events", feed, Reply(status=500, body=b""))
    with pytest.raises(SourceError, match="HTTP 500"):
        poll(github(server, clock), None)


def test_it_is_made_from_configuration_and_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server.on("/events", Feed())
    monkeypatch.setenv("GITHUB_EVENTS_URL", f"{server.url}/events")
    monkeypatch.setenv("GITHUB_POLL_INTERVAL_SECONDS", "15")
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_secret")
    source = make({"kind": "github"}, root=tmp_path, name="events")
    (batch,) = source.read({})
    assert source.pause == 15.0
    assert (server.asked[0].headers["authorization"], server.asked[0].params) == (
        "Bearer ghp_secret",
        {"per_page": "100"},
    )
    assert "ghp_secret" not in repr(vars(source)) + repr(batch)
    monkeypatch.delenv("GITHUB_EVENTS_URL")
    plain = make({"kind": "github", "interval": 5}, root=tmp_path, name="events")
    assert isinstance(plain, GitHub)
    assert (plain.partition, plain.pause) == ("github", 5.0)


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        pytest.param({"intervall": 5}, "unknown key 'intervall'\nhint: did you mean 'interval'", id="key"),
        pytest.param({"interval": "often"}, "poll interval 'often' is no number", id="interval"),
        pytest.param({"interval": -1}, "0 to 86400 seconds", id="negative"),
        pytest.param({"url": "ftp://a.b/"}, "begin with https://", id="scheme"),
        pytest.param({"url": "http://a.b/", "token_env": "TOKEN"}, "unencrypted", id="unencrypted"),
    ],
)
def test_wrong_configuration_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, config: dict[str, Any], problem: str
) -> None:
    monkeypatch.setenv("TOKEN", "t")
    with pytest.raises(UsageError, match=problem):
        make({"kind": "github", **config}, root=tmp_path, name="events")


@pytest.mark.parametrize("cursor", [{"seen": "???"}, {"etag": 5}, {"time": "today"}], ids=str)
def test_a_foreign_cursor_is_refused(server: Server, clock: Clock, cursor: Cursor) -> None:
    with pytest.raises(SourceError, match="is none of ours"):
        poll(github(server, clock), cursor)
    assert server.asked == []


def test_a_token_over_plain_http_stays_here() -> None:
    with pytest.raises(UsageError, match="unencrypted"):
        GitHub(name="events", url="http://a.b/events", auth=Auth(bearer_env="PATH"))


IDS = st.one_of(
    st.integers(0, 2**64).map(str), st.text(max_size=8), st.from_regex(r"0*\d{1,4}", fullmatch=True)
)


@given(st.lists(IDS, unique=True))
def test_ids_come_back_from_their_short_form(ids: list[str]) -> None:
    assert sorted(unpack(pack(ids))) == sorted(ids)


def test_ids_take_little_room() -> None:
    """500 ids as GitHub numbers them, some 30 apart."""
    assert len(pack(str(54_000_000_000 + 31 * step) for step in range(500))) < 1100


@pytest.fixture(scope="module")
def shared_server() -> Iterator[Server]:
    with serving() as running:
        yield running


STEPS = st.lists(
    st.tuples(
        st.integers(0, 14),  # events between two polls
        st.lists(st.integers(0, 9), max_size=4),  # and while the pages are read
        st.sampled_from(["commit", "commit", "commit", "crash", "stale"]),
    ),
    max_size=10,
)


@settings(max_examples=80)
@given(steps=STEPS, size=st.integers(2, 7))
def test_no_event_is_lost_or_doubled(
    shared_server: Server, steps: list[tuple[int, list[int], str]], size: int
) -> None:
    """Whatever comes in between, before and while reading: an event is missing only where a gap is told."""
    clock, feed = Clock(), Feed()
    shared_server.on("/events", feed)
    source = github(shared_server, clock, size=size)
    cursor: Cursor | None = None
    given_numbers: list[int] = []
    gap, within = False, True
    for arrived, shift, end in [*steps, (0, [], "commit")]:
        feed.head += arrived
        now, feed.shift = feed.head, list(shift)
        if end == "stale":
            feed.head = max(16, now - 25)
        batches = poll(source, cursor)
        within = within and arrived + sum(shift) < feed.window - size and max([0, *shift]) < size
        if end == "commit":
            for batch in batches:
                given_numbers += numbers(batch)
                cursor = batch.cursor
                gap = gap or bool(batch.cursor.get("gap"))
        feed.head = max(now, feed.head)
        within = within and end == "commit"
    assert len(set(given_numbers)) == len(given_numbers)
    if not gap:
        assert sorted(given_numbers) == list(range(min(given_numbers), feed.head + 1))
    assert not (gap and within)
