"""APIs described in YAML: every way of paging, the shipped descriptions, and servers that lie (S21, S22)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.errors import SourceError, UsageError
from sentineldq.sources.batch import Batch, Cursor
from sentineldq.sources.registry import make
from sentineldq.sources.registry import settings as fitted
from sentineldq.sources.rest import Api, Rest
from tests.sources.conftest import Clock
from tests.sources.server import NOW, Reply, Request, Server, ndjson, serving


def rest(server: Server, clock: Clock, **api: Any) -> Rest:
    given_api = fitted(Api, {"base_url": server.url, "path": "/list", "records": "data", **api}, name="shop")
    return Rest(given_api, name="shop", sleep=clock.sleep, clock=clock.read)


def read(source: Rest, cursor: Cursor | None = None) -> list[Batch]:
    """All batches; each cursor is JSON."""
    batches = list(source.read({} if cursor is None else {source.partition: cursor}))
    assert all(json.loads(json.dumps(batch.cursor)) == batch.cursor for batch in batches)
    return batches


def broken(source: Rest, cursor: Cursor | None = None) -> tuple[list[Batch], str]:
    """The batches until the error, and the error."""
    batches: list[Batch] = []
    try:
        for batch in source.read({} if cursor is None else {source.partition: cursor}):
            batches.append(batch)  # noqa: PERF402  # those before the error are wanted too
    except SourceError as fault:
        return batches, str(fault)
    raise AssertionError("it did not break")


def ids(batches: Sequence[Batch]) -> list[Any]:
    return [json.loads(raw)["id"] for batch in batches for raw in batch.records.to_pylist()]


def rows(*numbers: int) -> list[dict[str, int]]:
    return [{"id": number} for number in numbers]


@dataclass
class Shelf:
    """A list of records, given in slices by any of the usual ways."""

    records: list[dict[str, Any]]
    size: int = 3
    asked: list[dict[str, str]] = field(default_factory=list)

    def slice(self, request: Request, start: int) -> tuple[list[dict[str, Any]], bool]:
        self.asked.append(request.params)
        end = start + int(request.params.get("limit", self.size))
        return self.records[start:end], end < len(self.records)

    def page(self, request: Request) -> Reply:
        found, _ = self.slice(request, (int(request.params.get("page", "1")) - 1) * self.size)
        return Reply(value={"data": found})

    def offset(self, request: Request) -> Reply:
        found, _ = self.slice(request, int(request.params.get("skip", "0")))
        return Reply(value={"data": found, "total": len(self.records)})

    def token(self, request: Request) -> Reply:
        start = int(request.params.get("cursor", "t0")[1:])
        found, more = self.slice(request, start)
        return Reply(value={"data": found, "meta": {"next": f"t{start + self.size}" if more else None}})

    def last(self, request: Request) -> Reply:
        known = [record["id"] for record in self.records]
        after = request.params.get("after")
        found, more = self.slice(request, known.index(int(after)) + 1 if after else 0)
        return Reply(value={"data": found, "more": more})

    def body(self, request: Request) -> Reply:
        start = int(request.params.get("from", "0"))
        found, more = self.slice(request, start)
        link = f"{request.path}?from={start + self.size}"
        return Reply(value={"data": found, "next": link if more else None})

    def header(self, request: Request) -> Reply:
        start = int(request.params.get("from", "0"))
        found, more = self.slice(request, start)
        link = f"<http://{request.headers['host']}{request.path}?from={start + self.size}>; rel=next"
        return Reply(value={"data": found}, headers={"Link": link} if more else {})


WAYS = {
    "page": {"kind": "page", "param": "page"},
    "offset": {"kind": "offset", "param": "skip", "total": "total"},
    "token": {"kind": "cursor", "param": "cursor", "next": "meta.next"},
    "last": {"kind": "cursor", "param": "after", "last": "id", "more": "more"},
    "body": {"kind": "link", "next": "next"},
    "header": {"kind": "link"},
}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("count", [1, 3, 7])
def test_every_page_is_a_batch(server: Server, clock: Clock, way: str, count: int) -> None:
    shelf = Shelf(rows(*range(1, count + 1)))
    server.on("/list", getattr(shelf, way))
    batches = read(rest(server, clock, key="id", paging=WAYS[way]))
    assert ids(batches) == list(range(1, count + 1))
    assert [len(batch.records) for batch in batches] == {1: [1], 3: [3], 7: [3, 3, 1]}[count]
    assert {batch.time for batch in batches} == {datetime.fromtimestamp(NOW, UTC)}
    assert {batch.partition for batch in batches} == {f"rest:{server.host}/list"}


def test_a_sweep_goes_on_where_it_broke_off(server: Server, clock: Clock, way: str) -> None:
    """And the next one starts at the front, passing over pages that are as they were."""
    shelf = Shelf(rows(1, 2, 3, 4, 5, 6, 7))
    server.on("/list", getattr(shelf, way))
    first, *_ = read(rest(server, clock, key="id", paging=WAYS[way]))
    shelf.records += rows(8)
    later = read(rest(server, clock, key="id", paging=WAYS[way]), first.cursor)
    assert ids(later) == [4, 5, 6, 7, 8]
    assert read(rest(server, clock, key="id", paging=WAYS[way]), later[-1].cursor) == []


def test_a_place_that_the_server_forgot_starts_the_sweep_again(server: Server, clock: Clock) -> None:
    """What its last page held is not given again; what the pages before it held is for silver to tell."""
    shelf = Shelf(rows(1, 2, 3, 4, 5))

    def forgetful(request: Request) -> Reply:
        return shelf.token(request) if "cursor" not in request.params else Reply(status=410, value={})

    server.on("/list", shelf.token)
    first, *_ = read(rest(server, clock, key="id", paging=WAYS["token"]))
    server.on("/list", forgetful, shelf.token)
    assert ids(read(rest(server, clock, key="id", paging=WAYS["token"]), first.cursor)) == [4, 5]
    server.on("/list", forgetful)
    _, text = broken(rest(server, clock, key="id", paging=WAYS["token"]), first.cursor)
    assert "HTTP 410" in text


def test_an_empty_list_gives_nothing(server: Server, clock: Clock, way: str) -> None:
    server.on("/list", getattr(Shelf([]), way))
    source = rest(server, clock, paging=WAYS[way])
    assert read(source) == []


def test_a_list_without_pages_is_asked_for_once(server: Server, clock: Clock) -> None:
    server.on("/list", Reply(body=ndjson([b'{"id":1.50}', b'{ "id" : 2 }'])))
    (batch,) = read(rest(server, clock, records=None))
    assert batch.records.to_pylist() == [b'{"id":1.50}', b'{ "id" : 2 }']
    assert len(server.asked) == 1


def test_records_are_found_by_a_path_byte_for_byte(server: Server, clock: Clock) -> None:
    """Also beside one that is not quite JSON: the others should not suffer for it."""
    records = [b'{"id":1.0}', b'{"id": NaN}', b'{"s":"\\ud800"}', b'"caf\xc3\xa9"', b'"\xff"', b"[ 1 ]"]
    server.on("/list", Reply(body=b'\xef\xbb\xbf {"a":{"x":"}","b" : ' + ndjson(records) + b" }}"))
    (batch,) = read(rest(server, clock, records="a.b"))
    assert batch.records.to_pylist() == records
    assert batch.origin == f"{server.url}/list"


def test_size_and_parameters_are_sent(server: Server, clock: Clock) -> None:
    shelf = Shelf(rows(1, 2, 3), size=2)
    server.on("/list", shelf.page)
    paging = {**WAYS["page"], "size_param": "limit", "size": 2, "short": True}
    source = rest(
        server, clock, paging=paging, params={"sort": "id", "deep": True, "limit": 9}, headers={"X-A": "b"}
    )
    assert ids(read(source)) == [1, 2, 3]
    assert shelf.asked == [
        {"sort": "id", "deep": "true", "limit": "2", "page": "1"},
        {"sort": "id", "deep": "true", "limit": "2", "page": "2"},
    ]
    assert server.asked[0].headers["x-a"] == "b"


@dataclass
class Ledger:
    """Records with a time, those from a bound on, newest or oldest first, in pages by the last id."""

    records: list[dict[str, Any]]
    newest_first: bool = True
    size: int = 2
    deaf: bool = False

    def __call__(self, request: Request) -> Reply:
        since = "" if self.deaf else request.params.get("since", "")
        found = [record for record in self.records if not since or str(record["at"]) >= since]
        found = sorted(found, key=lambda record: record["at"], reverse=self.newest_first)
        known = [str(record["id"]) for record in found]
        start = known.index(request.params["after"]) + 1 if "after" in request.params else 0
        page = found[start : start + self.size]
        return Reply(value={"data": page, "more": start + self.size < len(found)})


NEW = {
    "paging": WAYS["last"],
    "key": "id",
    "incremental": {"field": "at", "param": "since", "format": "epoch"},
}


def at(**times: int) -> list[dict[str, Any]]:
    return [{"id": int(name[1:]), "at": NOW - 1000 + second} for name, second in times.items()]


@pytest.mark.parametrize("newest_first", [True, False])
def test_only_what_is_new_is_read_again(server: Server, clock: Clock, newest_first: bool) -> None:
    """Of records in the same second, none is lost and none doubled."""
    ledger = Ledger(at(r1=1, r2=2, r3=3, r4=3, r5=3), newest_first=newest_first)
    server.on("/list", ledger)
    source = rest(server, clock, **NEW)
    first = read(source)
    assert sorted(ids(first)) == [1, 2, 3, 4, 5]
    assert "since" not in server.asked[0].params
    ledger.records += at(r6=3, r7=4)
    second = read(source, first[-1].cursor)
    assert sorted(ids(second)) == [6, 7]
    assert server.asked[-1].params["since"] == str(NOW - 997)
    assert read(source, second[-1].cursor) == []
    assert max(batch.time for batch in second) == datetime.fromtimestamp(NOW - 996, UTC)


def test_a_sweep_that_broke_off_keeps_its_boundary(server: Server, clock: Clock) -> None:
    """What is newest comes first: were it taken as read before the rest is, the rest would be lost."""
    ledger = Ledger(at(r1=1, r2=2, r3=3, r4=4, r5=5))
    server.on("/list", ledger)
    source = rest(server, clock, **NEW)
    batches = source.read({})
    cursor = next(batches).cursor
    batches.close()  # type: ignore[attr-defined]
    ledger.records += at(r6=6)
    rest_of_it = read(rest(server, clock, **NEW), cursor)
    assert ids(rest_of_it) == [3, 2, 1, 6]


def test_a_server_that_does_not_hear_the_bound_doubles_nothing(
    server: Server, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = Ledger(at(r1=1, r2=2, r3=3), deaf=True)
    server.on("/list", ledger)
    source = rest(server, clock, **NEW)
    first = read(source)
    ledger.records += at(r4=4)
    assert ids(read(source, first[-1].cursor)) == [4]
    (record,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert record.older == 2  # type: ignore[attr-defined]


def test_a_time_from_the_future_does_not_hide_what_follows(server: Server, clock: Clock) -> None:
    ledger = Ledger(at(r1=1, r9=10**9))
    server.on("/list", ledger)
    source = rest(server, clock, **NEW)
    first = read(source)
    assert sorted(ids(first)) == [1, 9]
    ledger.records += at(r2=2)
    second = read(source, first[-1].cursor)
    assert ids(second) == [2]
    assert server.asked[-1].params["since"] == str(NOW - 999)
    assert second[-1].time == datetime.fromtimestamp(NOW - 998, UTC)


@pytest.mark.parametrize(
    ("form", "values", "sent"),
    [
        pytest.param("datetime", ["2023-01-02T00:00:00Z", "2023-01-02T02:00:00+03:00"], 0, id="datetime"),
        pytest.param("date", ["2023-01-02T08:00:00", "2023-01-01T09:00:00"], "2023-01-02", id="date"),
        pytest.param("integer", [10, "9"], 0, id="integer"),
        pytest.param("text", ["b", "a"], 0, id="text"),
        pytest.param("epoch", [10, None, True, "x", [1]], 0, id="odd"),
        pytest.param("integer", [3, 1e999], 0, id="infinite"),
    ],
)
def test_bounds_are_compared_by_their_format(
    server: Server, clock: Clock, form: str, values: list[Any], sent: Any
) -> None:
    """The first value is the greatest, and sent as the server wrote it."""
    server.on("/list", Reply(value={"data": [{"id": n, "at": value} for n, value in enumerate(values)]}))
    incremental = {"field": "at", "param": "since", "format": form, "start": "s"}
    source = rest(server, clock, key="id", incremental=incremental)
    (batch,) = read(source)
    assert len(batch.records) == len(values)
    read(source, batch.cursor)
    bounds = [request.params["since"] for request in server.asked]
    assert bounds == ["s", str(values[0] if sent == 0 else sent)]


def test_records_that_moved_to_the_next_page_are_not_doubled(server: Server, clock: Clock) -> None:
    shelf = Shelf(rows(1, 2, 3, 4, 5))

    def moving(request: Request) -> Reply:
        reply = shelf.offset(request)
        shelf.records = rows(*range(-len(shelf.asked), 1)) + rows(1, 2, 3, 4, 5)
        return reply

    server.on("/list", moving)
    assert ids(read(rest(server, clock, key="id", paging=WAYS["offset"])))[:5] == [1, 2, 3, 4, 5]


def test_records_that_went_away_start_the_sweep_again(server: Server, clock: Clock) -> None:
    """They moved the others forward, to pages that were passed; what was given is not given twice."""
    shelf = Shelf(rows(1, 2, 3, 4, 5, 6, 7))

    def shrinking(request: Request) -> Reply:
        reply = shelf.offset(request)
        shelf.records = rows(2, 3, 4, 5, 6, 7)
        return reply

    server.on("/list", shrinking)
    source = rest(server, clock, key="id", paging=WAYS["offset"])
    assert ids(read(source)) == [1, 2, 3, 4, 5, 6, 7]


def test_records_that_keep_going_away_are_told(server: Server, clock: Clock) -> None:
    totals = iter(range(1000, 0, -1))
    server.on("/list", lambda request: Reply(value={"data": rows(next(totals)), "total": next(totals)}))
    _, text = broken(rest(server, clock, key="id", paging=WAYS["offset"]))
    assert "records keep going away" in text
    assert len(server.asked) == 5


LIES = [
    pytest.param("page", {"data": rows(1, 2, 3)}, "5 pages in a row hold nothing new", 6, id="same-page"),
    pytest.param(
        "token",
        {"data": rows(1), "meta": {"next": "t"}},
        "back to a page that it gave before",
        2,
        id="same-token",
    ),
    pytest.param("body", {"data": [], "next": "/list?from=1"}, "back to a page", 2, id="same-link"),
    pytest.param("last", {"data": [], "more": True}, "empty, yet more is promised", 1, id="empty-with-more"),
    pytest.param("last", {"data": rows(1)}, "`more` does not say whether", 1, id="no-more"),
    pytest.param("last", {"data": [{}], "more": True}, "`id` of the last record is missing", 1, id="no-id"),
    pytest.param(
        "token", {"data": rows(1), "meta": {"next": {}}}, "`meta.next` is not a token", 1, id="no-token"
    ),
    pytest.param("body", {"data": rows(1), "next": 5}, "`next` is not a link", 1, id="no-link"),
    pytest.param(
        "body", {"data": rows(1), "next": "http://a.b/c"}, "is said to be on another host", 1, id="host"
    ),
    pytest.param(
        "body", {"data": rows(1), "next": "http://[::1"}, "is said to be on another host", 1, id="no-url"
    ),
    pytest.param("offset", {"data": rows(1), "total": "1"}, "`total` is not the number", 1, id="no-total"),
    pytest.param(
        "offset", {"data": [], "total": 9}, "empty, yet there are 9 records", 1, id="total-without-records"
    ),
]


@pytest.mark.parametrize(("way", "page", "reason", "requests"), LIES)
def test_lies_about_pages_are_refused(
    server: Server, clock: Clock, way: str, page: dict[str, Any], reason: str, requests: int
) -> None:
    """What came before is given; reading on from its cursor gives nothing twice."""
    server.on("/list", Reply(value=page))
    source = rest(server, clock, key="id", paging=WAYS[way])
    batches, text = broken(source)
    assert reason in text
    assert len(server.asked) == requests
    if batches and batches[-1].fault is None:
        again, text = broken(source, batches[-1].cursor)
        assert again == []
        assert reason in text or "nothing new" in text


def test_pages_without_end_are_refused(server: Server, clock: Clock) -> None:
    def endless(request: Request) -> Reply:
        number = int(request.params["page"])
        return Reply(value={"data": rows(number)})

    server.on("/list", endless)
    source = rest(server, clock, paging=WAYS["page"], max_pages=8)
    batches, text = broken(source)
    assert "more than 8 pages: raise max_pages" in text
    assert len(batches) == 8


def test_pages_that_are_empty_with_a_next_one_are_walked_a_while(server: Server, clock: Clock) -> None:
    def sparse(request: Request) -> Reply:
        start = int(request.params.get("from", "0"))
        return Reply(
            value={"data": rows(start) if start in (4, 30) else [], "next": f"/list?from={start + 1}"}
        )

    server.on("/list", sparse)
    batches, text = broken(rest(server, clock, paging=WAYS["body"]))
    assert ids(batches) == [4]
    assert "5 pages in a row hold nothing new" in text


UNREADABLE = [
    pytest.param(b'{"data": [{"id": 1}, {"i', "it is not JSON: ", id="truncated"),
    pytest.param(b'{"items": []}', "there is no `data`", id="path"),
    pytest.param(b'{"data": {"id": 1}}', "`data` is an object, not an array", id="object"),
    pytest.param(b'{"data": null}', "`data` is null, not an array", id="null"),
    pytest.param(b'"\xff\xfe"', "there is no `data`", id="text"),
    pytest.param(b"<html>", "it is not JSON", id="html-as-json"),
    pytest.param(b'{"\xff": 1, "data": [1]} and more', "more follows its end", id="trailing"),
    pytest.param(b'{"data": ' + b"[" * 100_000, "it is not JSON", id="deep"),
]


@pytest.mark.parametrize(("body", "reason"), UNREADABLE)
def test_a_page_that_cannot_be_read_is_kept_whole(
    server: Server, clock: Clock, body: bytes, reason: str
) -> None:
    """Once; its place stays, and when the server is well again nothing is lost or doubled."""
    shelf = Shelf(rows(1, 2, 3, 4, 5, 6, 7))
    server.on("/list", shelf.page, Reply(body=body), Reply(body=body), shelf.page)
    source = rest(server, clock, key="id", paging=WAYS["page"])
    batches, text = broken(source)
    good, bad = batches
    assert ids([good]) == [1, 2, 3]
    assert bad.records.to_pylist() == [body]
    assert str(bad.fault).startswith(reason) or reason in str(bad.fault)
    assert f"GET {server.url}/list?page=2: " in text
    again, _ = broken(source, bad.cursor)
    assert again == []
    assert ids(read(source, bad.cursor)) == [4, 5, 6, 7]


def test_html_with_status_200_moves_nothing(server: Server, clock: Clock) -> None:
    server.on("/list", Reply(body=b"<html>Log in</html>", headers={"Content-Type": "text/html"}))
    batches, text = broken(rest(server, clock))
    assert batches == []
    assert "status 200, yet text/html in place of JSON" in text


def test_a_long_wait_sets_the_pause(server: Server, clock: Clock) -> None:
    shelf = Shelf(rows(1, 2, 3, 4))
    wait = Reply(status=429, value={}, headers={"Retry-After": "900"})
    server.on("/list", shelf.page, wait, shelf.page)
    source = rest(server, clock, key="id", paging=WAYS["page"])
    batches, text = broken(source)
    assert "HTTP 429" in text
    assert ids(batches) == [1, 2, 3]
    assert source.pause == 900
    clock.now += 900
    assert ids(read(source, batches[-1].cursor)) == [4]
    assert source.pause == 60


def test_stripe(server: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Newest first, by the last id and has_more, from `created[gte]` on."""
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_1")
    charges = [{"id": f"ch_{n}", "object": "charge", "created": NOW - 500 + n // 2} for n in range(250)]

    def listing(request: Request) -> Reply:
        if request.headers.get("authorization") != "Bearer sk_test_1":
            return Reply(status=401, value={"error": {"message": "Invalid API Key provided"}})
        since = int(request.params.get("created[gte]", "0"))
        found = [charge for charge in reversed(charges) if charge["created"] >= since]
        known = [charge["id"] for charge in found]
        start = known.index(request.params["starting_after"]) + 1 if "starting_after" in request.params else 0
        end = start + int(request.params["limit"])
        return Reply(
            value={"object": "list", "data": found[start:end], "has_more": end < len(found), "url": "/v1"}
        )

    server.on("/v1/charges", listing)
    config = {"kind": "rest", "description": "stripe", "base_url": server.url}
    source = make(config, root=tmp_path, name="charges")
    assert isinstance(source, Rest)
    first = read(source)
    assert [len(batch.records) for batch in first] == [100, 100, 50]
    charges.append({"id": "ch_250", "object": "charge", "created": charges[-1]["created"]})
    assert ids(read(source, first[-1].cursor)) == ["ch_250"]
    assert len(json.dumps(first[0].cursor)) < 2000
    assert "sk_test_1" not in repr([batch.cursor for batch in first]) + repr(first) + repr(vars(source))


def test_shippo(server: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By the link in the body, which its servers write with http://."""
    monkeypatch.setenv("SHIPPO_API_KEY", "shippo_test_1")
    shipments = [
        {"object_id": f"s{n}", "object_created": f"2023-11-01T00:{n // 60:02d}:{n % 60:02d}.5Z"}
        for n in range(230)
    ]

    def listing(request: Request) -> Reply:
        assert request.headers["authorization"] == "ShippoToken shippo_test_1"
        since = request.params.get("object_created_gte", "")
        found = [shipment for shipment in shipments if shipment["object_created"] >= since]
        page, size = int(request.params.get("page", "1")), int(request.params["results"])
        host = request.headers["host"]
        link = f"http://{host}/shipments/?page={page + 1}&results={size}&object_created_gte={since}"
        more = page * size < len(found)
        results = found[(page - 1) * size : page * size]
        return Reply(value={"next": link if more else None, "previous": None, "results": results})

    server.on("/shipments/", listing)
    source = make(
        {"kind": "rest", "description": "shippo", "base_url": server.url},
        root=tmp_path,
        name="shipments",
    )
    assert isinstance(source, Rest)
    first = read(source)
    assert [len(batch.records) for batch in first] == [100, 100, 30]
    assert first[-1].time == datetime(2023, 11, 1, 0, 3, 49, 500_000, UTC)
    shipments.append({"object_id": "s230", "object_created": "2023-11-01T00:03:50Z"})
    second = list(source.read({source.partition: first[-1].cursor}))
    assert [json.loads(raw)["object_id"] for raw in second[0].records.to_pylist()] == ["s230"]
    assert server.asked[-1].params["object_created_gte"] == "2023-11-01T00:03:49.5Z"


def test_products(server: Server, clock: Clock, tmp_path: Path) -> None:
    """By limit and skip, to the total; a product that changed comes again, with its page."""
    products = [{"id": n, "price": 9.5} for n in range(1, 195)]

    def listing(request: Request) -> Reply:
        skip, limit = int(request.params["skip"]), int(request.params["limit"])
        found = products[skip : skip + limit]
        return Reply(value={"products": found, "total": len(products), "skip": skip, "limit": len(found)})

    server.on("/products", listing)
    config = {"kind": "rest", "description": "products", "base_url": server.url}
    source = make(config, root=tmp_path, name="products")
    assert isinstance(source, Rest)
    first = read(source)
    assert [len(batch.records) for batch in first] == [100, 94]
    assert len(server.asked) == 2
    assert read(source, first[-1].cursor) == []
    products[150]["price"] = 8.0
    assert ids(read(source, first[-1].cursor)) == list(range(101, 195))
    assert source.pause == 3600


def test_a_description_of_ones_own(server: Server, tmp_path: Path) -> None:
    server.on("/list", Reply(value={"data": rows(1)}))
    (tmp_path / "api.yaml").write_text(
        f"base_url: {server.url}\npath: /list\nrecords: data\nparams: {{a: 1, b: 2}}\n"
    )
    source = make({"kind": "rest", "description": "api.yaml", "params": {"b": 3}}, root=tmp_path, name="shop")
    assert isinstance(source, Rest)
    assert ids(read(source)) == [1]
    assert server.asked[0].params == {"a": "1", "b": "3"}


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        pytest.param({}, "missing required field `base_url`", id="nothing"),
        pytest.param({"base_url": "https://a.b", "pageing": {}}, "did you mean 'paging'", id="key"),
        pytest.param({"base_url": "a.b"}, "begin with https:// and a host", id="no-scheme"),
        pytest.param({"base_url": "https://a.b:port"}, "base_url is no URL", id="no-url"),
        pytest.param({"description": "strype"}, "did you mean 'stripe'", id="description"),
        pytest.param({"description": "none.yaml"}, "cannot read none.yaml", id="file"),
        pytest.param({"description": "bad.yaml"}, "bad.yaml is not YAML", id="yaml"),
        pytest.param({"description": "list.yaml"}, "list.yaml is not a mapping", id="mapping"),
        pytest.param({"base_url": "https://a.b", "paging": {"kind": "page"}}, "needs `param`", id="param"),
        pytest.param(
            {"base_url": "https://a.b", "paging": {"kind": "cursor", "param": "p"}},
            "one of `next`",
            id="next",
        ),
        pytest.param(
            {"base_url": "https://a.b", "paging": {"kind": "page", "param": "p", "short": True}},
            "`size`",
            id="size",
        ),
        pytest.param(
            {"base_url": "https://a.b", "headers": {"Authorization": "x"}}, "looks like a secret", id="header"
        ),
        pytest.param(
            {"base_url": "https://a.b", "params": {"api_key": "x"}}, "looks like a secret", id="query"
        ),
        pytest.param({"description": "stripe"}, "variable STRIPE_API_KEY is not set", id="secret"),
    ],
)
def test_wrong_descriptions_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: dict[str, Any], problem: str
) -> None:
    monkeypatch.delenv("STRIPE_API_KEY", raising=False)
    (tmp_path / "bad.yaml").write_text("a: [")
    (tmp_path / "list.yaml").write_text("- a")
    with pytest.raises(UsageError, match=problem):
        make({"kind": "rest", **config}, root=tmp_path, name="shop")


def test_a_foreign_cursor_is_refused(server: Server, clock: Clock) -> None:
    _, text = broken(rest(server, clock), {"boundary": 5})
    assert "is none of ours" in text


def test_a_secret_in_the_query_stays_out_of_the_cursor(
    server: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the server's links repeat it."""
    monkeypatch.setenv("KEY", "hush")

    def linked(request: Request) -> Reply:
        assert request.params["k"] == "hush"
        start = int(request.params.get("from", "0"))
        return Reply(
            value={"data": rows(start), "next": f"/list?k=hush&from={start + 1}" if start < 2 else ""}
        )

    server.on("/list", linked)
    batches = read(rest(server, clock, paging=WAYS["body"], auth={"query": "k", "env": "KEY"}))
    assert ids(batches) == [0, 1, 2]
    assert "hush" not in repr(batches)


@pytest.fixture(scope="module")
def shared_server() -> Iterator[Server]:
    with serving() as running:
        yield running


STEPS = st.lists(
    st.tuples(
        st.lists(st.integers(0, 2), max_size=6),  # seconds between new records
        st.integers(0, 4),  # batches that are committed before a crash; 4: no crash
        st.sampled_from([0, 0, 500]),  # what an answer in between says
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=80)
@given(steps=STEPS, size=st.integers(1, 4), newest_first=st.booleans())
def test_whatever_happens_each_record_comes_once(
    shared_server: Server, steps: list[tuple[list[int], int, int]], size: int, newest_first: bool
) -> None:
    """Random times, many of them the same; crashes at any batch; failures of the server in between."""
    ledger, clock, cursor, now = Ledger([], newest_first=newest_first, size=size), Clock(), None, 0
    come: list[int] = []
    for arrivals, commits, status in [*steps, ([], 4, 0), ([], 4, 0)]:
        for seconds in arrivals:
            now += seconds
            ledger.records.append({"id": len(ledger.records), "at": NOW - 1000 + now})
        answers = [ledger] if status == 0 else [ledger, Reply(status=status, body=b""), ledger]
        shared_server.on("/list", *answers)
        source = rest(shared_server, clock, **NEW)
        batches = source.read({} if cursor is None else {source.partition: cursor})
        for number, batch in enumerate(batches):
            if commits < 4 and number >= commits:
                break
            come += ids([batch])
            cursor = batch.cursor
        batches.close()  # type: ignore[attr-defined]
    assert sorted(come) == list(range(len(ledger.records)))
