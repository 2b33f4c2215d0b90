"""Files in an object store: a small server that speaks the part of S3's protocol that reading needs."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sentineldq.errors import SourceError
from sentineldq.sources.batch import Batch
from sentineldq.sources.registry import make

LISTING = (
    "<?xml version='1.0'?><ListBucketResult><IsTruncated>false</IsTruncated>"
    "<KeyCount>{}</KeyCount>{}</ListBucketResult>"
)


class Store(BaseHTTPRequestHandler):
    """Objects by key, each with its bytes and time."""

    objects: dict[str, tuple[bytes, int]]
    denied: set[str]
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one write per reply

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        key = unquote(place.path).removeprefix("/bucket").removeprefix("/")
        if "list-type=2" in place.query:
            self._list(parse_qs(place.query, keep_blank_values=True))
        elif key in self.denied:
            self._send(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
        elif key not in self.objects:
            self._send(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            data, time = self.objects[key]
            start, end = 0, len(data) - 1
            if span := self.headers.get("Range"):
                start, end = (int(number) for number in span.removeprefix("bytes=").split("-"))
            self._send(
                206 if span else 200, data[start : end + 1], {"Last-Modified": formatdate(time, usegmt=True)}
            )

    def _list(self, query: dict[str, list[str]]) -> None:
        prefix, delimiter = query.get("prefix", [""])[0], query.get("delimiter", [""])[0]
        parts = []
        for key, (data, time) in sorted(self.objects.items()):
            if key.startswith(prefix) and not (delimiter and delimiter in key[len(prefix) :]):
                when = f"2026-01-01T00:{time // 60:02}:{time % 60:02}.000Z"
                parts.append(
                    f"<Contents><Key>{escape(key)}</Key><Size>{len(data)}</Size>"
                    f"<LastModified>{when}</LastModified></Contents>"
                )
        self._send(200, LISTING.format(len(parts), "".join(parts)).encode())

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"ETag": f'"{hashlib.md5(body).hexdigest()}"', **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing is logged."""


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Store]]:
    handler = type("Handler", (Store,), {"objects": {}, "denied": set()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "something")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    yield handler
    server.shutdown()
    server.server_close()
    thread.join()


def read(path: str, cursor: Any = None, **config: Any) -> list[Batch]:
    source = make({"kind": "files", "path": path, **config}, root=Path(), name="t")
    return list(source.read({"files:t": cursor} if cursor else {}))


def raws(batches: list[Batch]) -> list[bytes]:
    return [record for batch in batches for record in batch.records.to_pylist()]


def test_objects_below_a_prefix_are_read_in_order_and_on(store: type[Store]) -> None:
    lines = [b'{"id":%d}\n' % number for number in range(100)]
    parquet = pa.BufferOutputStream()
    pq.write_table(pa.table({"id": [100]}), parquet)
    store.objects.update(
        {
            "in/b.ndjson": (b"".join(lines[:50]), 1),
            "in/d/a.json.gz": (gzip.compress(b"".join(lines[50:])), 2),
            "in/e.parquet": (parquet.getvalue().to_pybytes(), 3),
            "in/f.csv": (b"id,x\n101,a\n102,b", 4),
            "in/_marker": (b"", 5),
            "other/x.ndjson": (b"{}\n", 6),
        }
    )
    found = read("s3://bucket/in", batch_rows=30)
    assert raws(found)[:101] == [*lines, b'{"id":100}\n']
    assert raws(found)[101:] == [b'{"id":"101","x":"a"}\n', b'{"id":"102","x":"b"}\n']
    assert found[0].origin == "s3://bucket/in/b.ndjson"
    assert found[0].time.isoformat() == "2026-01-01T00:00:01+00:00"
    for number, batch in enumerate(found):
        assert raws(read("s3://bucket/in", batch.cursor, batch_rows=30)) == raws(found[number + 1 :])
    store.objects["in/a.ndjson"] = (b"1\n", 7)
    store.objects["in/b.ndjson"] = (b"2\n", 8)
    assert raws(read("s3://bucket/in/", found[-1].cursor)) == [b"1\n", b"2\n"]
    assert raws(read("s3://bucket/in/*.ndjson")) == [b"1\n", b"2\n"]
    assert raws(read("s3://bucket/in/**/*.gz")) == lines[50:]
    assert raws(read("s3://bucket/in/a.ndjson")) == [b"1\n"]


def test_an_object_that_may_not_be_read_is_named_after_the_others(store: type[Store]) -> None:
    store.objects.update({"in/a.ndjson": (b"1\n", 1), "in/b.ndjson": (b"2\n", 2)})
    store.denied.add("in/a.ndjson")
    source = make({"kind": "files", "path": "s3://bucket/in"}, root=Path(), name="t")
    found = source.read({})
    assert next(found).records.to_pylist() == [b"2\n"]
    with pytest.raises(SourceError, match=r"a\.ndjson"):
        next(found)


def test_what_is_not_there_is_said(store: type[Store]) -> None:
    with pytest.raises(SourceError, match="there is nothing at s3://bucket/in"):
        read("s3://bucket/in")
