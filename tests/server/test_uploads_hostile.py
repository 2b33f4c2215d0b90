"""Files and requests that mean harm, or that went wrong: each is refused in words, and nothing is left of it."""

from __future__ import annotations

import gzip
import io
import socket
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import polars as pl
import pytest

from sentineldq.pipeline.project import Project, load_project
from sentineldq.server.uploads import receive
from tests.server.conftest import copied
from tests.server.serving import Served, serving
from tests.server.test_quality import CLEAN, checked, ended, send

LIMIT = 1_000_000


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that takes files of a megabyte."""
    folder = copied(tmp_path_factory.mktemp("hostile") / "github")
    settings = folder / "sentinel.yaml"
    settings.write_text(f"{settings.read_text()}\nserver:\n  upload-limit: {LIMIT}\n")
    return load_project(folder, simulated=True)


@pytest.fixture(scope="module")
def served(small: Project) -> Iterator[Served]:
    with serving(small, open_=True) as found:
        yield found


@pytest.fixture(scope="module")
def locked(small: Project) -> Iterator[Served]:
    """The same project where everybody has to say who they are."""
    with serving(small) as found:
        yield found


@pytest.fixture
def client(served: Served) -> httpx.Client:
    return served.client()


@contextmanager
def nothing_left(served: Served) -> Iterator[None]:
    """What lies in the folder of uploads is the same after the block as before."""
    folder = served.here.project.state / "uploads"

    def files() -> set[str]:
        return {path.name for path in folder.iterdir()} if folder.is_dir() else set()

    before = files() | {"results"}
    yield
    for _ in range(200):
        if files() <= before:
            return
        time.sleep(0.05)
    assert files() <= before


def xlsx(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def parquet() -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame({"id": range(1000), "text": [str(at) * 9 for at in range(1000)]}).write_parquet(buffer)
    return buffer.getvalue()


def database(folder: Path) -> bytes:
    import sqlite3

    with sqlite3.connect(folder / "a.db") as connection:
        connection.execute("CREATE TABLE t (id INTEGER)")
    return (folder / "a.db").read_bytes()


ENCRYPTED = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500
)
BOMB = gzip.compress(b"a,b\n" + b"1,2\n" * 20_000_000, 9)[:LIMIT]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv.gz", BOMB, "larger than"),
        ("a.csv.gz", gzip.compress(gzip.compress(b"a\n1\n")), "more than once"),
        ("a.csv.gz", gzip.compress(CLEAN.encode())[:-20], "damaged or cut short"),
        ("a.xlsx", xlsx({"xl/workbook.xml": b"x" * 3_000_000}), "larger than"),
        ("a.xlsx", xlsx({"xl/workbook.xml": b"<workbook/>"}), "readable workbook"),
        ("a.xlsx", ENCRYPTED, "encrypted"),
        ("a.zip", xlsx({"a.csv": b"a\n1\n"}), "zip archive"),
        ("a.parquet", parquet()[:-500], "not whole"),
        ("a.parquet", parquet()[:2000] + parquet()[2600:], "damaged"),
        ("a.parquet", b"PARE" + b"\0" * 100, "encrypted"),
        ("a.csv", b"%PDF-1.7 and more", "PDF"),
        ("a.csv", b"<!doctype html><html><body>login</body></html>", "web page"),
        ("a.csv", bytes(range(32)) * 50, "binary data"),
    ],
    ids=[
        "gzip bomb",
        "packed twice",
        "gzip cut short",
        "workbook bomb",
        "workbook that is none",
        "encrypted workbook",
        "zip archive",
        "parquet cut short",
        "parquet damaged",
        "encrypted parquet",
        "pdf",
        "web page",
        "binary",
    ],
)
def test_files_that_cannot_be_read(
    client: httpx.Client, served: Served, name: str, data: bytes, words: str
) -> None:
    with nothing_left(served):
        found = checked(client, data, name=name, source=f"bad {name}")
    assert found["status"] == "failed"
    assert words in found["error"], found["error"]
    assert str(served.here.project.root) not in found["error"]
    assert "Traceback" not in found["error"]


def test_a_database_is_no_upload(client: httpx.Client, tmp_path: Path) -> None:
    found = checked(client, database(tmp_path), name="a.csv", source="database")
    assert "SQLite" in found["error"]


def test_an_unreadable_file_is_a_finding_until_one_is_good(client: httpx.Client, served: Served) -> None:
    from sentineldq.store import findings

    def standing() -> list[str]:
        return [row.title for row in findings.query(served.here.store, dataset="torn", still=True)]

    checked(client, b"PARE", name="a.parquet", source="torn")
    assert len(standing()) == 1
    checked(client, CLEAN, name="a.csv", source="torn")
    assert standing() == []


@pytest.mark.parametrize(
    ("data", "rows", "what"),
    [
        (b"a,b\n", 0, "empty"),
        (b"a,b\n1,2\n1\n3,4,5\n6,7\n8,9\n", 3, None),
        (b"a,a,\n1,2,3\n4,5,6\n", 2, None),
    ],
    ids=["only a header", "ragged rows", "labels twice"],
)
def test_files_that_are_odd(client: httpx.Client, data: bytes, rows: int, what: str | None) -> None:
    found = checked(client, data, name="odd.csv", source=f"odd {rows}")
    assert found["status"] == "done", found["error"]
    assert found["rows"] >= rows
    assert what is None or what in {one["what"] for one in found["report"]["breaches"]}


def test_a_wrong_extension_is_told(client: httpx.Client) -> None:
    found = checked(client, parquet(), name="a.csv", source="misnamed")
    assert found["format"] == "parquet"
    messages = [one["message"] for one in found["report"]["faults"]]
    assert any("a.csv is csv by its name but parquet by its content" in message for message in messages)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.csv", "system.csv"),
        ("\\\\host\\share\\a.csv", "a.csv"),
        ("a\x00b.csv", "ab.csv"),
        ("x" * 300 + ".csv", "x" * 79 + "…" + "x" * 36 + ".csv"),
        ("gnp\u202evsc.csv", "gnpvsc.csv"),
        ("日本.csv", "日本.csv"),
        ("<script>alert(1)<script>.csv", "<script>alert(1)<script>.csv"),
        ("'; DROP TABLE jobs; --.csv", "'; DROP TABLE jobs; --.csv"),
        ("/", "upload"),
        ("..", "upload"),
    ],
    ids=["up", "windows", "unc", "nul", "long", "direction", "unicode", "html", "sql", "slash", "dots"],
)
def test_names_are_labels(client: httpx.Client, served: Served, given: str, kept: str) -> None:
    params = {"name": given, "source": "names"}
    told = client.post("/api/v1/data-quality/upload", params=params, content=CLEAN.encode()).json()
    assert told["file_name"] == kept
    assert ended(client, told["job_id"])["state"] == "done"


def test_a_source_s_name_is_no_path(client: httpx.Client) -> None:
    for name in ("eu/orders", "us/orders"):
        params = {"name": "a.csv", "source": f"{name}\u202e\x00"}
        told = client.post("/api/v1/data-quality/upload", params=params, content=CLEAN.encode()).json()
        assert ended(client, told["job_id"])["state"] == "done"
    found = client.get("/api/v1/data-quality/sources", params={"text": "/orders"}).json()["items"]
    assert [one["name"] for one in found] == ["eu/orders", "us/orders"]


def test_sql_and_html_in_columns_and_values(client: httpx.Client) -> None:
    data = '"\'; DROP TABLE jobs; --",<b>x</b>,^.*$,*,c0\n"\' OR 1=1",<img src=x>,a,b,1\nx,y,z,w,2\n'
    found = checked(client, data, name="a.csv", source="' OR '1'='1")
    assert found["status"] == "done", found["error"]
    names = [one["name"] for one in found["report"]["measures"]]
    assert names == ["'; DROP TABLE jobs; --", "<b>x</b>", "^.*$", "*", "c0"]
    assert client.get("/api/v1/data-quality/sources", params={"text": "' OR"}).json()["items"]


def raw(
    served: Served, head: str, pieces: Iterator[bytes], *, path: str = "/api/v1/data-quality/upload"
) -> str:
    """A request by hand, as far as the server takes it; what it answers."""
    place = urlsplit(served.url)
    with socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=20) as wire:
        wire.sendall(f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\n{head}\r\n".encode())
        try:
            for piece in pieces:
                wire.sendall(piece)
        except OSError:
            pass  # it hung up, as it may
        try:
            return wire.recv(65536).decode()
        except ConnectionResetError:
            return ""


def test_ten_gigabytes_are_refused_before_they_come(served: Served) -> None:
    with nothing_left(served):
        answer = raw(served, f"Content-Length: {10 * 2**30}\r\n", iter([b"a,b\n"]))
    assert answer.startswith("HTTP/1.1 413")
    assert "application/problem+json" in answer


def test_a_body_without_length_ends_at_the_limit(served: Served) -> None:
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    with nothing_left(served):
        answer = raw(served, "Transfer-Encoding: chunked\r\n", iter([chunk] * 40))
    assert answer == "" or answer.startswith("HTTP/1.1 413")


def test_a_body_that_stops_leaves_nothing(served: Served) -> None:
    with nothing_left(served):
        place = urlsplit(served.url)
        with socket.create_connection((str(place.hostname), int(place.port or 0))) as wire:
            head = (
                f"POST /api/v1/data-quality/upload HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: 1000"
            )
            wire.sendall(f"{head}\r\n\r\na,b\n".encode())
            time.sleep(0.3)


def test_a_client_that_is_too_slow(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "GRACE", 0.2)

    def slowly() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x"
            time.sleep(0.1)

    with nothing_left(served):
        answer = raw(served, "Content-Length: 1000\r\n", slowly())
    assert answer == "" or answer.startswith("HTTP/1.1 408")


def test_a_negative_length_is_refused(served: Served) -> None:
    assert raw(served, "Content-Length: -5\r\n", iter([])).startswith("HTTP/1.1 400")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--\r\n", 400),
        (b'--x\r\nContent-Disposition: form-data; name=file; filename="a.csv"\r\n\r\na\n1', 400),
        (b'--x\r\nContent-Disposition: form-data; name=file; filename="a.csv"\r\n\r\n\r\n--x--\r\n', 422),
        (
            b'--x\r\nContent-Disposition: form-data; name=file; filename="a"\r\n\r\na\r\n' * 2 + b"--x--\r\n",
            400,
        ),
        (b"--x\r\nA: " + b"b" * 20_000 + b"\r\n\r\n1\r\n--x--\r\n", 400),
        (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" * 12 + b"--x--\r\n", 400),
        (b"no form at all", 400),
    ],
    ids=[
        "nothing",
        "no file",
        "cut short",
        "empty file",
        "two files",
        "long header",
        "many fields",
        "no form",
    ],
)
def test_forms_that_are_none(client: httpx.Client, served: Served, body: bytes, status: int) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    with nothing_left(served):
        answer = client.post("/api/v1/data-quality/upload", headers=headers, content=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_empty_file_is_refused_at_once(client: httpx.Client) -> None:
    answer = send(client, b"", name="empty.csv")
    assert answer.status_code == 422
    assert "empty" in answer.json()["detail"]


def test_uploads_have_a_rate(tmp_path: Path) -> None:
    settings = copied(tmp_path / "github") / "sentinel.yaml"
    settings.write_text(f"{settings.read_text()}\nserver:\n  uploads-per-minute: 2\n")
    with serving(load_project(settings.parent, simulated=True), open_=True, limited=True) as served:
        client = served.client()
        answers = [client.post("/api/v1/data-quality/upload", content=b"") for _ in range(3)]
        # Nothing of the body was sent, so nothing of it was read.
        unread = raw(served, "Content-Length: 1000\r\n", iter([]))
    assert [one.status_code for one in answers] == [422, 422, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert unread.startswith("HTTP/1.1 429")


FORM = "Content-Type: multipart/form-data; boundary=x\r\n"


@pytest.mark.parametrize("key", ["", "Idempotency-Key: 4f0c\r\n"], ids=["plain", "with a key"])
@pytest.mark.parametrize("length", ["Content-Length: 900000\r\n", "Transfer-Encoding: chunked\r\n"])
@pytest.mark.parametrize("kind", ["", FORM], ids=["body", "form"])
@pytest.mark.parametrize("path", ["/upload", "/sources/any/check"])
def test_who_may_not_is_refused_before_the_file_is_read(
    locked: Served, path: str, kind: str, length: str, key: str
) -> None:
    for role, status in ((None, 401), ("viewer", 403)):
        who = f"Authorization: Bearer {locked.keys[role]}\r\n" if role else ""
        head = f"{who}{kind}{length}{key}"
        answer = raw(locked, head, iter([]), path=f"/api/v1/data-quality{path}")
        assert answer.startswith(f"HTTP/1.1 {status}"), answer
        assert "application/problem+json" in answer
